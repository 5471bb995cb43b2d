//! InternalSecrets: their type, and what is in those that say they do not change.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::immutable::{Field, Keeps, Kept};
use super::plain::kept;
use super::{Both, Judge, Rule, Sides};
use crate::check::Findings;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;

pub(super) static RULES: &[Rule] =
    &[kept(&["UP-IS"], Judge::Changed(&[kind::INTERNAL_SECRET], internal_secret))];

/// What SOPS writes in place of a value.
const ENCRYPTED: &str = "ENC[";

/// The server keeps a type that is left out later on.
///
/// Upstream: pkg/api/core/validation/internalsecret.go, ValidateInternalSecretUpdate;
/// pkg/apiserver/registry/core/internalsecret/strategy.go, PrepareForUpdate.
fn internal_secret(secrets: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let root = secrets.map(|secret| &secret.root);
    let type_of = Field::new(Keeps::LeftOut, &["type"], "the type of an InternalSecret");
    if let Some(raised) = type_of.judge(secrets, root, findings) {
        raised
            .why("Gardener's API server refuses another type, as Kubernetes does for Secrets")
            .help("add an InternalSecret of another name");
    }
    let is_immutable = |root: &Node| root.get("immutable").and_then(Node::as_bool) == Some(true);
    let immutable = root.map(is_immutable);
    if !immutable.before {
        return;
    }
    let mut sealed = |way: &[&str], what: &str| {
        Kept { object: secrets, root, way }
            .raise(what, findings)
            .why("the InternalSecret is `immutable`; Gardener's API server refuses the change")
            .help("add an InternalSecret of another name, and let that be referred to");
    };
    if !immutable.after {
        sealed(&["immutable"], "that an InternalSecret is immutable");
    }
    let Both { before, after } = root.map(data);
    let differs = before.len() != after.len()
        || before.iter().any(|(key, value)| match (value, after.get(key)) {
            (_, None) => true,
            (Some(before), Some(Some(after))) => before != after,
            // Nobody sees whether two encrypted values are the same.
            _ => false,
        });
    if differs {
        sealed(&["data"], "the data of an immutable InternalSecret");
    }
}

/// What the server keeps under each key, as far as it can be read.
fn data(root: &Node) -> BTreeMap<&str, Option<String>> {
    let mut data = BTreeMap::new();
    for (field, plain) in [("data", false), ("stringData", true)] {
        for entry in root.get(field).map(Node::entries).unwrap_or_default() {
            let text = entry.value.as_str().filter(|text| !text.starts_with(ENCRYPTED));
            let encoded = text.map(|text| if plain { STANDARD.encode(text) } else { text.to_owned() });
            data.insert(entry.key.name.as_str(), encoded);
        }
    }
    data
}
