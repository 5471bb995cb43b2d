//! Values of fields, before and after: on one line, or as a difference of lines.

use std::mem::discriminant;
use std::ops::Range;

use serde::Serialize;
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::cli::output::printable::{printable, shortened};
use crate::review::{ReviewedField, Shown};
use crate::source::{SourceMap, Span};
use crate::syntax::{Node, emit};

/// Characters of a name; no real one is as long.
const NAME_LIMIT: usize = 1_000;
/// Characters of a message.
const SENTENCE_LIMIT: usize = 4_000;
/// Characters of a value that stands beside the one it takes the place of.
const INLINE_LIMIT: usize = 160;
/// Characters of one line of a difference; past it nobody reads a page, and `--format json` has the rest.
const LINE_LIMIT: usize = 2_000;
/// Lines of a difference, with those around it.
const DIFFERENCE_LIMIT: usize = 500;
/// Lines that stand open.
const OPEN_LINES: usize = 16;
/// Characters of lines that stand open.
const OPEN_CHARACTERS: usize = 2_400;
/// Equal lines around a difference.
const CONTEXT: usize = 3;
/// Pairs of lines that are compared at most; texts beyond that count as altogether new.
const PAIR_LIMIT: usize = 1_000_000;

/// A field that differs.
#[derive(Serialize)]
pub(super) struct Field {
    /// As a person names it.
    named: String,
    /// As the server does, when that is another way.
    path: Option<String>,
    before: Option<Inline>,
    after: Option<Inline>,
    lines: Option<Lines>,
}

/// A value on one line.
#[derive(Serialize)]
struct Inline {
    text: String,
    hidden: bool,
}

/// A value on many lines, as what differs in it.
#[derive(Serialize)]
struct Lines {
    open: bool,
    added: usize,
    removed: usize,
    shown: Vec<Line>,
    /// Lines that did not fit.
    more: usize,
}

#[derive(Serialize)]
struct Line {
    sign: Sign,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Sign {
    Same,
    Added,
    Removed,
    /// Stands for lines that are left out.
    Gap,
}

/// A name or a path, made safe to look at.
pub(super) fn text(name: &str) -> String {
    shortened(name, NAME_LIMIT).into_owned()
}

/// A message, made safe to look at.
pub(super) fn sentence(message: &str) -> String {
    shortened(message, SENTENCE_LIMIT).into_owned()
}

impl Field {
    pub(super) fn of(field: &ReviewedField) -> Self {
        let exact = match (&field.before, &field.after) {
            (Shown::Value(before), Shown::Value(after)) => discriminant(before) != discriminant(after),
            _ => false,
        };
        let [before, after] = [&field.before, &field.after].map(|shown| Written::of(shown, exact));
        let path = (field.path != field.named).then(|| text(&field.path));
        let named = text(&field.named);
        let on_one_line = [&before, &after].into_iter().flatten().all(Written::is_short);
        if on_one_line {
            let [before, after] = [before, after].map(|written| written.map(Inline::of));
            Self { named, path, before, after, lines: None }
        } else {
            let [before, after] = [&before, &after].map(|written| written.as_ref().map_or("", Written::text));
            Self { named, path, before: None, after: None, lines: Some(Lines::of(before, after)) }
        }
    }
}

/// A value as text.
enum Written {
    Hidden,
    Text(String),
}

impl Written {
    /// `exact` tells a string from a number that is spelled alike.
    fn of(shown: &Shown, exact: bool) -> Option<Self> {
        match shown {
            Shown::Absent => None,
            Shown::Hidden => Some(Self::Hidden),
            Shown::Value(value) => Some(Self::Text(spelled(value, exact))),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Hidden => "(hidden)",
            Self::Text(text) => text,
        }
    }

    fn is_short(&self) -> bool {
        let text = self.text();
        !text.contains('\n') && text.chars().nth(INLINE_LIMIT).is_none()
    }
}

/// A string as it is where nobody can mistake it, a list or an object as YAML, all else as JSON.
fn spelled(value: &Value, exact: bool) -> String {
    match value {
        Value::String(text) if text.contains('\n') => text.clone(),
        Value::String(text) if !exact && !text.is_empty() && text.trim() == text => text.clone(),
        Value::Array(items) if !items.is_empty() => yaml(value),
        Value::Object(entries) if !entries.is_empty() => yaml(value),
        value => value.to_string(),
    }
}

fn yaml(value: &Value) -> String {
    // The tree asks for a place, which its text does not show.
    let file = SourceMap::default().add(String::new(), "".into());
    emit(&Node::from_json(value, Span::new(file, 0, 0))).trim_end_matches('\n').to_owned()
}

impl Inline {
    fn of(written: Written) -> Self {
        match written {
            Written::Hidden => Self { text: "hidden".to_owned(), hidden: true },
            Written::Text(text) => Self { text: printable(&text).into_owned(), hidden: false },
        }
    }
}

impl Lines {
    fn of(before: &str, after: &str) -> Self {
        // The line break at the end of both is no line.
        let is_whole = [before, after].iter().all(|text| text.is_empty() || text.ends_with('\n'));
        let [old, new] =
            [before, after].map(|text| lines(text.strip_suffix('\n').filter(|_| is_whole).unwrap_or(text)));
        let mut all = Vec::new();
        let mut reached = 0;
        for group in group_diff_ops(differences(&old, &new), CONTEXT) {
            let begin = group.first().map_or(reached, |first| first.old_range().start);
            all.extend(Line::gap(begin - reached));
            for operation in group {
                reached = operation.old_range().end;
                match operation {
                    DiffOp::Equal { old_index, len, .. } => {
                        all.extend(Line::all(Sign::Same, &old, old_index..old_index + len));
                    }
                    _ => {
                        all.extend(Line::all(Sign::Removed, &old, operation.old_range()));
                        all.extend(Line::all(Sign::Added, &new, operation.new_range()));
                    }
                }
            }
        }
        all.extend(Line::gap(old.len() - reached));
        let count = |sign| all.iter().filter(|line| line.sign == sign).count();
        let (added, removed) = (count(Sign::Added), count(Sign::Removed));
        let more = all.len().saturating_sub(DIFFERENCE_LIMIT);
        all.truncate(DIFFERENCE_LIMIT);
        let characters: usize = all.iter().map(|line| line.text.len()).sum();
        let open = all.len() <= OPEN_LINES && characters <= OPEN_CHARACTERS;
        Self { open, added, removed, shown: all, more }
    }
}

impl Line {
    fn all(sign: Sign, lines: &[&str], range: Range<usize>) -> impl Iterator<Item = Self> {
        let lines = lines.get(range).unwrap_or_default().iter();
        lines.map(move |line| Self { sign, text: shortened(line, LINE_LIMIT).into_owned() })
    }

    fn gap(count: usize) -> Option<Self> {
        let text = match count {
            0 => return None,
            1 => "1 line as it was".to_owned(),
            count => format!("{count} lines as they were"),
        };
        Some(Self { sign: Sign::Gap, text })
    }
}

/// The lines of a text; a value that is not there has none.
fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('\n').collect() }
}

/// What differs between two texts, in time that does not grow with the square of their length.
fn differences(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let prefix = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let rest = old.iter().rev().zip(new.iter().rev());
    let shorter = old.len().min(new.len()) - prefix;
    let suffix = rest.take(shorter).take_while(|(one, other)| one == other).count();
    let (old_len, new_len) = (old.len() - prefix - suffix, new.len() - prefix - suffix);
    if old_len * new_len <= PAIR_LIMIT {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    vec![
        DiffOp::Equal { old_index: 0, new_index: 0, len: prefix },
        DiffOp::Replace { old_index: prefix, old_len, new_index: prefix, new_len },
        DiffOp::Equal { old_index: prefix + old_len, new_index: prefix + new_len, len: suffix },
    ]
}
