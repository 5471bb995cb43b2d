//! The Garden: what the gardener-operator refuses when it is created, and what could never become ready.

pub(super) mod admission;
pub(super) mod component;
pub(super) mod dashboard;
pub(super) mod domain;
pub(super) mod extension;
pub(super) mod operation;

use super::label::{LABEL_MALFORMED, judge_selector};
use super::registration::{given, items};
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::release::Minor;
use crate::view::{Dashboard, Garden, ProjectQuota, VirtualApiServer};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L481", "finalizer-of-the-operator"),
        upstream: &[],
        judge: Judge::Kinds(&[GARDEN], finalizers),
    },
    Rule {
        code: Code::error("L486", "topology-aware-routing-impossible"),
        upstream: &["GA-TAR"],
        judge: Judge::Kinds(&[GARDEN], topology),
    },
    Rule { code: LABEL_MALFORMED, upstream: &[], judge: Judge::Kinds(&[GARDEN], project_selectors) },
    Rule {
        code: Code::warning("L499", "garden-field-deprecated"),
        upstream: &["GA-DEPR"],
        judge: Judge::Kinds(&[GARDEN], deprecated),
    },
];

const REFUSED: &str = "the gardener-operator refuses the Garden";
/// The first minor of Kubernetes without what upstream warns of in its API server.
const WITHOUT_DEPRECATED: Minor = Minor::new(1, 35);

/// Upstream: pkg/operator/webhook/validation/garden/handler.go, ValidateCreate.
///
/// A Garden that was read from a cluster is not created again.
fn finalizers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    const FORBIDDEN: [&str; 2] = ["gardener.cloud/operator", "gardener.cloud/reference-protection"];
    if given(object.root.at(&["metadata", "uid"])).is_some() {
        return;
    }
    for name in Garden::of(object).finalizers().filter(|name| FORBIDDEN.contains(&name.as_str())) {
        findings
            .at(object, name.node, format!("the finalizer `{name}` belongs to the gardener-operator"))
            .why("it sets the finalizer itself, and refuses a new Garden that has it already")
            .help("remove it");
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateRuntimeClusterSettings.
fn topology(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let enabled = garden.topology_aware_routing().filter(|enabled| enabled.as_bool() == Some(true));
    let Some(enabled) = enabled else { return };
    let (message, help) = if items(garden.zones()).len() < 2 {
        (
            "traffic cannot stay in a zone of a cluster with fewer than two",
            "list the zones of the runtime cluster under `spec.runtimeCluster.provider.zones`",
        )
    } else if given(garden.high_availability()).is_none() {
        (
            "traffic cannot stay in a zone when each component runs in one",
            "set `spec.virtualCluster.controlPlane.highAvailability: {}`",
        )
    } else {
        return;
    };
    findings.at(object, enabled, message).why(REFUSED).help(format!("{help}, or switch this off"));
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerControllerManagerConfig.
fn project_selectors(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for selector in Garden::of(object).project_quotas().filter_map(ProjectQuota::selector) {
        judge_selector(object, selector, findings);
    }
}

/// Upstream: pkg/operator/webhook/validation/garden/warnings.go, GetWarnings; pkg/api/core/shoot/warnings.go,
/// GetKubeAPIServerWarnings.
fn deprecated(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let version = garden.kubernetes_version().and_then(|version| Minor::of(&version));
    // What is gone already is refused, and told of elsewhere.
    let server = garden.kube_api_server().filter(|_| version.is_none_or(|minor| minor < WITHOUT_DEPRECATED));
    let fields = [
        (
            server.and_then(VirtualApiServer::anonymous_authentication),
            "`enableAnonymousAuthentication` is deprecated, and gone with Kubernetes 1.35",
            "configure anonymous access in `structuredAuthentication`",
        ),
        (
            server.and_then(VirtualApiServer::default_cache_size),
            "`watchCacheSizes.default` is deprecated, and gone with Kubernetes 1.35",
            "remove it: the API server finds a size by itself",
        ),
        (
            garden.dashboard().and_then(Dashboard::ingress),
            "`ingress` of the dashboard is deprecated",
            "remove it",
        ),
    ];
    for (node, message, help) in fields {
        if let Some(node) = given(node) {
            let why = "it still works, and will be refused one day";
            findings.at(object, node, message).why(why).help(help);
        }
    }
}
