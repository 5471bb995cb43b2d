//! References out of configurations: an extension finds only what the object lists among its resources.

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::syntax::{Node, Value};
use crate::view::{Configuration, NamedResource, SeedTemplate, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L910", "configuration-resource-not-listed"),
        upstream: &[],
        judge: Judge::AnyConfiguration(not_listed),
    },
    Rule {
        code: Code::warning("L911", "configuration-resource-perhaps-not-listed"),
        upstream: &[],
        judge: Judge::AnyConfiguration(perhaps_not_listed),
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

fn not_listed(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let kind = configuration.kind().map_or("", Text::as_str);
    if let Some((_, fields)) = FIELDS.iter().find(|(known, _)| *known == kind) {
        judge(configuration, findings, |field| fields.contains(&field));
    }
}

fn perhaps_not_listed(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let kind = configuration.kind().map_or("", Text::as_str);
    if !FIELDS.iter().any(|(known, _)| *known == kind) {
        judge(configuration, findings, |field| ENDINGS.iter().any(|ending| ends_with(field, ending)));
    }
}

/// Whether a field is named by an ending alone, or has something before it.
fn ends_with(field: &str, ending: &str) -> bool {
    let (first, rest) = ending.split_at(1);
    field.ends_with(ending) || field.strip_suffix(rest) == Some(&first.to_lowercase())
}

fn judge(configuration: Configuration<'_>, findings: &mut Findings, is_reference: impl Fn(&str) -> bool) {
    let Configuration { object, node } = configuration;
    let mut names = Vec::new();
    collect(node, &is_reference, &mut names);
    if names.is_empty() {
        return;
    }
    let Some(resources) = resources(object) else { return };
    let listed: Vec<&str> = resources.filter_map(NamedResource::name).map(Text::as_str).collect();
    for name in names {
        if !listed.contains(&name.as_str()) {
            refuse(object, name, &listed, findings);
        }
    }
}

/// The texts below a node that name a resource.
fn collect<'a>(node: &'a Node, is_reference: &impl Fn(&str) -> bool, names: &mut Vec<Text<'a>>) {
    for entry in node.entries() {
        match &entry.value.value {
            Value::String(_) if is_reference(&entry.key.name) => names.extend(Text::of(&entry.value)),
            _ => collect(&entry.value, is_reference, names),
        }
    }
    for item in node.items() {
        collect(item, is_reference, names);
    }
}

fn refuse(object: &Object, name: Text<'_>, listed: &[&str], findings: &mut Findings) {
    let message = format!("`{name}` is no resource of this {}", object.identity.kind);
    findings
        .at(object, name.node, message)
        .why("an extension reads Secrets and ConfigMaps only by the names that `spec.resources` gives them")
        .help(match listed {
            [] => "add it to `spec.resources`, which lists nothing yet".to_owned(),
            listed => help_with_names(&name, listed.iter().copied()),
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
