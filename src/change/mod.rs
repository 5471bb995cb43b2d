//! Change: two landscapes -> what differs between them, object by object and field by field.
//!
//! Objects are told apart by cluster, group, kind, namespace and name; in which file, unit or order they were written does
//! not count. What a change does to the running landscape is the next stage's business.

mod field;
mod noise;

use std::collections::BTreeMap;

use ecow::EcoString;
use rayon::prelude::*;

pub use field::{Field, Path, Step, fields, same, same_or_absent};
pub use noise::Noise;

use crate::identity::Identity;
use crate::kind::{Cluster, Delivery};
use crate::landscape::Object;
use crate::plan::Plan;

/// What makes an object of one side the same as one of the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The cluster it lives in.
    pub cluster: Cluster,
    /// The API group; an object may change its version.
    pub group: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// The namespace; empty for cluster-scoped objects.
    pub namespace: EcoString,
    /// The name.
    pub name: EcoString,
}

/// An object, and how it gets to its cluster.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The object.
    pub object: &'a Object,
    /// The cluster.
    pub cluster: Cluster,
    /// The unit and the way; nothing where there is no plan.
    pub unit: Option<(&'a str, Delivery)>,
}

impl<'a> Placed<'a> {
    /// The objects of a plan, each with its unit.
    pub fn in_plan(plan: &'a Plan<'_>) -> Vec<Self> {
        let placed = |unit: &'a crate::plan::Unit<'_>| {
            unit.objects.iter().map(|object| Self {
                object,
                cluster: unit.cluster,
                unit: Some((unit.name.as_str(), unit.delivery)),
            })
        };
        plan.units.iter().flat_map(placed).collect()
    }

    /// An object that others bring to its cluster.
    pub fn alone(object: &'a Object) -> Self {
        Self { object, cluster: object.cluster(), unit: None }
    }

    fn key(&self) -> Key {
        Key::of(self.cluster, &self.object.identity)
    }
}

impl Key {
    /// The key of an object in a cluster.
    pub fn of(cluster: Cluster, identity: &Identity) -> Self {
        Self {
            cluster,
            group: identity.group().into(),
            kind: identity.kind.clone(),
            namespace: identity.namespace.clone().unwrap_or_default(),
            name: identity.name.clone(),
        }
    }
}

/// An object that is not the same on both sides.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Which object.
    pub key: Key,
    /// What it was; nothing when it is new.
    pub before: Option<Placed<'a>>,
    /// What it is; nothing when it is removed.
    pub after: Option<Placed<'a>>,
    /// The fields that differ, of an object that is on both sides.
    pub fields: Vec<Field<'a>>,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Some of its fields differ.
    Changed,
    /// It is gone.
    Removed,
    /// Another unit delivers it, or in another way; its fields may differ, too.
    Moved,
}

impl ChangeKind {
    /// The name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Moved => "moved",
        }
    }

    /// The sign that stands for it before the name of an object.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Changed => "~",
            Self::Removed => "-",
            Self::Moved => ">",
        }
    }
}

impl<'a> Change<'a> {
    /// What became of the object.
    pub fn kind(&self) -> ChangeKind {
        match (self.before, self.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            (Some(before), Some(after)) if has_moved(before, after) => ChangeKind::Moved,
            _ => ChangeKind::Changed,
        }
    }

    /// The object on both sides, when it is on both.
    pub fn pair(&self) -> Option<(&'a Object, &'a Object)> {
        Some((self.before?.object, self.after?.object))
    }
}

/// Whether both sides have a plan, and the plans differ in who delivers the object.
fn has_moved(before: Placed<'_>, after: Placed<'_>) -> bool {
    before.unit.zip(after.unit).is_some_and(|(before, after)| before != after)
}

/// What differs between two sides, ordered by cluster, group, kind, namespace and name.
pub fn changes<'a>(before: &[Placed<'a>], after: &[Placed<'a>], noise: Noise) -> Vec<Change<'a>> {
    let mut pairs: BTreeMap<Key, (Option<Placed<'a>>, Option<Placed<'a>>)> = BTreeMap::new();
    for placed in before {
        pairs.entry(placed.key()).or_default().0 = Some(*placed);
    }
    for placed in after {
        pairs.entry(placed.key()).or_default().1 = Some(*placed);
    }
    let changes = pairs.into_par_iter().filter_map(|(key, (before, after))| {
        let mut differing = Vec::new();
        if let (Some(before), Some(after)) = (before, after) {
            if before.object.root != after.object.root {
                differing = fields(&before.object.root, &after.object.root, noise);
            }
            if differing.is_empty() && !has_moved(before, after) {
                return None;
            }
        }
        Some(Change { key, before, after, fields: differing })
    });
    changes.collect()
}
