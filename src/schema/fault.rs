//! What the validator says, in the words of Kubernetes and at a place in the file.

use std::collections::HashSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as JsonValue;

use super::history::{self, Chapter};
use super::pack::Pack;
use crate::diagnostic::{Code, Diagnostic, Place, help_with_names};
use crate::identity::Identity;
use crate::source::Span;
use crate::syntax::{Entry, Node, Value, join_path, path_segment};

/// A field its kind does not have.
pub const UNKNOWN_FIELD: Code = Code::error("L201", "unknown-field");
/// A value of another type than the field takes.
pub const WRONG_TYPE: Code = Code::error("L202", "wrong-type");
/// A field the object cannot do without.
pub const MISSING_FIELD: Code = Code::error("L203", "missing-field");
/// A value that is none of those the field takes.
pub const VALUE_NOT_ALLOWED: Code = Code::error("L204", "value-not-allowed");
/// A value of the right type in a shape the field does not take.
pub const MALFORMED_VALUE: Code = Code::error("L205", "malformed-value");

/// A fault in the structure of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The key or the value it is about; for a missing field, what it is missing from.
    pub span: Span,
    /// The field, as Kubernetes writes it: of an unknown or a missing field, its own path.
    pub path: String,
    /// Why it matters.
    pub why: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Fault {
    /// What faults are sorted by: the place, then what tells two faults at one place apart.
    pub(super) fn order(&self) -> (Span, &str, &str) {
        (self.span, &self.path, self.code.id)
    }

    /// The finding of this fault in an object.
    pub fn into_diagnostic(self, object: Option<Identity>, item: Option<String>) -> Diagnostic {
        let place = Place { object, path: self.path, item, ..Place::from(self.span) };
        Diagnostic { why: self.why, help: self.help, ..Diagnostic::new(self.code, self.message, place) }
    }
}

/// Where a fault is: the value, and the key it stands behind.
struct Spot<'a> {
    path: String,
    node: &'a Node,
    key: Option<Span>,
}

impl<'a> Spot<'a> {
    /// Walks a JSON pointer down from the root of the object.
    fn find(root: &'a Node, pointer: &str) -> Self {
        let mut spot = Self { path: String::new(), node: root, key: None };
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            let next = match &spot.node.value {
                Value::Sequence(items) => name
                    .parse()
                    .ok()
                    .and_then(|index: usize| items.get(index))
                    .map(|node| (format!("[{name}]"), node, None)),
                _ => spot.entry(&name).map(|entry| (path_segment(&name), &entry.value, Some(entry.key.span))),
            };
            let Some((segment, node, key)) = next else { break };
            spot = Self { path: join_path(&spot.path, &segment), node, key };
        }
        spot
    }

    fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.node.as_mapping().and_then(|mapping| mapping.entry(name))
    }

    fn path_of(&self, field: &str) -> String {
        join_path(&self.path, &path_segment(field))
    }

    /// A scalar itself; of a list or a mapping, which may run over many lines, its key or its first one.
    fn span(&self) -> Span {
        match (&self.node.value, self.key) {
            (Value::Sequence(_) | Value::Mapping(_), Some(key)) => key,
            (Value::Mapping(mapping), None) => {
                mapping.entries().first().map_or(self.node.span, |entry| entry.key.span)
            }
            _ => self.node.span,
        }
    }

    fn fault(&self, code: Code, message: impl Into<String>) -> Fault {
        Fault {
            code,
            message: message.into(),
            span: self.span(),
            path: self.path.clone(),
            why: None,
            help: None,
        }
    }
}

/// The faults of one error of the validator; several unknown fields of one mapping are one error to it.
pub(super) fn faults(error: &ValidationError<'_>, root: &Node, pack: &Pack) -> Vec<Fault> {
    let spot = Spot::find(root, error.instance_path().as_str());
    let schema = Schema::of(error, pack);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            // One walk over the mapping: looked up one by one, a file of unknown fields would take hours.
            let unexpected: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
            let entries = spot.node.entries().iter();
            entries
                .filter(|entry| unexpected.contains(entry.key.name.as_str()))
                .map(|entry| unknown_field(&spot, entry, &schema))
                .collect()
        }
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            let leaves = required_leaves(pack, schema.property(field), spot.path_of(field));
            leaves.iter().map(|path| missing_field(&spot, path)).collect()
        }
        ValidationErrorKind::MinLength { limit: 1 }
        | ValidationErrorKind::MinItems { limit: 1 }
        | ValidationErrorKind::MinProperties { limit: 1 }
            if schema.is_required() =>
        {
            vec![empty_field(&spot)]
        }
        ValidationErrorKind::Type { kind } => vec![wrong_type(&spot, &types(kind))],
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
            vec![value_not_allowed(&spot, &options)]
        }
        ValidationErrorKind::Constant { expected_value } => {
            vec![value_not_allowed(&spot, &[plain(expected_value)])]
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            nearest_branch(&spot, context, root, pack)
        }
        ValidationErrorKind::PropertyNames { error } => {
            vec![
                spot.fault(
                    MALFORMED_VALUE,
                    format!("a key here is malformed: {}", malformed(error, "the key")),
                ),
            ]
        }
        _ => vec![malformed_value(&spot, error, &schema)],
    }
}

/// The schema a keyword of an error stands in, and where in the pack that is.
struct Schema<'a> {
    pack: &'a Pack,
    pointer: String,
}

impl<'a> Schema<'a> {
    fn of(error: &ValidationError<'_>, pack: &'a Pack) -> Self {
        let keyword = error.schema_path().as_str();
        let pointer = keyword.rsplit_once('/').map_or("", |(schema, _)| schema);
        Self { pack, pointer: pointer.to_owned() }
    }

    fn get(&self, keyword: &str) -> Option<&'a JsonValue> {
        self.pack.schema_at(&self.pointer)?.get(keyword)
    }

    /// The schema of a field.
    fn property(&self, field: &str) -> Option<&'a JsonValue> {
        self.get("properties")?.get(field)
    }

    fn properties(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get("properties")
            .and_then(JsonValue::as_object)
            .into_iter()
            .flat_map(|properties| properties.keys())
            .map(String::as_str)
    }

    fn format(&self) -> Option<&'a str> {
        self.get("format")?.as_str()
    }

    /// Whether this is the schema of a field that the mapping it is in cannot do without.
    fn is_required(&self) -> bool {
        let required = || {
            let (parent, field) = self.pointer.rsplit_once("/properties/")?;
            let required = self.pack.schema_at(parent)?.get("required")?.as_array()?;
            Some(required.iter().any(|name| name == field))
        };
        required().unwrap_or(false)
    }
}

fn unknown_field(spot: &Spot, entry: &Entry, schema: &Schema) -> Fault {
    let field = &entry.key.name;
    let (message, help) = match history::of_field(schema.pack, &schema.pointer, field) {
        None => (format!("unknown field `{field}`"), help_with_names(field, schema.properties())),
        Some(Chapter::Since(minor)) => (
            format!("the field `{field}` exists since Gardener v{minor}"),
            format!("leave it out, or raise `spec.gardener.version` to v{minor}"),
        ),
        Some(Chapter::RemovedBy(minor)) => (
            format!("the field `{field}` is removed in Gardener v{minor}"),
            "leave it out; the release notes of that version say what to use instead".to_owned(),
        ),
    };
    Fault {
        span: entry.key.span,
        path: spot.path_of(field),
        why: Some("the API server refuses a field it does not know, or drops it without a word".to_owned()),
        help: Some(help),
        ..spot.fault(UNKNOWN_FIELD, message)
    }
}

/// The paths of what is missing where a required field is: to a Go server a missing structure is an empty one, so that
/// it asks for the fields that are required inside.
fn required_leaves(pack: &Pack, schema: Option<&JsonValue>, path: String) -> Vec<String> {
    let definition = schema
        .and_then(|schema| schema.get("$ref")?.as_str()?.strip_prefix('#'))
        .and_then(|pointer| pack.schema_at(pointer));
    let required = definition.and_then(|definition| definition.get("required")?.as_array());
    let Some((definition, required)) = definition.zip(required) else {
        return vec![path];
    };
    let fields = required.iter().filter_map(JsonValue::as_str);
    fields
        .flat_map(|field| {
            let inner = definition.get("properties").and_then(|properties| properties.get(field));
            required_leaves(pack, inner, join_path(&path, &path_segment(field)))
        })
        .collect()
}

fn missing_field(spot: &Spot, path: &str) -> Fault {
    let field = path.rsplit('.').next().unwrap_or_default();
    Fault {
        path: path.to_owned(),
        help: Some(format!("add `{field}`")),
        ..spot.fault(MISSING_FIELD, format!("missing field `{field}`"))
    }
}

fn empty_field(spot: &Spot) -> Fault {
    let name = spot.path.rsplit('.').next().unwrap_or_default();
    Fault {
        why: Some("an empty value counts as a missing one".to_owned()),
        help: Some(format!("give `{name}` a value")),
        ..spot.fault(MISSING_FIELD, format!("the required field `{name}` is empty"))
    }
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(only) => vec![*only],
        TypeKind::Multiple(set) => set.iter().collect(),
    }
}

fn wrong_type(spot: &Spot, expected: &[JsonType]) -> Fault {
    let names: Vec<&str> = expected.iter().map(|kind| type_name(*kind)).collect();
    let message = format!("expected {}, found {}", names.join(" or "), spot.node.type_name());
    Fault { help: type_help(spot.node, expected), ..spot.fault(WRONG_TYPE, message) }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}

fn type_help(node: &Node, expected: &[JsonType]) -> Option<String> {
    let expects = |kind| expected.contains(&kind);
    let unquoted = |text: &str| {
        (expects(JsonType::Boolean) && matches!(text, "true" | "false"))
            || ((expects(JsonType::Integer) || expects(JsonType::Number)) && text.parse::<i64>().is_ok())
    };
    match &node.value {
        Value::Bool(_) if expects(JsonType::String) => {
            Some("write it in quotes: without them YAML reads a boolean".to_owned())
        }
        Value::Number(_) if expects(JsonType::String) => {
            Some("write it in quotes: without them YAML reads a number, and `1.30` becomes `1.3`".to_owned())
        }
        Value::String(text) if unquoted(text) => Some(format!("write `{text}` without quotes")),
        Value::Sequence(_) => None,
        _ if expects(JsonType::Array) => {
            Some("write a list: each item on a line that starts with `- `".to_owned())
        }
        _ => None,
    }
}

fn value_not_allowed(spot: &Spot, options: &[String]) -> Fault {
    let value = plain(&spot.node.to_json());
    let named = options.iter().map(String::as_str).filter(|option| !option.is_empty());
    Fault {
        help: Some(help_with_names(&value, named)),
        ..spot.fault(VALUE_NOT_ALLOWED, format!("`{value}` is not allowed here"))
    }
}

fn plain(value: &JsonValue) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn malformed_value(spot: &Spot, error: &ValidationError<'_>, schema: &Schema) -> Fault {
    let value = match &spot.node.value {
        Value::Sequence(_) => "the list".to_owned(),
        Value::Mapping(_) => "the mapping".to_owned(),
        _ => format!("`{}`", plain(&spot.node.to_json())),
    };
    let known = match schema.format() {
        Some("quantity") => Some(("a quantity", "write a number with a unit, as `500m`, `2` or `1.5Gi`")),
        Some("duration") => {
            Some(("a duration", "write numbers with their units, as `30s`, `10m` or `1h30m`"))
        }
        Some("date-time") => Some(("a point in time", "write it as RFC 3339 has it: `2026-11-21T10:00:00Z`")),
        Some("byte") => Some(("base64", "encode it, or use `stringData` for plain text")),
        _ => None,
    };
    match (error.kind(), known) {
        (ValidationErrorKind::Pattern { .. }, Some((name, help))) => Fault {
            help: Some(help.to_owned()),
            ..spot.fault(MALFORMED_VALUE, format!("{value} is not {name}"))
        },
        _ => spot.fault(MALFORMED_VALUE, malformed(error, &value)),
    }
}

fn malformed(error: &ValidationError<'_>, value: &str) -> String {
    let counted = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match error.kind() {
        ValidationErrorKind::Pattern { pattern } => format!("{value} does not match `{pattern}`"),
        ValidationErrorKind::Minimum { limit } => format!("{value} is less than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("{value} is more than {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("{value} is not more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("{value} is not less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("{value} is no multiple of {multiple_of}"),
        ValidationErrorKind::MinItems { limit } => {
            format!("{value} has fewer than {}", counted(*limit, "item"))
        }
        ValidationErrorKind::MaxItems { limit } => {
            format!("{value} has more than {}", counted(*limit, "item"))
        }
        ValidationErrorKind::MinLength { limit: 1 } => format!("{value} is empty"),
        ValidationErrorKind::MinLength { limit } => {
            format!("{value} is shorter than {}", counted(*limit, "character"))
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("{value} is longer than {}", counted(*limit, "character"))
        }
        ValidationErrorKind::MinProperties { limit } => {
            format!("{value} has fewer than {}", counted(*limit, "field"))
        }
        ValidationErrorKind::MaxProperties { limit } => {
            format!("{value} has more than {}", counted(*limit, "field"))
        }
        ValidationErrorKind::UniqueItems => format!("{value} holds one item twice"),
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            format!("{value} fits several shapes where one is allowed")
        }
        _ => format!("{value} has a shape that is not allowed here"),
    }
}

/// Of alternatives that all fail, tells of one: their types together when the type is what all object to, else the
/// alternative with the fewest faults among those that take the type.
fn nearest_branch(
    spot: &Spot,
    branches: &[Vec<ValidationError<'static>>],
    root: &Node,
    pack: &Pack,
) -> Vec<Fault> {
    let type_at_root = |errors: &Vec<ValidationError<'static>>| {
        errors.iter().find_map(|error| match error.kind() {
            ValidationErrorKind::Type { kind } => {
                let here = Spot::find(root, error.instance_path().as_str());
                std::ptr::eq(here.node, spot.node).then(|| types(kind))
            }
            _ => None,
        })
    };
    let best =
        branches.iter().filter(|errors| type_at_root(errors).is_none()).min_by_key(|errors| errors.len());
    if let Some(errors) = best {
        return errors.iter().flat_map(|error| faults(error, root, pack)).collect();
    }
    let expected: Vec<JsonType> = branches.iter().filter_map(type_at_root).flatten().collect();
    vec![wrong_type(spot, &expected)]
}
