//! Fetch: a reference to a published artifact -> the layout that was published.
//!
//! What a registry hands out is put together as `pack` writes it, so that it is verified by the same rules. What is missing
//! is left out, for the verification to find.

use std::collections::BTreeMap;

use crate::artifact::Digests;
use crate::chart;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::files::Files;
use crate::manifest::FLUX_CONTENT;
use crate::oci::reference::Reference;
use crate::oci::{self, Descriptor, INDEX, Index, MANIFEST, Manifest, REFERENCE_NAME};
use crate::path::RelPath;
use crate::registry::{Registries, Repository};
use crate::sign::{bundle_layer, legacy_tag};

/// Bytes of all blobs together.
const FETCH_LIMIT: u64 = 512 << 20;
/// Bytes of the unpacked tree, of which one small file is read here.
const TREE_LIMIT: u64 = 512 << 20;
/// Manifests that say something about one image.
const REFERRERS: usize = 1_000;

const NOT_PUBLISHED: Code = Code::error("L840", "not-published");
const TOO_LARGE: Code = Code::error("L841", "artifact-too-large");

/// Fetches an artifact with its charts, and everything that is signed about them.
pub fn fetch(registries: &Registries<'_>, reference: &Reference) -> Result<Files, Diagnostic> {
    registries.wait(async {
        let mut fetched =
            Fetched { layout: BTreeMap::new(), index: Vec::new(), left: FETCH_LIMIT, reference };
        let repository = registries.repository(&reference.registry, &reference.repository);
        let version = reference.digest.map(|digest| digest.to_string());
        let version = version.or_else(|| reference.tag.clone()).unwrap_or_default();
        let Some((digest, manifest)) = fetched.manifest(&repository, &version).await? else {
            return Err(fetched.nothing());
        };
        fetched
            .image(&repository, "", reference.tag.as_deref().unwrap_or_default(), digest, &manifest)
            .await?;
        for (name, digest) in fetched.charts(&manifest) {
            let path = format!("charts/{}", Digests::chart_name(&name));
            let repository =
                registries.repository(&reference.registry, &format!("{}/{path}", reference.repository));
            if let Some((digest, manifest)) = fetched.manifest(&repository, &digest.to_string()).await? {
                let tag = fetched.chart_tag(&manifest);
                fetched.image(&repository, &path, &tag, digest, &manifest).await?;
            }
        }
        Ok(fetched.layout())
    })
}

struct Fetched<'f> {
    layout: BTreeMap<Digest, Vec<u8>>,
    index: Vec<Descriptor>,
    /// Bytes that may still be fetched.
    left: u64,
    reference: &'f Reference,
}

impl Fetched<'_> {
    fn place(&self) -> Place {
        Place::file(format!("oci://{}", self.reference))
    }

    /// Why there is no artifact to be verified.
    fn nothing(&self) -> Diagnostic {
        let at = format!("at `oci://{}`", self.reference);
        let (message, help) = match self.index.first().map(|found| &*found.media_type) {
            None => (
                format!("there is nothing {at}"),
                "check the repository and the tag, and whether the account may see them",
            ),
            Some(INDEX) => (
                format!("what is {at} is an index of manifests, not an artifact"),
                "name the artifact itself, by a tag of its own or by its digest",
            ),
            Some(other) => (
                format!("what is {at} is no artifact: it is said to be `{other}`, and is no manifest"),
                "check the repository and the tag",
            ),
        };
        Diagnostic::new(NOT_PUBLISHED, message, self.place()).help(help)
    }

    fn too_large(&self) -> Diagnostic {
        let message = format!("the artifact has more than {} MiB", FETCH_LIMIT >> 20);
        Diagnostic::new(TOO_LARGE, message, self.place())
            .why("what this program publishes is far smaller; nothing more of it was read")
    }

    /// Keeps what came, as long as all of it together is within the limit.
    fn keep(&mut self, digest: Digest, bytes: Vec<u8>) -> Result<(), Diagnostic> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| self.too_large())?;
        self.layout.insert(digest, bytes);
        Ok(())
    }

    /// Fetches a manifest and everything it names. What is none is listed all the same.
    async fn manifest(
        &mut self,
        repository: &Repository<'_>,
        reference: &str,
    ) -> Result<Option<(Digest, Manifest)>, Diagnostic> {
        let Some(found) = repository.manifest(reference).await? else {
            return Ok(None);
        };
        let manifest = serde_json::from_slice::<Manifest>(&found.bytes);
        self.keep(found.digest, found.bytes)?;
        let Ok(manifest) = manifest else {
            let empty = Descriptor::of(&found.media_type, b"");
            self.index.push(Descriptor { digest: found.digest, ..empty });
            return Ok(None);
        };
        self.parts(repository, &manifest).await?;
        Ok(Some((found.digest, manifest)))
    }

    /// Fetches the blobs that a manifest names.
    async fn parts(&mut self, repository: &Repository<'_>, manifest: &Manifest) -> Result<(), Diagnostic> {
        for part in [&manifest.config].into_iter().chain(&manifest.layers) {
            if self.layout.contains_key(&part.digest) {
                continue;
            }
            if part.size > self.left {
                return Err(self.too_large());
            }
            if let Some(bytes) = repository.blob(part, self.left).await? {
                self.keep(part.digest, bytes)?;
            }
        }
        Ok(())
    }

    /// Lists an image that was fetched, and fetches what is signed about it.
    async fn image(
        &mut self,
        repository: &Repository<'_>,
        path: &str,
        tag: &str,
        digest: Digest,
        manifest: &Manifest,
    ) -> Result<(), Diagnostic> {
        let name = |tag: &str| oci::reference_name(path, tag);
        self.list(digest, manifest, Some(name(tag)));
        let legacy = legacy_tag(digest);
        if let Some((signature, manifest)) = self.manifest(repository, &legacy).await? {
            self.list(signature, &manifest, Some(name(&legacy)));
        }
        let referrers = repository.referrers(digest).await?;
        if referrers.len() > REFERRERS {
            let message = format!("more than {REFERRERS} manifests refer to {digest}");
            return Err(Diagnostic::new(TOO_LARGE, message, self.place())
                .why("each of them would have to be read")
                .help("find out who attaches them, and remove what nobody needs"));
        }
        for referrer in referrers {
            self.referrer(repository, referrer.digest).await?;
        }
        Ok(())
    }

    /// Lists and fetches a bundle. What else refers to an image may be of any kind and size, and is judged by nobody.
    async fn referrer(&mut self, repository: &Repository<'_>, digest: Digest) -> Result<(), Diagnostic> {
        let found = repository.manifest(&digest.to_string()).await?;
        let Some((bytes, manifest)) = found.and_then(|found| {
            let manifest = serde_json::from_slice(&found.bytes).ok();
            Some((found.bytes, manifest.filter(|manifest| bundle_layer(manifest).is_some())?))
        }) else {
            return Ok(());
        };
        self.keep(digest, bytes)?;
        self.parts(repository, &manifest).await?;
        self.list(digest, &manifest, None);
        Ok(())
    }

    fn list(&mut self, digest: Digest, manifest: &Manifest, name: Option<String>) {
        let bytes = self.layout.get(&digest).map(Vec::as_slice).unwrap_or_default();
        let mut descriptor = Descriptor::of(MANIFEST, bytes);
        descriptor.artifact_type.clone_from(&manifest.artifact_type);
        descriptor.annotations.extend(name.map(|name| (REFERENCE_NAME.to_owned(), name)));
        self.index.push(descriptor);
    }

    /// The charts that belong to the manifests, by the list inside.
    fn charts(&self, manifest: &Manifest) -> BTreeMap<String, Digest> {
        let layer = manifest.layers.iter().find(|layer| layer.media_type == FLUX_CONTENT);
        let tree = layer.and_then(|layer| oci::unpack(self.layout.get(&layer.digest)?, TREE_LIMIT).ok());
        let list = RelPath::root().child(Digests::FILE);
        let digests = tree.and_then(|tree| serde_json::from_slice::<Digests>(tree.get(&list)?).ok());
        // A name that is none leads to no repository, and the chart is found missing.
        digests.map(|digests| digests.charts).unwrap_or_default()
    }

    /// The tag of a chart: its version.
    fn chart_tag(&self, manifest: &Manifest) -> String {
        chart::name_and_tag(self.layout.get(&manifest.config.digest).map_or(b"", Vec::as_slice)).1
    }

    fn layout(self) -> Files {
        let blobs = RelPath::root().child("blobs").child("sha256");
        let mut files: Files = self
            .layout
            .into_iter()
            .map(|(digest, bytes)| (blobs.child(&digest.hex()), bytes.into()))
            .collect();
        let index = Index { schema_version: 2, media_type: Some(INDEX.to_owned()), manifests: self.index };
        oci::describe_layout(&mut files, &index);
        files
    }
}
