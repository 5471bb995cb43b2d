//! Projects and namespaces: every object lives in a namespace, every namespace of a shoot in a project.

pub(super) mod member;
pub(super) mod text;

use std::collections::BTreeMap;

use super::reference::namespace_of;
use super::repetition::{self, DUPLICATE_ENTRY};
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, Cluster, GARDEN_NAMESPACE};
use crate::landscape::Object;
use crate::name::{is_dns_label, is_dns_subdomain};
use crate::view::{Project, Shoot};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L350", "shoot-name-too-long"),
        upstream: &["XR-NAME-LEN"],
        judge: Judge::Shoot(shoot_name),
    },
    Rule {
        code: Code::error("L351", "namespace-without-project"),
        upstream: &["XR-PROJ-NS"],
        judge: Judge::Landscape(without_project),
    },
    Rule {
        code: Code::error("L352", "namespace-of-two-projects"),
        upstream: &["XR-PROJ-UNIQ"],
        judge: Judge::Kinds(&[kind::PROJECT], two_projects),
    },
    Rule {
        code: Code::error("L353", "project-namespace-without-labels"),
        upstream: &["XR-PROJ-ADOPT"],
        judge: Judge::Kinds(&[kind::NAMESPACE], labels),
    },
    Rule {
        code: Code::warning("L354", "project-without-namespace"),
        upstream: &["XR-PROJ-NSEXPL"],
        judge: Judge::Kinds(&[kind::PROJECT], explicit_namespace),
    },
    Rule {
        code: Code::error("L355", "project-name-invalid"),
        upstream: &["PJ-NAME"],
        judge: Judge::Kinds(&[kind::PROJECT], project_name),
    },
    Rule {
        code: Code::error("L356", "project-namespace-invalid"),
        upstream: &["PJ-NS"],
        judge: Judge::Kinds(&[kind::PROJECT], project_namespace),
    },
    Rule {
        code: Code::error("L357", "namespace-missing"),
        upstream: &["GR-MR-NS"],
        judge: Judge::Object(namespace_missing),
    },
    Rule {
        code: Code::error("L358", "gardenlet-outside-garden"),
        upstream: &["XM-NS", "GL-NS"],
        judge: Judge::Kinds(&[kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET], outside_garden),
    },
    Rule { code: DUPLICATE_ENTRY, upstream: &["PJ-DUAL"], judge: Judge::Kinds(&[kind::PROJECT], approvals) },
];

/// The names of a project and of a shoot in it, together: resources at the provider are named after both.
pub(super) const NAMES_LIMIT: usize = 21;
/// The name of a project.
const PROJECT_NAME_LIMIT: usize = 10;

/// The beginning of the namespace of every project but `garden`.
const NAMESPACE_PREFIX: &str = "garden-";
/// Namespaces that Gardener keeps for itself.
const RESERVED_NAMESPACES: [&str; 3] =
    ["gardener-system-seed-lease", "gardener-system-shoot-issuer", "gardener-system-public"];

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateProjectMembership.
fn shoot_name(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(project) = scope.project(namespace_of(shoot.object)) else {
        return;
    };
    let (project, name) = (project.object, &shoot.object.identity.name);
    let room = NAMES_LIMIT.saturating_sub(project.identity.name.len());
    if name.len() > room {
        let message = format!(
            "`{name}` has {} characters, {room} are left beside the name of the project `{}`",
            name.len(),
            project.identity.name
        );
        findings
            .at(shoot.object, shoot.object.name_node(), message)
            .related(project.name_node(), "the project is declared here")
            .why(format!(
                "what Gardener makes at the provider is named after both; together they may have {NAMES_LIMIT} characters"
            ))
            .help("shorten the name of the shoot");
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, Validate.
///
/// One finding a namespace: what lacks is the project, not something in each of the objects.
fn without_project(scope: &Scope<'_>, findings: &mut Findings) {
    if !scope.complete() {
        return;
    }
    let mut homeless: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    for kind in ["Shoot", "CredentialsBinding", "SecretBinding", "Quota", "NamespacedCloudProfile"] {
        for object in scope.landscape.of_kind(kind) {
            let namespace = namespace_of(object);
            // In `garden`, only shoots are asked for their project.
            let exempt = namespace.is_empty() || namespace == GARDEN_NAMESPACE && kind != "Shoot";
            if !exempt && scope.project(namespace).is_none() {
                homeless.entry(namespace).or_default().push(object);
            }
        }
    }
    for (namespace, objects) in homeless {
        let Some((first, others)) = objects.split_first() else {
            continue;
        };
        let more = match others.len() {
            0 => String::new(),
            1 => " and one more object".to_owned(),
            more => format!(" and {more} more objects"),
        };
        let message =
            format!("no project has the namespace `{namespace}`, where {}{more} lives", first.identity);
        let place = first.root.at(&["metadata", "namespace"]).unwrap_or(first.name_node());
        let name = namespace.strip_prefix(NAMESPACE_PREFIX).unwrap_or(namespace);
        let raised = findings
            .at(first, place, message)
            .why("Gardener's API server refuses a shoot in a namespace that belongs to no project")
            .help(format!("declare a Project with `spec.namespace: {namespace}`, or correct the namespace"));
        let unbound = scope.landscape.find("Project", "", name).map(Project::of);
        if let Some(project) = unbound.filter(|project| project.namespace().is_none()) {
            raised.related(project.object.name_node(), "this project does not say its namespace");
        }
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureProjectNamespace.
fn two_projects(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(namespace) = Project::of(object).namespace() else {
        return;
    };
    let Some(first) = scope.project(&namespace) else {
        return;
    };
    if first.object.identity != object.identity {
        findings
            .at(
                object,
                namespace.node,
                format!(
                    "the namespace `{namespace}` belongs to the project `{}` already",
                    first.object.identity.name
                ),
            )
            .related(first.object.name_node(), "the other project is declared here")
            .why("Gardener's API server refuses a second project with the same namespace")
            .help("give the project a namespace of its own");
    }
}

/// Upstream: pkg/controllermanager/controller/project/project/reconciler.go, reconcileNamespaceForProject.
fn labels(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    // Both clusters have a namespace `garden`; only the virtual garden's belongs to a project.
    let elsewhere = object.cluster() == Cluster::Runtime
        || object.section.is_none() && object.identity.name == GARDEN_NAMESPACE;
    if elsewhere {
        return;
    }
    let Some(project) = scope.project(&object.identity.name) else {
        return;
    };
    let name = &project.object.identity.name;
    let wanted = [("gardener.cloud/role", "project"), ("project.gardener.cloud/name", name.as_str())];
    let metadata = object.root.get("metadata").unwrap_or(&object.root);
    for (label, value) in wanted {
        let raised = match metadata.at(&["labels", label]) {
            Some(node) if node.as_str() == Some(value) => continue,
            Some(node) => {
                let message = format!("the label `{label}` of a project's namespace is not `{value}`");
                findings.at(object, node, message)
            }
            None => {
                let message = format!("the namespace of a project has no label `{label}`");
                findings.missing(object, metadata, &format!("labels[{label}]"), message)
            }
        };
        raised
            .related(project.object.name_node(), "the project is declared here")
            .why("Gardener takes a namespace over for a project only with its labels; the project stays `Failed` otherwise")
            .help(format!("set the label `{label}: {value}`, or leave the namespace to Gardener"));
    }
}

/// Upstream: pkg/controllermanager/controller/project/project/reconciler.go, reconcileNamespaceForProject.
fn explicit_namespace(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if scope.complete() && Project::of(object).namespace().is_none() {
        let name = &object.identity.name;
        let spec = object.root.get("spec").unwrap_or(&object.root);
        let field = if object.root.get("spec").is_some() { "namespace" } else { "spec.namespace" };
        findings
            .missing(object, spec, field, format!("the project `{name}` does not say its namespace"))
            .why("Gardener makes up a name that nobody knows beforehand, so nothing in the landscape can live there")
            .help(format!("set `spec.namespace: {NAMESPACE_PREFIX}{name}`"));
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectWithOpts.
fn project_name(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let name = &object.identity.name;
    let (fault, help) = if name.is_empty() {
        return;
    } else if name.len() > PROJECT_NAME_LIMIT {
        let fault = format!("has {} characters, more than {PROJECT_NAME_LIMIT}", name.len());
        (fault, format!("use at most {PROJECT_NAME_LIMIT} characters"))
    } else if name.contains("--") {
        let fault = "has two hyphens in a row".to_owned();
        (fault, "use one: Gardener separates its own names with two".to_owned())
    } else if !is_dns_subdomain(name) {
        let help = "use lower-case letters, digits, `-` and `.`, beginning and ending with a letter or digit";
        ("is no DNS name".to_owned(), help.to_owned())
    } else {
        return;
    };
    findings
        .at(object, object.name_node(), format!("the name `{name}` of a project {fault}"))
        .why("Gardener's API server refuses the project: what it makes at providers is named after it")
        .help(help);
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectSpec.
fn project_namespace(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let namespace = object.root.at(&["spec", "namespace"]);
    let Some((node, namespace)) = namespace.and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    let fault = if RESERVED_NAMESPACES.contains(&namespace) {
        "is one that Gardener keeps for itself"
    } else if namespace != GARDEN_NAMESPACE && !namespace.starts_with(NAMESPACE_PREFIX) {
        "does not begin with `garden-`"
    } else if !is_dns_label(namespace) {
        "is no DNS label"
    } else {
        return;
    };
    findings
        .at(object, node, format!("the namespace `{namespace}` of a project {fault}"))
        .why("Gardener's API server refuses the project")
        .help(format!("use `{NAMESPACE_PREFIX}{}`", object.identity.name));
}

/// Upstream: pkg/resourcemanager/controller/managedresource/reconciler.go, reconcile.
///
/// Outside of a landscape a namespace may come from the command that applies the manifest; not so for what belongs to a
/// project, of which there are many.
fn namespace_missing(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let identity = &object.identity;
    let written = object.root.at(&["metadata", "namespace"]).is_some_and(|node| node.as_str() != Some(""));
    let of_project = matches!(identity.group(), "core.gardener.cloud" | "security.gardener.cloud")
        || matches!(&*identity.kind, "ManagedSeed" | "ManagedSeedSet");
    let lacks = (object.section.is_some() || of_project) && !written;
    if lacks && kind::is_namespaced(identity) == Some(true) {
        let (metadata, field) = match object.root.get("metadata") {
            Some(metadata) => (metadata, "namespace"),
            None => (&object.root, "metadata.namespace"),
        };
        let message = format!("the {} `{}` has no namespace", identity.kind, identity.name);
        findings
            .missing(object, metadata, field, message)
            .why("it would end up in the namespace `default`, where nothing looks for it")
            .help("set `metadata.namespace`");
    }
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, Validate; pkg/api/seedmanagement/validation/gardenlet.go,
/// ValidateGardenlet.
fn outside_garden(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let kind = &object.identity.kind;
    let namespace = object.root.at(&["metadata", "namespace"]);
    let elsewhere = namespace.filter(|namespace| namespace.as_str() != Some(GARDEN_NAMESPACE));
    if let Some(namespace) = elsewhere {
        findings
            .at(object, namespace, format!("a {kind} lives in the namespace `{GARDEN_NAMESPACE}`"))
            .why("Gardener's API server refuses it in any other")
            .help(format!("set `namespace: {GARDEN_NAMESPACE}`"));
    }
}

/// Upstream: pkg/api/core/validation/project.go, validateDualApprovalForDeletion.
fn approvals(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let resources = Project::of(object).approvals().filter_map(|approval| approval.resource());
    repetition::of_texts(object, resources, "resource", findings);
}
