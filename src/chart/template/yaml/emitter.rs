//! Values -> YAML, byte for byte as go-yaml writes it.
//!
//! upstream: go-yaml v2, emitterc.go; `toYamlPretty` goes through go-yaml v3

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::fault::Fault;
use super::super::number;
use super::super::value::Value;
use super::order;
use super::scalar::{self, Style};

/// Longer lines of plain and quoted text are broken at a space.
const WIDTH: usize = 80;
/// A longer key is announced by `?`.
const KEY_LIMIT: usize = 128;

/// What `toYaml` writes, with its last line break. The value has an end.
pub(in super::super) fn write(value: &Value) -> Result<String, Fault> {
    Emitter::new(false).document(value)
}

/// What `toYamlPretty` writes: lists inside of mappings are indented, and no line is broken.
pub(in super::super) fn write_pretty(value: &Value) -> Result<String, Fault> {
    Emitter::new(true).document(value)
}

struct Emitter {
    out: String,
    pretty: bool,
    /// Characters on the line at hand.
    column: usize,
    indent: Option<usize>,
    /// Whether the last character was white space, as far as the next word is concerned.
    whitespace: bool,
    /// Whether there is nothing but indentation on the line.
    indention: bool,
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    Key,
    Member,
}

impl Emitter {
    fn new(pretty: bool) -> Self {
        Self { out: String::new(), pretty, column: 0, indent: None, whitespace: true, indention: true }
    }

    fn document(mut self, value: &Value) -> Result<String, Fault> {
        self.node(value, Place::Root)?;
        self.write_indent();
        Ok(self.out)
    }

    fn node(&mut self, value: &Value, place: Place) -> Result<(), Fault> {
        match value {
            Value::List(list) => self.sequence(list.values(), place)?,
            Value::Map(map) if map.kind().is_printed_as_map() => {
                self.mapping(&order::sort(map.entries().into_iter().collect()))?;
            }
            Value::Map(_) => return Err(Fault::new("a struct of Helm is written, which no manifest needs")),
            Value::Missing | Value::Nil => self.scalar("null", Style::Plain, place),
            Value::Bool(truth) => self.scalar(if *truth { "true" } else { "false" }, Style::Plain, place),
            Value::Int(number) | Value::Int64(number) => {
                self.scalar(&number.to_string(), Style::Plain, place);
            }
            Value::Float(float) => {
                // The one way takes numbers through JSON, the other does not.
                let text = if self.pretty { Some(number::general(*float)) } else { number::yaml(*float) };
                let text = text.ok_or_else(|| Fault::new("YAML that was JSON has no infinite numbers"))?;
                self.scalar(&text, Style::Plain, place);
            }
            Value::Text(text) => self.text(text, place),
            Value::Unknown(why) => return Err(Fault::unknown(&**why)),
            Value::Bytes(bytes) => self.text(&STANDARD.encode(bytes), place),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, place: Place) {
        self.scalar(text, scalar::style(text, place == Place::Key), place);
    }

    fn mapping(&mut self, entries: &[(std::rc::Rc<str>, Value)]) -> Result<(), Fault> {
        if entries.is_empty() {
            self.indicator("{}", true, false, false);
            return Ok(());
        }
        let outer = self.deeper(false);
        for (key, value) in entries {
            self.write_indent();
            if key.len() <= KEY_LIMIT && !key.contains(scalar::is_break) {
                self.text(key, Place::Key);
                self.indicator(":", false, false, false);
            } else {
                self.indicator("?", true, false, true);
                self.text(key, Place::Member);
                self.write_indent();
                self.indicator(":", true, false, true);
            }
            self.node(value, Place::Member)?;
        }
        self.indent = outer;
        Ok(())
    }

    fn sequence(&mut self, items: &[Value], place: Place) -> Result<(), Fault> {
        if items.is_empty() {
            self.indicator("[]", true, false, false);
            return Ok(());
        }
        let flush = place == Place::Member && !self.indention && !self.pretty;
        let outer = if flush { self.indent } else { self.deeper(false) };
        for item in items {
            self.write_indent();
            self.indicator("-", true, false, true);
            self.node(item, Place::Item)?;
        }
        self.indent = outer;
        Ok(())
    }

    /// Goes one level in and returns the level before; at the root only what flows has a level.
    fn deeper(&mut self, flows: bool) -> Option<usize> {
        let outer = self.indent;
        self.indent = Some(match outer {
            None if flows => 2,
            None => 0,
            Some(indent) => indent + 2,
        });
        outer
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or_default();
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, needs_space: bool, is_space: bool, is_indention: bool) {
        if needs_space && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.whitespace = is_space;
        self.indention &= is_indention;
    }

    fn scalar(&mut self, text: &str, style: Style, place: Place) {
        let outer = self.deeper(true);
        let breaks = place != Place::Key && !self.pretty;
        match style {
            Style::Plain => {
                if !self.whitespace && !text.is_empty() {
                    self.put(' ');
                }
                self.folded(text, breaks, false);
            }
            Style::SingleQuoted => {
                self.indicator("'", true, false, false);
                self.folded(text, breaks, true);
                self.indicator("'", false, false, false);
            }
            Style::DoubleQuoted => self.double_quoted(text, breaks),
            Style::Literal => self.literal(text),
        }
        if style != Style::Literal {
            self.whitespace = false;
            self.indention = false;
        }
        self.indent = outer;
    }

    /// Text that may be broken at single spaces; a quote in it is doubled.
    fn folded(&mut self, text: &str, breaks: bool, quoted: bool) {
        let characters: Vec<char> = text.chars().collect();
        let mut after_space = false;
        for (index, c) in characters.iter().enumerate() {
            let next = characters.get(index + 1);
            let inside = !quoted || index > 0 && next.is_some();
            if *c == ' ' {
                if breaks && !after_space && self.column > WIDTH && inside && next != Some(&' ') {
                    self.write_indent();
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                if quoted && *c == '\'' {
                    self.put('\'');
                }
                self.put(*c);
                self.indention = false;
                after_space = false;
            }
        }
    }

    fn double_quoted(&mut self, text: &str, breaks: bool) {
        self.indicator("\"", true, false, false);
        let characters: Vec<char> = text.chars().collect();
        let mut after_space = false;
        for (index, c) in characters.iter().enumerate() {
            let next = characters.get(index + 1);
            if !scalar::is_printable(*c) || scalar::is_break(*c) || matches!(c, '"' | '\\') {
                escape(*c).chars().for_each(|c| self.put(c));
                after_space = false;
            } else if *c == ' ' {
                if breaks && !after_space && self.column > WIDTH && index > 0 && next.is_some() {
                    self.write_indent();
                    if next == Some(&' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                self.put(*c);
                after_space = false;
            }
        }
        self.indicator("\"", false, false, false);
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        if text.starts_with([' ', '\n']) {
            self.indicator("2", false, false, false);
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(scalar::is_break), ends.next()) {
            (false, _) => self.indicator("-", false, false, false),
            (true, None) => self.indicator("+", false, false, false),
            (true, Some(before)) if scalar::is_break(before) => self.indicator("+", false, false, false),
            (true, Some(_)) => {}
        }
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut starts_line = true;
        for c in text.chars() {
            if scalar::is_break(c) {
                if c == '\n' {
                    self.line_break();
                } else {
                    self.out.push(c);
                    self.column = 0;
                }
                self.indention = true;
                starts_line = true;
            } else {
                if starts_line {
                    self.write_indent();
                }
                self.put(c);
                self.indention = false;
                starts_line = false;
            }
        }
    }
}

fn escape(c: char) -> String {
    let named = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => return escape_by_number(u32::from(c)),
    };
    format!("\\{named}")
}

fn escape_by_number(code: u32) -> String {
    let mut text = String::new();
    let written = match code {
        0..=0xff => write!(text, "\\x{code:02X}"),
        0x100..=0xffff => write!(text, "\\u{code:04X}"),
        _ => write!(text, "\\U{code:08X}"),
    };
    written.expect("a string takes every write");
    text
}
