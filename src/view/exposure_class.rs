//! View of an ExposureClass.

use super::{Toleration, view};

view! {
    object
    /// A way in which control planes are reached.
    ExposureClass {
        /// The handler on the seed.
        handler: text "handler",
        /// The seeds that have it.
        seed_selector: node "scheduling" "seedSelector",
        /// The provider types of those seeds.
        provider_types: texts "scheduling" "seedSelector" "providerTypes",
        /// The tolerations that those seeds ask for.
        tolerations: many Toleration "scheduling" "tolerations",
    }
}
