//! Labels, and what chooses objects by them: their keys, their values, and selectors.

use super::metadata::KEY_HELP;
use super::toleration;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::{Node, join_path};
use crate::view::{ExposureClass, Project, SeedSelector, Text, Toleration};

/// A key or a value that is none of a label.
pub(super) const LABEL_MALFORMED: Code = Code::error("L360", "label-malformed");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: LABEL_MALFORMED,
        upstream: &["PJ-DUAL"],
        judge: Judge::Kinds(&[kind::PROJECT, kind::EXPOSURE_CLASS, kind::CLUSTER_ROLE], selectors),
    },
    Rule {
        code: LABEL_MALFORMED,
        upstream: &["PJ-TOL"],
        judge: Judge::Kinds(&[kind::PROJECT, kind::EXPOSURE_CLASS], tolerations),
    },
];

const WHY: &str = "the API server refuses keys and values that no object could have as a label";
const VALUE_HELP: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit";
const OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];

/// Reports the keys and values of labels that are malformed; upstream names the mapping as a whole.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateLabels.
pub(super) fn judge_labels(object: &Object, labels: &Node, path: &str, findings: &mut Findings) {
    for entry in labels.entries() {
        let key = &entry.key.name;
        if !is_qualified_name(key) {
            let message = format!("`{key}` is no key of a label");
            findings.named(object, &entry.value, path, message).why(WHY).help(KEY_HELP);
        }
        if let Some(value) = entry.value.as_str().filter(|value| !is_label_value(value)) {
            let message = format!("`{value}` is no value of a label");
            findings.named(object, &entry.value, path, message).why(WHY).help(VALUE_HELP);
        }
    }
}

/// Reports the labels in a field of `parent` that are malformed.
pub(super) fn judge_labels_in(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    if let Some(labels) = parent.get(field) {
        let path = join_path(&object.root.path_to(parent).unwrap_or_default(), field);
        judge_labels(object, labels, &path, findings);
    }
}

/// Reports the annotations in a field of `parent` whose keys are malformed.
///
/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateAnnotations.
pub(super) fn judge_annotations_in(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    for entry in parent.get(field).map(Node::entries).unwrap_or_default() {
        let key = &entry.key.name;
        // Unlike those of labels, the prefixes of annotations may have capitals.
        if !is_qualified_name(&key.to_lowercase()) {
            let path = join_path(&object.root.path_to(parent).unwrap_or_default(), field);
            let message = format!("`{key}` is no key of an annotation");
            findings
                .named(object, &entry.value, path, message)
                .why("the API server refuses the object")
                .help(KEY_HELP);
        }
    }
}

/// Reports what is wrong with a selector of labels.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateLabelSelector.
pub(super) fn judge_selector(object: &Object, selector: &Node, findings: &mut Findings) {
    if let Some(labels) = selector.get("matchLabels") {
        let path = object.root.path_to(selector).unwrap_or_default();
        judge_labels(object, labels, &join_path(&path, "matchLabels"), findings);
    }
    for expression in selector.get("matchExpressions").map(Node::items).unwrap_or_default() {
        judge_expression(object, expression, findings);
    }
}

fn judge_expression(object: &Object, expression: &Node, findings: &mut Findings) {
    let values = expression.get("values").map(Node::items).unwrap_or_default();
    if let Some(operator) = expression.get("operator").and_then(Text::of) {
        match operator.as_str() {
            "In" | "NotIn" if values.is_empty() => {
                findings
                    .missing(
                        object,
                        expression,
                        "values",
                        format!("the operator `{operator}` without values"),
                    )
                    .why("it compares the label with values, and there are none")
                    .help("add `values`, or use `Exists` or `DoesNotExist`");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                findings
                    .at_field(
                        object,
                        expression,
                        "values",
                        format!("the operator `{operator}` takes no values"),
                    )
                    .why("it only asks whether the label is there")
                    .help("remove `values`, or use `In` or `NotIn`");
            }
            known if OPERATORS.contains(&known) => {}
            unknown => {
                findings
                    .at(object, operator.node, format!("`{unknown}` is no operator of a selector"))
                    .why(WHY)
                    .help(help_with_names(unknown, OPERATORS));
            }
        }
    }
    if let Some(key) = expression.get("key").and_then(Text::of) {
        judge_key(object, key, findings);
    }
    for value in values {
        judge_value(object, value, findings);
    }
}

/// Reports a text that is no key of a label, and so of no taint.
pub(super) fn judge_key(object: &Object, key: Text<'_>, findings: &mut Findings) {
    if !is_qualified_name(&key) {
        let message = format!("`{key}` is no key of a label");
        findings.at(object, key.node, message).why(WHY).help(KEY_HELP);
    }
}

/// Reports a text that is no value of a label.
pub(super) fn judge_value(object: &Object, node: &Node, findings: &mut Findings) {
    if let Some(value) = node.as_str().filter(|value| !is_label_value(value)) {
        let message = format!("`{value}` is no value of a label");
        findings.at(object, node, message).why(WHY).help(VALUE_HELP);
    }
}

/// Upstream: pkg/api/core/validation/project.go, validateDualApprovalForDeletion; exposureclass.go,
/// ValidateExposureClass; Kubernetes' ValidateClusterRole.
fn selectors(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    match &*object.identity.kind {
        "Project" => {
            for selector in Project::of(object).approvals().filter_map(|approval| approval.selector()) {
                judge_selector(object, selector, findings);
            }
        }
        "ExposureClass" => {
            if let Some(selector) = ExposureClass::of(object).seed_selector().map(SeedSelector::node) {
                judge_selector(object, selector, findings);
            }
        }
        _ => {
            let selectors = object.root.at(&["aggregationRule", "clusterRoleSelectors"]);
            for selector in selectors.map(Node::items).unwrap_or_default() {
                judge_selector(object, selector, findings);
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateTolerations.
fn tolerations(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for toleration in toleration::lists(object).into_iter().flatten() {
        judge_toleration(object, toleration, findings);
    }
}

/// Reports the key and the value of a toleration, if they are malformed.
pub(super) fn judge_toleration(object: &Object, toleration: Toleration<'_>, findings: &mut Findings) {
    if let Some(key) = toleration.key() {
        judge_key(object, key, findings);
    }
    if let Some(value) = toleration.value() {
        judge_value(object, value, findings);
    }
}
