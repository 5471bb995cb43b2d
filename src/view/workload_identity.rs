//! View of a WorkloadIdentity.

use super::view;

view! {
    object
    /// An identity that a provider trusts without a Secret.
    WorkloadIdentity {
        /// The provider type.
        target_type: text "spec" "targetSystem" "type",
    }
}
