//! Schema import: `OpenAPI` documents and CRDs -> a schema pack.
//!
//! A pack holds structure only: types, required fields, enumerations and bounds, under sorted keys, so that what a new
//! Gardener minor changes is a readable difference. The packs in `schemas/` are exactly what this function returns.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::overrides::{DURATIONS, EMBEDDED, ENUMERATIONS, NOT_EMPTY, OPTIONAL, REQUIRED};
use super::reduce::{reduce, reference, short_name, well_known};
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported, help_with_names};

/// A file given to `schema import` is neither an `OpenAPI` document nor a CRD, or names no wanted kind.
pub const UNUSABLE_SCHEMA_SOURCE: Code = Code::error("L206", "unusable-schema-source");

/// One parsed document to import from.
#[derive(Debug)]
pub struct Source {
    /// The file it is in, as the user would type it.
    pub file: String,
    /// Its content.
    pub document: Value,
}

/// Makes a pack of the kinds named, or of every kind found when none is named.
///
/// A source is an `OpenAPI` v3 document (`components.schemas`), a Swagger v2 document (`definitions`) or a
/// `CustomResourceDefinition`; of a file with several documents the others do not count. A kind is named `Shoot` or
/// `core.gardener.cloud/v1beta1/Shoot`.
pub fn import(sources: &[Source], kinds: &[String], report: &mut Report) -> Result<String, Reported> {
    let mut found = Found::default();
    let usable: BTreeSet<&str> = sources
        .iter()
        .filter(|source| found.read(&source.document))
        .map(|source| source.file.as_str())
        .collect();
    if let Some(source) = sources.iter().find(|source| !usable.contains(source.file.as_str())) {
        return Err(report.refuse(unusable(&source.file)));
    }
    let wanted = found.select(kinds, report)?;
    let mut definitions = BTreeMap::new();
    let mut open: Vec<String> = wanted.values().cloned().collect();
    while let Some(name) = open.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let schema = found.definition(&name);
        open.extend(references(&schema));
        definitions.insert(name, schema);
    }
    let kinds: BTreeMap<_, _> = wanted.into_iter().map(|(kind, name)| (kind, reference(&name))).collect();
    let pack = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "kinds": kinds,
        "$defs": definitions,
    });
    let text = serde_json::to_string_pretty(&sorted(&pack)).expect("a JSON value has a JSON form");
    Ok(text + "\n")
}

fn unusable(file: &str) -> Diagnostic {
    let message = "the file holds neither an OpenAPI document nor a CustomResourceDefinition";
    Diagnostic::new(UNUSABLE_SCHEMA_SOURCE, message, Place::file(file))
        .why("a schema pack is made of `components.schemas`, `definitions`, or the schema of a CRD")
        .help("name the output of `kubectl get --raw /openapi/v3/…`, or the manifest of a CRD")
}

#[derive(Default)]
struct Found {
    definitions: BTreeMap<String, Value>,
    /// `group/version/Kind` -> the name of its definition.
    kinds: BTreeMap<String, String>,
}

impl Found {
    /// Takes in what a document defines; false when it is no schema of any kind.
    fn read(&mut self, document: &Value) -> bool {
        if document.get("kind").is_some_and(|kind| kind == "CustomResourceDefinition") {
            self.read_crd(document);
            return true;
        }
        let schemas = document
            .pointer("/components/schemas")
            .or_else(|| document.get("definitions"))
            .and_then(Value::as_object);
        for (long, schema) in schemas.into_iter().flatten() {
            self.read_definition(long, schema);
        }
        schemas.is_some()
    }

    fn read_definition(&mut self, long: &str, schema: &Value) {
        let name = short_name(long);
        let mut reduced = well_known(&name).unwrap_or_else(|| reduce(schema));
        let kinds = kinds_of(&name, schema);
        soften(&name, &mut reduced);
        enrich(&name, &mut reduced);
        if !kinds.is_empty() {
            close(&mut reduced, &kinds);
        }
        for (api_version, kind) in kinds {
            self.kinds.insert(format!("{api_version}/{kind}"), name.clone());
        }
        self.definitions.insert(name, reduced);
    }

    fn read_crd(&mut self, document: &Value) {
        let text = |value: &Value, pointer: &str| {
            let text = value.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let (group, kind) = (text(document, "/spec/group"), text(document, "/spec/names/kind"));
        let versions = document.pointer("/spec/versions").and_then(Value::as_array);
        for version in versions.into_iter().flatten() {
            let (Some(true), Some(schema)) =
                (version.get("served").and_then(Value::as_bool), version.pointer("/schema/openAPIV3Schema"))
            else {
                continue;
            };
            let api_version = format!("{group}/{}", text(version, "/name"));
            let name = format!("{group}.{}.{kind}", text(version, "/name"));
            let mut reduced = reduce(schema);
            enrich(&name, &mut reduced);
            close(&mut reduced, &[(api_version.clone(), kind.clone())]);
            self.kinds.insert(format!("{api_version}/{kind}"), name.clone());
            self.definitions.insert(name, reduced);
        }
    }

    fn select(&self, kinds: &[String], report: &mut Report) -> Result<BTreeMap<String, String>, Reported> {
        if kinds.is_empty() {
            return Ok(self.kinds.clone());
        }
        let mut wanted = BTreeMap::new();
        for kind in kinds {
            let before = wanted.len();
            wanted.extend(
                self.kinds
                    .iter()
                    .filter(|(full, _)| *full == kind || full.rsplit('/').next() == Some(kind))
                    .map(|(full, name)| (full.clone(), name.clone())),
            );
            if wanted.len() == before {
                let names = self.kinds.keys().map(String::as_str);
                let message = format!("no file has a schema of `{kind}`");
                let finding = Diagnostic::new(UNUSABLE_SCHEMA_SOURCE, message, Place::default());
                return Err(report.refuse(finding.help(help_with_names(kind, names))));
            }
        }
        Ok(wanted)
    }

    /// A definition; what no file defines is left open.
    fn definition(&self, name: &str) -> Value {
        self.definitions.get(name).cloned().or_else(|| well_known(name)).unwrap_or_else(|| json!({}))
    }
}

/// The names of the definitions a schema refers to.
pub(super) fn references(schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(name) = members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|reference| reference.strip_prefix("#/$defs/"))
                {
                    names.insert(name.to_owned());
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}

/// The kinds a definition is the schema of: as the document says, else read off its name.
fn kinds_of(name: &str, schema: &Value) -> Vec<(String, String)> {
    if let Some(Value::Array(kinds)) = schema.get("x-kubernetes-group-version-kind") {
        let text = |kind: &Value, key: &str| kind[key].as_str().unwrap_or_default().to_owned();
        return kinds
            .iter()
            .map(|kind| {
                let api_version = api_version(&text(kind, "group"), &text(kind, "version"));
                (api_version, text(kind, "kind"))
            })
            .collect();
    }
    let has = |field: &str| schema.pointer(&format!("/properties/{field}")).is_some();
    let segments: Vec<&str> = name.rsplitn(4, '.').collect();
    let [kind, version, group, ..] = segments.as_slice() else {
        return Vec::new();
    };
    if !(has("apiVersion") && has("kind") && has("metadata")) || kind.ends_with("List") {
        return Vec::new();
    }
    let group = match (*group, name.starts_with("api.")) {
        ("core", true) => String::new(),
        ("rbac", true) => "rbac.authorization.k8s.io".to_owned(),
        ("networking", true) => "networking.k8s.io".to_owned(),
        (group, true) => group.to_owned(),
        (group, false) => format!("{group}.gardener.cloud"),
    };
    vec![(api_version(&group, version), (*kind).to_owned())]
}

fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

/// Makes a definition the schema of a kind: its name is fixed, and whatever a server wrote as status may stay.
fn close(schema: &mut Value, kinds: &[(String, String)]) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    if let [(api_version, kind)] = kinds {
        properties.insert("apiVersion".to_owned(), json!({ "const": api_version }));
        properties.insert("kind".to_owned(), json!({ "const": kind }));
    }
    if properties.get("metadata").is_some_and(|metadata| metadata.get("$ref").is_none()) {
        properties.insert("metadata".to_owned(), reference(OBJECT_META));
    }
    properties.insert("status".to_owned(), json!({ "type": "object" }));
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut required: BTreeSet<&str> = required.iter().filter_map(Value::as_str).collect();
    required.remove("status");
    required.extend(["apiVersion", "kind"]);
    schema["required"] = json!(required);
}

const OBJECT_META: &str = "apis.meta.v1.ObjectMeta";

/// The aggregated API server takes a missing field for its zero value, so a number, a boolean or a defaulted field that
/// is listed as required may be missing all the same.
fn soften(name: &str, schema: &mut Value) {
    let optional: Vec<&str> = OPTIONAL
        .iter()
        .filter(|(definition, _)| *definition == name)
        .flat_map(|(_, fields)| fields.iter().copied())
        .collect();
    let scalar = |field: &str| {
        let field_type = schema.pointer(&format!("/properties/{field}/type"));
        field_type.is_some_and(|it| it == "boolean" || it == "integer" || it == "number")
    };
    let required: Vec<Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|field| field.as_str().is_some_and(|field| !scalar(field) && !optional.contains(&field)))
        .cloned()
        .collect();
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for name in required.iter().filter_map(Value::as_str) {
            properties.get_mut(name).into_iter().for_each(forbid_empty);
        }
    }
    if required.is_empty() {
        members.remove("required");
    } else {
        members.insert("required".to_owned(), required.into());
    }
}

/// Puts in what upstream's schema leaves open and its validation does not.
fn enrich(name: &str, schema: &mut Value) {
    for (_, field, target) in EMBEDDED.iter().filter(|(definition, ..)| *definition == name) {
        if let Some(schema) = field_mut(schema, field) {
            *schema = reference(target);
        }
    }
    for (_, field, values) in ENUMERATIONS.iter().filter(|(definition, ..)| *definition == name) {
        let members = field_mut(schema, field).and_then(|schema| match schema.get("items") {
            Some(_) => schema.get_mut("items")?.as_object_mut(),
            None => schema.as_object_mut(),
        });
        if let Some(members) = members {
            members.remove("minLength");
            members.insert("enum".to_owned(), json!(values));
        }
    }
    for (_, field) in REQUIRED.iter().filter(|(definition, _)| *definition == name) {
        let mut required: Vec<Value> =
            schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        required.push((*field).into());
        schema["required"] = required.into();
    }
    for (_, field) in NOT_EMPTY.iter().filter(|(definition, _)| *definition == name) {
        field_mut(schema, field).into_iter().for_each(forbid_empty);
    }
    for (_, field) in DURATIONS.iter().filter(|(definition, _)| *definition == name) {
        if let (Some(schema), Some(duration)) = (field_mut(schema, field), well_known("v1.Duration")) {
            *schema = duration;
        }
    }
}

/// The schema of a field, `spec.workers.name`; the path goes through the items of lists.
fn field_mut<'s>(schema: &'s mut Value, path: &str) -> Option<&'s mut Value> {
    path.split('.').try_fold(schema, |schema, name| {
        let holder = if schema.get("items").is_some() { schema.get_mut("items")? } else { schema };
        holder.get_mut("properties")?.get_mut(name)
    })
}

/// To a Go server an empty text or list is a missing one.
fn forbid_empty(field: &mut Value) {
    let bound = match field.get("type").and_then(Value::as_str) {
        Some("string") if field.get("enum").is_none() => "minLength",
        Some("array") => "minItems",
        Some("object") if field.get("additionalProperties").is_some_and(Value::is_object) => "minProperties",
        _ => return,
    };
    if let Some(members) = field.as_object_mut() {
        members.entry(bound).or_insert(1.into());
    }
}

/// The same value with the keys of every mapping in alphabetical order, whatever order the map type keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        scalar => scalar.clone(),
    }
}
