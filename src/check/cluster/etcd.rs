//! The two etcd clusters behind an API server.

use super::Component;
use super::amount::Amount;

/// Upstream: pkg/api/core/validation/shoot.go, validateETCD.
pub(super) static MAIN: Component = Component {
    amounts: &[Amount::minimum(&["autoscaling"], &[("memory", "300M")])],
    ..Component::named("the etcd of all resources")
};

/// Upstream: pkg/api/core/validation/shoot.go, validateETCD.
pub(super) static EVENTS: Component = Component {
    amounts: &[Amount::minimum(&["autoscaling"], &[("memory", "60M")])],
    ..Component::named("the etcd of events")
};
