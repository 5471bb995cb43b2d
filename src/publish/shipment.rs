//! What is going to be pushed: manifests in memory, and where the blobs are that they name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::{Artifact, CREATED};
use crate::attest::PROVENANCE;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::key::Signer;
use crate::oci::{self, Descriptor, Image, Index, MANIFEST, Manifest, REFERENCE_NAME};
use crate::path::RelPath;
use crate::registry::{Blob, MANIFEST_LIMIT};
use crate::sign::{
    EPOCH, PREDICATE_TYPE, SIGNATURE, Signed, bundle_layer, is_legacy_tag, legacy_tag, merge_legacy,
    signatures,
};
use crate::workspace::{Disk, Workspace as _};

const UNUSABLE_LAYOUT: Code = Code::error("L834", "unusable-layout");

/// Everything that is pushed by one run.
#[derive(Clone, Debug)]
pub struct Shipment {
    /// The repository of the manifests, with its host.
    pub repository: String,
    /// One for each manifest.
    pub parcels: Vec<Parcel>,
}

/// A manifest, and all it names.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The repository below the artifact's own.
    pub path: String,
    /// The tags it gets; a legacy signature has the one it is looked up by.
    pub tags: Vec<String>,
    /// What points at the manifest.
    pub descriptor: Descriptor,
    /// The bytes of the manifest.
    pub manifest: Arc<[u8]>,
    /// The configuration and the layers.
    pub blobs: BTreeMap<Digest, Blob>,
    /// The manifest it says something about.
    pub subject: Option<Digest>,
    /// Another repository of the same registry that has its blobs.
    pub elsewhere: Option<String>,
    /// What its manifest says of itself.
    pub annotations: BTreeMap<String, String>,
}

impl Shipment {
    /// What was compiled and signed.
    pub fn of(artifact: &Artifact) -> Self {
        let parcels = artifact.images.iter().map(Parcel::of).collect();
        Self { repository: artifact.repository.clone(), parcels }
    }

    /// What a layout holds; blobs stay where they are until they are sent.
    pub fn of_layout(disk: &Disk, directory: &RelPath, repository: &str) -> Result<Self, Diagnostic> {
        let index_path = directory.child("index.json");
        let unusable = |path: &RelPath, message: String| {
            Diagnostic::new(UNUSABLE_LAYOUT, message, Place::file(disk.display(path))).help(
                "pack again, or copy the layout again; `landscape verify` tells all that is wrong with it",
            )
        };
        let index: Index = serde_json::from_slice(&disk.file(&index_path)?)
            .map_err(|error| unusable(&index_path, format!("no index of a layout: {error}")))?;
        let mut parcels: BTreeMap<(String, Digest), Parcel> = BTreeMap::new();
        let mut order = Vec::new();
        for descriptor in index.manifests {
            let name = descriptor.annotations.get(REFERENCE_NAME).cloned().unwrap_or_default();
            let (path, tag) = oci::path_and_tag(&name);
            let key = (path.to_owned(), descriptor.digest);
            if !parcels.contains_key(&key) {
                let fault = |message| unusable(&index_path, message);
                let parcel = read(disk, directory, path, descriptor, &fault)?;
                parcels.insert(key.clone(), parcel);
                order.push(key.clone());
            }
            if let Some(parcel) = parcels.get_mut(&key).filter(|_| !tag.is_empty()) {
                parcel.tags.push(tag.to_owned());
            }
        }
        let mut parcels: Vec<Parcel> = order.iter().filter_map(|key| parcels.remove(key)).collect();
        put_beside_subjects(&mut parcels);
        if let Some(lost) = parcels.iter().find(|parcel| parcel.tags.is_empty() && parcel.subject.is_none()) {
            let message = format!("the manifest {} has neither a name nor a subject", lost.descriptor.digest);
            return Err(unusable(&index_path, message));
        }
        if !parcels.iter().any(|parcel| parcel.path.is_empty() && parcel.is_image()) {
            return Err(unusable(&index_path, "the layout holds no artifact".to_owned()));
        }
        Ok(Self { repository: repository.to_owned(), parcels })
    }

    /// Says which repository of the same registry has what goes to a path, so that it need not be sent.
    pub fn is_elsewhere(&mut self, path: &str, repository: &str) {
        for parcel in self.parcels.iter_mut().filter(|parcel| parcel.path == path && parcel.is_image()) {
            parcel.elsewhere = Some(repository.to_owned());
        }
    }

    /// Gives the manifests other tags; charts keep theirs, which are their versions.
    pub fn retag(&mut self, tags: &[String]) {
        for parcel in self.parcels.iter_mut().filter(|parcel| parcel.path.is_empty() && parcel.is_image()) {
            parcel.tags = tags.to_vec();
        }
    }

    /// Signs every image for the place it goes to; signatures that are there stay.
    pub fn sign(&mut self, signer: &dyn Signer) {
        // What was signed in bundles alone goes on to be.
        let legacy = self.has_legacy() || self.parcels.iter().all(|parcel| parcel.subject.is_none());
        let made: Vec<Image> = self
            .images()
            .flat_map(|parcel| {
                let Parcel { path, tags, descriptor, .. } = parcel;
                let repository = self.repository_of(parcel);
                let created = parcel.annotations.get(CREATED).map_or(EPOCH, String::as_str);
                signatures(
                    &Signed { repository: &repository, path, tags, descriptor, legacy },
                    &[],
                    created,
                    signer,
                )
            })
            .collect();
        for signature in made.iter().map(Parcel::of) {
            let same_tag = |other: &&mut Parcel| {
                other.path == signature.path && !signature.tags.is_empty() && other.tags == signature.tags
            };
            match self.parcels.iter_mut().find(same_tag) {
                Some(there) => there.take_layers(signature),
                None => self.parcels.push(signature),
            }
        }
    }

    /// Whether nothing says where the artifact comes from: a layout that was packed without a key.
    pub fn is_of_unknown_origin(&self) -> bool {
        let artifacts = self.images().filter(|image| image.path.is_empty());
        let mut digests = artifacts.map(|artifact| artifact.descriptor.digest);
        digests.any(|digest| !self.parcels.iter().any(|parcel| parcel.tells_origin(digest)))
    }

    /// Whether there are signatures in the legacy form.
    fn has_legacy(&self) -> bool {
        self.legacy_signatures().next().is_some()
    }

    /// The images that lack one of the forms of a signature: a bundle, and the legacy one if others have it.
    pub fn unsigned(&self) -> impl Iterator<Item = &Parcel> {
        let legacy_too = self.has_legacy();
        self.images().filter(move |image| {
            let digest = image.descriptor.digest;
            let beside = |parcel: &Parcel| parcel.path == image.path;
            let mut bundles = self.parcels.iter().filter(|parcel| parcel.signs(digest));
            let (mut legacy, tag) = (self.legacy_signatures(), legacy_tag(digest));
            let has_legacy = legacy.any(|(parcel, name)| beside(parcel) && name == tag);
            !(bundles.any(beside) && (has_legacy || !legacy_too))
        })
    }

    /// The full name of the repository that a manifest goes to.
    pub fn repository_of(&self, parcel: &Parcel) -> String {
        oci::below(&self.repository, &parcel.path)
    }

    /// The manifests that are no signatures.
    pub fn images(&self) -> impl Iterator<Item = &Parcel> {
        self.parcels.iter().filter(|parcel| parcel.is_image())
    }

    /// The images, once for each of their tags.
    pub fn tagged(&self) -> impl Iterator<Item = (&Parcel, &str)> {
        self.images().flat_map(|parcel| parcel.tags.iter().map(move |tag| (parcel, tag.as_str())))
    }

    /// The legacy signatures, and the tag of each.
    pub(super) fn legacy_signatures(&self) -> impl Iterator<Item = (&Parcel, &str)> {
        let signatures = self.parcels.iter().filter(|parcel| parcel.subject.is_none());
        signatures.flat_map(|parcel| {
            parcel.tags.iter().filter(|tag| is_legacy_tag(tag)).map(move |tag| (parcel, tag.as_str()))
        })
    }
}

/// What is wrong with the bytes of a blob, if a registry refuses it for being another one.
pub(super) fn changed(digest: Digest, blob: &Blob) -> Option<Diagnostic> {
    let Blob::File(file) = blob else { return None };
    let found = Digest::of_reader(file.open().ok()?).ok()?;
    (found != digest).then(|| {
        let message = format!("the bytes of {digest} are others");
        Diagnostic::new(UNUSABLE_LAYOUT, message, Place::file(file.shown()))
            .why("something changed it since the layout was packed; the registry refuses it")
            .help("pack again, or copy the layout again; `landscape verify` tells all that is wrong with it")
    })
}

impl Parcel {
    fn of(image: &Image) -> Self {
        let digest = image.descriptor.digest;
        let manifest = image.blobs.get(&digest).expect("an image has its manifest").clone();
        let blobs = image.blobs.iter().filter(|(name, _)| **name != digest);
        let read: Manifest = serde_json::from_slice(&manifest).expect("made by this program");
        Self {
            path: image.path.clone(),
            tags: image.tags.clone(),
            descriptor: image.descriptor.clone(),
            blobs: blobs.map(|(name, bytes)| (*name, Blob::Memory(bytes.clone()))).collect(),
            subject: read.subject.map(|subject| subject.digest),
            elsewhere: None,
            annotations: read.annotations,
            manifest,
        }
    }

    /// Adds the layers of another legacy signature of the same image.
    fn take_layers(&mut self, other: Self) {
        let Some((config, manifest)) = merge_legacy(&self.manifest, &other.manifest) else { return };
        self.descriptor = Descriptor::of(MANIFEST, &manifest);
        self.manifest = manifest.into();
        self.blobs.extend(other.blobs);
        self.blobs.insert(Digest::of(&config), Blob::Memory(config.into()));
    }

    /// Whether it is a signature of a manifest, in a bundle. Not every program says what its bundles say.
    fn signs(&self, digest: Digest) -> bool {
        let manifest = || serde_json::from_slice::<Manifest>(&self.manifest).ok();
        let is_bundle = || manifest().is_some_and(|manifest| bundle_layer(&manifest).is_some());
        let predicate = self.annotations.get(PREDICATE_TYPE);
        self.subject == Some(digest)
            && predicate.is_none_or(|predicate| predicate == SIGNATURE)
            && is_bundle()
    }

    /// Whether a bundle says where a manifest comes from.
    fn tells_origin(&self, digest: Digest) -> bool {
        let predicate = self.annotations.get(PREDICATE_TYPE);
        self.subject == Some(digest) && predicate.is_some_and(|predicate| predicate == PROVENANCE)
    }

    fn is_image(&self) -> bool {
        self.subject.is_none() && !self.tags.iter().any(|tag| is_legacy_tag(tag))
    }
}

/// Reads a manifest of a layout; its blobs are only looked for.
fn read(
    disk: &Disk,
    directory: &RelPath,
    path: &str,
    mut descriptor: Descriptor,
    unusable: &dyn Fn(String) -> Diagnostic,
) -> Result<Parcel, Diagnostic> {
    let blob = |digest: Digest| directory.child("blobs").child("sha256").child(&digest.hex());
    let stored = |one: &Descriptor| {
        let file = disk.stored(&blob(one.digest))?;
        if file.size() == one.size {
            return Ok(file);
        }
        Err(unusable(format!("{} has {} bytes, not {}", one.digest, file.size(), one.size)))
    };
    if descriptor.media_type != MANIFEST {
        return Err(unusable(format!("`{}` is no image manifest", descriptor.media_type)));
    }
    if stored(&descriptor)?.size() > MANIFEST_LIMIT {
        return Err(unusable(format!("{} is larger than any registry takes", descriptor.digest)));
    }
    let bytes = disk.file(&blob(descriptor.digest))?;
    if Digest::of(&bytes) != descriptor.digest {
        return Err(unusable(format!("the bytes of {} are others", descriptor.digest)));
    }
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|error| unusable(format!("{} is no image manifest: {error}", descriptor.digest)))?;
    let parts = [&manifest.config].into_iter().chain(&manifest.layers);
    let blobs = parts.map(|part| Ok((part.digest, Blob::File(stored(part)?))));
    // The name is the layout's own; in a list of referrers it would be out of place.
    descriptor.annotations.remove(REFERENCE_NAME);
    Ok(Parcel {
        path: path.to_owned(),
        tags: Vec::new(),
        descriptor,
        blobs: blobs.collect::<Result<_, _>>()?,
        subject: manifest.subject.map(|subject| subject.digest),
        elsewhere: None,
        annotations: manifest.annotations,
        manifest: bytes.into(),
    })
}

/// A layout gives no names to what is found through its subject; it belongs to the repository of that.
fn put_beside_subjects(parcels: &mut Vec<Parcel>) {
    let homes: BTreeMap<Digest, String> = parcels
        .iter()
        .filter(|parcel| parcel.subject.is_none())
        .map(|parcel| (parcel.descriptor.digest, parcel.path.clone()))
        .collect();
    for parcel in parcels {
        if let Some(home) = parcel.subject.and_then(|subject| homes.get(&subject)) {
            parcel.path.clone_from(home);
        }
    }
}
