//! The cloud-controller-manager, which the extension of a provider deploys and lets be configured.

use super::{Component, Gates};
use crate::syntax::Node;
use crate::view::Shoot;

pub(super) static COMPONENT: Component =
    Component { gates: Some(Gates::Kubernetes), ..Component::named("the cloud-controller-manager") };

/// The extensions that look at its feature gates.
const GROUPS: [&str; 6] = [
    "alicloud.provider.extensions.gardener.cloud/",
    "aws.provider.extensions.gardener.cloud/",
    "azure.provider.extensions.gardener.cloud/",
    "gcp.provider.extensions.gardener.cloud/",
    "ironcore.provider.extensions.gardener.cloud/",
    "openstack.provider.extensions.gardener.cloud/",
];

/// Its configuration in a shoot.
///
/// Upstream: the function ValidateControlPlaneConfig of pkg/apis/…/validation/controlplane.go in these extensions.
pub(super) fn settings(shoot: Shoot<'_>) -> Option<&Node> {
    let configuration = shoot.provider()?.get("controlPlaneConfig")?;
    let version = configuration.get("apiVersion").and_then(Node::as_str)?;
    let known = GROUPS.iter().any(|group| version.starts_with(group));
    configuration.get("cloudControllerManager").filter(|_| known)
}
