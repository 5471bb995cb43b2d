//! The values of templates: what Go's `any` holds while a chart is rendered.
//!
//! Mappings are shared and can be changed through every name they have, as Go's maps: charts rely on `set` and `merge`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::fault::Fault;

/// A value as text/template sees it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// No value at all: what an empty pipeline holds.
    Missing,
    /// A nil inside an interface; asking it for a field is an error.
    Nil,
    Bool(bool),
    /// Go's `int`: literals, lengths, indices.
    Int(i64),
    /// Go's `int64`: what arithmetic yields.
    Int64(i64),
    /// Go's `float64`: every number of the values of a chart.
    Float(f64),
    Text(Rc<str>),
    /// The content of a file.
    Bytes(Rc<[u8]>),
    List(List),
    Map(Map),
    /// What nobody can foresee, and why: it may be handed on, but neither printed nor asked.
    Unknown(Rc<str>),
}

/// What Go type a mapping has: it decides on its methods and on how it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `map[string]interface {}`
    Plain,
    /// `map[string]string`
    Strings,
    /// `common.Values`
    Values,
    /// `engine.files`
    Files,
    /// A struct: it has the fields it has, and nothing writes it.
    Struct,
    /// The version of Kubernetes, printed as its field `Normalized` where nothing has touched it.
    KubeVersion,
    /// A semantic version, printed as its field `Version`.
    Version,
}

impl Kind {
    /// Whether Go prints its entries, and not something else that stands for them.
    pub(super) fn is_printed_as_map(self) -> bool {
        matches!(self, Self::Plain | Self::Strings | Self::Values | Self::Files)
    }
}

/// Entries in the order of their keys, which is the order Go ranges over them.
pub(super) type Entries = BTreeMap<Rc<str>, Value>;

/// A shared mapping.
#[derive(Clone, Debug)]
pub(super) struct Map(Rc<Table>);

#[derive(Debug)]
struct Table {
    kind: Kind,
    entries: RefCell<Entries>,
}

/// A list, which nothing changes.
#[derive(Clone, Debug)]
pub(super) struct List(Rc<Items>);

#[derive(Debug)]
struct Items {
    /// Whether these are the API versions of the cluster, which can be asked for one.
    versions: bool,
    values: Vec<Value>,
}

impl Map {
    pub(super) fn new(entries: Entries) -> Self {
        Self::of(Kind::Plain, entries)
    }

    pub(super) fn of(kind: Kind, entries: Entries) -> Self {
        Self(Rc::new(Table { kind, entries: RefCell::new(entries) }))
    }

    /// A mapping of names to values.
    pub(super) fn from_pairs<const N: usize>(kind: Kind, pairs: [(&str, Value); N]) -> Self {
        Self::of(kind, pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    pub(super) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.0.entries.borrow().get(key).cloned()
    }

    /// The mapping below a key.
    pub(super) fn table(&self, key: &str) -> Option<Map> {
        match self.get(key)? {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.entries.borrow().contains_key(key)
    }

    pub(super) fn set(&self, key: Rc<str>, value: Value) {
        self.0.entries.borrow_mut().insert(key, value);
    }

    pub(super) fn remove(&self, key: &str) {
        self.0.entries.borrow_mut().remove(key);
    }

    pub(super) fn len(&self) -> usize {
        self.0.entries.borrow().len()
    }

    /// The entries as they are now.
    pub(super) fn entries(&self) -> Entries {
        self.0.entries.borrow().clone()
    }

    pub(super) fn keys(&self) -> Vec<Rc<str>> {
        self.0.entries.borrow().keys().cloned().collect()
    }

    /// Another mapping with the same entries and the same kind.
    pub(super) fn shallow_copy(&self) -> Self {
        Self::of(self.kind(), self.entries())
    }

    /// The same mapping under another Go type, with entries of its own.
    pub(super) fn retyped(&self, kind: Kind) -> Self {
        Self::of(kind, self.entries())
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    fn drain(&self) -> Entries {
        self.0.entries.take()
    }
}

impl List {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(Rc::new(Items { versions: false, values }))
    }

    /// A list of strings.
    pub(super) fn texts<T: Into<Rc<str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::new(texts.into_iter().map(Value::text).collect())
    }

    /// The API versions of a cluster.
    pub(super) fn api_versions(versions: &[String]) -> Self {
        let values = versions.iter().map(|version| Value::text(version.as_str())).collect();
        Self(Rc::new(Items { versions: true, values }))
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.0.values
    }

    pub(super) fn is_api_versions(&self) -> bool {
        self.0.versions
    }
}

impl Value {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(values: Vec<Value>) -> Self {
        Self::List(List::new(values))
    }

    /// The value, unless it is one that nobody can foresee.
    pub(super) fn known(&self) -> Result<&Self, Fault> {
        match self {
            Self::Unknown(why) => Err(Fault::unknown(&**why)),
            _ => Ok(self),
        }
    }

    pub(super) fn is_nil(&self) -> bool {
        matches!(self, Self::Missing | Self::Nil)
    }

    /// Whether `if` takes it for true. Nobody asks this of what is unknown: see [`Value::known`].
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Missing | Self::Nil | Self::Unknown(_) => false,
            Self::Bool(truth) => *truth,
            Self::Int(number) | Self::Int64(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(list) => !list.values().is_empty(),
            Self::Map(map) => {
                matches!(map.kind(), Kind::Struct | Kind::KubeVersion | Kind::Version) || map.len() > 0
            }
        }
    }

    /// The kind as `kindOf` names it.
    pub(super) fn kind_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil | Self::Unknown(_) => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::Bytes(_) | Self::List(_) => "slice",
            Self::Map(map) => match map.kind() {
                Kind::Struct => "struct",
                Kind::KubeVersion | Kind::Version => "ptr",
                Kind::Plain | Kind::Strings | Kind::Values | Kind::Files => "map",
            },
        }
    }

    /// The type as `typeOf` names it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil => "<nil>",
            Self::Bytes(_) => "[]uint8",
            Self::List(list) if list.is_api_versions() => "common.VersionSet",
            Self::List(_) => "[]interface {}",
            Self::Map(map) => match map.kind() {
                Kind::Plain => "map[string]interface {}",
                Kind::Strings => "map[string]string",
                Kind::Values => "common.Values",
                Kind::Files => "engine.files",
                Kind::Struct => "*common.Capabilities",
                Kind::KubeVersion => "common.KubeVersion",
                Kind::Version => "*semver.Version",
            },
            _ => self.kind_name(),
        }
    }

    /// Empties every mapping below, so that one which holds itself is freed.
    pub(super) fn dismantle(self) {
        dismantle(vec![self], true);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        dismantle(self.entries.take().into_values().collect(), false);
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        dismantle(std::mem::take(&mut self.values), false);
    }
}

/// Frees values one by one: a template can nest them deeper than a stack is.
fn dismantle(mut pending: Vec<Value>, also_shared: bool) {
    while let Some(value) = pending.pop() {
        match value {
            Value::Map(map) if also_shared || Rc::strong_count(&map.0) == 1 => {
                pending.extend(map.drain().into_values());
            }
            Value::List(list) => match Rc::try_unwrap(list.0) {
                Ok(mut items) => pending.append(&mut items.values),
                Err(shared) if also_shared => pending.extend(shared.values.iter().cloned()),
                Err(_) => {}
            },
            _ => {}
        }
    }
}
