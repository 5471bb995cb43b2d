//! Configuration of the extension that filters what leaves a shoot.

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::name::is_dns_label;
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L931", "egress-filter-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(
        &[kind("shoot-networking-filter.extensions.config.gardener.cloud", "Configuration")],
        filter,
    ),
}];

const WHY: &str = "the shoot-networking-filter extension refuses the shoot";
/// What only the operator of the extension may set.
const OF_OPERATORS: [&str; 4] =
    ["downloaderConfig", "ensureConnectivity", "filterListProviderType", "sleepDuration"];
const ENTRY_LIMIT: usize = 50_000;

/// Upstream: gardener-extension-shoot-networking-filter, pkg/apis/config/validation/providerconfig.go,
/// ValidateProviderConfig.
fn filter(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    if root.get("healthCheckConfig").is_some() {
        inspection
            .refuse_field(root, "healthCheckConfig", "`healthCheckConfig` is the operator's to set")
            .help("leave it out");
    }
    let Some(egress) = root.get("egressFilter") else {
        return;
    };
    for field in OF_OPERATORS.into_iter().filter(|field| egress.get(field).is_some()) {
        inspection
            .refuse_field(egress, field, format!("`{field}` is the operator's to set"))
            .help("leave it out");
    }
    if egress.get("projectFilterListSource").is_some() && egress.get("shootFilterListSource").is_some() {
        inspection
            .refuse_field(egress, "shootFilterListSource", "the list comes from two sources")
            .help("leave one of `projectFilterListSource` and `shootFilterListSource` out");
    }
    for source in ["projectFilterListSource", "shootFilterListSource"] {
        if let Some(source) = egress.get(source) {
            inspection.required(source, "name");
        }
    }
    list(&mut inspection, egress);
    for name in egress.at(&["workers", "names"]).map(Node::items).unwrap_or_default() {
        if !name.as_str().is_some_and(is_dns_label) {
            inspection.refuse(name, "this is no name of a worker pool").help("name a pool of the shoot");
        }
    }
}

fn list(inspection: &mut Inspection<'_, '_>, egress: &Node) {
    let entries = egress.get("staticFilterList").map(Node::items).unwrap_or_default();
    if entries.len() > ENTRY_LIMIT {
        inspection
            .refuse_field(egress, "staticFilterList", format!("the list has {} entries", entries.len()))
            .help(format!("keep it to {ENTRY_LIMIT}"));
        return;
    }
    for entry in entries {
        if let Some(network) = inspection.required(entry, "network") {
            inspection.network(network);
        }
        if inspection.required(entry, "policy").is_some() {
            inspection.one_of(entry, "policy", &["ALLOW_ACCESS", "BLOCK_ACCESS"]);
        }
    }
}
