//! The sections of `landscape.yaml`.

/// A list of objects under `spec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The Garden and what it needs in the runtime cluster.
    Garden,
    /// Extensions of the gardener-operator.
    Extensions,
    /// CloudProfiles and NamespacedCloudProfiles.
    CloudProfiles,
    /// Gardenlets and ManagedSeeds.
    Seeds,
    /// Namespaces, Projects, bindings, quotas.
    Projects,
    /// Shoots.
    Shoots,
    /// Anything else.
    Resources,
}

impl Section {
    /// All sections, in the order they are read.
    pub const ALL: [Self; 7] = [
        Self::Garden,
        Self::Extensions,
        Self::CloudProfiles,
        Self::Seeds,
        Self::Projects,
        Self::Shoots,
        Self::Resources,
    ];

    /// The field of `spec` that lists it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Garden => "garden",
            Self::Extensions => "extensions",
            Self::CloudProfiles => "cloudProfiles",
            Self::Seeds => "seeds",
            Self::Projects => "projects",
            Self::Shoots => "shoots",
            Self::Resources => "resources",
        }
    }
}
