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
        /// Further namespaces that the virtual garden's resource-manager works in.
        target_namespaces: texts
            "spec" "virtualCluster" "gardener" "gardenerResourceManager" "additionalTargetNamespaces",
        /// How the scheduler chooses a seed; `SameRegion` when left out.
        scheduling_strategy: text "spec" "virtualCluster" "gardener" "gardenerScheduler" "strategy",
        /// The admission plugins of Gardener's API server.
        admission_plugins: many ConfiguredPlugin
            "spec" "virtualCluster" "gardener" "gardenerAPIServer" "admissionPlugins",
    }
    part
    /// An admission plugin of Gardener's API server.
    ConfiguredPlugin {
        /// The name.
        name: text "name",
        /// The configuration.
        config: node "config",
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
