//! Letters: case, and what is written for a browser.
//!
//! upstream: Masterminds/goutils and huandu/xstrings; Go, src/text/template/funcs.go

use std::fmt::Write;

use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("upper", 1, 1, |call| mapped(call, |text| text.to_uppercase())),
    function("lower", 1, 1, |call| mapped(call, |text| text.to_lowercase())),
    function("title", 1, 1, |call| mapped(call, title)),
    function("untitle", 1, 1, |call| mapped(call, untitle)),
    function("nospace", 1, 1, |call| mapped(call, |text| text.split_whitespace().collect())),
    function("initials", 1, 1, |call| {
        mapped(call, |text| text.split_whitespace().filter_map(|word| word.chars().next()).collect())
    }),
    function("swapcase", 1, 1, |call| mapped(call, swap_case)),
    function("snakecase", 1, 1, |call| delimited(call, '_')),
    function("kebabcase", 1, 1, |call| delimited(call, '-')),
    function("camelcase", 1, 1, camel_case),
    function("html", 0, MANY, |call| escaped(call, escape_html)),
    function("js", 0, MANY, |call| escaped(call, escape_js)),
    function("urlquery", 0, MANY, |call| escaped(call, escape_query)),
];

fn mapped(call: &mut Call<'_>, change: fn(&str) -> String) -> Result<Value, Fault> {
    let text = call.text(0)?;
    call.returns(change(&text))
}

/// Go's `strings.Title`: a letter that follows no letter, digit, underscore or quote is raised.
fn title(text: &str) -> String {
    let mut previous = ' ';
    text.chars()
        .flat_map(|c| {
            let starts = is_separator(previous);
            previous = c;
            if starts { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

fn is_separator(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
}

fn untitle(text: &str) -> String {
    let mut starts = true;
    text.chars()
        .flat_map(|c| {
            let lowered = starts && !c.is_whitespace();
            starts = c.is_whitespace();
            if lowered { c.to_lowercase().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

fn swap_case(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_uppercase() {
                c.to_lowercase().collect::<Vec<_>>()
            } else if c.is_lowercase() {
                c.to_uppercase().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// A name whose words are parted by one character. Only where that is plain: xstrings has rules for the rest.
fn delimited(call: &mut Call<'_>, delimiter: char) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let mut name = String::with_capacity(text.len() + 8);
    let letters: Vec<char> = text.chars().collect();
    for (index, c) in letters.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|index| letters.get(index));
        match c {
            ' ' | '_' | '-' => name.push(delimiter),
            'A'..='Z' => {
                match previous {
                    Some('a'..='z') => name.push(delimiter),
                    None | Some(' ' | '_' | '-') => {}
                    Some(_) => return call.fault("a name whose words this renderer does not tell apart"),
                }
                name.push(c.to_ascii_lowercase());
            }
            'a'..='z' => name.push(*c),
            '0'..='9' if previous.is_some_and(char::is_ascii_digit) => name.push(*c),
            _ => return call.fault("a name whose words this renderer does not tell apart"),
        }
    }
    call.returns(name)
}

fn camel_case(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let plain =
        text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | ' '));
    if !plain || text.starts_with(['-', '_', ' ']) || text.ends_with(['-', '_', ' ']) {
        return call.fault("a name whose words this renderer does not tell apart");
    }
    let words = text.split(['-', '_', ' ']);
    let raised = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    call.returns(raised.collect::<String>())
}

fn escaped(call: &mut Call<'_>, escape: fn(char, &mut String)) -> Result<Value, Fault> {
    for value in call.arguments.clone() {
        call.walk(&value)?;
    }
    let text = super::super::print::sprint(&call.arguments)?;
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        escape(c, &mut escaped);
    }
    call.returns(escaped)
}

fn escape_html(c: char, into: &mut String) {
    match c {
        '\0' => into.push('\u{fffd}'),
        '"' => into.push_str("&#34;"),
        '\'' => into.push_str("&#39;"),
        '&' => into.push_str("&amp;"),
        '<' => into.push_str("&lt;"),
        '>' => into.push_str("&gt;"),
        _ => into.push(c),
    }
}

fn escape_js(c: char, into: &mut String) {
    match c {
        '\\' => into.push_str("\\\\"),
        '\'' => into.push_str("\\'"),
        '"' => into.push_str("\\\""),
        '<' => into.push_str("\\u003C"),
        '>' => into.push_str("\\u003E"),
        '&' => into.push_str("\\u0026"),
        '=' => into.push_str("\\u003D"),
        '\0'..='\u{1f}' => {
            write!(into, "\\u{:04X}", u32::from(c)).expect("a string takes every write");
        }
        _ => into.push(c),
    }
}

fn escape_query(c: char, into: &mut String) {
    match c {
        ' ' => into.push('+'),
        'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' | '~' => into.push(c),
        _ => into.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}"))),
    }
}
