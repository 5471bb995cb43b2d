//! What differs and means nothing: fields that the server writes, and two spellings of one thing.

use super::field::{Path, Step};
use crate::syntax::{Node, Value};

/// Whether differences that mean nothing to the server are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Noise {
    /// They are left out.
    #[default]
    Hidden,
    /// They are told like any other.
    Shown,
}

/// What the server writes into an object; nobody can change it.
const SERVER_FIELDS: [&str; 6] =
    ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

/// What a tool notes about the object it applied.
const NOTES: [&str; 3] = [
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/last-applied-configuration",
    "kustomize.toolkit.fluxcd.io/checksum",
];

/// What changes whenever a file is encrypted again, whatever it holds.
const ENCRYPTION: [&str; 4] = ["enc", "lastmodified", "mac", "version"];

/// Lists whose first item means something else than the second, though every item has a name.
///
/// The first domain of a Garden is the one its names are made of; containers start in their order.
const ORDERED: [&str; 2] = ["domains", "initContainers"];

/// Integers beyond this are not told apart by a float; they are compared as they are.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether the order of a list matters though its items have names.
pub(super) fn order_matters(list: &str) -> bool {
    ORDERED.contains(&list)
}

/// Whether a difference at a path means nothing.
pub(super) fn is_noise(path: &Path, before: Option<&Node>, after: Option<&Node>) -> bool {
    let mut steps = path.0.iter();
    let names = [steps.next(), steps.next(), steps.next()].map(|step| match step {
        Some(Step::Key(name)) => name.as_str(),
        _ => "",
    });
    match names {
        ["status", "", ""] => true,
        ["metadata", field, ""] if SERVER_FIELDS.contains(&field) => true,
        ["metadata", "annotations" | "labels", ""] => is_empty(before) && is_empty(after),
        ["metadata", "annotations", note] => NOTES.contains(&note),
        ["sops", ..] => {
            let last = match path.0.last() {
                Some(Step::Key(name)) => name.as_str(),
                _ => "",
            };
            ENCRYPTION.contains(&last)
        }
        _ => is_same_number(before, after) || is_null(before) && is_null(after),
    }
}

fn is_null(node: Option<&Node>) -> bool {
    node.is_none_or(|node| node.value == Value::Null)
}

/// Whether a mapping is not there, or has nothing in it.
fn is_empty(node: Option<&Node>) -> bool {
    is_null(node) || node.is_some_and(|node| node.as_mapping().is_some() && node.entries().is_empty())
}

fn is_same_number(before: Option<&Node>, after: Option<&Node>) -> bool {
    let number = |node: Option<&Node>| match node.map(|node| &node.value) {
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    match (number(before), number(after)) {
        (Some(before), Some(after)) => before.abs() < EXACT && before.total_cmp(&after).is_eq(),
        _ => false,
    }
}
