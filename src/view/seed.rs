//! Views of seeds, as a Seed object, inside a Gardenlet or inside a ManagedSeed.

use super::view;

view! {
    object
    /// A Gardenlet.
    Gardenlet {
        /// The seed it registers.
        seed: one SeedTemplate "spec" "config" "seedConfig",
    }
    object
    /// A ManagedSeed.
    ManagedSeed {
        /// The shoot that becomes a seed.
        shoot: text "spec" "shoot" "name",
        /// The seed it registers.
        seed: one SeedTemplate "spec" "gardenlet" "config" "seedConfig",
    }
    part
    /// What a seed is made of.
    SeedTemplate {
        /// The provider type.
        provider_type: text "spec" "provider" "type",
        /// The region.
        region: text "spec" "provider" "region",
        /// The zones.
        zones: texts "spec" "provider" "zones",
        /// The range of the pods.
        pods: text "spec" "networks" "pods",
        /// The range of the services.
        services: text "spec" "networks" "services",
        /// The range of the nodes.
        nodes: text "spec" "networks" "nodes",
    }
}
