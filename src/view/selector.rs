//! View of a label selector.

use super::view;

view! {
    part
    /// A choice of objects by their labels.
    LabelSelector {
        /// Labels that they must have, with their values.
        labels: node "matchLabels",
        /// Further requirements on labels.
        requirements: many SelectorRequirement "matchExpressions",
    }
    part
    /// A requirement on a label.
    SelectorRequirement {
        /// The key.
        key: text "key",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
        operator: text "operator",
        /// The values; an empty one counts.
        values: node "values",
    }
}
