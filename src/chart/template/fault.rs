//! Why a template cannot be rendered, and where that is.

use std::rc::Rc;

/// A fault in a template, with the places it has passed on its way up.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) reason: String,
    /// Whether Helm has an answer and this renderer has none.
    pub(super) is_unknown: bool,
    /// Where it arose.
    pub(super) inner: Option<Place>,
    /// Where the outermost template stopped.
    pub(super) outer: Option<Place>,
}

/// A line of a file of templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Rc<str>,
    pub(super) line: usize,
}

impl Fault {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_unknown: false, inner: None, outer: None }
    }

    /// What Helm would answer, and nobody can foresee or this renderer does not know.
    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self { is_unknown: true, ..Self::new(reason) }
    }

    /// The same fault, seen from a line of a file.
    pub(super) fn passing(mut self, file: &Rc<str>, line: usize) -> Self {
        let place = Place { file: file.clone(), line };
        self.inner.get_or_insert_with(|| place.clone());
        self.outer = Some(place);
        self
    }
}
