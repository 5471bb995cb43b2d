//! The receipt: what was pushed, and where it is.

use serde::Serialize;

use super::Shipment;
use crate::artifact::REVISION;
use crate::digest::Digest;
use crate::oci::reference::Reference;
use crate::registry::Pushed;

/// What a run published. The first four fields are those of `flux push artifact --output json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The artifact by its digest, `oci://registry.example.org/landscapes/local@sha256:…`.
    pub url: String,
    /// Its repository, with the host.
    pub repository: String,
    /// The first of its tags.
    pub tag: String,
    /// The digest of its manifest.
    pub digest: Digest,
    /// All its tags.
    pub tags: Vec<String>,
    /// The commit it was made from, as Flux writes it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub revision: String,
    /// The charts beside it.
    pub charts: Vec<PublishedChart>,
    /// The images that run besides, as far as they are known, when charts were relocated: nobody copies those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Reference>,
    /// What had to be sent.
    #[serde(flatten)]
    pub sent: Sent,
}

/// A chart that lies beside the manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedChart {
    /// The chart by its digest.
    pub url: String,
    /// Its tag, which is its version.
    pub tag: String,
    /// The digest of its manifest.
    pub digest: Digest,
}

/// What became of the blobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Blobs that were sent.
    pub blobs_sent: u64,
    /// Their bytes.
    pub bytes_sent: u64,
    /// Blobs that the registry took over from another of its repositories.
    pub blobs_mounted: u64,
}

impl Sent {
    pub(super) fn count(&mut self, pushed: Pushed, size: u64) {
        match pushed {
            Pushed::Known => {}
            Pushed::Mounted => self.blobs_mounted += 1,
            Pushed::Sent => {
                self.blobs_sent += 1;
                self.bytes_sent += size;
            }
        }
    }
}

impl Receipt {
    pub(super) fn new(shipment: &Shipment, sent: Sent) -> Self {
        let mut receipt = Self {
            url: String::new(),
            repository: shipment.repository.clone(),
            tag: String::new(),
            digest: Digest::of(b""),
            tags: Vec::new(),
            revision: String::new(),
            charts: Vec::new(),
            images: Vec::new(),
            sent,
        };
        for parcel in shipment.images() {
            let digest = parcel.descriptor.digest;
            let url = format!("oci://{}@{digest}", shipment.repository_of(parcel));
            let tag = parcel.tags.first().cloned().unwrap_or_default();
            if parcel.path.is_empty() {
                receipt.url = url;
                receipt.digest = digest;
                receipt.tags.clone_from(&parcel.tags);
                receipt.tag = tag;
                receipt.revision = parcel.annotations.get(REVISION).cloned().unwrap_or_default();
            } else {
                receipt.charts.push(PublishedChart { url, tag, digest });
            }
        }
        receipt
    }
}
