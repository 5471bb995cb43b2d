//! Selectors of labels: what they compare can be a label, and how they compare it is known.

use super::given;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{CONTROLLER_REGISTRATION, EXTENSION, GARDEN, GroupKind};
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::{Node, Value};
use crate::view::{
    ControllerRegistration, Extension, Garden, LabelRequirement, LabelSelector, RegistrationDeployment,
};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L375", "label-selector-invalid"),
    upstream: &["CR-SEL"],
    judge: Judge::Kinds(WITH_SELECTORS, selectors),
}];

const WITH_SELECTORS: &[GroupKind] = &[CONTROLLER_REGISTRATION, EXTENSION, GARDEN];
const REFUSED: &str = "Gardener refuses a selector that no label can match";
const OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];
const KEY_HELP: &str =
    "use letters, digits, `-`, `_` and `.`, at most 63, perhaps with a DNS name and `/` before";
const VALUE_HELP: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";

fn selectors(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    match &*object.identity.kind {
        "ControllerRegistration" => {
            let deployment = ControllerRegistration::of(object).deployment();
            let selector = deployment.and_then(RegistrationDeployment::seed_selector);
            selector.into_iter().for_each(|selector| judge(selector, object, findings));
        }
        "Garden" => {
            let quotas = Garden::of(object).project_quotas();
            let selectors = quotas.filter_map(|quota| quota.selector());
            selectors.for_each(|selector| judge(selector, object, findings));
        }
        // The operator makes a ControllerRegistration of it, which is refused only then.
        _ if object.section.is_some() => {
            let deployment = Extension::of(object).registration();
            let selector = deployment.and_then(RegistrationDeployment::seed_selector);
            selector.into_iter().for_each(|selector| judge(selector, object, findings));
        }
        _ => {}
    }
}

/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation, ValidateLabelSelector.
fn judge(selector: LabelSelector<'_>, object: &Object, findings: &mut Findings) {
    for entry in selector.labels().map(Node::entries).unwrap_or_default() {
        let (name, value) = (&*entry.key.name, entry.value.as_str());
        let (message, help) = if !is_qualified_name(name) {
            (format!("`{name}` cannot be the name of a label"), KEY_HELP)
        } else if value.is_some_and(|value| !is_label_value(value)) {
            (format!("`{}` cannot be the value of a label", value.unwrap_or_default()), VALUE_HELP)
        } else {
            continue;
        };
        findings.at_field(object, selector.node(), "matchLabels", message).why(REFUSED).help(help);
    }
    selector.requirements().for_each(|requirement| demand(requirement, object, findings));
}

fn demand(requirement: LabelRequirement<'_>, object: &Object, findings: &mut Findings) {
    let operator = given(requirement.operator()).and_then(|node| Some((node, node.as_str()?)));
    let values = given(requirement.values()).filter(|values| matches!(values.value, Value::Sequence(_)));
    let listed = values.map(Node::items).unwrap_or_default();
    match operator {
        Some((_, "In" | "NotIn"))
            if listed.is_empty() && values.is_some() == given(requirement.values()).is_some() =>
        {
            findings
                .at_field(object, requirement.node(), "values", "there is nothing to compare the label with")
                .why(REFUSED)
                .help("list the values that are meant, or use `Exists`");
        }
        Some((_, "Exists" | "DoesNotExist")) if !listed.is_empty() => {
            findings
                .at_field(object, requirement.node(), "values", "the label is compared with no values")
                .why("whether a label exists does not depend on its value; Gardener refuses it")
                .help("remove `values`, or use `In`");
        }
        Some((node, operator)) if !OPERATORS.contains(&operator) && told_here(operator, object) => {
            findings
                .at(object, node, format!("there is no operator `{operator}`"))
                .why(REFUSED)
                .help(help_with_names(operator, OPERATORS));
        }
        _ => {}
    }
    let key = given(requirement.key()).and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, key)) = key.filter(|(_, key)| !is_qualified_name(key) && told_here(key, object)) {
        findings
            .at(object, node, format!("`{key}` cannot be the name of a label"))
            .why(REFUSED)
            .help(KEY_HELP);
    }
    for node in listed {
        if let Some(value) = node.as_str().filter(|value| !is_label_value(value)) {
            findings
                .at(object, node, format!("`{value}` cannot be the value of a label"))
                .why(REFUSED)
                .help(VALUE_HELP);
        }
    }
}

/// Whether a text is told of here: an empty one is missing to the schemas of all but custom resources.
fn told_here(text: &str, object: &Object) -> bool {
    !text.is_empty() || object.identity.group() == GARDEN.group
}
