//! Lists that hold one thing twice, where each may stand once.

use super::{Findings, Judge, Rule, Scope};
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
    judge(object, resources.map(|resource| (resource.node, resource.as_str())), "the resource", findings);
}

/// Upstream: pkg/api/security/validation/workloadidentity.go, validateAudiences.
fn audiences(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let audiences = WorkloadIdentity::of(object).audiences().map(Node::items).unwrap_or_default();
    let texts = audiences.iter().filter_map(|audience| Some((audience, audience.as_str()?)));
    judge(object, texts, "the audience", findings);
}

/// Reports every text that an earlier one repeats.
pub(super) fn judge<'a>(
    object: &Object,
    entries: impl Iterator<Item = (&'a Node, &'a str)>,
    what: &str,
    findings: &mut Findings,
) {
    let mut seen: Vec<(&Node, &str)> = Vec::new();
    for (node, text) in entries {
        match seen.iter().find(|(_, earlier)| *earlier == text) {
            Some((first, _)) => {
                findings
                    .at(object, node, format!("{what} `{text}` stands here twice"))
                    .related(first, "the first time")
                    .why("Gardener's API server refuses a list that says something twice")
                    .help("remove one of the two");
            }
            None => seen.push((node, text)),
        }
    }
}

/// The texts of a list, with their places.
pub(super) fn texts<'a>(items: impl Iterator<Item = Text<'a>>) -> impl Iterator<Item = (&'a Node, &'a str)> {
    items.map(|text| (text.node, text.as_str()))
}
