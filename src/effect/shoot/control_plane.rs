//! What the control plane of a shoot survives, and the zones it runs in.

use super::WITH_A_SEED;
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::{ControlPlane, PlacedShoot, Shoot, Text};

const CONTROL_PLANE: Code = Code::error("L716", "control-plane-immutable");

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: CONTROL_PLANE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-HA"],
        judge: Judge::Shoot(tolerance),
    },
    Rule {
        code: WITH_A_SEED,
        impact: Impact::InPlace,
        upstream: &["UP-SH-HA"],
        judge: Judge::Shoot(tolerance_of_unscheduled),
    },
    Rule {
        code: CONTROL_PLANE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-CPZ"],
        judge: Judge::ShootTemplate(zones),
    },
];

const TOLERANCE: [&str; 5] = ["spec", "controlPlane", "highAvailability", "failureTolerance", "type"];
const ZONES: [&str; 3] = ["spec", "controlPlane", "zones"];

/// Whether the control plane is to survive failures, and which.
fn tolerances(shoots: Both<Shoot<'_>>) -> Both<Option<&str>> {
    shoots.map(|shoot| {
        let control_plane = shoot.control_plane()?;
        control_plane.high_availability()?;
        Some(control_plane.failure_tolerance().map_or("", Text::as_str))
    })
}

/// Upstream: pkg/api/core/validation/shoot.go, validateShootHAControlPlaneSpecUpdate. Whether the shoot still sleeps or wakes
/// up, only its status tells.
fn tolerance(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let (object, root) = (shoots.after.object, shoots.after.node());
    match tolerances(shoots) {
        Both { before: None, after: Some(_) } => {
            if let Some(hibernation) = shoots.after.hibernation()
                && hibernation.enabled() == Some(true)
            {
                findings
                    .lacking(object, root, &TOLERANCE, "a control plane cannot become highly available while it sleeps")
                    .related(hibernation.node(), "the shoot sleeps because of this")
                    .why("its etcd cannot grow while it does not run; Gardener's API server refuses the change")
                    .help("wake the shoot up first");
            }
        }
        Both { before: Some(before), after } if after != Some(before) => {
            if shoots.after.seed_name().is_some() {
                shoots
                    .field(&TOLERANCE)
                    .raise("what a control plane survives", findings)
                    .why("the members of etcd were spread when the shoot was placed; Gardener's API server refuses the change")
                    .help("keep the value, and make a new shoot of another name");
            }
        }
        Both { .. } => {}
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateShootHAControlPlaneSpecUpdate.
fn tolerance_of_unscheduled(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let tolerances = tolerances(shoots);
    if tolerances.before.is_none()
        || tolerances.before == tolerances.after
        || shoots.after.seed_name().is_some()
    {
        return;
    }
    shoots
        .field(&TOLERANCE)
        .raise("what a control plane survives, once the shoot lives on a seed,", findings)
        .why("the members of etcd were spread when the shoot was placed; Gardener's API server refuses the change from then on")
        .help("keep the value, unless the shoot still waits for a seed");
}

/// Upstream: pkg/api/core/validation/shoot.go, validateControlPlaneZonesUpdate.
fn zones(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let lists = shoots.map(|shoot| -> Vec<&str> {
        let list = PlacedShoot::of_shoot(shoot).zone_list().map(Node::items).unwrap_or_default();
        list.iter().filter_map(Node::as_str).collect()
    });
    if lists.before == lists.after || lists.after.is_empty() {
        return;
    }
    let across = shoots.map(|shoot| {
        let tolerance = shoot.control_plane().and_then(ControlPlane::failure_tolerance);
        tolerance.is_some_and(|tolerance| &*tolerance == "zone")
    });
    let grows = !across.before && across.after && !lists.before.is_empty();
    if grows && lists.before.iter().all(|zone| lists.after.contains(zone)) {
        return;
    }
    let message = if grows {
        "a control plane that spreads to three zones keeps the one it is in"
    } else {
        "the zones of a control plane cannot be chosen or changed any more"
    };
    shoots
        .refuse(&ZONES, message, findings)
        .why("the volumes of etcd are in the zones where they were made; Gardener's API server refuses the change")
        .help("take the change back; `zones` may be removed, or grow from one to three along with the failure tolerance `zone`");
}
