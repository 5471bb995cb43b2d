//! The volumes of a shoot's pools.

use super::{names, not_offered, pools, region_of, zones_of};
use crate::check::placement::machine::machine_type_of;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::{Amount, MachineType, Shoot, Text, VolumeType, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L440", "volume-type-not-offered"),
        upstream: &["XS-VOL"],
        judge: Judge::Shoot(volume_type),
    },
    Rule {
        code: Code::error("L441", "volume-type-not-in-zone"),
        upstream: &["XS-VOL"],
        judge: Judge::Shoot(zones),
    },
    Rule {
        code: Code::error("L442", "volume-too-small"),
        upstream: &["XS-VOL-SIZE"],
        judge: Judge::Shoot(size),
    },
];

const REFUSED: &str =
    "Gardener's API server refuses a pool with volumes that its CloudProfile does not offer";

fn is_usable(volume_type: VolumeType<'_>) -> bool {
    volume_type.usable() != Some(false)
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateVolumeTypes.
fn volume_type(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for asked in workers.filter_map(|worker| worker.volume_type()) {
        let listed = offer.volume_type(&asked);
        if listed.is_some_and(is_usable) {
            continue;
        }
        let usable = offer.profile().volume_types().filter(|listed| is_usable(*listed));
        let known = names(usable.map(VolumeType::name));
        let name = listed.and_then(|listed| listed.name());
        not_offered(shoot, offer, ("volume type", asked), name, known, findings).why(REFUSED);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, isUnavailableInAtleastOneZone.
fn zones(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    let Some(region) = region_of(shoot, offer) else {
        return;
    };
    for worker in workers {
        let Some(name) = worker.volume_type().filter(|name| offer.volume_type(name).is_some()) else {
            continue;
        };
        let lacking = zones_of(worker, region).find(|zone| zone.lacks_volume_type(&name));
        let Some(zone) = lacking.and_then(|zone| zone.name()) else {
            continue;
        };
        findings
            .at(shoot.object, name.node, format!("the zone `{zone}` has no volumes of the type `{name}`"))
            .related(zone.node, "the zone says here what it lacks")
            .why("Gardener's API server refuses a pool in a zone that lacks its volume type")
            .help(format!("take another volume type, or leave the zone `{zone}` out"));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateVolumeSize.
fn size(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for worker in workers {
        let (Some(size), Some(name)) = (worker.volume_size(), worker.volume_type()) else {
            continue;
        };
        let of_machine = machine_type_of(worker, offer).and_then(|listed| least_of(listed, name));
        let of_type = offer.volume_type(&name).and_then(VolumeType::min_size);
        let missed = |least: &Amount<'_>| size.quantity < least.quantity;
        // The machine type's own limit is the closer one.
        let (least, whose) = match (of_machine.filter(missed), of_type.filter(missed)) {
            (Some(least), _) => (least, format!("the machine type `{}`", machine_name(worker))),
            (None, Some(least)) => (least, format!("the volume type `{name}`")),
            (None, None) => continue,
        };
        findings
            .at(shoot.object, size.node, format!("`{size}` is less than the `{least}` that {whose} asks for"))
            .related(least.node, "the smallest size is set here")
            .why("Gardener's API server refuses a pool with smaller volumes")
            .help(format!("set `{least}` or more"));
    }
}

/// The smallest size a machine type asks for, of volumes of the type it comes with.
fn least_of<'a>(machine_type: MachineType<'a>, volume_type: Text<'_>) -> Option<Amount<'a>> {
    let storage = machine_type.storage()?;
    storage.min_size().filter(|_| storage.type_name().is_some_and(|own| *own == *volume_type))
}

fn machine_name(worker: Worker<'_>) -> &str {
    worker.machine_type().map(Text::as_str).unwrap_or_default()
}
