//! A shoot that is being deleted already.

use crate::change::same_or_absent;
use crate::check::{Findings, is_true};
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::Shoot;

const DELETED: Code = Code::error("L729", "shoot-in-deletion-changed");

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: DELETED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-DELETING"],
        judge: Judge::Shoot(changed),
    },
    Rule {
        code: DELETED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-DELETING"],
        judge: Judge::Shoot(force_withdrawn),
    },
];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate.
fn changed(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let times = shoots.map(|shoot| shoot.metadata().and_then(|metadata| metadata.get("deletionTimestamp")));
    let Some(time) = times.before.or(times.after) else { return };
    if !same_or_absent(shoots.before.spec(), shoots.after.spec()) {
        let root = shoots.after.node();
        findings
            .at_field(shoots.after.object, root, "spec", "a shoot that is being deleted cannot be changed")
            .related(time, "it is being deleted since then")
            .why("Gardener tears down what the spec describes; its API server refuses the change")
            .help("take the change back; a shoot of this name can be made when this one is gone");
    }
}

const FORCE: &str = "confirmation.gardener.cloud/force-deletion";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateForceDeletion.
fn force_withdrawn(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let message = "the force of a deletion cannot be taken back";
    if let Some(raised) = shoots.withdrawn(FORCE, is_true, message, findings) {
        raised
            .why("Gardener leaves behind what it cannot delete from then on; its API server refuses to undo that")
            .help("keep the annotation until the shoot is gone");
    }
}
