//! Repetitions: what a list holds twice where Gardener takes it once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use super::{Findings, Raised};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::Text;

/// An entry of a list that an earlier one repeats.
pub(super) const DUPLICATE_ENTRY: Code = Code::error("L363", "duplicate-entry");

/// Each item whose key an earlier one has, after the first with that key.
pub(super) fn repetitions<K: Eq + Hash, T: Copy>(
    items: impl IntoIterator<Item = (K, T)>,
) -> impl Iterator<Item = (T, T)> {
    let mut seen = HashMap::new();
    items.into_iter().filter_map(move |(key, item)| match seen.entry(key) {
        Entry::Occupied(first) => Some((*first.get(), item)),
        Entry::Vacant(free) => {
            free.insert(item);
            None
        }
    })
}

/// Reports the items of a list whose `key` says what that of an earlier one says.
pub(super) fn of_field(object: &Object, list: &Node, key: &str, what: &str, findings: &mut Findings) {
    let named = list.items().iter().filter_map(|item| item.get(key)).filter_map(Text::of);
    of_texts(object, named, what, findings);
}

/// Reports the texts that repeat an earlier one.
pub(super) fn of_texts<'a>(
    object: &Object,
    texts: impl Iterator<Item = Text<'a>>,
    what: &str,
    findings: &mut Findings,
) {
    for (first, again) in repetitions(texts.map(|text| (text.as_str(), text))) {
        report(object, first.node, again.node, &format!("{what} `{again}`"), findings);
    }
}

/// Reports that something is listed a second time.
pub(super) fn report<'f>(
    object: &Object,
    first: &Node,
    again: &Node,
    what: &str,
    findings: &'f mut Findings,
) -> Raised<'f> {
    findings
        .at(object, again, format!("the {what} is listed twice"))
        .related(first, "it is listed here first")
        .why("Gardener's API server takes each only once")
        .help("remove one of the two, or correct what they have in common")
}
