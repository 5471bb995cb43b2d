//! Kinds: what the compiler knows of each, as a table.

use crate::identity::Identity;

/// A cluster that a landscape writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cluster {
    /// The cluster that the Garden runs in.
    Runtime,
    /// The API that Gardener serves.
    VirtualGarden,
}

impl Cluster {
    /// The name used in `plan.json`, in annotations and in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::VirtualGarden => "virtual-garden",
        }
    }
}

/// The way an object takes to its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Flux applies it, server-side.
    Flux,
    /// A ManagedResource carries it, the resource-manager applies it.
    Bundle,
}

impl Delivery {
    /// The name used in `plan.json` and in annotations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::Bundle => "bundle",
        }
    }
}

/// What the compiler knows of a kind.
#[derive(Debug)]
pub struct KindFacts {
    /// The API group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
}

/// What is known of the kind of an object.
pub fn facts(identity: &Identity) -> Option<&'static KindFacts> {
    static SHOOT: KindFacts = KindFacts {
        group: "core.gardener.cloud",
        kind: "Shoot",
    };
    identity.is(SHOOT.group, SHOOT.kind).then_some(&SHOOT)
}

/// Where objects of this kind live and how they get there.
pub fn delivery(identity: &Identity) -> Option<(Cluster, Delivery)> {
    match identity.group() {
        "operator.gardener.cloud" => Some((Cluster::Runtime, Delivery::Flux)),
        _ => Some((Cluster::VirtualGarden, Delivery::Bundle)),
    }
}
