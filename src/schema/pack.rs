//! A compiled-in schema pack: its text is parsed when one of its kinds is first met, a kind compiled when it is first
//! checked. A landscape of three kinds pays for three.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Value, json};

use super::import::references;
use super::tree::Tree;

/// One file of `schemas/`.
pub(super) struct Pack {
    text: &'static str,
    content: OnceLock<Content>,
}

struct Content {
    document: Value,
    kinds: BTreeMap<String, Kind>,
}

struct Kind {
    definition: String,
    validator: OnceLock<Validator<Tree>>,
}

impl Pack {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, content: OnceLock::new() }
    }

    fn content(&self) -> &Content {
        self.content.get_or_init(|| {
            let document: Value =
                serde_json::from_str(self.text).expect("a test parses every committed pack");
            let kinds = document
                .get("kinds")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter_map(|(kind, schema)| {
                    let definition = references(schema).pop_first()?;
                    let validator = OnceLock::new();
                    Some((kind.clone(), Kind { definition, validator }))
                })
                .collect();
            Content { document, kinds }
        })
    }

    /// The kinds of the pack, `group/version/Kind`, in alphabetical order.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.content().kinds.keys().map(String::as_str)
    }

    /// The validator of a kind, compiled once.
    pub(super) fn validator(&self, kind: &str) -> Option<&Validator<Tree>> {
        let entry = self.content().kinds.get(kind)?;
        Some(entry.validator.get_or_init(|| {
            let schema = self.self_contained(&entry.definition);
            compile(&schema).expect("a test compiles every kind of every committed pack")
        }))
    }

    /// The JSON Schema of a kind with every definition it needs and no other.
    pub(super) fn document(&self, kind: &str) -> Option<Value> {
        let entry = self.content().kinds.get(kind)?;
        Some(self.self_contained(&entry.definition))
    }

    /// The part of the pack a keyword location of a fault points at.
    pub(super) fn schema_at(&self, pointer: &str) -> Option<&Value> {
        self.content().document.pointer(pointer)
    }

    fn self_contained(&self, definition: &str) -> Value {
        let definitions = self.content().document.get("$defs");
        let all = |name: &str| definitions.and_then(|all| all.get(name));
        let mut needed = BTreeSet::new();
        let mut open = vec![definition.to_owned()];
        while let Some(name) = open.pop() {
            if needed.insert(name.clone()) {
                open.extend(all(&name).map(references).unwrap_or_default());
            }
        }
        let definitions: BTreeMap<_, _> = needed.iter().map(|name| (name, all(name))).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("#/$defs/{definition}"),
            "$defs": definitions,
        })
    }
}

fn compile(schema: &Value) -> Result<Validator<Tree>, jsonschema::ValidationError<'static>> {
    jsonschema::options_for::<Tree>()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(false)
        .offline()
        .build(schema)
}
