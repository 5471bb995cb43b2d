//! Events -> trees, with every limit a hostile file could try.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ecow::{EcoString, EcoVec};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag};

use super::scalar::{Plain, resolve};
use super::tree::{Entry, Key, Mapping, Node, Value, path_segment};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// Mappings and lists inside each other; far above any Kubernetes object, far below the stack.
const NESTING_LIMIT: usize = 100;
/// Nodes that the aliases of one file may add.
const ALIAS_LIMIT: usize = 100_000;
/// From this many keys on, duplicates are looked up in a set.
const WIDE_MAPPING: usize = 24;

const TAB_INDENTATION: Code = Code::error("L101", "tab-indentation");
const TRUNCATED_YAML: Code = Code::error("L102", "truncated-yaml");
const INVALID_YAML: Code = Code::error("L103", "invalid-yaml");
const DUPLICATE_KEY: Code = Code::error("L104", "duplicate-key");
const AMBIGUOUS_SPELLING: Code = Code::error("L105", "ambiguous-spelling");
const ALIAS_BOMB: Code = Code::error("L106", "alias-bomb");
const NESTED_TOO_DEEP: Code = Code::error("L107", "nested-too-deep");
const KEY_NOT_A_STRING: Code = Code::error("L108", "key-not-a-string");
const UNKNOWN_TAG: Code = Code::error("L109", "unknown-tag");
const NOT_A_JSON_NUMBER: Code = Code::error("L110", "not-a-json-number");

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
    let mut builder = Builder {
        file,
        text,
        findings,
        anchors: HashMap::new(),
        expanded: 0,
        faulty: false,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut documents = Vec::new();
    loop {
        match builder.document(&mut parser) {
            Ok(Some(document)) => documents.extend(document),
            Ok(None) => return documents,
            Err(error) => {
                builder.syntax_error(&error);
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
    anchors: HashMap<usize, (Node, usize)>,
    /// Nodes that aliases have added so far in this file.
    expanded: usize,
    /// Whether the document at hand holds a fault that makes its tree unusable.
    faulty: bool,
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
        names: HashSet<EcoString>,
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
                    let root = root
                        .take()
                        .filter(|root: &Node| !self.faulty && root.value != Value::Null);
                    let span = Span::new(self.file, start, range.end);
                    return Ok(Some(root.map(|root| Parsed { root, span })));
                }
                Event::Alias(anchor) => Some((self.alias(anchor, range), 0)),
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
                    let count = node.count();
                    self.anchors.insert(anchor, (node.clone(), count));
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
            Some(Content::Mapping {
                entries,
                key,
                merges,
                names,
            }) => match key.take() {
                Some(None) => merges.push(node),
                Some(Some(key)) => {
                    let known = if entries.len() < WIDE_MAPPING {
                        entries.iter().any(|entry| entry.key.name == key.name)
                    } else {
                        if names.is_empty() {
                            names.extend(entries.iter().map(|entry| entry.key.name.clone()));
                        }
                        names.contains(&key.name)
                    };
                    if known {
                        let first = entries
                            .iter()
                            .find(|entry| entry.key.name == key.name)
                            .map(|entry| entry.key.span);
                        self.duplicate(&key, first);
                    } else {
                        if !names.is_empty() {
                            names.insert(key.name.clone());
                        }
                        entries.push(Entry { key, value: node });
                    }
                }
                None => {
                    self.fault(
                        Diagnostic::new(
                            KEY_NOT_A_STRING,
                            format!("{} stands where a key belongs", node.type_name()),
                            node.span,
                        )
                        .help("a key of a Kubernetes object is a string; quote it"),
                    );
                    *key = Some(Some(Key {
                        name: EcoString::new(),
                        span: node.span,
                    }));
                }
            },
        }
    }

    /// Whether the scalar is the key of the innermost open mapping; if so it is noted there.
    fn takes_key(&mut self, open: &mut [Open], text: &str, style: ScalarStyle, range: &Range<usize>) -> bool {
        let Some(Open {
            content: Content::Mapping { key: key @ None, .. },
            ..
        }) = open.last_mut()
        else {
            return false;
        };
        let span = self.span(range);
        *key = Some(match (style, resolve(text)) {
            (ScalarStyle::Plain, _) if text == "<<" => None,
            (ScalarStyle::Plain, Plain::Ambiguous(truth)) => {
                self.ambiguous(text, truth, span);
                Some(Key {
                    name: text.into(),
                    span,
                })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Null) | Plain::NotFinite) => {
                let message = format!(
                    "the key `{}` is no string",
                    self.text.get(range.clone()).unwrap_or("~")
                );
                self.fault(Diagnostic::new(KEY_NOT_A_STRING, message, span).help("quote the key"));
                Some(Key {
                    name: text.into(),
                    span,
                })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Number(number))) if number.to_string() != text => {
                let message = format!("the key `{text}` is read as the number {number}");
                self.fault(
                    Diagnostic::new(KEY_NOT_A_STRING, message, span).help(format!("quote it: `\"{text}\"`")),
                );
                Some(Key {
                    name: text.into(),
                    span,
                })
            }
            (ScalarStyle::Plain, Plain::Value(Value::Bool(truth))) => Some(Key {
                name: truth.to_string().into(),
                span,
            }),
            _ => Some(Key {
                name: text.into(),
                span,
            }),
        });
        true
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, range: Range<usize>) -> Node {
        let span = self.span(&range);
        // The parser delivers an empty value as a `~` of no width.
        let text = if style == ScalarStyle::Plain && range.is_empty() {
            ""
        } else {
            text
        };
        let core = tag.map(|tag| tag.core_suffix().unwrap_or("?"));
        let value = match (core, style) {
            (Some("str"), _) => Value::String(text.into()),
            (Some("null"), _) => Value::Null,
            (None, ScalarStyle::Plain) | (Some("int" | "float" | "bool"), _) => {
                match resolve(text) {
                    Plain::Value(value) => value,
                    Plain::Ambiguous(truth) => {
                        self.ambiguous(text, truth, span);
                        Value::Bool(truth)
                    }
                    Plain::NotFinite => {
                        self.fault(
                        Diagnostic::new(NOT_A_JSON_NUMBER, format!("`{text}` is no number that JSON can carry"), span)
                            .why("Kubernetes turns YAML into JSON, which has neither infinities nor not-a-number")
                            .help("write a finite number, or quote it when a string is meant"),
                    );
                        Value::Null
                    }
                }
            }
            (None, _) => Value::String(text.into()),
            (Some(_), _) => {
                self.unknown_tag(span);
                Value::String(text.into())
            }
        };
        Node::new(value, span)
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, range: &Range<usize>) {
        if tag.is_some_and(|tag| tag.core_suffix() != Some(expected)) {
            let span = self.span(range);
            self.unknown_tag(span);
        }
    }

    /// A copy of the anchored node with addresses of its own, as long as the limit allows.
    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Node {
        let span = self.span(&range);
        let Some((node, count)) = self.anchors.get(&anchor) else {
            let message = "an alias stands inside the value of its own anchor";
            self.fault(
                Diagnostic::new(INVALID_YAML, message, span)
                    .help("a value cannot hold itself; remove the alias"),
            );
            return Node::new(Value::Null, span);
        };
        if self.expanded + count > ALIAS_LIMIT {
            if self.expanded <= ALIAS_LIMIT {
                self.expanded = ALIAS_LIMIT + 1;
                let message = format!("the aliases of this file expand to more than {ALIAS_LIMIT} values");
                self.fault(
                    Diagnostic::new(ALIAS_BOMB, message, span)
                        .why("a few lines of aliases of aliases can fill any memory")
                        .help("write the values out, or generate the objects with `kind: ForEach`"),
                );
            }
            return Node::new(Value::Null, span);
        }
        self.expanded += count;
        node.unshared()
    }

    fn close(&mut self, closed: Open, end: &Range<usize>) -> Node {
        let Open {
            range, flow, content, ..
        } = closed;
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
    fn merge(&mut self, entries: Vec<Entry>, merges: &[Node]) -> Mapping {
        let mut mapping = Mapping::new(entries);
        for merged in merges {
            let sources = if merged.as_mapping().is_some() {
                std::slice::from_ref(merged)
            } else {
                merged.items()
            };
            if sources.is_empty() || sources.iter().any(|source| source.as_mapping().is_none()) {
                let message = format!(
                    "`<<` takes a mapping or a list of mappings, not {}",
                    merged.type_name()
                );
                self.fault(
                    Diagnostic::new(INVALID_YAML, message, merged.span)
                        .help("let `<<` name the anchor of a mapping"),
                );
            }
            for entry in sources.iter().flat_map(Node::entries) {
                if mapping.entry(&entry.key.name).is_none() {
                    mapping.set(entry.key.clone(), entry.value.clone());
                }
            }
        }
        mapping
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn fault(&mut self, diagnostic: Diagnostic) {
        self.faulty = true;
        self.findings.push(diagnostic);
    }

    fn duplicate(&mut self, key: &Key, first: Option<Span>) {
        let mut finding = Diagnostic::new(
            DUPLICATE_KEY,
            format!("the key `{}` is set twice", path_segment(&key.name)),
            key.span,
        )
        .why("readers keep the last value or refuse the file; the other value is lost without a word")
        .help("remove one of the two");
        if let Some(first) = first {
            finding = finding.related(first, "first set here");
        }
        self.fault(finding);
    }

    fn ambiguous(&mut self, text: &str, truth: bool, span: Span) {
        self.fault(
            Diagnostic::new(AMBIGUOUS_SPELLING, format!("`{text}` is a boolean to Gardener and a string to Flux"), span)
                .why("kubectl and Gardener read YAML 1.1, where it is a boolean; Flux reads YAML 1.2, where it is text")
                .help(format!("write `{truth}` for the boolean, `\"{text}\"` for the text")),
        );
    }

    fn unknown_tag(&mut self, span: Span) {
        self.fault(
            Diagnostic::new(UNKNOWN_TAG, "a tag that Kubernetes does not know", span)
                .why("Kubernetes reads plain JSON values; a tag is dropped or refused")
                .help("remove the tag"),
        );
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let offset = error
            .marker()
            .byte_offset()
            .unwrap_or_default()
            .min(self.text.len());
        let at_end = self.text.get(offset..).is_none_or(|rest| rest.trim().is_empty());
        let end = self
            .text
            .get(offset..)
            .and_then(|rest| rest.chars().next())
            .map_or(offset, |c| offset + c.len_utf8());
        let span = Span::new(self.file, offset, end);
        let what = error.info();
        let what = what.trim_end_matches('.');
        let diagnostic = match error.kind() {
            ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabAtBlockScalarStart => {
                Diagnostic::new(TAB_INDENTATION, "a tab is used for indentation", span)
                    .why("YAML forbids tabs in indentation: their width is not defined")
                    .help("indent with spaces")
            }
            ErrorKind::RecursionLimitExceeded => {
                Diagnostic::new(NESTED_TOO_DEEP, format!("nested deeper than {NESTING_LIMIT} levels"), span)
                    .why("no Kubernetes object is nested this deep, and some readers crash on it")
                    .help("check the indentation from here upwards")
            }
            _ if self.indented_by_tab(offset) => Diagnostic::new(TAB_INDENTATION, "a tab is used for indentation", span)
                .why("YAML forbids tabs in indentation: their width is not defined")
                .help("indent with spaces"),
            _ if at_end => Diagnostic::new(TRUNCATED_YAML, format!("the file ends in the middle of a value: {what}"), span)
                .why("a truncated file would silently lose what came after")
                .help("close the quote, bracket or brace, or restore the missing end of the file"),
            _ => Diagnostic::new(INVALID_YAML, format!("this is no YAML: {what}"), span)
                .help("check the indentation, the colon after each key and the quotes on this line and the one above"),
        };
        self.fault(diagnostic);
    }

    /// Whether the line of this offset has a tab in its indentation.
    fn indented_by_tab(&self, offset: usize) -> bool {
        let start = self
            .text
            .get(..offset)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |newline| newline + 1);
        let line = self
            .text
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t')
    }
}

impl Open {
    fn new(anchor: usize, range: Range<usize>, style: StructureStyle, content: Content) -> Self {
        Self {
            anchor,
            range,
            flow: style == StructureStyle::Flow,
            content,
        }
    }
}

impl Content {
    fn mapping() -> Self {
        Self::Mapping {
            entries: Vec::new(),
            key: None,
            merges: Vec::new(),
            names: HashSet::new(),
        }
    }
}
