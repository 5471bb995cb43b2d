//! View of a ControllerRegistration.

use super::{NamedItem, view};

view! {
    object
    /// A ControllerRegistration.
    ControllerRegistration {
        /// The ControllerDeployments that install the controller.
        deployments: many NamedItem "spec" "deployment" "deploymentRefs",
    }
}
