//! The pools of a shoot: what they are for, and what cannot change where nodes are updated in place.

use super::{IN_BASE, SHOOT_FIELD_KEPT};
use crate::change::same_or_absent;
use crate::check::{Findings, Raised};
use crate::diagnostic::Code;
use crate::effect::immutable::{Keeps, Kept};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::version::parse;
use crate::view::{ControlPlaneBackup, SelfHosting, Shoot, Text, Worker};

const MODE: Code = Code::error("L713", "shoot-of-another-make");
const IN_PLACE: Code = Code::error("L714", "in-place-pool-immutable");

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: MODE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-WLESS"],
        judge: Judge::ShootTemplate(workers),
    },
    Rule {
        code: MODE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-SELF"],
        judge: Judge::ShootTemplate(self_hosting),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-CPBKP"],
        judge: Judge::ShootTemplate(backup),
    },
    Rule {
        code: IN_PLACE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-INPLACE"],
        judge: Judge::ShootTemplate(in_place),
    },
    Rule {
        code: IN_PLACE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-IMGDOWN"],
        judge: Judge::ShootTemplate(image_lowered),
    },
    Rule {
        code: Code::error("L715", "new-pool-in-place-without-gate"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-GATE"],
        judge: Judge::ShootTemplate(gate),
    },
];

/// A pool, and what it was.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    /// Nothing when the pool is new.
    pub(super) before: Option<Worker<'a>>,
    pub(super) after: Worker<'a>,
}

impl<'a> Pair<'a> {
    /// The name, to be read.
    pub(super) fn name(self) -> String {
        self.after.name().map_or_else(|| "without a name".to_owned(), |name| format!("`{name}`"))
    }

    /// The pool on both sides, if it is on both.
    fn both(self) -> Option<Both<Worker<'a>>> {
        Some(Both { before: self.before?, after: self.after })
    }
}

/// All pools of a shoot; none where upstream asks nothing about them, as there were none or are none.
pub(super) fn pairs<'a>(shoots: Both<Shoot<'a>>) -> impl Iterator<Item = Pair<'a>> {
    let pools = shoots.after.workers().filter(move |_| !shoots.gains_or_loses_workers());
    pools.map(move |after| {
        let name = |pool: Worker<'a>| pool.name().map(Text::as_str);
        Pair { before: shoots.before.workers().find(|before| name(*before) == name(after)), after }
    })
}

const POOLS: [&str; 3] = ["spec", "provider", "workers"];

/// Upstream: pkg/api/core/validation/shoot.go, validateWorkerUpdate.
fn workers(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if !shoots.gains_or_loses_workers() {
        return;
    }
    let message = if shoots.after.is_workerless() {
        "a shoot with workers cannot become one without"
    } else {
        "a shoot without workers cannot get some"
    };
    shoots
        .refuse(&POOLS, message, findings)
        .why("a cluster has a network and node components from the beginning, or never; Gardener's API server refuses the change")
        .help("keep it as it is, and make a new shoot of another name");
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateProviderUpdate.
fn self_hosting(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if shoots.gains_or_loses_workers() {
        return;
    }
    let pools =
        shoots.map(|shoot| shoot.workers().find(|pool| pool.control_plane().is_some()).map(Worker::name));
    let message = match (pools.before, pools.after) {
        (Some(before), Some(after)) if before.as_deref() == after.as_deref() => return,
        (None, None) => return,
        (Some(_), Some(_)) => "the control plane cannot move to another pool",
        (None, Some(_)) => "a shoot with its control plane on a seed cannot take it into its own pools",
        (Some(_), None) => "a shoot that runs its own control plane cannot put it on a seed",
    };
    shoots
        .refuse(&POOLS, message, findings)
        .why("the machines of a control plane hold its etcd; Gardener's API server refuses to take them away")
        .help("take the change back, and make a new shoot of another name");
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateProviderUpdate.
fn backup(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pools in pairs(shoots).filter_map(Pair::both) {
        let backups = pools.map(|pool| pool.self_hosting().and_then(SelfHosting::backup));
        let Some(before) = backups.before else { continue };
        let object = shoots.map(|shoot| shoot.object);
        let Some(after) = backups.after else {
            let kept = Kept { object, root: pools.map(Worker::node), way: &["controlPlane", "backup"] };
            explain_backup(Some(kept.raise("the backup of a control plane", findings)));
            continue;
        };
        let root = Both { before, after }.map(ControlPlaneBackup::node);
        for (way, what) in BACKUP {
            explain_backup(Kept { object, root, way }.judge(Keeps::Always, what, findings));
        }
    }
}

const BACKUP: [(&[&str], &str); 2] =
    [(&["provider"], "the provider of the backups"), (&["region"], "the region of the backups")];

fn explain_backup(raised: Option<Raised<'_>>) {
    if let Some(raised) = raised {
        raised
            .why("the backups that exist would be lost; Gardener's API server refuses the change")
            .help("keep the store of the backups");
    }
}

/// What a pool keeps while its nodes are updated in place, where both sides say it.
const KEPT: [(&[&str], &str); 3] = [
    (&["machine", "type"], "the machine type of a pool that is updated in place"),
    (&["machine", "image", "name"], "the machine image of a pool that is updated in place"),
    (&["cri", "name"], "the container runtime interface of a pool that is updated in place"),
];

const IN_PLACE_WHY: &str =
    "the machines of the pool stay, so what they are made of stays; Gardener's API server refuses the change";
const IN_PLACE_HELP: &str = "keep the value, and add a pool of another name beside this one";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateProviderUpdate.
fn in_place(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let object = shoots.map(|shoot| shoot.object);
    for pools in pairs(shoots).filter_map(Pair::both) {
        let root = pools.map(Worker::node);
        let kept = |way| Kept { object, root, way };
        let modes = pools.map(Worker::updates_in_place);
        if modes.before != modes.after {
            let message = if modes.after {
                "a pool whose nodes are replaced cannot become one that is updated in place"
            } else {
                "a pool that is updated in place cannot become one whose nodes are replaced"
            };
            findings
                .lacking(shoots.after.object, root.after, &["updateStrategy"], message)
                .related(root.before.get("updateStrategy").unwrap_or(root.before), IN_BASE)
                .why("what the machines are made for is decided with the pool; Gardener's API server refuses the change")
                .help("keep `updateStrategy`, and add a pool of another name beside this one");
        }
        let strategies = pools.map(|pool| pool.update_strategy().map(Text::as_str));
        if !modes.after || strategies.before != strategies.after {
            continue;
        }
        for (way, what) in KEPT {
            let values = root.map(|pool| pool.at(way)).transpose();
            if values.is_some_and(|values| !same_or_absent(Some(values.before), Some(values.after))) {
                kept(way).raise(what, findings).why(IN_PLACE_WHY).help(IN_PLACE_HELP);
            }
        }
        if let Some(raised) =
            kept(&["volume"]).judge(Keeps::Always, "the volume of a pool that is updated in place", findings)
        {
            raised.why(IN_PLACE_WHY).help(IN_PLACE_HELP);
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateMachineImageVersionInPlaceUpdate. A version that is not written whole
/// is Gardener's to choose.
fn image_lowered(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pools in pairs(shoots).filter(|pair| pair.after.updates_in_place()).filter_map(Pair::both) {
        let Some(Both { before, after }) = pools.map(Worker::image_version).transpose() else { continue };
        let numbers = |version: Text<'_>| {
            let plain = version.trim_start_matches('v').split(['-', '+', '~']).next()?.to_owned();
            parse(&plain).filter(|_| plain.split('.').count() == 3)
        };
        if numbers(before).zip(numbers(after)).is_some_and(|(before, after)| after < before) {
            let message = format!("the machine image goes back from {before} to {after}");
            findings
                .at(shoots.after.object, after.node, message)
                .related(before.node, IN_BASE)
                .why("an operating system that is updated in place cannot go back; Gardener's API server refuses the change")
                .help(format!("keep {before}, or name a later version"));
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateProviderUpdate.
fn gate(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Some((false, place)) = sides.after.feature_gate("InPlaceNodeUpdates") else { return };
    for pair in pairs(shoots).filter(|pair| pair.before.is_none() && pair.after.updates_in_place()) {
        let strategy = pair.after.update_strategy().map_or(pair.after.node(), |strategy| strategy.node);
        let message = format!("the new pool {} is to be updated in place", pair.name());
        add_gate(findings, shoots.after, strategy, place, message);
    }
}

fn add_gate(findings: &mut Findings, shoot: Shoot<'_>, strategy: &Node, place: &Node, message: String) {
    findings
        .at(shoot.object, strategy, message)
        .related(place, "the feature gate `InPlaceNodeUpdates` is not set to true here")
        .why("Gardener's API server refuses such a pool while the feature gate is off, and leaves those alone that exist")
        .help("use `AutoRollingUpdate`, or switch the feature gate on for the gardener-apiserver first");
}
