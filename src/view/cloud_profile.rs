//! Views of a CloudProfile.

use super::{TypedItem, view};

view! {
    object
    /// A CloudProfile, or a NamespacedCloudProfile as far as it has the same fields.
    CloudProfile {
        /// The provider type.
        provider_type: text "spec" "type",
        /// The regions.
        regions: many Region "spec" "regions",
        /// The Kubernetes versions.
        kubernetes_versions: many ExpirableVersion "spec" "kubernetes" "versions",
        /// The machine types.
        machine_types: many MachineType "spec" "machineTypes",
        /// The machine images.
        machine_images: many MachineImage "spec" "machineImages",
        /// The volume types.
        volume_types: many VolumeType "spec" "volumeTypes",
        /// The capabilities that machine types and images may have.
        capabilities: node "spec" "machineCapabilities",
    }
    part
    /// A region.
    Region {
        /// The name.
        name: text "name",
        /// The zones.
        zones: many Zone "zones",
    }
    part
    /// A zone.
    Zone {
        /// The name.
        name: text "name",
        /// Machine types that this zone lacks.
        unavailable_machine_types: texts "unavailableMachineTypes",
        /// Volume types that this zone lacks.
        unavailable_volume_types: texts "unavailableVolumeTypes",
    }
    part
    /// A version with a lifecycle.
    ExpirableVersion {
        /// The version.
        version: text "version",
        /// When it may no longer be chosen.
        expiration: text "expirationDate",
        /// `preview`, `supported`, `deprecated`.
        classification: text "classification",
        /// The stages of its life.
        lifecycle: many LifecycleStage "lifecycle",
    }
    part
    /// A stage in the life of a version.
    LifecycleStage {
        /// The class from then on.
        classification: text "classification",
        /// When it begins; from the start when left out.
        start: text "startTime",
    }
    part
    /// A machine type.
    MachineType {
        /// The name.
        name: text "name",
        /// Whether it can be used; true when left out.
        usable: flag "usable",
        /// The processor architecture, without capabilities.
        architecture: text "architecture",
        /// The capabilities, by name.
        capabilities: node "capabilities",
    }
    part
    /// A machine image.
    MachineImage {
        /// The name.
        name: text "name",
        /// The versions.
        versions: many ImageVersion "versions",
    }
    part
    /// A version of a machine image.
    ImageVersion {
        /// The version.
        version: text "version",
        /// The processor architectures, without capabilities.
        architectures: texts "architectures",
        /// The combinations of capabilities it is built for.
        flavors: many CapabilityFlavor "capabilityFlavors",
        /// The container runtime interfaces.
        runtimes: many RuntimeInterface "cri",
        /// The kubelet versions it runs with.
        kubelet_constraint: text "kubeletVersionConstraint",
        /// Whether nodes can be updated in place.
        in_place: flag "inPlaceUpdates" "supported",
    }
    part
    /// A combination of capabilities.
    CapabilityFlavor {
        /// The capabilities, by name, in the deprecated nesting or directly.
        capabilities: node "capabilities",
    }
    part
    /// A container runtime interface.
    RuntimeInterface {
        /// The name.
        name: text "name",
        /// The container runtimes beside it.
        runtimes: many TypedItem "containerRuntimes",
    }
    part
    /// A volume type.
    VolumeType {
        /// The name.
        name: text "name",
        /// Whether it can be used; true when left out.
        usable: flag "usable",
        /// The smallest size.
        min_size: text "minSize",
    }
}
