//! Operations that an annotation of a shoot asks for.

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::Shoot;

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L772", "operation-replaces-nodes"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(replaces_nodes),
    },
    Rule {
        code: Code::note("L773", "operation-asked"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Shoot(others),
    },
];

/// The annotations that ask for operations, and when each is heard.
const ANNOTATIONS: [(&str, &str); 2] = [
    ("gardener.cloud/operation", "as soon as the change is applied"),
    ("maintenance.gardener.cloud/operation", "in the next maintenance window"),
];

/// Operations after which nodes are replaced, or drained.
///
/// Upstream: docs/usage/shoot-operations/shoot_credentials_rotation.md and worker_pool_manual_rollout.md.
const WITH_NODES: [&str; 4] = [
    "rotate-credentials-start",
    "rotate-ca-start",
    "rotate-serviceaccount-key-start",
    "force-in-place-update",
];

fn replaces(operation: &str) -> bool {
    let named = operation.split('=').next().unwrap_or_default();
    WITH_NODES.contains(&operation) || matches!(named, "rollout-workers" | "rotate-rollout-workers")
}

/// The operations that were not asked for before, with the annotation and when it is heard.
fn new(shoots: Both<Shoot<'_>>) -> impl Iterator<Item = (&Node, &str, &'static str)> {
    ANNOTATIONS.into_iter().flat_map(move |(annotation, when)| {
        let Both { before, after } = shoots.map(|shoot| shoot.annotation(annotation));
        let earlier: Vec<&str> =
            before.and_then(Node::as_str).map(operations).into_iter().flatten().collect();
        let asked = after.into_iter().flat_map(|node| {
            let text = node.as_str().unwrap_or_default();
            operations(text).map(move |operation| (node, operation))
        });
        asked
            .filter(move |(_, operation)| !earlier.contains(operation))
            .map(move |(node, operation)| (node, operation, when))
    })
}

fn operations(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|operation| !operation.is_empty())
}

fn replaces_nodes(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for (node, operation, when) in new(shoots).filter(|(_, operation, _)| replaces(operation)) {
        findings
            .at(shoots.after.object, node, format!("the operation `{operation}` replaces nodes"))
            .why(format!("the nodes of the pools it is for are drained one after another; it begins {when}"))
            .help("once it has been heard, the annotation is taken off the shoot; take it out of the landscape as well");
    }
}

fn others(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for (node, operation, when) in new(shoots).filter(|(_, operation, _)| !replaces(operation)) {
        findings
            .at(shoots.after.object, node, format!("the operation `{operation}` is asked for"))
            .why(format!("no node is replaced by it; it begins {when}"))
            .help("once it has been heard, the annotation is taken off the shoot; take it out of the landscape as well");
    }
}
