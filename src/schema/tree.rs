//! The spanned tree as the validator sees it: no copy of an object is made to check it.
//!
//! A member whose value is null is no member, as Kubernetes takes null for absent.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, Node as JsonNode, NodeIdentity, Object};
use serde_json::{Number, Value as JsonValue};

use crate::syntax::{Entry, Node, Value};

/// Validation of [`Node`]s.
pub(super) struct Tree;

/// A value of the tree, or the text of a key where a schema speaks of keys.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Node(&'a Node),
    Key(&'a str),
}

#[derive(Clone, Copy)]
pub(super) struct Members<'a>(&'a [Entry]);

#[derive(Clone, Copy)]
pub(super) struct Elements<'a>(&'a [Node]);

impl Json for Tree {
    type Node<'a> = Item<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    /// A lookup walks the members, so one pass over a mapping of this many keys costs as much.
    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(Item<'_>) -> T) -> T {
        string.clone_into(buffer);
        f(Item::Key(buffer))
    }
}

impl<'a> JsonNode<'a, Tree> for Item<'a> {
    type Object = Members<'a>;
    type Array = Elements<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Members<'a>> {
        match self {
            Self::Node(node) => node.as_mapping().map(|mapping| Members(mapping.entries())),
            Self::Key(_) => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        match self {
            Self::Node(Node { value: Value::Sequence(items), .. }) => Some(Elements(items)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => node.as_str().map(Cow::Borrowed),
            Self::Key(text) => Some(Cow::Borrowed(text)),
        }
    }

    fn as_number(&self) -> Option<&'a Number> {
        match self {
            Self::Node(Node { value: Value::Number(number), .. }) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.as_bool(),
            Self::Key(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Key(_) => JsonType::String,
            Self::Node(node) => match &node.value {
                Value::Null => JsonType::Null,
                Value::Bool(_) => JsonType::Boolean,
                Value::Number(_) => JsonType::Number,
                Value::String(_) => JsonType::String,
                Value::Sequence(_) => JsonType::Array,
                Value::Mapping(_) => JsonType::Object,
            },
        }
    }

    fn equals_value(&self, expected: &JsonValue) -> bool {
        match (self.as_string(), expected) {
            (Some(text), JsonValue::String(expected)) => text == expected.as_str(),
            (Some(_), _) => false,
            (None, expected) => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, JsonValue> {
        Cow::Owned(match self {
            Self::Node(node) => node.to_json(),
            Self::Key(text) => (*text).into(),
        })
    }

    /// Lists and mappings shared by `ForEach` or an alias have one address in several places; they mean the same there,
    /// and none can hold itself.
    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(match self {
            Self::Node(node) => std::ptr::from_ref::<Node>(node).addr(),
            Self::Key(text) => text.as_ptr().addr(),
        }))
    }
}

impl<'a> Object<'a, Tree> for Members<'a> {
    type Node = Item<'a>;
    type MemberName = &'a str;
    type MembersIter = MembersIter<'a>;

    fn len(&self) -> usize {
        self.members().count()
    }

    fn get(&self, key: &Box<str>) -> Option<Item<'a>> {
        let entry = self.0.iter().find(|entry| *entry.key.name == **key)?;
        present(entry).map(|(_, item)| item)
    }

    fn members(&self) -> MembersIter<'a> {
        MembersIter(self.0.iter())
    }
}

fn present(entry: &Entry) -> Option<(&str, Item<'_>)> {
    (entry.value.value != Value::Null).then_some((entry.key.name.as_str(), Item::Node(&entry.value)))
}

pub(super) struct MembersIter<'a>(std::slice::Iter<'a, Entry>);

impl<'a> Iterator for MembersIter<'a> {
    type Item = (&'a str, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(present)
    }
}

impl<'a> Array<'a, Tree> for Elements<'a> {
    type Node = Item<'a>;
    type ElementsIter = std::iter::Map<std::slice::Iter<'a, Node>, fn(&'a Node) -> Item<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.iter().map(Item::Node)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::source::{SourceMap, Span};

    fn tree(value: &JsonValue) -> Node {
        let file = SourceMap::default().add("a.yaml".to_owned(), Arc::from(""));
        Node::from_json(value, Span::new(file, 0, 0))
    }

    /// The validator must read our tree as it reads the same JSON without its nulls.
    #[test]
    fn the_tree_means_what_its_json_means() {
        let schema = json!({
            "type": "object",
            "required": ["name", "gone"],
            "minProperties": 3,
            "propertyNames": {"pattern": "^[a-z]+$"},
            "properties": {
                "name": {"type": "string", "minLength": 6, "maxLength": 6},
                "count": {"type": "integer", "minimum": 1},
                "share": {"enum": [0.5, 1, {"a": [null]}]},
                "list": {"type": "array", "uniqueItems": true, "items": {"type": ["boolean", "string"]}},
            },
            "additionalProperties": false
        });
        let ours = jsonschema::options_for::<Tree>().build(&schema).expect("compiles");
        let theirs = jsonschema::options().build(&schema).expect("compiles");
        for (written, read) in [
            (json!({"gone": null, "name": "h\u{e9}llo"}), json!({"name": "h\u{e9}llo"})),
            (
                json!({"name": "h\u{e9}ll\u{f6}s", "count": 1.0, "share": 1.0, "gone": null, "list": []}),
                json!({"name": "h\u{e9}ll\u{f6}s", "count": 1.0, "share": 1.0, "list": []}),
            ),
            (
                json!({"name": 1, "count": 1.5, "share": {"a": [null]}, "list": [true, "a", "a", {}]}),
                json!({"name": 1, "count": 1.5, "share": {"a": [null]}, "list": [true, "a", "a", {}]}),
            ),
            (json!({"Name": 0, "extra": null}), json!({"Name": 0})),
            (json!([1]), json!([1])),
        ] {
            let root = tree(&written);
            let mut found: Vec<String> =
                ours.iter_errors(Item::Node(&root)).map(|error| place(&error)).collect();
            let mut expected: Vec<String> = theirs.iter_errors(&read).map(|error| place(&error)).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{written}");
            assert_eq!(ours.is_valid(Item::Node(&root)), theirs.is_valid(&read), "{written}");
        }
    }

    fn place(error: &jsonschema::ValidationError<'_>) -> String {
        format!("{} {}", error.instance_path(), error.schema_path())
    }
}
