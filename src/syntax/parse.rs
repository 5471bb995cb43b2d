//! Events -> trees, with every limit a hostile file could try.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ecow::{EcoString, EcoVec};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag};

use super::fault;
use super::scalar::{Plain, resolve};
use super::tree::{Entry, Key, Mapping, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Mappings and lists inside each other; far above any Kubernetes object, far below the stack.
const NESTING_LIMIT: usize = 100;
/// Nodes that the aliases of one file may add.
const ALIAS_LIMIT: usize = 100_000;
/// From this many keys on, duplicates are looked up in a set.
const WIDE_MAPPING: usize = 24;

/// One document of a file: its tree and the bytes it was written in.
pub(super) struct Parsed {
    pub(super) root: Node,
    pub(super) span: Span,
}

/// Parses all documents of a file; a broken one is reported and the next is tried.
pub(super) fn parse_file(file: FileId, text: &str, findings: &mut Vec<Diagnostic>) -> Vec<Parsed> {
    let options = granit_parser::options! {
        flow_nesting_limit: NESTING_LIMIT,
        block_nesting_limit: NESTING_LIMIT,
        emit_comments: false,
    };
    let mut builder = Builder { file, text, findings, anchors: HashMap::new(), expanded: 0, faulty: false };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut documents = Vec::new();
    loop {
        match builder.document(&mut parser) {
            Ok(Some(document)) => documents.extend(document),
            Ok(None) => return documents,
            Err(error) => {
                builder.fault(fault::syntax_error(&error, file, text, NESTING_LIMIT));
                if !parser.proceed_next_document().unwrap_or(false) {
                    return documents;
                }
            }
        }
    }
}

type Events<'a> = Parser<'a, StrInput<'a>>;

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    findings: &'a mut Vec<Diagnostic>,
    anchors: HashMap<usize, Anchored>,
    /// Nodes that aliases have added so far in this file.
    expanded: usize,
    /// Whether the document at hand holds a fault that makes its tree unusable.
    faulty: bool,
}

/// A value that aliases may repeat.
struct Anchored {
    node: Node,
    /// Nodes that one alias adds.
    count: usize,
    /// Lists and mappings inside each other.
    depth: usize,
}

/// A list or mapping whose end has not been seen yet.
struct Open {
    anchor: usize,
    range: Range<usize>,
    flow: bool,
    content: Content,
}

enum Content {
    Sequence(EcoVec<Node>),
    Mapping {
        entries: Vec<Entry>,
        key: Option<Option<Key>>,
        merges: Vec<Node>,
        /// Where each key was set first; filled from [`WIDE_MAPPING`] keys on.
        names: HashMap<EcoString, Span>,
    },
}

impl<'a> Builder<'a> {
    /// The next document; an inner nothing stands for one that is empty or faulty.
    fn document(&mut self, parser: &mut Events<'a>) -> Result<Option<Option<Parsed>>, ScanError> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        let mut start = 0;
        while let Some(event) = parser.next_event() {
            let (event, span) = event?;
            let range = span.byte_range().unwrap_or_default();
            let complete = match event {
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart(..) => {
                    start = range.start;
                    self.anchors.clear();
                    self.faulty = false;
                    None
                }
                Event::DocumentEnd => {
                    let root = root.take().filter(|root: &Node| !self.faulty && root.value != Value::Null);
                    let span = Span::new(self.file, start, range.end);
                    return Ok(Some(root.map(|root| Parsed { root, span })));
                }
                Event::Alias(anchor) => Some((self.alias(anchor, range, open.len()), 0)),
                Event::Scalar(text, style, anchor, tag) => {
                    if self.takes_key(&mut open, &text, style, &range) {
                        continue;
                    }
                    Some((self.scalar(&text, style, tag.as_deref(), range), anchor))
                }
                Event::SequenceStart(style, anchor, tag) => {
                    self.collection_tag(tag.as_deref(), "seq", &range);
                    open.push(Open::new(anchor, range, style, Content::Sequence(EcoVec::new())));
                    None
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.collection_tag(tag.as_deref(), "map", &range);
                    open.push(Open::new(anchor, range, style, Content::mapping()));
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => open.pop().map(|closed| {
                    let anchor = closed.anchor;
                    (self.close(closed, &range), anchor)
                }),
                _ => None,
            };
            if let Some((node, anchor)) = complete {
                if anchor != 0 {
                    let (count, depth) = (node.count(), node.depth());
                    let node = node.clone();
                    self.anchors.insert(anchor, Anchored { node, count, depth });
                }
                self.place(&mut open, &mut root, node);
            }
        }
        Ok(None)
    }

    /// Puts a complete node where it belongs: into the innermost open collection, or at the root.
    fn place(&mut self, open: &mut [Open], root: &mut Option<Node>, node: Node) {
        match open.last_mut().map(|open| &mut open.content) {
            None => *root = Some(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping { entries, key, merges, names }) => match key.take() {
                Some(None) => merges.push(node),
                Some(Some(key)) => {
                    let first = if entries.len() < WIDE_MAPPING {
                        let known = entries.iter().find(|entry| entry.key.name == key.name);
                        known.map(|entry| entry.key.span)
                    } else {
                        if names.is_empty() {
                            let known = entries.iter().map(|entry| (entry.key.name.clone(), entry.key.span));
                            names.extend(known);
                        }
                        names.get(&key.name).copied()
                    };
                    if let Some(first) = first {
                        self.fault(fault::duplicate_key(&key, first));
                    } else {
                        if !names.is_empty() {
                            names.insert(key.name.clone(), key.span);
                        }
                        entries.push(Entry { key, value: node });
                    }
                }
                None => {
                    let message = format!("{} stands where a key belongs", node.type_name());
                    self.fault(fault::key_not_a_string(message, node.span));
                    *key = Some(Some(Key { name: EcoString::new(), span: node.span }));
                }
            },
        }
    }

    /// Whether the scalar is the key of the innermost open mapping; if so it is noted there.
    fn takes_key(&mut self, open: &mut [Open], text: &str, style: ScalarStyle, range: &Range<usize>) -> bool {
        let Some(Open { content: Content::Mapping { key: key @ None, .. }, .. }) = open.last_mut() else {
            return false;
        };
        let span = self.span(range);
        *key = Some(match (style, resolve(text)) {
            (ScalarStyle::Plain, _) if text == "<<" => None,
            (ScalarStyle::Plain, Plain::Value(Value::String(name))) => Some(Key { name, span }),
            (ScalarStyle::Plain, Plain::Ambiguous(truth)) => {
                self.fault(fault::ambiguous_spelling(text, truth, span));
                Some(Key { name: text.into(), span })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Null) | Plain::NotFinite) => {
                let message =
                    format!("the key `{}` is no string", self.text.get(range.clone()).unwrap_or("~"));
                self.fault(fault::key_not_a_string(message, span));
                Some(Key { name: text.into(), span })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Number(number))) if number.to_string() != text => {
                let message = format!("the key `{text}` is read as the number {number}");
                self.fault(fault::key_not_a_string(message, span).help(format!("quote it: `\"{text}\"`")));
                Some(Key { name: text.into(), span })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Bool(truth))) => {
                Some(Key { name: truth.to_string().into(), span })
            }
            _ => Some(Key { name: text.into(), span }),
        });
        true
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, range: Range<usize>) -> Node {
        let span = self.span(&range);
        // The parser delivers an empty value as a `~` of no width.
        let text = if style == ScalarStyle::Plain && range.is_empty() { "" } else { text };
        let core = tag.map(|tag| tag.core_suffix().unwrap_or("?"));
        let value = match (core, style) {
            (Some("str"), _) => Value::String(text.into()),
            (Some("null"), _) => Value::Null,
            (None, ScalarStyle::Plain) | (Some("int" | "float" | "bool"), _) => match resolve(text) {
                Plain::Value(value) => value,
                Plain::Ambiguous(truth) => {
                    self.fault(fault::ambiguous_spelling(text, truth, span));
                    Value::Bool(truth)
                }
                Plain::NotFinite => {
                    self.fault(fault::not_a_json_number(text, span));
                    Value::Null
                }
            },
            (None, _) => Value::String(text.into()),
            (Some(_), _) => {
                self.fault(fault::unknown_tag(span));
                Value::String(text.into())
            }
        };
        Node::new(value, span)
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, range: &Range<usize>) {
        if tag.is_some_and(|tag| tag.core_suffix() != Some(expected)) {
            let span = self.span(range);
            self.fault(fault::unknown_tag(span));
        }
    }

    /// A copy of the anchored node with addresses of its own, as long as the limit allows.
    fn alias(&mut self, anchor: usize, range: Range<usize>, level: usize) -> Node {
        let span = self.span(&range);
        let Some(Anchored { node, count, depth }) = self.anchors.get(&anchor) else {
            self.fault(fault::alias_of_itself(span));
            return Node::new(Value::Null, span);
        };
        if level + depth > NESTING_LIMIT {
            // One alias of a chain tells of the whole chain.
            if !self.faulty {
                self.fault(fault::nested_too_deep(NESTING_LIMIT, span));
            }
            return Node::new(Value::Null, span);
        }
        if self.expanded + count > ALIAS_LIMIT {
            if self.expanded <= ALIAS_LIMIT {
                self.expanded = ALIAS_LIMIT + 1;
                self.fault(fault::alias_bomb(ALIAS_LIMIT, span));
            }
            return Node::new(Value::Null, span);
        }
        self.expanded += count;
        node.unshared()
    }

    fn close(&mut self, closed: Open, end: &Range<usize>) -> Node {
        let Open { range, flow, content, .. } = closed;
        match content {
            Content::Sequence(items) => {
                let first = items.first().map(|node| node.span);
                let span = self.extent(&range, flow, end, first, items.last().map(|node| node.span));
                Node::new(Value::Sequence(items), span)
            }
            Content::Mapping { entries, merges, .. } => {
                let first = entries.first().map(|entry| entry.key.span);
                let last = entries.last().map(|entry| entry.key.span.to(entry.value.span));
                let span = self.extent(&range, flow, end, first, last);
                let mapping = self.merge(entries, &merges);
                Node::new(Value::Mapping(mapping), span)
            }
        }
    }

    /// Block collections have no delimiters: theirs are the first and the last child.
    fn extent(
        &self,
        start: &Range<usize>,
        flow: bool,
        end: &Range<usize>,
        first: Option<Span>,
        last: Option<Span>,
    ) -> Span {
        match (flow, first, last) {
            (false, Some(first), Some(last)) => {
                let begin = (first.start as usize).min(start.start);
                Span::new(self.file, begin, last.end as usize)
            }
            _ => Span::new(self.file, start.start, end.end),
        }
    }

    /// `<<`: the merged keys come in where the mapping does not set them itself; an earlier mapping wins.
    fn merge(&mut self, mut entries: Vec<Entry>, merges: &[Node]) -> Mapping {
        if merges.is_empty() {
            return Mapping::new(entries);
        }
        let mut names: HashSet<EcoString> = entries.iter().map(|entry| entry.key.name.clone()).collect();
        for merged in merges {
            let sources =
                if merged.as_mapping().is_some() { std::slice::from_ref(merged) } else { merged.items() };
            if sources.is_empty() || sources.iter().any(|source| source.as_mapping().is_none()) {
                self.fault(fault::merge_of_no_mapping(merged.type_name(), merged.span));
            }
            let added = sources.iter().flat_map(Node::entries);
            entries.extend(added.filter(|entry| names.insert(entry.key.name.clone())).cloned());
        }
        Mapping::new(entries)
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn fault(&mut self, diagnostic: Diagnostic) {
        self.faulty = true;
        self.findings.push(diagnostic);
    }
}

impl Open {
    fn new(anchor: usize, range: Range<usize>, style: StructureStyle, content: Content) -> Self {
        Self { anchor, range, flow: style == StructureStyle::Flow, content }
    }
}

impl Content {
    fn mapping() -> Self {
        Self::Mapping { entries: Vec::new(), key: None, merges: Vec::new(), names: HashMap::new() }
    }
}
