//! The layout directory: every blob is what its name says, every descriptor leads somewhere, and nothing is
//! left over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::Tree;
use super::{Target, Verified, VerifiedImage, signature, tree};
use crate::artifact::{Digests, REVISION};
use crate::chart::{self, CHART_LAYER, CHART_LIMIT};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::files::Files;
use crate::key::PublicKey;
use crate::manifest::FLUX_CONTENT;
use crate::oci::reference::{is_repository, is_tag};
use crate::oci::{self, Descriptor, Index, MANIFEST, Manifest, REFERENCE_NAME};
use crate::path::RelPath;
use crate::sign::{is_legacy_tag, legacy_tag};

/// Bytes of an unpacked artifact; ten thousand shoots take about fifty million.
const TREE_LIMIT: u64 = 512 << 20;

const CHANGED_BLOB: Code = Code::error("L810", "changed-blob");
const UNRESOLVED_DESCRIPTOR: Code = Code::error("L811", "unresolved-descriptor");
const UNREFERENCED_BLOB: Code = Code::error("L812", "unreferenced-blob");
const INVALID_LAYOUT: Code = Code::error("L813", "invalid-layout");

/// A manifest that the index lists.
pub(super) struct Entry {
    pub(super) descriptor: Descriptor,
    pub(super) manifest: Manifest,
    /// Repository below the artifact's own, and tag.
    pub(super) name: Option<(String, String)>,
}

/// A layout whose index could be read.
pub(super) struct Layout<'a> {
    pub(super) target: Target<'a>,
    pub(super) entries: Vec<Entry>,
    /// The blobs whose bytes are those of their names.
    blobs: BTreeMap<Digest, &'a Arc<[u8]>>,
    /// The names of the others; their faults are reported.
    changed: BTreeSet<Digest>,
    /// The blobs that something refers to.
    reached: BTreeSet<Digest>,
}

pub(super) fn verify(
    target: Target<'_>,
    key: Option<&PublicKey>,
    verified: &mut Verified,
    report: &mut Report,
) {
    let mut layout = Layout {
        target,
        entries: Vec::new(),
        blobs: BTreeMap::new(),
        changed: BTreeSet::new(),
        reached: BTreeSet::new(),
    };
    layout.read_blobs(report);
    match layout.index() {
        Ok(index) => layout.walk(index, report),
        Err(message) => {
            report.push(invalid(target, "index.json", message));
            return;
        }
    }
    layout.report_leftovers(report);
    let images: Vec<&Entry> = layout.images().collect();
    for image in &images {
        let (path, tag) = image.name.as_ref().expect("an image has a name");
        verified.images.push(VerifiedImage {
            name: shown_name(path, tag),
            digest: image.descriptor.digest,
            acceptance: None,
            attested: Vec::new(),
        });
    }
    if let Some(key) = key {
        let judged = signature::verify(&layout, &images, key, report);
        for (image, (acceptance, attested)) in verified.images.iter_mut().zip(judged) {
            image.acceptance = Some(acceptance);
            image.attested = attested;
        }
    }
    verify_contents(&layout, &images, key, verified, report);
}

/// What an image is called here: as the index names it.
pub(super) fn shown_name(path: &str, tag: &str) -> String {
    let name = oci::reference_name(path, tag);
    // Fetched by its digest alone.
    if name.is_empty() { "the artifact".to_owned() } else { name }
}

impl<'a> Layout<'a> {
    /// The bytes of a blob, if they are those of its name.
    pub(super) fn blob(&self, digest: Digest) -> Option<&'a Arc<[u8]>> {
        self.blobs.get(&digest).copied()
    }

    /// The entries that have a name and are no signatures. One that has a subject as well is a fault, and yet judged: it
    /// may be the one that was asked for.
    fn images(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.name.as_ref().is_some_and(|(_, tag)| !is_legacy_tag(tag)))
    }

    fn read_blobs(&mut self, report: &mut Report) {
        for (path, bytes) in self.target.files.iter() {
            let name = path.as_str();
            let digest =
                name.strip_prefix("blobs/sha256/").and_then(|hex| Digest::parse(&format!("sha256:{hex}")));
            match digest {
                Some(digest) if Digest::of(bytes) == digest => {
                    self.blobs.insert(digest, bytes);
                }
                Some(digest) => {
                    self.changed.insert(digest);
                    report.push(
                        Diagnostic::new(
                            CHANGED_BLOB,
                            "the bytes of the blob are not those of its name",
                            self.target.place(name),
                        )
                        .why("something changed it since the layout was packed")
                        .help("pack again, or copy the layout again"),
                    );
                }
                None if matches!(name, "index.json" | "oci-layout") => {}
                None => report.push(
                    Diagnostic::new(
                        UNREFERENCED_BLOB,
                        "the file is no part of an OCI layout",
                        self.target.place(name),
                    )
                    .help("remove it"),
                ),
            }
        }
    }

    fn index(&self) -> Result<Index, String> {
        let file = |name: &str| {
            let bytes = self.target.files.get(&RelPath::root().child(name));
            bytes.ok_or_else(|| format!("there is no `{name}`"))
        };
        let marker: serde_json::Value = serde_json::from_slice(file("oci-layout")?)
            .map_err(|error| format!("`oci-layout` cannot be read: {error}"))?;
        if marker.get("imageLayoutVersion").and_then(|version| version.as_str()) != Some("1.0.0") {
            return Err("`oci-layout` names no version this program knows".to_owned());
        }
        let index: Index = serde_json::from_slice(file("index.json")?)
            .map_err(|error| format!("`index.json` cannot be read: {error}"))?;
        if index.schema_version != 2 {
            return Err(format!("the schema version is {}, not 2", index.schema_version));
        }
        Ok(index)
    }

    /// Reads every manifest of the index and follows what it refers to.
    fn walk(&mut self, index: Index, report: &mut Report) {
        let mut names = BTreeSet::new();
        for descriptor in index.manifests {
            let name = descriptor.annotations.get(REFERENCE_NAME).cloned();
            if let Some(name) = name.as_ref().filter(|name| !names.insert((*name).clone())) {
                let message = format!("two manifests are called `{name}`");
                report.push(invalid(self.target, "index.json", message));
            }
            let Some(bytes) = self.resolve(&descriptor, "index.json", report) else {
                continue;
            };
            let place = format!("blobs/sha256/{}", descriptor.digest.hex());
            let manifest = match read_manifest(&descriptor, bytes) {
                Ok(manifest) => manifest,
                Err(message) => {
                    report.push(invalid(self.target, &place, message));
                    continue;
                }
            };
            let parts = [&manifest.config].into_iter().chain(&manifest.layers);
            for part in parts.chain(&manifest.subject) {
                self.resolve(part, &place, report);
            }
            let name = name.as_deref().map(oci::path_and_tag);
            let name = name.map(|(path, tag)| (path.to_owned(), tag.to_owned()));
            let entry = Entry { descriptor, manifest, name };
            if let Some(message) = self.naming_fault(&entry) {
                report.push(invalid(self.target, "index.json", message));
            }
            self.entries.push(entry);
        }
    }

    /// What is wrong with the name of an entry, or with its having none.
    fn naming_fault(&self, entry: &Entry) -> Option<String> {
        let is_about_another = entry.manifest.subject.is_some();
        let Some((path, tag)) = &entry.name else {
            let message =
                || format!("the manifest {} has neither a name nor a subject", entry.descriptor.digest);
            return (!is_about_another).then(message);
        };
        let shown = shown_name(path, tag);
        // Only what was fetched by its digest has no tag.
        let is_unnamed = self.target.repository.is_some() && path.is_empty() && tag.is_empty();
        let is_whole =
            entry.descriptor.annotations.get(REFERENCE_NAME) == Some(&oci::reference_name(path, tag));
        if !(is_unnamed || is_whole && is_path_and_tag(path, tag)) {
            return Some(format!("`{shown}` is no name of an artifact or a chart"));
        }
        (is_about_another && !is_legacy_tag(tag))
            .then(|| format!("`{shown}` has a subject: it says something of another manifest"))
    }

    /// The blob behind a descriptor; what is wrong with either is reported.
    fn resolve(&mut self, descriptor: &Descriptor, from: &str, report: &mut Report) -> Option<&'a Arc<[u8]>> {
        let digest = descriptor.digest;
        self.reached.insert(digest);
        if self.changed.contains(&digest) {
            return None;
        }
        let message = match self.blob(digest) {
            Some(bytes) if bytes.len() as u64 == descriptor.size => return Some(bytes),
            Some(bytes) => format!("{digest} has {} bytes, not {}", bytes.len(), descriptor.size),
            None => format!("the blob {digest} is not in the layout"),
        };
        report.push(
            Diagnostic::new(UNRESOLVED_DESCRIPTOR, message, self.target.place(from))
                .why("the layout cannot be pushed or copied as it is")
                .help("pack again, or copy the layout again"),
        );
        None
    }

    fn report_leftovers(&self, report: &mut Report) {
        let images: BTreeSet<String> =
            self.images().map(|image| legacy_tag(image.descriptor.digest)).collect();
        for (path, tag) in self.entries.iter().filter_map(|entry| entry.name.as_ref()) {
            if is_legacy_tag(tag) && !images.contains(tag) {
                let message = format!("`{}` signs an image that is not there", shown_name(path, tag));
                report.push(
                    Diagnostic::new(UNREFERENCED_BLOB, message, self.target.place("index.json"))
                        .why("the image may have been taken out, or exchanged for another one")
                        .help("pack again"),
                );
            }
        }
        for digest in self.blobs.keys().filter(|digest| !self.reached.contains(digest)) {
            let place = self.target.place(&format!("blobs/sha256/{}", digest.hex()));
            report.push(
                Diagnostic::new(UNREFERENCED_BLOB, "nothing refers to the blob", place)
                    .why("what refers to it may have been taken out: an image, or a signature")
                    .help("pack again"),
            );
        }
    }
}

fn read_manifest(descriptor: &Descriptor, bytes: &[u8]) -> Result<Manifest, String> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| format!("no image manifest: {error}"))?;
    if manifest.schema_version != 2 {
        return Err(format!("the schema version is {}, not 2", manifest.schema_version));
    }
    let own_type = manifest.media_type.as_deref().unwrap_or(MANIFEST);
    if descriptor.media_type != MANIFEST || own_type != MANIFEST {
        return Err(format!("`{}` is no image manifest", descriptor.media_type));
    }
    if descriptor.artifact_type.is_some() && descriptor.artifact_type != manifest.artifact_type {
        return Err("the index gives it another artifact type than it has".to_owned());
    }
    Ok(manifest)
}

/// The tree inside the manifests' image, against the charts beside it.
fn verify_contents(
    layout: &Layout<'_>,
    images: &[&Entry],
    key: Option<&PublicKey>,
    verified: &mut Verified,
    report: &mut Report,
) {
    let target = layout.target;
    let (artifacts, charts): (Vec<Image<'_>>, Vec<Image<'_>>) =
        images.iter().map(|entry| Image::of(entry)).partition(|image| image.path.is_empty());
    // One artifact may have several tags. Of several artifacts nothing is unpacked: each may be as large as the limit.
    let distinct: BTreeSet<Digest> = artifacts.iter().map(|image| image.entry.descriptor.digest).collect();
    let (Some(artifact), 1) = (artifacts.first(), distinct.len()) else {
        let message = match distinct.len() {
            0 => "the layout holds no artifact".to_owned(),
            count => format!("the layout holds {count} artifacts, not one"),
        };
        report.push(invalid(target, "index.json", message));
        return;
    };
    let charts: Vec<_> = charts.iter().filter_map(|chart| verify_chart(layout, chart, report)).collect();
    let Some(files) = unpack(layout, artifact, FLUX_CONTENT, TREE_LIMIT, report) else {
        return;
    };
    let tree = Tree {
        target: Target {
            name: &target.shown(artifact.tag),
            repository: None,
            signed_for: None,
            files: &files,
        },
        charts: Some(Digests::name_charts(charts)),
        revision: artifact.entry.manifest.annotations.get(REVISION).cloned(),
    };
    tree::verify(&tree, key, verified, report);
}

/// An entry that is an image, under its name.
struct Image<'a> {
    entry: &'a Entry,
    path: &'a str,
    tag: &'a str,
}

impl<'a> Image<'a> {
    fn of(entry: &'a Entry) -> Self {
        let (path, tag) = entry.name.as_ref().expect("an image has a name");
        Self { entry, path, tag }
    }
}

/// The name and the digest of a chart that can be unpacked; that it is another one than its name says is reported.
fn verify_chart<'a>(
    layout: &Layout<'_>,
    image: &Image<'a>,
    report: &mut Report,
) -> Option<(&'a str, Digest)> {
    unpack(layout, image, CHART_LAYER, CHART_LIMIT as u64, report)?;
    let name = image.path.strip_prefix("charts/")?;
    let config = layout.blob(image.entry.manifest.config.digest);
    let own_name = (name.to_owned(), image.tag.to_owned());
    if config.is_none_or(|config| chart::name_and_tag(config) != own_name) {
        let shown = shown_name(image.path, image.tag);
        let message = format!("`{shown}` is another chart, or another version of it");
        report.push(invalid(layout.target, "index.json", message));
    }
    Some((name, image.entry.descriptor.digest))
}

/// The files of an image; that there are none is reported.
fn unpack(
    layout: &Layout<'_>,
    image: &Image<'_>,
    media_type: &str,
    limit: u64,
    report: &mut Report,
) -> Option<Files> {
    let shown = shown_name(image.path, image.tag);
    let layer = image.entry.manifest.layers.first();
    let Some(layer) = layer.filter(|layer| layer.media_type == media_type) else {
        let message = format!("`{shown}` has no layer of the type `{media_type}`");
        report.push(invalid(layout.target, "index.json", message));
        return None;
    };
    let unpacked = oci::unpack(layout.blob(layer.digest)?, limit);
    let fault = |message| {
        let blob = format!("blobs/sha256/{}", layer.digest.hex());
        report.push(invalid(layout.target, &blob, format!("`{shown}` cannot be unpacked: {message}")));
    };
    unpacked.map_err(fault).ok()
}

/// Whether it is the name of the artifact, or of a chart beside it.
fn is_path_and_tag(path: &str, tag: &str) -> bool {
    let chart = path.strip_prefix("charts/");
    is_tag(tag) && chart.map_or(path.is_empty(), is_repository)
}

fn invalid(target: Target<'_>, path: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(INVALID_LAYOUT, message, target.place(path))
        .help("pack again; a layout is not meant to be edited")
}
