//! Which resources are encrypted in etcd, and how.

use super::{CONFIGURING, Owner, Part, api_server, item, parts};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::landscape::Object;
use crate::release::group_resource;
use crate::syntax::Node;
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L515", "resource-not-encryptable"),
        upstream: &["SH-ENC", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, not_encryptable),
    },
    Rule {
        code: Code::error("L516", "encryption-key-not-rotated"),
        upstream: &["SH-ENC-PROV"],
        judge: Judge::ShootTemplate(not_rotated),
    },
];

/// Resources that are only in etcd, and in no API.
const WITHOUT_API: [&str; 3] = ["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"];

/// The resources that a part says shall be encrypted.
pub(super) fn resources(part: Part<'_>) -> impl Iterator<Item = (&Node, &str)> {
    let list =
        part.node.at(&["encryptionConfig", "resources"]).filter(|_| api_server::is_kube(part.component));
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|node| item(node).map(|text| (node, text)))
}

/// What keeps a resource from being encrypted by choice: in words, and what to do.
pub(super) fn objection(text: &str, scope: &Scope<'_>) -> Option<(String, &'static str)> {
    if scope.release.kubernetes.always_encrypts(text) {
        return Some((format!("`{text}` are encrypted anyway"), "remove it"));
    }
    if text.to_lowercase() != text {
        return Some((
            format!("`{text}` is not in lower case"),
            "write the plural name of the resource in lower case",
        ));
    }
    if WITHOUT_API.contains(&text) {
        return Some((format!("`{text}` is in no API, and cannot be encrypted"), "remove it"));
    }
    if text.contains('*') {
        return Some((format!("`{text}` is no single resource"), "list the resources one by one"));
    }
    match group_resource(text).1 {
        _ if text.ends_with('.') => Some((
            format!("`{text}` ends with a dot"),
            "a resource of the core group is written without a dot",
        )),
        "events.k8s.io" => {
            Some((format!("`{text}` are stored as those of the core group"), "write `events`"))
        }
        "extensions" => Some((
            format!("the group of `{text}` does not exist any more"),
            "name the group that has it today",
        )),
        _ => None,
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateEncryptionConfig.
fn not_encryptable(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for (node, text) in resources(part) {
            if let Some((message, help)) = objection(text, scope) {
                part.at(findings, node, message)
                    .why("the kube-apiserver finds what to encrypt by the exact name of the resource")
                    .help(help);
            }
        }
    });
}

/// Upstream: pkg/api/core/validation/shoot.go, validateEncryptionConfig, and pkg/api/core/helper/shoot.go,
/// IsETCDEncryptionKeyAutoRotationEnabled.
fn not_rotated(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let rotation = ["spec", "maintenance", "autoRotation", "credentials", "etcdEncryptionKey"];
    let rotation = shoot.node().at(&rotation);
    // Without a period, the default of a week holds.
    let period = rotation.map(|rotation| rotation.get("rotationPeriod"));
    let rotates = period.is_some_and(|period| {
        period.is_none_or(|period| period.as_str().is_none_or(|text| text.parse() != Ok(Duration::ZERO)))
    });
    if rotates {
        return;
    }
    parts(shoot.object, &mut |part| {
        let provider = part.node.at(&["encryptionConfig", "provider", "type"]);
        let of_shoot =
            matches!(part.owner, Owner::Shoot | Owner::Template) && api_server::is_kube(part.component);
        let Some(provider) = provider.filter(|node| of_shoot && node.as_str() == Some("aesgcm")) else {
            return;
        };
        let raised = part
            .at(findings, provider, "`aesgcm` needs a key that is rotated by itself")
            .why("AES-GCM is no longer safe once a key has encrypted too much")
            .help(
                "set `spec.maintenance.autoRotation.credentials.etcdEncryptionKey.rotationPeriod`, \
                 or choose `aescbc` or `secretbox`",
            );
        if let Some(period) = period.flatten() {
            raised.related(period, "the rotation is switched off here");
        }
    });
}
