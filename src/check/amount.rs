//! Amounts of resources: what Kubernetes takes as one.

use super::Findings;
use crate::landscape::Object;
use crate::name::is_qualified_name;
use crate::view::Amount;

/// Resources that are counted.
const COUNTED: [&str; 9] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];

/// Reports an amount of a resource that is below nothing, or a part of what cannot be divided.
///
/// Upstream: pkg/utils/validation/kubernetes/core/validation.go, ValidateResourceQuantityValue.
pub(super) fn judge(object: &Object, resource: &str, amount: Amount<'_>, findings: &mut Findings) {
    let (fault, help) = if amount.quantity.is_negative() {
        ("is below zero", "use zero or more")
    } else if is_counted(resource) && !amount.quantity.is_whole() {
        ("is no whole number", "it is counted in whole numbers")
    } else {
        return;
    };
    findings
        .at(object, amount.node, format!("the amount of `{resource}`, `{amount}`, {fault}"))
        .why("Gardener's API server refuses it")
        .help(help);
}

/// Upstream: pkg/utils/validation/kubernetes/core/helpers.go, IsIntegerResourceName.
fn is_counted(resource: &str) -> bool {
    let extended = resource.contains('/')
        && !resource.contains("kubernetes.io/")
        && !resource.starts_with("requests.")
        && is_qualified_name(&format!("requests.{resource}"));
    COUNTED.contains(&resource) || extended
}
