//! Two trees -> the fields that differ, as a person would tell them.

use std::collections::BTreeMap;
use std::fmt;

use ecow::EcoString;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::noise::{self, Noise};
use crate::landscape::list_key;
use crate::syntax::{Node, Value, path_segment};

/// A field that differs.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// The way to it.
    pub path: Path,
    /// What it was; nothing when it was not there.
    pub before: Option<&'a Node>,
    /// What it is; nothing when it is gone.
    pub after: Option<&'a Node>,
}

/// The way to a field. Items of a list count where they are now, removed ones where they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// A step on the way to a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the value of a key.
    Key(EcoString),
    /// Into the item of a list, which may have a name of its own.
    Item(usize, Option<EcoString>),
}

impl Path {
    /// As Gardener's API server names it: `spec.provider.workers[0].zones`.
    pub fn field(&self) -> String {
        self.joined(|index, _| format!("[{index}]"))
    }

    /// As a person would: `spec.provider.workers[pool-a].zones`.
    pub fn named(&self) -> String {
        self.joined(|index, name| match name {
            Some(name) => format!("[{name}]"),
            None => format!("[{index}]"),
        })
    }

    /// Whether it leads to a field or into it: `["spec", "region"]`; names of items do not count.
    pub fn starts_with(&self, keys: &[&str]) -> bool {
        let mut own = self.0.iter().filter_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Item(..) => None,
        });
        keys.iter().all(|key| own.next() == Some(key))
    }

    fn joined(&self, item: impl Fn(usize, Option<&EcoString>) -> String) -> String {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Item(index, name) => text.push_str(&item(*index, name.as_ref())),
                Step::Key(name) => {
                    let segment = path_segment(name);
                    if !text.is_empty() && !segment.starts_with('[') {
                        text.push('.');
                    }
                    text.push_str(&segment);
                }
            }
        }
        text
    }

    fn key(&self, name: &EcoString) -> Self {
        self.then(Step::Key(name.clone()))
    }

    fn then(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.0.push(step);
        path
    }

    /// The key that leads to the list or value at the end.
    fn last_key(&self) -> &str {
        match self.0.last() {
            Some(Step::Key(name)) => name,
            _ => "",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.field())
    }
}

/// Whether two values mean the same to the server.
pub fn same(before: &Node, after: &Node) -> bool {
    before == after || fields(before, after, Noise::Hidden).is_empty()
}

/// Whether two values, or their absence, mean the same to the server.
pub fn same_or_absent(before: Option<&Node>, after: Option<&Node>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => same(before, after),
        (None, None) => true,
        _ => false,
    }
}

/// The fields that differ between two trees.
pub fn fields<'a>(before: &'a Node, after: &'a Node, noise: Noise) -> Vec<Field<'a>> {
    let mut comparison = Comparison { noise, found: Vec::new() };
    comparison.nodes(&Path::default(), Some(before), Some(after));
    comparison.found
}

struct Comparison<'a> {
    noise: Noise,
    found: Vec<Field<'a>>,
}

impl<'a> Comparison<'a> {
    fn nodes(&mut self, path: &Path, before: Option<&'a Node>, after: Option<&'a Node>) {
        if self.noise == Noise::Hidden && noise::is_noise(path, before, after) {
            return;
        }
        match (before.map(|node| &node.value), after.map(|node| &node.value)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(Value::Mapping(_)), Some(Value::Mapping(_))) => self.mappings(path, before, after),
            (Some(Value::Sequence(one)), Some(Value::Sequence(other))) => {
                self.lists(path, (before, one), (after, other));
            }
            _ => self.found.push(Field { path: path.clone(), before, after }),
        }
    }

    fn mappings(&mut self, path: &Path, before: Option<&'a Node>, after: Option<&'a Node>) {
        let entries = |node: Option<&'a Node>| {
            let mut by_name = BTreeMap::new();
            for entry in node.map(Node::entries).unwrap_or_default() {
                if entry.value.value != Value::Null || self.noise == Noise::Shown {
                    by_name.insert(&entry.key.name, &entry.value);
                }
            }
            by_name
        };
        let (before, after) = (entries(before), entries(after));
        for (name, old) in &before {
            self.nodes(&path.key(name), Some(old), after.get(name).copied());
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            self.nodes(&path.key(name), None, Some(new));
        }
    }

    fn lists(
        &mut self,
        path: &Path,
        (before, old): (Option<&'a Node>, &'a [Node]),
        (after, new): (Option<&'a Node>, &'a [Node]),
    ) {
        let key = list_key(old, new).filter(|_| !noise::order_matters(path.last_key()));
        let scalars = |items: &[Node]| items.iter().all(|item| !is_composite(item));
        match key {
            Some(key) => self.keyed(path, old, new, key),
            // A short list of plain values is read as a whole.
            None if scalars(old) && scalars(new) => {
                self.found.push(Field { path: path.clone(), before, after });
            }
            None => self.aligned(path, old, new),
        }
    }

    /// Items that a field tells apart.
    fn keyed(&mut self, path: &Path, old: &'a [Node], new: &'a [Node], key: &str) {
        let name = |node: &Node| EcoString::from(node.get(key).and_then(Node::as_str).unwrap_or_default());
        let before: BTreeMap<EcoString, (usize, &Node)> =
            old.iter().enumerate().map(|(index, item)| (name(item), (index, item))).collect();
        let after: BTreeMap<EcoString, &Node> = new.iter().map(|item| (name(item), item)).collect();
        for (index, item) in new.iter().enumerate() {
            let name = name(item);
            let earlier = before.get(&name).map(|(_, earlier)| *earlier);
            self.nodes(&path.then(Step::Item(index, Some(name))), earlier, Some(item));
        }
        for (name, (index, item)) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
            self.nodes(&path.then(Step::Item(*index, Some(name.clone()))), Some(item), None);
        }
    }

    /// Items without a name: those that are the same are matched, what stands between them is compared in turn.
    fn aligned(&mut self, path: &Path, old: &'a [Node], new: &'a [Node]) {
        let texts =
            |items: &[Node]| -> Vec<String> { items.iter().map(|item| item.to_json().to_string()).collect() };
        for change in capture_diff_slices(Algorithm::Myers, &texts(old), &texts(new)) {
            if matches!(change, DiffOp::Equal { .. }) {
                continue;
            }
            let (gone, come) = (change.old_range(), change.new_range());
            for offset in 0..gone.len().max(come.len()) {
                let before = gone.clone().nth(offset);
                let after = come.clone().nth(offset);
                let Some(index) = after.or(before) else { continue };
                let item = path.then(Step::Item(index, None));
                let node = |items: &'a [Node], index: Option<usize>| index.and_then(|index| items.get(index));
                self.nodes(&item, node(old, before), node(new, after));
            }
        }
    }
}

fn is_composite(node: &Node) -> bool {
    matches!(node.value, Value::Mapping(_) | Value::Sequence(_))
}
