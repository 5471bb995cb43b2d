//! Two locks -> what moved between them.

use serde::Serialize;

use super::Lock;
use crate::digest::Digest;
use crate::inventory::Kind;

/// A reference that leads elsewhere than before, or is new, or is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// `chart` or `image`.
    pub kind: &'static str,
    /// The reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// `added`, `moved` or `removed`.
    pub change: &'static str,
    /// The digest that it led to.
    pub before: Option<Digest>,
    /// The digest that it leads to.
    pub after: Option<Digest>,
}

/// What moved, charts first, each kind in the order of the references.
pub fn moves(old: &Lock, new: &Lock) -> Vec<Move> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let (old, new) = (old.of_kind(kind), new.of_kind(kind));
        let mut references: Vec<_> = old.keys().chain(new.keys()).collect();
        references.sort();
        references.dedup();
        for reference in references {
            let digest = |lock: &std::collections::BTreeMap<_, super::Locked>| {
                lock.get(reference).map(|locked| locked.digest)
            };
            let (before, after) = (digest(old), digest(new));
            let change = match (before, after) {
                _ if before == after => continue,
                (None, _) => "added",
                (_, None) => "removed",
                _ => "moved",
            };
            all.push(Move { kind: kind.name(), reference: reference.to_string(), change, before, after });
        }
    }
    all
}
