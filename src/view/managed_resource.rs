//! View of a ManagedResource.

use super::{ObjectReference, view};

view! {
    object
    /// A ManagedResource.
    ManagedResource {
        /// The class of resource-managers that may process it.
        class: text "spec" "class",
        /// The Secrets that hold its objects.
        secrets: many ObjectReference "spec" "secretRefs",
    }
}
