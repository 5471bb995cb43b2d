//! Fields that keep their value once the server has seen it.

use serde_json::Value as Json;

use super::Both;
use crate::change::same_or_absent;
use crate::check::{Findings, Raised};
use crate::landscape::Object;
use crate::syntax::{Node, Value};

/// How long a field keeps its value.
#[derive(Clone, Copy)]
pub(super) enum Keeps {
    /// From the beginning.
    Always,
    /// From when it was set.
    OnceSet,
    /// It may change, and not vanish.
    Present,
    /// As long as it is written: the server fills it in otherwise.
    Written,
    /// From the beginning; when it is left out later on, the server keeps it.
    LeftOut,
}

/// A field of a table of such fields.
#[derive(Clone, Copy)]
pub(super) struct Field {
    keeps: Keeps,
    /// The way to what must be there on both sides: where it comes or goes, so may the field.
    within: &'static [&'static str],
    /// The way from there.
    way: &'static [&'static str],
    /// What a person calls it.
    what: &'static str,
    /// What it is when it is left out, as JSON; empty for nothing.
    default: &'static str,
}

impl Field {
    /// A field that keeps its value.
    pub(super) const fn new(keeps: Keeps, way: &'static [&'static str], what: &'static str) -> Self {
        Self { keeps, within: &[], way, what, default: "" }
    }

    /// The same, only while something above it is there on both sides.
    pub(super) const fn within(self, within: &'static [&'static str]) -> Self {
        Self { within, ..self }
    }

    /// The same, with the value it has when it is left out, as JSON.
    pub(super) const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    /// The same, kept in another way.
    pub(super) const fn kept(self, keeps: Keeps) -> Self {
        Self { keeps, ..self }
    }

    /// A finding when it does not keep its value.
    pub(super) fn judge<'f>(
        &self,
        object: Both<&Object>,
        root: Both<&Node>,
        findings: &'f mut Findings,
    ) -> Option<Raised<'f>> {
        let root = root.map(|root| root.at(self.within)).transpose()?;
        let kept = Kept { object, root, way: self.way };
        let means = |node: Option<&Node>| match node {
            Some(node) if !is_nothing(Some(node)) => node.to_json().to_string(),
            _ => self.default.to_owned(),
        };
        let defaulted = !self.default.is_empty() && {
            let Both { before, after } = kept.values().map(means);
            before == after
        };
        if defaulted { None } else { kept.judge(self.keeps, self.what, findings) }
    }
}

/// A field, as it is on both sides.
pub(super) struct Kept<'a> {
    /// The object it is in.
    pub(super) object: Both<&'a Object>,
    /// What the way starts from on either side.
    pub(super) root: Both<&'a Node>,
    /// The way to it.
    pub(super) way: &'a [&'a str],
}

impl<'a> Kept<'a> {
    /// Its values.
    pub(super) fn values(&self) -> Both<Option<&'a Node>> {
        self.root.map(|root| root.at(self.way))
    }

    /// A finding when it does not keep its value as long as it should.
    pub(super) fn judge<'f>(
        &self,
        keeps: Keeps,
        what: &str,
        findings: &'f mut Findings,
    ) -> Option<Raised<'f>> {
        let Both { before, after } = self.values();
        let differs = !same(before, after);
        let refused = match keeps {
            Keeps::Always => differs,
            Keeps::OnceSet => before.is_some() && differs,
            Keeps::Present => is_there(before) && !is_there(after),
            Keeps::Written => before.is_some() && after.is_some() && differs,
            Keeps::LeftOut => !is_nothing(after) && differs,
        };
        refused.then(|| self.raise(what, findings))
    }

    /// A finding at the value, or where it would stand, that shows what it was.
    pub(super) fn raise<'f>(&self, what: &str, findings: &'f mut Findings) -> Raised<'f> {
        let Both { before, after } = self.values();
        let object = self.object.after;
        let raised = match after {
            Some(node) if is_there(after) => findings.at(object, node, format!("{what} cannot be changed")),
            _ => findings.lacking(object, self.root.after, self.way, format!("{what} cannot be removed")),
        };
        match before {
            Some(before) => raised.related(before, "as it is in the base"),
            None => raised,
        }
    }
}

/// Whether there is a value; an empty list is none.
fn is_there(node: Option<&Node>) -> bool {
    node.is_some_and(|node| !node.is_sequence() || !node.items().is_empty())
}

/// Whether two values are the same to the server, which does not tell nothing from a value that is empty.
fn same(before: Option<&Node>, after: Option<&Node>) -> bool {
    let filled = |node: Option<&Node>| node.map(|node| without_empty_members(node.to_json()));
    same_or_absent(before, after)
        || is_nothing(before) && is_nothing(after)
        || filled(before) == filled(after)
}

/// A value without the texts and lists in it that are empty. An empty mapping stays, as it may stand for a choice.
fn without_empty_members(value: Json) -> Json {
    let is_empty = |value: &Json| match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    };
    match value {
        Json::Object(members) => {
            let filled = members.into_iter().filter(|(_, value)| !is_empty(value));
            filled.map(|(name, value)| (name, without_empty_members(value))).collect()
        }
        Json::Array(items) => items.into_iter().map(without_empty_members).collect(),
        other => other,
    }
}

fn is_nothing(node: Option<&Node>) -> bool {
    node.is_none_or(|node| match &node.value {
        Value::Mapping(mapping) => mapping.entries().is_empty(),
        Value::Sequence(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    })
}
