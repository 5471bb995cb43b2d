//! What a rule says: where, what, why it matters and how to mend it.

use crate::diagnostic::{Code, Diagnostic, Label, Place};
use crate::landscape::Object;
use crate::source::Span;
use crate::syntax::{Node, join_path, path_segment};

/// The findings of one rule, be it about a landscape or about a change of one.
///
/// Each way to raise one decides on two things: what is underlined, and the path, which is that of upstream.
pub struct Findings {
    code: Code,
    pub(crate) found: Vec<Diagnostic>,
}

impl Findings {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, found: Vec::new() }
    }

    /// A finding at a value: that is underlined, under its own path.
    pub fn at(&mut self, object: &Object, node: &Node, message: impl Into<String>) -> Raised<'_> {
        self.at_place(object.place(node), message)
    }

    /// A finding at a value that one of its parts shows best: that one is underlined, under the path of the whole.
    pub fn about(
        &mut self,
        object: &Object,
        node: &Node,
        shown: &Node,
        message: impl Into<String>,
    ) -> Raised<'_> {
        let path = object.root.path_to(node).unwrap_or_default();
        self.named(object, shown, path, message)
    }

    /// A finding at a field of `parent` as a whole: its key is underlined, not the lines of its value;
    /// `parent` where it has none.
    pub fn at_field(
        &mut self,
        object: &Object,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        let mut place = object.place_of_missing(parent, field);
        let entry = parent.as_mapping().and_then(|mapping| mapping.entry(field));
        if let Some(entry) = entry {
            place.span = Some(entry.key.span);
        }
        self.at_place(place, message)
    }

    /// A finding for a value that is missing from `parent`, which is underlined; `field` is the path from there.
    pub fn missing(
        &mut self,
        object: &Object,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        self.at_place(object.place_of_missing(parent, field), message)
    }

    /// A finding for a value that is missing, or not good enough, below `root`: as much of the way there as exists leads
    /// to what is underlined.
    pub fn lacking(
        &mut self,
        object: &Object,
        root: &Node,
        way: &[&str],
        message: impl Into<String>,
    ) -> Raised<'_> {
        let (mut parent, mut rest) = (root, way);
        while let [name, below @ ..] = rest {
            let Some(child) = parent.get(name) else { break };
            if below.is_empty() {
                return self.at(object, child, message);
            }
            (parent, rest) = (child, below);
        }
        let field = rest.iter().fold(String::new(), |path, name| join_path(&path, &path_segment(name)));
        self.missing(object, parent, &field, message)
    }

    /// The same, only if `root` has no value there, or an empty text.
    ///
    /// Nothing is found where a value of a wrong type stands in the way: that is the fault then.
    pub fn require(
        &mut self,
        object: &Object,
        root: &Node,
        way: &[&str],
        message: impl Into<String>,
    ) -> Option<Raised<'_>> {
        let mut node = root;
        let mut lacks = false;
        for name in way {
            let Some(child) = node.get(name) else {
                node.as_mapping()?;
                lacks = true;
                break;
            };
            node = child;
        }
        (lacks || node.as_str() == Some("")).then(|| self.lacking(object, root, way, message))
    }

    /// A finding at a value whose path, as upstream names it, is another than the way to it.
    pub fn named(
        &mut self,
        object: &Object,
        node: &Node,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Raised<'_> {
        self.at_place(object.place_at(node, path.into()), message)
    }

    /// The same, where upstream names a path below `parent`, be that in an object or in a template.
    pub fn under(
        &mut self,
        object: &Object,
        node: &Node,
        parent: &Node,
        field: &str,
        message: impl Into<String>,
    ) -> Raised<'_> {
        let path = object.place_of_missing(parent, field).path;
        self.named(object, node, path, message)
    }

    /// A finding at a place that is in no object, or was worked out by itself.
    pub fn at_place(&mut self, place: impl Into<Place>, message: impl Into<String>) -> Raised<'_> {
        self.found.push(Diagnostic::new(self.code, message, place));
        Raised(self.found.last_mut().expect("pushed just now"))
    }
}

/// A finding that was raised just now, to say more about it.
pub struct Raised<'a>(&'a mut Diagnostic);

#[expect(
    clippy::return_self_not_must_use,
    reason = "the finding is kept whether or not more is said about it"
)]
impl Raised<'_> {
    /// Says how to mend it.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Says why it matters.
    pub fn why(self, why: impl Into<String>) -> Self {
        self.0.why = Some(why.into());
        self
    }

    /// Adds a place, often in another file, that explains it.
    pub fn related(self, node: &Node, text: impl Into<String>) -> Self {
        self.related_span(node.span, text)
    }

    /// Adds a place that explains it.
    pub fn related_span(self, span: Span, text: impl Into<String>) -> Self {
        self.0.related.push(Label { span, text: text.into() });
        self
    }
}
