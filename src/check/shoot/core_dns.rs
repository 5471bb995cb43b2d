//! The DNS server inside of shoots.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L558", "rewriting-suffix-invalid"),
    upstream: &["SH-COREDNS"],
    judge: Judge::ShootTemplate(suffixes),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateCoreDNSRewritingCommonSuffixes.
fn suffixes(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let list = shoot.core_dns().filter(|_| !shoot.is_workerless()).and_then(|dns| dns.common_suffixes());
    for suffix in list.map(Node::items).unwrap_or_default().iter().filter_map(Text::written) {
        let bare = suffix.strip_prefix('.').unwrap_or(&suffix);
        let message = if !bare.contains('.') {
            format!("the suffix `{suffix}` has no dot inside")
        } else if !is_dns_subdomain(bare.strip_suffix('.').unwrap_or(bare)) {
            format!("the suffix `{suffix}` is no DNS name")
        } else {
            continue;
        };
        findings
            .at(shoot.object, suffix.node, message)
            .why("names that end like this are answered without a search, which must not catch names of the cluster")
            .help("write the end of a DNS name of two parts or more, as in `.example.org`");
    }
}
