//! Sign: Artifact, what is said about it -> Artifact with signatures.
//!
//! Every image gets both forms: Flux up to 2.7 reads only the legacy one, and Flux from 2.8 on prefers the
//! bundle. Neither form binds the tag by itself, so both also say where the image was meant to be; Flux and
//! cosign ignore that, `verify` does not.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::artifact::Artifact;
use crate::attest::Attestation;
use crate::digest::Digest;
use crate::key::{PublicKey, Signer, pre_authentication_encoding};
use crate::oci::{Descriptor, Draft, Image, Manifest, to_json};

/// The layer of a legacy signature. Part of what verifiers look for.
pub const LEGACY_LAYER: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation of that layer with the signature in base64.
pub const LEGACY_SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// The layer and the artifact type of a bundle. Part of what verifiers look for.
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The beginning of the type of every version of a bundle.
pub const ANY_BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// The DSSE payload type of a bundle. Part of every signature.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

const LEGACY_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LEGACY_TYPE: &str = "cosign container image signature";
const EMPTY_CONFIG: &str = "application/vnd.oci.empty.v1+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The annotation of a bundle that tells what it says.
pub const PREDICATE_TYPE: &str = "dev.sigstore.bundle.predicateType";
/// The predicate type of a signature. Part of every bundle that is one.
pub const SIGNATURE: &str = "https://sigstore.dev/cosign/sign/v1";

/// The time of what was made outside of any history, and of what is the same in all of it. Part of bundles.
pub const EPOCH: &str = "1970-01-01T00:00:00Z";

/// Signs every image of an artifact that is not signed yet, and what is said about it: in bundles, and in the legacy form
/// unless that is left out.
///
/// Flux from 2.8 on takes any bundle that refers to an image for a signature of it. So every statement is signed by the
/// same key.
pub fn sign(
    mut artifact: Artifact,
    attestations: &[Attestation],
    legacy: bool,
    signer: &dyn Signer,
) -> Artifact {
    let signatures: Vec<Image> = artifact
        .images
        .iter()
        .flat_map(|image| {
            let repository = artifact.repository_of(image);
            let Image { path, tags, descriptor, .. } = image;
            let target = Signed { repository: &repository, path, tags, descriptor, legacy };
            // Unchanged charts get the same signatures from every commit: whoever verifies reads all there are.
            let created = if path.is_empty() { &artifact.created } else { EPOCH };
            signatures(&target, attestations, created, signer)
        })
        .collect();
    artifact.images.extend(signatures);
    artifact
}

/// An image that is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Its repository, with the host.
    pub repository: &'a str,
    /// The repository below the artifact's own.
    pub path: &'a str,
    /// Its tags; without any, it is not signed.
    pub tags: &'a [String],
    /// What points at its manifest.
    pub descriptor: &'a Descriptor,
    /// Whether it gets the legacy form, too.
    pub legacy: bool,
}

/// The signatures of an image: one legacy manifest if it gets one, a bundle for each tag, and one for each statement about it.
pub fn signatures(
    image: &Signed<'_>,
    attestations: &[Attestation],
    created: &str,
    signer: &dyn Signer,
) -> Vec<Image> {
    if image.tags.is_empty() {
        return Vec::new();
    }
    let signatures = image.tags.iter().map(|tag| signature(image, tag));
    let said = attestations.iter().filter(|said| said.subject == image.descriptor.digest);
    let statements = signatures.chain(said.map(|said| statement(image, said)));
    let bundles = statements.map(|statement| bundle(image, &statement, created, signer));
    image.legacy.then(|| legacy(image, signer)).into_iter().chain(bundles).collect()
}

/// The tag under which the legacy signature of a manifest is looked up.
pub fn legacy_tag(digest: Digest) -> String {
    format!("sha256-{}.sig", digest.hex())
}

/// Whether a tag is that of a legacy signature; its name alone says so, as it does to Flux.
pub fn is_legacy_tag(tag: &str) -> bool {
    let digest = tag.strip_prefix("sha256-").and_then(|rest| rest.strip_suffix(".sig"));
    digest.is_some_and(|hex| Digest::parse(&format!("sha256:{hex}")).is_some())
}

/// The layer of a manifest that holds a bundle, if that is what it is.
///
/// upstream: `sigstore/cosign`, pkg/oci/remote/signatures.go, `Bundle`
pub fn bundle_layer(manifest: &Manifest) -> Option<&Descriptor> {
    match &*manifest.layers {
        [layer] if layer.media_type.starts_with(ANY_BUNDLE) => Some(layer),
        _ => None,
    }
}

/// How a bundle names its key: base64 of the SHA-256 of the key's `SubjectPublicKeyInfo`, as cosign writes
/// it.
pub fn hint(key: &PublicKey) -> String {
    STANDARD.encode(key.fingerprint().bytes())
}

/// What a legacy signature signs. The order of the fields is part of every signature.
#[derive(Debug, Serialize, Deserialize)]
pub struct LegacyPayload {
    /// What is said about the image.
    pub critical: Critical,
    /// Free claims; here the tag.
    pub optional: Option<BTreeMap<String, serde_json::Value>>,
}

/// The part of a legacy payload that a verifier must understand.
#[derive(Debug, Serialize, Deserialize)]
pub struct Critical {
    /// Where the image is meant to be.
    pub identity: LegacyIdentity,
    /// The image.
    pub image: LegacyImage,
    /// Always the same text.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Where an image is meant to be.
#[derive(Debug, Serialize, Deserialize)]
pub struct LegacyIdentity {
    /// The repository, with its host.
    #[serde(rename = "docker-reference")]
    pub repository: String,
}

/// The image a legacy signature is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct LegacyImage {
    /// The digest of its manifest.
    #[serde(rename = "docker-manifest-digest")]
    pub digest: Digest,
}

/// A sigstore bundle with a DSSE envelope and nothing of a transparency log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    /// Always [`BUNDLE`].
    pub media_type: String,
    /// Which key to verify with.
    pub verification_material: VerificationMaterial,
    /// The signed statement.
    pub dsse_envelope: Envelope,
}

/// Which key to verify with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMaterial {
    /// The key; absent in a bundle that was signed with a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<KeyHint>,
}

/// The name of a key.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeyHint {
    /// See [`hint`].
    pub hint: String,
}

/// A DSSE envelope.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The payload in base64.
    pub payload: String,
    /// Its type.
    pub payload_type: String,
    /// The signatures; exactly one.
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature of an envelope.
#[derive(Debug, Serialize, Deserialize)]
pub struct EnvelopeSignature {
    /// The signature in base64.
    pub sig: String,
}

/// An in-toto statement about an image.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The version of the format.
    #[serde(rename = "_type")]
    pub kind: String,
    /// What it is about.
    pub subject: Vec<Subject>,
    /// What it says.
    pub predicate_type: String,
    /// The details; a plain signature has none.
    pub predicate: serde_json::Value,
}

/// What a statement is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Subject {
    /// `<repository>:<tag>`.
    #[serde(default)]
    pub name: String,
    /// Digests by algorithm, in hex.
    pub digest: BTreeMap<String, String>,
}

/// The form of cosign 2, found under a tag made of the digest: one layer for each tag of the image.
fn legacy(image: &Signed<'_>, signer: &dyn Signer) -> Image {
    let digest = image.descriptor.digest;
    let payloads: Vec<Vec<u8>> =
        image.tags.iter().map(|tag| legacy_payload(image.repository, tag, digest)).collect();
    let mut draft = Draft::new(LEGACY_CONFIG, legacy_config(payloads.iter().map(Digest::of)));
    for payload in payloads {
        let signature = STANDARD.encode(signer.sign(&payload));
        let layer = draft.layer(LEGACY_LAYER, payload);
        layer.annotations.insert(LEGACY_SIGNATURE.to_owned(), signature);
    }
    draft.image(image.path, vec![legacy_tag(digest)])
}

/// The configuration and the manifest of a legacy signature with these layers.
fn legacy_manifest(layers: Vec<Descriptor>) -> (Vec<u8>, Vec<u8>) {
    let config = legacy_config(layers.iter().map(|layer| layer.digest));
    let mut draft = Draft::new(LEGACY_CONFIG, config.clone());
    draft.manifest.layers = layers;
    (config, to_json(&draft.manifest))
}

/// The configuration and the manifest of a legacy signature with the layers of both; nothing when the first has all of the
/// other. A manifest of another kind has no layers that matter.
pub fn merge_legacy(there: &[u8], added: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let layers = |manifest: &[u8]| {
        serde_json::from_slice::<Manifest>(manifest).map_or_else(|_| Vec::new(), |manifest| manifest.layers)
    };
    let mut all = layers(there);
    let known = all.len();
    for layer in layers(added) {
        if !all.contains(&layer) {
            all.push(layer);
        }
    }
    (all.len() > known).then(|| legacy_manifest(all))
}

fn legacy_config(layers: impl Iterator<Item = Digest>) -> Vec<u8> {
    let layers: Vec<Digest> = layers.collect();
    format!(
        concat!(
            r#"{{"architecture":"","created":"0001-01-01T00:00:00Z","history":[{{"created":"0001-01-01T00:00:00Z"}}],"#,
            r#""os":"","rootfs":{{"type":"layers","diff_ids":{}}},"config":{{}}}}"#
        ),
        String::from_utf8_lossy(&to_json(&layers))
    )
    .into_bytes()
}

fn legacy_payload(repository: &str, tag: &str, digest: Digest) -> Vec<u8> {
    to_json(&LegacyPayload {
        critical: Critical {
            identity: LegacyIdentity { repository: repository.to_owned() },
            image: LegacyImage { digest },
            kind: LEGACY_TYPE.to_owned(),
        },
        optional: Some(BTreeMap::from([("tag".to_owned(), tag.into())])),
    })
}

/// What the signature of an image under one of its tags says: that, and nothing else.
fn signature(image: &Signed<'_>, tag: &String) -> Statement {
    Statement {
        kind: STATEMENT.to_owned(),
        subject: subjects(image, std::slice::from_ref(tag)),
        predicate_type: SIGNATURE.to_owned(),
        predicate: serde_json::json!({}),
    }
}

/// A statement about an image, under all of its tags.
fn statement(image: &Signed<'_>, said: &Attestation) -> Statement {
    Statement {
        kind: STATEMENT.to_owned(),
        subject: subjects(image, image.tags),
        predicate_type: said.predicate_type.to_owned(),
        predicate: said.predicate.clone(),
    }
}

fn subjects(image: &Signed<'_>, tags: &[String]) -> Vec<Subject> {
    let subject = |tag| Subject {
        name: format!("{}:{tag}", image.repository),
        digest: BTreeMap::from([("sha256".to_owned(), image.descriptor.digest.hex())]),
    };
    tags.iter().map(subject).collect()
}

/// The form of cosign 3, found through its subject.
fn bundle(image: &Signed<'_>, statement: &Statement, created: &str, signer: &dyn Signer) -> Image {
    let predicate_type = &statement.predicate_type;
    let statement = to_json(statement);
    let signature = signer.sign(&pre_authentication_encoding(IN_TOTO, &statement));
    let bundle = Bundle {
        media_type: BUNDLE.to_owned(),
        verification_material: VerificationMaterial {
            public_key: Some(KeyHint { hint: hint(signer.public_key()) }),
        },
        dsse_envelope: Envelope {
            payload: STANDARD.encode(statement),
            payload_type: IN_TOTO.to_owned(),
            signatures: vec![EnvelopeSignature { sig: STANDARD.encode(signature) }],
        },
    };
    let mut draft = Draft::new(EMPTY_CONFIG, b"{}".to_vec());
    draft.layer(BUNDLE, to_json(&bundle));
    draft.manifest.artifact_type = Some(BUNDLE.to_owned());
    draft.manifest.subject = Some(image.descriptor.clone());
    draft.manifest.annotations = [
        ("dev.sigstore.bundle.content", "dsse-envelope"),
        (PREDICATE_TYPE, predicate_type),
        ("org.opencontainers.image.created", created),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    draft.image(image.path, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{PackInput, pack};
    use crate::diagnostic::Report;
    use crate::files::Files;
    use crate::key::{Algorithm, PrivateKey};

    fn signed(tags: &[&str]) -> (Artifact, PrivateKey) {
        let key = PrivateKey::generate(Algorithm::EcdsaP256, &mut |bytes| bytes.fill(7));
        let input = PackInput {
            files: &Files::default(),
            charts: &[],
            repository: "registry.example.org/landscapes/local",
            tags: &tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>(),
            created: "2026-01-02T03:04:05Z",
            source: "https://example.org/git",
            revision: "main@sha1:c0ffee",
        };
        let artifact = pack(&input, &mut Report::default()).expect("sound");
        (sign(artifact, &[], true, &key), key)
    }

    fn read(image: &Image) -> (Manifest, Vec<u8>) {
        let blob = |digest: &Digest| image.blobs.get(digest).expect("there").to_vec();
        let manifest: Manifest = serde_json::from_slice(&blob(&image.descriptor.digest)).expect("a manifest");
        let layer = blob(&manifest.layers.first().expect("one layer").digest);
        (manifest, layer)
    }

    #[test]
    fn both_forms_sign_the_bytes_that_their_verifiers_expect() {
        let (artifact, key) = signed(&["v1"]);
        let [image, legacy, bundle] = &*artifact.images else {
            panic!("an image and two signatures");
        };
        let digest = image.descriptor.digest;

        let (manifest, payload) = read(legacy);
        assert_eq!(
            std::str::from_utf8(&payload).expect("JSON"),
            format!(
                concat!(
                    r#"{{"critical":{{"identity":{{"docker-reference":"registry.example.org/landscapes/local"}},"#,
                    r#""image":{{"docker-manifest-digest":"{}"}},"type":"cosign container image signature"}},"#,
                    r#""optional":{{"tag":"v1"}}}}"#
                ),
                digest
            )
        );
        let layer = manifest.layers.first().expect("one layer");
        let signature = layer.annotations.get(LEGACY_SIGNATURE).expect("signed");
        let signature = STANDARD.decode(signature).expect("base64");
        assert!(key.public_key().verify(&payload, &signature));
        assert_eq!(legacy.tags, [format!("sha256-{}.sig", digest.hex())]);

        let (manifest, envelope) = read(bundle);
        assert_eq!(bundle.tags, [""; 0]);
        assert_eq!(bundle.descriptor.artifact_type.as_deref(), Some(BUNDLE));
        assert_eq!(manifest.subject.as_ref(), Some(&image.descriptor));
        let envelope: Bundle = serde_json::from_slice(&envelope).expect("a bundle");
        let statement = STANDARD.decode(envelope.dsse_envelope.payload).expect("base64");
        assert_eq!(
            std::str::from_utf8(&statement).expect("JSON"),
            format!(
                concat!(
                    r#"{{"_type":"https://in-toto.io/Statement/v1","#,
                    r#""subject":[{{"name":"registry.example.org/landscapes/local:v1","digest":{{"sha256":"{}"}}}}],"#,
                    r#""predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{{}}}}"#
                ),
                digest.hex()
            )
        );
        let signature = envelope.dsse_envelope.signatures.first().expect("one");
        let signature = STANDARD.decode(&signature.sig).expect("base64");
        let mut signed = format!("DSSEv1 28 application/vnd.in-toto+json {} ", statement.len()).into_bytes();
        signed.extend(statement);
        assert!(key.public_key().verify(&signed, &signature));
    }

    #[test]
    fn the_manifest_of_a_bundle_has_its_fields_in_their_order() {
        let (artifact, _) = signed(&["v1"]);
        let bundle = artifact.images.last().expect("the bundle");
        let bytes = bundle.blobs.get(&bundle.descriptor.digest).expect("there");
        let text = std::str::from_utf8(bytes).expect("JSON");
        let order =
            ["schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations"];
        let found: Vec<_> =
            order.iter().map(|name| text.find(&format!("\"{name}\":")).expect(name)).collect();
        assert!(found.is_sorted(), "{text}");
        assert!(text.contains(concat!(
            r#""config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"#,
            r#""digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}"#
        )));
    }

    #[test]
    fn every_tag_is_signed_and_their_order_is_that_of_their_names() {
        let (artifact, key) = signed(&["v2", "v1", "v2"]);
        let [image, legacy, first, second] = &*artifact.images else {
            panic!("an image, its legacy signatures in one, a bundle for each tag");
        };
        assert_eq!(image.tags, ["v1", "v2"]);

        let (manifest, _) = read(legacy);
        let tags = manifest.layers.iter().map(|layer| {
            let payload = legacy.blobs.get(&layer.digest).expect("there");
            let signature = layer.annotations.get(LEGACY_SIGNATURE).expect("signed");
            assert!(key.public_key().verify(payload, &STANDARD.decode(signature).expect("base64")));
            let payload: LegacyPayload = serde_json::from_slice(payload).expect("a payload");
            payload.optional.expect("claims").remove("tag").expect("a tag")
        });
        assert_eq!(tags.collect::<Vec<_>>(), ["v1", "v2"]);
        let config = legacy.blobs.get(&manifest.config.digest).expect("there");
        let config: serde_json::Value = serde_json::from_slice(config).expect("JSON");
        let layers: Vec<_> = manifest.layers.iter().map(|layer| layer.digest).collect();
        assert_eq!(config.pointer("/rootfs/diff_ids"), Some(&serde_json::json!(layers)));

        for (bundle, tag) in [(first, "v1"), (second, "v2")] {
            let bundle: Bundle = serde_json::from_slice(&read(bundle).1).expect("a bundle");
            let statement = STANDARD.decode(bundle.dsse_envelope.payload).expect("base64");
            let statement: Statement = serde_json::from_slice(&statement).expect("a statement");
            let names: Vec<_> = statement.subject.iter().map(|subject| &*subject.name).collect();
            assert_eq!(names, [format!("registry.example.org/landscapes/local:{tag}")]);
        }
    }

    #[test]
    fn signing_twice_gives_the_same_bytes() {
        assert_eq!(signed(&["v1"]).0.layout(), signed(&["v1"]).0.layout());
    }
}
