//! The admission controller's limits of resources: each limits something, for everyone but subjects that exist.

use super::REFUSED;
use crate::check::registration::{given, items};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{AdmissionSubject, Garden, ResourceLimit};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L491", "resource-admission-invalid"),
    upstream: &[],
    judge: Judge::Kinds(&[GARDEN], configuration),
}];

const RBAC: &str = "rbac.authorization.k8s.io";

/// Upstream: pkg/api/config/admissioncontroller/v1alpha1/validation/validation.go,
/// ValidateResourceAdmissionConfiguration.
fn configuration(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let subjects = items(garden.unlimited_subjects()).iter().map(AdmissionSubject::of);
    subjects.for_each(|subject| judge_subject(subject, object, findings));
    garden.resource_limits().for_each(|limit| judge_limit(limit, object, findings));
}

fn text(node: Option<&Node>) -> &str {
    given(node).and_then(Node::as_str).unwrap_or_default()
}

/// Whether a value is missing or empty; one of another type is the schema's business.
fn is_empty(node: Option<&Node>) -> bool {
    given(node).is_none_or(|node| node.as_str() == Some(""))
}

fn judge_subject(subject: AdmissionSubject<'_>, object: &Object, findings: &mut Findings) {
    let mut fault = |field: &str, message: String, help: &str| {
        if subject.node().get(field).is_some() {
            findings.at_field(object, subject.node(), field, message).why(REFUSED).help(help);
        } else {
            findings.missing(object, subject.node(), field, message).why(REFUSED).help(help);
        }
    };
    // The schema tells of a name that is not there at all.
    if given(subject.name()).is_some_and(|name| name.as_str() == Some("")) {
        fault("name", "the subject has no name".to_owned(), "set `name`");
    }
    let Some(kind) = subject.kind() else { return };
    let (namespace, group) = (text(subject.namespace()), text(subject.api_group()));
    match kind.as_str() {
        "ServiceAccount" => {
            if is_empty(subject.namespace()) {
                fault("namespace", "the ServiceAccount has no namespace".to_owned(), "set `namespace`");
            }
            if !group.is_empty() {
                fault(
                    "apiGroup",
                    format!("a ServiceAccount is not in the group `{group}`"),
                    "remove `apiGroup`",
                );
            }
        }
        "User" | "Group" => {
            if !namespace.is_empty() {
                fault("namespace", format!("a {kind} has no namespace"), "remove `namespace`");
            }
            let readable = given(subject.api_group()).is_none_or(|group| group.as_str().is_some());
            if readable && group != RBAC {
                fault(
                    "apiGroup",
                    format!("a {kind} is in the group `{RBAC}`"),
                    "set `apiGroup: rbac.authorization.k8s.io`",
                );
            }
        }
        _ => {}
    }
}

fn judge_limit(limit: ResourceLimit<'_>, object: &Object, findings: &mut Findings) {
    let node = limit.node();
    if node.as_mapping().is_none() {
        return;
    }
    for (field, named) in [("resources", true), ("apiGroups", false), ("apiVersions", true)] {
        let list = node.get(field);
        let readable = given(list).is_none_or(|list| list.as_mapping().is_none() && list.as_str().is_none());
        // The schema tells of resources that are not there at all.
        let left_out = given(list).is_none();
        if items(list).is_empty() && readable && !(left_out && field == "resources") {
            let message = format!("the limit has no `{field}`");
            let raised = if left_out {
                findings.missing(object, node, field, message)
            } else {
                findings.at_field(object, node, field, message)
            };
            raised.why(REFUSED).help(format!("list at least one of `{field}`"));
        }
        for item in items(list).iter().filter(|item| named && item.as_str() == Some("")) {
            findings
                .at(object, item, format!("one of `{field}` is empty"))
                .why(REFUSED)
                .help("write its name, or `*` for all");
        }
    }
    if given(node.get("count")).is_none() && given(node.get("size")).is_none() {
        findings
            .at(object, node, "the limit limits nothing")
            .why(REFUSED)
            .help("set `count`, `size` or both");
    }
    if let Some(count) = limit.count().filter(|count| count.value < 0) {
        negative(object, count.node, findings);
    }
    if let Some(size) = limit.size().filter(|size| size.quantity < Quantity::default()) {
        negative(object, size.node, findings);
    }
}

fn negative(object: &Object, node: &Node, findings: &mut Findings) {
    findings.at(object, node, "the limit is negative").why(REFUSED).help("choose zero or more");
}
