//! Labels, annotations and label selectors: what is wrong with one, and whether a selector matches labels.
//!
//! A mapping of them is reported as a whole, as the API server does; values that are no texts are the schema's business.

use crate::check::Findings;
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::Node;

/// What all annotations of an object may come to, keys and values together.
const ANNOTATIONS_LIMIT: usize = 256 << 10;

const KEYS: &str = "a key is a name of up to 63 letters, digits, `-`, `_` and `.`, with a DNS name and `/` before it if need be";
const VALUES: &str =
    "a value has up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
const WHY: &str = "the API server refuses the object";

/// Reports labels that are none, in a field of `parent`.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabels.
pub(in crate::check) fn labels(object: &Object, parent: Option<&Node>, field: &str, findings: &mut Findings) {
    let Some((parent, labels)) = parent.and_then(|parent| Some((parent, parent.get(field)?))) else {
        return;
    };
    for entry in labels.entries() {
        let key = &entry.key.name;
        let (message, help) = match entry.value.as_str() {
            _ if !is_qualified_name(key) => (format!("`{key}` is no key of a label"), KEYS),
            Some(value) if !is_label_value(value) => {
                (format!("`{value}` is no value of a label, here of `{key}`"), VALUES)
            }
            _ => continue,
        };
        findings.at_field(object, parent, field, message).why(WHY).help(help);
    }
}

/// Reports annotations that are none, in a field of `parent`.
///
/// Upstream: k8s.io/apimachinery/pkg/api/validation, ValidateAnnotations.
pub(in crate::check) fn annotations(
    object: &Object,
    parent: Option<&Node>,
    field: &str,
    findings: &mut Findings,
) {
    let Some((parent, annotations)) = parent.and_then(|parent| Some((parent, parent.get(field)?))) else {
        return;
    };
    let mut size = 0;
    for entry in annotations.entries() {
        let key = &entry.key.name;
        size += key.len() + entry.value.as_str().map_or(0, str::len);
        if !is_qualified_name(&key.to_lowercase()) {
            let message = format!("`{key}` is no key of an annotation");
            findings.at_field(object, parent, field, message).why(WHY).help(KEYS);
        }
    }
    if size > ANNOTATIONS_LIMIT {
        let message = format!("the annotations have {size} bytes, more than {ANNOTATIONS_LIMIT}");
        findings.at_field(object, parent, field, message).why(WHY).help("keep long texts in a ConfigMap");
    }
}

/// What is wrong with a part of a selector.
struct Fault<'a> {
    place: Spot<'a>,
    message: String,
    help: &'static str,
}

/// Where a fault of a selector is.
enum Spot<'a> {
    At(&'a Node),
    Field(&'a Node, &'static str),
    Missing(&'a Node, &'static str),
}

/// Reports what is wrong with a label selector.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabelSelector.
pub(in crate::check) fn selector(object: &Object, selector: &Node, findings: &mut Findings) {
    labels(object, Some(selector), "matchLabels", findings);
    for fault in expressions(selector).iter().flat_map(faults) {
        let raised = match fault.place {
            Spot::At(node) => findings.at(object, node, fault.message),
            Spot::Field(parent, field) => findings.at_field(object, parent, field, fault.message),
            Spot::Missing(parent, field) => findings.missing(object, parent, field, fault.message),
        };
        raised.why(WHY).help(fault.help);
    }
}

/// Whether a selector can be matched with labels at all.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector.
pub(in crate::check) fn is_sound(selector: &Node) -> bool {
    let labels = selector.get("matchLabels").map(Node::entries).unwrap_or_default();
    let sound = |text: Option<&str>| text.is_some_and(is_label_value);
    labels.iter().all(|entry| is_qualified_name(&entry.key.name) && sound(entry.value.as_str()))
        && expressions(selector).iter().all(|requirement| {
            let filled =
                |field| requirement.get(field).and_then(Node::as_str).is_some_and(|it| !it.is_empty());
            filled("key") && filled("operator") && faults(requirement).is_empty()
        })
}

fn faults(requirement: &Node) -> Vec<Fault<'_>> {
    let mut faults = Vec::new();
    let mut fault = |place, message, help| faults.push(Fault { place, message, help });
    let values = requirement.get("values").map(Node::items).unwrap_or_default();
    match requirement.get("operator").and_then(Node::as_str).unwrap_or_default() {
        "In" | "NotIn" if values.is_empty() => {
            let message = "a selector with this operator lists no values".to_owned();
            fault(
                Spot::Missing(requirement, "values"),
                message,
                "list `values`, or use the operator `Exists`",
            );
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let message = "a selector with this operator has no values".to_owned();
            fault(Spot::Field(requirement, "values"), message, "remove `values`, or use the operator `In`");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "" => {}
        other => {
            let message = format!("there is no operator `{other}` of selectors");
            let help = "allowed: `In`, `NotIn`, `Exists`, `DoesNotExist`";
            fault(Spot::Field(requirement, "operator"), message, help);
        }
    }
    let key = requirement.get("key").and_then(|key| Some((key, key.as_str()?)));
    if let Some((node, key)) = key.filter(|(_, key)| !key.is_empty() && !is_qualified_name(key)) {
        fault(Spot::At(node), format!("`{key}` is no key of a label"), KEYS);
    }
    let values = values.iter().filter_map(|value| Some((value, value.as_str()?)));
    for (node, value) in values.filter(|(_, value)| !is_label_value(value)) {
        fault(Spot::At(node), format!("`{value}` is no value of a label"), VALUES);
    }
    faults
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
