//! The kube-scheduler.

use super::limit::Number;
use super::{Component, Gates, Lived};

/// Upstream: pkg/api/core/validation/shoot.go, validateKubeScheduler and validateKubeMaxPDVols.
pub(super) static COMPONENT: Component = Component {
    gates: Some(Gates::Kubernetes),
    numbers: &[Number::text_at_least(&["kubeMaxPDVols"], 1)],
    lifetimes: &[Lived::removed(
        &["kubeMaxPDVols"],
        35,
        "the CSI driver says how many volumes a node takes; remove it",
    )],
    ..Component::named("the kube-scheduler")
};
