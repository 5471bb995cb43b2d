//! Views of a Shoot.

use super::{
    Addons, ControlPlane, CoreDns, Dns, ExtensionEntry, Hibernation, Maintenance, NodeTaint, SelfHosting,
    Toleration, Volume, view,
};
use crate::landscape::Object;
use crate::syntax::Node;

view! {
    object
    /// A shoot.
    Shoot {
        /// The CloudProfile it is made after.
        cloud_profile: one CloudProfileReference "spec" "cloudProfile",
        /// The CloudProfile, in the way that is forbidden since Kubernetes 1.34.
        cloud_profile_name: text "spec" "cloudProfileName",
        /// The region.
        region: text "spec" "region",
        /// The provider type.
        provider_type: text "spec" "provider" "type",
        /// What it is made of at the provider.
        provider: node "spec" "provider",
        /// The access restrictions it asks for.
        access_restrictions: many NamedItem "spec" "accessRestrictions",
        /// The worker pools; none for a workerless shoot.
        workers: many Worker "spec" "provider" "workers",
        /// What it is made of in Kubernetes.
        kubernetes: node "spec" "kubernetes",
        /// The Kubernetes version of the control plane.
        kubernetes_version: text "spec" "kubernetes" "version",
        /// The kubelet of pools that have none of their own.
        kubelet: one Kubelet "spec" "kubernetes" "kubelet",
        /// The seed, when it is chosen by hand.
        seed_name: text "spec" "seedName",
        /// The CredentialsBinding.
        credentials_binding: text "spec" "credentialsBindingName",
        /// The SecretBinding.
        secret_binding: text "spec" "secretBindingName",
        /// The ExposureClass.
        exposure_class: text "spec" "exposureClassName",
        /// Objects that the extensions of the shoot may refer to.
        resources: many NamedResource "spec" "resources",
        /// The extensions it asks for.
        extensions: many ExtensionEntry "spec" "extensions",
        /// The DNS providers.
        dns_providers: many DnsProvider "spec" "dns" "providers",
        /// The domain.
        domain: text "spec" "dns" "domain",
        /// The domain, be it empty.
        written_domain: written "spec" "dns" "domain",
        /// The networks.
        networking: one Networking "spec" "networking",
        /// The purpose.
        purpose: text "spec" "purpose",
        /// When its daily maintenance begins: `220000+0100`.
        maintenance_begin: text "spec" "maintenance" "timeWindow" "begin",
        /// The API server.
        api_server: one ApiServer "spec" "kubernetes" "kubeAPIServer",
        /// The tolerations.
        tolerations: many Toleration "spec" "tolerations",
        /// The labels that its seed must have.
        seed_labels: node "spec" "seedSelector" "matchLabels",
        /// Whether an ingress controller comes with it.
        nginx_ingress: node "spec" "addons" "nginxIngress" "enabled",
        /// The Vertical Pod Autoscaler.
        autoscaler: node "spec" "kubernetes" "verticalPodAutoscaler",
        /// The labels, annotations and whatever else says who it is.
        metadata: node "metadata",
        /// All that is asked for.
        spec: node "spec",
        /// The namespace, as it is written.
        namespace: text "metadata" "namespace",
        /// The list of pools.
        worker_list: node "spec" "provider" "workers",
        /// The SecretBinding, be it empty.
        written_secret_binding: written "spec" "secretBindingName",
        /// The CredentialsBinding, be it empty.
        written_credentials_binding: written "spec" "credentialsBindingName",
        /// The seed, be it empty.
        written_seed_name: written "spec" "seedName",
        /// The ExposureClass, be it empty.
        written_exposure_class: written "spec" "exposureClassName",
        /// The scheduler, be it empty.
        scheduler_name: written "spec" "schedulerName",
        /// Which seeds it may be put on.
        seed_selector: node "spec" "seedSelector",
        /// The list of taints of seeds that it may be put on all the same.
        toleration_list: node "spec" "tolerations",
        /// The list of its extensions.
        extension_list: node "spec" "extensions",
        /// The list of its resources.
        resource_list: node "spec" "resources",
        /// Its domain and who serves it.
        dns: one Dns "spec" "dns",
        /// What Gardener adds to the cluster.
        addons: one Addons "spec" "addons",
        /// When it sleeps.
        hibernation: one Hibernation "spec" "hibernation",
        /// When and how Gardener works on it.
        maintenance: one Maintenance "spec" "maintenance",
        /// Who gets its alerts.
        email_receivers: node "spec" "monitoring" "alerting" "emailReceivers",
        /// What the control plane must survive.
        control_plane: one ControlPlane "spec" "controlPlane",
        /// What runs on every cluster.
        system_components: node "spec" "systemComponents",
        /// The DNS server of the cluster.
        core_dns: one CoreDns "spec" "systemComponents" "coreDNS",
        /// The resources that are encrypted beside Secrets.
        encrypted_resources: node "spec" "kubernetes" "kubeAPIServer" "encryptionConfig" "resources",
        /// How those resources are encrypted; `aescbc` when left out.
        encryption_provider: text "spec" "kubernetes" "kubeAPIServer" "encryptionConfig" "provider" "type",
        /// How many bits of the range of a node's pods are fixed.
        node_mask: int "spec" "kubernetes" "kubeControllerManager" "nodeCIDRMaskSize",
        /// The same for IPv6, where there are both.
        node_mask_ipv6: int "spec" "kubernetes" "kubeControllerManager" "nodeCIDRMaskSizeIPv6",
        /// Whether there is a kube-proxy; there is when left out.
        proxy_enabled: flag "spec" "kubernetes" "kubeProxy" "enabled",
        /// How the kube-proxy sends traffic to its goal.
        proxy_mode: text "spec" "kubernetes" "kubeProxy" "mode",
        /// Whether each node has a cache for DNS.
        node_local_dns: flag "spec" "systemComponents" "nodeLocalDNS" "enabled",
    }
    part
    /// The API server of a shoot.
    ApiServer {
        /// The ConfigMap with the policy of the audit log.
        audit_policy: text "auditConfig" "auditPolicy" "configMapRef" "name",
        /// The ConfigMap with the structured authentication.
        authentication: text "structuredAuthentication" "configMapName",
        /// The ConfigMap with the structured authorization.
        authorization: text "structuredAuthorization" "configMapName",
        /// The kubeconfigs of the authorizers.
        authorizers: many Authorizer "structuredAuthorization" "kubeconfigs",
        /// The admission plugins.
        admission_plugins: many AdmissionPlugin "admissionPlugins",
        /// The issuer of the tokens of ServiceAccounts.
        issuer: text "serviceAccountConfig" "issuer",
        /// Further issuers of such tokens.
        accepted_issuers: texts "serviceAccountConfig" "acceptedIssuers",
        /// Whether anonymous requests are let in, in the way that came before structured authentication.
        anonymous: node "enableAnonymousAuthentication",
    }
    part
    /// A webhook that decides on requests.
    Authorizer {
        /// The name, as in the structured authorization.
        name: text "authorizerName",
        /// The Secret with the kubeconfig for it.
        kubeconfig: text "secretName",
    }
    part
    /// An admission plugin.
    AdmissionPlugin {
        /// The name.
        name: text "name",
        /// The Secret with the kubeconfig for its webhook.
        kubeconfig: text "kubeconfigSecretName",
        /// The configuration.
        config: node "config",
    }
    part
    /// Which CloudProfile a shoot is made after.
    CloudProfileReference {
        /// `CloudProfile` when left out, or `NamespacedCloudProfile`.
        kind: text "kind",
        /// The name.
        name: text "name",
    }
    part
    /// A pool of worker nodes.
    Worker {
        /// The name.
        name: text "name",
        /// The machine.
        machine: node "machine",
        /// The machine type.
        machine_type: text "machine" "type",
        /// The processor architecture; `amd64` when left out.
        architecture: text "machine" "architecture",
        /// The name of the machine image.
        image_name: text "machine" "image" "name",
        /// The version of the machine image.
        image_version: text "machine" "image" "version",
        /// The zones.
        zones: texts "zones",
        /// The Kubernetes version, when it differs from the control plane's.
        kubernetes_version: text "kubernetes" "version",
        /// What of Kubernetes differs from the shoot's.
        kubernetes: node "kubernetes",
        /// The kubelet, when it differs from the shoot's.
        kubelet: one Kubelet "kubernetes" "kubelet",
        /// The type of the volume.
        volume_type: text "volume" "type",
        /// The size of the volume.
        volume_size: amount "volume" "size",
        /// The smallest number of nodes.
        minimum: int "minimum",
        /// The largest number of nodes.
        maximum: int "maximum",
        /// The control plane, in the pool of a self-hosted shoot that runs it.
        control_plane: node "controlPlane",
        /// How nodes are updated.
        update_strategy: text "updateStrategy",
        /// The container runtime interface.
        runtime_interface: node "cri",
        /// Further container runtimes.
        container_runtimes: many TypedItem "cri" "containerRuntimes",
        /// The list of further container runtimes.
        container_runtime_list: node "cri" "containerRuntimes",
        /// The Kubernetes version, be it empty.
        written_kubernetes_version: written "kubernetes" "version",
        /// The machine image.
        image: node "machine" "image",
        /// The list of zones.
        zone_list: node "zones",
        /// The volume that a node starts from.
        volume: one Volume "volume",
        /// Further volumes.
        data_volumes: many Volume "dataVolumes",
        /// The list of further volumes.
        data_volume_list: node "dataVolumes",
        /// The further volume that the kubelet keeps its data on, be it empty.
        kubelet_data_volume: written "kubeletDataVolumeName",
        /// How many nodes an update may add.
        max_surge: node "maxSurge",
        /// How many nodes an update may take away.
        max_unavailable: node "maxUnavailable",
        /// The taints of its nodes.
        taints: many NodeTaint "taints",
        /// The certificates that its nodes trust.
        ca_bundle: written "caBundle",
        /// The settings of the kernel.
        sysctls: node "sysctls",
        /// Its rank among the pools when one is to grow.
        priority: int "priority",
        /// Whether it says if components of the cluster's own may run on it.
        system_components: node "systemComponents",
        /// Whether components of the cluster's own may run on it, where it says so.
        allows_system_components: flag "systemComponents" "allow",
        /// The settings of the machine-controller-manager.
        machine_settings: one MachineSettings "machineControllerManager",
        /// What makes the shoot a self-hosted one.
        self_hosting: one SelfHosting "controlPlane",
    }
    part
    /// The settings of the machine-controller-manager for a pool.
    MachineSettings {
        /// How long a machine may be drained.
        drain_timeout: duration "machineDrainTimeout",
        /// How long a machine may be unhealthy.
        health_timeout: duration "machineHealthTimeout",
        /// How long a machine may take to come up.
        creation_timeout: duration "machineCreationTimeout",
        /// How long a machine that failed is kept.
        preserve_timeout: duration "machinePreserveTimeout",
        /// How long an update in place may take.
        in_place_update_timeout: duration "inPlaceUpdateTimeout",
        /// Whether unhealthy machines are left alone.
        disable_health_timeout: flag "disableHealthTimeout",
        /// How often the eviction of a pod is tried.
        max_evict_retries: int "maxEvictRetries",
        /// How many machines that failed are kept.
        auto_preserve_failed_machine_max: int "autoPreserveFailedMachineMax",
    }
    part
    /// The configuration of a kubelet.
    Kubelet {
        /// The processors it keeps for itself.
        reserved_cpu: amount "kubeReserved" "cpu",
        /// The memory it keeps for itself.
        reserved_memory: amount "kubeReserved" "memory",
        /// How many pods a node may have; 110 when left out.
        max_pods: int "maxPods",
    }
    part
    /// Anything with a `name`.
    NamedItem {
        /// The name.
        name: text "name",
    }
    part
    /// Anything with a `type`.
    TypedItem {
        /// The type.
        type_name: text "type",
    }
    part
    /// An object that extensions may refer to by a name of its own.
    NamedResource {
        /// The name it is referred to by.
        name: text "name",
        /// The object.
        reference: one ObjectReference "resourceRef",
    }
    part
    /// A reference to another object.
    ObjectReference {
        /// The API version.
        api_version: text "apiVersion",
        /// The kind.
        kind: text "kind",
        /// The name.
        name: text "name",
        /// The namespace, where the reference has one.
        namespace: text "namespace",
    }
    part
    /// A DNS provider of a shoot.
    DnsProvider {
        /// The type.
        type_name: text "type",
        /// The credentials.
        credentials: one ObjectReference "credentialsRef",
        /// The Secret, in the way that is forbidden since Kubernetes 1.35.
        secret_name: text "secretName",
        /// Whether it serves the shoot's own domain.
        primary: flag "primary",
        /// The type, be it empty.
        written_type: written "type",
        /// The Secret, be it empty.
        written_secret_name: written "secretName",
    }
    part
    /// The networks of a shoot.
    Networking {
        /// The network extension.
        type_name: text "type",
        /// The range of the pods, be it empty.
        pods: written "pods",
        /// The range of the services, be it empty.
        services: written "services",
        /// The range of the nodes, be it empty.
        nodes: written "nodes",
        /// The address families.
        families: texts "ipFamilies",
        /// The list of address families.
        family_list: node "ipFamilies",
    }
}

impl<'a> Shoot<'a> {
    /// The shoot an object is, or makes others after.
    pub fn in_object(object: &'a Object) -> Option<Self> {
        match &*object.identity.kind {
            "Shoot" => Some(Self::of(object)),
            "ManagedSeedSet" => {
                object.root.at(&["spec", "shootTemplate"]).map(|root| Self::within(object, root))
            }
            _ => None,
        }
    }

    /// A feature gate, in each component of Kubernetes that sets it and passes traffic on or tells where it may go.
    pub fn feature_gates(self, name: &str) -> impl Iterator<Item = &'a Node> {
        let components = ["kubeAPIServer", "kubeControllerManager", "kubeProxy"];
        let gates = components
            .map(|component| self.node().at(&["spec", "kubernetes", component, "featureGates", name]));
        gates.into_iter().flatten()
    }

    /// Whether there are no nodes at all.
    pub fn is_workerless(self) -> bool {
        self.worker_list().is_none_or(|workers| workers.items().is_empty())
    }

    /// The value of an annotation.
    pub fn annotation(self, name: &str) -> Option<&'a Node> {
        self.metadata()?.at(&["annotations", name])
    }

    /// Whether the control plane runs on nodes of the shoot itself, so that it needs no seed.
    pub fn is_self_hosted(self) -> bool {
        self.workers().any(|worker| worker.control_plane().is_some())
    }
}

impl Worker<'_> {
    /// Whether components of the cluster's own may run on it; they may where it does not speak of them.
    pub fn takes_system_components(self) -> bool {
        self.system_components().is_none() || self.allows_system_components() == Some(true)
    }

    /// The largest number of nodes; none at all when left out.
    pub fn most(self) -> i64 {
        self.maximum().map_or(0, |maximum| maximum.value)
    }

    /// The smallest number of nodes; none at all when left out.
    pub fn least(self) -> i64 {
        self.minimum().map_or(0, |minimum| minimum.value)
    }

    /// Whether nodes are updated without being replaced.
    pub fn updates_in_place(self) -> bool {
        self.update_strategy()
            .is_some_and(|strategy| matches!(strategy.as_str(), "AutoInPlaceUpdate" | "ManualInPlaceUpdate"))
    }
}
