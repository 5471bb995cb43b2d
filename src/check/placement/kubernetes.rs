//! The Kubernetes versions of a shoot and its pools.

use super::{declared, names, pools};
use crate::check::lifecycle::{Class, Stage};
use crate::check::{Findings, Judge, Offer, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::landscape::Object;
use crate::release::Minor;
use crate::version::{self, Prefix};
use crate::view::{CloudProfile, ExpirableVersion, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L410", "kubernetes-version-not-offered"),
        upstream: &["XS-K8S-OFFER"],
        judge: Judge::Shoot(control_plane),
    },
    Rule {
        code: Code::error("L411", "pool-kubernetes-version-not-offered"),
        upstream: &["XS-K8S-POOL"],
        judge: Judge::Shoot(pool),
    },
    Rule {
        code: Code::warning("L412", "kubernetes-version-unsupported"),
        upstream: &["XS-K8S-SUPP"],
        judge: Judge::Shoot(supported),
    },
    Rule {
        code: Code::warning("L413", "unsupported-kubernetes-version-offered"),
        upstream: &["XS-K8S-SUPP"],
        judge: Judge::CloudProfile(offered_supported),
    },
];

/// What a CloudProfile says to a version that a shoot asks for.
enum Answer<'a> {
    Offered,
    /// It is listed, but may not be chosen on this day.
    Inactive(ExpirableVersion<'a>, Stage<'a>),
    Unknown,
}

fn answer<'a>(offer: &'a Offer, asked: &str, at: time::Date) -> Answer<'a> {
    if let Some(listed) = offer.kubernetes_version(asked) {
        let stage = Stage::of(listed, at);
        return if stage.active() { Answer::Offered } else { Answer::Inactive(listed, stage) };
    }
    // The API server completes a prefix with the latest version that is classified as supported.
    let completed = Prefix::parse(asked).is_some_and(|prefix| {
        let mut listed = offer.profile().kubernetes_versions();
        listed.any(|listed| {
            let version = listed.version().and_then(|version| version::parse(&version));
            version.is_some_and(|version| prefix.begins(&version))
                && Stage::of(listed, at).class == Class::Supported
        })
    });
    if completed { Answer::Offered } else { Answer::Unknown }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateKubernetesVersionConstraints.
fn control_plane(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    // What is no version is found by the rules of clusters.
    let asked = shoot.kubernetes_version().filter(|asked| Minor::of(asked).is_some());
    if let (Some(offer), Some(asked)) = (scope.offer(shoot), asked) {
        judge(shoot.object, asked, offer, scope, findings);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateWorkerKubernetesVersion.
fn pool(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    let control_plane = shoot.kubernetes_version().map(Text::as_str);
    for asked in workers.filter_map(|worker| worker.kubernetes_version()) {
        if Some(asked.as_str()) != control_plane {
            judge(shoot.object, asked, offer, scope, findings);
        }
    }
}

fn judge(object: &Object, asked: Text<'_>, offer: &Offer, scope: &Scope<'_>, findings: &mut Findings) {
    let listed = offer.profile().kubernetes_versions();
    let active = listed.filter(|listed| Stage::of(*listed, scope.at).active());
    let known = names(active.map(ExpirableVersion::version));
    let why = "Gardener's API server refuses a new cluster or pool of a version that is not offered";
    match answer(offer, &asked, scope.at) {
        Answer::Offered => {}
        Answer::Inactive(listed, stage) => {
            findings
                .at(object, asked.node, inactive("Kubernetes", asked, stage))
                .related(stage.node(listed), "its lifecycle is set here")
                .why(why)
                .help(help_with_others(known));
        }
        Answer::Unknown => {
            let name = offer.name();
            let message = if Prefix::parse(&asked).is_some() {
                format!("the CloudProfile `{name}` offers no supported version of Kubernetes `{asked}`")
            } else {
                format!("the CloudProfile `{name}` does not offer Kubernetes `{asked}`")
            };
            declared(findings.at(object, asked.node, message), offer)
                .why(why)
                .help(help_with_names(&asked, known));
        }
    }
}

/// Says why a version that is listed cannot be chosen.
pub(super) fn inactive(what: &str, asked: Text<'_>, stage: Stage<'_>) -> String {
    let verb = match stage.class {
        Class::Expired => "expired",
        _ => "becomes available",
    };
    match stage.start {
        Some(start) => format!("{what} `{asked}` {verb} on `{start}`"),
        None if stage.class == Class::Expired => format!("{what} `{asked}` has expired"),
        None => format!("{what} `{asked}` is unavailable"),
    }
}

/// Upstream: pkg/utils/validation/kubernetesversion/version.go, CheckIfSupported.
fn supported(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let offer = scope.offer(shoot);
    let of_pools = shoot.workers().filter_map(|worker| worker.kubernetes_version());
    for asked in shoot.kubernetes_version().into_iter().chain(of_pools) {
        let refused = offer.is_some_and(|offer| !matches!(answer(offer, &asked, scope.at), Answer::Offered));
        if refused || is_supported(&asked, scope) {
            continue;
        }
        findings
            .at(shoot.object, asked.node, format!("Gardener does not support Kubernetes `{asked}`"))
            .why("the API server takes it, but the gardenlet refuses to reconcile the cluster")
            .help(supported_range(scope));
    }
}

/// Upstream: pkg/utils/validation/kubernetesversion/version.go, CheckIfSupported.
fn offered_supported(profile: CloudProfile<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    for listed in profile.kubernetes_versions() {
        let version = listed.version().filter(|version| !is_supported(version, scope));
        if let Some(version) = version.filter(|_| Stage::of(listed, scope.at).active()) {
            findings
                .at(
                    profile.object,
                    version.node,
                    format!("Gardener does not support Kubernetes `{version}`, which is offered here"),
                )
                .why("shoots may choose the version, and the gardenlet refuses to reconcile them")
                .help(format!("let the version expire, or remove it; {}", supported_range(scope)));
        }
    }
}

/// Whether Gardener supports a version; a lone major version is completed with the latest minor version.
fn is_supported(text: &str, scope: &Scope<'_>) -> bool {
    !text.contains('.') || Minor::of(text).is_none_or(|minor| scope.release.kubernetes.supports(minor))
}

fn supported_range(scope: &Scope<'_>) -> String {
    match &*scope.release.kubernetes.supported {
        [first, .., last] => format!("Gardener v{} supports {first} to {last}", scope.schemas.minor()),
        _ => String::new(),
    }
}
