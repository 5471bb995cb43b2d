//! What only a shoot with nodes can have.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L533", "field-of-shoots-with-workers"),
    upstream: &["SH-WLESS-NET", "SH-WLESS-PROV", "SH-ADD-135"],
    judge: Judge::ShootTemplate(only_with_workers),
}];

/// Fields that a shoot without workers must not have.
///
/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, validateAddons, validateNetworking,
/// validateMaintenance, validateProvider, ValidateSystemComponents.
const FIELDS: &[&[&str]] = &[
    &["addons"],
    &["credentialsBindingName"],
    &["secretBindingName"],
    &["systemComponents"],
    &["networking", "type"],
    &["networking", "providerConfig"],
    &["networking", "pods"],
    &["networking", "nodes"],
    &["provider", "infrastructureConfig"],
    &["provider", "controlPlaneConfig"],
    &["provider", "workersSettings"],
    &["maintenance", "autoUpdate", "machineImageVersion"],
    &["maintenance", "autoRotation", "credentials", "sshKeypair"],
];

fn only_with_workers(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(spec) = shoot.spec().filter(|_| shoot.is_workerless()) else {
        return;
    };
    // A list that was meant to have pools explains all of it: a file that was cut off, a wrong indentation.
    let list = spec.get("provider").and_then(Node::as_mapping).and_then(|provider| provider.entry("workers"));
    for way in FIELDS {
        let Some((field, above)) = way.split_last() else { continue };
        let Some(parent) = spec.at(above).filter(|parent| parent.get(field).is_some()) else {
            continue;
        };
        let message = format!("a shoot without workers cannot have `{}`", way.join("."));
        let raised = findings
            .at_field(shoot.object, parent, field, message)
            .why("Gardener's API server refuses what only nodes need in a shoot that has none")
            .help(format!("remove `{field}`, or add a pool to `spec.provider.workers`"));
        if let Some(list) = list {
            raised.related_span(list.key.span, "the list of pools is empty");
        }
    }
}
