//! Kubeconfigs in Secrets of projects: Gardener uses them, so they must not make it run or read anything.

use super::secret::{DATA_INVALID, bytes};
use crate::check::reference::namespace_of;
use crate::check::{Findings, Judge, Rule, Scope, embedded};
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: DATA_INVALID,
    upstream: &["AC-KUBECFG"],
    judge: Judge::Kinds(&[kind::SECRET], kubeconfig),
}];

const KEY: &str = "kubeconfig";

/// What a user in the kubeconfig must not have.
///
/// Upstream: pkg/client/kubernetes/client.go, ValidateConfigWithAllowList.
const FORBIDDEN: [&str; 7] =
    ["client-certificate", "client-key", "tokenFile", "as", "as-groups", "auth-provider", "exec"];

/// Upstream: pkg/admissioncontroller/webhook/admission/kubeconfigsecret/handler.go, handle.
///
/// The webhook looks at the namespaces of projects only.
fn kubeconfig(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let in_project = scope.project(namespace_of(object)).is_some();
    let written =
        ["stringData", "data"].into_iter().find_map(|field| Some((field, object.root.at(&[field, KEY])?)));
    let Some((field, node)) = written.filter(|_| in_project && !object.is_encrypted()) else {
        return;
    };
    let text = bytes(object, field, node).and_then(|bytes| String::from_utf8(bytes).ok());
    // What is no base64 is the schema's business.
    let Some(text) = text else { return };
    let config = embedded::read(&text);
    let Some(config) = config.root.filter(|root| root.as_mapping().is_some()) else {
        if config.unreadable.is_some() || config.doubts.is_empty() && !text.trim().is_empty() {
            findings
                .at(object, node, "the kubeconfig is no YAML mapping")
                .why("Gardener's admission controller refuses a Secret whose kubeconfig it cannot read")
                .help("write the kubeconfig as `kubectl config view --raw` shows it");
        }
        return;
    };
    for user in config.get("users").map(Node::items).unwrap_or_default() {
        let name = user.get("name").and_then(Node::as_str).unwrap_or_default();
        let used = FORBIDDEN
            .into_iter()
            .find(|field| user.at(&["user", field]).is_some_and(|value| !is_empty(value, *field == "exec")));
        if let Some(used) = used {
            findings
                .at(object, node, format!("the user `{name}` of the kubeconfig has `{used}`"))
                .why("Gardener runs no program and reads no file that a kubeconfig names, and acts as nobody else")
                .help("use `client-certificate-data` and `client-key-data`, `token`, or `username` and `password`");
        }
    }
}

/// Whether a field counts as left out; an `exec` never does, and an `auth-provider` does without a configuration.
fn is_empty(value: &Node, exec: bool) -> bool {
    let nothing = value.as_str() == Some("") || value.items().is_empty() && value.as_str().is_none();
    match value.as_mapping() {
        Some(_) if exec => false,
        Some(_) => value.get("config").is_none_or(|config| config.entries().is_empty()),
        None => nothing,
    }
}
