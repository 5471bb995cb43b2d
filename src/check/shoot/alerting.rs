//! Who gets the alerts of shoots.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L464", "not-an-e-mail-address"),
    upstream: &[],
    judge: Judge::ShootTemplate(receivers),
}];

/// Upstream: pkg/api/core/validation/shoot.go, validateAlerting.
fn receivers(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let receivers = shoot.email_receivers().map(Node::items).unwrap_or_default();
    for receiver in receivers.iter().filter_map(Text::written).filter(|receiver| !is_address(receiver)) {
        findings
            .at(shoot.object, receiver.node, format!("`{receiver}` is no e-mail address"))
            .why(REFUSED)
            .help("write it as in `ops@example.org`");
    }
}

/// Upstream: pkg/utils/miscellaneous.go, TestEmail.
fn is_address(text: &str) -> bool {
    let Some((name, (domain, last))) =
        text.split_once('@').and_then(|(name, host)| Some((name, host.rsplit_once('.')?)))
    else {
        return false;
    };
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !name.is_empty()
        && domain.split('.').all(part)
        && last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_name_and_a_domain() {
        for address in ["a@b.cd", "o.p+s@x-y.example.org", "ä b@c.de"] {
            assert!(is_address(address), "{address}");
        }
        for text in ["", "a", "a@b", "@b.cd", "a@.cd", "a@b.c", "a@b..cd", "a@b@c.de", "a@b.c1", "a@b_c.de"] {
            assert!(!is_address(text), "{text}");
        }
    }
}
