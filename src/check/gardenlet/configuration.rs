//! What gardenlets are configured with: times, numbers and resources within their bounds.

use super::{INSTALLING, is_of};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::kind;
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{
    Amount, ClientConnection, GardenConnection, GardenletConfiguration, GardenletControllers,
    GardenletInstallation, Int, LeaderElection,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L471", "gardenlet-value-out-of-range"),
        upstream: &["GL-TTL", "GL-KUBECFG", "GL-BE"],
        judge: Judge::Kinds(INSTALLING, values),
    },
    Rule {
        code: Code::error("L475", "reserved-above-capacity"),
        upstream: &["GL-RES"],
        judge: Judge::Kinds(INSTALLING, resources),
    },
];

const WHY: &str = "Gardener's API server refuses the configuration of a gardenlet with it";

/// The seconds that DNS records may be cached.
const DNS_TTL: std::ops::RangeInclusive<i64> = 30..=600;
/// The shortest time that a kubeconfig may be valid.
const SHORTEST_VALIDITY: Duration = Duration::minutes(10);
/// The bounds of when a kubeconfig is renewed, in per cent of its validity, and what they are when only one is set.
const JITTER: (i64, i64) = (1, 100);

/// The number of shoots that a seed takes when nothing is said.
///
/// Upstream: pkg/apis/seedmanagement/v1alpha1/defaults_managedseed.go, setDefaultsResources.
const SHOOTS: &str = "shoots";
const DEFAULT_SHOOTS: &str = "250";

fn configuration(object: &Object) -> Option<GardenletConfiguration<'_>> {
    GardenletInstallation::in_object(object)?.configuration()
}

/// Upstream: pkg/api/config/gardenlet/v1alpha1/validation/validation.go, ValidateGardenletConfiguration and what it calls.
fn values(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(configuration) = configuration(object) else {
        return;
    };
    let garden = configuration.garden_connection();
    let connections = [configuration.seed_connection(), configuration.shoot_connection()];
    let bursts = connections.into_iter().flatten().filter_map(ClientConnection::burst);
    let tolerations = [configuration.not_ready_seconds(), configuration.unreachable_seconds()];
    let counts = configuration.controllers().into_iter().flat_map(GardenletControllers::counts);
    let numbers = garden.and_then(GardenConnection::burst).into_iter().chain(bursts);
    for number in numbers.chain(tolerations.into_iter().flatten()).chain(counts) {
        if number.value < 0 {
            out_of_range(object, number.node, number.value, "below zero", "use zero or more", findings);
        }
    }
    for period in configuration.controllers().into_iter().flat_map(GardenletControllers::periods) {
        if period.duration < Duration::ZERO {
            out_of_range(object, period.node, period, "below zero", "use `0s` or more", findings);
        }
    }
    if let Some(garden) = garden {
        validity(object, garden, findings);
    }
    if let Some(election) = configuration.leader_election() {
        leader_election(object, election, findings);
    }
    if let Some(controllers) = configuration.controllers() {
        controllers_of(object, controllers, findings);
    }
}

fn out_of_range(
    object: &Object,
    node: &Node,
    value: impl std::fmt::Display,
    fault: &str,
    help: &str,
    findings: &mut Findings,
) {
    findings.at(object, node, format!("`{value}` is {fault}")).why(WHY).help(help);
}

/// Upstream: pkg/api/config/gardenlet/v1alpha1/validation/validation.go, validateKubeconfigValidity.
fn validity(object: &Object, garden: GardenConnection<'_>, findings: &mut Findings) {
    if let Some(validity) = garden.validity().filter(|validity| validity.duration < SHORTEST_VALIDITY) {
        let fault = "too short a time for a kubeconfig";
        out_of_range(object, validity.node, validity, fault, "use `10m` or more", findings);
    }
    let (least, most) = JITTER;
    let (minimum, maximum) = (garden.jitter_minimum(), garden.jitter_maximum());
    if let Some(maximum) = maximum.filter(|maximum| maximum.value > most) {
        let help = format!("use {most} or less");
        out_of_range(object, maximum.node, maximum.value, "more than the whole", &help, findings);
    }
    let Some(minimum) = minimum else { return };
    if minimum.value < least {
        let help = format!("use {least} or more");
        out_of_range(object, minimum.node, minimum.value, "too small a part", &help, findings);
    } else if let Some(maximum) = maximum.filter(|maximum| minimum.value >= maximum.value) {
        findings
            .at(object, minimum.node, format!("`{}` is no less than the maximum", minimum.value))
            .related(maximum.node, "the maximum is set here")
            .why(WHY)
            .help("use less than the maximum");
    }
}

/// Upstream: k8s.io/component-base/config/validation, ValidateLeaderElectionConfiguration.
///
/// Nothing is filled in: a configuration inside of another object gets no defaults before it is judged.
fn leader_election(object: &Object, election: LeaderElection<'_>, findings: &mut Findings) {
    if election.enabled() != Some(true) {
        return;
    }
    let node = election.node();
    let fields = [
        ("leaseDuration", election.lease_duration()),
        ("renewDeadline", election.renew_deadline()),
        ("retryPeriod", election.retry_period()),
    ];
    for (field, period) in fields {
        let message = format!("`{field}` is not above zero");
        let raised = match period {
            Some(period) if period.duration > Duration::ZERO => continue,
            Some(period) => findings.at(object, period.node, message),
            None if node.get(field).is_some() => continue,
            None => findings.missing(object, node, field, message),
        };
        raised.why(WHY).help("set it, or remove `leaderElection`: the gardenlet has good values of its own");
    }
    if let Some((lease, renew)) = election.lease_duration().zip(election.renew_deadline())
        && Duration::ZERO < lease.duration
        && lease.duration <= renew.duration
    {
        findings
            .at(object, lease.node, format!("`{lease}` is no longer than the time to renew it"))
            .related(renew.node, "that time is set here")
            .why(WHY)
            .help("use more than `renewDeadline`");
    }
    for field in ["resourceLock", "resourceNamespace", "resourceName"] {
        let raised =
            findings.require(object, node, &[field], format!("the leader election has no `{field}`"));
        raised.map(|raised| {
            raised
                .why(WHY)
                .help("set it, or remove `leaderElection`: the gardenlet has good values of its own")
        });
    }
}

/// Upstream: pkg/api/config/gardenlet/v1alpha1/validation/validation.go, validateShootControllerConfiguration and
/// validateBackupEntryControllerConfiguration.
fn controllers_of(object: &Object, controllers: GardenletControllers<'_>, findings: &mut Findings) {
    if let Some(ttl) = controllers.dns_ttl().filter(|ttl| !DNS_TTL.contains(&ttl.value)) {
        let help = format!("use {} to {} seconds", DNS_TTL.start(), DNS_TTL.end());
        out_of_range(object, ttl.node, ttl.value, "no time that DNS records may be cached", &help, findings);
    }
    let purposes = controllers.grace_purposes().filter(|purposes| !purposes.items().is_empty());
    let hours = controllers.grace_hours().map(|hours: Int<'_>| hours.value);
    if let Some((_, entry)) =
        purposes.zip(controllers.backup_entry()).filter(|_| hours.is_none_or(|it| it <= 0))
    {
        findings
            .at_field(
                object,
                entry,
                "deletionGracePeriodShootPurposes",
                "backups of these shoots outlive them, for no time",
            )
            .why(WHY)
            .help("set `deletionGracePeriodHours` above zero, or remove the purposes");
    }
}

/// Upstream: pkg/api/config/gardenlet/v1alpha1/validation/validation.go, ValidateGardenletConfiguration.
fn resources(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(configuration) = configuration(object) else {
        return;
    };
    let reserved = configuration.reserved().map(Node::entries).unwrap_or_default();
    let why = "what is reserved is taken from the capacity; Gardener's API server refuses more than that";
    for entry in reserved {
        let name = entry.key.name.as_str();
        let Some(amount) = Amount::of(&entry.value) else { continue };
        let written = configuration.capacity().and_then(|capacity| capacity.get(name));
        // A template is judged as it is written, before a ManagedSeed is made of it.
        let filled_in = name == SHOOTS && written.is_none() && !is_of(object, kind::MANAGED_SEED_SET);
        let capacity: Option<Quantity> = match written {
            Some(node) => Amount::of(node).map(|capacity| capacity.quantity),
            None if filled_in => DEFAULT_SHOOTS.parse().ok(),
            None => None,
        };
        if written.is_some() && capacity.is_none() {
            continue;
        }
        let message = match capacity {
            Some(capacity) if amount.quantity.ceiling() <= capacity.ceiling() => continue,
            Some(_) => format!("more `{name}` are reserved, `{amount}`, than there is capacity for"),
            None => format!("`{name}` are reserved, and no capacity for them is set"),
        };
        let raised = findings.at(object, amount.node, message);
        let raised = raised.why(why).help(match (written, filled_in) {
            (None, true) => {
                format!("reserve no more than {DEFAULT_SHOOTS}, the capacity of a seed that sets none")
            }
            _ => format!("set a larger `resources.capacity.{name}`, or reserve less"),
        });
        if let Some(written) = written {
            raised.related(written, "the capacity is set here");
        }
    }
}
