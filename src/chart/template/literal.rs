//! The literals of Go: what is between quotes, and numbers.

use std::fmt::Write;

/// The text that the inside of a Go string literal in double or single quotes stands for.
///
/// Nothing when it is malformed, or when its bytes are no text.
pub(super) fn unescape(body: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let code = match rest.next()? {
            'x' => {
                bytes.push(u8::try_from(digits(&mut rest, None, 2, 16)?).ok()?);
                continue;
            }
            octal @ '0'..='7' => {
                bytes.push(u8::try_from(digits(&mut rest, Some(octal), 2, 8)?).ok()?);
                continue;
            }
            'u' => digits(&mut rest, None, 4, 16)?,
            'U' => digits(&mut rest, None, 8, 16)?,
            other => u32::from(simple_escape(other)?),
        };
        bytes.extend(char::from_u32(code)?.encode_utf8(&mut [0; 4]).bytes());
    }
    String::from_utf8(bytes).ok()
}

/// The number that so many digits, after a first one, stand for.
fn digits(rest: &mut std::str::Chars<'_>, first: Option<char>, count: usize, radix: u32) -> Option<u32> {
    let text: String = first.into_iter().chain(rest.by_ref().take(count)).collect();
    u32::from_str_radix(&text, radix).ok().filter(|_| !text.starts_with('+'))
}

fn simple_escape(c: char) -> Option<char> {
    Some(match c {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' | '"' | '\'' => c,
        _ => return None,
    })
}

/// An integer as Go's `ParseInt` reads it with base 0.
pub(super) fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    let digits = digits.replace('_', "");
    let magnitude =
        if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(&digits, radix).ok() }?;
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// A decimal float.
pub(super) fn float(text: &str) -> Option<f64> {
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    let shaped = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E' | '_'));
    let value: f64 = if numeric && shaped { text.replace('_', "").parse().ok()? } else { return None };
    value.is_finite().then_some(value)
}

/// A text as `%q` quotes it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        quote_char(c, '"', &mut quoted);
    }
    quoted.push('"');
    quoted
}

/// A character as `%q` writes it inside these quotes.
pub(super) fn quote_char(c: char, delimiter: char, into: &mut String) {
    match c {
        '\\' => into.push_str("\\\\"),
        _ if c == delimiter => into.extend(['\\', c]),
        '\u{7}' => into.push_str("\\a"),
        '\u{8}' => into.push_str("\\b"),
        '\u{c}' => into.push_str("\\f"),
        '\n' => into.push_str("\\n"),
        '\r' => into.push_str("\\r"),
        '\t' => into.push_str("\\t"),
        '\u{b}' => into.push_str("\\v"),
        _ if is_printable(c) => into.push(c),
        _ => {
            let code = u32::from(c);
            let written = match c {
                '\0'..='\u{7f}' => write!(into, "\\x{code:02x}"),
                '\u{80}'..='\u{ffff}' => write!(into, "\\u{code:04x}"),
                _ => write!(into, "\\U{code:08x}"),
            };
            written.expect("a string takes every write");
        }
    }
}

/// Whether Go takes a character for printable: letters, marks, numbers, punctuation, symbols and the ASCII space.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}' | '\u{ad}' => false,
        // Format characters, separators and the private use areas, which Rust's own escapes name.
        _ => !c.is_control() && !c.is_whitespace() && c.escape_debug().len() == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        assert_eq!(unescape(r#"a\n\t\"\x41\101\u00e9\\"#).as_deref(), Some("a\n\t\"AA\u{e9}\\"));
        assert_eq!(unescape(r"\q"), None);
        assert_eq!(unescape(r"\xff"), None);
        assert_eq!(
            quote("a\u{e9}\n\u{1}\u{feff}\"\\\u{1f600}"),
            "\"a\u{e9}\\n\\x01\\ufeff\\\"\\\\\u{1f600}\""
        );
    }

    #[test]
    fn numbers_are_those_of_go() {
        assert_eq!(integer("0x1F"), Some(31));
        assert_eq!(integer("-017"), Some(-15));
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!(integer("08"), None);
        assert_eq!(float("1e3"), Some(1000.0));
        assert_eq!(float("nan"), None);
    }
}
