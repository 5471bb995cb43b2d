//! Views of a Shoot.

use super::{Toleration, view};
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
    }
    part
    /// A webhook that decides on requests.
    Authorizer {
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
        /// The volume.
        volume: node "volume",
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
        /// The container runtime.
        container_runtime: text "cri" "name",
        /// Further container runtimes.
        container_runtimes: many TypedItem "cri" "containerRuntimes",
    }
    part
    /// The configuration of a kubelet.
    Kubelet {
        /// The processors it keeps for itself.
        reserved_cpu: amount "kubeReserved" "cpu",
        /// The memory it keeps for itself.
        reserved_memory: amount "kubeReserved" "memory",
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
    /// An extension that an object asks for.
    ExtensionEntry {
        /// The type.
        type_name: text "type",
        /// Whether it is switched off.
        disabled: flag "disabled",
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
    }
    part
    /// The networks of a shoot.
    Networking {
        /// The network extension.
        type_name: text "type",
        /// The range of the pods.
        pods: text "pods",
        /// The range of the services.
        services: text "services",
        /// The range of the nodes.
        nodes: text "nodes",
        /// The address families.
        families: texts "ipFamilies",
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

    /// Whether the control plane runs on nodes of the shoot itself, so that it needs no seed.
    pub fn is_self_hosted(self) -> bool {
        self.workers().any(|worker| worker.control_plane().is_some())
    }
}

impl Worker<'_> {
    /// Whether nodes are updated without being replaced.
    pub fn updates_in_place(self) -> bool {
        self.update_strategy()
            .is_some_and(|strategy| matches!(strategy.as_str(), "AutoInPlaceUpdate" | "ManualInPlaceUpdate"))
    }
}
