//! Transport: what the gardener-resource-manager and Flux do with an object on its way to a cluster.
//!
//! The resource-manager replaces objects as a whole, watches few namespaces, and collects what nobody says is in use. None
//! of this is told when a bundle is applied; it shows later, as objects that flap, stay away or vanish.

use std::collections::BTreeMap;

use super::reference::namespace_of;
use super::truth::is_true;
use super::{Findings, Judge, Rule, Scope, payload};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{Cluster, Delivery, is_namespaced};
use crate::landscape::{CLUSTER_ANNOTATION, DELIVERY_ANNOTATION, Object};
use crate::spec::is_sealed;
use crate::syntax::Node;
use crate::view::{Garden, ManagedResource, ObjectReference, Text};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L600", "managed-resource-class-unknown"),
        upstream: &[],
        judge: Judge::Object(class),
    },
    Rule {
        code: Code::error("L601", "payload-without-reference"),
        upstream: &["GR-MR-GCREF"],
        judge: Judge::Object(collected),
    },
    Rule {
        code: Code::error("L602", "object-in-two-managed-resources"),
        upstream: &["GR-MR-DUP"],
        judge: Judge::Landscape(payload::shared),
    },
    Rule {
        code: Code::error("L603", "namespace-not-watched"),
        upstream: &["XG-ADDNS"],
        judge: Judge::Landscape(not_watched),
    },
    Rule {
        code: Code::error("L604", "completed-object-in-bundle"),
        upstream: &["GR-MR-SEED"],
        judge: Judge::Object(completed),
    },
    Rule {
        code: Code::error("L605", "delivery-annotation-invalid"),
        upstream: &[],
        judge: Judge::Object(annotations),
    },
    Rule { code: Code::error("L606", "seed-in-landscape"), upstream: &[], judge: Judge::Object(seed) },
    Rule {
        code: Code::error("L607", "encrypted-object-in-bundle"),
        upstream: &[],
        judge: Judge::Object(encrypted),
    },
    Rule { code: Code::error("L608", "cluster-not-said"), upstream: &[], judge: Judge::Object(nowhere) },
];

/// Classes that a resource-manager of Gardener processes; no class at all is as good as the first.
const CLASSES: [&str; 2] = ["resources", "seed"];
/// Marks a Secret that is deleted when no object says that it refers to it.
const COLLECTED_LABEL: &str = "resources.gardener.cloud/garbage-collectable-reference";
/// How a ManagedResource says that it refers to a Secret; a part of the digest of the Secret's name follows.
const REFERENCE_PREFIX: &str = "reference.resources.gardener.cloud/secret-";
/// An object that is created and never touched again.
const IGNORE_ANNOTATION: &str = "resources.gardener.cloud/ignore";
/// The namespaces that the resource-manager of the virtual garden always watches.
const WATCHED_NAMESPACES: [&str; 4] =
    ["garden", "kube-system", "gardener-system-public", "gardener-system-shoot-issuer"];

pub(super) fn managed_resource(object: &Object) -> Option<ManagedResource<'_>> {
    let managed = object.identity.is("resources.gardener.cloud", "ManagedResource");
    managed.then(|| ManagedResource::of(object))
}

/// Upstream: pkg/resourcemanager/predicate/class_filter.go.
fn class(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(class) = managed_resource(object).and_then(ManagedResource::class) else {
        return;
    };
    if !CLASSES.contains(&class.as_str()) {
        findings
            .at(
                object,
                class.node,
                format!("no resource-manager processes ManagedResources of the class `{class}`"),
            )
            .why("it would stay as it is, with none of its objects applied")
            .help(
                "leave `class` out for the virtual garden or the shoot that the namespace belongs to; set `seed` for the \
                 cluster that the ManagedResource itself is in",
            );
    }
}

/// Upstream: pkg/resourcemanager/controller/garbagecollector/reconciler.go, Reconcile.
fn collected(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(managed) = managed_resource(object) else {
        return;
    };
    let annotations = object.root.at(&["metadata", "annotations"]);
    for name in managed.secrets().filter_map(ObjectReference::name) {
        let secret = scope.landscape.find("Secret", namespace_of(object), &name);
        let Some(secret) = secret.filter(|secret| secret.label(COLLECTED_LABEL) == Some("true")) else {
            continue;
        };
        let entries = annotations.map(Node::entries).unwrap_or_default();
        let mut references = entries.iter().filter(|entry| entry.key.name.starts_with(REFERENCE_PREFIX));
        if references.any(|entry| entry.value.as_str() == Some(name.as_str())) {
            continue;
        }
        let digest = crate::digest::Digest::of(name.as_bytes()).hex();
        let annotation = format!("{REFERENCE_PREFIX}{}", digest.get(..8).unwrap_or_default());
        let metadata = object.root.get("metadata").unwrap_or(&object.root);
        findings
            .missing(
                object,
                metadata,
                &format!("annotations[{annotation}]"),
                format!("no annotation says that the Secret `{name}` is in use"),
            )
            .related(secret.name_node(), "the Secret is marked as collectable here")
            .why("the resource-manager deletes a Secret with this mark when no annotation refers to it")
            .help(format!("set the annotation `{annotation}: {name}`, or remove the label of the Secret"));
    }
}

/// Upstream: pkg/operator/controller/garden/garden/components.go, newVirtualGardenGardenerResourceManager.
///
/// One finding a namespace: what lacks is one entry of the Garden, whatever lives in the namespace.
fn not_watched(scope: &Scope<'_>, findings: &mut Findings) {
    let gardens = scope.landscape.of_kind("Garden");
    let Some(garden) = gardens.map(Garden::of).next() else {
        return;
    };
    let watched: Vec<&str> = garden.target_namespaces().map(Text::as_str).chain(WATCHED_NAMESPACES).collect();
    let mut firsts: BTreeMap<&str, &Object> = BTreeMap::new();
    let bundled = scope.landscape.objects.iter().filter(|object| object.is_bundled());
    for object in bundled.filter(|object| is_namespaced(&object.identity) != Some(false)) {
        let namespace = namespace_of(object);
        if !namespace.is_empty() && !watched.contains(&namespace) {
            firsts.entry(namespace).or_insert(object);
        }
    }
    let path = ["gardenerResourceManager", "additionalTargetNamespaces"];
    let fields = (0..=path.len()).rev().find_map(|depth| {
        let (there, missing) = path.split_at(depth);
        Some((garden.gardener()?.at(there)?, missing.join(".")))
    });
    let Some((parent, field)) = fields else { return };
    for (namespace, first) in firsts {
        findings
            .missing(
                garden.object,
                parent,
                &field,
                format!(
                    "the resource-manager of the virtual garden does not watch the namespace `{namespace}`"
                ),
            )
            .related(first.name_node(), "this object is to be applied there")
            .why("objects that a bundle carries into other namespaces are never applied")
            .help(format!(
                "add `{namespace}` to `spec.virtualCluster.gardener.{}` of the Garden",
                path.join(".")
            ));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling; pkg/controllerutils/update.go, TypedCreateOrUpdate.
fn completed(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let identity = &object.identity;
    let completed =
        identity.group() == "core.gardener.cloud" && matches!(&*identity.kind, "Shoot" | "Project");
    let delivery = object.root.at(&["metadata", "annotations", DELIVERY_ANNOTATION]);
    let Some(delivery) = delivery.filter(|delivery| delivery.as_str() == Some(Delivery::Bundle.name()))
    else {
        return;
    };
    let ignored = object.annotation(IGNORE_ANNOTATION).is_some_and(is_true);
    if completed && !ignored {
        findings
            .at(object, delivery, format!("a {} cannot be kept up to date by a bundle", identity.kind))
            .why(
                "the resource-manager replaces the whole object, and so takes away what Gardener has filled in: the second \
                 time, the API server refuses that",
            )
            .help(format!(
                "remove the annotation, or set `{IGNORE_ANNOTATION}: \"true\"` to have it created and left alone"
            ));
    }
}

/// The two annotations that say where an object goes have few values.
fn annotations(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let known = [
        (CLUSTER_ANNOTATION, Cluster::ALL.map(Cluster::name)),
        (DELIVERY_ANNOTATION, Delivery::ALL.map(Delivery::name)),
    ];
    for (annotation, values) in known {
        let value = object.root.at(&["metadata", "annotations", annotation]);
        let Some((node, text)) = value.and_then(|node| Some((node, node.as_str()?))) else {
            continue;
        };
        if !values.contains(&text) {
            findings
                .at(object, node, format!("`{text}` is no value of the annotation `{annotation}`"))
                .why("the object would be delivered as if it had no such annotation")
                .help(help_with_names(text, values));
        }
    }
}

/// A seed comes with the gardenlet that runs on it.
fn seed(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let seed = object.identity.is("core.gardener.cloud", "Seed");
    if seed && object.section.is_some() {
        findings
            .at(
                object,
                object.name_node(),
                format!("the seed `{}` is written as a Seed", object.identity.name),
            )
            .why("the gardenlet of the seed registers it and writes this object itself, over and over")
            .help("write a `Gardenlet` of this name, or a `ManagedSeed` of a shoot");
    }
}

/// Only Flux can decrypt, and a bundle does not pass through its hands.
fn encrypted(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let delivery = object.root.at(&["metadata", "annotations", DELIVERY_ANNOTATION]);
    let Some(delivery) = delivery.filter(|delivery| delivery.as_str() == Some(Delivery::Bundle.name()))
    else {
        return;
    };
    if is_sealed(&object.root) {
        findings
            .at(object, delivery, "an encrypted object cannot be delivered by a bundle")
            .why("Flux decrypts what it applies; the resource-manager cannot")
            .help(format!("remove the annotation `{DELIVERY_ANNOTATION}`"));
    }
}

/// An object of a kind that tells nothing must say where it belongs.
fn nowhere(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let said = object.annotation(CLUSTER_ANNOTATION).is_some();
    if object.section.is_none() || said || is_namespaced(&object.identity).is_some() {
        return;
    }
    let kind = object.root.get("kind").unwrap_or(&object.root);
    findings
        .at(object, kind, format!("nothing says which cluster this `{}` belongs to", object.identity.kind))
        .why("applied to the wrong cluster, the object would be refused or do nothing")
        .help(format!("annotate it with `{CLUSTER_ANNOTATION}: runtime` or `virtual-garden`"));
}
