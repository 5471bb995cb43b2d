//! References to objects of the same landscape, as far as a reference alone can be judged: whole, and of a kind that will
//! do.

use super::Findings;
use super::name_form::NameForm;
use crate::diagnostic::help_with_others;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::ObjectReference;

/// API version and kind of an object that may be referred to.
type Kind = (&'static str, &'static str);

/// What extensions of shoots and seeds may refer to.
///
/// Upstream: pkg/api/core/validation/utils.go, validateCrossVersionObjectReference.
pub(super) const RESOURCES: &[Kind] =
    &[("v1", "Secret"), ("v1", "ConfigMap"), ("security.gardener.cloud/v1alpha1", "WorkloadIdentity")];

/// What holds credentials.
///
/// Upstream: pkg/api/core/validation/utils.go, validateCredentialsRef.
pub(super) const CREDENTIALS: &[Kind] = &[
    ("v1", "Secret"),
    ("core.gardener.cloud/v1beta1", "InternalSecret"),
    ("security.gardener.cloud/v1alpha1", "WorkloadIdentity"),
];

/// Reports the parts that the reference in a field of `parent` lacks. `asked` are all parts; the schema asks for some of
/// them itself once there is a reference, and `unasked` are those it does not ask for.
pub(super) fn incomplete(
    object: &Object,
    (parent, field): (&Node, &str),
    asked: &[&str],
    unasked: &[&str],
    findings: &mut Findings,
) {
    let parts = if parent.get(field).is_some() { unasked } else { asked };
    for part in parts {
        if parent.at(&[field, part]).is_some_and(|node| node.as_str() != Some("")) {
            continue;
        }
        findings
            .lacking(object, parent, &[field, part], format!("the reference does not say its `{part}`"))
            .why("Gardener's API server refuses a reference that does not tell which object is meant")
            .help(format!("set `{field}.{part}`"));
    }
}

/// Reports that the reference in a field of `parent` is to an object of a kind that will not do.
pub(super) fn of_other_kind(
    object: &Object,
    (parent, field): (&Node, &str),
    kinds: &[Kind],
    findings: &mut Findings,
) {
    // Of a part that is no text the schema speaks.
    let part = |part| parent.at(&[field, part]).map_or(Some(""), Node::as_str);
    let (Some(version), Some(kind)) = (part("apiVersion"), part("kind")) else {
        return;
    };
    if kinds.contains(&(version, kind)) {
        return;
    }
    let message = match (version, kind) {
        (_, "") => "the reference does not tell a kind that can be referred to here".to_owned(),
        ("", _) => format!("a `{kind}` without an API version cannot be referred to here"),
        _ => format!("a `{kind}` of `{version}` cannot be referred to here"),
    };
    let allowed: Vec<String> = kinds.iter().map(|(version, kind)| format!("{kind} of {version}")).collect();
    findings
        .at_field(object, parent, field, message)
        .why("Gardener's API server refuses references to objects of other kinds")
        .help(help_with_others(allowed.iter().map(String::as_str)));
}

/// Reports that the name or the namespace of a reference is none.
pub(super) fn misnamed(object: &Object, reference: ObjectReference<'_>, findings: &mut Findings) {
    for (part, what) in [
        (reference.name(), "the name of the reference"),
        (reference.namespace(), "the namespace of the reference"),
    ] {
        if let Some(part) = part {
            NameForm::Subdomain.require(object, part, what, findings);
        }
    }
}
