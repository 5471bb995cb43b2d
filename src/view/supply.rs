//! Views of what supplies extensions: registrations, and the objects that become some.

use super::view;

view! {
    object
    /// A ControllerRegistration, or an Extension out of which the gardener-operator makes one.
    Supplier {
        /// What the controller takes care of.
        supplies: many Supply "spec" "resources",
        /// The chart of the controller of an Extension; without it, nothing is registered.
        chart: node "spec" "deployment" "extension" "helm",
    }
    object
    /// A BackupBucket that an extension must take care of.
    BackupStore {
        /// The provider type.
        provider_type: text "spec" "provider" "type",
    }
    part
    /// A kind and type of resources that a controller takes care of.
    Supply {
        /// The kind.
        kind: text "kind",
        /// The type.
        type_name: text "type",
        /// Whether it is the one that is responsible; true when left out.
        primary: flag "primary",
        /// The kinds of clusters it is for.
        clusters: texts "clusterCompatibility",
        /// Whether it may be used without workers.
        workerless: flag "workerlessSupported",
    }
    part
    /// The exposure of a self-hosted shoot by an extension.
    ExposureSupply {
        /// Where it is said; there is none otherwise.
        extension: node "controlPlane" "exposure" "extension",
        /// The type; that of the provider when left out.
        type_name: text "controlPlane" "exposure" "extension" "type",
    }
}
