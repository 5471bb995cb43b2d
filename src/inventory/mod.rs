//! Inventory: Landscape -> every chart and every container image that it refers to, with each place that does.
//!
//! Known is what is written down: what a controller deploys out of its own program is not.

mod found;
mod values;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use found::Owner;
pub(crate) use found::{Found, Slot, found};
pub use workload::images;
pub(crate) use workload::{incomplete, rendered, unknown};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::identity::Identity;
use crate::landscape::{Landscape, OWN_GROUP};
use crate::oci::reference::{Reference, Unusable};
use crate::rendering::Install;
use crate::view::Naming;
use workload::InChart;

const UNREADABLE_REFERENCE: Code = Code::error("L704", "reference-unreadable");
const VERSION_RANGE: Code = Code::warning("L751", "version-range-not-locked");
const UNKNOWN_IMAGES: Code = Code::note("L753", "chart-images-unknown");

/// What a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Helm chart.
    Chart,
    /// A container image.
    Image,
}

impl Kind {
    /// Both kinds, in the order that charts and images are listed.
    pub const ALL: [Self; 2] = [Self::Chart, Self::Image];

    /// The name of the kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Image => "image",
        }
    }
}

/// A chart or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which of the two it is.
    pub kind: Kind,
    /// What it is called: without a digest, unless it has no tag.
    pub reference: Reference,
    /// The digest that the landscape itself names; of several, the first.
    pub digest: Option<Digest>,
    /// Whether it is a chart that the landscape packs itself.
    pub is_own: bool,
    /// Where it is used, in the order of the objects.
    pub uses: Vec<Use>,
}

/// A place that refers to a chart or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub place: Place,
    /// The digest that stands there.
    pub digest: Option<Digest>,
    /// For an image of a chart: the object in the chart and the field of it.
    pub inside: Option<String>,
}

/// All charts and images of a landscape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// Charts, then images, each in the order of their references; none twice.
    pub items: Vec<Item>,
    /// Every installation of a chart, with the place that asks for it.
    pub installs: Vec<(Install, Place)>,
    /// What leads nowhere, or cannot be told.
    pub findings: Vec<Diagnostic>,
}

/// Looks for every chart and image of a landscape.
pub fn inventory(landscape: &Landscape) -> Inventory {
    let mut items = BTreeMap::new();
    let mut findings = Vec::new();
    for found in found(landscape) {
        match found.reference {
            Ok(ref reference) => {
                let item = item(&mut items, found.kind, reference, landscape);
                item.used(reference, found.place, found.inside);
            }
            Err(why) => findings.extend(unreadable(&found, why)),
        }
    }
    let installs = workload::installs(landscape);
    for (install, place) in installs.iter().filter(|(install, _)| install.is_here()) {
        let (images, failures) = workload::rendered(install);
        for InChart { reference, inside } in images {
            let item = item(&mut items, Kind::Image, &reference, landscape);
            item.used(&reference, place.clone(), Some(inside));
        }
        findings.extend(failures.first().map(|first| workload::unknown(install, place.clone(), first)));
    }
    findings.extend(landscape.objects.iter().filter_map(workload::unseen));
    Inventory { items: items.into_values().collect(), installs, findings }
}

/// All installations of one chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Installed<'a> {
    /// What installs it, and where that stands.
    pub installs: Vec<&'a (Install, Place)>,
    /// The digest of all that it is rendered with.
    pub values: Digest,
}

impl Inventory {
    /// The charts that are installed.
    pub fn installed(&self) -> BTreeMap<Reference, Installed<'_>> {
        let mut charts: BTreeMap<Reference, Vec<&(Install, Place)>> = BTreeMap::new();
        for install in &self.installs {
            charts.entry(install.0.reference.clone()).or_default().push(install);
        }
        let whole = |installs: &[&(Install, Place)]| {
            let inputs: BTreeSet<Digest> = installs.iter().map(|(install, _)| install.inputs()).collect();
            let texts: Vec<String> = inputs.iter().map(Digest::to_string).collect();
            Digest::of(texts.join("\n"))
        };
        let installed = |installs: Vec<_>| Installed { values: whole(&installs), installs };
        charts.into_iter().map(|(reference, installs)| (reference, installed(installs))).collect()
    }
}

fn item<'i>(
    items: &'i mut BTreeMap<(Kind, Reference), Item>,
    kind: Kind,
    reference: &Reference,
    landscape: &Landscape,
) -> &'i mut Item {
    items.entry((kind, reference.tagged())).or_insert_with(|| Item {
        kind,
        reference: reference.tagged(),
        digest: None,
        is_own: kind == Kind::Chart && landscape.own_chart(&reference.name()).is_some(),
        uses: Vec::new(),
    })
}

impl Item {
    fn used(&mut self, reference: &Reference, place: Place, inside: Option<String>) {
        self.digest = self.digest.or(reference.digest);
        self.uses.push(Use { place, digest: reference.digest, inside });
    }
}

/// Nothing for charts that Gardener pulls: its rules have a finding of their own.
fn unreadable(found: &Found<'_>, why: Unusable) -> Option<Diagnostic> {
    let place = found.place.clone();
    let group = place.object.as_ref().map_or("", Identity::group);
    if found.kind == Kind::Chart && group.ends_with("gardener.cloud") && group != OWN_GROUP {
        return None;
    }
    if found.naming.is_some_and(Naming::is_range) {
        let finding = Diagnostic::new(VERSION_RANGE, "the chart follows a range of versions", place)
            .why("what is installed changes without a change of the landscape, and no digest can be known for it")
            .help("name one version under `ref.tag`");
        return Some(finding);
    }
    let message = format!("the {} cannot be pulled: {why}", found.kind.name());
    let finding = Diagnostic::new(UNREADABLE_REFERENCE, message, place)
        .why("no registry has anything under this name")
        .help("write it whole, as in `registry.example.org/repository:v1.2.3`");
    Some(finding)
}
