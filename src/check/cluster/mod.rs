//! Clusters: what Gardener is told about the components of Kubernetes, in shoots, in templates of shoots, for the virtual
//! garden, which counts as a cluster without workers, and for the seeds.
//!
//! A component is data, in a file of its own: its fields with their limits, and the versions of Kubernetes that know them.
//! A rule is about one kind of fault, and goes over the components of an object whatever the object is.

mod admission;
mod amount;
mod api_group;
mod api_server;
mod authorizer;
mod autoscaler;
mod choice;
mod cloud_controller;
mod conflict;
mod controller_manager;
mod encryption;
mod etcd;
mod feature_gate;
mod issuer;
mod kubelet;
mod lifetime;
mod limit;
mod list;
mod node_network;
mod parts;
mod proxy;
mod scheduler;
mod spelling;
mod vertical_autoscaler;
mod workerless;

use super::{Findings, Raised, Rule};
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::release::{Lifetime, Minor};
use crate::syntax::{Entry, Node, Value, join_path};
use crate::version;
use amount::Amount;
use choice::Choice;
use limit::{Number, Period};
use parts::parts;
use spelling::Spelling;

/// The tables of rules.
pub(super) static TABLES: &[&[Rule]] = &[
    lifetime::RULES,
    feature_gate::RULES,
    admission::RULES,
    api_group::RULES,
    authorizer::RULES,
    workerless::RULES,
    limit::RULES,
    amount::RULES,
    encryption::RULES,
    issuer::RULES,
    list::RULES,
    spelling::RULES,
    conflict::RULES,
    node_network::RULES,
    choice::RULES,
];

/// The kinds of objects that configure components of Kubernetes.
const CONFIGURING: &[GroupKind] =
    &[kind::SHOOT, kind::GARDEN, kind::SEED, kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET];

/// A component of Kubernetes, as far as Gardener lets it be configured.
struct Component {
    /// What it is called.
    name: &'static str,
    /// Whose feature gates it has.
    gates: Option<Gates>,
    /// Fields that hold numbers.
    numbers: &'static [Number],
    /// Fields that hold durations.
    periods: &'static [Period],
    /// Fields that hold amounts of resources.
    amounts: &'static [Amount],
    /// Fields that hold one of some words.
    choices: &'static [Choice],
    /// Fields that hold names of some grammar.
    spellings: &'static [Spelling],
    /// Fields that not every version of Kubernetes knows.
    lifetimes: &'static [Lived],
    /// Fields that make no sense in a cluster without workers.
    worker_fields: &'static [&'static str],
    /// Finds fields that contradict each other.
    conflicts: Option<fn(Part<'_>, &mut Findings)>,
}

impl Component {
    /// A component with nothing to configure, to begin from.
    const fn named(name: &'static str) -> Self {
        Self {
            name,
            gates: None,
            numbers: &[],
            periods: &[],
            amounts: &[],
            choices: &[],
            spellings: &[],
            lifetimes: &[],
            worker_fields: &[],
            conflicts: None,
        }
    }
}

/// Whose feature gates a component has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gates {
    /// Those of Kubernetes, by version.
    Kubernetes,
    /// Those of the vertical pod autoscaler that Gardener deploys.
    VerticalAutoscaler,
}

/// A field that not every version of Kubernetes knows.
struct Lived {
    path: &'static [&'static str],
    lifetime: Lifetime,
    /// What to do without it.
    instead: &'static str,
}

impl Lived {
    const fn removed(path: &'static [&'static str], minor: u64, instead: &'static str) -> Self {
        let lifetime = Lifetime { added: None, removed: Some(Minor::new(1, minor)) };
        Self { path, lifetime, instead }
    }

    const fn added(path: &'static [&'static str], minor: u64, instead: &'static str) -> Self {
        let lifetime = Lifetime { added: Some(Minor::new(1, minor)), removed: None };
        Self { path, lifetime, instead }
    }
}

/// What kind of object configures a component; it decides which defaults are filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A shoot: the API server fills in its defaults before it looks.
    Shoot,
    /// A template of shoots, which gets its defaults later.
    Template,
    /// The Garden.
    Garden,
    /// A seed.
    Seed,
}

/// The version of Kubernetes that a component is of.
#[derive(Clone, Copy)]
struct Version<'a> {
    text: &'a str,
    /// Its minor, unless it is no version.
    minor: Option<Minor>,
}

impl<'a> Version<'a> {
    fn of(node: Option<&'a Node>) -> Self {
        let text = node.and_then(Node::as_str).unwrap_or_default();
        Self { text, minor: Minor::of(text) }
    }

    /// Whether a field exists; in what is no version, all do.
    fn knows(self, lifetime: Lifetime) -> bool {
        let readable = version::parse(self.text).and(self.minor);
        readable.is_none_or(|minor| lifetime.contains(minor))
    }
}

/// A component as an object configures it.
#[derive(Clone, Copy)]
struct Part<'a> {
    object: &'a Object,
    node: &'a Node,
    component: &'static Component,
    version: Version<'a>,
    owner: Owner,
    workerless: bool,
    /// The pool that takes over the kubelet of its shoot, where that is judged for a pool.
    pool: Option<&'a Node>,
}

impl<'a> Part<'a> {
    /// A finding at a value of the component.
    fn at<'f>(self, findings: &'f mut Findings, node: &'a Node, message: impl Into<String>) -> Raised<'f> {
        self.below(findings, node, "", node, message)
    }

    /// A finding at a field that is not there.
    fn missing<'f>(self, findings: &'f mut Findings, field: &str, message: impl Into<String>) -> Raised<'f> {
        self.below(findings, self.node, field, self.node, message)
    }

    /// A finding at an entry of a mapping, which upstream names after its key whatever is in that.
    fn entry<'f>(
        self,
        findings: &'f mut Findings,
        mapping: &Node,
        entry: &'a Entry,
        message: impl Into<String>,
    ) -> Raised<'f> {
        let key = if entry.key.name.is_empty() { "[]" } else { &*entry.key.name };
        self.below(findings, mapping, key, &entry.value, message)
    }

    /// A finding at a value, under a path that upstream makes up of a field and a key or a name.
    fn below<'f>(
        self,
        findings: &'f mut Findings,
        field: &Node,
        suffix: &str,
        node: &'a Node,
        message: impl Into<String>,
    ) -> Raised<'f> {
        let inside = join_path(&self.node.path_to(field).unwrap_or_default(), suffix);
        let path = join_path(&self.path(), &inside);
        let mut raised = findings.named(self.object, node, path, message);
        if let Some(pool) = self.pool {
            raised = raised.related(pool, "this pool takes the kubelet of the shoot over");
        }
        raised
    }

    /// The path of the component.
    fn path(self) -> String {
        let path = |node: &Node| self.object.root.path_to(node).unwrap_or_default();
        match self.pool {
            Some(pool) => join_path(&path(pool), "kubernetes.kubelet"),
            None => path(self.node),
        }
    }

    /// Whether a feature gate is set, and to what.
    fn gate(self, name: &str) -> Option<bool> {
        let gates = self.node.get("featureGates")?.as_mapping()?;
        gates.get(name).and_then(switch)
    }

    /// Whether a field is one that this version of Kubernetes lacks, which says all there is to say about it.
    fn lacks(self, path: &[&str]) -> bool {
        let lived = self.component.lifetimes.iter().find(|lived| lived.path == path);
        lived.is_some_and(|lived| !self.version.knows(lived.lifetime))
    }
}

/// The values at a path, where `*` stands for each item of a list.
fn values<'a>(node: &'a Node, path: &[&str], each: &mut dyn FnMut(&'a Node)) {
    match path.split_first() {
        None => each(node),
        Some((&"*", rest)) => {
            for item in node.items() {
                values(item, rest, each);
            }
        }
        Some((name, rest)) => {
            if let Some(value) = node.get(name) {
                values(value, rest, each);
            }
        }
    }
}

/// The value of a switch in a mapping of them, where Gardener reads null as off.
fn switch(node: &Node) -> Option<bool> {
    if node.value == Value::Null { Some(false) } else { node.as_bool() }
}

/// The text of an item of a list, where Gardener reads null as an empty text.
fn item(node: &Node) -> Option<&str> {
    if node.value == Value::Null { Some("") } else { node.as_str() }
}

/// A field path as a person writes it.
fn dotted(path: &[&str]) -> String {
    path.join(".")
}
