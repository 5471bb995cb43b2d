//! JSON as Go's `encoding/json` writes and reads it.

use std::fmt::Write;

use serde_json::Value as Json;

use super::fault::Fault;
use super::number;
use super::value::{Entries, Kind, Map, Value};

/// One line; `for_html` escapes what a browser would stumble over, as Go does unless it is told otherwise.
pub(super) fn write(value: &Value, for_html: bool) -> Result<String, Fault> {
    let mut writer = Writer { out: String::new(), for_html, indent: None };
    writer.value(value, 0)?;
    Ok(writer.out)
}

/// Two spaces a level.
pub(super) fn write_indented(value: &Value) -> Result<String, Fault> {
    let mut writer = Writer { out: String::new(), for_html: true, indent: Some("  ") };
    writer.value(value, 0)?;
    Ok(writer.out)
}

/// Reads a text; nothing when it is no JSON. Numbers are floats.
pub(super) fn read(text: &str) -> Option<Value> {
    serde_json::from_str::<Json>(text).ok().map(|json| from_json(&json))
}

/// A value of JSON, its numbers as floats.
pub(super) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::text(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect()),
        Json::Object(members) => {
            let entries = members.iter().map(|(key, value)| (key.as_str().into(), from_json(value)));
            Value::Map(Map::new(entries.collect::<Entries>()))
        }
    }
}

/// The same value for those who take JSON.
pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Missing | Value::Nil | Value::Bytes(_) | Value::Unknown(_) => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) | Value::Int64(number) => (*number).into(),
        Value::Float(number) => whole(*number).map_or_else(|| (*number).into(), Json::from),
        Value::Text(text) => (**text).into(),
        Value::List(list) => list.values().iter().map(to_json).collect(),
        Value::Map(map) => {
            map.entries().iter().map(|(key, value)| (key.to_string(), to_json(value))).collect()
        }
    }
}

fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so the conversion is exact")]
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

struct Writer {
    out: String,
    for_html: bool,
    indent: Option<&'static str>,
}

impl Writer {
    fn value(&mut self, value: &Value, level: usize) -> Result<(), Fault> {
        match value {
            Value::Missing | Value::Nil => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Int(number) | Value::Int64(number) => self.out.push_str(&number.to_string()),
            Value::Float(number) => {
                let text = number::json(*number);
                self.out.push_str(&text.ok_or_else(|| Fault::new("JSON has no infinite numbers"))?);
            }
            Value::Text(text) => self.text(text),
            Value::Bytes(bytes) => {
                use base64::Engine;
                self.text(&base64::engine::general_purpose::STANDARD.encode(bytes));
            }
            Value::List(list) => {
                let items = list.values();
                self.group(['[', ']'], items.len(), level, |writer, index| {
                    items.get(index).map_or(Ok(()), |item| writer.value(item, level + 1))
                })?;
            }
            Value::Unknown(why) => return Err(Fault::unknown(&**why)),
            Value::Map(map) => {
                if !map.kind().is_printed_as_map() || map.kind() == Kind::Struct {
                    return Err(Fault::new("a struct of Helm is written, which no manifest needs"));
                }
                let entries: Vec<_> = map.entries().into_iter().collect();
                self.group(['{', '}'], entries.len(), level, |writer, index| {
                    let Some((key, value)) = entries.get(index) else {
                        return Ok(());
                    };
                    writer.text(key);
                    writer.out.push_str(if writer.indent.is_some() { ": " } else { ":" });
                    writer.value(value, level + 1)
                })?;
            }
        }
        Ok(())
    }

    fn group(
        &mut self,
        [open, close]: [char; 2],
        count: usize,
        level: usize,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.out.push(open);
        for index in 0..count {
            if index > 0 {
                self.out.push(',');
            }
            self.break_line(level + 1);
            item(self, index)?;
        }
        if count > 0 {
            self.break_line(level);
        }
        self.out.push(close);
        Ok(())
    }

    fn break_line(&mut self, level: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.push_str(&indent.repeat(level));
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<' | '>' | '&' if !self.for_html => self.out.push(c),
                '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    write!(self.out, "\\u{:04x}", u32::from(c)).expect("a string takes every write");
                }
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}
