//! What a NamespacedCloudProfile takes from its parent.
//!
//! Upstream: pkg/controllermanager/controller/namespacedcloudprofile/reconciler.go, MergeCloudProfiles. Every node keeps
//! the place it was written at. Lists that the NamespacedCloudProfile does not touch stay shared with the parent's.

use std::collections::HashMap;

use super::architecture::{self, ARCHITECTURE};
use crate::syntax::{Entry, Key, Mapping, Node, Value};

/// How a list is merged.
struct List {
    /// The field that tells its items apart.
    key: &'static str,
    /// What an item of both becomes.
    both: fn(&Node, &Node) -> Node,
    /// Whether items may be added.
    open: bool,
}

const KUBERNETES_VERSIONS: List = List { key: "version", both: with_expiration, open: false };
const IMAGES: List = List { key: "name", both: image, open: true };
const IMAGE_VERSIONS: List = List { key: "version", both: image_version, open: true };
const TYPES: List = List { key: "name", both: |_, own| own.clone(), open: true };

/// The `spec` of a NamespacedCloudProfile over its parent's.
pub(super) fn inherit(parent: &Node, own: &Node) -> Node {
    let own = &translated(parent, own);
    let mut spec = parent.clone();
    if let (Some(below), Some(above)) = (parent.get("kubernetes"), own.get("kubernetes")) {
        spec = with(&spec, "kubernetes", merged(below, above, "versions", &KUBERNETES_VERSIONS));
    }
    for (field, list) in [("machineImages", &IMAGES), ("machineTypes", &TYPES), ("volumeTypes", &TYPES)] {
        spec = merged(&spec, own, field, list);
    }
    let limit = own.at(&["limits", "maxNodesTotal"]);
    match (parent.get("limits"), own.get("limits")) {
        (Some(below), Some(_)) => match limit.filter(|limit| limit.as_i64() > Some(0)) {
            Some(limit) => with(&spec, "limits", with(below, "maxNodesTotal", limit.clone())),
            None => spec,
        },
        (None, Some(limits)) => with(&spec, "limits", limits.clone()),
        _ => spec,
    }
}

/// `below` with the items of one of `above`'s lists merged in.
fn merged(below: &Node, above: &Node, field: &str, list: &List) -> Node {
    let Some(own) = above.get(field).filter(|own| !own.items().is_empty()) else {
        return below.clone();
    };
    let mut items: Vec<Node> = below.get(field).map(Node::items).unwrap_or_default().to_vec();
    let name = |item: &Node| item.get(list.key).and_then(Node::as_str).map(str::to_owned);
    let named = items.iter().enumerate().rev();
    let positions: HashMap<_, _> =
        named.filter_map(|(position, item)| Some((name(item)?, position))).collect();
    for item in own.items() {
        let known = name(item).and_then(|name| positions.get(&name));
        match known.and_then(|position| items.get_mut(*position)) {
            Some(slot) => *slot = (list.both)(slot, item),
            None if list.open => items.push(item.clone()),
            None => {}
        }
    }
    let items = Value::Sequence(items.into_iter().collect());
    with(below, field, Node::new(items, own.span))
}

fn image(parent: &Node, own: &Node) -> Node {
    let image = merged(parent, own, "versions", &IMAGE_VERSIONS);
    match own.get("updateStrategy") {
        Some(strategy) => with(&image, "updateStrategy", strategy.clone()),
        None => image,
    }
}

/// A version that says more than when it expires stands for itself.
fn image_version(parent: &Node, own: &Node) -> Node {
    let filled = |field| {
        own.get(field).is_some_and(|value| {
            !value.items().is_empty() || value.as_str().is_some_and(|text| !text.is_empty())
        })
    };
    let whole = ["architectures", "capabilityFlavors", "cri", "kubeletVersionConstraint", "classification"];
    if whole.into_iter().any(filled) { own.clone() } else { with_expiration(parent, own) }
}

fn with_expiration(parent: &Node, own: &Node) -> Node {
    let nothing = || Node::new(Value::Null, own.span);
    let expiration = own.get("expirationDate").cloned().unwrap_or_else(nothing);
    with(parent, "expirationDate", expiration)
}

fn with(mapping: &Node, field: &str, value: Node) -> Node {
    let mut changed = mapping.clone();
    if let Some(entries) = changed.as_mapping_mut() {
        let key = Key { name: field.into(), span: value.span };
        entries.set(key, value);
    }
    changed
}

/// What a NamespacedCloudProfile adds, in the parent's terms: capabilities where it defines some, else architectures.
///
/// Upstream: pkg/utils/gardener/namespacedcloudprofile.go, TransformSpecToParentFormat.
fn translated(parent: &Node, own: &Node) -> Node {
    let definitions = parent.get("machineCapabilities").map(Node::items).unwrap_or_default();
    let capable = !definitions.is_empty();
    let architecture =
        definitions.iter().find(|it| it.get("name").and_then(Node::as_str) == Some(ARCHITECTURE));
    let only = match architecture.and_then(|it| it.get("values")).map(Node::items) {
        Some([only]) => Some(only),
        _ => None,
    };
    let version = |version: &Node| if capable { flavored(version) } else { flavorless(version) };
    let machine = |machine: &Node| if capable { capable_of(machine, only) } else { incapable(machine) };
    let own = each(own, "machineImages", |image| each(image, "versions", version));
    each(&own, "machineTypes", machine)
}

const FLAVORS: &str = "capabilityFlavors";

/// A mapping with every item of one of its lists changed.
fn each(mapping: &Node, field: &str, change: impl Fn(&Node) -> Node) -> Node {
    let Some(list) = mapping.get(field).filter(|list| !list.items().is_empty()) else {
        return mapping.clone();
    };
    let items = Value::Sequence(list.items().iter().map(change).collect());
    with(mapping, field, Node::new(items, list.span))
}

fn without(mapping: &Node, field: &str) -> Node {
    let mut changed = mapping.clone();
    if let Some(entries) = changed.as_mapping_mut() {
        entries.remove(field);
    }
    changed
}

fn filled<'a>(mapping: &'a Node, field: &str) -> Option<&'a [Node]> {
    mapping.get(field).map(Node::items).filter(|items| !items.is_empty())
}

/// The capability of being of one architecture.
fn of_architecture(value: Node) -> Node {
    let span = value.span;
    let values = Node::new(Value::Sequence([value].into_iter().collect()), span);
    let key = Key { name: ARCHITECTURE.into(), span };
    Node::new(Value::Mapping(Mapping::new([Entry { key, value: values }])), span)
}

fn flavored(version: &Node) -> Node {
    match (filled(version, FLAVORS), filled(version, "architectures")) {
        (None, Some(architectures)) => {
            let flavors = architectures.iter().cloned().map(of_architecture).collect();
            with(version, FLAVORS, Node::new(Value::Sequence(flavors), version.span))
        }
        _ => version.clone(),
    }
}

fn flavorless(version: &Node) -> Node {
    let Some(flavors) = filled(version, FLAVORS) else { return version.clone() };
    let plain = without(version, FLAVORS);
    if filled(version, "architectures").is_some() {
        return plain;
    }
    let mut named: Vec<Node> =
        flavors.iter().filter_map(|it| filled(it, ARCHITECTURE)).flatten().cloned().collect();
    named.dedup();
    with(&plain, "architectures", Node::new(Value::Sequence(named.into_iter().collect()), version.span))
}

fn capable_of(machine: &Node, only: Option<&Node>) -> Node {
    if machine.get("capabilities").is_some_and(|own| !own.entries().is_empty()) {
        return machine.clone();
    }
    let default = || Node::string(architecture::DEFAULT, machine.span);
    let architecture = only.or(machine.get(ARCHITECTURE)).cloned().unwrap_or_else(default);
    with(machine, "capabilities", of_architecture(architecture))
}

fn incapable(machine: &Node) -> Node {
    let Some(capabilities) = machine.get("capabilities") else { return machine.clone() };
    let plain = without(machine, "capabilities");
    match filled(capabilities, ARCHITECTURE).and_then(<[Node]>::first) {
        Some(architecture) if plain.get(ARCHITECTURE).is_none() => {
            with(&plain, ARCHITECTURE, architecture.clone())
        }
        _ => plain,
    }
}
