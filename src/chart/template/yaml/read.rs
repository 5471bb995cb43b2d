//! YAML -> values, as lenient as Helm: of two equal keys the last one counts, and numbers are floats.
//!
//! upstream: sigs.k8s.io/yaml, Unmarshal; go-yaml v2, decode.go

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StrInput, Tag};

use super::super::fault::Fault;
use super::super::number;
use super::super::value::{Entries, Map, Value};
use crate::syntax::{Plain, Value as Resolved, resolve};

/// Lists and mappings inside each other.
const NESTING_LIMIT: usize = 100;
/// Values that the aliases of one text may add.
const ALIAS_LIMIT: usize = 100_000;
/// Lines of one text that may be indented too little.
const RETRY_LIMIT: usize = 50;

/// A text that is no YAML, and the line where that shows.
#[derive(Debug)]
pub(in super::super) struct Unreadable {
    pub(in super::super) line: usize,
    pub(in super::super) what: String,
    /// Whether a quoted scalar goes on too far left.
    needs_indent: bool,
}

/// What `fromYaml` reads: the first document of a text.
pub(in super::super) fn read(text: &str) -> Result<Value, Fault> {
    // The text of an error would become part of the manifest, and it is go-yaml's.
    first(text).map_err(|Unreadable { line, what, .. }| {
        Fault::new(format!("what is to be read is no YAML in line {line}: {what}"))
    })
}

/// The first document of a text; nothing when there is none.
pub(in super::super) fn first(text: &str) -> Result<Value, Unreadable> {
    leniently(text, |reader| Ok(reader.document()?.unwrap_or(Value::Missing)))
}

/// All documents of a text.
pub(in super::super) fn documents(text: &str) -> Result<Vec<Value>, Unreadable> {
    leniently(text, |reader| std::iter::from_fn(|| reader.document().transpose()).collect())
}

/// Reads a text in which quoted scalars may go on at any indentation, as go-yaml does and YAML 1.2 does not.
///
/// Such a line is indented further, which means the same, and the text is read once more.
fn leniently<T>(
    text: &str,
    read: impl Fn(&mut Reader<'_>) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let mut result = read(&mut Reader::new(text));
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..RETRY_LIMIT {
        let Err(Unreadable { line, needs_indent: true, .. }) = &result else {
            break;
        };
        if lines.is_empty() {
            lines = text.split_inclusive('\n').map(str::to_owned).collect();
        }
        if let Some(line) = line.checked_sub(1).and_then(|index| lines.get_mut(index)) {
            line.insert_str(0, &" ".repeat(NESTING_LIMIT * 8));
        }
        result = read(&mut Reader::new(&lines.concat()));
    }
    result
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    line: usize,
    anchors: HashMap<usize, (Value, usize)>,
    expanded: usize,
}

/// A list or mapping whose end has not been seen yet.
struct Open {
    anchor: usize,
    /// Values in it so far, those below included.
    count: usize,
    content: Content,
}

enum Content {
    List(Vec<Value>),
    /// The entries, those that `<<` brings in, and the key that waits for its value.
    Map(Entries, Entries, Option<Key>),
}

enum Key {
    Name(String),
    Merge,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let options = granit_parser::options! {
            flow_nesting_limit: NESTING_LIMIT,
            block_nesting_limit: NESTING_LIMIT,
            emit_comments: false,
        };
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            line: 1,
            anchors: HashMap::new(),
            expanded: 0,
        }
    }

    fn unreadable<T>(&self, what: impl Into<String>) -> Result<T, Unreadable> {
        Err(Unreadable { line: self.line, what: what.into(), needs_indent: false })
    }

    fn document(&mut self) -> Result<Option<Value>, Unreadable> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = Value::Missing;
        while let Some(event) = self.parser.next_event() {
            let (event, span) = match event {
                Ok(found) => found,
                Err(error) => {
                    let needs_indent = matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent);
                    let (line, what) = (error.marker().line(), error.info().trim_end_matches('.').to_owned());
                    return Err(Unreadable { line, what, needs_indent });
                }
            };
            self.line = span.start.line();
            let is_empty = span.byte_range().is_some_and(|range| range.is_empty());
            let (value, anchor, count) = match event {
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart(..) => {
                    self.anchors.clear();
                    continue;
                }
                Event::DocumentEnd => return Ok(Some(root)),
                Event::Alias(anchor) => {
                    let (value, count) = self.alias(anchor)?;
                    (value, 0, count)
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let text = if style == ScalarStyle::Plain && is_empty { "" } else { &*text };
                    if self.takes_key(&mut open, text, style, tag.as_deref())? {
                        continue;
                    }
                    (self.scalar(text, style, tag.as_deref())?, anchor, 1)
                }
                Event::SequenceStart(_, anchor, _) => {
                    open.push(Open { anchor, count: 1, content: Content::List(Vec::new()) });
                    continue;
                }
                Event::MappingStart(_, anchor, _) => {
                    let content = Content::Map(Entries::new(), Entries::new(), None);
                    open.push(Open { anchor, count: 1, content });
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(closed) => (closed.content.close(), closed.anchor, closed.count),
                    None => continue,
                },
                _ => continue,
            };
            if anchor != 0 {
                self.anchors.insert(anchor, (value.clone(), count));
            }
            match open.last_mut() {
                Some(parent) => {
                    parent.count += count;
                    if let Err(what) = parent.content.place(value) {
                        return self.unreadable(what);
                    }
                }
                None => root = value,
            }
        }
        Ok(None)
    }

    fn alias(&mut self, anchor: usize) -> Result<(Value, usize), Unreadable> {
        let Some((value, count)) = self.anchors.get(&anchor) else {
            return self.unreadable("an alias inside of its own anchor");
        };
        let (value, count) = (super::super::functions::deep_copy(value), *count);
        self.expanded += count;
        if self.expanded > ALIAS_LIMIT {
            return self.unreadable(format!("aliases expand to more than {ALIAS_LIMIT} values"));
        }
        Ok((value, count))
    }

    /// Whether the scalar is a key that the innermost mapping waits for; if so it is noted there.
    fn takes_key(
        &mut self,
        open: &mut [Open],
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<bool, Unreadable> {
        let Some(Open { content: Content::Map(_, _, key @ None), .. }) = open.last_mut() else {
            return Ok(false);
        };
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let name = match (plain, resolve(text)) {
            (true, _) if text == "<<" => {
                *key = Some(Key::Merge);
                return Ok(true);
            }
            (true, Plain::Ambiguous(truth) | Plain::Value(Resolved::Bool(truth))) => truth.to_string(),
            (true, Plain::Value(Resolved::Number(float))) => float.as_i64().map_or_else(
                || number::general(float.as_f64().unwrap_or_default()),
                |whole| whole.to_string(),
            ),
            (true, Plain::Value(Resolved::Null) | Plain::NotFinite) => {
                return self.unreadable("a key that is no string");
            }
            _ => text.to_owned(),
        };
        *key = Some(Key::Name(name));
        Ok(true)
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Unreadable> {
        let core = tag.map(|tag| tag.core_suffix().unwrap_or("?"));
        Ok(match (core, style) {
            (Some("null"), _) => Value::Nil,
            (Some("binary"), _) => {
                match STANDARD.decode(text.replace(['\n', ' '], "")).map(String::from_utf8) {
                    Ok(Ok(text)) => Value::text(text),
                    _ => return self.unreadable("binary data that is no text"),
                }
            }
            (None, ScalarStyle::Plain) | (Some("int" | "bool" | "float"), _) => match resolve(text) {
                Plain::Value(Resolved::Null) => Value::Nil,
                Plain::Value(Resolved::Bool(truth)) | Plain::Ambiguous(truth) => Value::Bool(truth),
                Plain::Value(Resolved::Number(number)) => Value::Float(number.as_f64().unwrap_or_default()),
                Plain::NotFinite => return self.unreadable("a number that JSON cannot carry"),
                Plain::Value(_) => Value::text(text),
            },
            _ => Value::text(text),
        })
    }
}

impl Content {
    fn place(&mut self, value: Value) -> Result<(), &'static str> {
        match self {
            Self::List(items) => items.push(value),
            Self::Map(entries, merged, key) => match key.take() {
                Some(Key::Name(name)) => {
                    entries.insert(name.into(), value);
                }
                Some(Key::Merge) => match value {
                    Value::Map(map) => merge(merged, &map),
                    Value::List(list) => {
                        for item in list.values() {
                            match item {
                                Value::Map(map) => merge(merged, map),
                                _ => return Err("map merge requires map or sequence of maps as the value"),
                            }
                        }
                    }
                    _ => return Err("map merge requires map or sequence of maps as the value"),
                },
                None => return Err("a key that is no string"),
            },
        }
        Ok(())
    }

    fn close(self) -> Value {
        match self {
            Self::List(items) => Value::list(items),
            Self::Map(entries, mut merged, _) => {
                merged.extend(entries);
                Value::Map(Map::new(merged))
            }
        }
    }
}

/// Of several mappings, the first that has a key gives its value.
fn merge(merged: &mut Entries, map: &Map) {
    for (key, value) in map.entries() {
        merged.entry(key).or_insert(value);
    }
}
