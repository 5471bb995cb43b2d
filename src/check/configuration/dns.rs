//! Configuration of the DNS extension.

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L926", "dns-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(&[kind("service.dns.extensions.gardener.cloud", "DNSConfig")], dns),
}];

const WHY: &str = "the shoot-dns-service extension refuses the shoot";
const PROVIDERS: &[&str] = &[
    "alicloud-dns",
    "aws-route53",
    "azure-dns",
    "azure-private-dns",
    "cloudflare-dns",
    "gdch-dns",
    "google-clouddns",
    "infoblox-dns",
    "netlify-dns",
    "openstack-designate",
    "powerdns",
    "remote",
    "rfc2136",
];

/// Upstream: gardener-extension-shoot-dns-service, pkg/apis/service/validation/validation.go, ValidateDNSConfig.
fn dns(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    for provider in configuration.node.get("providers").map(Node::items).unwrap_or_default() {
        if inspection.required(provider, "type").is_some() {
            inspection.one_of(provider, "type", PROVIDERS);
        }
        let given = |field: &str| provider.get(field).is_some_and(|node| node.as_str() != Some(""));
        match (given("secretName"), given("credentials")) {
            (false, false) => {
                inspection
                    .refuse_field(provider, "credentials", "a DNS provider without credentials")
                    .help("name an entry of `spec.resources` in `credentials`");
            }
            (true, true) => {
                inspection
                    .refuse_field(provider, "secretName", "a DNS provider with two sorts of credentials")
                    .help("leave `secretName` out, and keep `credentials`");
            }
            _ => {}
        }
    }
}
