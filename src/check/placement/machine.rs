//! The machine types of a shoot's pools.

use super::{names, not_offered, offered, pools, region_of, zones_of};
use crate::check::architecture::is_known;
use crate::check::{Findings, Judge, Offer, Rule, Scope};
use crate::diagnostic::{Code, help_with_others};
use crate::syntax::Node;
use crate::view::{Kubelet, MachineType, Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L420", "machine-type-not-offered"),
        upstream: &["XS-MT"],
        judge: Judge::Shoot(machine_type),
    },
    Rule {
        code: Code::error("L421", "machine-type-of-another-architecture"),
        upstream: &["XS-MT"],
        judge: Judge::Shoot(architecture),
    },
    Rule {
        code: Code::error("L422", "machine-type-not-in-zone"),
        upstream: &["XS-MT-ZONE"],
        judge: Judge::Shoot(zones),
    },
    Rule {
        code: Code::error("L423", "kubelet-reserves-whole-machine"),
        upstream: &["XS-KUBERES"],
        judge: Judge::Shoot(reserved),
    },
    Rule {
        code: Code::warning("L574", "common-kubelet-reserves-whole-machine"),
        upstream: &["XS-KUBERES"],
        judge: Judge::Shoot(reserved_by_default),
    },
];

/// The machine type of a pool, usable or not.
pub(super) fn machine_type_of<'a>(worker: Worker<'_>, offer: &'a Offer) -> Option<MachineType<'a>> {
    offer.machine_type(&worker.machine_type()?)
}

/// The processor architecture of a pool, which upstream takes from the machine type when it is left out; nothing when it
/// cannot be told, or the pool and its machine type disagree.
///
/// Upstream: plugin/pkg/shoot/mutator/admission.go, defaultWorkerArchitectures.
pub(super) fn architecture_of<'a>(worker: Worker<'a>, offer: &'a Offer) -> Option<&'a str> {
    let machine_type = machine_type_of(worker, offer);
    let own = machine_type.and_then(|machine_type| offer.architecture(machine_type));
    match worker.architecture().map(Text::as_str) {
        Some(asked) if is_known(asked) && own.is_none_or(|own| own == asked) => Some(asked),
        Some(_) => None,
        None => own,
    }
}

const REFUSED: &str = "Gardener's API server refuses a pool of machines that its CloudProfile does not offer";

fn is_usable(machine_type: MachineType<'_>) -> bool {
    machine_type.usable() != Some(false)
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineTypes.
fn machine_type(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for asked in workers.filter_map(|worker| worker.machine_type()) {
        let listed = offer.machine_type(&asked);
        if listed.is_some_and(is_usable) {
            continue;
        }
        let usable = offer.profile().machine_types().filter(|listed| is_usable(*listed));
        let known = names(usable.map(MachineType::name));
        let name = listed.and_then(|listed| listed.name());
        not_offered(shoot, offer, ("machine type", asked), name, known, findings).why(REFUSED);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineTypes.
fn architecture(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for worker in workers {
        let asked = worker.architecture().filter(|asked| is_known(asked));
        let listed = machine_type_of(worker, offer);
        let own = listed.and_then(|listed| offer.architecture(listed));
        let (Some(asked), Some(name), Some(own)) = (asked, worker.machine_type(), own) else {
            continue;
        };
        if *asked == *own {
            continue;
        }
        let suits = |other: &MachineType<'_>| is_usable(*other) && offer.architecture(*other) == Some(&asked);
        let suitable = offer.profile().machine_types().filter(suits);
        let message = format!("the machine type `{name}` has the architecture `{own}`, not `{asked}`");
        let raised = findings.at(shoot.object, name.node, message);
        offered(raised, listed.and_then(MachineType::name))
            .related(asked.node, "the pool asks for it here")
            .why("Gardener's API server refuses a pool whose machines have another architecture")
            .help(format!(
                "set `machine.architecture: {own}`, or take another machine type; {}",
                help_with_others(names(suitable.map(MachineType::name)))
            ));
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
        let Some(name) = worker.machine_type().filter(|name| offer.machine_type(name).is_some()) else {
            continue;
        };
        let lacking = zones_of(worker, region).find(|zone| zone.lacks_machine_type(&name));
        let Some(zone) = lacking.and_then(|zone| zone.name()) else {
            continue;
        };
        findings
            .at(shoot.object, name.node, format!("the zone `{zone}` has no machines of the type `{name}`"))
            .related(zone.node, "the zone says here what it lacks")
            .why("Gardener's API server refuses a pool in a zone that lacks its machine type")
            .help(format!("take another machine type, or leave the zone `{zone}` out"));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateKubeletConfig.
fn reserved(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for worker in workers {
        if let Some(own) = worker.kubernetes() {
            let kubelet = worker.kubelet().or(shoot.kubelet());
            judge_reserved((shoot, worker, offer), kubelet, (own, "kubelet"), findings);
        }
    }
}

/// Upstream looks at pools with a `kubernetes` of their own only; the kubelet of any other pool would fail just the same.
fn reserved_by_default(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let (Some((offer, workers)), Some(common)) = (pools(shoot, scope), shoot.kubernetes()) else {
        return;
    };
    for worker in workers.filter(|worker| worker.kubernetes().is_none()) {
        judge_reserved((shoot, worker, offer), shoot.kubelet(), (common, "kubelet"), findings);
    }
}

fn judge_reserved(
    (shoot, worker, offer): (Shoot<'_>, Worker<'_>, &Offer),
    kubelet: Option<Kubelet<'_>>,
    (parent, field): (&Node, &str),
    findings: &mut Findings,
) {
    let (Some(kubelet), Some(machine_type)) = (kubelet, machine_type_of(worker, offer)) else {
        return;
    };
    let resources = [
        ("cpu", kubelet.reserved_cpu(), machine_type.cpu()),
        ("memory", kubelet.reserved_memory(), machine_type.memory()),
    ];
    for (resource, reserved, whole) in resources {
        let (Some(reserved), Some(whole)) = (reserved, whole) else {
            continue;
        };
        if reserved.quantity < whole.quantity {
            continue;
        }
        let name = worker.machine_type().map(Text::as_str).unwrap_or_default();
        let message = format!("the kubelet keeps `{reserved}` of {resource}, and a `{name}` has `{whole}`");
        findings
            .at_field(shoot.object, parent, field, message)
            .related(reserved.node, "reserved here")
            .related(whole.node, "the machine type has no more than this")
            .why("nothing would be left of the node for pods")
            .help(format!("reserve less {resource}, or take a larger machine type"));
    }
}
