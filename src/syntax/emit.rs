//! Node -> YAML text: one spelling for every value, read the same by go-yaml v2 and v3.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_yaml::SerializerOptions;

use super::tree::{Entry, Node, Value};

/// Writes a document: `apiVersion`, `kind` and `metadata` first, every other key in alphabetical order.
///
/// Part of every digest.
pub fn emit(root: &Node) -> String {
    let mut options = SerializerOptions::default();
    // A block scalar whose first line begins with a tab is refused by Go's readers.
    options.prefer_block_scalars = !needs_quotes(root);
    // A long line stays one line: folded, a one-word change would move every line below it.
    options.folded_wrap_chars = usize::MAX;
    // Most objects fit, so that their text is never moved.
    let mut text = String::with_capacity(4096);
    serde_yaml::to_fmt_writer_with_options(&mut text, &Ordered { node: root, top: true }, options)
        .expect("a tree of JSON values has a YAML form, and a string takes every write");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn needs_quotes(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => {
            text.contains('\n')
                && text
                    .lines()
                    .find(|line| !line.trim().is_empty())
                    .is_some_and(|line| line.starts_with('\t'))
        }
        Value::Sequence(items) => items.iter().any(needs_quotes),
        Value::Mapping(mapping) => mapping.entries().iter().any(|entry| needs_quotes(&entry.value)),
        _ => false,
    }
}

struct Ordered<'a> {
    node: &'a Node,
    top: bool,
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.node.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Number(number) => number.serialize(serializer),
            Value::String(text) => serializer.serialize_str(text),
            Value::Sequence(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for node in items {
                    sequence.serialize_element(&Ordered { node, top: false })?;
                }
                sequence.end()
            }
            Value::Mapping(mapping) => {
                let mut entries: Vec<&Entry> = mapping.entries().iter().collect();
                entries.sort_unstable_by_key(|entry| (self.rank(&entry.key.name), &entry.key.name));
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for entry in entries {
                    map.serialize_entry(
                        entry.key.name.as_str(),
                        &Ordered { node: &entry.value, top: false },
                    )?;
                }
                map.end()
            }
        }
    }
}

impl Ordered<'_> {
    fn rank(&self, name: &str) -> u8 {
        match name {
            "apiVersion" if self.top => 0,
            "kind" if self.top => 1,
            "metadata" if self.top => 2,
            _ => 3,
        }
    }
}
