//! Annotations and label selectors below the surface of an object: what is wrong with them, and what a selector matches.

use crate::check::Findings;
use crate::check::metadata::KEY_HELP;
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::Node;

/// What all annotations of an object may come to, keys and values together.
const ANNOTATIONS_LIMIT: usize = 256 << 10;

const WHY: &str = "the API server refuses the object";

/// Reports annotations that are none, in a field of `parent`.
///
/// Upstream: k8s.io/apimachinery/pkg/api/validation, ValidateAnnotations.
pub(in crate::check) fn annotations(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    let Some(annotations) = parent.get(field) else {
        return;
    };
    let mut size = 0;
    for entry in annotations.entries() {
        let key = &entry.key.name;
        size += key.len() + entry.value.as_str().map_or(0, str::len);
        if !is_qualified_name(&key.to_lowercase()) {
            let message = format!("`{key}` is no key of an annotation");
            findings.at_field(object, parent, field, message).why(WHY).help(KEY_HELP);
        }
    }
    if size > ANNOTATIONS_LIMIT {
        let message = format!("the annotations have {size} bytes, more than {ANNOTATIONS_LIMIT}");
        findings.at_field(object, parent, field, message).why(WHY).help("keep long texts in a ConfigMap");
    }
}

/// Whether a selector can be matched with labels at all.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector.
pub(in crate::check) fn is_sound(selector: &Node) -> bool {
    let labels = selector.get("matchLabels").map(Node::entries).unwrap_or_default();
    let sound = |text: Option<&str>| text.is_some_and(is_label_value);
    labels.iter().all(|entry| is_qualified_name(&entry.key.name) && sound(entry.value.as_str()))
        && expressions(selector).iter().all(is_sound_requirement)
}

/// Upstream: k8s.io/apimachinery/pkg/labels, NewRequirement.
fn is_sound_requirement(requirement: &Node) -> bool {
    let text = |field: &str| requirement.get(field).and_then(Node::as_str).unwrap_or_default();
    let values = requirement.get("values").map(Node::items).unwrap_or_default();
    let counted = match text("operator") {
        "In" | "NotIn" => !values.is_empty(),
        "Exists" | "DoesNotExist" => values.is_empty(),
        _ => false,
    };
    counted
        && is_qualified_name(text("key"))
        && values.iter().all(|value| value.as_str().is_none_or(is_label_value))
}

fn expressions(selector: &Node) -> &[Node] {
    selector.get("matchExpressions").map(Node::items).unwrap_or_default()
}

/// Whether a selector selects anything less than everything.
pub(in crate::check) fn is_empty(selector: &Node) -> bool {
    expressions(selector).is_empty() && selector.get("matchLabels").is_none_or(|all| all.entries().is_empty())
}

/// Whether a selector matches labels.
///
/// Upstream: k8s.io/apimachinery/pkg/labels, Requirement.Matches.
pub(in crate::check) fn matches<'a>(selector: &Node, label: impl Fn(&str) -> Option<&'a str>) -> bool {
    let wanted = selector.get("matchLabels").map(Node::entries).unwrap_or_default();
    let equal = wanted.iter().all(|entry| {
        entry.value.as_str().is_none_or(|value| label(&entry.key.name).is_some_and(|found| found == value))
    });
    equal
        && expressions(selector).iter().all(|requirement| {
            let text = |field: &str| requirement.get(field).and_then(Node::as_str);
            let found = text("key").and_then(&label);
            let values = requirement.get("values").map(Node::items).unwrap_or_default();
            let listed = found.is_some_and(|found| values.iter().any(|value| value.as_str() == Some(found)));
            match text("operator") {
                Some("In") => listed,
                Some("NotIn") => !listed,
                Some("Exists") => found.is_some(),
                Some("DoesNotExist") => found.is_none(),
                _ => true,
            }
        })
}
