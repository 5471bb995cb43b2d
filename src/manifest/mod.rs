//! Manifests: Plan -> files. Every object in its final bytes, and the Flux objects that apply them.
//!
//! The text of an object is made here once; bundles carry the very same text, and `objects/` shows it.

mod filename;
mod flux;
mod helm_order;

use std::borrow::Cow;

use rayon::prelude::*;
use serde::Serialize;

pub use filename::file_name;

use crate::files::Files;
use crate::kind::{Cluster, Delivery};
use crate::landscape::Object;
use crate::path::RelPath;
use crate::plan::{Plan, ROOT_UNIT, Unit};
use crate::syntax::{Node, emit};

/// The media type of the one layer of an artifact for Flux. Part of every digest.
pub const FLUX_CONTENT: &str = "application/vnd.cncf.flux.content.v1.tar+gzip";

/// Everything that goes to the clusters, except the bundles, which are made from `payloads`.
#[derive(Debug, Default)]
pub struct Manifests {
    /// The files made so far.
    pub files: Files,
    /// What the bundles will carry.
    pub payloads: Vec<Payload>,
}

/// The documents of one bundle, in the order the resource-manager applies them.
#[derive(Debug)]
pub struct Payload {
    /// The unit, which gives the ManagedResource its name.
    pub unit: String,
    /// The documents, each ending with a line break.
    pub documents: Vec<String>,
}

/// Writes the manifests of a plan.
pub fn manifests(plan: &Plan<'_>) -> Manifests {
    let mut manifests = Manifests::default();
    for unit in &plan.units {
        let documents = documents(unit);
        if unit.delivery == Delivery::Bundle {
            manifests.payloads.push(payload(unit, &documents));
        }
        let directory = directory(unit);
        for (name, text) in documents {
            manifests.files.insert(directory.child(&name), text.as_bytes());
        }
    }
    for (unit, kustomization) in kustomizations(plan) {
        let path = path(&["flux", "units"]).child(&format!("{unit}.yaml"));
        manifests.files.insert(path, emit(&kustomization).into_bytes());
    }
    let root = path(&["flux"]).child("bootstrap.yaml");
    manifests.files.insert(root, flux::bootstrap(plan.settings).into_bytes());
    manifests.files.insert(RelPath::root().child("plan.json"), plan_json(plan).into_bytes());
    manifests
}

/// The Kustomization of every unit but the one that the root Kustomization applies itself.
fn kustomizations<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = (&'p str, Node)> {
    let units = plan.units.iter().filter(|unit| unit.name != ROOT_UNIT);
    units.map(|unit| (unit.name.as_str(), flux::kustomization(plan, unit)))
}

/// The objects that make Flux apply a plan: the artifact it follows, and a Kustomization for each unit.
pub fn delivery(plan: &Plan<'_>) -> Vec<Object> {
    let root = flux::root(plan.settings);
    root.into_iter().chain(kustomizations(plan).map(|(_, node)| node)).map(Object::derived).collect()
}

/// What the bundles of a plan will carry, and nothing else.
pub fn payloads(plan: &Plan<'_>) -> Vec<Payload> {
    let bundled = plan.units.iter().filter(|unit| unit.delivery == Delivery::Bundle);
    bundled.map(|unit| payload(unit, &documents(unit))).collect()
}

fn payload(unit: &Unit<'_>, documents: &[(String, Cow<'_, str>)]) -> Payload {
    Payload {
        unit: unit.name.clone(),
        documents: documents.iter().map(|(_, text)| text.to_string()).collect(),
    }
}

/// Names and texts of the objects of a unit, in the order a resource-manager would apply them.
fn documents<'u>(unit: &'u Unit<'_>) -> Vec<(String, Cow<'u, str>)> {
    let mut objects: Vec<&Object> = unit.objects.iter().map(Cow::as_ref).collect();
    objects.sort_by_cached_key(|object| helm_order::key(&object.identity));
    objects
        .par_iter()
        .map(|object| {
            let text = object.sealed.as_deref().map_or_else(|| Cow::Owned(emit(&object.root)), Cow::Borrowed);
            (file_name(&object.identity), text)
        })
        .collect()
}

/// Where the objects of a unit are written; Flux applies the same directory.
fn directory(unit: &Unit<'_>) -> RelPath {
    match (unit.cluster, unit.delivery) {
        _ if unit.name == ROOT_UNIT => path(&["flux", "units"]),
        (Cluster::Runtime, _) => path(&["runtime", &unit.name]),
        (Cluster::VirtualGarden, Delivery::Flux) => path(&["virtual-garden", &unit.name]),
        (Cluster::VirtualGarden, Delivery::Bundle) => path(&["objects", "virtual-garden", &unit.name]),
    }
}

/// What the Kustomization of a unit applies.
pub(crate) fn applied_directory(unit: &Unit<'_>) -> RelPath {
    if unit.delivery == Delivery::Bundle { bundle_directory(&unit.name) } else { directory(unit) }
}

/// Where the bundle of a unit is written.
pub fn bundle_directory(unit: &str) -> RelPath {
    path(&["bundles", unit])
}

fn path(parts: &[&str]) -> RelPath {
    parts.iter().fold(RelPath::root(), |path, part| path.child(part))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanFile<'a> {
    units: Vec<PlannedUnit<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlannedUnit<'a> {
    name: &'a str,
    cluster: &'static str,
    delivery: &'static str,
    depends_on: &'a [String],
    objects: Vec<PlannedObject<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlannedObject<'a> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
}

/// `plan.json`: units in the order they become ready.
fn plan_json(plan: &Plan<'_>) -> String {
    let units = plan.units.iter().map(|unit| PlannedUnit {
        name: &unit.name,
        cluster: unit.cluster.name(),
        delivery: unit.delivery.name(),
        depends_on: &unit.depends_on,
        objects: unit
            .objects
            .iter()
            .map(|object| PlannedObject {
                api_version: &object.identity.api_version,
                kind: &object.identity.kind,
                namespace: object.identity.namespace.as_deref(),
                name: &object.identity.name,
            })
            .collect(),
    });
    let file = PlanFile { units: units.collect() };
    let mut text = serde_json::to_string_pretty(&file).expect("plain data has a JSON form");
    text.push('\n');
    text
}
