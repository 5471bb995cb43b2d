//! References out of configurations: an extension finds only what the object lists among its resources.

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Configuration, NamedResource, SeedTemplate, Shoot};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L910", "configuration-resource-not-listed"),
        upstream: &[],
        judge: Judge::Object(not_listed),
    },
    Rule {
        code: Code::warning("L911", "configuration-resource-perhaps-not-listed"),
        upstream: &[],
        judge: Judge::Object(perhaps_not_listed),
    },
];

/// Kind of configuration, field -> it names a resource. Only these extensions are known to look there.
const FIELDS: &[(&str, &[&str])] = &[
    ("AuditConfig", &["configMapResourceName", "secretResourceName"]),
    ("AuditConfiguration", &["secretReferenceName"]),
    ("CertConfig", &["keySecretName", "privateKeySecretName"]),
    ("DNSConfig", &["credentials", "secretName"]),
    ("FalcoServiceConfig", &["resourceName", "resourceSecretName"]),
    ("FluxConfig", &["secretResourceName"]),
    ("LakomConfig", &["trustedKeysResourceName"]),
    ("MirrorConfig", &["caBundleSecretReferenceName"]),
    ("RegistryConfig", &["secretReferenceName"]),
    ("RsyslogRelpConfig", &["configMapReferenceName", "secretReferenceName"]),
];

/// Endings by which extensions name such fields.
const ENDINGS: [&str; 4] =
    ["ConfigMapReferenceName", "ConfigMapResourceName", "SecretReferenceName", "SecretResourceName"];

fn not_listed(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    judge(object, findings, |kind, field| {
        FIELDS.iter().any(|(known, fields)| *known == kind && fields.contains(&field))
    });
}

fn perhaps_not_listed(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    judge(object, findings, |kind, field| {
        let known = FIELDS.iter().any(|(known, _)| *known == kind);
        !known && ENDINGS.iter().any(|ending| ends_with(field, ending))
    });
}

/// Whether a field is named by an ending alone, or has something before it.
fn ends_with(field: &str, ending: &str) -> bool {
    let (first, rest) = ending.split_at(1);
    field.ends_with(ending) || field.strip_suffix(rest) == Some(&first.to_lowercase())
}

fn judge(object: &Object, findings: &mut Findings, is_reference: impl Fn(&str, &str) -> bool) {
    // Most objects carry no configuration: what they list is looked up for those that do.
    let mut listed: Option<Vec<&str>> = None;
    for configuration in Configuration::in_object(object) {
        let kind = configuration.kind().map_or("", |kind| kind.as_str());
        let mut pending = vec![configuration.node];
        while let Some(node) = pending.pop() {
            pending.extend(node.items());
            for entry in node.entries() {
                pending.push(&entry.value);
                let name = entry.value.as_str().filter(|name| !name.is_empty());
                let Some(name) = name.filter(|_| is_reference(kind, &entry.key.name)) else {
                    continue;
                };
                let Some(resources) = resources(object) else { return };
                let listed = listed.get_or_insert_with(|| {
                    resources.filter_map(|resource| resource.name()).map(|name| name.as_str()).collect()
                });
                if !listed.contains(&name) {
                    refuse(object, &entry.value, name, listed, findings);
                }
            }
        }
    }
}

fn refuse(object: &Object, node: &Node, name: &str, listed: &[&str], findings: &mut Findings) {
    let message = format!("`{name}` is no resource of this {}", object.identity.kind);
    findings
        .at(object, node, message)
        .why("an extension reads Secrets and ConfigMaps only by the names that `spec.resources` gives them")
        .help(match listed {
            [] => "add it to `spec.resources`, which lists nothing yet".to_owned(),
            listed => help_with_names(name, listed.iter().copied()),
        });
}

/// What an object lists as resources, if its kind can.
fn resources(object: &Object) -> Option<impl Iterator<Item = NamedResource<'_>>> {
    let root = Shoot::in_object(object)
        .map(Shoot::node)
        .or_else(|| SeedTemplate::in_object(object).map(SeedTemplate::node))
        .or_else(|| (&*object.identity.kind == "Garden").then_some(&object.root))?;
    let items = root.at(&["spec", "resources"]).map(Node::items).unwrap_or_default();
    Some(items.iter().map(NamedResource::of))
}
