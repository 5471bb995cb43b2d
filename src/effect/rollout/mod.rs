//! What Gardener does about a change that it takes over: which nodes it replaces, what it restarts, whom it reaches.
//!
//! A rule here objects to nothing. It says what follows, how many nodes that is at most, and when it begins.

pub(super) mod cluster;
pub(super) mod delivery;
pub(super) mod gardener;
pub(super) mod hibernation;
pub(super) mod operation;
pub(super) mod pool;
pub(super) mod profile;

use crate::diagnostic::count;
use crate::view::Shoot;

/// When Gardener begins with a change of a shoot, as the end of a sentence.
///
/// Upstream: pkg/gardenlet/controller/shoot/shoot/reconciler.go; a shoot confines itself to its maintenance by
/// `confineSpecUpdateRollout`.
fn when(shoot: Shoot<'_>) -> String {
    let confined = shoot.maintenance().and_then(|maintenance| maintenance.confines_changes()) == Some(true);
    match shoot.maintenance_begin() {
        Some(begin) if confined => format!("in the next maintenance window, from {begin} on"),
        None if confined => "in the next maintenance window".to_owned(),
        _ => "as soon as the change is applied".to_owned(),
    }
}

/// Whether a shoot sleeps: it has no nodes then.
fn sleeps(shoot: Shoot<'_>) -> bool {
    shoot.hibernation().and_then(|hibernation| hibernation.enabled()) == Some(true)
}

/// How many nodes there may be, as the end of a sentence.
fn at_most(nodes: i64) -> String {
    format!("at most {}", count(usize::try_from(nodes).unwrap_or_default(), "node"))
}

/// The first few names of a list, and how many more there are.
fn first_few<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
