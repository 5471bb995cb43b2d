//! WorkloadIdentities: who their tokens are for, and what the tokens call them.

use super::CREDENTIALS_INVALID;
use crate::check::reference::namespace_of;
use crate::check::repetition::{self, DUPLICATE_ENTRY};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Text, WorkloadIdentity};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: CREDENTIALS_INVALID,
        upstream: &["WI-AUD"],
        judge: Judge::Kinds(&[kind::WORKLOAD_IDENTITY], empty_audiences),
    },
    Rule {
        code: DUPLICATE_ENTRY,
        upstream: &["WI-AUD"],
        judge: Judge::Kinds(&[kind::WORKLOAD_IDENTITY], repeated_audiences),
    },
    Rule {
        code: CREDENTIALS_INVALID,
        upstream: &["WI-AUD"],
        judge: Judge::Kinds(&[kind::WORKLOAD_IDENTITY], subject),
    },
];

/// The beginning of the subject of every token.
const SUBJECT_PREFIX: &str = "gardener.cloud:workloadidentity";
/// The longest subject of a token.
const SUBJECT_LIMIT: usize = 255;
/// The characters of a unique id.
const UID_LENGTH: usize = 36;

/// Upstream: pkg/api/security/validation/workloadidentity.go, validateAudiences.
fn empty_audiences(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for audience in audiences(object).iter().filter(|audience| audience.as_str() == Some("")) {
        findings
            .at(object, audience, "an empty audience")
            .why("a token for nobody in particular could be used everywhere")
            .help("name who checks the token");
    }
}

/// Upstream: pkg/api/security/validation/workloadidentity.go, validateAudiences.
fn repeated_audiences(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let audiences = audiences(object).iter().filter_map(Text::written);
    repetition::of_texts(object, audiences, "audience", findings);
}

fn audiences(object: &Object) -> &[Node] {
    WorkloadIdentity::of(object).audiences().map(Node::items).unwrap_or_default()
}

/// Upstream: pkg/api/security/validation/workloadidentity.go, validateSubClaim.
fn subject(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    const WHY: &str = "the API server makes it of the namespace, the name and the unique id";
    let identity = WorkloadIdentity::of(object);
    let (namespace, name) = (namespace_of(object), object.identity.name.as_str());
    let uid = identity.uid().map_or("", Text::as_str);
    if let Some(subject) = identity.subject() {
        let expected = [SUBJECT_PREFIX, namespace, name, uid].join(":");
        if *subject != *expected {
            findings
                .at(object, subject.node, format!("the subject `{subject}` is not that of the identity"))
                .why(WHY)
                .help("remove `status`");
        }
    }
    // Three colons stand between the four parts.
    let uid = if uid.is_empty() { UID_LENGTH } else { uid.len() };
    let length = SUBJECT_PREFIX.len() + namespace.len() + name.len() + uid + 3;
    if length > SUBJECT_LIMIT || !namespace.is_ascii() || !name.is_ascii() {
        let message =
            format!("the subject of its tokens would have {length} bytes or other letters than ASCII");
        findings
            .named(object, object.name_node(), "status.sub", message)
            .why("providers take subjects of at most 255 ASCII characters")
            .help("shorten the name");
    }
}
