//! What Gardener lets go although shoots use it: versions of pools, machine and volume types, regions and zones.
//!
//! Nothing stops at once. From then on each change of such a shoot is refused, or its extension fails to reconcile it.

use std::collections::BTreeSet;

use super::removed;
use crate::check::{Findings, Offer};
use crate::diagnostic::Code;
use crate::effect::usage::{Users, shoots_of};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::{CloudProfile, MachineType, Region, Shoot, Text, VolumeType, Worker, Zone};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: OFFER_REMOVED,
        impact: Impact::InPlace,
        upstream: &["UP-CP-K8SPOOL"],
        judge: Judge::CloudProfile(pool_versions),
    },
    Rule {
        code: OFFER_REMOVED,
        impact: Impact::InPlace,
        upstream: &["UP-CP-MT"],
        judge: Judge::CloudProfile(types),
    },
    Rule {
        code: OFFER_REMOVED,
        impact: Impact::InPlace,
        upstream: &["UP-CP-MT"],
        judge: Judge::CloudProfile(regions),
    },
];

/// Something is gone that shoots use, and Gardener does not mind.
const OFFER_REMOVED: Code = Code::warning("L744", "offer-in-use-removed");

/// Tells of something that is gone, when shoots use it.
fn tell(
    what: &str,
    gone: &Node,
    users: &Users<'_>,
    (profile, parent, field): (CloudProfile<'_>, &Node, &str),
    findings: &mut Findings,
) {
    if users.is_empty() {
        return;
    }
    let message = format!("{what} is removed while in use by {users}");
    let raised = findings.at_field(profile.object, parent, field, message);
    users
        .shown(raised.related(gone, "the base offers it here"))
        .why("the API server takes it, and the shoots run on, but cannot be changed or reconciled any more; stricter than Gardener")
        .help("move the shoots first, and remove it once none of them uses it");
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate, which asks for control planes alone.
fn pool_versions(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = profiles.map(CloudProfile::kubernetes_versions);
    let shoots = shoots_of(profiles.after.object, &sides.after);
    for (name, node) in removed(before, after) {
        let is_gone = |version: &Text<'_>| **version == *name;
        let unguarded = shoots
            .iter()
            .filter(|shoot| !shoot.kubernetes_version().is_some_and(|version| is_gone(&version)));
        let uses = unguarded.filter_map(|shoot| {
            let mut versions = shoot.workers().filter_map(Worker::kubernetes_version);
            Some((shoot.object, versions.find(is_gone)?.node))
        });
        let parent = profiles.after.kubernetes().unwrap_or(profiles.after.node());
        let place = (profiles.after, parent, "versions");
        tell(&format!("Kubernetes `{name}`"), node, &uses.collect(), place, findings);
    }
}

/// The names of a list that are gone.
fn gone<'a>(
    before: impl Iterator<Item = Option<Text<'a>>>,
    after: impl Iterator<Item = Option<Text<'a>>>,
) -> Vec<Text<'a>> {
    let kept: BTreeSet<&str> = after.flatten().map(Text::as_str).collect();
    before.flatten().filter(|name| !kept.contains(name.as_str())).collect()
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate, which does not ask.
fn types(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let shoots = shoots_of(profiles.after.object, &sides.after);
    let machines = profiles.map(|profile| profile.machine_types().map(MachineType::name));
    let volumes = profiles.map(|profile| profile.volume_types().map(VolumeType::name));
    // A NamespacedCloudProfile may offer it still.
    let offered = |shoot: &Shoot<'_>, has: &dyn Fn(&Offer) -> bool| sides.after.offer(*shoot).is_none_or(has);
    let spec = profiles.after.spec().unwrap_or(profiles.after.node());
    for name in gone(machines.before, machines.after) {
        let lacking =
            shoots.iter().filter(|shoot| !offered(shoot, &|offer| offer.machine_type(&name).is_some()));
        let uses = lacking.filter_map(|shoot| {
            let mut types = shoot.workers().filter_map(Worker::machine_type);
            Some((shoot.object, types.find(|own| **own == *name)?.node))
        });
        let place = (profiles.after, spec, "machineTypes");
        tell(&format!("the machine type `{name}`"), name.node, &uses.collect(), place, findings);
    }
    for name in gone(volumes.before, volumes.after) {
        let lacking =
            shoots.iter().filter(|shoot| !offered(shoot, &|offer| offer.volume_type(&name).is_some()));
        let uses = lacking.filter_map(|shoot| {
            let mut types = shoot.workers().filter_map(Worker::volume_type);
            Some((shoot.object, types.find(|own| **own == *name)?.node))
        });
        let place = (profiles.after, spec, "volumeTypes");
        tell(&format!("the volume type `{name}`"), name.node, &uses.collect(), place, findings);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate, which does not ask.
fn regions(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let shoots = shoots_of(profiles.after.object, &sides.after);
    let spec = profiles.after.spec().unwrap_or(profiles.after.node());
    let names = profiles.map(|profile| profile.regions().map(Region::name));
    for name in gone(names.before, names.after) {
        let uses = shoots
            .iter()
            .filter_map(|shoot| Some((shoot.object, shoot.region().filter(|own| **own == *name)?.node)));
        let place = (profiles.after, spec, "regions");
        tell(&format!("the region `{name}`"), name.node, &uses.collect(), place, findings);
    }
    for after in profiles.after.regions() {
        let Some(region) = after.name() else { continue };
        let mut earlier = profiles.before.regions();
        let before = earlier.find(|before| before.name().is_some_and(|name| *name == *region));
        let Some(before) = before else { continue };
        let here: Vec<&Shoot<'_>> =
            shoots.iter().filter(|shoot| shoot.region().is_some_and(|own| *own == *region)).collect();
        for zone in gone(before.zones().map(Zone::name), after.zones().map(Zone::name)) {
            let uses = here.iter().filter_map(|shoot| {
                let mut zones = shoot.workers().flat_map(Worker::zones);
                Some((shoot.object, zones.find(|own| **own == *zone)?.node))
            });
            let place = (profiles.after, after.node(), "zones");
            tell(&format!("the zone `{zone}`"), zone.node, &uses.collect(), place, findings);
        }
    }
}
