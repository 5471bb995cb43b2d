//! Bundles: what refers to an image, who signed it, and what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::layout::Layout;
use super::signature::{Claim, Outcome};
use crate::digest::Digest;
use crate::key::{PublicKey, pre_authentication_encoding};
use crate::oci::Descriptor;
use crate::sign::{ANY_BUNDLE, Bundle, IN_TOTO, SIGNATURE, Statement, bundle_layer, hint};

/// A bundle that refers to an image.
pub(super) struct Stated {
    /// Whether the key signed it, and about which image.
    pub(super) outcome: Outcome,
    /// Whether cosign takes it for a bundle at all.
    pub(super) counts: bool,
    /// The type of what it says, also when nobody vouches for it; empty when it cannot be read.
    pub(super) predicate_type: String,
    /// What it says.
    pub(super) predicate: Value,
}

impl Stated {
    /// Whether it is a plain signature; one that cannot be read is taken for one, as no other use of it is known.
    pub(super) fn is_signature(&self) -> bool {
        matches!(&*self.predicate_type, SIGNATURE | "")
    }

    /// Whether the key signed it, about this image.
    pub(super) fn is_good(&self) -> bool {
        matches!(self.outcome, Outcome::Good(_))
    }
}

/// The bundles that refer to an image.
pub(super) fn read_all(layout: &Layout<'_>, digest: Digest, key: &PublicKey) -> Vec<Stated> {
    layout
        .entries
        .iter()
        .filter(|entry| {
            let subject = entry.manifest.subject.as_ref();
            subject.is_some_and(|subject| subject.digest == digest)
        })
        .filter_map(|entry| bundle_layer(&entry.manifest))
        .map(|layer| read(layout, layer, digest, key))
        .collect()
}

fn read(layout: &Layout<'_>, layer: &Descriptor, digest: Digest, key: &PublicKey) -> Stated {
    let bytes = layout.blob(layer.digest);
    let counts = bytes.is_some_and(|bytes| is_bundle_to_cosign(bytes));
    let unreadable = || Stated {
        outcome: Outcome::NotOurs(None),
        counts,
        predicate_type: String::new(),
        predicate: Value::Null,
    };
    let Some(bundle) = bytes.and_then(|bytes| serde_json::from_slice::<Bundle>(bytes).ok()) else {
        return unreadable();
    };
    let envelope = &bundle.dsse_envelope;
    let Ok(payload) = STANDARD.decode(&envelope.payload) else {
        return unreadable();
    };
    let statement = serde_json::from_slice::<Statement>(&payload).ok();
    let outcome = if is_signed(&bundle, &payload, key) {
        statement
            .as_ref()
            .and_then(|statement| claim(statement, digest))
            .map_or(Outcome::Other, Outcome::Good)
    } else {
        Outcome::NotOurs(other_maker(&bundle, key))
    };
    let (predicate_type, predicate) = statement.map_or_else(
        || (String::new(), Value::Null),
        |statement| (statement.predicate_type, statement.predicate),
    );
    Stated { outcome, counts, predicate_type, predicate }
}

/// Whether cosign can read something as a bundle; it passes over everything else without a word, as if it were not there.
///
/// upstream: `sigstore/cosign`, pkg/cosign/verify.go, `GetBundles`; `sigstore/sigstore-go`, pkg/bundle/bundle.go, `validate`
fn is_bundle_to_cosign(bytes: &[u8]) -> bool {
    let bundle: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let has = |pointer: &str| bundle.pointer(pointer).is_some_and(Value::is_object);
    let version =
        bundle.get("mediaType").and_then(Value::as_str).and_then(|kind| kind.strip_prefix(ANY_BUNDLE));
    let payload = bundle.pointer("/dsseEnvelope/payload").and_then(Value::as_str);
    let has_material = has("/verificationMaterial/publicKey") || has("/verificationMaterial/certificate");
    let has_content = has("/messageSignature") || has("/dsseEnvelope");
    matches!(version, Some(".v0.3+json" | "+json;version=0.3"))
        && has_material
        && has_content
        && payload.is_none_or(|payload| STANDARD.decode(payload).is_ok())
}

fn is_signed(bundle: &Bundle, payload: &[u8], key: &PublicKey) -> bool {
    let envelope = &bundle.dsse_envelope;
    let signature = match &*envelope.signatures {
        [signature] => STANDARD.decode(&signature.sig).ok(),
        _ => None,
    };
    let signed = pre_authentication_encoding(&envelope.payload_type, payload);
    envelope.payload_type == IN_TOTO && signature.is_some_and(|signature| key.verify(&signed, &signature))
}

/// Who says to have made a bundle, if not the key at hand.
fn other_maker(bundle: &Bundle, key: &PublicKey) -> Option<String> {
    match &bundle.verification_material.public_key {
        Some(named) if named.hint == hint(key) => None,
        Some(named) => Some(format!("the key {}", fingerprint(&named.hint))),
        None => Some("somebody with a certificate".to_owned()),
    }
}

/// The fingerprint in a hint, as every other place writes it; what cosign did not write stays as it is.
fn fingerprint(hint: &str) -> String {
    let bytes = STANDARD.decode(hint).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map_or_else(|| hint.to_owned(), |bytes| Digest::from_bytes(bytes).to_string())
}

/// Where a statement says that this image is meant to be.
fn claim(statement: &Statement, digest: Digest) -> Option<Claim> {
    let hex = digest.hex();
    let subject = statement.subject.iter().find(|subject| subject.digest.get("sha256") == Some(&hex))?;
    let (repository, tag) = subject.name.rsplit_once(':').unwrap_or((&subject.name, ""));
    Some(Claim { repository: repository.to_owned(), tag: tag.to_owned() })
}
