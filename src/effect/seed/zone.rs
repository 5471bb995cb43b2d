//! Zones that a ManagedSeed comes to: its shoot must have nodes there.

use std::collections::BTreeSet;

use crate::check::{Findings, Scope};
use crate::diagnostic::{Code, help_with_others};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind;
use crate::landscape::Object;
use crate::view::{ManagedSeed, SeedTemplate, Shoot, Text, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[Rule {
    code: Code::error("L735", "managed-seed-zone-without-nodes"),
    impact: Impact::Rejected,
    upstream: &["UP-MS-ZONES"],
    judge: Judge::Changed(&[kind::MANAGED_SEED], added),
}];

/// The shoot that a ManagedSeed makes a seed.
fn shoot_of<'a>(object: &Object, scope: &Scope<'a>) -> Option<Shoot<'a>> {
    let name = ManagedSeed::of(object).shoot()?;
    let namespace = object.identity.namespace.as_deref()?;
    scope.landscape.find(kind::SHOOT.kind, namespace, &name).map(Shoot::of)
}

/// The zones of the pools of the shoot that becomes a seed; none where no shoot does.
pub(super) fn zones_of_shoot<'a>(object: &Object, scope: &Scope<'a>) -> BTreeSet<&'a str> {
    if !object.identity.is(kind::MANAGED_SEED.group, kind::MANAGED_SEED.kind) {
        return BTreeSet::new();
    }
    let workers = shoot_of(object, scope).into_iter().flat_map(Shoot::workers);
    workers.flat_map(Worker::zones).map(Text::as_str).collect()
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, validateManagedSeedUpdate.
fn added(objects: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let Some(seeds) = objects.map(SeedTemplate::in_object).transpose() else {
        return;
    };
    let Some((shoot, list)) = shoot_of(objects.after, &sides.after).zip(seeds.after.zone_list()) else {
        return;
    };
    let mut before: BTreeSet<&str> = seeds.before.zones().map(Text::as_str).collect();
    if before.is_empty() {
        before = zones_of_shoot(objects.before, &sides.before);
    }
    let offered = zones_of_shoot(objects.after, &sides.after);
    let mut added = seeds.after.zones().filter(|zone| !before.contains(zone.as_str()));
    if let Some(zone) = added.find(|zone| !offered.contains(zone.as_str())) {
        findings
            .about(
                objects.after,
                list,
                zone.node,
                format!("the seed comes to the zone `{zone}`, where its shoot has no nodes"),
            )
            .related(shoot.object.name_node(), "the shoot is declared here")
            .why("Gardener's API server refuses zones that no pool of the shoot is in")
            .help(help_with_others(offered));
    }
}
