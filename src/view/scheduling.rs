//! Views of what decides on which seed a shoot may live: selectors, taints, tolerations, and what a gardenlet has room for.

use super::view;

view! {
    object
    /// An ExposureClass.
    ExposureClass {
        /// The seeds that shoots of the class may live on.
        seed_selector: one SeedSelector "scheduling" "seedSelector",
        /// What shoots of the class tolerate.
        tolerations: many Taint "scheduling" "tolerations",
    }
    object
    /// The configuration of a gardenlet.
    GardenletConfiguration {
        /// How many shoots the seed has room for.
        capacity: amount "resources" "capacity" "shoots",
        /// How many of them are kept back.
        reserved: amount "resources" "reserved" "shoots",
        /// The feature gates.
        feature_gates: node "featureGates",
    }
    part
    /// A choice of seeds.
    SeedSelector {
        /// Labels that a seed must have, with their values.
        match_labels: node "matchLabels",
        /// Further requirements on labels.
        match_expressions: many LabelRequirement "matchExpressions",
        /// The provider types that a seed may have; any when there are none.
        provider_types: texts "providerTypes",
    }
    part
    /// A requirement on a label.
    LabelRequirement {
        /// The key.
        key: text "key",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
        operator: text "operator",
        /// The values; an empty one counts.
        values: node "values",
    }
    part
    /// A taint of a seed, or what tolerates one.
    Taint {
        /// The key.
        key: text "key",
        /// The value; an empty one counts.
        value: node "value",
    }
}
