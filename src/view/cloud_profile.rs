//! Views of a CloudProfile.

use super::{CloudProfileReference, NamedItem, TypedItem, view};

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
        capabilities: many CapabilityDefinition "spec" "machineCapabilities",
        /// The largest number of nodes a shoot may have at least.
        max_nodes_total: int "spec" "limits" "maxNodesTotal",
        /// What the provider's extension reads.
        configuration: node "spec" "providerConfig",
        /// The CloudProfile that a NamespacedCloudProfile extends.
        parent: one CloudProfileReference "spec" "parent",
        /// What it is made of.
        spec: node "spec",
        /// What it offers of Kubernetes.
        kubernetes: node "spec" "kubernetes",
        /// The definitions of the capabilities, as a whole.
        capability_list: node "spec" "machineCapabilities",
        /// How the bastions of shoots are made.
        bastion: one Bastion "spec" "bastion",
        /// Which seeds may take its shoots.
        seed_selector: node "spec" "seedSelector",
        /// The certificates that machines trust.
        ca_bundle: node "spec" "caBundle",
    }
    part
    /// A capability that machine types and images may have.
    CapabilityDefinition {
        /// The name.
        name: text "name",
        /// All its values.
        values: texts "values",
    }
    part
    /// A region.
    Region {
        /// The name.
        name: text "name",
        /// The zones.
        zones: many Zone "zones",
        /// The access restrictions that shoots may ask for.
        access_restrictions: many NamedItem "accessRestrictions",
        /// The labels.
        labels: node "labels",
    }
    part
    /// How the bastions of shoots are made.
    Bastion {
        /// The machine type.
        machine_type: one NamedItem "machineType",
        /// The machine image.
        machine_image: one BastionImage "machineImage",
    }
    part
    /// The machine image of bastions.
    BastionImage {
        /// The name.
        name: text "name",
        /// The version; any that is supported when left out.
        version: node "version",
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
        /// The number of processors.
        cpu: amount "cpu",
        /// The memory.
        memory: amount "memory",
        /// The number of graphics processors.
        gpu: amount "gpu",
        /// The volume that comes with the machine.
        storage: one Storage "storage",
    }
    part
    /// The volume that comes with a machine.
    Storage {
        /// Its type.
        type_name: text "type",
        /// Its class.
        class: text "class",
        /// Its size, when that is fixed.
        size: amount "size",
        /// Its smallest size, when that can be chosen.
        min_size: amount "minSize",
    }
    part
    /// A machine image.
    MachineImage {
        /// The name.
        name: text "name",
        /// How far a version is updated by itself: `patch`, `minor`, `major`.
        update_strategy: text "updateStrategy",
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
        /// The kubelet versions it runs with, however they are written.
        kubelet_constraint_node: node "kubeletVersionConstraint",
        /// Whether nodes can be updated in place.
        in_place: flag "inPlaceUpdates" "supported",
        /// The oldest version that can be updated in place to this one.
        in_place_from: node "inPlaceUpdates" "minVersionForUpdate",
    }
    part
    /// A combination of capabilities: their names are its keys.
    CapabilityFlavor {
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
        /// The class.
        class: text "class",
        /// Whether it can be used; true when left out.
        usable: flag "usable",
        /// The smallest size.
        min_size: amount "minSize",
    }
}

impl<'a> ImageVersion<'a> {
    /// Its lifecycle.
    pub fn expirable(self) -> ExpirableVersion<'a> {
        ExpirableVersion::of(self.node())
    }
}

impl Zone<'_> {
    /// Whether this zone lacks a machine type.
    pub fn lacks_machine_type(self, name: &str) -> bool {
        self.unavailable_machine_types().any(|lacking| *lacking == *name)
    }

    /// Whether this zone lacks a volume type.
    pub fn lacks_volume_type(self, name: &str) -> bool {
        self.unavailable_volume_types().any(|lacking| *lacking == *name)
    }
}
