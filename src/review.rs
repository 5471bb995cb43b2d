//! Review: Changes and their effects -> what every output tells of a pull request. Owned, plain data.
//!
//! Values that nobody should read in a review, those of Secrets and encrypted ones, do not come this far.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::change::{self, Change, ChangeKind, Field, Key, Noise, Placed};
use crate::effect::{Effect, Impact};
use crate::identity::Identity;
use crate::kind::{Cluster, Delivery};
use crate::plan::{Plan, Unit};
use crate::rendering::{Contents, Install};
use crate::syntax::Node;

/// What a change of a landscape amounts to.
#[derive(Debug)]
pub struct Review {
    /// The name of the landscape; nothing when any manifests are compared.
    pub landscape: Option<String>,
    /// What it starts from.
    pub base: Revised,
    /// What it leads to.
    pub head: Revised,
    /// The objects that differ, the heaviest impact first, then by cluster, unit and name.
    pub objects: Vec<Reviewed>,
    /// The units of both sides in the order they become ready, those that are gone at the end; empty where a side has no
    /// plan.
    pub units: Vec<ReviewedUnit>,
}

/// One side of a review.
#[derive(Clone, Debug)]
pub struct Revised {
    /// A revision or a path, as it was typed.
    pub name: String,
    /// The hash of the commit, where there is one.
    pub commit: Option<String>,
}

/// An object that differs.
#[derive(Debug)]
pub struct Reviewed {
    /// The cluster it lives in.
    pub cluster: Cluster,
    /// Who delivers it and how; nothing where there is no plan.
    pub unit: Option<(String, Delivery)>,
    /// Who delivered it before, when that was somebody else or in another way.
    pub moved_from: Option<(String, Delivery)>,
    /// Which object.
    pub identity: Identity,
    /// What became of it.
    pub change: ChangeKind,
    /// What that does to what is running.
    pub impact: Impact,
    /// What differs in it.
    pub fields: Vec<ReviewedField>,
    /// What it leads to, the heaviest first.
    pub effects: Vec<Effect>,
    /// What differs in the charts that it installs.
    pub charts: Vec<ReviewedChart>,
}

/// A chart that renders to other objects.
#[derive(Debug)]
pub struct ReviewedChart {
    /// What the object installs it as.
    pub role: &'static str,
    /// Its reference.
    pub reference: String,
    /// The objects in it that differ.
    pub objects: Vec<ReviewedPart>,
    /// What could not be rendered on either side, and why.
    pub failures: Vec<String>,
}

/// An object of a chart that differs.
#[derive(Debug)]
pub struct ReviewedPart {
    /// Which object.
    pub identity: Identity,
    /// What became of it.
    pub change: ChangeKind,
    /// What differs in it.
    pub fields: Vec<ReviewedField>,
}

/// A field that differs.
#[derive(Debug)]
pub struct ReviewedField {
    /// The way to it, as Gardener's API server names it: `spec.provider.workers[0].zones`.
    pub path: String,
    /// The way to it as a person names it: `spec.provider.workers[pool-a].zones`.
    pub named: String,
    /// What it was.
    pub before: Shown,
    /// What it is.
    pub after: Shown,
}

/// A value, as far as it may be seen.
#[derive(Debug, PartialEq)]
pub enum Shown {
    /// There is none.
    Absent,
    /// There is one, which is nobody's business.
    Hidden,
    /// This one.
    Value(Value),
}

/// A unit of either side.
#[derive(Debug)]
pub struct ReviewedUnit {
    /// The name of its Kustomization.
    pub name: String,
    /// Where its objects live.
    pub cluster: Cluster,
    /// How they get there.
    pub delivery: Delivery,
    /// How many units must be ready before it, one after the other.
    pub wave: usize,
    /// The units that must be ready right before it.
    pub depends_on: Vec<String>,
    /// How many objects it delivers.
    pub objects: usize,
    /// What became of it; nothing when it is as it was, and so are its objects.
    pub change: Option<ChangeKind>,
    /// The worst impact of its objects.
    pub impact: Impact,
}

/// How many objects there are of each kind of change and each impact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// New ones.
    pub added: usize,
    /// Ones with other fields, be they moved too.
    pub changed: usize,
    /// Ones that are gone.
    pub removed: usize,
    /// Ones that another unit delivers, or in another way.
    pub moved: usize,
    /// Ones whose change the server refuses.
    pub rejected: usize,
    /// Ones that something of is lost.
    pub destructive: usize,
    /// Ones that something of is restarted or replaced.
    pub disruptive: usize,
}

impl Review {
    /// The review of some changes, each with its effects.
    pub fn of(base: Revised, head: Revised, changes: &[Change<'_>], effects: Vec<Vec<Effect>>) -> Self {
        let mut objects: Vec<Reviewed> =
            changes.iter().zip(effects).map(|(change, effects)| Reviewed::of(change, effects)).collect();
        objects.sort_by(|one, other| one.order().cmp(&other.order()));
        Self { landscape: None, base, head, objects, units: Vec::new() }
    }

    /// Whether a file is one of the base, and the head has none of its name.
    pub fn is_of_base(&self, file: &str) -> bool {
        let below = |side: &Revised| {
            let root = side.name.trim_start_matches("./").trim_end_matches('/');
            file.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match self.base.label() {
            Some(label) => file.starts_with(&label),
            None => below(&self.base) && !below(&self.head),
        }
    }

    /// Adds the units of both sides.
    #[must_use]
    pub fn with_units(mut self, before: &Plan<'_>, after: &Plan<'_>) -> Self {
        let touched = self.touched();
        let old: BTreeMap<&str, &Unit<'_>> = by_name(before);
        let new: BTreeMap<&str, &Unit<'_>> = by_name(after);
        let waves = [waves(before), waves(after)];
        let reviewed = |unit: &Unit<'_>, waves: &BTreeMap<&str, usize>, change| ReviewedUnit {
            name: unit.name.clone(),
            cluster: unit.cluster,
            delivery: unit.delivery,
            wave: waves.get(unit.name.as_str()).copied().unwrap_or_default(),
            depends_on: unit.depends_on.clone(),
            objects: unit.objects.len(),
            change,
            impact: touched.get(unit.name.as_str()).copied().unwrap_or_default(),
        };
        let [waves_before, waves_after] = &waves;
        let kept = after.units.iter().map(|unit| {
            let change = match old.get(unit.name.as_str()) {
                None => Some(ChangeKind::Added),
                Some(_) if touched.contains_key(unit.name.as_str()) => Some(ChangeKind::Changed),
                Some(old) => (!is_same(old, unit)).then_some(ChangeKind::Changed),
            };
            reviewed(unit, waves_after, change)
        });
        let gone = before.units.iter().filter(|unit| !new.contains_key(unit.name.as_str()));
        let gone = gone.map(|unit| reviewed(unit, waves_before, Some(ChangeKind::Removed)));
        self.units = kept.chain(gone).collect();
        self
    }

    /// The worst impact in each unit that has objects that differ; one that moved counts on both ends.
    fn touched(&self) -> BTreeMap<String, Impact> {
        let mut touched: BTreeMap<String, Impact> = BTreeMap::new();
        for object in &self.objects {
            for (name, _) in object.unit.iter().chain(&object.moved_from) {
                let worst = touched.entry(name.clone()).or_default();
                *worst = object.impact.max(*worst);
            }
        }
        touched
    }

    /// The worst impact of all.
    pub fn impact(&self) -> Impact {
        self.objects.iter().map(|object| object.impact).max().unwrap_or_default()
    }

    /// The numbers.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for object in &self.objects {
            match object.change {
                ChangeKind::Added => summary.added += 1,
                ChangeKind::Changed => summary.changed += 1,
                ChangeKind::Removed => summary.removed += 1,
                ChangeKind::Moved => summary.moved += 1,
            }
            match object.impact {
                Impact::Rejected => summary.rejected += 1,
                Impact::Destructive => summary.destructive += 1,
                Impact::Disruptive => summary.disruptive += 1,
                Impact::None | Impact::InPlace => {}
            }
        }
        summary
    }
}

impl Revised {
    /// What stands before the names of the files of a commit, `main:`.
    pub fn label(&self) -> Option<String> {
        self.commit.is_some().then(|| format!("{}:", self.name))
    }
}

impl Reviewed {
    fn of(change: &Change<'_>, effects: Vec<Effect>) -> Self {
        let placed = change.after.or(change.before).expect("a change is of an object");
        let unit = |placed: Placed<'_>| placed.unit.map(|(name, way)| (name.to_owned(), way));
        let least = match change.kind() {
            ChangeKind::Added => Impact::None,
            ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Removed => Impact::InPlace,
        };
        let impact = effects.iter().map(|effect| effect.impact).fold(least, Ord::max);
        Self {
            cluster: change.key.cluster,
            unit: unit(placed),
            moved_from: change.before.filter(|_| change.kind() == ChangeKind::Moved).and_then(unit),
            identity: placed.object.identity.clone(),
            change: change.kind(),
            impact,
            fields: reviewed(change),
            effects,
            charts: Vec::new(),
        }
    }

    /// What tells it from every other object.
    pub fn key(&self) -> Key {
        Key::of(self.cluster, &self.identity)
    }

    /// The name of the unit that delivers it; empty where there is no plan.
    pub fn unit_name(&self) -> &str {
        self.unit.as_ref().map_or("", |(name, _)| name)
    }

    fn order(&self) -> impl Ord + '_ {
        (std::cmp::Reverse(self.impact), self.cluster, self.unit_name(), &self.identity)
    }
}

/// The objects of a chart, which nobody has planned.
fn placed(contents: Option<&Contents>) -> Vec<Placed<'_>> {
    contents.map(|contents| contents.objects.iter().map(Placed::alone).collect()).unwrap_or_default()
}

/// The fields of an object that differ.
fn reviewed(change: &Change<'_>) -> Vec<ReviewedField> {
    let placed = change.after.or(change.before).expect("a change is of an object");
    change.fields.iter().map(|field| ReviewedField::of(field, placed)).collect()
}

impl ReviewedChart {
    /// What became of a chart; nothing when it renders to the same as before, and all of it.
    pub fn of(
        install: &Install,
        before: Option<&Contents>,
        after: Option<&Contents>,
        noise: Noise,
    ) -> Option<Self> {
        let changes = change::changes(&placed(before), &placed(after), noise);
        let objects = changes.iter().map(|change| ReviewedPart {
            identity: change
                .after
                .or(change.before)
                .expect("a change is of an object")
                .object
                .identity
                .clone(),
            change: change.kind(),
            fields: reviewed(change),
        });
        let mut failures: Vec<String> =
            before.into_iter().chain(after).flat_map(|contents| contents.failures.clone()).collect();
        failures.sort();
        failures.dedup();
        let chart = Self {
            role: install.role,
            reference: install.reference.to_string(),
            objects: objects.collect(),
            failures,
        };
        (!chart.objects.is_empty() || !chart.failures.is_empty()).then_some(chart)
    }
}

impl ReviewedField {
    fn of(field: &Field<'_>, placed: Placed<'_>) -> Self {
        let kind = &*placed.object.identity.kind;
        let is_secret = matches!(kind, "Secret" | "InternalSecret")
            && (field.path.starts_with(&["data"]) || field.path.starts_with(&["stringData"]));
        let shown = |node: Option<&Node>| match node {
            None => Shown::Absent,
            Some(_) if is_secret => Shown::Hidden,
            Some(node) if holds_encrypted(node) => Shown::Hidden,
            Some(node) => Shown::Value(node.to_json()),
        };
        Self {
            path: field.path.field(),
            named: field.path.named(),
            before: shown(field.before),
            after: shown(field.after),
        }
    }
}

fn by_name<'p>(plan: &'p Plan<'_>) -> BTreeMap<&'p str, &'p Unit<'p>> {
    plan.units.iter().map(|unit| (unit.name.as_str(), unit)).collect()
}

/// Whether nobody who looks at the units alone can tell two of one name apart.
fn is_same(one: &Unit<'_>, other: &Unit<'_>) -> bool {
    (one.cluster, one.delivery, &one.depends_on) == (other.cluster, other.delivery, &other.depends_on)
}

/// The length of the longest way down from each unit; a plan names a unit after those it depends on.
fn waves<'p>(plan: &'p Plan<'_>) -> BTreeMap<&'p str, usize> {
    let mut waves: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in &plan.units {
        let below = unit.depends_on.iter().filter_map(|name| waves.get(name.as_str()));
        let wave = below.max().map_or(0, |wave| wave + 1);
        waves.insert(&unit.name, wave);
    }
    waves
}

/// Whether a value is encrypted, or something in it is.
fn holds_encrypted(node: &Node) -> bool {
    node.as_str().is_some_and(|text| text.starts_with("ENC["))
        || node.items().iter().any(holds_encrypted)
        || node.entries().iter().any(|entry| holds_encrypted(&entry.value))
}
