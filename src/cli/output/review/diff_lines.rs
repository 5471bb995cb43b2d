//! The two values of a field -> lines that are gone, come or stay.
//!
//! Values are written like YAML, strings as they are, and only as much is compared as anybody will read.

use std::fmt;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::cli::output::printable::shortened;
use crate::review::{ReviewedField, Shown};
use crate::source::Span;
use crate::syntax::{Node, emit};

/// What stands for a value that nobody should read.
const HIDDEN: &str = "(hidden)";
/// Lines that stay, around those that do not.
const CONTEXT: usize = 2;
/// Lines of one side that are compared; what lies beyond is counted.
const COMPARED: usize = 400;
/// Characters of a line.
const LINE_LIMIT: usize = 400;
/// Characters of a list that stands in one line.
const SHORT: usize = 60;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It was there.
    Gone,
    /// It is new.
    Come,
    /// It is as it was.
    Stays,
    /// It stands for others that are not shown.
    Left,
}

impl Sign {
    /// What stands before the line.
    fn mark(self) -> char {
        match self {
            Self::Gone => '-',
            Self::Come => '+',
            Self::Stays => ' ',
            Self::Left => '…',
        }
    }
}

/// A line, safe to print.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sign: Sign,
    text: String,
}

/// The mark and the text; nothing behind the mark of an empty line.
impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sign, &*self.text) {
            (Sign::Stays, "") => Ok(()),
            (sign, "") => write!(formatter, "{}", sign.mark()),
            (sign, text) => write!(formatter, "{} {text}", sign.mark()),
        }
    }
}

/// A value that fits in one line; nothing when it does not.
pub(super) fn one_line(shown: &Shown) -> Option<String> {
    match shown {
        Shown::Absent => Some("nothing".to_owned()),
        Shown::Hidden => Some(HIDDEN.to_owned()),
        Shown::Value(value) => scalar(value).or_else(|| flow(value)),
    }
    .filter(|text| !text.contains('\n'))
}

/// The lines of a field, at most `limit` of them, and the number of those beyond.
pub(super) fn lines(field: &ReviewedField, limit: usize) -> Vec<Line> {
    if (&field.before, &field.after) == (&Shown::Hidden, &Shown::Hidden) {
        return vec![line(Sign::Gone, HIDDEN), line(Sign::Come, HIDDEN)];
    }
    let (before, after) = (full(&field.before), full(&field.after));
    // The last line of a file ends, too; that is told where it differs.
    let ends = [&before, &after].into_iter().flatten().all(|text| text.ends_with('\n'));
    let (old, new) = (split(before.as_deref(), ends), split(after.as_deref(), ends));
    let mut lines = compared(&old, &new);
    let more = lines.len().saturating_sub(limit);
    if more > 0 {
        lines.truncate(limit);
        lines.push(left(more));
    }
    lines
}

fn split(text: Option<&str>, ends: bool) -> Vec<&str> {
    let text = text.map(|text| text.strip_suffix('\n').filter(|_| ends).unwrap_or(text));
    text.map(|text| text.split('\n').collect()).unwrap_or_default()
}

fn left(count: usize) -> Line {
    let plural = if count == 1 { "" } else { "s" };
    Line { sign: Sign::Left, text: format!("{count} more line{plural}") }
}

fn line(sign: Sign, text: &str) -> Line {
    Line { sign, text: shortened(text, LINE_LIMIT).into_owned() }
}

/// The difference: what both begin and end with is set aside first, so that only the middle costs time.
fn compared(old: &[&str], new: &[&str]) -> Vec<Line> {
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let middle = |rest: &[&str]| rest.len() - end;
    let (gone, come) = (middle(old_rest), middle(new_rest));
    let old_middle = old_rest.get(..gone.min(COMPARED)).unwrap_or_default();
    let new_middle = new_rest.get(..come.min(COMPARED)).unwrap_or_default();
    let mut lines = Vec::new();
    let before = old.get(start.saturating_sub(CONTEXT)..start).unwrap_or_default();
    lines.extend(before.iter().map(|text| line(Sign::Stays, text)));
    let operations = capture_diff_slices(Algorithm::Myers, old_middle, new_middle);
    for (index, operation) in operations.iter().enumerate() {
        let is_last = index + 1 == operations.len();
        extend(&mut lines, *operation, (old_middle, new_middle), is_last && end == 0);
    }
    let beyond = (gone - old_middle.len()) + (come - new_middle.len());
    if beyond > 0 {
        lines.push(left(beyond));
    } else {
        let after = old_rest.get(gone..).unwrap_or_default();
        lines.extend(after.iter().take(CONTEXT).map(|text| line(Sign::Stays, text)));
    }
    lines
}

fn extend(lines: &mut Vec<Line>, operation: DiffOp, (old, new): (&[&str], &[&str]), is_end: bool) {
    let of = |side: &[&str], range: std::ops::Range<usize>, sign| {
        side.get(range).unwrap_or_default().iter().map(|text| line(sign, text)).collect::<Vec<_>>()
    };
    if !matches!(operation, DiffOp::Equal { .. }) {
        lines.extend(of(old, operation.old_range(), Sign::Gone));
        lines.extend(of(new, operation.new_range(), Sign::Come));
        return;
    }
    let range = operation.old_range();
    let is_start = lines.is_empty();
    let around = |wanted: bool| if wanted { CONTEXT } else { 0 };
    let (head, tail) = (around(!is_start), around(!is_end));
    if range.len() <= head + tail + 1 {
        lines.extend(of(old, range, Sign::Stays));
        return;
    }
    lines.extend(of(old, range.start..range.start + head, Sign::Stays));
    lines.push(Line { sign: Sign::Left, text: format!("{} lines alike", range.len() - head - tail) });
    lines.extend(of(old, range.end - tail..range.end, Sign::Stays));
}

/// The text of a value, in as many lines as it has.
fn full(shown: &Shown) -> Option<String> {
    match shown {
        Shown::Absent => None,
        Shown::Hidden => Some(HIDDEN.to_owned()),
        Shown::Value(value) => Some(scalar(value).or_else(|| flow(value)).unwrap_or_else(|| yaml(value))),
    }
}

/// The text of what is no list and no mapping. A string that reads like something else has quotes.
fn scalar(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            let is_odd = text.is_empty() || (text.trim().len() != text.len() && !text.contains('\n'));
            let reads_otherwise = text.len() < LINE_LIMIT && serde_json::from_str::<Value>(text).is_ok();
            Some(if is_odd || reads_otherwise { value.to_string() } else { text.clone() })
        }
        Value::Array(_) | Value::Object(_) => None,
        plain => Some(plain.to_string()),
    }
}

/// A short list of plain values, in one line.
fn flow(value: &serde_json::Value) -> Option<String> {
    let items = value.as_array().filter(|items| items.len() <= SHORT)?;
    let mut texts = Vec::new();
    let mut length = 0;
    for item in items {
        let text = scalar(item).filter(|text| !text.contains('\n'))?;
        length += text.len();
        texts.push(text);
        if length > SHORT {
            return None;
        }
    }
    Some(format!("[{}]", texts.join(", ")))
}

fn yaml(value: &serde_json::Value) -> String {
    let mut text = emit(&Node::from_json(value, Span::default()));
    text.truncate(text.trim_end_matches('\n').len());
    text
}
