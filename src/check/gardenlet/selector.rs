//! Label selectors: whether one can be matched at all, and what it matches.

use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::Node;

/// Whether a selector can be matched with labels at all.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector.
pub(super) fn is_sound(selector: &Node) -> bool {
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
pub(super) fn is_empty(selector: &Node) -> bool {
    expressions(selector).is_empty() && selector.get("matchLabels").is_none_or(|all| all.entries().is_empty())
}

/// Whether a selector matches labels.
///
/// Upstream: k8s.io/apimachinery/pkg/labels, Requirement.Matches.
pub(super) fn matches<'a>(selector: &Node, label: impl Fn(&str) -> Option<&'a str>) -> bool {
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
