//! Fields that hold a name of DNS.

use super::Findings;
use crate::landscape::Object;
use crate::name::{LABEL_LIMIT, SUBDOMAIN_LIMIT, is_dns_label, is_dns_subdomain};
use crate::view::Text;

/// Reports a text that is no DNS label; `what` says what it stands for.
pub(super) fn label(object: &Object, text: Text<'_>, what: &str, findings: &mut Findings) {
    if !is_dns_label(&text) {
        findings
            .at(object, text.node, fault(text, what, "DNS label", LABEL_LIMIT))
            .why("Gardener's API server refuses it: objects are named after it")
            .help(format!(
                "use lower-case letters, digits and `-`, with a letter or digit at both ends, {LABEL_LIMIT} \
                 characters at most"
            ));
    }
}

/// Reports a text that is no DNS name; `what` says what it stands for.
pub(super) fn subdomain(object: &Object, text: Text<'_>, what: &str, findings: &mut Findings) {
    if !is_dns_subdomain(&text) {
        findings
            .at(object, text.node, fault(text, what, "DNS name", SUBDOMAIN_LIMIT))
            .why("Gardener's API server refuses it")
            .help(format!(
                "use lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part, \
                 {SUBDOMAIN_LIMIT} characters at most"
            ));
    }
}

fn fault(text: Text<'_>, what: &str, grammar: &str, limit: usize) -> String {
    if text.is_empty() {
        format!("the {what} is empty")
    } else if text.len() > limit {
        format!("the {what} has {} characters, more than {limit}", text.len())
    } else {
        format!("the {what} is no {grammar}: `{text}`")
    }
}
