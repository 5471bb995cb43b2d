//! The webhooks that the kube-apiserver asks whether somebody may do something.

use super::{CONFIGURING, Owner, api_server, item, parts, values};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Value;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::warning("L527", "authorizer-incomplete"),
    upstream: &["SH-AUTHZ"],
    judge: Judge::Kinds(CONFIGURING, incomplete),
}];

/// Stricter than Gardener, whose validation does not look into the list; the schema of a Garden does.
fn incomplete(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        if part.owner == Owner::Garden || !api_server::is_kube(part.component) {
            return;
        }
        values(part.node, &["structuredAuthorization", "kubeconfigs", "*"], &mut |authorizer| {
            for field in ["authorizerName", "secretName"] {
                let value = authorizer.as_mapping().map(|mapping| mapping.get(field));
                if value.is_some_and(|value| value.is_none_or(|value| item(value) == Some(""))) {
                    let node =
                        authorizer.get(field).filter(|node| node.value != Value::Null).unwrap_or(authorizer);
                    part.below(findings, authorizer, field, node, format!("an authorizer has no `{field}`"))
                        .why("stricter than Gardener, which would hand the kube-apiserver a webhook it cannot reach")
                        .help("name the authorizer as the configuration does, and the Secret with its kubeconfig");
                }
            }
        });
    });
}
