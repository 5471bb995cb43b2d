//! Quotas: what they limit, and whether the shoots that share one stay below.

pub(super) mod usage;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Quota, Text};

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L368", "quota-invalid"),
    upstream: &["QU-METRIC", "QU-SCOPE"],
    judge: Judge::Kinds(&[kind::QUOTA], quota),
}];

/// What a quota can limit, in the order it is summed up in.
///
/// Upstream: pkg/apis/core/types_quota.go, the constants QuotaMetric….
const METRICS: [&str; 6] = ["cpu", "gpu", "memory", "storage.standard", "storage.premium", "loadbalancer"];

/// Whose use of something a quota limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limited {
    /// All shoots of a project together.
    Project,
    /// All shoots with the same credentials, wherever they are.
    Credentials,
}

impl Limited {
    /// What a quota limits; nothing when its scope is not known.
    ///
    /// Upstream: pkg/api/core/helper/quota.go, QuotaScope.
    pub(super) fn by(quota: Quota<'_>) -> Option<Self> {
        let scope = quota.scope()?;
        match (scope.api_version()?.as_str(), scope.kind()?.as_str()) {
            ("core.gardener.cloud/v1beta1", "Project") => Some(Self::Project),
            ("v1", "Secret") | ("security.gardener.cloud/v1alpha1", "WorkloadIdentity") => {
                Some(Self::Credentials)
            }
            _ => None,
        }
    }
}

/// Upstream: pkg/api/core/validation/quota.go, ValidateQuotaSpec.
fn quota(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let quota = Quota::of(object);
    if let Some(days) = quota.lifetime().filter(|days| days.value < 1) {
        findings
            .at(object, days.node, format!("shoots that live {} days", days.value))
            .why("Gardener's API server refuses a lifetime of less than a day")
            .help("set at least 1, or leave it out");
    }
    scope(object, quota, findings);
    for entry in quota.metrics().map(Node::entries).unwrap_or_default() {
        let name = entry.key.name.as_str();
        let path = format!("spec.metrics[{name}]");
        if !METRICS.contains(&name) {
            findings
                .named(object, &entry.value, path.as_str(), format!("a quota cannot limit `{name}`"))
                .why("Gardener's API server refuses a quota with a metric it does not count")
                .help(help_with_names(name, METRICS));
        }
        if Amount::of(&entry.value).is_some_and(|amount| amount.quantity < Quantity::default()) {
            findings
                .named(object, &entry.value, path, format!("a negative limit of `{name}`"))
                .why("Gardener's API server refuses a quota that nothing could stay below")
                .help("set 0 or more");
        }
    }
}

fn scope(object: &Object, quota: Quota<'_>, findings: &mut Findings) {
    if Limited::by(quota).is_some() {
        return;
    }
    let raised = match (quota.scope(), object.root.get("spec")) {
        (Some(scope), _) => {
            let kind = scope.kind().map_or("", Text::as_str);
            let version = scope.api_version().map_or("", Text::as_str);
            findings.at(object, scope.node(), format!("no quota is for a `{kind}` of `{version}`"))
        }
        // The schema misses it already.
        (None, Some(_)) => return,
        (None, None) => findings.missing(object, &object.root, "spec.scope", "a quota for nothing"),
    };
    raised.why("it is counted for a project, or for credentials").help(
        "refer to `Project` of `core.gardener.cloud/v1beta1`, `Secret` of `v1`, or `WorkloadIdentity` of \
         `security.gardener.cloud/v1alpha1`",
    );
}
