//! Bindings of credentials: what they bind is decided when they are made.

use ecow::EcoString;
use serde_json::{Map, Value, json};

use super::immutable::{Keeps, Kept};
use super::plain::kept;
use super::{Both, Judge, Rule, Sides};
use crate::check::Findings;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;

pub(super) static RULES: &[Rule] = &[
    kept(&["UP-SB"], Judge::Changed(&[kind::SECRET_BINDING], of_secret)),
    kept(&["UP-CB"], Judge::Changed(&[kind::CREDENTIALS_BINDING], of_credentials)),
];

/// Upstream: pkg/api/core/validation/secretbinding.go, ValidateSecretBindingUpdate.
fn of_secret(bindings: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    references(bindings, "secretRef", findings);
    provider(bindings, Keeps::OnceSet, findings);
}

/// Upstream: pkg/api/security/validation/credentialsbinding.go, ValidateCredentialsBindingUpdate.
fn of_credentials(bindings: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    references(bindings, "credentialsRef", findings);
    provider(bindings, Keeps::Always, findings);
}

const WHY: &str =
    "the shoots of the binding are made with what it binds; Gardener's API server refuses the change";
const HELP: &str = "add a binding of another name, and let the shoots name that one; new data of the same credentials goes into their Secret";

fn references(bindings: Both<&Object>, credentials: &str, findings: &mut Findings) {
    for (field, what) in
        [(credentials, "the credentials of a binding"), ("quotas", "the quotas of a binding")]
    {
        let meant = bindings.map(|object| {
            let namespace = object.identity.namespace.clone().unwrap_or_default();
            object.root.get(field).map(|node| completed(&node.to_json(), &namespace))
        });
        let nothing = |meant: &Option<Value>| meant.as_ref().is_none_or(|meant| *meant == json!([]));
        if meant.before != meant.after && !(nothing(&meant.before) && nothing(&meant.after)) {
            let root = bindings.map(|object| &object.root);
            Kept { object: bindings, root, way: &[field] }.raise(what, findings).why(WHY).help(HELP);
        }
    }
}

fn provider(bindings: Both<&Object>, keeps: Keeps, findings: &mut Findings) {
    let root: Both<&Node> = bindings.map(|object| &object.root);
    let provider = Kept { object: bindings, root, way: &["provider"] };
    if let Some(raised) = provider.judge(keeps, "the provider of a binding", findings) {
        raised.why(WHY).help(HELP);
    }
}

/// A reference, or a list of some, with the namespace that is meant where none is written.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_secretbinding.go, pkg/apis/security/v1alpha1/defaults_credentialsbinding.go.
fn completed(reference: &Value, namespace: &EcoString) -> Value {
    match reference {
        Value::Array(items) => items.iter().map(|item| completed(item, namespace)).collect(),
        Value::Object(members) => {
            let mut members: Map<String, Value> = members
                .iter()
                .filter(|(_, value)| !value.is_null() && **value != json!(""))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let own = members.entry("namespace").or_insert_with(|| json!(""));
            if *own == json!("") {
                *own = json!(namespace.as_str());
            }
            Value::Object(members)
        }
        other => other.clone(),
    }
}
