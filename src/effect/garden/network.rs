//! The networks of a Garden: ranges may come, and none may go.

use serde_json::json;

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::Garden;

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule { code: RANGE, impact: Impact::Rejected, upstream: &["UP-GA-RTNET"], judge: Judge::Garden(runtime) },
    Rule { code: RANGE, impact: Impact::Rejected, upstream: &["UP-GA-SVC"], judge: Judge::Garden(services) },
    Rule {
        code: Code::warning("L742", "garden-address-families-changed"),
        impact: Impact::Disruptive,
        upstream: &["UP-GA-RTFAM"],
        judge: Judge::Garden(families),
    },
];

/// A range is another one, or gone.
const RANGE: Code = Code::error("L737", "garden-range-changed");

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateRuntimeClusterUpdate.
fn runtime(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for field in ["nodes", "pods", "services"] {
        only_added(gardens, &["spec", "runtimeCluster", "networking", field], findings);
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualClusterUpdate.
fn services(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    only_added(gardens, &["spec", "virtualCluster", "networking", "services"], findings);
}

const WHY: &str = "addresses of these ranges are in use; the gardener-operator refuses to take one away";
const HELP: &str = "keep the ranges in their order, and add new ones at the end";

/// Tells of each range that is not what it was, and of ranges that are gone.
fn only_added(gardens: Both<Garden<'_>>, way: &[&str], findings: &mut Findings) {
    let object = gardens.after.object;
    let Both { before, after } =
        gardens.map(|garden| garden.node().at(way).map(Node::items).unwrap_or_default());
    if let Some(gone) = before.get(after.len()..).and_then(<[Node]>::first) {
        let range = gone.as_str().unwrap_or_default();
        findings
            .lacking(object, gardens.after.node(), way, format!("the range `{range}` is taken away"))
            .related(gone, "as it is in the base")
            .why(WHY)
            .help(HELP);
    }
    for (before, after) in before.iter().zip(after).filter(|(before, after)| before != after) {
        let range = before.as_str().unwrap_or_default();
        findings
            .at(object, after, format!("another range stands where `{range}` was"))
            .related(before, "as it is in the base")
            .why(WHY)
            .help(HELP);
    }
}

/// Stricter than upstream, which documents the field as immutable and does not look.
///
/// Upstream: pkg/apis/operator/v1alpha1/types_garden.go, RuntimeNetworking.
fn families(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let way = ["spec", "runtimeCluster", "networking", "ipFamilies"];
    let lists = gardens.map(|garden| garden.node().at(&way).filter(|list| !list.items().is_empty()));
    let named = |list: Option<&Node>| list.map_or_else(|| json!(["IPv4"]), Node::to_json);
    if named(lists.before) == named(lists.after) {
        return;
    }
    let message = "the address families of the runtime cluster change";
    let raised = findings.lacking(gardens.after.object, gardens.after.node(), &way, message);
    let raised = match lists.before {
        Some(before) => raised.related(before, "as they are in the base"),
        None => raised,
    };
    raised
        .why("services of the runtime cluster keep the addresses they were made with, so the garden does not become ready again; stricter than Gardener")
        .help("take the change back: the address families of a cluster are decided when it is made");
}
