//! Shoots whose control plane runs on their own nodes.

use std::collections::BTreeSet;

use super::{REFUSED, namespace, update};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN_NAMESPACE;
use crate::syntax::{Node, Value};
use crate::view::{ControlPlane, Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L548", "self-hosted-shoot-invalid"),
    upstream: &["SH-SELF-NS", "SH-SELF-CP", "SH-SELF-ZONE", "SH-HIB"],
    judge: Judge::ShootTemplate(self_hosted),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, ValidateHibernation, ValidateWorkers.
fn self_hosted(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut pools = shoot.workers().filter(|worker| worker.control_plane().is_some());
    let Some(pool) = pools.next() else { return };
    let object = shoot.object;
    if let Some(seed) = shoot.written_seed_name() {
        findings
            .at(object, seed.node, "a self-hosted shoot is put on a seed")
            .related(pool.node(), "this pool runs the control plane")
            .why("its control plane runs on its own nodes")
            .help("remove `seedName`");
    }
    if let Some((spec, _)) = shoot.spec().zip(shoot.hibernation()) {
        findings
            .at_field(object, spec, "hibernation", "a self-hosted shoot cannot sleep")
            .why("nothing would be left to wake it up")
            .help("remove `hibernation`");
    }
    if namespace(shoot) != GARDEN_NAMESPACE {
        let message = format!("a self-hosted shoot is not in the namespace `{GARDEN_NAMESPACE}`");
        findings
            .lacking(object, &object.root, &["metadata", "namespace"], message)
            .why("a seed that it becomes is found by its name alone")
            .help(format!("set `namespace: {GARDEN_NAMESPACE}`"));
    }
    for second in pools {
        findings
            .at_field(object, second.node(), "controlPlane", "a second pool runs the control plane")
            .related(pool.node(), "the first one is here")
            .why(REFUSED)
            .help("remove `controlPlane` from one of the two pools");
    }
    counts(shoot, pool, findings);
    zones(shoot, findings);
}

/// Upstream: pkg/api/core/validation/shoot.go, validateSelfHostedShootControlPlane. It asks for one machine, and for three
/// with high availability, so that the two cannot be had together.
fn counts(shoot: Shoot<'_>, pool: Worker<'_>, findings: &mut Findings) {
    let mut demand = |met: bool, field: &str, wanted: &str| {
        if !met {
            findings
                .lacking(
                    shoot.object,
                    pool.node(),
                    &[field],
                    format!("the pool that runs the control plane needs {wanted}"),
                )
                .why(REFUSED)
                .help(format!("set {wanted}"));
        }
    };
    demand(pool.least() == 1 && pool.most() == 1, "minimum", "`minimum: 1` and `maximum: 1`");
    let available = shoot.control_plane().filter(|it| it.high_availability().is_some());
    let Some(control_plane) = available else {
        demand(pool.most() == 1, "maximum", "`maximum: 1` without high availability");
        return;
    };
    demand(pool.most() == 3, "maximum", "`maximum: 3` for high availability");
    let (surge, unavailable) = update::defaults(shoot, pool);
    let surge = whole(pool.max_surge(), surge);
    let unavailable = whole(pool.max_unavailable(), unavailable);
    demand(surge == 1, "maxSurge", "`maxSurge: 1` for high availability");
    demand(unavailable == 1, "maxUnavailable", "`maxUnavailable: 1` for high availability");
    let zones = pool.zone_list().map_or(0, |zones| zones.items().len());
    demand(
        !tolerates_zones(control_plane) || zones == 3,
        "zones",
        "three zones to survive the failure of one",
    );
}

fn tolerates_zones(control_plane: ControlPlane<'_>) -> bool {
    control_plane.failure_tolerance().is_some_and(|tolerance| tolerance.as_str() == "zone")
}

/// A number as Go reads it: that of a text, if it is one, and zero for any other.
fn whole(node: Option<&Node>, default: i64) -> i64 {
    match node.map(|node| &node.value) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or_default(),
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        _ => default,
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateSystemComponentWorkers.
fn zones(shoot: Shoot<'_>, findings: &mut Findings) {
    let own = shoot.workers().filter(|worker| worker.control_plane().is_some()).flat_map(Worker::zones);
    let own: BTreeSet<&str> = own.map(Text::as_str).collect();
    for worker in shoot.workers() {
        if worker.control_plane().is_some() || !worker.takes_system_components() {
            continue;
        }
        let foreign = worker.zones().find(|zone| !own.contains(zone.as_str()));
        if let Some(zone) = foreign {
            let message = format!("the pool takes components of the cluster's own to the zone `{zone}`");
            let raised = match worker.system_components() {
                Some(_) => findings.at_field(shoot.object, worker.node(), "systemComponents", message),
                None => findings.missing(shoot.object, worker.node(), "systemComponents", message),
            };
            raised
                .related(zone.node, "the control plane has no nodes in this zone")
                .why("they run in the zones of the control plane only")
                .help("remove the zone, or set `systemComponents.allow: false`");
        }
    }
}
