//! The Kubernetes version of the virtual garden: upwards, one minor at a time.

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::version::{minors_ahead, parse};
use crate::view::Garden;

pub(in crate::effect) static RULES: &[Rule] = &[Rule {
    code: Code::error("L740", "garden-version-out-of-reach"),
    impact: Impact::Rejected,
    upstream: &["UP-GA-K8S"],
    judge: Judge::Garden(version),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubernetesVersionUpdate.
fn version(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(Both { before, after }) = gardens.map(Garden::kubernetes_version).transpose() else {
        return;
    };
    let Some((old, new)) = parse(&before).zip(parse(&after)) else {
        return;
    };
    let (message, why, help) = if new < old {
        (
            format!("the virtual garden goes back from Kubernetes {before} to {after}"),
            "what a newer Kubernetes has stored, an older one cannot read; the gardener-operator refuses a downgrade",
            format!("keep {before}, or name a later version"),
        )
    } else if minors_ahead(&new, &old).is_some_and(|ahead| ahead > 1) {
        (
            format!("the virtual garden skips from Kubernetes {before} to {after}"),
            "Kubernetes supports an upgrade to the next minor alone, and the gardener-operator refuses any other",
            format!("upgrade to {}.{} first, and further once that is done", old.major, old.minor + 1),
        )
    } else {
        return;
    };
    findings
        .at(gardens.after.object, after.node, message)
        .related(before.node, "as it is in the base")
        .why(why)
        .help(help);
}
