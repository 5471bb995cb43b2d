//! Texts: quoting, cutting, printing.
//!
//! upstream: Masterminds/sprig, strings.go; Go, src/text/template/funcs.go

use super::super::value::{Entries, Kind, List, Map};
use super::super::{literal, print, printf};
use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("print", 0, MANY, sprint),
    function("println", 0, MANY, sprintln),
    function("printf", 1, MANY, sprintf),
    function("toString", 1, 1, |call| {
        let value = call.value(0);
        call.string(&value).map(Value::Text)
    }),
    function("quote", 0, MANY, quote),
    function("squote", 0, MANY, squote),
    function("cat", 0, MANY, cat),
    function("trim", 1, 1, |call| call.text(0).map(|text| Value::text(text.trim()))),
    function("trimAll", 2, 2, trim_all),
    function("trimall", 2, 2, trim_all),
    function("trimSuffix", 2, 2, |call| {
        let (suffix, text) = (call.text(0)?, call.text(1)?);
        Ok(Value::text(text.strip_suffix(&*suffix).unwrap_or(&text)))
    }),
    function("trimPrefix", 2, 2, |call| {
        let (prefix, text) = (call.text(0)?, call.text(1)?);
        Ok(Value::text(text.strip_prefix(&*prefix).unwrap_or(&text)))
    }),
    function("contains", 2, 2, |call| Ok(Value::Bool(call.text(1)?.contains(&*call.text(0)?)))),
    function("hasPrefix", 2, 2, |call| Ok(Value::Bool(call.text(1)?.starts_with(&*call.text(0)?)))),
    function("hasSuffix", 2, 2, |call| Ok(Value::Bool(call.text(1)?.ends_with(&*call.text(0)?)))),
    function("replace", 3, 3, replace),
    function("repeat", 2, 2, repeat),
    function("indent", 2, 2, |call| indent(call, "")),
    function("nindent", 2, 2, |call| indent(call, "\n")),
    function("trunc", 2, 2, trunc),
    function("substr", 3, 3, substr),
    function("abbrev", 2, 2, abbrev),
    function("splitList", 2, 2, split_list),
    function("split", 2, 2, |call| {
        let (separator, text) = (call.text(0)?, call.text(1)?);
        numbered(call, parts(&separator, &text, usize::MAX))
    }),
    function("splitn", 3, 3, split_n),
    function("plural", 3, 3, |call| Ok(call.value(usize::from(call.int(2)? != 1)))),
];

fn walk_all(call: &mut Call<'_>) -> Result<(), Fault> {
    for value in call.arguments.clone() {
        call.walk(&value)?;
    }
    Ok(())
}

fn sprint(call: &mut Call<'_>) -> Result<Value, Fault> {
    walk_all(call)?;
    let text = print::sprint(&call.arguments)?;
    call.returns(text)
}

fn sprintln(call: &mut Call<'_>) -> Result<Value, Fault> {
    walk_all(call)?;
    let texts: Vec<String> = call.arguments.iter().map(print::display).collect::<Result<_, _>>()?;
    call.returns(texts.join(" ") + "\n")
}

fn sprintf(call: &mut Call<'_>) -> Result<Value, Fault> {
    walk_all(call)?;
    let format = call.text(0)?;
    let arguments = call.arguments.split_off(1);
    let text = printf::format(&format, &arguments)?;
    call.returns(text)
}

fn quote(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut quoted = Vec::new();
    for value in std::mem::take(&mut call.arguments).iter().filter(|value| !value.is_nil()) {
        quoted.push(literal::quote(&call.string(value)?));
    }
    call.returns(quoted.join(" "))
}

fn squote(call: &mut Call<'_>) -> Result<Value, Fault> {
    walk_all(call)?;
    let values = call.arguments.iter().filter(|value| !value.is_nil());
    let quoted: Vec<String> =
        values.map(|value| Ok(format!("'{}'", print::display(value)?))).collect::<Result<_, Fault>>()?;
    call.returns(quoted.join(" "))
}

fn cat(call: &mut Call<'_>) -> Result<Value, Fault> {
    walk_all(call)?;
    let values = call.arguments.iter().filter(|value| !value.is_nil());
    let texts: Vec<String> = values.map(print::display).collect::<Result<_, _>>()?;
    call.returns(texts.join(" "))
}

fn trim_all(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (unwanted, text) = (call.text(0)?, call.text(1)?);
    Ok(Value::text(text.trim_matches(|c| unwanted.contains(c))))
}

fn replace(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (old, new, text) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let places = text.matches(&*old).count();
    call.machine.budget.bytes(places.saturating_mul(new.len()))?;
    call.returns(text.replace(&*old, &new))
}

fn repeat(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(1)?;
    let Ok(count) = usize::try_from(call.int(0)?) else {
        return call.fault("negative Repeat count");
    };
    call.machine.budget.bytes(text.len().saturating_mul(count))?;
    Ok(Value::text(text.repeat(count)))
}

fn indent(call: &mut Call<'_>, before: &str) -> Result<Value, Fault> {
    let text = call.text(1)?;
    let Ok(count) = usize::try_from(call.int(0)?) else {
        return call.fault("negative Repeat count");
    };
    let lines = text.matches('\n').count() + 1;
    call.machine.budget.bytes(lines.saturating_mul(count))?;
    let pad = " ".repeat(count);
    call.returns(format!("{before}{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

/// A part of a text by bytes; one that would cut a character in two is not guessed.
fn cut<'a>(call: &Call<'_>, text: &'a str, range: std::ops::Range<usize>) -> Result<&'a str, Fault> {
    match text.get(range.clone()) {
        Some(part) => Ok(part),
        None if range.end > text.len() || range.start > range.end => call.fault("slice bounds out of range"),
        None => call.fault("the cut goes through a character"),
    }
}

fn trunc(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (width, text) = (call.int(0)?, call.text(1)?);
    let length = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    let part = if length >= text.len() {
        &text
    } else if width < 0 {
        cut(call, &text, text.len() - length..text.len())?
    } else {
        cut(call, &text, 0..length)?
    };
    Ok(Value::text(part))
}

fn substr(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (start, end, text) = (call.int(0)?, call.int(1)?, call.text(2)?);
    let end = usize::try_from(end).ok();
    let part = match (usize::try_from(start), end) {
        (Err(_), Some(end)) => cut(call, &text, 0..end)?,
        (Err(_), None) => return call.fault("slice bounds out of range"),
        (Ok(start), Some(end)) if end <= text.len() => cut(call, &text, start..end)?,
        (Ok(start), _) => cut(call, &text, start..text.len())?,
    };
    Ok(Value::text(part))
}

fn abbrev(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (width, text) = (call.int(0)?, call.text(1)?);
    let width = usize::try_from(width).unwrap_or_default();
    if width < 4 || text.len() <= width {
        return Ok(Value::Text(text));
    }
    Ok(Value::text(format!("{}...", cut(call, &text, 0..width - 3)?)))
}

/// Go's `SplitN`: an empty separator separates every character.
fn parts<'a>(separator: &str, text: &'a str, limit: usize) -> Vec<&'a str> {
    if !separator.is_empty() {
        return text.splitn(limit, separator).collect();
    }
    let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).take(limit).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

fn split_list(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (separator, text) = (call.text(0)?, call.text(1)?);
    call.machine.budget.bytes(text.len())?;
    let parts = List::texts(parts(&separator, &text, usize::MAX));
    call.machine.budget.steps(parts.values().len())?;
    Ok(Value::List(parts))
}

fn split_n(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (separator, text) = (call.text(0)?, call.text(2)?);
    let limit = match call.int(1)? {
        0 => return numbered(call, Vec::new()),
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    numbered(call, parts(&separator, &text, limit))
}

/// The parts as `_0`, `_1` and so on.
fn numbered(call: &mut Call<'_>, parts: Vec<&str>) -> Result<Value, Fault> {
    call.machine.budget.steps(parts.len())?;
    let named = parts.into_iter().enumerate();
    let entries: Entries =
        named.map(|(index, part)| (format!("_{index}").into(), Value::text(part))).collect();
    Ok(Value::Map(Map::of(Kind::Strings, entries)))
}
