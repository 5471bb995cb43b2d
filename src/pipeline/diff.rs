//! Two landscapes -> the review of what lies between them.

use std::collections::BTreeMap;

use super::Compiler;
use super::seen::Seen;
use crate::change::{self, Change, Noise, Placed};
use crate::check::{self, Checked, Scope};
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported, Severity};
use crate::effect::{self, Effect, Impact, Sides};
use crate::kind::{Cluster, Delivery};
use crate::landscape::{self, Landscape, Object};
use crate::manifest;
use crate::path::RelPath;
use crate::plan::{self, Plan, ROOT_UNIT};
use crate::review::{Review, Revised};
use crate::spec;

const BASE_BROKEN: Code = Code::warning("L702", "base-does-not-compile");
const NOT_COMPARED: Code = Code::warning("L703", "objects-not-compared");

/// What is compiled on one side.
#[derive(Clone, Debug)]
pub enum Target {
    /// The landscape in a directory.
    Landscape(RelPath),
    /// Any manifests below these paths.
    Loose(Vec<RelPath>),
}

impl Target {
    /// What its files are below of.
    fn root(&self) -> RelPath {
        match self {
            Self::Landscape(directory) => directory.clone(),
            Self::Loose(paths) => match paths.as_slice() {
                [one] => one.clone(),
                _ => RelPath::root(),
            },
        }
    }
}

/// One side of a comparison.
pub struct Comparison<'c, 'a> {
    /// What compiles it.
    pub compiler: &'c Compiler<'a>,
    /// What it compiles.
    pub target: Target,
    /// What the side is called.
    pub name: Revised,
}

/// A landscape as far as it could be compiled.
enum Compiled {
    /// No rule objects to it.
    Checked(Box<Checked>),
    /// It can be looked at, not planned.
    Refused(Box<Landscape>),
}

impl Compiled {
    fn landscape(&self) -> &Landscape {
        match self {
            Self::Checked(checked) => checked.landscape(),
            Self::Refused(landscape) => landscape,
        }
    }

    fn plan(&self, target: &Target) -> Option<Plan<'_>> {
        match (self, target) {
            (Self::Checked(checked), Target::Landscape(_)) => Some(plan::plan(checked)),
            _ => None,
        }
    }
}

impl Comparison<'_, '_> {
    /// Compares a base with this head. All findings of the head are reported, and that a base does not compile; whatever
    /// does compile is compared.
    pub fn with_base(&self, base: &Self, noise: Noise, report: &mut Report) -> Result<Review, Reported> {
        let mut seen_after = Seen::recording(self.target.root());
        let after = self.compile(&mut seen_after, report)?;
        let mut seen_before = Seen::after(&seen_after, base.target.root());
        let before = base.compile_base(&mut seen_before, report);
        (self.compiler.begin)("compare");
        let plans = before.plan(&base.target).zip(after.plan(&self.target));
        let delivery = plans.as_ref().map(|(old, new)| (manifest::delivery(old), manifest::delivery(new)));
        let (old, new) = match (&plans, &delivery) {
            (Some((old, new)), Some((old_delivery, new_delivery))) => {
                (planned(old, old_delivery), planned(new, new_delivery))
            }
            _ => (Placed::in_landscape(before.landscape()), Placed::in_landscape(after.landscape())),
        };
        let mut changes = change::changes(&old, &new, noise);
        drop_incomparable(&mut changes, &seen_before, &seen_after, report);
        (self.compiler.begin)("effects");
        let at = self.compiler.at;
        let sides =
            Sides { before: Scope::of(before.landscape(), at), after: Scope::of(after.landscape(), at) };
        let mut effects = effect::effects(&changes, &sides);
        add_errors(&changes, &mut effects, report);
        Ok(Review::of(base.name.clone(), self.name.clone(), &changes, effects))
    }

    /// Compiles the base; its findings are told as one, as nobody can mend them any more.
    fn compile_base(&self, seen: &mut Seen, report: &mut Report) -> Compiled {
        // Effects point into the files of both sides, so these have one map.
        let mut own = Report::default();
        std::mem::swap(&mut own.sources, &mut report.sources);
        let compiled = self.is_there().then(|| self.compile(seen, &mut own).ok()).flatten();
        let errors: Vec<Diagnostic> = own
            .findings()
            .into_iter()
            .filter(|found| found.code.severity == Severity::Error)
            .cloned()
            .collect();
        std::mem::swap(&mut own.sources, &mut report.sources);
        if let Some(first) = errors.first() {
            let message = format!("`{}` does not compile: {}", self.name.name, first.message);
            let count = match errors.len() {
                1 => String::new(),
                count => format!(", {count} errors in all"),
            };
            report.push(
                Diagnostic::new(BASE_BROKEN, format!("{message}{count}"), first.place.clone())
                    .why("what runs can be told from the base only as far as that compiles: the units are not compared")
                    .help("`landscape check` at that revision shows all its findings"),
            );
        }
        compiled.unwrap_or_else(|| {
            Compiled::Refused(Box::new(landscape::gather(&[], false, &mut Report::default())))
        })
    }

    /// Whether there is anything to compile: a landscape may be new.
    fn is_there(&self) -> bool {
        let paths = match &self.target {
            Target::Landscape(directory) => vec![directory.child(spec::MANIFEST)],
            Target::Loose(paths) => paths.clone(),
        };
        paths.iter().any(|path| self.compiler.workspace.list(path).is_ok_and(|found| !found.is_empty()))
    }

    fn compile(&self, seen: &mut Seen, report: &mut Report) -> Result<Compiled, Reported> {
        let landscape = match &self.target {
            Target::Landscape(directory) => {
                let (mut landscape, _) = self.compiler.load(directory, seen, report)?;
                self.compiler.pin(&mut landscape, directory, report);
                landscape
            }
            Target::Loose(paths) => self.compiler.gather(paths, false, seen, report),
        };
        (self.compiler.begin)("check");
        Ok(match check::check(landscape, self.compiler.at, report) {
            Ok(checked) => Compiled::Checked(Box::new(checked)),
            Err(refused) => Compiled::Refused(refused.landscape),
        })
    }
}

/// The objects of a plan, and those that make Flux apply it.
fn planned<'a>(plan: &'a Plan<'_>, delivery: &'a [Object]) -> Vec<Placed<'a>> {
    let of_root = delivery.iter().map(|object| Placed {
        object,
        cluster: Cluster::Runtime,
        unit: Some((ROOT_UNIT, Delivery::Flux)),
    });
    Placed::in_plan(plan).into_iter().chain(of_root).collect()
}

/// Leaves out what seems new or gone because a file of the other side cannot be read, and says so.
fn drop_incomparable(
    changes: &mut Vec<Change<'_>>,
    seen_before: &Seen,
    seen_after: &Seen,
    report: &mut Report,
) {
    let mut dropped: BTreeMap<_, usize> = BTreeMap::new();
    changes.retain(|change| {
        let (object, faulty) = match (change.before, change.after) {
            (Some(before), None) => {
                (before.object, seen_after.lacks(seen_before, before.object.root.span.file))
            }
            (None, Some(after)) => (after.object, seen_before.lacks(seen_after, after.object.root.span.file)),
            _ => return true,
        };
        if faulty {
            *dropped.entry(object.root.span.file).or_default() += 1;
        }
        !faulty
    });
    for (file, count) in dropped {
        let message = match count {
            1 => "an object of this file is not compared".to_owned(),
            count => format!("{count} objects of this file are not compared"),
        };
        let place = Place::file(report.sources.name(file));
        report.push(
            Diagnostic::new(NOT_COMPARED, message, place)
                .why("on the other side the file cannot be read, so nobody can tell what became of them")
                .help("mend the file where it is faulty"),
        );
    }
}

/// An error in an object that changes is an effect of the change: the server would refuse it, or it cannot work.
fn add_errors(changes: &[Change<'_>], effects: &mut [Vec<Effect>], report: &Report) {
    let mut errors: BTreeMap<_, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in report.findings() {
        if let Some(object) = &finding.place.object
            && finding.code.severity == Severity::Error
        {
            errors.entry(object).or_default().push(finding);
        }
    }
    for (change, effects) in changes.iter().zip(effects) {
        let found = change.after.and_then(|after| errors.get(&after.object.identity)).into_iter().flatten();
        let new: Vec<Effect> = found
            .map(|finding| Effect { impact: Impact::Rejected, finding: Diagnostic::clone(finding) })
            .collect();
        effects.splice(0..0, new);
    }
}
