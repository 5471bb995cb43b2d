//! How much Gardener's admission controller takes of a kind, where the Garden says so.

use std::collections::BTreeMap;

use super::metadata::OBJECT_TOO_LARGE;
use super::reference::namespace_of;
use super::{Findings, Judge, Rule, Scope};
use crate::identity::Identity;
use crate::kind::{self, Cluster};
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Garden, ResourceLimit};

pub(super) static RULES: &[Rule] = &[
    Rule { code: OBJECT_TOO_LARGE, upstream: &["AC-SIZE"], judge: Judge::Object(size) },
    Rule { code: OBJECT_TOO_LARGE, upstream: &["AC-SIZE"], judge: Judge::Landscape(count) },
];

const HELP: &str = "raise the limit in `resourceAdmissionConfiguration` of the Garden, or write less";

/// The limits of the Garden; none where some subjects are exempt, since nobody knows here who will apply the objects.
fn limits<'a>(scope: &Scope<'a>) -> impl Iterator<Item = ResourceLimit<'a>> + use<'a> {
    let garden = scope.landscape.of_kind("Garden").next().map(Garden::of);
    let enforced = garden.filter(|garden| {
        let exempt = garden.unlimited_subjects().is_some_and(|subjects| !subjects.items().is_empty());
        !exempt && garden.limits_mode().is_none_or(|mode| *mode == *"block")
    });
    enforced.into_iter().flat_map(Garden::resource_limits)
}

/// Upstream: pkg/admissioncontroller/webhook/admission/resourcesize/handler.go, findRestrictionsForGVR.
fn holds(limit: ResourceLimit<'_>, identity: &Identity) -> bool {
    let names = |list: Option<&Node>, wanted: &str| {
        let items = list.map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::as_str).any(|name| name == "*" || name == wanted)
    };
    names(limit.groups(), identity.group())
        && names(limit.versions(), identity.version())
        && names(limit.resources(), &resource(&identity.kind))
}

/// The resource of a kind, as the API spells it.
fn resource(kind: &str) -> String {
    let lower = kind.to_lowercase();
    if lower == "endpoints" {
        lower
    } else if lower.ends_with('s') {
        format!("{lower}es")
    } else if let Some(stem) = lower.strip_suffix('y') {
        format!("{stem}ies")
    } else {
        format!("{lower}s")
    }
}

/// Upstream: pkg/admissioncontroller/webhook/admission/resourcesize/handler.go, handleSizeLimit.
///
/// In namespaces, the webhook is asked in those of projects only.
fn size(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let limit = limits(scope).find(|limit| holds(*limit, &object.identity)).and_then(ResourceLimit::size);
    let asked = object.cluster() == Cluster::VirtualGarden
        && (kind::is_namespaced(&object.identity) == Some(false)
            || scope.project(namespace_of(object)).is_some());
    let Some(limit) = limit.filter(|_| asked && object.sealed.is_none()) else {
        return;
    };
    let bytes = written_size(object);
    if Quantity::ONE.times(bytes) > limit.quantity {
        findings
            .named(
                object,
                object.name_node(),
                "",
                format!("{bytes} bytes of a {}, more than {limit}", object.identity.kind),
            )
            .related(limit.node, "the limit is set here")
            .why("Gardener's admission controller refuses a larger one")
            .help(HELP);
    }
}

/// The size of an object as Go writes it: three signs that are special to HTML take six bytes each.
fn written_size(object: &Object) -> i64 {
    let mut json = object.root.to_json();
    if let Some(members) = json.as_object_mut() {
        members.remove("status");
        let metadata = members.get_mut("metadata").and_then(serde_json::Value::as_object_mut);
        if let Some(metadata) = metadata {
            metadata.remove("managedFields");
        }
    }
    let text = json.to_string();
    let escaped = text.bytes().filter(|byte| matches!(byte, b'<' | b'>' | b'&')).count();
    i64::try_from(text.len() + 5 * escaped).unwrap_or(i64::MAX)
}

/// Upstream: pkg/admissioncontroller/webhook/admission/resourcesize/handler.go, handleCountLimit.
fn count(scope: &Scope<'_>, findings: &mut Findings) {
    if limits(scope).all(|limit| limit.count().is_none()) {
        return;
    }
    let mut counted: BTreeMap<(&str, &str), (i64, ResourceLimit<'_>)> = BTreeMap::new();
    for object in &scope.landscape.objects {
        let identity = &object.identity;
        if kind::is_namespaced(identity) != Some(false) || object.cluster() == Cluster::Runtime {
            continue;
        }
        let Some(limit) = limits(scope).find(|limit| holds(*limit, identity)) else {
            continue;
        };
        let (number, limit) = counted.entry((identity.group(), &identity.kind)).or_insert((0, limit));
        *number += 1;
        if let Some(most) = limit.count().filter(|most| most.value + 1 == *number) {
            findings
                .named(
                    object,
                    object.name_node(),
                    "",
                    format!("more than {} of the kind {}", most.value, identity.kind),
                )
                .related(most.node, "the limit is set here")
                .why("Gardener's admission controller refuses another one")
                .help(HELP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resource;

    #[test]
    fn a_kind_has_a_resource_of_its_own_spelling() {
        let spelled = ["Shoot", "ExposureClass", "BackupEntry", "Endpoints", "NetworkPolicy"].map(resource);
        assert_eq!(spelled, ["shoots", "exposureclasses", "backupentries", "endpoints", "networkpolicies"]);
    }
}
