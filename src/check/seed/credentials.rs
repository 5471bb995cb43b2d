//! References to credentials: of what kind they are, and whether they say all that finds them.

use crate::check::Findings;
use crate::landscape::Object;
use crate::name::is_dns_subdomain;
use crate::syntax::{Node, Value};

/// The kinds that hold credentials.
const SUPPORTED: [(&str, &str); 3] = [
    ("v1", "Secret"),
    ("core.gardener.cloud/v1beta1", "InternalSecret"),
    ("security.gardener.cloud/v1alpha1", "WorkloadIdentity"),
];

const WHY: &str = "Gardener's API server refuses credentials that it cannot find";

const FIELD: &str = "credentialsRef";

/// Reports what is wrong with the `credentialsRef` of a part of an object, if that has one.
///
/// Upstream: pkg/api/core/validation/utils.go, validateCredentialsRef, with a namespace.
pub(in crate::check) fn judge(object: &Object, owner: &Node, findings: &mut Findings) {
    if owner.get(FIELD).is_some_and(|reference| reference.as_mapping().is_some()) {
        judge_required(object, owner, findings);
    }
}

/// Reports what is wrong with the `credentialsRef` that a part of an object must have; a missing one is one without any
/// of its fields.
///
/// Upstream: pkg/api/core/validation/utils.go, validateCredentialsRef, with a namespace.
pub(super) fn judge_required(object: &Object, owner: &Node, findings: &mut Findings) {
    let written = owner.get(FIELD);
    if owner.as_mapping().is_none() || written.is_some_and(|reference| reference.as_mapping().is_none()) {
        return;
    }
    for field in ["apiVersion", "kind", "name", "namespace"] {
        let message = format!("the reference to the credentials has no `{field}`");
        let raised = findings.require(object, owner, &[FIELD, field], message);
        raised.map(|raised| raised.why(WHY).help(format!("add `{field}`")));
    }
    let nothing = Node::new(Value::Null, owner.span);
    let reference = written.unwrap_or(&nothing);
    for field in ["name", "namespace"] {
        let written = reference.get(field).and_then(|node| Some((node, node.as_str()?)));
        if let Some((node, text)) = written.filter(|(_, text)| !text.is_empty() && !is_dns_subdomain(text)) {
            let message = format!("`{text}` is no {field} that credentials can have");
            let raised = findings.at(object, node, message);
            raised.why(WHY).help("use lower-case letters, digits, `-` and `.`");
        }
    }
    if !is_supported(reference) {
        let message = "the reference leads to no kind of credentials";
        findings.at_field(object, owner, FIELD, message).why(WHY).help(
            "refer to a `Secret` of `v1`, an `InternalSecret` of `core.gardener.cloud/v1beta1` or a `WorkloadIdentity` of \
             `security.gardener.cloud/v1alpha1`",
        );
    }
}

/// Whether the kind can hold credentials; one that is not even a text counts as such.
fn is_supported(reference: &Node) -> bool {
    let text = |field| reference.get(field).map_or(Some(""), Node::as_str);
    match (text("apiVersion"), text("kind")) {
        (Some(version), Some(kind)) => SUPPORTED.contains(&(version, kind)),
        _ => true,
    }
}
