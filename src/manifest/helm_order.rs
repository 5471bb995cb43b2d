//! The order in which the resource-manager applies objects, which is Helm's order of installation.

use crate::identity::Identity;
use crate::kind::install_rank;

/// Sorts objects the way they are applied: known kinds in their order, all others by kind, then by name.
pub(super) fn key(identity: &Identity) -> impl Ord + use<> {
    let Identity { api_version, kind, namespace, name } = identity.clone();
    (install_rank(&kind), kind, name, namespace, api_version)
}
