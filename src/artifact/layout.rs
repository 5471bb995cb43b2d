//! The artifact as a directory: an OCI image layout.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::digest::Digest;
use crate::files::Files;
use crate::oci::{self, INDEX, Image, Index, REFERENCE_NAME, describe_layout};
use crate::path::RelPath;

/// Everything that is published together: the manifests, the charts, and their signatures when they were
/// signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The repository of the manifests, with its host.
    pub repository: String,
    /// The time of the commit.
    pub created: String,
    /// The manifests first, then the charts; behind them the signatures.
    pub images: Vec<Image>,
}

impl Artifact {
    /// The full name of an image's repository.
    pub fn repository_of(&self, image: &Image) -> String {
        oci::below(&self.repository, &image.path)
    }

    /// The artifact as an OCI image layout.
    pub fn layout(&self) -> Files {
        let directory = RelPath::root().child("blobs").child("sha256");
        let blobs: BTreeMap<&Digest, &Arc<[u8]>> =
            self.images.iter().flat_map(|image| &image.blobs).collect();
        let mut files: Files = blobs
            .into_iter()
            .map(|(digest, bytes)| (directory.child(&digest.hex()), bytes.clone()))
            .collect();
        let entries = self.images.iter().flat_map(|image| {
            let named = image.reference_names().map(|name| {
                let mut entry = image.descriptor.clone();
                entry.annotations.insert(REFERENCE_NAME.to_owned(), name);
                entry
            });
            let nameless = image.tags.is_empty().then(|| image.descriptor.clone());
            named.chain(nameless).collect::<Vec<_>>()
        });
        let index =
            Index { schema_version: 2, media_type: Some(INDEX.to_owned()), manifests: entries.collect() };
        describe_layout(&mut files, &index);
        files
    }
}
