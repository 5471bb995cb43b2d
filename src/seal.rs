//! Seal: `ManagedResource` + Secrets -> annotations that prove both.
//!
//! Nothing in a cluster checks where the Secrets of a bundle come from. The seal binds the resource to the
//! contents and the order of its Secrets, so that whoever holds the public key can tell a bundle of the
//! landscape from any other.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::key::{PublicKey, Signer, pre_authentication_encoding};
use crate::source::Span;
use crate::syntax::{Key, Mapping, Node, Value};

/// The annotation that holds the signature in base64.
pub const SIGNATURE: &str = "landscape.gardener.cloud/signature";
/// The annotation that names the key, by the SHA-256 of its `SubjectPublicKeyInfo`.
pub const SIGNED_BY: &str = "landscape.gardener.cloud/signed-by";
/// The annotation that holds the source revision; signed, so that a verifier can tell which commit made the
/// bundle.
pub const REVISION: &str = "landscape.gardener.cloud/revision";

/// The DSSE payload type. Part of every seal.
const PAYLOAD_TYPE: &str = "application/vnd.gardener.cloud.managedresource.v1+json";

const UNSEALED_RESOURCE: Code = Code::error("L824", "unsealed-resource");
const BROKEN_SEAL: Code = Code::error("L825", "broken-seal");
const MISSING_SECRET: Code = Code::error("L829", "missing-secret");
const SEALED_BY_ANOTHER_KEY: Code = Code::error("L826", "sealed-by-another-key");

/// Why a `ManagedResource` has no good seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealFault {
    /// One of the three annotations is missing.
    Unsealed,
    /// The annotation names another key; holds what it names.
    OtherKey(String),
    /// The resource or one of its Secrets is not what was signed.
    Broken,
    /// `spec.secretRefs` names a Secret that is not there.
    MissingSecret(String),
    /// The resource or a Secret has a shape that cannot be sealed; says what.
    Malformed(String),
}

impl SealFault {
    /// The finding for a `ManagedResource` at this place.
    pub fn diagnostic(&self, place: impl Into<Place>) -> Diagnostic {
        const WHY: &str =
            "the gardener-resource-manager applies whatever its Secrets hold and checks no signature";
        match self {
            Self::Unsealed => {
                Diagnostic::new(UNSEALED_RESOURCE, "the ManagedResource carries no seal", place)
                    .why(WHY)
                    .help("render again with `--key`")
            }
            Self::OtherKey(fingerprint) => Diagnostic::new(
                SEALED_BY_ANOTHER_KEY,
                format!("the ManagedResource was sealed by the key `{fingerprint}`"),
                place,
            )
            .why(WHY)
            .help("verify with the public half of that key if it is one you trust"),
            Self::Broken => Diagnostic::new(
                BROKEN_SEAL,
                "the ManagedResource or one of its Secrets is not what was sealed",
                place,
            )
            .why(WHY)
            .help("find out who changed it since; render again with `--key`"),
            Self::MissingSecret(name) => Diagnostic::new(
                MISSING_SECRET,
                format!("the ManagedResource names the Secret `{name}`, which is not beside it"),
                place,
            )
            .why(WHY)
            .help("put the ManagedResource and all its Secrets into one directory"),
            Self::Malformed(what) => {
                Diagnostic::new(BROKEN_SEAL, format!("cannot be sealed: {what}"), place).why(WHY)
            }
        }
    }
}

/// Signs a `ManagedResource` and the Secrets it names; the seal becomes three annotations of the resource.
///
/// The Secrets carry their contents in base64 in `data`, as they are going to be applied.
pub fn seal(
    resource: &mut Node,
    secrets: &[Node],
    revision: &str,
    signer: &dyn Signer,
) -> Result<(), SealFault> {
    let find = |name: &str| {
        secrets.iter().find(|secret| secret.at(&["metadata", "name"]).and_then(Node::as_str) == Some(name))
    };
    let payload = payload(resource, &find, revision)?;
    let signature = signer.sign(&pre_authentication_encoding(PAYLOAD_TYPE, payload.as_bytes()));
    let span = resource.span;
    let annotations = resource
        .as_mapping_mut()
        .and_then(|resource| child(resource, "metadata", span))
        .and_then(|metadata| child(metadata, "annotations", span))
        .ok_or_else(|| malformed("`metadata.annotations` is no mapping"))?;
    for (name, value) in [
        (REVISION, revision.to_owned()),
        (SIGNATURE, STANDARD.encode(signature)),
        (SIGNED_BY, signer.public_key().fingerprint().to_string()),
    ] {
        let key = Key { name: name.into(), span };
        annotations.set(key, Node::string(value, span));
    }
    Ok(())
}

/// Checks the seal of a `ManagedResource`; `secrets` finds a Secret by its name.
pub fn verify<'a>(
    resource: &Node,
    secrets: &dyn Fn(&str) -> Option<&'a Node>,
    key: &PublicKey,
) -> Result<(), SealFault> {
    let annotation = |name: &str| resource.at(&["metadata", "annotations", name]).and_then(Node::as_str);
    let (Some(signature), Some(signed_by), Some(revision)) =
        (annotation(SIGNATURE), annotation(SIGNED_BY), annotation(REVISION))
    else {
        return Err(SealFault::Unsealed);
    };
    if signed_by != key.fingerprint().to_string() {
        return Err(SealFault::OtherKey(signed_by.to_owned()));
    }
    let payload = payload(resource, secrets, revision)?;
    let signed = pre_authentication_encoding(PAYLOAD_TYPE, payload.as_bytes());
    match STANDARD.decode(signature) {
        Ok(signature) if key.verify(&signed, &signature) => Ok(()),
        _ => Err(SealFault::Broken),
    }
}

/// What is signed: canonical JSON of everything the gardener-resource-manager acts on.
fn payload<'a>(
    resource: &Node,
    secrets: &dyn Fn(&str) -> Option<&'a Node>,
    revision: &str,
) -> Result<String, SealFault> {
    let text = |path: &[&str]| match resource.at(path) {
        None => Ok(""),
        Some(node) => node.as_str().ok_or_else(|| malformed(format!("`{}` is no string", path.join(".")))),
    };
    let namespace = text(&["metadata", "namespace"])?;
    let sealed: Vec<Json> = secret_names(resource)?
        .into_iter()
        .map(|name| {
            let secret = secrets(name).ok_or_else(|| SealFault::MissingSecret(name.to_owned()))?;
            Ok(json!({ "name": name, "data": contents(secret, name, namespace)? }))
        })
        .collect::<Result<_, SealFault>>()?;
    let others: serde_json::Map<_, _> = resource
        .get("spec")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter(|entry| !matches!(entry.key.name.as_str(), "class" | "secretRefs"))
        .map(|entry| (entry.key.name.to_string(), entry.value.to_json()))
        .collect();
    let whole = json!({
        "class": text(&["spec", "class"])?,
        "name": text(&["metadata", "name"])?,
        "namespace": namespace,
        "revision": revision,
        "secrets": sealed,
        "spec": others,
    });
    let mut canonical = String::new();
    write_canonical(&whole, &mut canonical)?;
    Ok(canonical)
}

fn secret_names(resource: &Node) -> Result<Vec<&str>, SealFault> {
    let references = resource.at(&["spec", "secretRefs"]).map_or(&[][..], Node::items);
    references
        .iter()
        .map(|reference| match reference.entries() {
            [only] if only.key.name == "name" => only.value.as_str(),
            _ => None,
        })
        .collect::<Option<_>>()
        .ok_or_else(|| malformed("an entry of `spec.secretRefs` is more than a `name`"))
}

/// The digest of every key of a Secret.
fn contents(secret: &Node, name: &str, namespace: &str) -> Result<Json, SealFault> {
    let text = |path: &[&str]| secret.at(path).and_then(Node::as_str).unwrap_or_default();
    if text(&["kind"]) != "Secret" || text(&["metadata", "namespace"]) != namespace {
        return Err(malformed(format!("`{name}` is no Secret of the namespace `{namespace}`")));
    }
    // The API server writes `stringData` over `data`: what is sealed would not be what is applied.
    if secret.get("stringData").is_some() {
        return Err(malformed(format!("the Secret `{name}` has `stringData`")));
    }
    let data = secret.get("data").map_or(&[][..], Node::entries);
    let digests = data.iter().map(|entry| {
        let bytes = entry.value.as_str().and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.ok_or_else(|| {
            malformed(format!("`data.{}` of the Secret `{name}` is no base64", entry.key.name))
        })?;
        Ok((entry.key.name.to_string(), Digest::of(bytes).hex().into()))
    });
    digests.collect::<Result<serde_json::Map<_, _>, _>>().map(Json::Object)
}

/// Writes JSON in the one spelling of RFC 8785: sorted keys, no spaces. Part of every seal.
fn write_canonical(value: &Json, out: &mut String) -> Result<(), SealFault> {
    match value {
        Json::Number(number) if number.is_f64() => {
            return Err(malformed(format!("the fraction {number} in `spec`")));
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                write_canonical(item, out)?;
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            for (index, (name, member)) in members.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                write!(out, "{}:", Json::String((*name).clone())).expect("a string takes every write");
                write_canonical(member, out)?;
            }
            out.push_str(if members.is_empty() { "{}" } else { "}" });
        }
        scalar => write!(out, "{scalar}").expect("a string takes every write"),
    }
    Ok(())
}

/// The mapping below a key, made when it is not there.
fn child<'a>(mapping: &'a mut Mapping, name: &str, span: Span) -> Option<&'a mut Mapping> {
    if mapping.get(name).is_none_or(|node| node.value == Value::Null) {
        let key = Key { name: name.into(), span };
        mapping.set(key, Node::new(Value::Mapping(Mapping::default()), span));
    }
    let entries = mapping.entries_mut();
    let entry = entries.iter_mut().find(|entry| entry.key.name == name);
    entry.and_then(|entry| entry.value.as_mapping_mut())
}

fn malformed(what: impl Into<String>) -> SealFault {
    SealFault::Malformed(what.into())
}

#[cfg(test)]
mod tests;
