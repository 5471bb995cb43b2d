//! Operations that are asked for while another one is.

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind;
use crate::landscape::Object;
use crate::view::Text;

pub(in crate::effect) static RULES: &[Rule] = &[Rule {
    code: Code::error("L732", "operation-overwritten"),
    impact: Impact::Rejected,
    upstream: &[],
    judge: Judge::Changed(&[kind::SEED, kind::GARDENLET, kind::MANAGED_SEED], overwritten),
}];

const OPERATION: &[&str] = &["metadata", "annotations", "gardener.cloud/operation"];

/// Upstream: pkg/api/core/validation/seed.go, validateSeedOperationUpdate;
/// pkg/api/seedmanagement/validation/managedseed.go, validateOperationUpdate.
fn overwritten(objects: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(Both { before, after }) =
        objects.map(|object| object.root.at(OPERATION).and_then(Text::of)).transpose()
    else {
        return;
    };
    if *before != *after {
        findings
            .at(objects.after, after.node, format!("the operation `{after}` takes the place of `{before}`"))
            .related(before.node, "as it is in the base")
            .why("Gardener's API server refuses another operation while one is still asked for")
            .help("wait until the operation is done and its annotation is gone; better, annotate by hand: an operation is no state");
    }
}
