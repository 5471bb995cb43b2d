//! Labels and selectors of labels: what Kubernetes takes as their keys and values.
//!
//! Upstream names the mapping, not the key in it; so do the paths here, and the value is what is underlined.

use crate::check::Findings;
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::{Entry, Node};
use crate::view::Text;

const REFUSED: &str = "the API server refuses the object";
const KEY_HELP: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`; a DNS name and `/` may stand before them";
const VALUE_HELP: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";

/// Reports the labels in a field of `parent` that Kubernetes does not take.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabels.
pub(super) fn labels(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    let Some(labels) = parent.get(field) else { return };
    for Entry { key, value } in labels.entries() {
        let text = value.as_str().unwrap_or_default();
        let (message, help) = if !is_qualified_name(&key.name) {
            (format!("`{}` is no key of a label", key.name), KEY_HELP)
        } else if !is_label_value(text) {
            (format!("`{text}` is no value of a label"), VALUE_HELP)
        } else {
            continue;
        };
        findings.about(object, labels, value, message).why(REFUSED).help(help);
    }
}

/// Reports what is wrong with a selector of labels.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabelSelector.
pub(super) fn selector(object: &Object, selector: &Node, findings: &mut Findings) {
    labels(object, selector, "matchLabels", findings);
    for requirement in selector.get("matchExpressions").map(Node::items).unwrap_or_default() {
        operator(object, requirement, findings);
        let key = requirement.get("key").and_then(Text::of);
        if let Some(key) = key.filter(|key| !is_qualified_name(key)) {
            findings
                .at(object, key.node, format!("`{key}` is no key of a label"))
                .why(REFUSED)
                .help(KEY_HELP);
        }
        for value in requirement.get("values").map(Node::items).unwrap_or_default() {
            if let Some(text) = value.as_str().filter(|text| !is_label_value(text)) {
                findings
                    .at(object, value, format!("`{text}` is no value of a label"))
                    .why(REFUSED)
                    .help(VALUE_HELP);
            }
        }
    }
}

fn operator(object: &Object, requirement: &Node, findings: &mut Findings) {
    let operator = requirement.get("operator").and_then(Text::of);
    let listed = requirement.get("values").is_some_and(|values| !values.items().is_empty());
    let (message, help) = match (operator.map(Text::as_str), listed) {
        (Some("In" | "NotIn"), false) => {
            ("there are no values to compare the label with", "list the values, or use `Exists`")
        }
        (Some("Exists" | "DoesNotExist"), true) => {
            ("the label is compared with no values", "remove `values`, or use `In`")
        }
        (None | Some("In" | "NotIn" | "Exists" | "DoesNotExist"), _) => return,
        (Some(unknown), _) => {
            let node = operator.map_or(requirement, |operator| operator.node);
            findings
                .at(object, node, format!("there is no operator `{unknown}`"))
                .why(REFUSED)
                .help("allowed: `DoesNotExist`, `Exists`, `In`, `NotIn`");
            return;
        }
    };
    findings.at_field(object, requirement, "values", message).why(REFUSED).help(help);
}
