//! Resources by name: what charts and extensions may refer to, and whether it can be found there.

use super::chart::{ROLE_LABEL, is_other};
use super::given;
use crate::check::reference::KIND_NOT_SUPPORTED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{CONTROLLER_DEPLOYMENT, EXTENSION, GARDEN, GARDEN_NAMESPACE, GroupKind};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{ControllerDeployment, Extension, Garden, NamedResource, ObjectReference, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L379", "resource-name-invalid"),
        upstream: &["CD-TPL"],
        judge: Judge::Kinds(WITH_RESOURCES, names),
    },
    Rule { code: KIND_NOT_SUPPORTED, upstream: &["CD-TPL"], judge: Judge::Kinds(WITH_RESOURCES, kinds) },
    Rule {
        code: Code::error("L482", "values-resource-unusable"),
        upstream: &["CD-RESLBL"],
        judge: Judge::Kinds(&[CONTROLLER_DEPLOYMENT, EXTENSION], unusable),
    },
];

/// The kinds that list resources of Secrets and ConfigMaps only.
const WITH_RESOURCES: &[GroupKind] = &[CONTROLLER_DEPLOYMENT, EXTENSION, GARDEN];
const REFUSED: &str = "Gardener refuses it";
const REFERENCE_ROLE: &str = "resource-reference";

fn resources(object: &Object) -> Vec<NamedResource<'_>> {
    match &*object.identity.kind {
        "ControllerDeployment" => ControllerDeployment::of(object).resources().collect(),
        "Garden" => Garden::of(object).resources().collect(),
        _ => {
            let extension = Extension::of(object);
            // Without anything to install, upstream looks no further.
            let installs = given(extension.controller()).or(given(extension.admission())).is_some();
            extension.referenced().filter(|_| installs).collect()
        }
    }
}

/// An empty text that the schema of a custom resource takes, though the rest of Gardener does not.
fn is_empty(node: Option<&Node>, object: &Object) -> bool {
    object.identity.group() == GARDEN.group && node.and_then(Node::as_str) == Some("")
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateResources and ValidateAlphanumericResourceNames.
fn names(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let resources = resources(object);
    let of_values = object.identity.kind != GARDEN.kind;
    for (index, resource) in resources.iter().enumerate() {
        let node = resource.node();
        empty(object, node, "name", findings);
        if let Some(reference) = given(node.get("resourceRef")) {
            for field in ["name", "kind", "apiVersion"] {
                empty(object, reference, field, findings);
            }
            if reference.as_mapping().is_some() && given(reference.get("apiVersion")).is_none() {
                findings
                    .missing(object, reference, "apiVersion", "the resource has no API version")
                    .why(REFUSED)
                    .help("set `apiVersion: v1`");
            }
        }
        let Some(name) = resource.name() else { continue };
        let same = |other: &Text<'_>| **other == *name;
        let first = resources.iter().take(index).filter_map(|other| other.name()).find(same);
        if let Some(first) = first {
            findings
                .at(object, name.node, format!("two resources have the name `{name}`"))
                .related(first.node, "the name is taken here")
                .why(REFUSED)
                .help("give each resource a name of its own");
        } else if of_values && !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            findings
                .at(
                    object,
                    name.node,
                    format!("the name `{name}` has other characters than letters and digits"),
                )
                .why("templates in the values could not speak of it; Gardener refuses it")
                .help("use letters and digits only");
        }
    }
}

fn empty(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    let node = parent.get(field);
    if let Some(node) = node.filter(|_| is_empty(node, object)) {
        findings
            .at(object, node, format!("`{field}` is empty"))
            .why(REFUSED)
            .help(format!("give `{field}` a value"));
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateCrossVersionObjectReference.
fn kinds(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for reference in resources(object).into_iter().filter_map(NamedResource::reference) {
        let readable = |field: &str| {
            let node = given(reference.node().get(field));
            node.is_none_or(|node| node.as_str().is_some())
        };
        if is_supported(reference) || reference.node().as_mapping().is_none() {
            continue;
        }
        if readable("apiVersion") && readable("kind") {
            let text = |text: Option<Text<'_>>| text.map_or_else(String::new, |text| text.to_string());
            let (version, kind) = (text(reference.api_version()), text(reference.kind()));
            findings
                .at(object, reference.node(), format!("no resource is of the kind `{kind}` in `{version}`"))
                .why("Gardener takes the data of Secrets and ConfigMaps only")
                .help("refer to a `Secret` or a `ConfigMap` of `v1`");
        }
    }
}

fn is_supported(reference: ObjectReference<'_>) -> bool {
    let version = reference.api_version().is_some_and(|version| matches!(&*version, "v1" | "/v1"));
    version && reference.kind().is_some_and(|kind| matches!(&*kind, "Secret" | "ConfigMap"))
}

/// Upstream: pkg/utils/chart/values.go, ResolveResources; pkg/operator/controller/extension/extension/add.go,
/// buildSecretPredicates.
fn unusable(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    for reference in resources(object).into_iter().filter_map(NamedResource::reference) {
        let (Some(kind), Some(name)) = (reference.kind(), reference.name()) else {
            continue;
        };
        if !is_supported(reference) {
            continue;
        }
        let why = "Gardener finds no data for the values, and installs nothing";
        let label = format!("{ROLE_LABEL}: {REFERENCE_ROLE}");
        match scope.landscape.find(&kind, GARDEN_NAMESPACE, &name) {
            Some(found) if is_other(found.label(ROLE_LABEL), REFERENCE_ROLE) => {
                findings
                    .at(object, name.node, format!("the {kind} `{name}` has no label `{label}`"))
                    .related(found.name_node(), "it is declared here")
                    .why(why)
                    .help(format!("set the label `{label}` there"));
            }
            None if scope.complete() => {
                let known = scope.landscape.of_kind(&kind).map(|known| known.identity.name.as_str());
                let message =
                    format!("the {kind} `{name}` is not declared in the namespace `{GARDEN_NAMESPACE}`");
                findings.at(object, name.node, message).why(why).help(format!(
                    "declare it there, with the label `{label}`; {}",
                    help_with_names(&name, known)
                ));
            }
            _ => {}
        }
    }
}
