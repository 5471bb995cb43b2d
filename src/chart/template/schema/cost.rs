//! What it takes to check values against a schema: references can double the work with every line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// Pairs of a schema and a value that are looked at, to find out.
const PAIR_LIMIT: usize = 200_000;
/// Checks of one value against one schema.
const CHECK_LIMIT: u64 = 2_000_000;
/// Schemas inside of each other or behind references.
const DEPTH_LIMIT: usize = 400;

/// Says why a schema is not used: because it takes too long, or because nobody can tell.
pub(super) fn refuse(schema: &Json, values: &Json) -> Result<(), String> {
    let mut cost =
        Cost { root: schema, counts: BTreeMap::new(), open: BTreeSet::new(), depths: BTreeMap::new() };
    cost.depth(schema, 0)?;
    match cost.checks(schema, values, 0)? {
        count if count > CHECK_LIMIT => Err(format!("takes more than {CHECK_LIMIT} checks")),
        _ => Ok(()),
    }
}

struct Cost<'a> {
    root: &'a Json,
    /// Checks by the addresses of schema and value.
    counts: BTreeMap<(usize, usize), u64>,
    /// The pairs whose checks are being counted.
    open: BTreeSet<(usize, usize)>,
    /// How deep schemas go, by their addresses; nothing while that is being found out.
    depths: BTreeMap<usize, Option<usize>>,
}

fn address(json: &Json) -> usize {
    std::ptr::from_ref(json).addr()
}

impl<'a> Cost<'a> {
    /// The schema behind a reference.
    fn target(&self, reference: &Json) -> Result<&'a Json, String> {
        let text = reference.as_str().unwrap_or_default();
        let pointer = text.strip_prefix('#').map(|pointer| pointer.replace("%25", "%").replace("%24", "$"));
        let found = pointer.and_then(|pointer| self.root.pointer(&pointer));
        found.ok_or_else(|| format!("refers to `{text}`, which is not looked up"))
    }

    /// How deep a schema goes; one that refers to itself goes no deeper there.
    fn depth(&mut self, schema: &'a Json, level: usize) -> Result<usize, String> {
        if level > DEPTH_LIMIT {
            return Err(format!("goes deeper than {DEPTH_LIMIT} levels"));
        }
        let key = address(schema);
        if let Some(known) = self.depths.get(&key) {
            let known = known.unwrap_or_default();
            return if level + known > DEPTH_LIMIT { self.depth(schema, DEPTH_LIMIT + 1) } else { Ok(known) };
        }
        self.depths.insert(key, None);
        let mut below = match schema {
            Json::Object(members) => members.values().collect(),
            Json::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        if let Some(reference) = schema.get("$ref").filter(|reference| reference.is_string()) {
            below.push(self.target(reference)?);
        }
        let mut deepest = 0;
        for schema in below {
            deepest = deepest.max(1 + self.depth(schema, level + 1)?);
        }
        self.depths.insert(key, Some(deepest));
        Ok(deepest)
    }

    /// The checks that a value takes.
    fn checks(&mut self, schema: &'a Json, value: &Json, level: usize) -> Result<u64, String> {
        let key = (address(schema), address(value));
        if let Some(count) = self.counts.get(&key) {
            return Ok(*count);
        }
        if level > DEPTH_LIMIT || !self.open.insert(key) {
            return Err("refers to itself without end".to_owned());
        }
        if self.counts.len() > PAIR_LIMIT {
            return Err(format!("takes more than {PAIR_LIMIT} values to look at"));
        }
        let mut count = 1_u64;
        for (keyword, below) in schema.as_object().into_iter().flatten() {
            for (schema, value) in self.pairs(keyword, below, value)? {
                count = count.saturating_add(self.checks(schema, value, level + 1)?);
            }
        }
        self.open.remove(&key);
        self.counts.insert(key, count);
        Ok(count)
    }

    /// What a keyword checks: schemas, each with the value itself or with one inside it.
    fn pairs<'v>(
        &self,
        keyword: &str,
        below: &'a Json,
        value: &'v Json,
    ) -> Result<Vec<(&'a Json, &'v Json)>, String> {
        let members = || value.as_object().into_iter().flatten().map(|(_, value)| value);
        let items = || value.as_array().into_iter().flatten();
        let schemas = || below.as_array().into_iter().flatten();
        let named = || below.as_object().into_iter().flatten();
        Ok(match keyword {
            "$ref" if below.is_string() => vec![(self.target(below)?, value)],
            "$dynamicRef" | "$recursiveRef" => {
                return Err(format!("has a `{keyword}`, which is not followed"));
            }
            "allOf" | "anyOf" | "oneOf" => schemas().map(|schema| (schema, value)).collect(),
            "not" | "if" | "then" | "else" => vec![(below, value)],
            "dependentSchemas" | "dependencies" => named().map(|(_, schema)| (schema, value)).collect(),
            "properties" => named().filter_map(|(name, schema)| Some((schema, value.get(name)?))).collect(),
            "patternProperties" => {
                named().flat_map(|(_, schema)| members().map(move |value| (schema, value))).collect()
            }
            "additionalProperties" | "unevaluatedProperties" => {
                members().map(|value| (below, value)).collect()
            }
            "propertyNames" => members().map(|_| (below, &Json::Null)).collect(),
            "items" | "prefixItems" if below.is_array() => schemas().zip(items()).collect(),
            "items" | "additionalItems" | "contains" | "unevaluatedItems" => {
                items().map(|value| (below, value)).collect()
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_honest_schema_is_used() {
        let schema = json!({
            "$defs": {"node": {"properties": {"below": {"items": {"$ref": "#/$defs/node"}}}}},
            "properties": {"tree": {"$ref": "#/$defs/node"}},
        });
        assert_eq!(refuse(&schema, &json!({"tree": {"below": [{"below": [{}, {}]}, {}]}})), Ok(()));
    }

    #[test]
    fn work_that_doubles_with_every_line_is_refused() {
        let mut definitions = serde_json::Map::new();
        for number in 0..60 {
            let next = json!({"$ref": format!("#/$defs/d{}", number + 1)});
            definitions.insert(format!("d{number}"), json!({"allOf": [next, next]}));
        }
        definitions.insert("d60".to_owned(), json!(true));
        let doubling = json!({"$defs": definitions, "$ref": "#/$defs/d0"});
        let itself = json!({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"});
        let mut deep = json!({});
        for _ in 0..100 {
            deep = json!({"x": deep});
        }
        let deepening = json!({"properties": {"x": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        for (schema, values) in [(&doubling, &json!({})), (&itself, &json!({})), (&deepening, &deep)] {
            assert!(refuse(schema, values).is_err(), "{schema}");
        }
    }

    #[test]
    fn a_chain_of_references_is_no_deeper_than_the_stack() {
        let chain: serde_json::Map<String, Json> = (0..20_000)
            .map(|number| (format!("d{number}"), json!({"$ref": format!("#/$defs/d{}", number + 1)})))
            .chain([("d20000".to_owned(), json!({}))])
            .collect();
        assert!(
            refuse(&json!({"$defs": chain, "properties": {"x": {"$ref": "#/$defs/d0"}}}), &json!({}))
                .is_err()
        );
    }
}
