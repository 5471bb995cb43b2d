//! What a shoot cannot begin its life with.

use crate::check::truth::is_true;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L546", "not-on-creation"),
    upstream: &["SH-FIN"],
    judge: Judge::Shoot(on_creation),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ForbiddenShootFinalizersOnCreation.
const FINALIZERS: [&str; 2] = ["gardener", "gardener.cloud/reference-protection"];
const FORCE_DELETION: &str = "confirmation.gardener.cloud/force-deletion";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateFinalizersOnCreation, ValidateForceDeletion.
fn on_creation(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let finalizers = shoot.metadata().and_then(|metadata| metadata.get("finalizers"));
    for finalizer in finalizers.map(Node::items).unwrap_or_default() {
        if let Some(name) = finalizer.as_str().filter(|name| FINALIZERS.contains(name)) {
            findings
                .at(shoot.object, finalizer, format!("a new shoot cannot have the finalizer `{name}`"))
                .why("Gardener adds it itself, and removes it when the shoot is gone")
                .help("remove the finalizer");
        }
    }
    let forced = shoot.annotation(FORCE_DELETION);
    if let Some(node) = forced.filter(|node| node.as_str().is_some_and(is_true)) {
        findings
            .at(shoot.object, node, "the deletion of a shoot that is not being deleted cannot be forced")
            .why("it is for a shoot that is stuck in its deletion, and leaves behind what Gardener made at the provider")
            .help("remove the annotation");
    }
}
