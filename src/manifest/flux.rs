//! The Flux objects: one Kustomization a unit, and the two objects that a person applies once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{FLUX_CONTENT, applied_directory};
use crate::kind::{Cluster, Delivery, GARDEN_NAMESPACE};
use crate::landscape::Settings;
use crate::plan::{ACCESS, ACCESS_SECRET, Plan, ROOT_UNIT, Unit, own_repository};
use crate::source::Span;
use crate::syntax::{Node, emit};

/// How long a unit may take to become ready; a Garden takes about ten minutes to come up the first time.
const TIMEOUT: &str = "30m";
const RETRY: &str = "1m";

/// When an object counts as ready, and when it has failed for good.
struct Health {
    kind: &'static str,
    api_version: &'static str,
    current: &'static str,
    failed: Option<&'static str>,
}

/// Each `current` asks for a field of the status by `has`, so it is never true of an object without a status, and for the
/// generation that was observed, so it is not true of a change that nobody has looked at yet.
const HEALTH: [Health; 5] = [
    Health {
        api_version: "operator.gardener.cloud/v1alpha1",
        kind: "Garden",
        current: "has(status.observedGeneration) && status.observedGeneration == metadata.generation \
                  && has(status.lastOperation) && status.lastOperation.state == 'Succeeded' \
                  && has(status.conditions) && size(status.conditions) > 0 \
                  && status.conditions.all(c, c.status == 'True')",
        failed: Some("has(status.lastOperation) && status.lastOperation.state == 'Failed'"),
    },
    Health {
        api_version: "operator.gardener.cloud/v1alpha1",
        kind: "Extension",
        current: "has(status.observedGeneration) && status.observedGeneration == metadata.generation \
                  && has(status.conditions) && status.conditions.exists(c, c.type == 'Installed' && c.status == 'True')",
        failed: None,
    },
    Health {
        api_version: "resources.gardener.cloud/v1alpha1",
        kind: "ManagedResource",
        current: "has(status.observedGeneration) && status.observedGeneration == metadata.generation \
                  && has(status.conditions) \
                  && status.conditions.exists(c, c.type == 'ResourcesApplied' && c.status == 'True') \
                  && status.conditions.exists(c, c.type == 'ResourcesHealthy' && c.status == 'True')",
        failed: None,
    },
    Health {
        api_version: "core.gardener.cloud/v1beta1",
        kind: "Project",
        current: "has(status.observedGeneration) && status.observedGeneration == metadata.generation \
                  && has(status.phase) && status.phase == 'Ready'",
        failed: Some("has(status.phase) && status.phase == 'Failed'"),
    },
    Health {
        api_version: "core.gardener.cloud/v1beta1",
        kind: "Shoot",
        current: "has(status.observedGeneration) && status.observedGeneration == metadata.generation \
                  && has(status.lastOperation) && status.lastOperation.state == 'Succeeded'",
        failed: Some("has(status.lastOperation) && status.lastOperation.state == 'Failed'"),
    },
];

/// The access Secret opens the virtual garden once the gardener-resource-manager has written a token into it, and noted when
/// it will write the next.
const ACCESS_HEALTH: Health = Health {
    api_version: "v1",
    kind: "Secret",
    current: "has(metadata.annotations) \
              && 'serviceaccount.resources.gardener.cloud/token-renew-timestamp' in metadata.annotations",
    failed: None,
};

/// The Kustomization that applies a unit.
pub(super) fn kustomization(plan: &Plan<'_>, unit: &Unit<'_>) -> Node {
    let delivery = &plan.settings.delivery;
    let mut spec = Map::new();
    let mut set = |name: &str, value: Value| spec.insert(name.to_owned(), value);
    set("interval", json!(delivery.interval));
    set("path", json!(format!("./{}", applied_directory(unit))));
    set("prune", json!(true));
    set("retryInterval", json!(RETRY));
    set("sourceRef", json!({"kind": "OCIRepository", "name": ROOT_UNIT, "namespace": delivery.namespace}));
    set("timeout", json!(TIMEOUT));
    set("wait", json!(true));
    if !unit.depends_on.is_empty() {
        set("dependsOn", unit.depends_on.iter().map(|name| json!({"name": name})).collect());
    }
    if (unit.cluster, unit.delivery) == (Cluster::VirtualGarden, Delivery::Flux) {
        set("kubeConfig", json!({"secretRef": {"key": "kubeconfig", "name": ACCESS_SECRET}}));
    }
    if unit.objects.iter().any(|object| object.sealed.is_some()) {
        set("decryption", json!({"provider": "sops", "secretRef": {"name": delivery.decryption}}));
    }
    let expressions = health(unit);
    if !expressions.is_empty() {
        set("healthCheckExprs", expressions.into());
    }
    node(&json!({
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": unit.name, "namespace": GARDEN_NAMESPACE},
        "spec": spec,
    }))
}

/// The expressions for the kinds that the unit applies; Flux knows the health of all others itself.
fn health(unit: &Unit<'_>) -> Vec<Value> {
    let applied: BTreeSet<&str> = match unit.delivery {
        Delivery::Bundle => BTreeSet::from(["ManagedResource"]),
        Delivery::Flux => unit.objects.iter().map(|object| object.identity.kind.as_str()).collect(),
    };
    let known = HEALTH.iter().filter(|health| applied.contains(health.kind));
    let access = (unit.name == ACCESS).then_some(&ACCESS_HEALTH);
    known
        .chain(access)
        .map(|health| {
            let mut expression = json!({
                "apiVersion": health.api_version,
                "current": health.current,
                "kind": health.kind,
            });
            if let (Some(failed), Some(fields)) = (health.failed, expression.as_object_mut()) {
                fields.insert("failed".to_owned(), json!(failed));
            }
            expression
        })
        .collect()
}

/// What a person applies once, as one file.
pub(super) fn bootstrap(settings: &Settings) -> String {
    root(settings).map(|object| emit(&object)).join("---\n")
}

/// The artifact to follow, and the Kustomization that applies all others.
///
/// source-controller compares a layer with its digest when it copies it. When it unpacks it, it reads no further than the
/// archive goes, and compares nothing.
/// upstream: source-controller v1.9.5, internal/controller/ocirepository_controller.go, reconcileSource.
pub(super) fn root(settings: &Settings) -> [Node; 2] {
    let delivery = &settings.delivery;
    let source = json!({
        "interval": delivery.interval,
        "layerSelector": {"mediaType": FLUX_CONTENT, "operation": "copy"},
        "ref": {"tag": delivery.tag},
        "url": format!("oci://{}", delivery.registry.as_deref().unwrap_or_default()),
    });
    let source = own_repository(delivery, ROOT_UNIT, source);
    let root = json!({
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": ROOT_UNIT, "namespace": delivery.namespace},
        "spec": {
            "interval": delivery.interval,
            "path": "./flux/units",
            "prune": true,
            "retryInterval": RETRY,
            "sourceRef": {"kind": "OCIRepository", "name": ROOT_UNIT},
        },
    });
    [source, node(&root)]
}

fn node(json: &Value) -> Node {
    Node::from_json(json, Span::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_health_expression_is_true_of_an_object_without_a_status() {
        for health in HEALTH {
            assert!(health.current.starts_with("has(status."), "{}", health.kind);
            assert!(!health.current.contains("||"), "{}", health.kind);
            assert!(health.failed.is_none_or(|failed| failed.starts_with("has(status.")), "{}", health.kind);
        }
    }
}
