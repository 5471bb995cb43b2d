//! One schema of `OpenAPI` or of a CRD -> its structure as JSON Schema, closed against unknown fields.
//!
//! What Kubernetes says in extensions of its own (`x-kubernetes-…`, formats) is said here in types, bounds and patterns.

use serde_json::{Map, Value, json};

/// A schema that is the definition of this name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The name of a definition without what every name of its project begins with.
pub(super) fn short_name(long: &str) -> String {
    const PREFIXES: [&str; 6] = [
        "com.github.gardener.gardener.pkg.apis.",
        "github.com.gardener.gardener.pkg.apis.",
        "io.k8s.apimachinery.pkg.",
        "io.k8s.",
        "pkg.apis.",
        "k8sio.",
    ];
    let dotted = long.replace(['/', '_'], ".");
    PREFIXES.iter().find_map(|prefix| dotted.strip_prefix(prefix)).unwrap_or(&dotted).to_owned()
}

/// Go types with a text form of their own.
pub(super) fn well_known(name: &str) -> Option<Value> {
    const TIME: &str = "^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
    const DURATION: &str = "^[+-]?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";
    let (rest, kind) = name.rsplit_once('.')?;
    Some(match (rest.rsplit('.').next()?, kind) {
        ("resource", "Quantity") => {
            json!({"type": ["number", "string"], "format": "quantity", "pattern": QUANTITY})
        }
        ("intstr", "IntOrString") => {
            json!({"type": ["integer", "string"], "minimum": i32::MIN, "maximum": i32::MAX})
        }
        ("v1", "Time" | "MicroTime") => {
            json!({"type": "string", "format": "date-time", "pattern": TIME})
        }
        ("v1", "Duration") => json!({"type": "string", "format": "duration", "pattern": DURATION}),
        // The server takes any value for an extension; what it must be is for `check` to say.
        ("v1", "JSON") | ("runtime", "RawExtension") => json!({}),
        ("v1beta1", "MachineImageFlavor") => {
            json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
        }
        ("v1", "ManagedFieldsEntry") => json!({"type": "object"}),
        _ => return None,
    })
}

/// Groups of four, with line breaks anywhere.
const BASE64: &str = "^[\\r\\n]*(([A-Za-z0-9+/][\\r\\n]*){4})*(([A-Za-z0-9+/][\\r\\n]*){2}=[\\r\\n]*=[\\r\\n]*|([A-Za-z0-9+/][\\r\\n]*){3}=[\\r\\n]*)?$";

const QUANTITY: &str =
    "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+(\\.[0-9]*)?)?$";

/// A schema without its prose and its extensions, closed against unknown fields.
pub(super) fn reduce(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(name) = reference_of(members) {
        return reference(&short_name(name));
    }
    let is = |extension: &str| members.get(extension).is_some_and(|value| value == true);
    if is("x-kubernetes-int-or-string") {
        return int_or_string(members);
    }
    let mut reduced = Map::new();
    for (keyword, value) in members {
        if let Some(value) = reduce_keyword(keyword, value) {
            reduced.insert(keyword.clone(), value);
        }
    }
    constrain(members, &mut reduced);
    let preserving = is("x-kubernetes-preserve-unknown-fields") || is("x-kubernetes-embedded-resource");
    if reduced.contains_key("properties") && !reduced.contains_key("additionalProperties") && !preserving {
        reduced.insert("additionalProperties".to_owned(), false.into());
    }
    reduced.into()
}

/// What a schema refers to: directly, or through an `allOf` of one that only carries a default.
fn reference_of(members: &Map<String, Value>) -> Option<&str> {
    let pointer = match members.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only.get("$ref"),
        _ => members.get("$ref"),
    };
    pointer?.as_str()?.rsplit('/').next()
}

fn reduce_keyword(keyword: &str, value: &Value) -> Option<Value> {
    Some(match keyword {
        "type" | "required" | "enum" | "pattern" | "minimum" | "maximum" | "exclusiveMinimum"
        | "exclusiveMaximum" | "multipleOf" | "minItems" | "maxItems" | "uniqueItems" | "minLength"
        | "maxLength" | "minProperties" | "maxProperties" => value.clone(),
        "properties" => value
            .as_object()?
            .iter()
            .map(|(name, schema)| (name.clone(), reduce(schema)))
            .collect::<Map<_, _>>()
            .into(),
        "items" | "additionalProperties" | "not" => reduce(value),
        "allOf" | "anyOf" | "oneOf" => value.as_array()?.iter().map(reduce).collect(),
        _ => return None,
    })
}

/// Says as bounds and patterns what a Go decoder enforces for a format.
fn constrain(members: &Map<String, Value>, reduced: &mut Map<String, Value>) {
    match members.get("format").and_then(Value::as_str) {
        Some("int32") => {
            reduced.entry("minimum").or_insert(i32::MIN.into());
            reduced.entry("maximum").or_insert(i32::MAX.into());
        }
        Some("byte") => {
            reduced.insert("format".to_owned(), "byte".into());
            reduced.insert("pattern".to_owned(), BASE64.into());
        }
        Some("date-time") => {
            reduced.extend(
                well_known("v1.Time")
                    .and_then(|time| time.as_object().cloned())
                    .expect("a time is well known"),
            );
        }
        _ => {}
    }
    // OpenAPI 3.0 has a boolean beside the bound where JSON Schema has the bound itself.
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(Value::Bool(is_exclusive)) = reduced.get(exclusive).cloned() {
            reduced.remove(exclusive);
            if is_exclusive && let Some(value) = reduced.remove(bound) {
                reduced.insert(exclusive.to_owned(), value);
            }
        }
    }
}

fn int_or_string(members: &Map<String, Value>) -> Value {
    match members.get("pattern").and_then(Value::as_str) {
        Some(pattern) if pattern.contains("[KMGTPE]i") => {
            json!({"type": ["integer", "string"], "format": "quantity", "pattern": QUANTITY})
        }
        Some(pattern) => json!({"type": ["integer", "string"], "pattern": pattern}),
        None => json!({"type": ["integer", "string"]}),
    }
}
