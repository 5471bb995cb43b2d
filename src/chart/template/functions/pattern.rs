//! Regular expressions, in Go's spelling.
//!
//! upstream: Masterminds/sprig, regex.go; Go, src/regexp

use regex::{NoExpand, Regex, RegexBuilder};

use super::super::value::List;
use super::{Call, Fault, Function, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("regexMatch", 2, 2, is_match),
    function("mustRegexMatch", 2, 2, is_match),
    function("regexFind", 2, 2, find),
    function("mustRegexFind", 2, 2, find),
    function("regexFindAll", 3, 3, find_all),
    function("mustRegexFindAll", 3, 3, find_all),
    function("regexReplaceAll", 3, 3, |call| replace(call, true)),
    function("mustRegexReplaceAll", 3, 3, |call| replace(call, true)),
    function("regexReplaceAllLiteral", 3, 3, |call| replace(call, false)),
    function("mustRegexReplaceAllLiteral", 3, 3, |call| replace(call, false)),
    function("regexSplit", 3, 3, split),
    function("mustRegexSplit", 3, 3, split),
    function("regexQuoteMeta", 1, 1, quote_meta),
];

/// Steps that one byte of an expression is worth, and one of the text it looks through.
const COMPILE_COST: usize = 50;
const SEARCH_COST: usize = 8;
/// Bytes of a compiled expression, which bounds the time that each byte of a text takes.
const SIZE_LIMIT: usize = 256 << 10;

/// The expression of a call, which looks through its second argument.
fn compile(call: &mut Call<'_>) -> Result<Regex, Fault> {
    let pattern = call.text(0)?;
    let cost = pattern.len() * COMPILE_COST + call.text(1)?.len() * SEARCH_COST;
    call.machine.budget.steps(cost)?;
    match RegexBuilder::new(&translate(&pattern)).size_limit(SIZE_LIMIT).build() {
        Ok(regex) => Ok(regex),
        Err(_) => call.fault(format_args!("cannot compile the regular expression `{pattern}`")),
    }
}

/// Spells an expression of Go for this crate: its classes are ASCII, and brackets do not nest in brackets.
fn translate(pattern: &str) -> String {
    let mut spelled = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('d') => spelled.push_str("[0-9]"),
                Some('D') => spelled.push_str("[^0-9]"),
                Some('w') => spelled.push_str("[0-9A-Za-z_]"),
                Some('W') => spelled.push_str("[^0-9A-Za-z_]"),
                Some('s') => spelled.push_str("[\\t\\n\\f\\r ]"),
                Some('S') => spelled.push_str("[^\\t\\n\\f\\r ]"),
                Some('b') => spelled.push_str("(?-u:\\b)"),
                Some('B') => spelled.push_str("(?-u:\\B)"),
                Some(other) => spelled.extend(['\\', other]),
                None => spelled.push('\\'),
            },
            '[' if in_class && rest.peek() != Some(&':') => spelled.push_str("\\["),
            '[' if in_class => {
                spelled.push('[');
                spelled.extend(std::iter::from_fn(|| rest.next_if(|c| *c != ']')));
                spelled.extend(rest.next());
            }
            '&' | '~' if in_class => spelled.extend(['\\', c]),
            '[' => {
                in_class = true;
                spelled.push('[');
                spelled.extend(rest.next_if_eq(&'^'));
                if rest.next_if_eq(&']').is_some() {
                    spelled.push_str("\\]");
                }
            }
            ']' => {
                in_class = false;
                spelled.push(']');
            }
            _ => spelled.push(c),
        }
    }
    spelled
}

fn is_match(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(1)?;
    Ok(Value::Bool(compile(call)?.is_match(&text)))
}

fn find(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(1)?;
    let found = compile(call)?.find(&text).map_or("", |found| found.as_str()).to_owned();
    call.returns(found)
}

/// How many matches are wanted; a negative number wants all.
fn limit(call: &Call<'_>) -> Result<usize, Fault> {
    Ok(usize::try_from(call.int(2)?).unwrap_or(usize::MAX))
}

fn find_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(1)?;
    let limit = limit(call)?;
    let regex = compile(call)?;
    call.machine.budget.bytes(text.len())?;
    let found = List::texts(regex.find_iter(&text).take(limit).map(|found| found.as_str()));
    Ok(Value::List(found))
}

fn replace(call: &mut Call<'_>, expands: bool) -> Result<Value, Fault> {
    let (text, replacement) = (call.text(1)?, call.text(2)?);
    let regex = compile(call)?;
    let matches = regex.find_iter(&text).count();
    // A reference can bring the whole text in again.
    let references = if expands { replacement.matches('$').count() * text.len() } else { 0 };
    call.machine.budget.bytes(matches.saturating_mul(replacement.len() + references))?;
    let replaced = if expands {
        regex.replace_all(&text, &*replacement)
    } else {
        regex.replace_all(&text, NoExpand(&replacement))
    };
    call.returns(&*replaced)
}

fn split(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(1)?;
    let limit = limit(call)?;
    let regex = compile(call)?;
    call.machine.budget.bytes(text.len())?;
    let mut parts: Vec<&str> = Vec::new();
    let mut begin = 0;
    for found in regex.find_iter(&text) {
        if parts.len() + 1 >= limit || limit == 0 {
            break;
        }
        // Go drops an empty match at the beginning, and one at the end.
        let is_edge = found.is_empty() && (found.start() == 0 || found.start() == text.len());
        if !is_edge {
            parts.extend(text.get(begin..found.start()));
            begin = found.end();
        }
    }
    if limit > 0 {
        parts.extend(text.get(begin..));
    }
    Ok(Value::List(List::texts(parts)))
}

fn quote_meta(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut quoted = String::new();
    for c in call.text(0)?.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    call.returns(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_go() {
        assert_eq!(translate(r"[\w.-]+\d[[:alpha:]&&a[]"), r"[[0-9A-Za-z_].-]+[0-9][[:alpha:]\&\&a\[]");
        assert!(Regex::new(&translate(r"(?i)^\b[^\s]+\B[]x]$")).is_ok());
    }
}
