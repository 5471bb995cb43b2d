//! Operations that the annotation of a Garden asks for: each exists, and now is its time.

use super::REFUSED;
use crate::check::registration::{given, items};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::release::Minor;
use crate::syntax::Node;
use crate::view::{Garden, GardenerApiServer, VirtualApiServer};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L495", "garden-operation-invalid"),
    upstream: &["GA-OP"],
    judge: Judge::Kinds(&[GARDEN], operations),
}];

const ANNOTATION: &str = "gardener.cloud/operation";

/// Upstream: pkg/apis/operator/v1alpha1/types_garden.go, AvailableOperationAnnotations.
const OPERATIONS: [&str; 13] = [
    "reconcile",
    "rotate-ca-complete",
    "rotate-ca-start",
    "rotate-credentials-complete",
    "rotate-credentials-start",
    ETCD_KEY,
    ETCD_KEY_COMPLETE,
    ETCD_KEY_START,
    "rotate-observability-credentials",
    "rotate-serviceaccount-key-complete",
    "rotate-serviceaccount-key-start",
    "rotate-workload-identity-key-complete",
    "rotate-workload-identity-key-start",
];
const ETCD_KEY: &str = "rotate-etcd-encryption-key";
const ETCD_KEY_START: &str = "rotate-etcd-encryption-key-start";
const ETCD_KEY_COMPLETE: &str = "rotate-etcd-encryption-key-complete";

/// The first minor of Kubernetes with which the key of etcd is rotated in one operation.
const ONE_STEP: Minor = Minor::new(1, 34);

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateOperation and validateOperationContext.
fn operations(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(node) = object.root.at(&["metadata", "annotations", ANNOTATION]) else {
        return;
    };
    let Some(text) = node.as_str().filter(|text| !text.is_empty()) else { return };
    let garden = Garden::of(object);
    let operations: Vec<&str> = text.split(';').map(str::trim).collect();
    let version = garden.kubernetes_version().and_then(|version| Minor::of(&version));
    let two_steps = version.is_some_and(|minor| minor < ONE_STEP);
    for operation in &operations {
        let (message, help) = if !OPERATIONS.contains(operation) {
            (format!("there is no operation `{operation}`"), help_with_names(operation, OPERATIONS))
        } else if !two_steps && [ETCD_KEY_START, ETCD_KEY_COMPLETE].contains(operation) {
            let message = format!("since Kubernetes 1.34 there is no operation `{operation}`");
            (message, format!("use `{ETCD_KEY}`, which does it all"))
        } else if *operation == ETCD_KEY && operations.contains(&ETCD_KEY_START) {
            let message = format!("`{ETCD_KEY}` and `{ETCD_KEY_START}` would do the same at once");
            (message, "choose one of them".to_owned())
        } else if let Some(other) = contrary(operation, &operations) {
            let message = format!("`{operation}` and `{other}` cannot both be due");
            (message, "choose one of them".to_owned())
        } else if let Some(message) = untimely(operation, two_steps, garden) {
            (message, "wait until it is time".to_owned())
        } else {
            continue;
        };
        findings.at(object, node, message).why(REFUSED).help(help);
    }
}

/// The rotations that an operation belongs to, by their names in the status.
fn rotations(operation: &str, two_steps: bool) -> &'static [&'static str] {
    match operation {
        "rotate-credentials-complete" if !two_steps => {
            &["certificateAuthorities", "serviceAccountKey", "workloadIdentityKey"]
        }
        "rotate-credentials-start" | "rotate-credentials-complete" => {
            &["certificateAuthorities", "serviceAccountKey", "etcdEncryptionKey", "workloadIdentityKey"]
        }
        "rotate-ca-start" | "rotate-ca-complete" => &["certificateAuthorities"],
        "rotate-serviceaccount-key-start" | "rotate-serviceaccount-key-complete" => &["serviceAccountKey"],
        "rotate-workload-identity-key-start" | "rotate-workload-identity-key-complete" => {
            &["workloadIdentityKey"]
        }
        ETCD_KEY | ETCD_KEY_START | ETCD_KEY_COMPLETE => &["etcdEncryptionKey"],
        _ => &[],
    }
}

/// The operation that begins the rotation which this one ends, if both are asked for.
fn contrary<'a>(operation: &str, operations: &[&'a str]) -> Option<&'a str> {
    let ended = rotations(operation.strip_suffix("-complete").map(|_| operation)?, false);
    let begins = |other: &&&str| {
        other.ends_with("-start") && rotations(other, false).iter().any(|it| ended.contains(it))
    };
    operations.iter().find(begins).copied()
}

/// Why an operation cannot begin or end now, as far as the object tells what the operator has done.
///
/// A Garden without a status may be one that is about to be created, or the text of one that exists.
fn untimely(operation: &str, two_steps: bool, garden: Garden<'_>) -> Option<String> {
    given(garden.object.root.get("status"))?;
    if given(garden.object.root.at(&["metadata", "deletionTimestamp"])).is_some() && operation != "reconcile"
    {
        return Some(format!("`{operation}` comes too late: the Garden is being deleted"));
    }
    let ends = operation.ends_with("-complete");
    for name in rotations(operation, two_steps) {
        let phase = garden.rotation().and_then(|rotation| rotation.at(&[name, "phase"]));
        let phase = phase.and_then(Node::as_str).unwrap_or_default();
        if ends && phase != "Prepared" {
            return Some(format!("`{operation}` comes too early: the rotation `{name}` is not prepared"));
        }
        if !ends && !matches!(phase, "" | "Completed") {
            return Some(format!("`{operation}` comes too early: the rotation `{name}` is not completed"));
        }
    }
    let encrypts = matches!(operation, "rotate-credentials-start" | ETCD_KEY | ETCD_KEY_START);
    (encrypts && !is_encrypted(garden))
        .then(|| format!("`{operation}` comes too early: other resources are just being encrypted"))
}

/// Whether the resources that are to be encrypted are those that are.
fn is_encrypted(garden: Garden<'_>) -> bool {
    let names = |list: Option<&Node>| -> Vec<String> {
        let texts = items(list).iter().filter_map(Node::as_str);
        texts.map(|text| text.trim_end_matches('.').to_owned()).collect()
    };
    let kubernetes = garden.kube_api_server().and_then(VirtualApiServer::encrypted_resources);
    let gardener = garden.api_server().and_then(GardenerApiServer::encrypted_resources);
    let mut wanted = [names(kubernetes), names(gardener)].concat();
    let mut there = names(garden.encrypted().and_then(|encrypted| encrypted.get("resources")));
    for list in [&mut wanted, &mut there] {
        list.sort_unstable();
        list.dedup();
    }
    wanted == there
}
