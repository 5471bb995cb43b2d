//! What the published schemas say wrongly about the aggregated API server.

/// Definition and field -> the definition of what is in the field, where upstream's schema leaves it open.
pub(super) const EMBEDDED: &[(&str, &str, &str)] = &[
    ("seedmanagement.v1alpha1.GardenletConfig", "config", GARDENLET_CONFIGURATION),
    ("seedmanagement.v1alpha1.GardenletSpec", "config", GARDENLET_CONFIGURATION),
];

const GARDENLET_CONFIGURATION: &str = "config.gardenlet.v1alpha1.GardenletConfiguration";

/// Fields that are listed as required though an object without them is accepted.
pub(super) const OPTIONAL: &[(&str, &[&str])] = &[];
