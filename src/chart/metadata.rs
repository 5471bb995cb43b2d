//! `Chart.yaml` -> the configuration of a chart's image: JSON with Helm's fields in Helm's order.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use crate::diagnostic::{Code, Diagnostic, help_with_names};
use crate::syntax::{Node, Value};

const INVALID_CHART: Code = super::INVALID_CHART;
const UNKNOWN_CHART_FIELD: Code = Code::warning("L806", "unknown-chart-field");

/// The fields of an object in the order they are written in, without the empty ones.
#[derive(Clone, Debug)]
pub(super) struct Fields(Vec<(&'static str, Field)>);

#[derive(Clone, Debug)]
enum Field {
    Plain(Json),
    Objects(Vec<Fields>),
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// Written even when it is empty.
    RequiredText,
    Bool,
    Texts,
    TextMap,
    List,
    Objects(&'static [(&'static str, Shape)]),
}

/// upstream: helm/helm, pkg/chart/v2/metadata.go, Metadata. The order is part of every digest.
const METADATA: &[(&str, Shape)] = &[
    ("name", Shape::Text),
    ("home", Shape::Text),
    ("sources", Shape::Texts),
    ("version", Shape::Text),
    ("description", Shape::Text),
    ("keywords", Shape::Texts),
    ("maintainers", Shape::Objects(MAINTAINER)),
    ("icon", Shape::Text),
    ("apiVersion", Shape::Text),
    ("condition", Shape::Text),
    ("tags", Shape::Text),
    ("appVersion", Shape::Text),
    ("deprecated", Shape::Bool),
    ("annotations", Shape::TextMap),
    ("kubeVersion", Shape::Text),
    ("dependencies", Shape::Objects(DEPENDENCY)),
    ("type", Shape::Text),
];

const MAINTAINER: &[(&str, Shape)] = &[("name", Shape::Text), ("email", Shape::Text), ("url", Shape::Text)];

/// upstream: helm/helm, pkg/chart/v2/dependency.go, Dependency. The order is part of every digest.
const DEPENDENCY: &[(&str, Shape)] = &[
    ("name", Shape::RequiredText),
    ("version", Shape::Text),
    ("repository", Shape::RequiredText),
    ("condition", Shape::Text),
    ("tags", Shape::Texts),
    ("enabled", Shape::Bool),
    ("import-values", Shape::List),
    ("alias", Shape::Text),
];

/// Reads the tree of a `Chart.yaml`; fields of a wrong type are found and left out.
pub(super) fn read(root: &Node, findings: &mut Vec<Diagnostic>) -> Fields {
    read_object(root, METADATA, "", findings)
}

impl Fields {
    /// The text of a field, empty when it is absent.
    pub(super) fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Field::Plain(value)) => value.as_str().unwrap_or_default(),
            _ => "",
        }
    }

    /// The objects of a list.
    pub(super) fn objects(&self, name: &str) -> &[Fields] {
        match self.get(name) {
            Some(Field::Objects(objects)) => objects,
            _ => &[],
        }
    }

    /// The first text of a list.
    pub(super) fn first_text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Field::Plain(list)) => list.get(0).and_then(Json::as_str).unwrap_or_default(),
            _ => "",
        }
    }

    /// The entries of a mapping of texts.
    pub(super) fn map(&self, name: &str) -> BTreeMap<String, String> {
        match self.get(name) {
            Some(Field::Plain(Json::Object(members))) => members
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            _ => BTreeMap::new(),
        }
    }

    fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, field)| field)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, field) in &self.0 {
            match field {
                Field::Plain(value) => map.serialize_entry(name, value)?,
                Field::Objects(objects) => map.serialize_entry(name, objects)?,
            }
        }
        map.end()
    }
}

fn read_object(
    node: &Node,
    shapes: &'static [(&'static str, Shape)],
    path: &str,
    findings: &mut Vec<Diagnostic>,
) -> Fields {
    for entry in node.entries() {
        let name = entry.key.name.as_str();
        if !shapes.iter().any(|(known, _)| *known == name) {
            let message = format!("unknown field `{path}{name}`");
            findings.push(
                Diagnostic::new(UNKNOWN_CHART_FIELD, message, entry.key.span)
                    .why("Helm ignores it, and it is not part of the packed chart's metadata")
                    .help(help_with_names(name, shapes.iter().map(|(known, _)| *known))),
            );
        }
    }
    let fields = shapes.iter().filter_map(|(name, shape)| {
        let Some(value) = node.get(name) else {
            let empty = Field::Plain(Json::String(String::new()));
            return matches!(shape, Shape::RequiredText).then_some((*name, empty));
        };
        let field = shape.read(value, &format!("{path}{name}"), findings);
        if field.is_none() {
            let message = format!("`{path}{name}` is {}, not {}", value.type_name(), shape.type_name());
            findings.push(Diagnostic::new(INVALID_CHART, message, value.span).help(
                "Helm reads `Chart.yaml` as strictly; quote a value that looks like a number or a boolean",
            ));
        }
        field
            .filter(|field| matches!(shape, Shape::RequiredText) || !field.is_empty())
            .map(|field| (*name, field))
    });
    Fields(fields.collect())
}

impl Field {
    fn is_empty(&self) -> bool {
        match self {
            Self::Plain(Json::String(text)) => text.is_empty(),
            Self::Plain(Json::Bool(truth)) => !truth,
            Self::Plain(Json::Array(items)) => items.is_empty(),
            Self::Plain(Json::Object(members)) => members.is_empty(),
            Self::Plain(_) => false,
            Self::Objects(objects) => objects.is_empty(),
        }
    }
}

impl Shape {
    fn read(self, node: &Node, path: &str, findings: &mut Vec<Diagnostic>) -> Option<Field> {
        let texts = |mut nodes: std::slice::Iter<'_, Node>| nodes.all(|node| node.as_str().is_some());
        let fits = match (self, &node.value) {
            (Self::Text | Self::RequiredText, Value::String(_)) | (Self::Bool, Value::Bool(_)) => true,
            (Self::Texts, Value::Sequence(items)) => texts(items.iter()),
            (Self::List, Value::Sequence(_)) => true,
            (Self::TextMap, Value::Mapping(mapping)) => {
                mapping.entries().iter().all(|entry| entry.value.as_str().is_some())
            }
            (Self::Objects(shapes), Value::Sequence(items)) => {
                let objects = items.iter().enumerate();
                return Some(Field::Objects(
                    objects
                        .map(|(index, item)| {
                            read_object(item, shapes, &format!("{path}[{index}]."), findings)
                        })
                        .collect(),
                ));
            }
            _ => false,
        };
        fits.then(|| Field::Plain(node.to_json()))
    }

    fn type_name(self) -> &'static str {
        match self {
            Self::Text | Self::RequiredText => "a string",
            Self::Bool => "a boolean",
            Self::Texts => "a list of strings",
            Self::TextMap => "a mapping of strings",
            Self::List => "a list",
            Self::Objects(_) => "a list of mappings",
        }
    }
}
