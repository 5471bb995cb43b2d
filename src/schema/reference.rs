//! The reference of our own kinds: schema -> Markdown.
//!
//! `docs/spec.md` is exactly this text; a test compares them.

use std::fmt::Write as _;

use serde_json::Value;

use super::Schemas;

const HEAD: &str = "# The landscape spec

The fields of the kinds of `landscape.gardener.cloud/v1alpha1`. Everything else in a landscape is an object of Gardener,
Flux or Kubernetes, written as their own documentation has it. `landscape schema Landscape` prints the JSON Schema.

An entry of a list of objects (`shoots`, `seeds` …) is a path or a glob below the directory of the landscape, or an
object written inline; an entry of `extensions` may also be the short form of an Extension of the built-in catalogue.
";

/// The reference of every kind of ours as Markdown tables.
pub fn reference() -> String {
    let schemas = Schemas::newest();
    let mut text = HEAD.to_owned();
    for kind in ["Landscape", "ForEach", "Lock"] {
        let document =
            schemas.document("landscape.gardener.cloud/v1alpha1", kind).expect("our own kinds have a schema");
        let table = Table { definitions: document.get("$defs") };
        let root = table.resolve(&document);
        write!(text, "\n## {kind}\n\n{}.\n\n", sentence(table.describe(root))).expect(WRITES);
        text.push_str("| field | type | default | meaning |\n|---|---|---|---|\n");
        table.rows(root, "", &mut text);
    }
    text
}

const WRITES: &str = "a string takes every write";

struct Table<'a> {
    definitions: Option<&'a Value>,
}

impl<'a> Table<'a> {
    fn rows(&self, schema: &'a Value, parent: &str, text: &mut String) {
        let required = |name: &str| {
            let required = schema.get("required").and_then(Value::as_array);
            required.is_some_and(|all| all.iter().any(|field| field == name))
        };
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
            let default = match field.get("default") {
                Some(default) => {
                    format!("`{}`", default.as_str().map_or_else(|| default.to_string(), str::to_owned))
                }
                None if required(name) => "required".to_owned(),
                None => String::new(),
            };
            let target = self.resolve(field);
            let meaning = self.describe(field);
            writeln!(text, "| `{path}` | {} | {default} | {meaning} |", shape(target)).expect(WRITES);
            self.rows(target, &path, text);
            if target.pointer("/items/$ref").is_some() {
                let item = self.resolve(&target["items"]);
                // The short form of an entry is ours to describe, the object that it stands for is not.
                let own = item.get("else").map_or(item, |short| self.resolve(short));
                self.rows(own, &format!("{path}[]"), text);
            }
        }
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/$defs/"))
            .and_then(|name| self.definitions?.get(name))
            .unwrap_or(schema)
    }

    /// The phrase beside the reference, else the one of what it refers to.
    fn describe(&self, schema: &'a Value) -> &'a str {
        [schema, self.resolve(schema)]
            .into_iter()
            .find_map(|schema| schema.get("description")?.as_str())
            .unwrap_or_default()
    }
}

fn shape(schema: &Value) -> String {
    if let Some(only) = schema.get("const") {
        return format!("`{}`", only.as_str().unwrap_or_default());
    }
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        let options: Vec<String> =
            options.iter().filter_map(Value::as_str).map(|option| format!("`{option}`")).collect();
        return options.join(" or ");
    }
    if let (Some(minimum), Some(maximum)) = (schema.get("minimum"), schema.get("maximum")) {
        return format!("integer {minimum}–{maximum}");
    }
    match schema.get("type") {
        Some(Value::Array(types)) => {
            let names: Vec<&str> = types.iter().filter_map(Value::as_str).map(type_name).collect();
            names.join(" or ")
        }
        Some(Value::String(name)) => type_name(name).to_owned(),
        _ => "any".to_owned(),
    }
}

fn type_name(name: &str) -> &str {
    match name {
        "array" => "list",
        "object" => "mapping",
        other => other,
    }
}

fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
