//! Operations that annotations of shoots ask for.
//!
//! Most of them go on from the state that a running shoot is in. A landscape declares what shall be, not what shall happen
//! next: a new shoot is refused with them, and whoever applies the landscape again would ask for them again.

use super::{REFUSED, is_before};
use crate::check::{Findings, Judge, Rule, Scope, repetition};
use crate::diagnostic::{Code, help_with_names};
use crate::syntax::Node;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L544", "operation-not-possible"),
        upstream: &["SH-OP"],
        judge: Judge::ShootTemplate(operations),
    },
    Rule {
        code: Code::error("L545", "operation-pools-invalid"),
        upstream: &["SH-OP-POOL"],
        judge: Judge::Shoot(pools),
    },
];

/// The annotation with operations that are to happen at once.
pub(super) const IMMEDIATE: &str = "gardener.cloud/operation";
/// The annotation with operations that wait for the maintenance.
const MAINTENANCE: &str = "maintenance.gardener.cloud/operation";

const ROLLOUT: &str = "rollout-workers";
const ROTATION_ROLLOUT: &str = "rotate-rollout-workers";

/// What may be asked for; the first ones only alone.
///
/// Upstream: pkg/api/core/validation/shoot.go, availableShootOperations.
const ALONE: [&str; 3] = ["maintain", "retry", "force-in-place-update"];
const TOGETHER: [&str; 8] = [
    "reconcile",
    "rotate-ca-start",
    "rotate-ca-start-without-workers-rollout",
    "rotate-ca-complete",
    "rotate-observability-credentials",
    "rotate-ssh-keypair",
    ROTATION_ROLLOUT,
    ROLLOUT,
];
/// What a shoot that sleeps cannot do; the rest of what may be asked for.
const AWAKE: [&str; 9] = [
    "rotate-credentials-start",
    "rotate-credentials-start-without-workers-rollout",
    "rotate-credentials-complete",
    "rotate-etcd-encryption-key",
    "rotate-etcd-encryption-key-start",
    "rotate-etcd-encryption-key-complete",
    "rotate-serviceaccount-key-start",
    "rotate-serviceaccount-key-start-without-workers-rollout",
    "rotate-serviceaccount-key-complete",
];
/// What was replaced by one operation with Kubernetes 1.34.
const REMOVED: [&str; 2] = ["rotate-etcd-encryption-key-start", "rotate-etcd-encryption-key-complete"];

/// An operation, and those that it cannot be asked for together with.
///
/// Upstream: pkg/api/core/validation/shoot.go, incompatibleShootOperations.
const INCOMPATIBLE: &[(&str, &[&str])] = &[
    (
        "rotate-credentials-start",
        &[
            "rotate-ca-start-without-workers-rollout",
            "rotate-serviceaccount-key-start-without-workers-rollout",
            "rotate-credentials-start-without-workers-rollout",
        ],
    ),
    (
        "rotate-credentials-start-without-workers-rollout",
        &["rotate-ca-start", "rotate-serviceaccount-key-start"],
    ),
    ("rotate-ca-start", &["rotate-ca-start-without-workers-rollout"]),
    ("rotate-serviceaccount-key-start", &["rotate-serviceaccount-key-start-without-workers-rollout"]),
    ("rotate-etcd-encryption-key", &["rotate-etcd-encryption-key-start"]),
];

/// An operation, and the parts of it that the other annotation cannot ask for at the same time.
///
/// Upstream: pkg/api/core/validation/shoot.go, validateShootOperation.
const PARTS: &[(&str, &[&str])] = &[
    ("rotate-credentials-start", PARTS_OF_START),
    ("rotate-credentials-start-without-workers-rollout", PARTS_OF_START),
    (
        "rotate-credentials-complete",
        &["rotate-ca-complete", "rotate-serviceaccount-key-complete", "rotate-etcd-encryption-key-complete"],
    ),
];
const PARTS_OF_START: &[&str] = &[
    "rotate-ca-start",
    "rotate-ca-start-without-workers-rollout",
    "rotate-serviceaccount-key-start",
    "rotate-serviceaccount-key-start-without-workers-rollout",
    "rotate-etcd-encryption-key",
    "rotate-etcd-encryption-key-start",
];

/// The operations of one annotation.
struct Asked<'a> {
    node: &'a Node,
    operations: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(shoot: Shoot<'a>, annotation: &str) -> Option<Self> {
        let node = shoot.annotation(annotation)?;
        let text = node.as_str().filter(|text| !text.is_empty())?;
        Some(Self { node, operations: text.split(';').map(str::trim).collect() })
    }

    fn both(shoot: Shoot<'a>) -> [Option<Self>; 2] {
        [IMMEDIATE, MAINTENANCE].map(|annotation| Self::of(shoot, annotation))
    }

    fn has(&self, operation: &str) -> bool {
        self.operations.contains(&operation)
    }

    /// Why one of the operations cannot be asked for at all; nothing else counts then.
    fn impossible(&self, shoot: Shoot<'_>) -> Option<(String, String)> {
        let bound = shoot.written_credentials_binding().or(shoot.written_secret_binding()).is_some();
        let unmanaged = shoot.is_self_hosted() && !bound;
        self.operations.iter().find_map(|operation| {
            let rollout = rolls_out(operation);
            let together = rollout || TOGETHER.contains(operation) || AWAKE.contains(operation);
            if !together && !ALONE.contains(operation) {
                let known = ALONE.iter().chain(&TOGETHER).chain(&AWAKE).copied();
                Some((format!("there is no operation `{operation}`"), help_with_names(operation, known)))
            } else if !together && self.operations.len() > 1 {
                let help = "ask for one of them, and for the others later";
                Some((format!("the operation `{operation}` goes with no other one"), help.to_owned()))
            } else if rollout && unmanaged {
                let message =
                    format!("`{operation}` needs machines that Gardener manages, which the shoot has not");
                Some((message, "remove the operation".to_owned()))
            } else {
                None
            }
        })
    }
}

fn rolls_out(operation: &str) -> bool {
    operation.starts_with(ROLLOUT) || operation.starts_with(ROTATION_ROLLOUT)
}

/// The operations that the version of Kubernetes no longer has, each with its annotation.
pub(super) fn removed(shoot: Shoot<'_>) -> Vec<(&Node, &str)> {
    let asked = Asked::both(shoot);
    if asked.iter().flatten().any(|asked| asked.impossible(shoot).is_some()) {
        return Vec::new();
    }
    let operations = asked
        .into_iter()
        .flatten()
        .flat_map(|asked| asked.operations.into_iter().map(move |operation| (asked.node, operation)));
    operations.filter(|(_, operation)| REMOVED.contains(operation)).collect()
}

/// Upstream: pkg/api/core/validation/shoot.go, validateShootOperation, ValidateHibernation.
fn operations(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    asleep_at_maintenance(shoot, findings);
    let asked = Asked::both(shoot);
    if shoot.is_template() || asked.iter().all(Option::is_none) {
        return;
    }
    for asked in asked.iter().flatten() {
        if let Some((message, help)) = asked.impossible(shoot) {
            findings.at(shoot.object, asked.node, message).why(REFUSED).help(help);
            return;
        }
    }
    for (index, asked) in asked.iter().enumerate() {
        let Some(asked) = asked else { continue };
        for operation in &asked.operations {
            // What was removed is said of the annotation for what is to happen at once.
            let removed = index == 0 && REMOVED.contains(operation) && !is_before(shoot, 34);
            if let Some((message, why)) = refusal(shoot, asked, operation).filter(|_| !removed) {
                let help = "remove the operation; ask for it with `kubectl annotate` when its time has come";
                findings.at(shoot.object, asked.node, message).why(why).help(help);
            }
        }
    }
    if let [Some(immediate), Some(maintenance)] = &asked {
        conflicts(shoot, immediate, maintenance, findings);
    }
}

/// Why an operation cannot be asked for beside others, or of a shoot without a past.
///
/// Upstream: pkg/api/core/validation/shoot.go, validateShootOperation, validateShootOperationContext.
fn refusal(shoot: Shoot<'_>, asked: &Asked<'_>, operation: &str) -> Option<(String, &'static str)> {
    let with = INCOMPATIBLE.iter().find(|(known, _)| *known == operation).map_or(&[][..], |(_, with)| with);
    let asleep = shoot.hibernation().is_some_and(|hibernation| hibernation.enabled() == Some(true));
    if let Some(other) = with.iter().find(|other| asked.has(other)) {
        let message = format!("the operation `{operation}` cannot go with `{other}`");
        Some((message, "the two would replace the same credentials in two ways"))
    } else if asleep && (AWAKE.contains(&operation) || rolls_out(operation)) {
        let message = format!("the operation `{operation}` is impossible while the shoot sleeps");
        Some((message, "it needs a running API server or running nodes"))
    } else if operation.ends_with("-complete") {
        let message = format!("the operation `{operation}` completes what was not begun");
        Some((message, "a new shoot has no rotation of credentials that could be completed"))
    } else if AWAKE.contains(&operation) || operation.starts_with("rotate-ca-start") {
        let message = format!("the operation `{operation}` needs a shoot that is running already");
        Some((message, "a new shoot has new credentials, and is refused with the operation"))
    } else if operation.starts_with(ROTATION_ROLLOUT) {
        let message = format!("the operation `{operation}` goes on with a rotation that was not begun");
        Some((message, "it replaces nodes that wait for new credentials, and a new shoot has none of them"))
    } else {
        None
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateShootOperation; of two annotations that disagree it names the one
/// for what is to happen at once.
fn conflicts(shoot: Shoot<'_>, immediate: &Asked<'_>, maintenance: &Asked<'_>, findings: &mut Findings) {
    let common = immediate.operations.iter().find(|operation| maintenance.has(operation));
    if let Some((common, metadata)) = common.zip(shoot.metadata()) {
        findings
            .at_field(
                shoot.object,
                metadata,
                "annotations",
                format!("the operation `{common}` is asked for at once and at the maintenance"),
            )
            .related(immediate.node, "it is asked for at once here")
            .related(maintenance.node, "it is asked for at the maintenance here")
            .why(REFUSED)
            .help("remove one of the two");
    }
    for (one, other) in [(maintenance, immediate), (immediate, maintenance)] {
        for (whole, parts) in PARTS.iter().filter(|(whole, _)| one.has(whole)) {
            if let Some(part) = parts.iter().find(|part| other.has(part)) {
                findings
                    .at(
                        shoot.object,
                        immediate.node,
                        format!("the operations `{part}` and `{whole}` are asked for at different times"),
                    )
                    .related(maintenance.node, "the operations at the maintenance are asked for here")
                    .why("the one is a part of the other")
                    .help(format!("remove `{part}`"));
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateHibernation.
fn asleep_at_maintenance(shoot: Shoot<'_>, findings: &mut Findings) {
    let hibernation = shoot.hibernation().filter(|hibernation| hibernation.enabled() == Some(true));
    let Some(hibernation) = hibernation.filter(|_| !shoot.is_self_hosted()) else {
        return;
    };
    let Some(asked) = Asked::of(shoot, MAINTENANCE) else { return };
    if let Some(operation) = asked.operations.iter().find(|operation| AWAKE.contains(operation)) {
        let message = format!("the shoot sleeps, and `{operation}` is asked for at its maintenance");
        findings
            .at_field(shoot.object, hibernation.node(), "enabled", message)
            .related(asked.node, "the operation is asked for here")
            .why("the operation needs a running API server")
            .help("remove the operation, or wake the shoot up");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateShootOperationContext, validateOperationRolloutWorkers.
fn pools(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let asked = Asked::both(shoot);
    if asked.iter().flatten().any(|asked| asked.impossible(shoot).is_some()) {
        return;
    }
    for asked in asked.iter().flatten() {
        for operation in &asked.operations {
            if let Some((prefix, names)) = named(operation) {
                judge_pools(shoot, asked.node, prefix, &names, findings);
            }
        }
    }
}

/// The operation on pools, and the pools it names.
fn named(operation: &str) -> Option<(&'static str, Vec<&str>)> {
    let prefix = [ROTATION_ROLLOUT, ROLLOUT].into_iter().find(|prefix| operation.starts_with(prefix))?;
    let list = operation.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('=')).unwrap_or("");
    Some((prefix, list.split(',').collect()))
}

fn judge_pools(shoot: Shoot<'_>, node: &Node, prefix: &str, names: &[&str], findings: &mut Findings) {
    let known = || shoot.workers().filter_map(|worker| worker.name()).map(Text::as_str);
    let mut report = |message: String, help: String| {
        findings
            .at(shoot.object, node, message)
            .why("Gardener would not know which nodes to replace")
            .help(help);
    };
    let all = prefix == ROLLOUT && names == ["*"];
    if names.contains(&"") {
        report(
            format!("`{prefix}` names no pool"),
            format!("write `{prefix}=` and the names of pools, with `,` between them"),
        );
    }
    if prefix == ROLLOUT && !all && names.contains(&"*") {
        report(
            "`*` stands beside names of pools".to_owned(),
            "write `*` alone, or the names alone".to_owned(),
        );
    }
    for (_, again) in repetition::repetitions(names.iter().map(|name| (name, name))) {
        report(format!("the pool `{again}` is named twice"), "name each pool once".to_owned());
    }
    for name in names.iter().filter(|name| !matches!(**name, "" | "*") || prefix != ROLLOUT && **name == "*")
    {
        if !known().any(|known| known == *name) {
            report(format!("there is no pool `{name}`"), help_with_names(name, known()));
        }
    }
    let in_place = shoot.workers().filter(|worker| prefix == ROLLOUT && worker.updates_in_place());
    for name in in_place.filter_map(|worker| worker.name()) {
        if all || names.contains(&name.as_str()) {
            let message = format!("the nodes of the pool `{name}` are not replaced, but updated in place");
            report(message, format!("leave the pool `{name}` out"));
        }
    }
}
