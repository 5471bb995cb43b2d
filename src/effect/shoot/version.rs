//! The Kubernetes version of a shoot: upwards, one minor at a time.

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::version::{minors_ahead, parse};
use crate::view::Shoot;

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L711", "kubernetes-version-lowered"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-K8S-DOWN"],
        judge: Judge::ShootTemplate(lowered),
    },
    Rule {
        code: Code::error("L712", "kubernetes-minor-skipped"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-K8S-SKIP"],
        judge: Judge::ShootTemplate(skipped),
    },
];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubernetesVersionUpdate.
fn lowered(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(Both { before, after }) = shoots.map(Shoot::kubernetes_version).transpose() else {
        return;
    };
    if parse(&before).zip(parse(&after)).is_some_and(|(before, after)| after < before) {
        findings
            .at(
                shoots.after.object,
                after.node,
                format!("the Kubernetes version goes back from {before} to {after}"),
            )
            .related(before.node, "as it is in the base")
            .why("what a newer Kubernetes has stored, an older one cannot read; Gardener refuses a downgrade")
            .help(format!("keep {before}, or name a later version"));
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubernetesVersionUpdate.
fn skipped(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(Both { before, after }) = shoots.map(Shoot::kubernetes_version).transpose() else {
        return;
    };
    let Some((old, new)) = parse(&before).zip(parse(&after)) else {
        return;
    };
    if minors_ahead(&new, &old).is_some_and(|ahead| ahead > 1) {
        let next = format!("{}.{}", old.major, old.minor + 1);
        findings
            .at(
                shoots.after.object,
                after.node,
                format!("the Kubernetes version skips from {before} to {after}"),
            )
            .related(before.node, "as it is in the base")
            .why("Kubernetes supports an upgrade to the next minor alone, and Gardener refuses any other")
            .help(format!("upgrade to {next} first, and further once that is done"));
    }
}
