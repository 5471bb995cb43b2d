//! The vertical pod autoscaler, of a shoot or of the clusters that Gardener itself runs on.

use super::amount::Amount;
use super::limit::{Number, Period};
use super::{Component, Gates};

/// Upstream: pkg/api/core/validation/shoot.go, ValidateVerticalPodAutoscaler.
pub(super) static COMPONENT: Component = Component {
    numbers: &[
        Number::at_least(&["evictionRateBurst"], 0),
        Number::fraction(&["evictionTolerance"]),
        Number::fraction(&["recommendationMarginFraction"]),
        Number::share(&["targetCPUPercentile"]),
        Number::share(&["recommendationLowerBoundCPUPercentile"]),
        Number::share(&["recommendationUpperBoundCPUPercentile"]),
        Number::share(&["targetMemoryPercentile"]),
        Number::share(&["recommendationLowerBoundMemoryPercentile"]),
        Number::share(&["recommendationUpperBoundMemoryPercentile"]),
        Number::wide_at_least(&["memoryAggregationIntervalCount"], 0),
        Number::wide_at_least(&["recommenderUpdateWorkerCount"], 1),
    ],
    periods: &[
        Period::not_negative(&["evictAfterOOMThreshold"]),
        Period::not_negative(&["updaterInterval"]),
        Period::not_negative(&["recommenderInterval"]),
        Period::not_negative(&["cpuHistogramDecayHalfLife"]),
        Period::not_negative(&["memoryHistogramDecayHalfLife"]),
        Period::not_negative(&["memoryAggregationInterval"]),
    ],
    ..AUTOSCALER
};

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec, and pkg/api/operator/v1alpha1/validation/garden.go,
/// validateRuntimeClusterSettings.
pub(super) static SETTINGS: Component = AUTOSCALER;

const AUTOSCALER: Component = Component {
    gates: Some(Gates::VerticalAutoscaler),
    amounts: &[Amount::maximum(&["maxAllowed"])],
    ..Component::named("the vertical pod autoscaler")
};
