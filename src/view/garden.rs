//! View of a Garden.

use super::{AdmissionPlugin, view};

view! {
    object
    /// A Garden.
    Garden {
        /// The networks of the runtime cluster.
        runtime_networks: one RuntimeNetworks "spec" "runtimeCluster" "networking",
        /// The ranges of the services in the virtual garden.
        virtual_services: texts "spec" "virtualCluster" "networking" "services",
        /// The networks of the virtual garden.
        virtual_networks: node "spec" "virtualCluster" "networking",
        /// Gardener's own components.
        gardener: node "spec" "virtualCluster" "gardener",
        /// Further namespaces that the virtual garden's resource-manager works in.
        target_namespaces: texts
            "spec" "virtualCluster" "gardener" "gardenerResourceManager" "additionalTargetNamespaces",
        /// The admission plugins of Gardener's API server.
        admission_plugins: many AdmissionPlugin
            "spec" "virtualCluster" "gardener" "gardenerAPIServer" "admissionPlugins",
        /// The ConfigMap with the audit policy of Gardener's API server.
        audit_policy: text
            "spec" "virtualCluster" "gardener" "gardenerAPIServer" "auditConfig" "auditPolicy" "configMapRef" "name",
        /// The ConfigMap with the audit policy of the virtual garden's API server.
        kubernetes_audit_policy: text
            "spec" "virtualCluster" "kubernetes" "kubeAPIServer" "auditConfig" "auditPolicy" "configMapRef" "name",
        /// What the admission controller takes of each kind.
        resource_limits: many ResourceLimit
            "spec" "virtualCluster" "gardener" "gardenerAdmissionController" "resourceAdmissionConfiguration" "limits",
        /// Who the limits do not hold for.
        unlimited_subjects: node
            "spec" "virtualCluster" "gardener" "gardenerAdmissionController" "resourceAdmissionConfiguration"
            "unrestrictedSubjects",
        /// Whether the limits are enforced (`block`, also when left out) or told (`log`).
        limits_mode: text
            "spec" "virtualCluster" "gardener" "gardenerAdmissionController" "resourceAdmissionConfiguration"
            "operationMode",
    }
    part
    /// How much of some kinds the admission controller takes.
    ResourceLimit {
        /// The API groups; `*` for all.
        groups: node "apiGroups",
        /// The versions; `*` for all.
        versions: node "apiVersions",
        /// The resources, as the API spells them; `*` for all.
        resources: node "resources",
        /// The bytes of one object.
        size: amount "size",
        /// The number of objects, for kinds without a namespace.
        count: int "count",
    }
    part
    /// The networks of the runtime cluster.
    RuntimeNetworks {
        /// The ranges of the pods.
        pods: texts "pods",
        /// The ranges of the services.
        services: texts "services",
        /// The ranges of the nodes.
        nodes: texts "nodes",
        /// The address families.
        families: texts "ipFamilies",
    }
}
