//! What is in Secrets, InternalSecrets and ConfigMaps: their keys, their size, and what a type asks for.
//!
//! The keys of encrypted ones can be read, their values cannot.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::own_namespace;
use crate::check::metadata::OBJECT_TOO_LARGE;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, GARDEN_NAMESPACE, GroupKind};
use crate::landscape::Object;
use crate::name::is_config_map_key;
use crate::syntax::{Entry, Node};

/// Data that a Secret or a ConfigMap must not have, or lacks.
pub(super) const DATA_INVALID: Code = Code::error("L382", "data-invalid");

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: DATA_INVALID, upstream: &["IS-TYPE"], judge: Judge::Kinds(WITH_DATA, keys) },
    Rule { code: DATA_INVALID, upstream: &["IS-TYPE"], judge: Judge::Kinds(SECRETS, type_of_secret) },
    Rule { code: OBJECT_TOO_LARGE, upstream: &["IS-TYPE"], judge: Judge::Kinds(WITH_DATA, size) },
    Rule { code: DATA_INVALID, upstream: &["AC-INTDOM"], judge: Judge::Landscape(internal_domain) },
];

const SECRETS: &[GroupKind] = &[kind::SECRET, kind::INTERNAL_SECRET];
const WITH_DATA: &[GroupKind] = &[kind::SECRET, kind::INTERNAL_SECRET, kind::CONFIG_MAP];
const FIELDS: [&str; 3] = ["data", "stringData", "binaryData"];

/// All values of a Secret or of a ConfigMap, in bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// The annotation that names the ServiceAccount of a token.
const SERVICE_ACCOUNT: &str = "kubernetes.io/service-account.name";

/// The annotation with which Flux neither applies an object nor deletes it.
const APPLY_ANNOTATION: &str = "kustomize.toolkit.fluxcd.io/ssa";

/// The fields with data, and their entries.
fn entries(object: &Object) -> impl Iterator<Item = (&'static str, &Entry)> {
    FIELDS.into_iter().flat_map(|field| {
        let entries = object.root.get(field).map(Node::entries).unwrap_or_default();
        entries.iter().map(move |entry| (field, entry))
    })
}

/// The field that holds the data in the end: the API server moves there what is written in the clear.
fn stored(field: &str) -> &str {
    if field == "stringData" { "data" } else { field }
}

/// The value of a key, of whichever field.
fn value<'a>(object: &'a Object, key: &str) -> Option<(&'static str, &'a Node)> {
    entries(object).find(|(_, entry)| entry.key.name == key).map(|(field, entry)| (field, &entry.value))
}

/// The bytes of a value; nothing when they are encrypted, or no base64.
pub(super) fn bytes(object: &Object, field: &str, node: &Node) -> Option<Vec<u8>> {
    let text = node.as_str().filter(|_| !object.is_encrypted())?;
    if field == "stringData" || object.identity.kind == "ConfigMap" && field == "data" {
        return Some(text.as_bytes().to_vec());
    }
    let text: String = text.split(['\r', '\n']).collect();
    STANDARD.decode(text).ok()
}

/// Upstream: pkg/api/core/validation/internalsecret.go, ValidateInternalSecret; Kubernetes' ValidateSecret and
/// ValidateConfigMap.
fn keys(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for (field, entry) in entries(object) {
        let key = &entry.key.name;
        let path = format!("{}[{key}]", stored(field));
        if !is_config_map_key(key) {
            findings
                .named(
                    object,
                    &entry.value,
                    path.as_str(),
                    format!("`{key}` is no key of a {}", object.identity.kind),
                )
                .why("each key becomes the name of a file where the object is mounted")
                .help("use at most 253 letters, digits, `-`, `_` and `.`, not beginning with `..`");
        }
        let other = object.root.at(&["binaryData", key]).filter(|_| object.identity.kind == "ConfigMap");
        if let Some(other) = other.filter(|_| field == "data") {
            findings
                .named(object, &entry.value, path, format!("the key `{key}` is in `binaryData` too"))
                .related(other, "the other one")
                .why("each key becomes one file where the object is mounted")
                .help("remove one of the two");
        }
    }
}

/// Upstream: pkg/api/core/validation/internalsecret.go, ValidateInternalSecret; Kubernetes' ValidateSecret.
fn type_of_secret(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let name = object.root.get("type").and_then(Node::as_str).unwrap_or_default();
    // One that Flux does not apply is filled elsewhere.
    let elsewhere = object.annotation(APPLY_ANNOTATION) == Some("Ignore") && entries(object).next().is_none();
    if elsewhere {
        return;
    }
    let has = |key: &&str| value(object, key).is_some();
    match name {
        "kubernetes.io/service-account-token"
            if object.annotation(SERVICE_ACCOUNT).is_none_or(str::is_empty) =>
        {
            lacks(object, &format!("metadata.annotations[{SERVICE_ACCOUNT}]"), name, findings);
        }
        "kubernetes.io/dockercfg" => json(object, ".dockercfg", name, findings),
        "kubernetes.io/dockerconfigjson" => json(object, ".dockerconfigjson", name, findings),
        "kubernetes.io/basic-auth" if !["username", "password"].iter().any(has) => {
            lacks(object, "data[username]", name, findings);
            lacks(object, "data[password]", name, findings);
        }
        "kubernetes.io/ssh-auth" => {
            let key = value(object, "ssh-privatekey").and_then(|(_, node)| node.as_str());
            if key.is_none_or(str::is_empty) {
                lacks(object, "data[ssh-privatekey]", name, findings);
            }
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"].iter().filter(|key| !has(key)) {
                lacks(object, &format!("data[{key}]"), name, findings);
            }
        }
        _ => {}
    }
}

fn lacks(object: &Object, path: &str, name: &str, findings: &mut Findings) {
    let data = object.root.get("data").unwrap_or(object.name_node());
    findings
        .named(
            object,
            data,
            path,
            format!("a {} of the type `{name}` without `{path}`", object.identity.kind),
        )
        .why("whoever reads a Secret of this type looks for it there")
        .help("add it, or choose another type");
}

fn json(object: &Object, key: &str, name: &str, findings: &mut Findings) {
    let Some((field, node)) = value(object, key) else {
        return lacks(object, &format!("data[{key}]"), name, findings);
    };
    let Some(bytes) = bytes(object, field, node) else {
        return;
    };
    if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).is_err() {
        findings
            .named(object, node, format!("{}[{key}]", stored(field)), format!("`{key}` is no JSON object"))
            .why("it lists registries and how to log in to them, as JSON")
            .help("write `{\"auths\": {…}}`, and encode it in base64 where it stands under `data`");
    }
}

/// Upstream: pkg/api/core/validation/internalsecret.go, ValidateInternalSecret; Kubernetes' ValidateSecret and
/// ValidateConfigMap.
fn size(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let written: usize = entries(object).filter_map(|(_, entry)| entry.value.as_str()).map(str::len).sum();
    // Encoded or encrypted it is never shorter.
    if written <= SIZE_LIMIT || object.is_encrypted() {
        return;
    }
    let sizes = entries(object).filter_map(|(field, entry)| Some(bytes(object, field, &entry.value)?.len()));
    let size: usize = sizes.sum();
    if size > SIZE_LIMIT {
        let field = FIELDS.into_iter().find(|field| object.root.get(field).is_some()).unwrap_or("data");
        findings
            .at_field(object, &object.root, field, format!("{size} bytes of data, more than {SIZE_LIMIT}"))
            .why("the API server stores an object as a whole, and takes no more of a Secret or a ConfigMap")
            .help("spread the data over several objects");
    }
}

/// Upstream: pkg/admissioncontroller/webhook/admission/internaldomainsecret/handler.go, ValidateCreate.
fn internal_domain(scope: &Scope<'_>, findings: &mut Findings) {
    const LABEL: &str = "internal-domain";
    let mut first: HashMap<&str, &Object> = HashMap::new();
    for secret in scope.landscape.of_kind("Secret") {
        let asked = secret.label("role") == Some(LABEL);
        let known = secret.label("gardener.cloud/role") == Some(LABEL);
        let namespace = own_namespace(secret).unwrap_or_default();
        let watched = namespace == GARDEN_NAMESPACE || namespace.starts_with("seed-");
        if !watched || !asked && !known {
            continue;
        }
        if let Some(other) = first.get(namespace) {
            findings
                .at(
                    secret,
                    secret.name_node(),
                    format!("a second internal domain in the namespace `{namespace}`"),
                )
                .related(other.name_node(), "the first one")
                .why("all API servers of shoots are reached through one internal domain")
                .help("remove one of the two Secrets");
        } else {
            first.insert(namespace, secret);
        }
        for annotation in ["dns.gardener.cloud/domain", "dns.gardener.cloud/provider"] {
            if asked && secret.annotation(annotation).is_none_or(str::is_empty) {
                let metadata = secret.root.get("metadata").unwrap_or(&secret.root);
                let message = format!("the Secret of the internal domain has no annotation `{annotation}`");
                findings
                    .missing(secret, metadata, &format!("annotations[{annotation}]"), message)
                    .why("Gardener's admission controller refuses a domain without its name or its provider")
                    .help(format!("add the annotation `{annotation}`"));
            }
        }
    }
}
