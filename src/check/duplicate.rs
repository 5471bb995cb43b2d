//! Lists that hold one thing twice, where each may stand once.

use super::{Findings, Judge, Rule, Scope, repetition};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Project, Text, WorkloadIdentity};

/// An entry of a list that an earlier one repeats.
pub(super) const DUPLICATE_ENTRY: Code = Code::error("L363", "duplicate-entry");

pub(super) static RULES: &[Rule] = &[
    Rule { code: DUPLICATE_ENTRY, upstream: &["PJ-DUAL"], judge: Judge::Kinds(&[kind::PROJECT], approvals) },
    Rule {
        code: DUPLICATE_ENTRY,
        upstream: &["WI-AUD"],
        judge: Judge::Kinds(&[kind::WORKLOAD_IDENTITY], audiences),
    },
];

/// Upstream: pkg/api/core/validation/project.go, validateDualApprovalForDeletion.
fn approvals(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let resources = Project::of(object).approvals().filter_map(|approval| approval.resource());
    repetition::of_texts(object, resources, "resource", findings);
}

/// Upstream: pkg/api/security/validation/workloadidentity.go, validateAudiences.
fn audiences(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let audiences = WorkloadIdentity::of(object).audiences().map(Node::items).unwrap_or_default();
    repetition::of_texts(object, audiences.iter().filter_map(Text::written), "audience", findings);
}
