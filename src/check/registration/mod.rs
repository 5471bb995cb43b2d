//! Extensions: what they are in charge of, where their charts come from, what those are given.
//!
//! An Extension of the gardener-operator becomes a ControllerRegistration and a ControllerDeployment, so that all three
//! are held to the same rules.

pub(super) mod chart;
pub(super) mod owner;
pub(super) mod reference;
pub(super) mod template;

use super::label::{LABEL_MALFORMED, judge_selector};
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{CONTROLLER_REGISTRATION, EXTENSION, GroupKind};
use crate::landscape::Object;
use crate::syntax::{Node, Value};
use crate::view::{ControllerRegistration, ControllerResource, Extension, RegistrationDeployment, Text};

/// The kinds that say what an extension is in charge of.
const REGISTRATIONS: &[GroupKind] = &[CONTROLLER_REGISTRATION, EXTENSION];

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L372", "field-of-another-extension-kind"),
        upstream: &["CR-EXTONLY"],
        judge: Judge::Kinds(REGISTRATIONS, other_kind),
    },
    Rule {
        code: Code::error("L373", "cluster-types-contradictory"),
        upstream: &["CR-AUTO"],
        judge: Judge::Kinds(REGISTRATIONS, cluster_types),
    },
    Rule {
        code: Code::error("L374", "controller-installation-contradictory"),
        upstream: &["CR-SEL"],
        judge: Judge::Kinds(REGISTRATIONS, installation),
    },
    Rule { code: LABEL_MALFORMED, upstream: &["CR-SEL"], judge: Judge::Kinds(REGISTRATIONS, selector) },
];

/// The kind of resources that extensions of no particular kind have.
const EXTENSION_KIND: &str = "Extension";
/// The kind of resources that expose the API servers of self-hosted shoots.
const EXPOSURE_KIND: &str = "SelfHostedShootExposure";
/// The kind of clusters that an extension works for when it does not say.
const SHOOT_TYPE: &str = "shoot";
const POLICIES: [&str; 3] = ["Always", "AlwaysExceptNoShoots", "OnDemand"];

/// A value, unless it is null: to a server null is nothing.
pub(super) fn given(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| node.value != Value::Null)
}

/// The items of a list, nothing for anything else.
pub(super) fn items(list: Option<&Node>) -> &[Node] {
    list.map(Node::items).unwrap_or_default()
}

/// What the extension of an object is in charge of.
fn resources(object: &Object) -> Vec<ControllerResource<'_>> {
    if object.identity.is(EXTENSION.group, EXTENSION.kind) {
        Extension::of(object).resources().collect()
    } else {
        ControllerRegistration::of(object).resources().collect()
    }
}

fn is_kind(resource: ControllerResource<'_>, kind: &str) -> bool {
    resource.kind().is_some_and(|written| *written == *kind)
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerResources.
fn other_kind(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    // An empty list is none.
    const LISTS: [&str; 2] = ["autoEnable", "clusterCompatibility"];
    const FIELDS: [(&str, &str); 5] = [
        ("autoEnable", EXTENSION_KIND),
        ("clusterCompatibility", EXTENSION_KIND),
        ("continuousEndpointUpdate", EXPOSURE_KIND),
        ("lifecycle", EXTENSION_KIND),
        ("reconcileTimeout", EXTENSION_KIND),
    ];
    for resource in resources(object) {
        for (field, kind) in FIELDS {
            let written = given(resource.node().get(field));
            let empty = LISTS.contains(&field) && written.is_some_and(|list| list.items().is_empty());
            if written.is_none() || empty || is_kind(resource, kind) {
                continue;
            }
            let of = resource.kind().map_or("", Text::as_str);
            findings
                .at_field(
                    object,
                    resource.node(),
                    field,
                    format!("a resource of the kind `{of}` has no `{field}`"),
                )
                .why(format!("only resources of the kind `{kind}` have it; Gardener refuses it elsewhere"))
                .help("remove it");
        }
    }
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerResources;
/// pkg/apis/core/v1beta1/defaults_controllerregistration.go, SetDefaults_ControllerResource;
/// pkg/operator/webhook/defaulting/extension/handler.go, Handle.
fn cluster_types(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let of_operator = object.identity.is(EXTENSION.group, EXTENSION.kind);
    for resource in resources(object).into_iter().filter(|resource| is_kind(*resource, EXTENSION_KIND)) {
        let compatible = items(resource.cluster_types());
        let enabled = items(resource.auto_enabled());
        let defaulted = compatible.is_empty()
            && (!of_operator || enabled.iter().any(|enabled| enabled.as_str() == Some(SHOOT_TYPE)));
        for (node, earlier) in [compatible, enabled].into_iter().flat_map(repeated) {
            let name = node.as_str().unwrap_or_default();
            if is_cluster_type(name, of_operator) {
                findings
                    .at(object, node, format!("the cluster type `{name}` is listed twice"))
                    .related(earlier, "it is listed here already")
                    .why("Gardener refuses the extension")
                    .help("list it once");
            }
        }
        for (index, node) in enabled.iter().enumerate() {
            let Some(name) = node.as_str().filter(|name| is_cluster_type(name, of_operator)) else {
                continue;
            };
            let is_named = |other: &Node| other.as_str() == Some(name);
            let repeated = enabled.iter().take(index).any(is_named);
            if repeated || compatible.iter().any(is_named) || defaulted && name == SHOOT_TYPE {
                continue;
            }
            let message = format!(
                "the extension is enabled for clusters of the type `{name}`, which it does not support"
            );
            let raised = findings
                .at(object, node, message)
                .why("Gardener enables an extension by itself only where `clusterCompatibility` says that it works")
                .help(format!("add `{name}` to `clusterCompatibility`, or remove it here"));
            if let Some(list) = given(resource.cluster_types()) {
                raised.related(list, "these types are supported");
            }
        }
    }
}

/// Whether there is such a type of clusters; of others the schema tells.
fn is_cluster_type(name: &str, of_operator: bool) -> bool {
    matches!(name, "seed" | SHOOT_TYPE) || of_operator && name == "garden"
}

/// The texts of a list that stand in it before, each with the earlier one.
fn repeated(list: &[Node]) -> Vec<(&Node, &Node)> {
    let earlier = |index: usize, node: &Node| {
        let mut before = list.iter().take(index);
        before.find(|before| node.as_str().is_some() && before.as_str() == node.as_str())
    };
    list.iter().enumerate().filter_map(|(index, node)| Some((node, earlier(index, node)?))).collect()
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerRegistrationSpec.
fn installation(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(deployment) = deployment(object) else { return };
    let primary = resources(object).into_iter().find(|resource| resource.primary() != Some(false));
    if let (Some(_), Some(primary)) = (given(deployment.seed_selector()), primary) {
        findings
            .at_field(
                object,
                deployment.node(),
                "seedSelector",
                "an extension that owns resources cannot choose among seeds",
            )
            .related(primary.node(), "it owns these")
            .why("on the seeds left out nobody would be in charge; Gardener refuses the registration")
            .help("remove `seedSelector`, or set `primary: false` for every resource");
    }
    several(object, deployment, findings);
    // The schema of a ControllerRegistration tells of a wrong policy.
    if object.identity.is(EXTENSION.group, EXTENSION.kind) {
        policy(object, deployment, findings);
    }
}

/// How the controller of an object is installed.
///
/// The operator makes a ControllerRegistration of an Extension, and learns only then that it is refused.
fn deployment(object: &Object) -> Option<RegistrationDeployment<'_>> {
    if object.identity.is(CONTROLLER_REGISTRATION.group, CONTROLLER_REGISTRATION.kind) {
        ControllerRegistration::of(object).deployment()
    } else {
        object.section.and_then(|_| Extension::of(object).registration())
    }
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerRegistrationSpec.
fn selector(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    if let Some(selector) = deployment(object).and_then(RegistrationDeployment::seed_selector) {
        judge_selector(object, selector, findings);
    }
}

fn several(object: &Object, deployment: RegistrationDeployment<'_>, findings: &mut Findings) {
    let references = items(deployment.references());
    if references.len() > 1 {
        let message = format!("a controller has one ControllerDeployment, not {}", references.len());
        findings
            .at_field(object, deployment.node(), "deploymentRefs", message)
            .why("Gardener refuses the registration")
            .help("leave one reference, and register what the others install by itself");
    }
}

fn policy(object: &Object, deployment: RegistrationDeployment<'_>, findings: &mut Findings) {
    let policy = deployment.policy().filter(|policy| !POLICIES.contains(&policy.as_str()));
    if let Some(policy) = policy {
        findings
            .at(object, policy.node, format!("there is no policy `{policy}`"))
            .why("the operator cannot register the extension: Gardener's API server refuses the policy")
            .help(help_with_names(&policy, POLICIES));
    }
}
