//! Layering: an object of an upper layer is merged over the one with the same identity below it.
//!
//! Mappings merge key by key. A list of mappings merges by the key Kubernetes gives it, any other list is replaced.
//! `$patch: delete` removes what it stands in. Every node keeps the place it was written at, so a finding shows the layer.

use std::collections::HashMap;

use crate::syntax::{Entry, Mapping, Node, Value};

/// The field that tells the items of a list apart, in the order they are tried.
///
/// Upstream: the `listMapKeys` and `patchMergeKey` of the Gardener and Kubernetes APIs.
const MERGE_KEYS: [&str; 5] = ["name", "type", "version", "key", "domain"];
const DIRECTIVE: &str = "$patch";

/// Whether a tree says that it removes its counterpart.
pub(super) fn deletes(node: &Node) -> bool {
    node.get(DIRECTIVE).and_then(Node::as_str) == Some("delete")
}

/// `upper` over `lower`.
pub(super) fn merge(lower: &Node, upper: &Node) -> Node {
    match (&lower.value, &upper.value) {
        (Value::Mapping(below), Value::Mapping(above)) if !replaces(upper) => {
            Node::new(Value::Mapping(merge_mappings(below, above)), upper.span)
        }
        (Value::Sequence(below), Value::Sequence(above)) => match list_key(below, above) {
            Some(key) => Node::new(merge_lists(below, above, key), upper.span),
            None => without_directives(upper),
        },
        _ => without_directives(upper),
    }
}

fn merge_mappings(below: &Mapping, above: &Mapping) -> Mapping {
    let mut merged = below.clone();
    for Entry { key, value } in above.entries() {
        if key.name == DIRECTIVE {
            continue;
        }
        if value.value == Value::Null || deletes(value) {
            merged.remove(&key.name);
            continue;
        }
        let value = match below.get(&key.name) {
            Some(lower) => merge(lower, value),
            None => without_directives(value),
        };
        merged.set(key.clone(), value);
    }
    merged
}

/// The field that tells the items of two lists apart: the first merge key that every item of both has, each value once in
/// either list. A list without items has none.
pub fn list_key(below: &[Node], above: &[Node]) -> Option<&'static str> {
    if below.is_empty() || above.is_empty() {
        return None;
    }
    MERGE_KEYS.into_iter().find(|key| distinct(below, key) && distinct(above, key))
}

fn distinct(items: &[Node], key: &str) -> bool {
    let mut seen = std::collections::HashSet::new();
    items.iter().all(|item| item.get(key).and_then(Node::as_str).is_some_and(|value| seen.insert(value)))
}

fn merge_lists(below: &[Node], above: &[Node], key: &str) -> Value {
    let name = |node: &Node| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let upper: HashMap<String, &Node> = above.iter().map(|item| (name(item), item)).collect();
    let lower: std::collections::HashSet<String> = below.iter().map(name).collect();
    let kept = below.iter().filter_map(|item| match upper.get(&name(item)) {
        Some(patch) if deletes(patch) => None,
        Some(patch) => Some(merge(item, patch)),
        None => Some(item.clone()),
    });
    let added =
        above.iter().filter(|item| !lower.contains(&name(item)) && !deletes(item)).map(without_directives);
    Value::Sequence(kept.chain(added).collect())
}

fn replaces(node: &Node) -> bool {
    node.get(DIRECTIVE).and_then(Node::as_str) == Some("replace")
}

fn without_directives(node: &Node) -> Node {
    let value = match &node.value {
        Value::Sequence(items) => {
            Value::Sequence(items.iter().filter(|item| !deletes(item)).map(without_directives).collect())
        }
        Value::Mapping(mapping) => Value::Mapping(Mapping::new(
            mapping
                .entries()
                .iter()
                .filter(|entry| entry.key.name != DIRECTIVE && !deletes(&entry.value))
                .map(|entry| Entry { key: entry.key.clone(), value: without_directives(&entry.value) }),
        )),
        scalar => scalar.clone(),
    };
    Node::new(value, node.span)
}
