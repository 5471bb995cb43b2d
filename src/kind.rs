//! What is known of kinds: whether their objects live in a namespace, and how a landscape delivers them.
//!
//! One table that rules and the plan read alike, so that no two of them can disagree. A kind that is not here is not judged.

use crate::identity::Identity;

/// A cluster that a landscape delivers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cluster {
    /// The garden runtime cluster, where the gardener-operator and Flux run.
    Runtime,
    /// The virtual garden, which serves Gardener's API.
    VirtualGarden,
}

impl Cluster {
    /// Both clusters, in the order they come to life.
    pub const ALL: [Self; 2] = [Self::Runtime, Self::VirtualGarden];

    /// The name as annotations and the compiled landscape spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::VirtualGarden => "virtual-garden",
        }
    }

    /// The cluster of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cluster| cluster.name() == name)
    }
}

/// Who applies an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Flux, with server-side apply.
    Flux,
    /// The gardener-resource-manager, out of a ManagedResource.
    Bundle,
}

impl Delivery {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::Flux, Self::Bundle];

    /// The name as annotations and the compiled landscape spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::Bundle => "bundle",
        }
    }

    /// The way of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.name() == name)
    }
}

/// What is known of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindFacts {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Where its objects go and who applies them, unless the object or its section says otherwise; nothing for kinds that
    /// exist in several clusters alike, or that no landscape delivers.
    pub delivery: Option<(Cluster, Delivery)>,
}

/// An API group and a kind in it; versions of a kind are one and the same here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupKind {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
}

impl GroupKind {
    const fn new(group: &'static str, kind: &'static str) -> Self {
        Self { group, kind }
    }
}

/// `Garden`.
pub const GARDEN: GroupKind = GroupKind::new(OPERATOR, "Garden");
/// `Extension`.
pub const EXTENSION: GroupKind = GroupKind::new(OPERATOR, "Extension");
/// `CloudProfile`.
pub const CLOUD_PROFILE: GroupKind = GroupKind::new(CORE, "CloudProfile");
/// `NamespacedCloudProfile`.
pub const NAMESPACED_CLOUD_PROFILE: GroupKind = GroupKind::new(CORE, "NamespacedCloudProfile");
/// `ControllerRegistration`.
pub const CONTROLLER_REGISTRATION: GroupKind = GroupKind::new(CORE, "ControllerRegistration");
/// `ControllerDeployment`.
pub const CONTROLLER_DEPLOYMENT: GroupKind = GroupKind::new(CORE, "ControllerDeployment");
/// `ExposureClass`.
pub const EXPOSURE_CLASS: GroupKind = GroupKind::new(CORE, "ExposureClass");
/// `Project`.
pub const PROJECT: GroupKind = GroupKind::new(CORE, "Project");
/// `Shoot`.
pub const SHOOT: GroupKind = GroupKind::new(CORE, "Shoot");
/// `Quota`.
pub const QUOTA: GroupKind = GroupKind::new(CORE, "Quota");
/// `SecretBinding`.
pub const SECRET_BINDING: GroupKind = GroupKind::new(CORE, "SecretBinding");
/// `InternalSecret`.
pub const INTERNAL_SECRET: GroupKind = GroupKind::new(CORE, "InternalSecret");
/// `Seed`.
pub const SEED: GroupKind = GroupKind::new(CORE, "Seed");
/// `BackupBucket`.
pub const BACKUP_BUCKET: GroupKind = GroupKind::new(CORE, "BackupBucket");
/// `BackupEntry`.
pub const BACKUP_ENTRY: GroupKind = GroupKind::new(CORE, "BackupEntry");
/// `CredentialsBinding`.
pub const CREDENTIALS_BINDING: GroupKind = GroupKind::new(SECURITY, "CredentialsBinding");
/// `WorkloadIdentity`.
pub const WORKLOAD_IDENTITY: GroupKind = GroupKind::new(SECURITY, "WorkloadIdentity");
/// `Gardenlet`.
pub const GARDENLET: GroupKind = GroupKind::new(SEEDMANAGEMENT, "Gardenlet");
/// `ManagedSeed`.
pub const MANAGED_SEED: GroupKind = GroupKind::new(SEEDMANAGEMENT, "ManagedSeed");
/// `ManagedSeedSet`.
pub const MANAGED_SEED_SET: GroupKind = GroupKind::new(SEEDMANAGEMENT, "ManagedSeedSet");
/// `ManagedResource`.
pub const MANAGED_RESOURCE: GroupKind = GroupKind::new(RESOURCES, "ManagedResource");
/// `Namespace`.
pub const NAMESPACE: GroupKind = GroupKind::new("", "Namespace");
/// `OCIRepository`.
pub const OCI_REPOSITORY: GroupKind = GroupKind::new(SOURCE, "OCIRepository");
/// `Secret`.
pub const SECRET: GroupKind = GroupKind::new("", "Secret");
/// `ConfigMap`.
pub const CONFIG_MAP: GroupKind = GroupKind::new("", "ConfigMap");
/// `Role`.
pub const ROLE: GroupKind = GroupKind::new(RBAC, "Role");
/// `ClusterRole`.
pub const CLUSTER_ROLE: GroupKind = GroupKind::new(RBAC, "ClusterRole");
/// `RoleBinding`.
pub const ROLE_BINDING: GroupKind = GroupKind::new(RBAC, "RoleBinding");
/// `ClusterRoleBinding`.
pub const CLUSTER_ROLE_BINDING: GroupKind = GroupKind::new(RBAC, "ClusterRoleBinding");

/// The kinds that are a seed or register one of their own name.
pub const SEEDS: &[GroupKind] = &[SEED, GARDENLET, MANAGED_SEED, MANAGED_SEED_SET];

/// The namespace that the runtime cluster and the virtual garden both have.
pub const GARDEN_NAMESPACE: &str = "garden";

/// What is known of a kind, if anything is.
pub fn facts(group: &str, kind: &str) -> Option<&'static KindFacts> {
    TABLE.iter().find(|facts| facts.kind == kind && facts.group == group)
}

/// Where an object goes and who applies it, as far as its identity tells.
pub fn delivery(identity: &Identity) -> Option<(Cluster, Delivery)> {
    if identity.is("", "Namespace") && identity.name == GARDEN_NAMESPACE {
        return RUNTIME;
    }
    facts(identity.group(), &identity.kind)?.delivery
}

/// Whether objects of this kind live in a namespace; nothing for an unknown kind.
pub fn is_namespaced(identity: &Identity) -> Option<bool> {
    facts(identity.group(), &identity.kind).map(|facts| facts.namespaced)
}

const RUNTIME: Option<(Cluster, Delivery)> = Some((Cluster::Runtime, Delivery::Flux));
/// Kinds whose objects stay as they were written, so that replacing them whole does no harm.
const BUNDLE: Option<(Cluster, Delivery)> = Some((Cluster::VirtualGarden, Delivery::Bundle));
/// Kinds whose objects the virtual garden completes, and encrypted ones, which only Flux can open.
const FLUX: Option<(Cluster, Delivery)> = Some((Cluster::VirtualGarden, Delivery::Flux));
const OPEN: Option<(Cluster, Delivery)> = None;

const CORE: &str = "core.gardener.cloud";
const SECURITY: &str = "security.gardener.cloud";
const SEEDMANAGEMENT: &str = "seedmanagement.gardener.cloud";
const OPERATOR: &str = "operator.gardener.cloud";
const OPERATIONS: &str = "operations.gardener.cloud";
const RESOURCES: &str = "resources.gardener.cloud";
/// The API group of roles, of their bindings, and of users and groups.
pub const RBAC_GROUP: &str = "rbac.authorization.k8s.io";
const RBAC: &str = RBAC_GROUP;
const ADMISSION: &str = "admissionregistration.k8s.io";
const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
const SOURCE: &str = "source.toolkit.fluxcd.io";
const HELM: &str = "helm.toolkit.fluxcd.io";

const fn in_namespace(
    group: &'static str,
    kind: &'static str,
    delivery: Option<(Cluster, Delivery)>,
) -> KindFacts {
    KindFacts { group, kind, namespaced: true, delivery }
}

const fn in_cluster(
    group: &'static str,
    kind: &'static str,
    delivery: Option<(Cluster, Delivery)>,
) -> KindFacts {
    KindFacts { group, kind, namespaced: false, delivery }
}

static TABLE: &[KindFacts] = &[
    in_cluster(OPERATOR, "Garden", RUNTIME),
    in_cluster(OPERATOR, "Extension", RUNTIME),
    in_cluster(CORE, "CloudProfile", BUNDLE),
    in_namespace(CORE, "NamespacedCloudProfile", BUNDLE),
    in_cluster(CORE, "ControllerRegistration", BUNDLE),
    in_cluster(CORE, "ControllerDeployment", BUNDLE),
    in_cluster(CORE, "ControllerInstallation", OPEN),
    in_cluster(CORE, "ExposureClass", BUNDLE),
    in_cluster(CORE, "Project", FLUX),
    in_namespace(CORE, "Shoot", FLUX),
    in_namespace(CORE, "ShootState", OPEN),
    in_namespace(CORE, "Quota", BUNDLE),
    in_namespace(CORE, "SecretBinding", BUNDLE),
    in_namespace(CORE, "InternalSecret", FLUX),
    in_cluster(CORE, "Seed", OPEN),
    in_cluster(CORE, "BackupBucket", OPEN),
    in_namespace(CORE, "BackupEntry", OPEN),
    in_namespace(SECURITY, "CredentialsBinding", BUNDLE),
    in_namespace(SECURITY, "WorkloadIdentity", BUNDLE),
    in_namespace(SEEDMANAGEMENT, "Gardenlet", BUNDLE),
    in_namespace(SEEDMANAGEMENT, "ManagedSeed", BUNDLE),
    in_namespace(SEEDMANAGEMENT, "ManagedSeedSet", BUNDLE),
    in_namespace(OPERATIONS, "Bastion", OPEN),
    in_namespace(RESOURCES, "ManagedResource", RUNTIME),
    in_namespace(KUSTOMIZE, "Kustomization", RUNTIME),
    in_namespace(SOURCE, "OCIRepository", RUNTIME),
    in_namespace(SOURCE, "GitRepository", RUNTIME),
    in_namespace(SOURCE, "HelmRepository", RUNTIME),
    in_namespace(SOURCE, "HelmChart", RUNTIME),
    in_namespace(SOURCE, "Bucket", RUNTIME),
    in_namespace(HELM, "HelmRelease", RUNTIME),
    in_cluster("", "Namespace", BUNDLE),
    in_namespace("", "Secret", FLUX),
    in_namespace("", "ConfigMap", BUNDLE),
    in_namespace("", "ServiceAccount", BUNDLE),
    in_cluster(RBAC, "ClusterRole", BUNDLE),
    in_cluster(RBAC, "ClusterRoleBinding", BUNDLE),
    in_namespace(RBAC, "Role", BUNDLE),
    in_namespace(RBAC, "RoleBinding", BUNDLE),
    in_namespace("networking.k8s.io", "NetworkPolicy", OPEN),
    in_namespace("networking.k8s.io", "Ingress", OPEN),
    in_cluster("networking.k8s.io", "IngressClass", OPEN),
    in_namespace("", "Pod", OPEN),
    in_namespace("", "Service", OPEN),
    in_namespace("", "Endpoints", OPEN),
    in_namespace("", "PersistentVolumeClaim", OPEN),
    in_cluster("", "PersistentVolume", OPEN),
    in_cluster("", "Node", OPEN),
    in_namespace("", "ResourceQuota", OPEN),
    in_namespace("", "LimitRange", OPEN),
    in_namespace("apps", "Deployment", OPEN),
    in_namespace("apps", "StatefulSet", OPEN),
    in_namespace("apps", "DaemonSet", OPEN),
    in_namespace("apps", "ReplicaSet", OPEN),
    in_namespace("batch", "Job", OPEN),
    in_namespace("batch", "CronJob", OPEN),
    in_namespace("autoscaling", "HorizontalPodAutoscaler", OPEN),
    in_namespace("autoscaling.k8s.io", "VerticalPodAutoscaler", OPEN),
    in_namespace("policy", "PodDisruptionBudget", OPEN),
    in_namespace("coordination.k8s.io", "Lease", OPEN),
    in_cluster("scheduling.k8s.io", "PriorityClass", OPEN),
    in_cluster("storage.k8s.io", "StorageClass", OPEN),
    in_cluster("apiextensions.k8s.io", "CustomResourceDefinition", OPEN),
    in_cluster("apiregistration.k8s.io", "APIService", OPEN),
    in_cluster(ADMISSION, "MutatingWebhookConfiguration", OPEN),
    in_cluster(ADMISSION, "ValidatingWebhookConfiguration", OPEN),
    in_cluster(ADMISSION, "ValidatingAdmissionPolicy", OPEN),
    in_cluster(ADMISSION, "ValidatingAdmissionPolicyBinding", OPEN),
];

/// The kinds that are installed before all others, in this order: by Helm, and by the resource-manager after it.
///
/// Upstream: pkg/resourcemanager/controller/managedresource/sort.go; Helm, pkg/release/v1/util/kind_sorter.go. Part of
/// every digest.
const INSTALLED_FIRST: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// When objects of a kind are installed: kinds of the same rank in an order of their own.
pub fn install_rank(kind: &str) -> usize {
    INSTALLED_FIRST.iter().position(|first| *first == kind).unwrap_or(INSTALLED_FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_described_once() {
        let mut names: Vec<_> = TABLE.iter().map(|facts| (facts.group, facts.kind)).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn the_namespace_of_the_garden_is_made_in_the_runtime_cluster() {
        let namespace = |name: &str| Identity {
            api_version: "v1".into(),
            kind: "Namespace".into(),
            namespace: None,
            name: name.into(),
        };
        assert_eq!(delivery(&namespace("garden")), RUNTIME);
        assert_eq!(delivery(&namespace("garden-dev")), BUNDLE);
    }

    #[test]
    fn the_version_of_a_kind_does_not_matter() {
        let deployment = |api_version: &str| Identity {
            api_version: api_version.into(),
            kind: "ControllerDeployment".into(),
            ..Identity::default()
        };
        assert_eq!(delivery(&deployment("core.gardener.cloud/v1")), BUNDLE);
        assert_eq!(delivery(&deployment("core.gardener.cloud/v1beta1")), BUNDLE);
        assert_eq!(delivery(&deployment("example.org/v1")), None);
    }
}
