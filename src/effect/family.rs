//! The table of all rules about changes, by what they are about.

use super::{Rule, shoot};

/// Rules that belong together.
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// Its tables of rules.
    pub tables: &'static [&'static [Rule]],
}

/// All families of rules about changes.
pub static FAMILIES: &[Family] = &[Family { name: "shoots", tables: &[shoot::RULES, shoot::version::RULES] }];
