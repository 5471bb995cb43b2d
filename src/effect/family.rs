//! The table of all rules about changes, by what they are about.

use super::{Rule, rollout, shoot};

/// Rules that belong together.
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// Its tables of rules.
    pub tables: &'static [&'static [Rule]],
}

/// All families of rules about changes.
pub static FAMILIES: &[Family] = &[
    Family { name: "shoots", tables: &[shoot::RULES, shoot::version::RULES] },
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
];
