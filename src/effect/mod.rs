//! Effect: Changes -> what Gardener and Flux do about them, and what they refuse.
//!
//! Rules are data, as in `check`, but a rule sees two landscapes: the one that runs and the one that shall run. It says what
//! it found like any other rule; how much that weighs for what is running stands in its row.

mod binding;
mod family;
mod garden;
mod immutable;
mod plain;
mod profile;
mod registration;
mod registry;
mod rollout;
mod secret;
mod seed;
mod shoot;
mod usage;

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use rayon::prelude::*;

pub use family::{FAMILIES, Family};

use crate::change::{Change, ChangeKind};
use crate::check::{Findings, Scope};
use crate::diagnostic::{Code, Diagnostic};
use crate::identity::Identity;
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::view::{CloudProfile, Garden, SeedTemplate, Shoot};

/// What a change does to what is running, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Nothing.
    #[default]
    None,
    /// It is taken over while everything keeps running.
    InPlace,
    /// Something is restarted or replaced.
    Disruptive,
    /// Something is lost.
    Destructive,
    /// The server refuses the change; nothing happens, and what depends on it waits.
    Rejected,
}

impl Impact {
    /// All of them, the least first.
    pub const ALL: [Self; 5] =
        [Self::None, Self::InPlace, Self::Disruptive, Self::Destructive, Self::Rejected];

    /// The name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::InPlace => "in-place",
            Self::Disruptive => "disruptive",
            Self::Destructive => "destructive",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Something that a change leads to.
#[derive(Clone, Debug)]
pub struct Effect {
    /// How much it weighs.
    pub impact: Impact,
    /// What it is, and where it comes from.
    pub finding: Diagnostic,
}

/// A rule: what it finds, how much that weighs, where upstream has it from, and how it looks for it.
pub struct Rule {
    /// The kind of finding it makes.
    pub code: Code,
    /// What that means for what is running.
    pub impact: Impact,
    /// Its ids in the catalogue of upstream rules.
    pub upstream: &'static [&'static str],
    /// The function and the kind of change it looks at.
    pub judge: Judge,
}

/// Something as it is on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Both<T> {
    /// As it runs.
    pub before: T,
    /// As it shall be.
    pub after: T,
}

impl<T> Both<T> {
    /// What a function makes of either side.
    pub fn map<U>(self, function: impl Fn(T) -> U) -> Both<U> {
        Both { before: function(self.before), after: function(self.after) }
    }
}

impl<T> Both<Option<T>> {
    /// Something that is there on both sides.
    pub fn transpose(self) -> Option<Both<T>> {
        Some(Both { before: self.before?, after: self.after? })
    }
}

/// A rule's function, by what it looks at.
#[derive(Clone, Copy)]
pub enum Judge {
    /// Every object of some kinds that was and is there, and differs.
    Changed(&'static [GroupKind], fn(Both<&Object>, &Sides<'_>, &mut Findings)),
    /// Every object that was and is there, and differs.
    AnyChanged(fn(&Change<'_>, &Sides<'_>, &mut Findings)),
    /// Every new object of some kinds.
    Added(&'static [GroupKind], fn(&Object, &Sides<'_>, &mut Findings)),
    /// Every object of some kinds that is gone.
    Removed(&'static [GroupKind], fn(&Object, &Sides<'_>, &mut Findings)),
    /// Every object that another unit delivers, or in another way.
    Moved(fn(&Change<'_>, &Sides<'_>, &mut Findings)),
    /// Every shoot that differs.
    Shoot(fn(Both<Shoot<'_>>, &Sides<'_>, &mut Findings)),
    /// Every shoot, and every template of shoots in a ManagedSeedSet, that differs.
    ShootTemplate(fn(Both<Shoot<'_>>, &Sides<'_>, &mut Findings)),
    /// Every CloudProfile that differs.
    CloudProfile(fn(Both<CloudProfile<'_>>, &Sides<'_>, &mut Findings)),
    /// Every seed that differs, be it an object of its own or what another one registers.
    Seed(fn(Both<SeedTemplate<'_>>, &Sides<'_>, &mut Findings)),
    /// The Garden, when it differs.
    Garden(fn(Both<Garden<'_>>, &Sides<'_>, &mut Findings)),
}

/// The two landscapes around a change.
pub struct Sides<'a> {
    /// The one that runs.
    pub before: Scope<'a>,
    /// The one that shall run.
    pub after: Scope<'a>,
    /// The new objects by what they are; worked out when a removed one first asks.
    newcomers: OnceLock<HashMap<String, &'a Object>>,
}

impl<'a> Sides<'a> {
    /// The landscape that runs, and the one that shall run.
    pub fn new(before: Scope<'a>, after: Scope<'a>) -> Self {
        Self { before, after, newcomers: OnceLock::new() }
    }

    /// A new object that is what a removed one was, under another name.
    fn successor(&self, object: &Object) -> Option<&'a Object> {
        let newcomers = self.newcomers.get_or_init(|| {
            let is_new = |object: &&Object| {
                let Identity { kind, namespace, name, .. } = &object.identity;
                self.before.landscape.find(kind, namespace.as_deref().unwrap_or_default(), name).is_none()
            };
            let new: Vec<&'a Object> = self.after.landscape.objects.iter().filter(is_new).collect();
            let made = new.into_par_iter().filter_map(|object| Some((make(object)?, object)));
            // Of several the first one; the objects are ordered.
            made.collect::<Vec<_>>().into_iter().rev().collect()
        });
        newcomers.get(&make(object)?).copied()
    }
}

/// What an object is, but for what has to be another for an object of another name.
fn make(object: &Object) -> Option<String> {
    let mut spec = object.root.get("spec")?.to_json();
    let fields = spec.as_object_mut()?;
    fields.remove("dns");
    fields.remove("namespace");
    Some(format!("{} {spec}", object.identity.kind))
}

/// All rules, family by family.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.tables).copied().flatten()
}

/// The effects of each change, in the order of the changes; those of one change are ordered by weight, code and field.
pub fn effects(changes: &[Change<'_>], sides: &Sides<'_>) -> Vec<Vec<Effect>> {
    changes.par_iter().map(|change| effects_of(change, sides)).collect()
}

fn effects_of(change: &Change<'_>, sides: &Sides<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for rule in rules() {
        let mut findings = Findings::new(rule.code);
        rule.judge.ask(change, sides, &mut findings);
        effects.extend(findings.found.into_iter().map(|finding| Effect { impact: rule.impact, finding }));
    }
    effects.sort_by_cached_key(|effect| {
        let finding = &effect.finding;
        let place = (finding.place.path.clone(), finding.place.span);
        (std::cmp::Reverse(effect.impact), finding.code.id, place, finding.message.clone())
    });
    effects
}

impl Judge {
    /// Asks the rule about a change, if it looks at changes of this kind.
    fn ask(self, change: &Change<'_>, sides: &Sides<'_>, findings: &mut Findings) {
        let is_one_of = |kinds: &[GroupKind]| {
            kinds.iter().any(|kind| change.key.kind == kind.kind && change.key.group == kind.group)
        };
        let pair = change.pair().map(|(before, after)| Both { before, after });
        match (self, pair) {
            (Self::Changed(kinds, judge), Some(pair)) if is_one_of(kinds) => judge(pair, sides, findings),
            (Self::AnyChanged(judge), Some(_)) => judge(change, sides, findings),
            (Self::Added(kinds, judge), None) if is_one_of(kinds) => {
                if let Some(after) = change.after {
                    judge(after.object, sides, findings);
                }
            }
            (Self::Removed(kinds, judge), None) if is_one_of(kinds) => {
                if let Some(before) = change.before {
                    judge(before.object, sides, findings);
                }
            }
            (Self::Moved(judge), Some(_)) if change.kind() == ChangeKind::Moved => {
                judge(change, sides, findings);
            }
            (Self::Shoot(judge), Some(pair)) if is_one_of(&[kind::SHOOT]) => {
                judge(pair.map(Shoot::of), sides, findings);
            }
            (Self::ShootTemplate(judge), Some(pair)) if is_one_of(&[kind::SHOOT, kind::MANAGED_SEED_SET]) => {
                if let Some(pair) = pair.map(Shoot::in_object).transpose() {
                    judge(pair, sides, findings);
                }
            }
            (Self::CloudProfile(judge), Some(pair)) if is_one_of(&[kind::CLOUD_PROFILE]) => {
                judge(pair.map(CloudProfile::of), sides, findings);
            }
            (Self::Seed(judge), Some(pair)) if is_one_of(kind::SEEDS) => {
                if let Some(pair) = pair.map(SeedTemplate::in_object).transpose() {
                    judge(pair, sides, findings);
                }
            }
            (Self::Garden(judge), Some(pair)) if is_one_of(&[kind::GARDEN]) => {
                judge(pair.map(Garden::of), sides, findings);
            }
            _ => {}
        }
    }
}
