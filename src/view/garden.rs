//! Views of a Garden.

use super::{AdmissionPlugin, NamedResource, TypedItem, view};

view! {
    object
    /// A Garden.
    Garden {
        /// The networks of the runtime cluster.
        runtime_networks: one RuntimeNetworks "spec" "runtimeCluster" "networking",
        /// The ranges of the services in the virtual garden.
        virtual_services: node "spec" "virtualCluster" "networking" "services",
        /// The networks of the virtual garden.
        virtual_networks: node "spec" "virtualCluster" "networking",
        /// Gardener's own components.
        gardener: node "spec" "virtualCluster" "gardener",
        /// The feature gates of Gardener's API server, by name.
        api_server_gates: node
            "spec" "virtualCluster" "gardener" "gardenerAPIServer" "featureGates",
        /// Further namespaces that the virtual garden's resource-manager works in.
        target_namespaces: texts
            "spec" "virtualCluster" "gardener" "gardenerResourceManager" "additionalTargetNamespaces",
        /// Objects that its extensions may refer to.
        resources: many NamedResource "spec" "resources",
        /// What manages its DNS records.
        dns: node "spec" "dns",
        /// The providers of DNS records.
        dns_providers: many GardenDnsProvider "spec" "dns" "providers",
        /// The extensions of the garden itself.
        extensions: many TypedItem "spec" "extensions",
        /// What must be done before it may be deleted.
        finalizers: texts "metadata" "finalizers",
        /// The domains of what the runtime cluster serves.
        ingress_domains: many GardenDomain "spec" "runtimeCluster" "ingress" "domains",
        /// The domains of the virtual garden.
        virtual_domains: many GardenDomain "spec" "virtualCluster" "dns" "domains",
        /// The zones of the runtime cluster.
        zones: node "spec" "runtimeCluster" "provider" "zones",
        /// Whether traffic stays in a zone.
        topology_aware_routing: node "spec" "runtimeCluster" "settings" "topologyAwareRouting" "enabled",
        /// Whether the virtual garden outlives the loss of a node or a zone.
        high_availability: node "spec" "virtualCluster" "controlPlane" "highAvailability",
        /// The Kubernetes version of the virtual garden.
        kubernetes_version: text "spec" "virtualCluster" "kubernetes" "version",
        /// The Kubernetes API server of the virtual garden.
        kube_api_server: one VirtualApiServer "spec" "virtualCluster" "kubernetes" "kubeAPIServer",
        /// The provider of the backups of the virtual garden.
        backup_provider: text "spec" "virtualCluster" "etcd" "main" "backup" "provider",
        /// Gardener's API server.
        api_server: one GardenerApiServer "spec" "virtualCluster" "gardener" "gardenerAPIServer",
        /// Gardener's controller-manager.
        controller_manager: node "spec" "virtualCluster" "gardener" "gardenerControllerManager",
        /// Gardener's scheduler.
        scheduler: node "spec" "virtualCluster" "gardener" "gardenerScheduler",
        /// The quotas of projects that have none of their own.
        project_quotas: many ProjectQuota
            "spec" "virtualCluster" "gardener" "gardenerControllerManager" "defaultProjectQuotas",
        /// The dashboard.
        dashboard: one Dashboard "spec" "virtualCluster" "gardener" "gardenerDashboard",
        /// The server that tells of identity providers.
        discovery_server: one DiscoveryServer "spec" "virtualCluster" "gardener" "gardenerDiscoveryServer",
        /// What the operator has written about rotations of credentials.
        rotation: node "status" "credentials" "rotation",
        /// What the operator has written about encrypted resources.
        encrypted: node "status" "credentials" "encryptionAtRest",
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
    /// A provider of DNS records.
    GardenDnsProvider {
        /// The name that domains refer to it by.
        name: text "name",
        /// The type.
        type_name: text "type",
    }
    part
    /// A domain, and who manages its records.
    GardenDomain {
        /// The domain.
        name: text "name",
        /// The DNS provider.
        provider: node "provider",
    }
    part
    /// The Kubernetes API server of the virtual garden.
    VirtualApiServer {
        /// The certificates for some of its domains.
        sni: node "sni",
        /// The domains that they are for.
        sni_patterns: texts "sni" "domainPatterns",
        /// Who may sign in.
        structured_authentication: node "structuredAuthentication",
        /// How resources are encrypted.
        encryption_type: node "encryptionConfig" "provider" "type",
        /// The resources that are encrypted.
        encrypted_resources: node "encryptionConfig" "resources",
        /// Whether strangers may look, in the way that is forbidden since Kubernetes 1.35.
        anonymous_authentication: node "enableAnonymousAuthentication",
        /// How large the caches of resources are that have no size of their own.
        default_cache_size: node "watchCacheSizes" "default",
    }
    part
    /// Gardener's API server.
    GardenerApiServer {
        /// How resources are encrypted.
        encryption_type: node "encryptionConfig" "provider" "type",
        /// The resources that are encrypted.
        encrypted_resources: node "encryptionConfig" "resources",
        /// How long a kubeconfig for an administrator of a shoot is valid.
        kubeconfig_expiration: duration "shootAdminKubeconfigMaxExpiration",
    }
    part
    /// A quota of projects that have none of their own.
    ProjectQuota {
        /// The projects.
        selector: node "projectSelector",
    }
    part
    /// Someone who is not limited.
    AdmissionSubject {
        /// The kind.
        kind: text "kind",
        /// The name.
        name: node "name",
        /// The namespace.
        namespace: node "namespace",
        /// The API group.
        api_group: node "apiGroup",
    }
    part
    /// The dashboard.
    Dashboard {
        /// Whether one may sign in with a token.
        token_login: node "enableTokenLogin",
        /// Whether it trusts the certificates for the domains of the API server.
        propagates_authorities: node "propagateCAFromSNI",
        /// How one signs in otherwise.
        oidc: node "oidcConfig",
        /// Who tells who someone is.
        issuer: node "oidcConfig" "issuerURL",
        /// What the dashboard is to the issuer.
        client: node "oidcConfig" "clientIDPublic",
        /// The domain.
        domain: one GardenDomain "domain",
        /// The Secret with the certificate.
        tls_secret: node "tlsSecretName",
        /// A part of it that is deprecated.
        ingress: node "ingress",
    }
    part
    /// The server that tells of identity providers.
    DiscoveryServer {
        /// The domain.
        domain: one GardenDomain "domain",
        /// The Secret with the certificate.
        tls_secret: node "tlsSecretName",
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
        pods: node "pods",
        /// The ranges of the services.
        services: node "services",
        /// The ranges of the nodes.
        nodes: node "nodes",
        /// The address families.
        families: node "ipFamilies",
    }
}
