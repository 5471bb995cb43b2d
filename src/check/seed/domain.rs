//! The domains of seeds, and the credentials of what makes DNS records in them.

use super::credentials;
use crate::check::credentials::CREDENTIALS_INVALID;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::view::{SeedBackup, SeedDomain, SeedIngress, SeedTemplate};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: CREDENTIALS_INVALID,
        upstream: &["SD-BKP", "SD-DNSINT", "SD-ING"],
        judge: Judge::Seed(references),
    },
    Rule {
        code: Code::error("L583", "seed-domain-invalid"),
        upstream: &["SD-ING", "SD-DNSINT"],
        judge: Judge::Seed(domains),
    },
];

/// Upstream: pkg/api/core/validation/seed.go, validateSeedBackup, validateSeedDNSProviderConfig and ValidateSeedSpec.
fn references(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for owner in [seed.backup().map(SeedBackup::node), seed.dns_provider()].into_iter().flatten() {
        credentials::judge(seed.object, owner, findings);
    }
    for domain in seed.internal_domain().into_iter().chain(seed.default_domains()) {
        credentials::judge_required(seed.object, domain.node(), findings);
    }
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateDNS1123Subdomain.
fn domains(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let ingress = seed.ingress().and_then(SeedIngress::domain);
    let internal = seed.internal_domain().and_then(SeedDomain::domain);
    let defaults = seed.default_domains().filter_map(SeedDomain::domain);
    for domain in [ingress, internal].into_iter().flatten().chain(defaults) {
        if !is_dns_subdomain(&domain) {
            findings
                .at(seed.object, domain.node, format!("`{domain}` is no domain"))
                .why("Gardener's API server refuses the seed: no DNS record could have that name")
                .help("use lower-case letters, digits and `-`, with dots between the labels, as in `seed.example.org`");
        }
    }
}
