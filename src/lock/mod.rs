//! Lock: the document of `landscape.lock` -> the digest of each reference of a landscape, held against what it refers to.
//!
//! A compilation reads it and never a registry. What it says is only as good as the registries were when it was written:
//! from then on, nothing that they change changes the landscape.

mod completion;
mod file;
mod judge;
mod moves;
mod name;
mod update;

use std::collections::{BTreeMap, BTreeSet};

pub use completion::completed;
pub use file::read;
pub use judge::{Strictness, judge};
pub use moves::{Move, moves};
pub use name::{is_called, names};
pub use update::{Answers, Inquiry, update};

use crate::digest::Digest;
use crate::inventory::{Inventory, Kind};
use crate::oci::reference::Reference;
use crate::source::Span;

/// What is known of the references of a landscape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    charts: BTreeMap<Reference, Locked>,
    images: BTreeMap<Reference, Locked>,
}

/// What is known of one reference.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The digest of the manifest that it led to.
    pub digest: Digest,
    /// What a chart renders to; nothing for images, and for a chart that nobody installs here.
    pub contents: Option<Contents>,
    /// Where it stands in the file, if it does.
    pub span: Option<Span>,
}

/// The images of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The digest of the values that it was rendered with.
    pub values: Digest,
    /// The images that its objects start, each as the chart names it. One with a digest is held to that by the chart.
    pub images: BTreeSet<Reference>,
    /// Whether these are all: a chart may want values that are not known here.
    pub complete: bool,
}

/// Where an entry stands says nothing about what it says.
impl PartialEq for Locked {
    fn eq(&self, other: &Self) -> bool {
        (&self.digest, &self.contents) == (&other.digest, &other.contents)
    }
}

impl Eq for Locked {}

impl Contents {
    /// The images that only a lock holds to digests.
    fn free(&self) -> impl Iterator<Item = &Reference> {
        self.images.iter().filter(|image| image.digest.is_none())
    }
}

impl Lock {
    /// What is known of a reference.
    pub fn get(&self, kind: Kind, reference: &Reference) -> Option<&Locked> {
        self.of_kind(kind).get(reference)
    }

    /// Everything that is known, charts first, each kind in the order of the references.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Reference, &Locked)> {
        Kind::ALL.into_iter().flat_map(|kind| {
            self.of_kind(kind).iter().map(move |(reference, locked)| (kind, reference, locked))
        })
    }

    /// What a landscape needs to know: its own references, and those of the charts among them.
    fn needed<'a>(&'a self, inventory: &'a Inventory) -> BTreeSet<(Kind, &'a Reference)> {
        let items = inventory.items.iter().filter(|item| !item.is_own);
        let mut needed: BTreeSet<_> = items.map(|item| (item.kind, &item.reference)).collect();
        for (chart, locked) in &self.charts {
            if needed.contains(&(Kind::Chart, chart)) {
                let images = locked.contents.iter().flat_map(Contents::free);
                needed.extend(images.map(|image| (Kind::Image, image)));
            }
        }
        needed
    }

    fn of_kind(&self, kind: Kind) -> &BTreeMap<Reference, Locked> {
        match kind {
            Kind::Chart => &self.charts,
            Kind::Image => &self.images,
        }
    }

    fn of_kind_mut(&mut self, kind: Kind) -> &mut BTreeMap<Reference, Locked> {
        match kind {
            Kind::Chart => &mut self.charts,
            Kind::Image => &mut self.images,
        }
    }
}
