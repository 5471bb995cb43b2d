//! Attest: Artifact, its origin -> what is said about it beside its signature.
//!
//! Every image says what it was compiled from. Nothing here tells of the machine or the hour: the same commit gives the same
//! statements everywhere.

mod bom;
mod provenance;
mod spec;

use serde::Serialize;
use serde_json::Value;

pub use bom::{BOM, Bom};
pub use provenance::{Builder, PROVENANCE, Provenance};
pub use spec::{Layer, chart_digest, lock_digest, spec_digest};

use crate::artifact::Artifact;
use crate::digest::Digest;
use crate::files::Files;
use crate::inventory::Inventory;
use crate::oci::Image;

/// A statement about an image: an in-toto predicate with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attestation {
    /// The digest of the image's manifest.
    pub subject: Digest,
    /// The type of the predicate. Part of what verifiers look for.
    pub predicate_type: &'static str,
    /// The predicate. Its fields are in the order of their names: part of every signature.
    pub predicate: Value,
}

/// What an artifact was compiled from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The name of the landscape.
    pub landscape: &'a str,
    /// The digest of its source files, of all layers; see [`spec_digest`].
    pub spec: Digest,
    /// The files below `charts/` of all layers together.
    pub charts: &'a Files,
    /// Its directory inside the repository, `.` at the top; nothing outside of a repository.
    pub directory: Option<&'a str>,
    /// The URL of the repository; may be empty.
    pub source: &'a str,
    /// The commit, as the artifact's revision has it: `sha1:<hex>`, with `-dirty` behind it or not; may be empty.
    pub revision: &'a str,
    /// The time of the commit, RFC 3339 in UTC.
    pub created: &'a str,
    /// Whether it is signed in the legacy form, too.
    pub legacy: bool,
    /// The charts and images that it refers to, and what its lock knows of them.
    pub inventory: &'a Inventory,
    /// The digest of its lock file.
    pub lock_file: Option<Digest>,
    /// Whether it was refused to refer to anything without a digest.
    pub locked: bool,
    /// Whether the charts of others are referred to in the registry of the landscape.
    pub relocated: bool,
    /// The day that versions had to be valid on, if it was asked for.
    pub at: Option<time::Date>,
}

/// Says of every image of an artifact what it was compiled from, and of the manifests what they make run.
pub fn attest(artifact: &Artifact, origin: &Origin<'_>) -> Vec<Attestation> {
    let manifests = artifact.images.iter().filter(|image| image.path.is_empty());
    let provenance = |image| attestation(image, PROVENANCE, &Provenance::of(image, origin));
    let bom = |image| attestation(image, BOM, &Bom::of(image, &artifact.repository_of(image), origin));
    artifact.images.iter().map(provenance).chain(manifests.map(bom)).collect()
}

fn attestation(image: &Image, predicate_type: &'static str, predicate: &impl Serialize) -> Attestation {
    let mut predicate = serde_json::to_value(predicate).expect("plain data has a JSON form");
    predicate.sort_all_objects();
    Attestation { subject: image.descriptor.digest, predicate_type, predicate }
}
