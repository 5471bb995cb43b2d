//! The kube-controller-manager.

use super::limit::{Number, Period};
use super::{Component, Gates, Lived};
use crate::duration::Duration;

const SECOND: Duration = Duration::seconds(1);
const AUTOSCALER: &str = "horizontalPodAutoscaler";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeControllerManager; the sizes of node networks are a rule of
/// their own.
pub(super) static COMPONENT: Component = Component {
    gates: Some(Gates::Kubernetes),
    numbers: &[Number::above_zero(&[AUTOSCALER, "tolerance"])],
    periods: &[
        Period::above_zero(&["podEvictionTimeout"]),
        Period::above_zero(&["nodeMonitorGracePeriod"]),
        Period::at_least(&[AUTOSCALER, "syncPeriod"], SECOND),
        Period::at_least(&[AUTOSCALER, "downscaleStabilization"], SECOND),
        Period::above_zero(&[AUTOSCALER, "initialReadinessDelay"]),
        Period::at_least(&[AUTOSCALER, "cpuInitializationPeriod"], SECOND),
    ],
    lifetimes: &[Lived::removed(
        &["podEvictionTimeout"],
        33,
        "pods leave an unreachable node by `defaultNotReadyTolerationSeconds` and \
         `defaultUnreachableTolerationSeconds` of the kube-apiserver; remove it",
    )],
    worker_fields: &[
        "nodeCIDRMaskSize",
        "nodeCIDRMaskSizeIPv6",
        AUTOSCALER,
        "podEvictionTimeout",
        "nodeMonitorGracePeriod",
    ],
    ..Component::named("the kube-controller-manager")
};
