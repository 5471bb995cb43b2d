//! Fields that keep their value once the server has seen it.

use super::Both;
use crate::change::same_or_absent;
use crate::check::{Findings, Raised};
use crate::landscape::Object;
use crate::syntax::Node;

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

    /// A finding when the value differs, or is not there on one side alone.
    pub(super) fn always<'f>(&self, what: &str, findings: &'f mut Findings) -> Option<Raised<'f>> {
        let Both { before, after } = self.values();
        (!same_or_absent(before, after)).then(|| self.raise(what, findings))
    }

    /// A finding when the value differs from one that was there, or is gone.
    pub(super) fn once_set<'f>(&self, what: &str, findings: &'f mut Findings) -> Option<Raised<'f>> {
        let Both { before, after } = self.values();
        (before.is_some() && !same_or_absent(before, after)).then(|| self.raise(what, findings))
    }

    /// A finding when the value was there and is gone.
    pub(super) fn present<'f>(&self, what: &str, findings: &'f mut Findings) -> Option<Raised<'f>> {
        let Both { before, after } = self.values();
        (before.is_some() && after.is_none()).then(|| self.raise(what, findings))
    }

    /// A finding at the value, or where it would stand, that shows what it was.
    pub(super) fn raise<'f>(&self, what: &str, findings: &'f mut Findings) -> Raised<'f> {
        let Both { before, after } = self.values();
        let object = self.object.after;
        let raised = match after {
            Some(node) => findings.at(object, node, format!("{what} cannot be changed")),
            None => findings.lacking(object, self.root.after, self.way, format!("{what} cannot be removed")),
        };
        match before {
            Some(before) => raised.related(before, "as it is in the base"),
            None => raised,
        }
    }
}
