//! Shoots, as far as one alone can be judged: what Gardener's API server refuses whatever else there is.
//!
//! A file a topic. What is said of Kubernetes itself stands elsewhere, as does what depends on other objects. The template
//! of a ManagedSeedSet is judged as it stands: the API server fills in no defaults there.

pub(super) mod addon;
pub(super) mod alerting;
pub(super) mod control_plane;
pub(super) mod core_dns;
pub(super) mod creation;
mod cron;
pub(super) mod dns;
pub(super) mod exclusion;
pub(super) mod hibernation;
pub(super) mod internal_version;
pub(super) mod label;
pub(super) mod maintenance;
pub(super) mod missing;
pub(super) mod naming;
pub(super) mod operation;
pub(super) mod pool;
pub(super) mod range;
pub(super) mod reference;
pub(super) mod removal;
pub(super) mod repetition;
pub(super) mod self_hosted;
pub(super) mod update;
pub(super) mod volume;
pub(super) mod workerless;

use crate::version;
use crate::view::{Shoot, Text};

/// Why most of what is said here matters.
const REFUSED: &str = "Gardener's API server refuses the shoot";

/// Whether the control plane is of Kubernetes 1.`minor` or a later version; not when its version cannot be read.
///
/// Upstream: pkg/utils/version/version.go, ConstraintK8sGreaterEqual….
fn is_from(shoot: Shoot<'_>, minor: u64) -> bool {
    order_to(shoot, minor).is_some_and(|order| order.is_ge())
}

/// Whether the control plane is older than Kubernetes 1.`minor`; not when its version cannot be read.
///
/// Upstream: pkg/utils/version/version.go, ConstraintK8sLess….
fn is_before(shoot: Shoot<'_>, minor: u64) -> bool {
    order_to(shoot, minor).is_some_and(|order| order.is_lt())
}

fn order_to(shoot: Shoot<'_>, minor: u64) -> Option<std::cmp::Ordering> {
    let version = version::parse(shoot.kubernetes_version()?.as_str())?;
    Some((version.major, version.minor).cmp(&(1, minor)))
}

/// The namespace of a shoot, or of the template of one; empty when it has none.
fn namespace(shoot: Shoot<'_>) -> &str {
    shoot.namespace().map_or("", Text::as_str)
}
