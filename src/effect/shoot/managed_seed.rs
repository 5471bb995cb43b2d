//! What a shoot keeps while it is a seed itself.

use std::collections::BTreeSet;

use super::{IN_BASE, SHOOT_FIELD_KEPT, WHY};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::immutable::Keeps;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::landscape::{Landscape, Object};
use crate::syntax::Node;
use crate::view::{ManagedSeed, SeedTemplate, Shoot, Text, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-NODES"],
        judge: Judge::ShootTemplate(nodes),
    },
    Rule {
        code: Code::error("L728", "zone-of-managed-seed-removed"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-ZONEMS"],
        judge: Judge::Shoot(zones),
    },
];

/// The ManagedSeed that makes a seed of a shoot.
///
/// Upstream: plugin/pkg/utils/managedseed.go, GetManagedSeed.
pub(super) fn managed_seed<'a>(shoot: &Object, landscape: &'a Landscape) -> Option<&'a Object> {
    let (namespace, name) = (&shoot.identity.namespace, &shoot.identity.name);
    let mut seeds = landscape.of_kind("ManagedSeed").filter(|seed| seed.identity.namespace == *namespace);
    seeds.find(|seed| ManagedSeed::of(seed).shoot().is_some_and(|shoot| *shoot == **name))
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootTemplateUpdate; plugin/pkg/shoot/managedseed/admission.go,
/// validateUpdate.
fn nodes(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let range = shoots.field(&["spec", "networking", "nodes"]);
    let seed = managed_seed(shoots.before.object, sides.before.landscape);
    if seed.is_none() && !shoots.is_template() {
        return;
    }
    if let Some(raised) = range.judge(Keeps::OnceSet, "the range of the nodes of a seed", findings) {
        let raised = match seed {
            Some(seed) => raised.related(seed.name_node(), "the shoot is a seed because of this"),
            None => raised,
        };
        raised.why(WHY).help("keep the range, and make a new shoot of another name for another seed");
    }
}

/// Upstream: plugin/pkg/shoot/managedseed/admission.go, validateZoneRemovalFromShoot, which names `spec.providers.workers`.
fn zones(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Some(seed) = managed_seed(shoots.before.object, sides.before.landscape) else { return };
    let Some(template) = SeedTemplate::in_object(seed) else { return };
    let zones = shoots.map(|shoot| -> BTreeSet<&str> {
        shoot.workers().flat_map(Worker::zones).map(Text::as_str).collect()
    });
    let gone = |zone: &Text<'_>| zones.before.contains(zone.as_str()) && !zones.after.contains(zone.as_str());
    let registered: Vec<Text<'_>> = template.zones().filter(gone).collect();
    let Some(first) = registered.first() else { return };
    let object = shoots.after.object;
    let list: Option<&Node> = shoots.after.worker_list();
    let names: Vec<String> = registered.iter().map(|zone| format!("`{zone}`")).collect();
    let raised = findings
        .named(
            object,
            list.unwrap_or(object.name_node()),
            "spec.providers.workers",
            format!("the shoot gives up {}, where its seed says to be", names.join(" and ")),
        )
        .related(first.node, "the ManagedSeed registers the zone here");
    let raised = match shoots.before.worker_list() {
        Some(list) => raised.related(list, IN_BASE),
        None => raised,
    };
    raised
        .why("control planes may run in the zone; Gardener's API server refuses to take its nodes away")
        .help("remove the zone from the ManagedSeed first, and from the shoot in a later pull request");
}
