//! Configurations of the extensions that forward audit logs.

use super::inspection::Address;
use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L928", "audit-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(
        &[
            kind("auditing.extensions.gardener.cloud", "AuditConfiguration"),
            kind("audit.metal.extensions.gardener.cloud", "AuditConfig"),
        ],
        audit,
    ),
}];

const WHY: &str = "the auditing extension refuses the shoot";
const GUARANTEED: &str = "Guaranteed";
const HTTPS: Address<'_> = Address { schemes: &["https"], path: true, dns_name: false };
/// Bytes of one message: it needs room for its envelope, and no receiver takes more.
const MESSAGE_SIZES: std::ops::RangeInclusive<i64> = 25_001..=4_000_000;

fn audit(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    match configuration.kind().as_deref() {
        Some("AuditConfig") => of_metal_stack(&mut inspection),
        _ => of_gardener(&mut inspection),
    }
}

/// Upstream: gardener-extension-auditing, pkg/apis/auditing/validation/validation.go, ValidateAuditConfiguration.
fn of_gardener(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    let backends = inspection.some_of(root, "backends");
    let mode =
        |backend: &Node| backend.get("deliveryMode").and_then(Node::as_str).unwrap_or_default().to_owned();
    for backend in backends {
        let given = backend.get("deliveryMode").filter(|node| node.as_str() != Some(""));
        if given.is_some() {
            inspection.one_of(backend, "deliveryMode", &["BestEffort", GUARANTEED]);
        }
        if let Some(http) = inspection.required(backend, "http") {
            self::http(inspection, http);
        }
    }
    let guaranteed = backends.iter().filter(|backend| mode(backend) == GUARANTEED).count();
    match backends {
        [only] if mode(only) == "BestEffort" => {
            inspection
                .refuse_field(only, "deliveryMode", "nothing guarantees the delivery to the only backend")
                .help(format!("set `deliveryMode: {GUARANTEED}`, or leave it out"));
        }
        [_, _, ..] if guaranteed != 1 => {
            inspection
                .refuse_field(root, "backends", format!("{guaranteed} backends have a guaranteed delivery"))
                .help(format!("set `deliveryMode: {GUARANTEED}` for exactly one of them"));
        }
        _ => {}
    }
    let mut addresses = std::collections::HashSet::new();
    for address in backends.iter().filter_map(|backend| backend.at(&["http", "url"])) {
        if address.as_str().is_some_and(|text| !addresses.insert(text.to_owned())) {
            inspection.refuse(address, "two backends have one address").help("leave one of them out");
        }
    }
}

fn http(inspection: &mut Inspection<'_, '_>, http: &Node) {
    if let Some(address) = inspection.required(http, "url") {
        inspection.address(address, &HTTPS);
    }
    let tls = http.get("tls").unwrap_or(http);
    inspection.required(tls, "secretReferenceName");
    inspection.one_of(http, "compression", &["gzip"]);
}

/// Upstream: metal-stack/gardener-extension-audit, pkg/apis/audit/v1alpha1/validate.go, Validate.
fn of_metal_stack(inspection: &mut Inspection<'_, '_>) {
    let size = inspection.root.at(&["messages", "maxEventSize"]);
    let odd = |size: &&Node| size.as_i64().is_some_and(|bytes| !MESSAGE_SIZES.contains(&bytes));
    if let Some(size) = size.filter(odd) {
        let (first, last) = (MESSAGE_SIZES.start(), MESSAGE_SIZES.end());
        inspection
            .refuse(size, "no message of this size can be sent")
            .help(format!("set {first} to {last} bytes"));
    }
    let mode = inspection.root.get("webhookMode").filter(|mode| mode.as_str() != Some(""));
    if mode.is_some() {
        inspection.one_of(inspection.root, "webhookMode", &["batch", "blocking", "blocking-strict"]);
    }
}
