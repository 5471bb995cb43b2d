//! View of a WorkloadIdentity.

use super::view;

view! {
    object
    /// An identity that a provider trusts without a Secret.
    WorkloadIdentity {
        /// The provider type.
        target_type: text "spec" "targetSystem" "type",
        /// Who its tokens are for.
        audiences: node "spec" "audiences",
        /// Its unique id.
        uid: text "metadata" "uid",
        /// The subject of its tokens, which the API server sets.
        subject: text "status" "sub",
    }
}
