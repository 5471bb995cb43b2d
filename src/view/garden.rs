//! View of a Garden.

use super::view;

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
        /// The feature gates of Gardener's API server, by name.
        api_server_gates: node
            "spec" "virtualCluster" "gardener" "gardenerAPIServer" "featureGates",
        /// Further namespaces that the virtual garden's resource-manager works in.
        target_namespaces: texts
            "spec" "virtualCluster" "gardener" "gardenerResourceManager" "additionalTargetNamespaces",
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
