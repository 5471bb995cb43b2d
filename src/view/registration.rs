//! Views of what registers extensions.

use super::{NamedItem, view};

view! {
    object
    /// A ControllerRegistration.
    ControllerRegistration {
        /// The ControllerDeployments that install the controller.
        deployments: many NamedItem "spec" "deployment" "deploymentRefs",
        /// What the controller takes care of.
        resources: many RegisteredResource "spec" "resources",
    }
    object
    /// An Extension, out of which the gardener-operator makes a ControllerRegistration.
    Extension {
        /// The chart of the controller; without it, nothing is registered.
        chart: node "spec" "deployment" "extension" "helm",
        /// What the controller takes care of.
        resources: many RegisteredResource "spec" "resources",
    }
    part
    /// A kind and type of resources that a controller takes care of.
    RegisteredResource {
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
}
