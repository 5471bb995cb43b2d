//! Grants: who is given access, by which role, to what.

use super::name_form::NameForm;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{self, RBAC_GROUP};
use crate::landscape::Object;
use crate::name::is_path_segment;
use crate::syntax::Node;
use crate::view::{Subject, Text};

/// A subject, a role or a rule that nobody could act on.
pub(super) const GRANT_MALFORMED: Code = Code::error("L364", "grant-malformed");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: GRANT_MALFORMED,
        upstream: &[],
        judge: Judge::Kinds(&[kind::ROLE_BINDING, kind::CLUSTER_ROLE_BINDING], bindings),
    },
    Rule {
        code: GRANT_MALFORMED,
        upstream: &[],
        judge: Judge::Kinds(&[kind::ROLE, kind::CLUSTER_ROLE], rules),
    },
];

const KINDS: [&str; 3] = ["Group", "ServiceAccount", "User"];
const WHY: &str = "the API server refuses a grant that names nobody or nothing";

/// Reports what is wrong with a subject of a project; `defaulted` when the API group of its kind may be left out.
///
/// Upstream: pkg/api/core/validation/project.go, ValidateSubject.
pub(super) fn judge_subject(object: &Object, subject: Subject<'_>, defaulted: bool, findings: &mut Findings) {
    let Some(kind) = subject.kind() else {
        return;
    };
    match kind.as_str() {
        "ServiceAccount" => service_account(object, subject, findings),
        "User" | "Group" => {
            api_group_of_people(object, subject, defaulted, findings);
            if let Some(namespace) = subject.namespace() {
                findings
                    .at(object, namespace.node, format!("a {kind} has no namespace"))
                    .why(WHY)
                    .help("remove `namespace`, or set `kind: ServiceAccount`");
            }
        }
        unknown => unknown_kind(object, kind.node, unknown, &KINDS, findings),
    }
}

fn unknown_kind(object: &Object, node: &Node, unknown: &str, known: &[&str], findings: &mut Findings) {
    findings
        .at(object, node, format!("the kind `{unknown}` is not supported here"))
        .why(WHY)
        .help(help_with_names(unknown, known.iter().copied()));
}

fn api_group_of_people(object: &Object, subject: Subject<'_>, defaulted: bool, findings: &mut Findings) {
    let help = format!("set `apiGroup: {RBAC_GROUP}`");
    match subject.api_group() {
        Some(group) if *group == *RBAC_GROUP => {}
        Some(group) => {
            let message = format!("users and groups are not of the API group `{group}`");
            findings.at(object, group.node, message).why(WHY).help(help);
        }
        None if defaulted => {}
        None => {
            let message = "a user or a group without its API group";
            findings.missing(object, subject.node(), "apiGroup", message).why(WHY).help(help);
        }
    }
}

fn service_account(object: &Object, subject: Subject<'_>, findings: &mut Findings) {
    service_account_itself(object, subject, findings);
    match subject.namespace() {
        None => {
            findings
                .missing(object, subject.node(), "namespace", "a ServiceAccount without its namespace")
                .why(WHY)
                .help("set `namespace`");
        }
        Some(namespace) => {
            NameForm::Label.require(object, namespace, "the namespace of a ServiceAccount", findings);
        }
    }
}

fn service_account_itself(object: &Object, subject: Subject<'_>, findings: &mut Findings) {
    if let Some(name) = subject.name() {
        NameForm::Subdomain.require(object, name, "the name of a ServiceAccount", findings);
    }
    if let Some(group) = subject.api_group() {
        findings
            .at(object, group.node, "a ServiceAccount has no API group")
            .why(WHY)
            .help("remove `apiGroup`");
    }
}

/// Upstream: Kubernetes' ValidateRoleBinding, ValidateClusterRoleBinding and ValidateRoleBindingSubject.
fn bindings(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let in_namespace = &*object.identity.kind == "RoleBinding";
    for subject in object.root.get("subjects").map(Node::items).unwrap_or_default().iter().map(Subject::of) {
        match subject.kind().as_ref().map(|kind| kind.as_str()) {
            Some("ServiceAccount") => {
                service_account_itself(object, subject, findings);
                if !in_namespace && subject.namespace().is_none() {
                    findings
                        .missing(
                            object,
                            subject.node(),
                            "namespace",
                            "a ServiceAccount without its namespace",
                        )
                        .why(WHY)
                        .help("set `namespace`");
                }
            }
            Some("User" | "Group") => api_group_of_people(object, subject, true, findings),
            Some(unknown) => {
                let node = subject.kind().map_or(subject.node(), |kind| kind.node);
                unknown_kind(object, node, unknown, &KINDS, findings);
            }
            None => {}
        }
    }
    let known: &[&str] = if in_namespace { &["ClusterRole", "Role"] } else { &["ClusterRole"] };
    if let Some(role) = object.root.get("roleRef") {
        role_reference(object, role, known, findings);
    }
}

fn role_reference(object: &Object, role: &Node, known: &[&str], findings: &mut Findings) {
    let text = |field| role.get(field).and_then(Text::of);
    if let Some(group) = text("apiGroup").filter(|group| **group != *RBAC_GROUP) {
        findings
            .at(object, group.node, format!("roles are not of the API group `{group}`"))
            .why(WHY)
            .help(format!("set `apiGroup: {RBAC_GROUP}`"));
    }
    if let Some(kind) = text("kind").filter(|kind| !known.contains(&kind.as_str())) {
        unknown_kind(object, kind.node, &kind, known, findings);
    }
    if let Some(name) = text("name").filter(|name| !is_path_segment(name)) {
        findings
            .at(object, name.node, format!("`{name}` is no name of a role"))
            .why(WHY)
            .help("leave out `/` and `%`");
    }
}

/// Upstream: Kubernetes' ValidateRole, ValidateClusterRole and ValidatePolicyRule.
fn rules(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for rule in object.root.get("rules").map(Node::items).unwrap_or_default() {
        let lists = |field: &str| rule.get(field).is_some_and(|list| !list.items().is_empty());
        if lists("nonResourceURLs") {
            if let Some(fault) = url_fault(object, lists) {
                findings
                    .at_field(object, rule, "nonResourceURLs", fault)
                    .why(WHY)
                    .help("write a rule of its own for the URLs, in a ClusterRole");
            }
            continue;
        }
        for (field, what) in [("apiGroups", "API group"), ("resources", "resource")] {
            if !lists(field) {
                findings
                    .missing(object, rule, field, format!("a rule for no {what}"))
                    .why(WHY)
                    .help(format!("add `{field}`; the group of core Kubernetes is `\"\"`"));
            }
        }
    }
    let aggregation = object.root.get("aggregationRule");
    let chooses = |rule: &Node| rule.get("clusterRoleSelectors").is_some_and(|list| !list.items().is_empty());
    if let Some(rule) = aggregation.filter(|rule| object.identity.kind == "ClusterRole" && !chooses(rule)) {
        findings
            .missing(object, rule, "clusterRoleSelectors", "a ClusterRole is put together of none")
            .why(WHY)
            .help("add a selector, or remove `aggregationRule`");
    }
}

fn url_fault(object: &Object, lists: impl Fn(&str) -> bool) -> Option<&'static str> {
    if object.identity.kind == "Role" {
        return Some("a Role, which is for a namespace, gives no access to URLs");
    }
    let both = ["apiGroups", "resources", "resourceNames"].into_iter().any(lists);
    both.then_some("a rule is for URLs or for resources, not for both")
}
