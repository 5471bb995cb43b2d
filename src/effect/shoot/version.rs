//! The Kubernetes versions of a shoot and of its pools: upwards, one minor at a time.

use super::IN_BASE;
use super::pool::{Pair, pairs};
use crate::check::{Findings, Raised};
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::version::{Prefix, parse};
use crate::view::{Shoot, Text};

const LOWERED: Code = Code::error("L711", "kubernetes-version-lowered");
const SKIPPED: Code = Code::error("L712", "kubernetes-minor-skipped");

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: LOWERED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-K8S-DOWN"],
        judge: Judge::ShootTemplate(lowered),
    },
    Rule {
        code: LOWERED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-POOLVER"],
        judge: Judge::ShootTemplate(lowered_in_pools),
    },
    Rule {
        code: SKIPPED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-K8S-SKIP"],
        judge: Judge::ShootTemplate(skipped),
    },
    Rule {
        code: SKIPPED,
        impact: Impact::Rejected,
        upstream: &["UP-SH-POOLVER"],
        judge: Judge::ShootTemplate(skipped_in_pools),
    },
];

/// A version as far as it is written: of `1.36`, Gardener's API server chooses the patch.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Release {
    major: u64,
    minor: u64,
    patch: Option<u64>,
}

impl Release {
    /// Upstream: pkg/utils/version/version.go, Normalize; what follows the numbers does not count.
    fn of(text: Text<'_>) -> Option<Self> {
        let numbers = text.split(['-', '+', '~']).next()?;
        let version = parse(numbers).filter(|_| numbers.contains('.'))?;
        let patch = Prefix::parse(numbers).is_none().then_some(version.patch);
        Some(Self { major: version.major, minor: version.minor, patch })
    }

    /// Whether it is older than another, whatever patches are chosen.
    fn is_below(self, other: Self) -> bool {
        let minors = [self, other].map(|release| (release.major, release.minor));
        match (minors, self.patch.zip(other.patch)) {
            ([own, others], Some((patch, other))) if own == others => patch < other,
            ([own, others], _) => own < others,
        }
    }

    /// Whether a minor lies between another and it.
    fn skips(self, other: Self) -> bool {
        (self.major, self.minor) >= (other.major, other.minor + 2)
    }
}

/// The version of the control plane on both sides.
fn versions(shoots: Both<Shoot<'_>>) -> Option<(Both<Text<'_>>, Both<Release>)> {
    let written = shoots.map(Shoot::kubernetes_version).transpose()?;
    Some((written, written.map(Release::of).transpose()?))
}

fn say_lowered(raised: Raised<'_>, before: Text<'_>) {
    raised
        .related(before.node, IN_BASE)
        .why("what a newer Kubernetes has stored, an older one cannot read; Gardener refuses a downgrade")
        .help(format!("keep {before}, or name a later version"));
}

fn say_skipped(raised: Raised<'_>, before: Text<'_>, from: Release) {
    raised
        .related(before.node, IN_BASE)
        .why("Kubernetes supports an upgrade to the next minor alone, and Gardener refuses any other")
        .help(format!("upgrade to {}.{} first, and further once that is done", from.major, from.minor + 1));
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubernetesVersionUpdate.
fn lowered(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some((Both { before, after }, releases)) = versions(shoots) else { return };
    if releases.after.is_below(releases.before) {
        let message = format!("the Kubernetes version goes back from {before} to {after}");
        say_lowered(findings.at(shoots.after.object, after.node, message), before);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubernetesVersionUpdate.
fn skipped(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some((Both { before, after }, releases)) = versions(shoots) else { return };
    if releases.after.skips(releases.before) {
        let message = format!("the Kubernetes version skips from {before} to {after}");
        say_skipped(findings.at(shoots.after.object, after.node, message), before, releases.before);
    }
}

/// The version of a pool on both sides, where it has one of its own on either; without, it is the control plane's.
fn pool_versions<'a>(shoots: Both<Shoot<'a>>, pair: Pair<'a>) -> Option<(Both<Text<'a>>, Both<Release>)> {
    let own = Both {
        before: pair.before.unwrap_or(pair.after).kubernetes_version(),
        after: pair.after.kubernetes_version(),
    };
    own.before.or(own.after)?;
    let whole = shoots.map(Shoot::kubernetes_version);
    let written =
        Both { before: own.before.or(whole.before), after: own.after.or(whole.after) }.transpose()?;
    Some((written, written.map(Release::of).transpose()?))
}

const VERSION: [&str; 2] = ["kubernetes", "version"];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate, ValidateKubernetesVersionUpdate.
fn lowered_in_pools(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pair in pairs(shoots) {
        let Some((Both { before, after }, releases)) = pool_versions(shoots, pair) else { continue };
        if releases.after.is_below(releases.before) {
            let name = pair.name();
            let message =
                format!("the Kubernetes version of the pool {name} goes back from {before} to {after}");
            say_lowered(findings.lacking(shoots.after.object, pair.after.node(), &VERSION, message), before);
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate: nodes that are replaced may skip minors.
fn skipped_in_pools(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pair in pairs(shoots).filter(|pair| pair.after.updates_in_place()) {
        let Some((Both { before, after }, releases)) = pool_versions(shoots, pair) else { continue };
        if releases.after.skips(releases.before) {
            let name = pair.name();
            let message = format!("the Kubernetes version of the pool {name} skips from {before} to {after}");
            let raised = findings.lacking(shoots.after.object, pair.after.node(), &VERSION, message);
            say_skipped(raised, before, releases.before);
        }
    }
}
