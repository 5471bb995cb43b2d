//! Values of charts: what stands in double braces is a reference to a resource, and nothing else.

use super::chart::path_of;
use super::given;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{CONTROLLER_DEPLOYMENT, EXTENSION, GroupKind};
use crate::landscape::Object;
use crate::syntax::{Node, Value};
use crate::view::{ControllerDeployment, Extension, NamedResource, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L378", "values-template-invalid"),
    upstream: &["CD-TPL"],
    judge: Judge::Kinds(WITH_VALUES, values),
}];

const WITH_VALUES: &[GroupKind] = &[CONTROLLER_DEPLOYMENT, EXTENSION];
const PATTERN: &str = "{{ .resources.NAME.data.KEY }}";
/// White space, as Go's regular expressions have it.
const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

/// The values of a chart, and the resources that they may refer to.
struct Values<'a> {
    parent: &'a Node,
    field: &'static str,
    declared: Vec<&'a str>,
}

fn names<'a>(resources: impl Iterator<Item = NamedResource<'a>>) -> Vec<&'a str> {
    resources.filter_map(NamedResource::name).map(Text::as_str).collect()
}

fn values_of(object: &Object) -> Vec<Values<'_>> {
    if object.identity.kind == "ControllerDeployment" {
        let deployment = ControllerDeployment::of(object);
        let config = deployment.provider_config().filter(|_| deployment.is_of_helm());
        let Some(parent) = given(deployment.helm()).or(config) else {
            return Vec::new();
        };
        return vec![Values { parent, field: "values", declared: names(deployment.resources()) }];
    }
    let extension = Extension::of(object);
    let declared = names(extension.referenced());
    let (controller, admission) = (given(extension.controller()), given(extension.admission()));
    // Upstream looks no further into an admission controller without a place.
    let placed = |admission: &&Node| {
        ["runtimeCluster", "virtualCluster"].into_iter().any(|place| given(admission.get(place)).is_some())
    };
    [(controller, "values"), (controller, "runtimeClusterValues"), (admission.filter(placed), "values")]
        .into_iter()
        .filter_map(|(parent, field)| Some(Values { parent: parent?, field, declared: declared.clone() }))
        .collect()
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateValuesTemplates.
fn values(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for values in values_of(object) {
        let Some(node) = given(values.parent.get(values.field)) else { continue };
        let mut faults = Vec::new();
        walk(node, &values.declared, &mut faults);
        if faults.is_empty() {
            continue;
        }
        let path = path_of(object, values.parent, values.field);
        for Fault { node, message, help } in faults {
            findings
                .named(object, node, path.clone(), message)
                .why("Gardener puts data of Secrets and ConfigMaps there, and refuses every other template")
                .help(help);
        }
    }
}

struct Fault<'a> {
    /// The text, or what stands behind it when it is a key.
    node: &'a Node,
    message: String,
    help: String,
}

/// Every text of a value, keys included.
fn walk<'a>(node: &'a Node, declared: &[&str], faults: &mut Vec<Fault<'a>>) {
    match &node.value {
        Value::String(text) => judge(text, node, declared, faults),
        Value::Sequence(items) => items.iter().for_each(|item| walk(item, declared, faults)),
        Value::Mapping(mapping) => {
            for entry in mapping.entries() {
                judge(&entry.key.name, &entry.value, declared, faults);
                walk(&entry.value, declared, faults);
            }
        }
        _ => {}
    }
}

fn judge<'a>(text: &str, node: &'a Node, declared: &[&str], faults: &mut Vec<Fault<'a>>) {
    if !text.contains("{{") && !text.contains("}}") {
        return;
    }
    let mut rest = text;
    let mut outside = String::new();
    while let Some((before, expression, behind)) = split(rest) {
        outside.push_str(before);
        rest = behind;
        let (message, help) = match resource_of(expression) {
            None => (
                format!("`{expression}` refers to no resource"),
                format!("write `{PATTERN}`, with a name and a key of letters and digits"),
            ),
            Some(name) if !declared.contains(&name) => (
                format!("`{expression}` refers to the resource `{name}`, which is not listed"),
                help_with_names(name, declared.iter().copied()),
            ),
            Some(_) => continue,
        };
        faults.push(Fault { node, message, help });
    }
    outside.push_str(rest);
    for braces in ["{{", "}}"].into_iter().filter(|braces| outside.contains(braces)) {
        let message = format!("`{braces}` without its counterpart");
        faults.push(Fault { node, message, help: format!("write references as `{PATTERN}`") });
    }
}

/// What stands before the first expression, the expression with its braces, and what follows.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.match_indices('{').map(|(start, _)| start);
    starts.into_iter().find_map(|start| {
        let (before, from) = text.split_at_checked(start)?;
        let inner = from.strip_prefix("{{")?;
        let length = inner.find(['{', '}'])?;
        let behind = inner.get(length..)?.strip_prefix("}}")?;
        Some((before, from.get(..length + 4)?, behind))
    })
}

/// The resource that an expression refers to.
///
/// Upstream: pkg/apis/core/v1beta1/constants/utils.go, ResourceReferenceRegexp.
fn resource_of(expression: &str) -> Option<&str> {
    let inner = expression.strip_prefix("{{")?.strip_suffix("}}")?.trim_matches(SPACE);
    let (name, key) = inner.strip_prefix(".resources.")?.split_once(".data.")?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_word(name) && is_word(key)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> usize {
        let node = Node::string(text, crate::source::Span::default());
        let mut faults = Vec::new();
        walk(&node, &["token"], &mut faults);
        faults.len()
    }

    #[test]
    fn references_to_listed_resources_are_taken() {
        for text in [
            "",
            "{ a } { b }",
            "{{ .resources.token.data.key }}",
            "{{.resources.token.data.key}}",
            "a{{ .resources.token.data.a }}b{{\n.resources.token.data.b\t}}c",
            "{{{ .resources.token.data.key }}}",
        ] {
            assert_eq!(faults(text), 0, "{text}");
        }
    }

    #[test]
    fn every_other_template_is_a_fault() {
        for (text, count) in [
            ("{{ .Values.a }}", 1),
            ("{{- .resources.token.data.key -}}", 1),
            ("{{ .resources.other.data.key }}", 1),
            ("{{ .resources.token.data.a-b }}", 1),
            ("{{ .resources.token.data.a.b }}", 1),
            ("{{ .resources.token.data.key", 1),
            ("}}{{", 2),
            ("{{ {{ .resources.token.data.key }} }}", 2),
            ("{{}}", 1),
        ] {
            assert_eq!(faults(text), count, "{text}");
        }
    }
}
