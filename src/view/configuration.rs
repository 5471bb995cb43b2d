//! Configurations of extensions: what an object carries for a controller other than the one it is made for.

use super::Text;
use crate::landscape::Object;
use crate::syntax::{Node, Value};

/// The fields that hold the configuration of an extension, wherever they stand.
const FIELDS: [&str; 3] = ["controlPlaneConfig", "infrastructureConfig", "providerConfig"];

/// The configuration of an extension.
#[derive(Clone, Copy, Debug)]
pub struct Configuration<'a> {
    /// The object that carries it.
    pub object: &'a Object,
    /// The configuration.
    pub node: &'a Node,
}

impl<'a> Configuration<'a> {
    /// All configurations that an object carries, in the order of the file.
    pub fn in_object(object: &'a Object) -> impl Iterator<Item = Self> {
        // Their own kinds have fields of these names that mean something else.
        let carries = object.identity.group().ends_with("gardener.cloud");
        let mut found = Vec::new();
        if let Some(spec) = object.root.get("spec").filter(|_| carries) {
            collect(spec, &mut found);
        }
        found.into_iter().map(move |node| Self { object, node })
    }

    /// The API version.
    pub fn api_version(self) -> Option<Text<'a>> {
        self.node.get("apiVersion").and_then(Text::of)
    }

    /// The kind.
    pub fn kind(self) -> Option<Text<'a>> {
        self.node.get("kind").and_then(Text::of)
    }

    /// The API group.
    pub fn group(self) -> Option<&'a str> {
        Some(self.api_version()?.as_str().rsplit_once('/')?.0)
    }
}

/// The configurations below a node, in the order of the file; none has another one inside.
fn collect<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    for entry in node.entries() {
        match &entry.value.value {
            Value::Null => {}
            _ if FIELDS.contains(&entry.key.name.as_str()) => found.push(&entry.value),
            Value::Mapping(_) | Value::Sequence(_) => collect(&entry.value, found),
            _ => {}
        }
    }
    for item in node.items() {
        collect(item, found);
    }
}
