//! Lock, inventory -> Lock: what is not known is asked for, what nobody refers to is dropped, the rest stays.

use std::collections::{BTreeMap, BTreeSet};

use super::{Contents, Lock, Locked, judge};
use crate::diagnostic::{Diagnostic, Place, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::inventory::{Inventory, Kind, rendered, unknown};
use crate::oci::reference::Reference;
use crate::rendering::Install;

/// Answers questions that are asked together, each answer at the place of its question.
pub type Answers<'a, T> = dyn Fn(&[Reference]) -> Vec<Result<T, Diagnostic>> + 'a;

/// What registries are asked.
pub struct Inquiry<'a> {
    /// The digests of manifests.
    pub digests: &'a Answers<'a, Digest>,
    /// The files of charts.
    pub charts: &'a Answers<'a, Files>,
}

/// What a lock must know of one reference.
struct Need<'a> {
    reference: &'a Reference,
    /// The digest that is named beside it.
    digest: Option<Digest>,
    /// Where a fault is told.
    place: &'a Place,
}

/// Brings a lock up to date. `renew` says what is asked for although it is known. Every fault is reported, and then there is
/// no new lock.
pub fn update(
    lock: &Lock,
    inventory: &Inventory,
    renew: &dyn Fn(Kind, &Reference) -> bool,
    inquiry: &Inquiry<'_>,
    report: &mut Report,
) -> Result<Lock, Reported> {
    let mut updater = Updater { old: lock, renew, inquiry, fresh: Lock::default(), faults: Vec::new() };
    let charts = needs(inventory, Kind::Chart);
    let images = needs(inventory, Kind::Image);
    updater.resolve(Kind::Chart, &charts);
    updater.resolve(Kind::Image, &images);
    let found = updater.contents(inventory, report);
    let found: Vec<Need<'_>> = found.iter().map(InCharts::need).collect();
    updater.resolve(Kind::Image, &found);
    let Updater { fresh, mut faults, .. } = updater;
    faults.extend(judge::contradictions(&fresh, inventory));
    match faults.pop() {
        None => Ok(fresh),
        Some(last) => {
            report.extend(faults);
            Err(report.refuse(last))
        }
    }
}

fn needs(inventory: &Inventory, kind: Kind) -> Vec<Need<'_>> {
    let items = inventory.items.iter().filter(|item| item.kind == kind && !item.is_own);
    let needs = items.filter_map(|item| {
        let place = &item.uses.first()?.place;
        Some(Need { reference: &item.reference, digest: item.digest, place })
    });
    needs.collect()
}

/// An image that a chart has without a digest, and the place that installs the chart.
struct InCharts {
    reference: Reference,
    place: Place,
}

impl InCharts {
    fn need(&self) -> Need<'_> {
        Need { reference: &self.reference, digest: None, place: &self.place }
    }
}

struct Updater<'a> {
    old: &'a Lock,
    renew: &'a dyn Fn(Kind, &Reference) -> bool,
    inquiry: &'a Inquiry<'a>,
    fresh: Lock,
    faults: Vec<Diagnostic>,
}

impl Updater<'_> {
    /// Finds the digests of references, as far as they are not known.
    fn resolve(&mut self, kind: Kind, needs: &[Need<'_>]) {
        let mut open: BTreeMap<&Reference, &Need<'_>> = BTreeMap::new();
        for need in needs {
            if self.fresh.get(kind, need.reference).is_some() {
                continue;
            }
            match self.old.get(kind, need.reference).filter(|_| !(self.renew)(kind, need.reference)) {
                Some(known) => {
                    self.fresh.of_kind_mut(kind).insert(need.reference.clone(), known.clone());
                }
                None => {
                    open.entry(need.reference).or_insert(need);
                }
            }
        }
        let questions: Vec<Reference> = open
            .values()
            .map(|need| {
                need.digest.map_or_else(|| need.reference.clone(), |digest| need.reference.at(digest))
            })
            .collect();
        let answers = (self.inquiry.digests)(&questions);
        for (need, answer) in open.into_values().zip(answers) {
            match answer {
                Ok(digest) => {
                    self.fresh.of_kind_mut(kind).insert(need.reference.clone(), Locked::fresh(digest));
                }
                Err(fault) => self.faults.push(Diagnostic { place: need.place.clone(), ..fault }),
            }
        }
    }

    /// Renders the charts that are new, or get other values than before; all images of all charts.
    fn contents(&mut self, inventory: &Inventory, report: &mut Report) -> Vec<InCharts> {
        let mut found = Vec::new();
        let mut stale = Vec::new();
        for (reference, installed) in inventory.installed() {
            let Some(locked) = self.fresh.charts.get(&reference) else { continue };
            let place = installed.installs.first().map(|(_, place)| place.clone()).unwrap_or_default();
            match locked.contents.as_ref().filter(|contents| contents.values == installed.values) {
                Some(contents) => found.extend(free(contents, &place)),
                None => stale.push((reference.at(locked.digest), installed, place)),
            }
        }
        let questions: Vec<Reference> = stale.iter().map(|(reference, ..)| reference.clone()).collect();
        let answers = (self.inquiry.charts)(&questions);
        for ((reference, installed, place), answer) in stale.into_iter().zip(answers) {
            let files = match answer {
                Ok(files) => files,
                Err(fault) => {
                    self.faults.push(Diagnostic { place, ..fault });
                    continue;
                }
            };
            let (images, complete) = images_of(&files, &installed.installs, report);
            let contents = Contents { values: installed.values, images, complete };
            found.extend(free(&contents, &place));
            if let Some(locked) = self.fresh.charts.get_mut(&reference.tagged()) {
                locked.contents = Some(contents);
            }
        }
        found
    }
}

fn free(contents: &Contents, place: &Place) -> impl Iterator<Item = InCharts> {
    contents.free().map(|image| InCharts { reference: image.clone(), place: place.clone() })
}

/// The images of a chart as it is installed, and whether these are all.
fn images_of(
    files: &Files,
    installs: &[&(Install, Place)],
    report: &mut Report,
) -> (BTreeSet<Reference>, bool) {
    let mut images = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut complete = true;
    for (install, place) in installs.iter().filter(|(install, _)| seen.insert(install.inputs())) {
        let (found, failures) = rendered(&install.with(files.clone()));
        images.extend(found.into_iter().map(|image| image.reference));
        if let Some(first) = failures.first() {
            complete = false;
            report.push(unknown(install, place.clone(), first));
        }
    }
    (images, complete)
}
