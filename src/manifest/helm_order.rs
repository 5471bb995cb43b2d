//! The order in which the resource-manager applies objects, which is Helm's order of installation.

use crate::identity::Identity;

/// Upstream: pkg/resourcemanager/controller/managedresource/sort.go. Part of every digest.
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

/// Sorts objects the way they are applied: known kinds in their order, all others by kind, then by name.
pub(super) fn key(identity: &Identity) -> impl Ord + use<> {
    let Identity { api_version, kind, namespace, name } = identity.clone();
    let rank = INSTALLED_FIRST.iter().position(|first| *first == kind).unwrap_or(INSTALLED_FIRST.len());
    (rank, kind, name, namespace, api_version)
}
