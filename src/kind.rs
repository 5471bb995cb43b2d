//! Kinds: what the compiler knows of each, as one table.
//!
//! Where an object lives and how it gets there follows from its kind: the resource-manager replaces objects as a whole, so
//! kinds whose spec the API server fills in must not travel in a bundle.

use crate::identity::Identity;

/// A cluster that a landscape writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cluster {
    /// The cluster that the Garden runs in.
    Runtime,
    /// The API that Gardener serves.
    VirtualGarden,
}

/// The way an object takes to its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Flux applies it, server-side.
    Flux,
    /// A ManagedResource carries it, the resource-manager applies it.
    Bundle,
}

/// What the compiler knows of a kind.
#[derive(Debug)]
pub struct KindFacts {
    /// The API group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Where its objects live and how they get there; nothing for kinds that no landscape delivers, or that live on
    /// either cluster.
    pub delivery: Option<(Cluster, Delivery)>,
}

const RUNTIME: Option<(Cluster, Delivery)> = Some((Cluster::Runtime, Delivery::Flux));
const APPLIED: Option<(Cluster, Delivery)> = Some((Cluster::VirtualGarden, Delivery::Flux));
const BUNDLED: Option<(Cluster, Delivery)> = Some((Cluster::VirtualGarden, Delivery::Bundle));

const NAMESPACED: bool = true;
const CLUSTER: bool = false;

const CORE: &str = "core.gardener.cloud";
const SECURITY: &str = "security.gardener.cloud";
const SEEDMANAGEMENT: &str = "seedmanagement.gardener.cloud";
const OPERATOR: &str = "operator.gardener.cloud";
const RESOURCES: &str = "resources.gardener.cloud";
const SOURCE: &str = "source.toolkit.fluxcd.io";
const RBAC: &str = "rbac.authorization.k8s.io";

/// Ordered by group and kind; a test keeps it so.
static KINDS: [KindFacts; 41] = [
    of("", "ConfigMap", NAMESPACED, BUNDLED),
    of("", "Namespace", CLUSTER, BUNDLED),
    of("", "Secret", NAMESPACED, APPLIED),
    of("", "ServiceAccount", NAMESPACED, BUNDLED),
    of(CORE, "BackupBucket", CLUSTER, BUNDLED),
    of(CORE, "BackupEntry", NAMESPACED, BUNDLED),
    of(CORE, "CloudProfile", CLUSTER, BUNDLED),
    of(CORE, "ControllerDeployment", CLUSTER, BUNDLED),
    of(CORE, "ControllerInstallation", CLUSTER, None),
    of(CORE, "ControllerRegistration", CLUSTER, BUNDLED),
    of(CORE, "ExposureClass", CLUSTER, BUNDLED),
    of(CORE, "InternalSecret", NAMESPACED, APPLIED),
    of(CORE, "NamespacedCloudProfile", NAMESPACED, BUNDLED),
    of(CORE, "Project", CLUSTER, APPLIED),
    of(CORE, "Quota", NAMESPACED, BUNDLED),
    of(CORE, "SecretBinding", NAMESPACED, BUNDLED),
    of(CORE, "Seed", CLUSTER, None),
    of(CORE, "Shoot", NAMESPACED, APPLIED),
    of(CORE, "ShootState", NAMESPACED, None),
    of("helm.toolkit.fluxcd.io", "HelmRelease", NAMESPACED, RUNTIME),
    of(
        "kustomize.toolkit.fluxcd.io",
        "Kustomization",
        NAMESPACED,
        RUNTIME,
    ),
    of("networking.k8s.io", "NetworkPolicy", NAMESPACED, None),
    of("operations.gardener.cloud", "Bastion", NAMESPACED, None),
    of(OPERATOR, "Extension", CLUSTER, RUNTIME),
    of(OPERATOR, "Garden", CLUSTER, RUNTIME),
    of(RBAC, "ClusterRole", CLUSTER, BUNDLED),
    of(RBAC, "ClusterRoleBinding", CLUSTER, BUNDLED),
    of(RBAC, "Role", NAMESPACED, BUNDLED),
    of(RBAC, "RoleBinding", NAMESPACED, BUNDLED),
    of(RESOURCES, "ManagedResource", NAMESPACED, RUNTIME),
    of(SECURITY, "CredentialsBinding", NAMESPACED, BUNDLED),
    of(SECURITY, "WorkloadIdentity", NAMESPACED, BUNDLED),
    of(SEEDMANAGEMENT, "Gardenlet", NAMESPACED, BUNDLED),
    of(SEEDMANAGEMENT, "ManagedSeed", NAMESPACED, BUNDLED),
    of(SEEDMANAGEMENT, "ManagedSeedSet", NAMESPACED, BUNDLED),
    of(SOURCE, "Bucket", NAMESPACED, RUNTIME),
    of(SOURCE, "ExternalArtifact", NAMESPACED, RUNTIME),
    of(SOURCE, "GitRepository", NAMESPACED, RUNTIME),
    of(SOURCE, "HelmChart", NAMESPACED, RUNTIME),
    of(SOURCE, "HelmRepository", NAMESPACED, RUNTIME),
    of(SOURCE, "OCIRepository", NAMESPACED, RUNTIME),
];

const fn of(
    group: &'static str,
    kind: &'static str,
    namespaced: bool,
    delivery: Option<(Cluster, Delivery)>,
) -> KindFacts {
    KindFacts {
        group,
        kind,
        namespaced,
        delivery,
    }
}

/// What is known of the kind of an object.
pub fn facts(identity: &Identity) -> Option<&'static KindFacts> {
    let wanted = (identity.group(), identity.kind.as_str());
    let index = KINDS
        .binary_search_by_key(&wanted, |facts| (facts.group, facts.kind))
        .ok()?;
    KINDS.get(index)
}

/// Where objects of this kind live and how they get there, unless an annotation or a section says otherwise.
pub fn delivery(identity: &Identity) -> Option<(Cluster, Delivery)> {
    facts(identity)?.delivery
}

impl Cluster {
    /// The name used in `plan.json`, in annotations and in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::VirtualGarden => "virtual-garden",
        }
    }
}

impl Delivery {
    /// The name used in `plan.json` and in annotations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::Bundle => "bundle",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ordered_and_names_a_kind_once() {
        assert!(KINDS.is_sorted_by(|one, other| (one.group, one.kind) < (other.group, other.kind)));
    }
}
