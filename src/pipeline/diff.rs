//! Two landscapes -> the review of what lies between them.

use std::collections::BTreeMap;

use super::Compiler;
use super::seen::Seen;
use crate::bundle::{self, Wrappings};
use crate::change::{self, Change, ChangeKind, Key, Noise, Path, Placed};
use crate::check::{self, Checked, Scope};
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported, Severity};
use crate::effect::{self, Effect, Impact, Sides};
use crate::identity::Identity;
use crate::kind::{Cluster, Delivery, MANAGED_RESOURCE};
use crate::landscape::{self, Landscape, Object};
use crate::manifest;
use crate::path::RelPath;
use crate::plan::{self, Plan, ROOT_UNIT};
use crate::rendering::{self, Install};
use crate::review::{Review, ReviewedChart, Revised};
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
    /// A tree that [`Compiler::render`] made, in this directory.
    Rendered(RelPath),
}

/// The directories of a rendered tree that hold what is delivered; the others show it once more.
const DELIVERED: [&str; 4] = ["bundles", "flux", "runtime", "virtual-garden"];

impl Target {
    /// What its files are below of.
    fn root(&self) -> RelPath {
        match self {
            Self::Landscape(directory) | Self::Rendered(directory) => directory.clone(),
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
struct Compiled {
    judged: Judged,
    /// What came out of bundles.
    wrappings: Wrappings,
}

enum Judged {
    /// No rule objects to it.
    Checked(Box<Checked>),
    /// It can be looked at, not planned.
    Refused(Box<Landscape>),
}

impl Compiled {
    fn landscape(&self) -> &Landscape {
        match &self.judged {
            Judged::Checked(checked) => checked.landscape(),
            Judged::Refused(landscape) => landscape,
        }
    }

    fn plan(&self, target: &Target) -> Option<Plan<'_>> {
        match (&self.judged, target) {
            (Judged::Checked(checked), Target::Landscape(_)) => Some(plan::plan(checked)),
            _ => None,
        }
    }

    /// The objects as the files tell who delivers them, the wrapping of bundles left out.
    fn placed<'a>(&'a self, target: &Target, seen: &'a Seen<'_>) -> Vec<Placed<'a>> {
        let objects = self.landscape().objects.iter().filter(|object| !self.is_wrapping(object));
        let placed = |object| {
            let file = Object::file(object);
            let wrapping = self
                .wrappings
                .files
                .get(&file)
                .map(|wrapping| (wrapping.cluster, Some((wrapping.unit.as_str(), Delivery::Bundle))));
            let (cluster, unit) = wrapping
                .or_else(|| in_rendered(target, seen.path(file)?))
                .unwrap_or_else(|| (object.cluster(), None));
            Placed { object, cluster, unit }
        };
        objects.map(placed).collect()
    }

    fn is_wrapping(&self, object: &Object) -> bool {
        object.identity.is("", "Secret") && self.wrappings.secrets.contains(&name_of(&object.identity))
    }
}

fn name_of(identity: &Identity) -> (String, String) {
    (identity.namespace.as_deref().unwrap_or_default().to_owned(), identity.name.to_string())
}

/// Where a file of a rendered tree is delivered, and by which unit.
fn in_rendered<'p>(target: &Target, path: &'p RelPath) -> Option<(Cluster, Option<(&'p str, Delivery)>)> {
    let mut parts = path.parts();
    let (directory, unit) = (parts.next()?, parts.next()?);
    if !matches!(target, Target::Rendered(_)) {
        return None;
    }
    Some(match directory {
        "virtual-garden" => (Cluster::VirtualGarden, Some((unit, Delivery::Flux))),
        "flux" => (Cluster::Runtime, Some((ROOT_UNIT, Delivery::Flux))),
        _ => (Cluster::Runtime, Some((unit, Delivery::Flux))),
    })
}

impl Comparison<'_, '_> {
    /// Compares a base with this head. All findings of the head are reported, and that a base does not compile; whatever
    /// does compile is compared.
    pub fn with_base(&self, base: &Self, noise: Noise, report: &mut Report) -> Result<Review, Reported> {
        let mut seen_after = Seen::recording(self.target.root());
        let after = self.compile(&mut seen_after, report)?;
        let mut seen_before = Seen::after(&seen_after, after.landscape(), base.target.root());
        let before = base.compile_base(&mut seen_before, report);
        (self.compiler.begin)("compare");
        let plans = before.plan(&base.target).zip(after.plan(&self.target));
        let delivery = plans.as_ref().map(|(old, new)| (manifest::delivery(old), manifest::delivery(new)));
        let (old, new) = match (&plans, &delivery) {
            (Some((old, new)), Some((old_delivery, new_delivery))) => {
                (planned(old, old_delivery), planned(new, new_delivery))
            }
            _ => (before.placed(&base.target, &seen_before), after.placed(&self.target, &seen_after)),
        };
        let mut changes = change::changes(&old, &new, noise);
        drop_wrapping(&mut changes, &after.wrappings);
        drop_incomparable(&mut changes, &seen_before, &seen_after, report);
        (self.compiler.begin)("effects");
        let at = self.compiler.at;
        let sides = Sides::new(Scope::of(before.landscape(), at), Scope::of(after.landscape(), at));
        let mut effects = effect::effects(&changes, &sides);
        add_errors(&changes, &mut effects, report);
        let landscape = matches!(self.target, Target::Landscape(_))
            .then(|| after.landscape().settings.name.clone())
            .filter(|name| !name.is_empty());
        let mut review = Review::of(base.name.clone(), self.name.clone(), &changes, effects);
        (self.compiler.begin)("charts");
        let mut charts = charts(&changes, [before.landscape(), after.landscape()], noise);
        for object in &mut review.objects {
            object.charts = charts.remove(&object.key()).unwrap_or_default();
        }
        let review = Review { landscape, ..review };
        Ok(match &plans {
            Some((old, new)) => review.with_units(old, new),
            None => review,
        })
    }

    /// Compiles the base; its findings are told as one, as nobody can mend them any more.
    fn compile_base(&self, seen: &mut Seen<'_>, report: &mut Report) -> Compiled {
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
            let nothing = landscape::gather(&[], false, &mut Report::default());
            Compiled { judged: Judged::Refused(Box::new(nothing)), wrappings: Wrappings::default() }
        })
    }

    /// Whether there is anything to compile: a landscape may be new.
    fn is_there(&self) -> bool {
        let paths = match &self.target {
            Target::Landscape(directory) => vec![directory.child(spec::MANIFEST)],
            Target::Loose(paths) => paths.clone(),
            Target::Rendered(directory) => vec![directory.clone()],
        };
        paths.iter().any(|path| self.compiler.workspace.list(path).is_ok_and(|found| !found.is_empty()))
    }

    fn compile(&self, seen: &mut Seen<'_>, report: &mut Report) -> Result<Compiled, Reported> {
        let mut wrappings = Wrappings::default();
        let landscape = match &self.target {
            Target::Landscape(directory) => {
                let stock = self.compiler.stock_unseen(directory, seen, report)?;
                self.compiler.pinned(stock, report).landscape
            }
            Target::Loose(paths) => self.gather(paths, seen, &mut wrappings, report),
            Target::Rendered(directory) => {
                let below = DELIVERED.map(|name| directory.child(name));
                let is_there =
                    |path: &RelPath| self.compiler.workspace.list(path).is_ok_and(|found| !found.is_empty());
                let paths: Vec<RelPath> = below.into_iter().filter(is_there).collect();
                self.gather(&paths, seen, &mut wrappings, report)
            }
        };
        (self.compiler.begin)("check");
        let judged = match check::check(landscape, self.compiler.at, report) {
            Ok(checked) => Judged::Checked(Box::new(checked)),
            Err(refused) => Judged::Refused(refused.landscape),
        };
        Ok(Compiled { judged, wrappings })
    }

    fn gather(
        &self,
        paths: &[RelPath],
        seen: &mut Seen<'_>,
        wrappings: &mut Wrappings,
        report: &mut Report,
    ) -> Landscape {
        let (mut parsed, _) = self.compiler.read_loose(paths, seen, report);
        *wrappings = bundle::unwrap(&mut parsed, report);
        landscape::gather(&parsed.documents, false, report)
    }
}

/// What differs in the charts of the objects that differ. One that is installed as before is not rendered.
fn charts(
    changes: &[Change<'_>],
    [before, after]: [&Landscape; 2],
    noise: Noise,
) -> BTreeMap<Key, Vec<ReviewedChart>> {
    let mut charts = BTreeMap::new();
    for change in changes {
        let of = |placed: Option<Placed<'_>>, landscape| {
            placed.map(|placed| rendering::installs(placed.object, landscape)).unwrap_or_default()
        };
        let (old, new) = (of(change.before, before), of(change.after, after));
        let gone = old.iter().filter(|install| new.iter().all(|other| other.role != install.role));
        let reviewed = new.iter().chain(gone).filter_map(|install| {
            let earlier = old.iter().find(|earlier| earlier.role == install.role);
            let later = new.iter().find(|later| later.role == install.role);
            if earlier == later {
                return None;
            }
            let [earlier, later] = [earlier, later].map(|install| install.map(Install::render));
            ReviewedChart::of(install, earlier.as_ref(), later.as_ref(), noise)
        });
        let reviewed: Vec<ReviewedChart> = reviewed.collect();
        if !reviewed.is_empty() {
            charts.insert(change.key.clone(), reviewed);
        }
    }
    charts
}

/// What differs about a bundle whenever its objects do; those are told of by themselves.
fn drop_wrapping(changes: &mut Vec<Change<'_>>, wrappings: &Wrappings) {
    let is_wrapping = |path: &Path| {
        let text = path.field();
        path.starts_with(&["spec", "secretRefs"])
            || text.starts_with("metadata.annotations[reference.resources.gardener.cloud/")
            || text.starts_with("metadata.annotations[landscape.gardener.cloud/sign")
    };
    changes.retain_mut(|change| {
        let Some((_, after)) = change.pair() else { return true };
        if !after.identity.is(MANAGED_RESOURCE.group, MANAGED_RESOURCE.kind)
            || !wrappings.resources.contains(&name_of(&after.identity))
        {
            return true;
        }
        change.fields.retain(|field| !is_wrapping(&field.path));
        !change.fields.is_empty() || change.kind() == ChangeKind::Moved
    });
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
    seen_before: &Seen<'_>,
    seen_after: &Seen<'_>,
    report: &mut Report,
) {
    let mut dropped: BTreeMap<_, usize> = BTreeMap::new();
    changes.retain(|change| {
        let (object, faulty) = match (change.before, change.after) {
            (Some(before), None) => (before.object, seen_after.lacks(seen_before, before.object.file())),
            (None, Some(after)) => (after.object, seen_before.lacks(seen_after, after.object.file())),
            _ => return true,
        };
        if faulty {
            *dropped.entry(object.file()).or_default() += 1;
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
