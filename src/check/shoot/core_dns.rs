//! The DNS server inside of shoots.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{CoreDns, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L558", "core-dns-invalid"),
    upstream: &["SH-COREDNS"],
    judge: Judge::ShootTemplate(core_dns),
}];

/// Upstream: pkg/api/core/validation/shoot.go, validateCoreDNS.
fn core_dns(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(dns) = shoot.core_dns().filter(|_| !shoot.is_workerless()) else {
        return;
    };
    suffixes(shoot, dns, findings);
    // Outside of a template the API server replaces what is no way to scale.
    let mode = dns.autoscaling_mode().map_or("", Text::as_str);
    let scales = dns.autoscaling().is_some() && shoot.is_template();
    if scales && !matches!(mode, "cluster-proportional" | "horizontal") {
        findings
            .lacking(
                shoot.object,
                dns.node(),
                &["autoscaling", "mode"],
                format!("the DNS server does not scale in the way `{mode}`"),
            )
            .why(REFUSED)
            .help("allowed: `cluster-proportional`, `horizontal`");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateCoreDNSRewritingCommonSuffixes.
fn suffixes(shoot: Shoot<'_>, dns: CoreDns<'_>, findings: &mut Findings) {
    let list = dns.common_suffixes();
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
