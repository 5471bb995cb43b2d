//! Labels, annotations and selectors: what Kubernetes takes as their keys and values.
//!
//! Upstream names the mapping, not the key in it; so do the paths here, and the key is what is underlined.

use super::{Findings, Raised};
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::{Entry, Node};
use crate::view::Text;

/// All keys and values of the annotations of an object, in bytes.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

const KEY_HELP: &str = "use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, 63 characters at \
                        most; a DNS name and `/` may stand before it";
const VALUE_HELP: &str =
    "use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, 63 characters at most";

/// Reports the labels in a field of `parent` that Kubernetes does not take.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabels.
pub(super) fn labels(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    let labels = parent.get(field).map(Node::entries).unwrap_or_default();
    for Entry { key, value } in labels {
        if !is_qualified_name(&key.name) {
            let message = format!("`{}` is no key of a label", key.name);
            findings.under(object, value, parent, field, message).why(REFUSED).help(KEY_HELP);
        }
        if let Some(text) = value.as_str().filter(|text| !is_label_value(text)) {
            let message = format!("`{text}` is no value of a label");
            findings.under(object, value, parent, field, message).why(REFUSED).help(VALUE_HELP);
        }
    }
}

const REFUSED: &str = "the API server refuses the object";

/// Reports the annotations in a field of `parent` that Kubernetes does not take.
///
/// Upstream: k8s.io/apimachinery/pkg/api/validation, ValidateAnnotations.
pub(super) fn annotations(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    let annotations = parent.get(field).map(Node::entries).unwrap_or_default();
    let mut size = 0_usize;
    for Entry { key, value } in annotations {
        size += key.name.len() + value.as_str().map_or(0, str::len);
        if !is_qualified_name(&key.name.to_lowercase()) {
            let message = format!("`{}` is no key of an annotation", key.name);
            findings.under(object, value, parent, field, message).why(REFUSED).help(KEY_HELP);
        }
    }
    if size > ANNOTATIONS_LIMIT {
        let message = format!("the annotations have {size} bytes, more than {ANNOTATIONS_LIMIT}");
        findings
            .at_field(object, parent, field, message)
            .why(REFUSED)
            .help("keep large texts in a ConfigMap");
    }
}

/// Reports what is wrong with a selector of labels.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabelSelector.
pub(super) fn selector(object: &Object, selector: &Node, findings: &mut Findings) {
    labels(object, selector, "matchLabels", findings);
    let expressions = selector.get("matchExpressions").map(Node::items).unwrap_or_default();
    for expression in expressions {
        if let Some(text) = expression.get("key").and_then(Text::of) {
            key(object, text, findings);
        }
        requirement(object, expression, findings);
    }
}

fn requirement(object: &Object, expression: &Node, findings: &mut Findings) {
    let operator = expression.get("operator").and_then(Text::of);
    let values = expression.get("values").map(Node::items).unwrap_or_default();
    match operator.map(Text::as_str) {
        Some("In" | "NotIn") if values.is_empty() => {
            findings
                .lacking(object, expression, &["values"], "the operator needs values to compare with")
                .why(REFUSED)
                .help("list the values, or use `Exists` or `DoesNotExist`");
        }
        Some("Exists" | "DoesNotExist") if !values.is_empty() => {
            findings
                .at_field(object, expression, "values", "the operator takes no values")
                .why(REFUSED)
                .help("remove the values, or use `In` or `NotIn`");
        }
        None | Some("In" | "NotIn" | "Exists" | "DoesNotExist") => {}
        Some(unknown) => {
            let node = operator.map_or(expression, |operator| operator.node);
            findings
                .at(object, node, format!("there is no operator `{unknown}`"))
                .why(REFUSED)
                .help("allowed: `In`, `NotIn`, `Exists`, `DoesNotExist`");
        }
    }
    for text in values.iter().filter_map(Text::written) {
        value(object, text, findings);
    }
}

/// Reports a text that is no key of a label or a taint.
pub(super) fn key<'f>(object: &Object, text: Text<'_>, findings: &'f mut Findings) -> Option<Raised<'f>> {
    (!is_qualified_name(&text)).then(|| {
        findings.at(object, text.node, format!("`{text}` is no key of a label")).why(REFUSED).help(KEY_HELP)
    })
}

/// Reports a text that is no value of a label or a taint.
pub(super) fn value<'f>(object: &Object, text: Text<'_>, findings: &'f mut Findings) -> Option<Raised<'f>> {
    (!is_label_value(&text)).then(|| {
        findings
            .at(object, text.node, format!("`{text}` is no value of a label"))
            .why(REFUSED)
            .help(VALUE_HELP)
    })
}
