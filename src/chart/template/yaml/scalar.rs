//! How go-yaml writes one scalar: plain, quoted or as a block.
//!
//! upstream: go-yaml v2, encode.go and emitterc.go

use crate::syntax::{Plain, Value as Resolved, resolve};

/// The styles of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Whether a plain text would be read as something else than a string.
pub(super) fn is_special(text: &str) -> bool {
    let string = matches!(resolve(text), Plain::Value(Resolved::String(_)));
    !string || is_timestamp(text) || is_base_60(text)
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`, a float to YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut count = 0;
    let sixties = parts.all(|part| {
        count += 1;
        match part.as_bytes() {
            [digit] => digit.is_ascii_digit(),
            [tens, digit] => (b'0'..=b'5').contains(tens) && digit.is_ascii_digit(),
            _ => false,
        }
    });
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && sixties
        && count > 0
        && digits(fraction)
}

/// A date, alone or with a time, as go-yaml reads one.
fn is_timestamp(text: &str) -> bool {
    let Some((date, rest)) = split_date(text) else {
        return false;
    };
    date && (rest.is_empty() || is_time(rest))
}

/// `2006-1-2` at the beginning, whether it is a day, and what follows.
fn split_date(text: &str) -> Option<(bool, &str)> {
    let year = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let mut rest = text.get(4..)?.strip_prefix('-')?;
    let month = leading_number(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let day = leading_number(&mut rest)?;
    let leap = year.parse::<u32>().is_ok_and(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    Some(((1..=12).contains(&month) && (1..=days).contains(&day), rest))
}

/// One or two digits at the beginning, which are taken.
fn leading_number(rest: &mut &str) -> Option<u32> {
    let length = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (digits, tail) = rest.split_at(length);
    *rest = tail;
    digits.parse().ok()
}

/// `T15:4:5.9Z`, `t15:4:5+07:00` or ` 15:4:5`.
fn is_time(text: &str) -> bool {
    let zoned = text.starts_with(['T', 't']);
    let Some(mut rest) = text.strip_prefix(['T', 't', ' ']) else {
        return false;
    };
    let mut below = |limit: u32, separator: &str| {
        let number = leading_number(&mut rest);
        let found = rest.strip_prefix(separator);
        rest = found.unwrap_or(rest);
        number.is_some_and(|number| number < limit) && found.is_some()
    };
    if !(below(24, ":") && below(60, ":") && below(60, "")) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return false;
        }
        rest = fraction.get(digits..).unwrap_or_default();
    }
    match (zoned, rest.as_bytes()) {
        (false, zone) => zone.is_empty(),
        (true, b"Z") => true,
        (true, [b'+' | b'-', h1, h2, b':', m1, m2]) => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
        }
        (true, _) => false,
    }
}

/// The style a text gets where it stands.
pub(super) fn style(text: &str, is_key: bool) -> Style {
    let shape = Shape::of(text);
    if text.contains('\n') {
        return if shape.block && !is_key { Style::Literal } else { Style::DoubleQuoted };
    }
    if is_special(text) {
        return Style::DoubleQuoted;
    }
    if shape.plain {
        Style::Plain
    } else if shape.single_quoted {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// The styles that the characters of a text allow.
struct Shape {
    plain: bool,
    single_quoted: bool,
    block: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let spaces_at_edge = text.starts_with(' ') || text.ends_with(' ');
        let breaks_at_edge = text.starts_with(is_break) || text.ends_with(is_break);
        let special = !text.chars().all(is_printable);
        let mut previous = '\0';
        let (mut break_space, mut space_break) = (false, false);
        for c in text.chars() {
            break_space |= c == ' ' && is_break(previous);
            space_break |= is_break(c) && previous == ' ';
            previous = c;
        }
        let unquotable = space_break || special;
        let multiline = text.contains(is_break);
        Self {
            plain: !(spaces_at_edge
                || breaks_at_edge
                || break_space
                || unquotable
                || multiline
                || has_indicators(text)),
            single_quoted: !(break_space || unquotable),
            block: !(text.ends_with(' ') || unquotable),
        }
    }
}

/// Characters that mean something to YAML where they stand.
fn has_indicators(text: &str) -> bool {
    let mut preceded_by_space = true;
    let mut rest = text.chars().peekable();
    let mut first = true;
    while let Some(c) = rest.next() {
        let followed_by_space = rest.peek().is_none_or(|next| matches!(next, ' ' | '\t') || is_break(*next));
        let found = match c {
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`'
                if first =>
            {
                true
            }
            '?' | '-' if first => followed_by_space,
            ':' => followed_by_space,
            '#' => preceded_by_space,
            _ => false,
        };
        if found {
            return true;
        }
        preceded_by_space = matches!(c, ' ' | '\t') || is_break(c);
        first = false;
    }
    false
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether go-yaml writes a character as it is: none above the basic plane.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_as_something_else_is_special() {
        for text in
            ["", "~", "yes", "0777", "1e3", "2026-11-21", "2026-1-2T3:4:5Z", "12:30:45", ".inf", "0x1F"]
        {
            assert!(is_special(text), "{text}");
        }
        for text in ["a", "1.2.3", "2026-13-01", "1:99", "12:30 h", "v1", "-", "1e999x"] {
            assert!(!is_special(text), "{text}");
        }
    }

    #[test]
    fn the_style_is_the_plainest_that_reads_back() {
        assert_eq!(style("a: b", false), Style::SingleQuoted);
        assert_eq!(style("a:b", false), Style::Plain);
        assert_eq!(style("- a", false), Style::SingleQuoted);
        assert_eq!(style("true", false), Style::DoubleQuoted);
        assert_eq!(style("a\nb", false), Style::Literal);
        assert_eq!(style("a\nb", true), Style::DoubleQuoted);
        assert_eq!(style("a \nb", false), Style::DoubleQuoted);
        assert_eq!(style("\u{1f600}", false), Style::DoubleQuoted);
        assert_eq!(style("\ta", false), Style::DoubleQuoted);
    }
}
