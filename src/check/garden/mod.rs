//! The Garden: what the gardener-operator refuses when it is created, and what could never become ready.

pub(super) mod component;
pub(super) mod dashboard;
pub(super) mod domain;
pub(super) mod extension;

use super::registration::given;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::Garden;
use domain::items;

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L486", "topology-aware-routing-impossible"),
        upstream: &["GA-TAR"],
        judge: Judge::Kinds(&[GARDEN], topology),
    },
];

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateRuntimeClusterSettings.
fn topology(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let enabled = garden.topology_aware_routing().filter(|enabled| enabled.as_bool() == Some(true));
    let Some(enabled) = enabled else { return };
    let (zones, available) = (items(garden.zones()).len(), given(garden.high_availability()).is_some());
    let (message, help) = if zones < 2 {
        ("traffic cannot stay in a zone of a cluster with fewer than two", "list the zones of the runtime cluster under `spec.runtimeCluster.provider.zones`")
    } else if !available {
        ("traffic cannot stay in a zone when each component runs in one", "set `spec.virtualCluster.controlPlane.highAvailability: {}`")
    } else {
        return;
    };
    findings.at(object, enabled, message).why("the gardener-operator refuses the Garden").help(format!("{help}, or switch this off"));
}
