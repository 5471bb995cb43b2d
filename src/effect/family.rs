//! The table of all rules about changes, by what they are about.

use super::{Rule, binding, garden, plain, profile, registration, registry, rollout, secret, seed, shoot};

/// Rules that belong together.
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// Its tables of rules.
    pub tables: &'static [&'static [Rule]],
}

/// All families of rules about changes.
pub static FAMILIES: &[Family] = &[
    Family {
        name: "shoots",
        tables: &[
            shoot::RULES,
            shoot::cloud_profile::RULES,
            shoot::control_plane::RULES,
            shoot::credentials::RULES,
            shoot::deletion::RULES,
            shoot::dns::RULES,
            shoot::managed_seed::RULES,
            shoot::migration::RULES,
            shoot::network::RULES,
            shoot::pool::RULES,
            shoot::removal::RULES,
            shoot::schedule::RULES,
            shoot::setting::RULES,
            shoot::version::RULES,
        ],
    },
    Family {
        name: "nodes and control planes",
        tables: &[
            rollout::pool::RULES,
            rollout::cluster::RULES,
            rollout::hibernation::RULES,
            rollout::operation::RULES,
        ],
    },
    Family { name: "reach", tables: &[rollout::profile::RULES, rollout::gardener::RULES] },
    Family { name: "delivery", tables: &[rollout::delivery::RULES] },
    Family {
        name: "seeds",
        tables: &[seed::RULES, seed::operation::RULES, seed::used::RULES, seed::zone::RULES],
    },
    Family {
        name: "cloud profiles",
        tables: &[
            profile::RULES,
            profile::image::RULES,
            profile::limit::RULES,
            profile::namespaced::RULES,
            profile::unguarded::RULES,
        ],
    },
    Family {
        name: "gardens",
        tables: &[garden::RULES, garden::encryption::RULES, garden::network::RULES, garden::version::RULES],
    },
    Family { name: "small kinds", tables: &[plain::RULES, binding::RULES, secret::RULES] },
    Family { name: "extensions", tables: &[registration::RULES, registry::RULES] },
];
