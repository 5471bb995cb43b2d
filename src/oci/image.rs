//! Images: a manifest with all its blobs, and the layout directory that carries many of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::files::Files;
use crate::path::RelPath;

/// The media type of a manifest. Part of every digest.
pub const MANIFEST: &str = oci_distribution::manifest::OCI_IMAGE_MEDIA_TYPE;
/// The media type of a list of manifests. Part of every digest.
pub const INDEX: &str = oci_distribution::manifest::OCI_IMAGE_INDEX_MEDIA_TYPE;
/// The annotation of an index entry that holds its tag.
pub const REFERENCE_NAME: &str = "org.opencontainers.image.ref.name";

/// What points at a blob. The order of the fields is part of every digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is.
    pub media_type: String,
    /// Its bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Free annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What the artifact behind a manifest is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// Describes some bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            size: bytes.len() as u64,
            digest: Digest::of(bytes),
            annotations: BTreeMap::new(),
            artifact_type: None,
        }
    }
}

/// An OCI image manifest. The order of the fields is part of every digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// Always [`MANIFEST`]; Helm leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What the artifact is, when the configuration does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    /// The contents.
    pub layers: Vec<Descriptor>,
    /// The manifest this one says something about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Free annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// The list of all manifests of a layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// The type of this document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
}

/// Adds the two files that make a tree of blobs a layout.
pub fn describe_layout(files: &mut Files, index: &Index) {
    files.insert(RelPath::root().child("index.json"), to_json(index));
    let version: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;
    files.insert(RelPath::root().child("oci-layout"), version);
}

/// A manifest with everything it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The repository below the artifact's own: empty for that one, `charts/<name>` for a chart.
    pub path: String,
    /// The tags, in the order of their names; a signature that is found through its subject has none.
    pub tags: Vec<String>,
    /// What points at the manifest.
    pub descriptor: Descriptor,
    /// The configuration, the layers and the manifest.
    pub blobs: BTreeMap<Digest, Arc<[u8]>>,
}

impl Image {
    /// How the layout's index names the image: `<tag>`, or `charts/<name>:<tag>`; once for each tag.
    pub fn reference_names(&self) -> impl Iterator<Item = String> {
        self.tags.iter().map(|tag| reference_name(&self.path, tag))
    }
}

/// The repository at a path below another one; at an empty path that one itself.
pub fn below(repository: &str, path: &str) -> String {
    if path.is_empty() { repository.to_owned() } else { format!("{repository}/{path}") }
}

/// How the index of a layout names an image: by its tag, below the artifact's own repository with the path before it.
pub fn reference_name(path: &str, tag: &str) -> String {
    if path.is_empty() { tag.to_owned() } else { format!("{path}:{tag}") }
}

/// The path and the tag of an image in the index of a layout.
pub fn path_and_tag(reference_name: &str) -> (&str, &str) {
    reference_name.rsplit_once(':').unwrap_or(("", reference_name))
}

/// A manifest that is still being put together.
pub(crate) struct Draft {
    pub(crate) manifest: Manifest,
    blobs: BTreeMap<Digest, Arc<[u8]>>,
}

impl Draft {
    pub(crate) fn new(config_type: &str, config: Vec<u8>) -> Self {
        let descriptor = Descriptor::of(config_type, &config);
        Self {
            blobs: BTreeMap::from([(descriptor.digest, config.into())]),
            manifest: Manifest {
                schema_version: 2,
                media_type: Some(MANIFEST.to_owned()),
                artifact_type: None,
                config: descriptor,
                layers: Vec::new(),
                subject: None,
                annotations: BTreeMap::new(),
            },
        }
    }

    /// Adds a layer and gives its descriptor, to annotate it.
    pub(crate) fn layer(&mut self, media_type: &str, bytes: Vec<u8>) -> &mut Descriptor {
        let descriptor = Descriptor::of(media_type, &bytes);
        self.blobs.insert(descriptor.digest, bytes.into());
        self.manifest.layers.push(descriptor);
        self.manifest.layers.last_mut().expect("just pushed")
    }

    pub(crate) fn image(mut self, path: &str, tags: Vec<String>) -> Image {
        let bytes = to_json(&self.manifest);
        let mut descriptor = Descriptor::of(MANIFEST, &bytes);
        descriptor.artifact_type.clone_from(&self.manifest.artifact_type);
        self.blobs.insert(descriptor.digest, bytes.into());
        Image { path: path.to_owned(), tags, descriptor, blobs: self.blobs }
    }
}

/// JSON as Go writes it, which escapes what HTML would misread. Part of every digest.
pub(crate) fn to_json(value: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_string(value).expect("plain data has a JSON form");
    let mut bytes = Vec::with_capacity(text.len());
    for part in text.split_inclusive(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let mut characters = part.chars();
        match characters.next_back() {
            Some(last @ ('<' | '>' | '&' | '\u{2028}' | '\u{2029}')) => {
                bytes.extend_from_slice(characters.as_str().as_bytes());
                bytes.extend_from_slice(format!("\\u{:04x}", u32::from(last)).as_bytes());
            }
            _ => bytes.extend_from_slice(part.as_bytes()),
        }
    }
    bytes
}
