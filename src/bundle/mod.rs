//! Bundles: payloads of the Manifests -> Bundles. ManagedResources and their Secrets, as the gardener-resource-manager reads them.
//!
//! Names, labels, annotations and hashes are upstream's own conventions. Every payload is decoded again before it leaves:
//! one that does not decode would send a real resource-manager into an endless loop.

mod unwrap;

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rayon::prelude::*;
use serde_json::json;
pub use unwrap::{Wrapping, Wrappings, unwrap};

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::key::Signer;
use crate::landscape::Compression;
use crate::manifest::{Payload, bundle_directory};
use crate::seal;
use crate::source::Span;
use crate::syntax::{Node, emit};

/// Bytes of all data of one Secret. Upstream: k8s.io/api/core/v1, MaxSecretSize.
const SECRET_LIMIT: usize = 1 << 20;
/// The API server adds to an object; a Secret is kept this much smaller than it may be.
const SECRET_TARGET: usize = SECRET_LIMIT - (64 << 10);
const NAMESPACE: &str = "garden";

const OBJECT_TOO_LARGE: Code = Code::error("L650", "object-too-large-for-a-bundle");
const PAYLOAD_BROKEN: Code = Code::error("L651", "payload-does-not-decode");

/// A ManagedResource with its Secrets, as objects.
#[derive(Debug)]
pub struct Bundle {
    /// The unit, which is the name of the ManagedResource.
    pub unit: String,
    /// The ManagedResource.
    pub resource: Node,
    /// The Secrets, in the order they are read.
    pub secrets: Vec<Node>,
}

/// Packs every payload.
pub fn bundles(
    payloads: &[Payload],
    compression: Compression,
    report: &mut Report,
) -> Result<Vec<Bundle>, Reported> {
    let packed: Vec<Result<Bundle, Diagnostic>> =
        payloads.par_iter().map(|payload| pack(payload, compression)).collect();
    let mut bundles = Vec::with_capacity(packed.len());
    for result in packed {
        match result {
            Ok(bundle) => bundles.push(bundle),
            Err(diagnostic) => report.push(diagnostic),
        }
    }
    report.reported()?;
    Ok(bundles)
}

impl Bundle {
    /// Seals the ManagedResource and its Secrets.
    pub fn seal(&mut self, revision: &str, signer: &dyn Signer) {
        seal::seal(&mut self.resource, &self.secrets, revision, signer)
            .expect("a bundle made here has what a seal covers");
    }

    /// Writes the objects of the bundle.
    pub fn write(&self, files: &mut Files) {
        let directory = bundle_directory(&self.unit);
        for object in std::iter::once(&self.resource).chain(&self.secrets) {
            let text = |path: &[&str]| object.at(path).and_then(Node::as_str).unwrap_or_default();
            let kind = text(&["kind"]).to_lowercase();
            let name = format!("{kind}_{NAMESPACE}_{}.yaml", text(&["metadata", "name"]));
            files.insert(directory.child(&name), emit(object).into_bytes());
        }
    }
}

fn pack(payload: &Payload, compression: Compression) -> Result<Bundle, Diagnostic> {
    let documents: Vec<&str> = payload.documents.iter().map(String::as_str).collect();
    let parts = split(&documents, compression, &payload.unit)?;
    let secrets: Vec<Node> =
        parts.iter().map(|data| secret(&payload.unit, compression.key(), data)).collect();
    let names: Vec<&str> =
        secrets.iter().filter_map(|secret| secret.at(&["metadata", "name"])?.as_str()).collect();
    let annotations: serde_json::Map<String, serde_json::Value> =
        names.iter().map(|name| (reference_annotation(name), json!(name))).collect();
    let references: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
    let resource = json!({
        "apiVersion": "resources.gardener.cloud/v1alpha1",
        "kind": "ManagedResource",
        "metadata": {
            "annotations": annotations,
            "labels": {"origin": "landscape"},
            "name": payload.unit,
            "namespace": NAMESPACE,
        },
        "spec": {"secretRefs": references},
    });
    Ok(Bundle { unit: payload.unit.clone(), resource: Node::from_json(&resource, Span::default()), secrets })
}

/// The payloads of the Secrets: one if it fits, else two halves, each split again as long as it must be.
///
/// Where a payload is split depends on its documents alone. Part of every digest.
fn split(documents: &[&str], compression: Compression, unit: &str) -> Result<Vec<Vec<u8>>, Diagnostic> {
    // Between two documents stands a separator always, also where a document ends like one.
    let text = documents.join("---\n");
    let data = compression.encode(text.as_bytes());
    if data.len() <= SECRET_TARGET {
        if compression.decode(&data).as_deref() != Some(text.as_bytes()) {
            return Err(Diagnostic::new(
                PAYLOAD_BROKEN,
                format!("the payload of the bundle `{unit}` does not decode to what was encoded"),
                Place::default(),
            )
            .why("the resource-manager would try to read it for ever"));
        }
        return Ok(vec![data]);
    }
    let [first, .., _last] = documents else {
        let document = documents.first().copied().unwrap_or_default();
        let head: Vec<&str> = document.lines().take(8).collect();
        return Err(Diagnostic::new(
            OBJECT_TOO_LARGE,
            format!("an object of the bundle `{unit}` has {} bytes, {} encoded", document.len(), data.len()),
            Place::default(),
        )
        .why(format!(
            "a Secret carries at most {SECRET_LIMIT} bytes; the object begins with `{}`",
            head.join(" ")
        ))
        .help("make the object smaller, or deliver it with `landscape.gardener.cloud/delivery: flux`"));
    };
    debug_assert!(!first.is_empty(), "a document has bytes");
    let half = documents.len() / 2;
    let (first, second) = documents.split_at(half);
    let mut parts = split(first, compression, unit)?;
    parts.extend(split(second, compression, unit)?);
    Ok(parts)
}

/// Upstream: pkg/utils/kubernetes/object.go, MakeUnique.
fn secret(unit: &str, key: &str, data: &[u8]) -> Node {
    let object = json!({
        "apiVersion": "v1",
        "data": {key: BASE64.encode(data)},
        "immutable": true,
        "kind": "Secret",
        "metadata": {
            "labels": {"resources.gardener.cloud/garbage-collectable-reference": "true"},
            "name": format!("managedresource-{unit}-{}", checksum(data)),
            "namespace": NAMESPACE,
        },
        "type": "Opaque",
    });
    Node::from_json(&object, Span::default())
}

/// Upstream: pkg/utils/checksums.go, ComputeSecretChecksum, of the one value.
fn checksum(data: &[u8]) -> String {
    let hex = Digest::of(Digest::of(data).hex()).hex();
    hex.chars().take(8).collect()
}

/// Upstream: pkg/resourcemanager/controller/garbagecollector/references, AnnotationKey.
fn reference_annotation(secret: &str) -> String {
    let hex: String = Digest::of(secret).hex().chars().take(8).collect();
    format!("reference.resources.gardener.cloud/secret-{hex}")
}

impl Compression {
    /// The key of the Secret's data; the resource-manager tells the encoding by its end.
    fn key(self) -> &'static str {
        match self {
            Self::Brotli(_) => "data.yaml.br",
            Self::None => "data.yaml",
        }
    }

    fn encode(self, data: &[u8]) -> Vec<u8> {
        let Self::Brotli(quality) = self else {
            return data.to_vec();
        };
        // Window and buffer size are part of every digest.
        let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, quality, 22);
        writer.write_all(data).expect("a vector takes every write");
        writer.into_inner()
    }

    fn decode(self, data: &[u8]) -> Option<Vec<u8>> {
        let Self::Brotli(_) = self else {
            return Some(data.to_vec());
        };
        let mut text = Vec::new();
        brotli::Decompressor::new(data, 4096).read_to_end(&mut text).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(documents: &[&str]) -> Payload {
        Payload { unit: "u".to_owned(), documents: documents.iter().map(ToString::to_string).collect() }
    }

    fn data(secret: &Node, key: &str) -> Vec<u8> {
        let text = secret.at(&["data", key]).and_then(Node::as_str).expect("has data");
        BASE64.decode(text).expect("is base64")
    }

    #[test]
    fn a_document_that_ends_like_a_separator_is_still_separated() {
        let bundle = pack(&payload(&["a: |\n  ---\n", "b: 1\n"]), Compression::None).expect("small");
        let text = data(bundle.secrets.first().expect("one"), "data.yaml");
        assert_eq!(String::from_utf8(text).expect("text"), "a: |\n  ---\n---\nb: 1\n");
    }

    #[test]
    fn a_large_payload_is_split_by_documents_and_nothing_is_lost() {
        let documents: Vec<String> =
            (0..64).map(|i| format!("a: {}\n", format!("{i:04}").repeat(10_000))).collect();
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let bundle = pack(&payload(&documents), Compression::None).expect("splittable");
        assert!(bundle.secrets.len() > 1);
        let parts: Vec<_> = bundle
            .secrets
            .iter()
            .map(|secret| String::from_utf8(data(secret, "data.yaml")).expect("text"))
            .collect();
        assert!(parts.iter().all(|part| part.len() <= SECRET_TARGET));
        assert_eq!(parts.join("---\n"), documents.join("---\n"));
    }

    #[test]
    fn one_object_above_the_limit_is_refused() {
        let large = "a".repeat(2 << 20);
        let fault = pack(&payload(&[&large]), Compression::None).expect_err("too large");
        assert_eq!(fault.code, OBJECT_TOO_LARGE);
    }

    /// Computed with upstream's `kubernetesutils.ComputeSecretChecksum` and `references.AnnotationKey` definitions.
    #[test]
    fn names_follow_upstream() {
        let hex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(checksum(b"hello"), Digest::of(hex).hex().get(..8).expect("long enough"));
        assert_eq!(reference_annotation("hello"), "reference.resources.gardener.cloud/secret-2cf24dba");
    }
}
