//! The tree of a YAML document: values as Kubernetes reads them, each with the place it was written at.
//!
//! Lists and strings are shared until changed, so a `ForEach` of ten thousand items costs what its expressions change.
//! Inside one object every node has an address of its own, which is what lets a finding recover the path of a node.

use ecow::{EcoString, EcoVec};
use serde_json::Number;

use crate::source::Span;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written; for a generated value, where its template was.
    pub span: Span,
}

/// A JSON value, its mappings in the order of the source.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A string.
    String(EcoString),
    /// A list.
    Sequence(EcoVec<Node>),
    /// A mapping.
    Mapping(Mapping),
}

/// Keys and values in the order of the source; no key occurs twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping(EcoVec<Entry>);

/// One key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// The key of a mapping.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its text.
    pub name: EcoString,
    /// Where it was written.
    pub span: Span,
}

/// Two nodes are equal when their values are; the places do not count.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Mapping {
    /// A mapping of these entries; the caller has made sure that no key occurs twice.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self(entries.into_iter().collect())
    }

    /// The entries in the order of the source.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entries, to change them; a shared mapping is copied first.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        self.0.make_mut()
    }

    /// The entry of a key.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.name == name)
    }

    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The value of a key, to change it; a shared mapping is copied first.
    pub fn value_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.0.make_mut().iter_mut().find(|entry| entry.key.name == name).map(|entry| &mut entry.value)
    }

    /// Sets a key, in its place if it is there and at the end otherwise.
    pub fn set(&mut self, key: Key, value: Node) {
        match self.0.make_mut().iter_mut().find(|entry| entry.key.name == key.name) {
            Some(entry) => entry.value = value,
            None => self.0.push(Entry { key, value }),
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|entry| entry.key.name != name);
    }
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span }
    }

    /// A string at a place.
    pub fn string(text: impl Into<EcoString>, span: Span) -> Self {
        Self::new(Value::String(text.into()), span)
    }

    /// The value of a key, when this is a mapping that has it and it is not null: Kubernetes takes null for absent.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.as_mapping()?.get(name).filter(|node| node.value != Value::Null)
    }

    /// The value below several keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// Whether this is a list, be it empty.
    pub fn is_sequence(&self) -> bool {
        matches!(self.value, Value::Sequence(_))
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        self.as_mapping().map_or(&[], Mapping::entries)
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The mapping to change, if it is one.
    pub fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The value of an integer.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// What a person calls this kind of value.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a number",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// The number of nodes in this tree.
    pub fn count(&self) -> usize {
        1 + match &self.value {
            Value::Sequence(items) => items.iter().map(Node::count).sum(),
            Value::Mapping(mapping) => mapping.entries().iter().map(|entry| entry.value.count()).sum(),
            _ => 0,
        }
    }

    /// The number of lists and mappings inside each other, this one included.
    pub fn depth(&self) -> usize {
        match &self.value {
            Value::Sequence(items) => 1 + items.iter().map(Node::depth).max().unwrap_or_default(),
            Value::Mapping(mapping) => {
                let values = mapping.entries().iter().map(|entry| entry.value.depth());
                1 + values.max().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// A copy that shares no list or mapping with this tree, so that its nodes have addresses of their own.
    #[must_use]
    pub fn unshared(&self) -> Self {
        let value = match &self.value {
            Value::Sequence(items) => Value::Sequence(items.iter().map(Node::unshared).collect()),
            Value::Mapping(mapping) => Value::Mapping(Mapping::new(
                mapping
                    .entries()
                    .iter()
                    .map(|entry| Entry { key: entry.key.clone(), value: entry.value.unshared() }),
            )),
            scalar => scalar.clone(),
        };
        Self::new(value, self.span)
    }

    /// The path from this node down to `target`, by address, as Kubernetes writes field paths.
    ///
    /// Nothing when `target` is no part of this tree. Takes time proportional to the tree; meant for findings.
    pub fn path_to(&self, target: &Node) -> Option<String> {
        if std::ptr::eq(self, target) {
            return Some(String::new());
        }
        match &self.value {
            Value::Sequence(items) => items.iter().enumerate().find_map(|(index, item)| {
                let rest = item.path_to(target)?;
                Some(join_path(&format!("[{index}]"), &rest))
            }),
            Value::Mapping(mapping) => mapping.entries().iter().find_map(|entry| {
                entry.value.path_to(target).map(|rest| join_path(&path_segment(&entry.key.name), &rest))
            }),
            _ => None,
        }
    }

    /// The way from this node down to `target`, by address: which child to take at each step.
    ///
    /// It holds for a copy of this tree, too.
    pub fn way_to(&self, target: &Node) -> Option<Vec<usize>> {
        if std::ptr::eq(self, target) {
            return Some(Vec::new());
        }
        let children: Vec<&Node> = match &self.value {
            Value::Sequence(items) => items.iter().collect(),
            Value::Mapping(mapping) => mapping.entries().iter().map(|entry| &entry.value).collect(),
            _ => return None,
        };
        children.into_iter().enumerate().find_map(|(index, child)| {
            let mut way = child.way_to(target)?;
            way.insert(0, index);
            Some(way)
        })
    }

    /// The node at the end of a way, to change it; what is shared on the way is copied first.
    pub fn follow_mut(&mut self, way: &[usize]) -> Option<&mut Node> {
        way.iter().try_fold(self, |node, step| match &mut node.value {
            Value::Sequence(items) => items.make_mut().get_mut(*step),
            Value::Mapping(mapping) => mapping.entries_mut().get_mut(*step).map(|entry| &mut entry.value),
            _ => None,
        })
    }

    /// The JSON value, without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::String(text) => text.as_str().into(),
            Value::Sequence(items) => items.iter().map(Node::to_json).collect(),
            Value::Mapping(mapping) => mapping
                .entries()
                .iter()
                .map(|entry| (entry.key.name.to_string(), entry.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// A tree of a JSON value whose every node says it was written at `span`.
    pub fn from_json(json: &serde_json::Value, span: Span) -> Self {
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Bool(*truth),
            serde_json::Value::Number(number) => Value::Number(number.clone()),
            serde_json::Value::String(text) => Value::String(text.into()),
            serde_json::Value::Array(items) => {
                Value::Sequence(items.iter().map(|item| Self::from_json(item, span)).collect())
            }
            serde_json::Value::Object(members) => {
                Value::Mapping(Mapping::new(members.iter().map(|(name, value)| Entry {
                    key: Key { name: name.into(), span },
                    value: Self::from_json(value, span),
                })))
            }
        };
        Self::new(value, span)
    }
}

/// A key as a segment of a field path: `[key]` where a dot inside the key would mislead, as Kubernetes writes map keys.
pub fn path_segment(name: &str) -> String {
    if name.contains(['.', '/', '[', ' ']) { format!("[{name}]") } else { name.to_owned() }
}

/// Joins two parts of a field path; a part that begins with `[` needs no dot.
pub fn join_path(head: &str, tail: &str) -> String {
    if head.is_empty() || tail.is_empty() || tail.starts_with('[') {
        format!("{head}{tail}")
    } else {
        format!("{head}.{tail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_the_api_server_writes_it() {
        let json = serde_json::json!({"spec": {"workers": [[{"a.b/c": {"zones": ["x"]}}]]}});
        let root = Node::from_json(&json, Span::default());
        let workers = root.at(&["spec", "workers"]).expect("there");
        let inner = workers.items().first().and_then(|list| list.items().first()).expect("there");
        let zone = inner.at(&["a.b/c", "zones"]).and_then(|zones| zones.items().first()).expect("there");
        assert_eq!(root.path_to(zone).as_deref(), Some("spec.workers[0][0][a.b/c].zones[0]"));
        assert_eq!(workers.path_to(&root), None);
    }

    #[test]
    fn a_way_leads_to_the_same_place_in_a_copy() {
        let json = serde_json::json!({"a": [{"b": 1, "c": [2, 3]}]});
        let root = Node::from_json(&json, Span::default());
        let target = root.get("a").and_then(|a| a.items().first()?.get("c")?.items().last()).expect("there");
        let way = root.way_to(target).expect("a part of the tree");
        let mut copy = root.clone();
        *copy.follow_mut(&way).expect("the same shape") = Node::string("x", Span::default());
        assert_eq!(copy.to_json(), serde_json::json!({"a": [{"b": 1, "c": [2, "x"]}]}));
        assert_eq!(root.to_json(), json);
    }
}
