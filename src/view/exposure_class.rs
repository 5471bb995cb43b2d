//! View of an ExposureClass.

use super::{SeedSelector, Toleration, view};

view! {
    object
    /// A way in which control planes are reached.
    ExposureClass {
        /// The handler on the seed.
        handler: text "handler",
        /// The seeds that have it.
        seed_selector: one SeedSelector "scheduling" "seedSelector",
        /// The tolerations that those seeds ask for.
        tolerations: many Toleration "scheduling" "tolerations",
    }
}
