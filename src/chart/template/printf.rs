//! `printf`, as Go's `fmt` formats.
//!
//! upstream: Go, src/fmt/print.go and format.go

use std::iter::Peekable;
use std::str::Chars;

use super::fault::Fault;
use super::value::Value;
use super::{literal, number, print};

/// Widths and precisions above this are bad ones, in Go too.
const NUMBER_LIMIT: usize = 1_000_000;
/// Bytes that all paddings of one call may add.
const PADDING_LIMIT: usize = 1 << 20;

/// A directive: `%` with its flags, up to its verb.
#[derive(Clone, Default)]
struct Directive {
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Formats the arguments.
pub(super) fn format(format: &str, arguments: &[Value]) -> Result<String, Fault> {
    let mut out = String::with_capacity(format.len());
    let mut rest = format.chars().peekable();
    let mut taken = 0;
    let mut padded = 0_usize;
    let mut reordered = false;
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut directive = Directive { flags: flags(&mut rest), ..Directive::default() };
        reordered |= position(&mut rest, &mut taken, arguments.len())?;
        directive.width = size(&mut rest, arguments, &mut taken)?;
        if rest.next_if_eq(&'.').is_some() {
            directive.precision = Some(size(&mut rest, arguments, &mut taken)?.unwrap_or_default());
        }
        reordered |= position(&mut rest, &mut taken, arguments.len())?;
        padded += directive.width.unwrap_or_default() + directive.precision.unwrap_or_default();
        if padded > PADDING_LIMIT {
            return Err(Fault::new("printf: more padding than any manifest needs"));
        }
        match rest.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => match arguments.get(taken) {
                None => out.extend(["%!", verb.encode_utf8(&mut [0; 4]), "(MISSING)"]),
                Some(argument) => {
                    taken += 1;
                    out.push_str(&directive.write(verb, argument)?);
                }
            },
        }
    }
    if !reordered && taken < arguments.len() {
        let extra = arguments.iter().skip(taken).map(|value| match value {
            Value::Missing | Value::Nil => Ok("<nil>".to_owned()),
            value => Ok(format!("{}={}", value.type_name(), print::display(value)?)),
        });
        out.extend(["%!(EXTRA ", &extra.collect::<Result<Vec<_>, Fault>>()?.join(", "), ")"]);
    }
    Ok(out)
}

fn flags(rest: &mut Peekable<Chars<'_>>) -> String {
    std::iter::from_fn(|| rest.next_if(|c| matches!(c, '-' | '+' | '#' | ' ' | '0'))).collect()
}

/// `[2]`: which argument comes next.
fn position(rest: &mut Peekable<Chars<'_>>, taken: &mut usize, count: usize) -> Result<bool, Fault> {
    if rest.next_if_eq(&'[').is_none() {
        return Ok(false);
    }
    let digits: String = std::iter::from_fn(|| rest.next_if(|c| *c != ']')).collect();
    rest.next();
    let position = digits.parse::<usize>().ok().filter(|position| (1..=count).contains(position));
    *taken = position.ok_or_else(|| Fault::new("printf: a bad argument index"))? - 1;
    Ok(true)
}

/// A width or a precision: digits, or `*` for the next argument.
fn size(
    rest: &mut Peekable<Chars<'_>>,
    arguments: &[Value],
    taken: &mut usize,
) -> Result<Option<usize>, Fault> {
    let bad = || Fault::new("printf: a bad width or precision");
    if rest.next_if_eq(&'*').is_some() {
        let Some(Value::Int(size) | Value::Int64(size)) = arguments.get(*taken) else {
            return Err(bad());
        };
        *taken += 1;
        let size = usize::try_from(*size).ok().filter(|size| *size <= NUMBER_LIMIT);
        return size.map(Some).ok_or_else(bad);
    }
    let digits: String = std::iter::from_fn(|| rest.next_if(char::is_ascii_digit)).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    let size = digits.parse().ok().filter(|size| *size <= NUMBER_LIMIT);
    size.map(Some).ok_or_else(bad)
}

impl Directive {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    fn write(&self, verb: char, value: &Value) -> Result<String, Fault> {
        if verb == 'T' {
            return Ok(self.pad(value.type_name(), false));
        }
        if verb == 'v'
            && (self.has('#') || self.has('+'))
            && !matches!(value, Value::Int(_) | Value::Int64(_))
        {
            return Err(Fault::new("printf: `%+v` and `%#v` are for programmers"));
        }
        Ok(match value {
            Value::Missing | Value::Nil if verb == 'v' => self.pad("<nil>", false),
            Value::Missing | Value::Nil => format!("%!{verb}(<nil>)"),
            Value::List(list) => {
                let items: Vec<String> = list
                    .values()
                    .iter()
                    .map(|item| self.write_inner(verb, item))
                    .collect::<Result<_, _>>()?;
                format!("[{}]", items.join(" "))
            }
            Value::Map(map) if map.kind().is_printed_as_map() => {
                let entries = map.entries();
                let pairs = entries.iter().map(|(key, value)| {
                    let key = self.write_inner(verb, &Value::Text(key.clone()))?;
                    Ok(format!("{key}:{}", self.write_inner(verb, value)?))
                });
                format!("map[{}]", pairs.collect::<Result<Vec<_>, Fault>>()?.join(" "))
            }
            Value::Map(_) | Value::Bytes(_) if matches!(verb, 'v' | 's') => {
                let text = match value {
                    Value::Bytes(bytes) if verb == 's' => String::from_utf8(bytes.to_vec())
                        .map_err(|_| Fault::new("printf: the bytes are no UTF-8 text"))?,
                    other => print::display(other)?,
                };
                self.pad(&text, false)
            }
            Value::Bool(truth) if matches!(verb, 'v' | 't') => {
                self.pad(if *truth { "true" } else { "false" }, false)
            }
            Value::Int(number) | Value::Int64(number) => match self.integer(verb, *number) {
                Some(text) => text,
                None => bad_verb(verb, value)?,
            },
            Value::Float(number) => match self.float(verb, *number) {
                Some(text) => text,
                None => bad_verb(verb, value)?,
            },
            Value::Text(text) => match self.text(verb, text) {
                Some(text) => text,
                None => bad_verb(verb, value)?,
            },
            _ => bad_verb(verb, value)?,
        })
    }

    /// An item of a list or a mapping: a nil there is no fault.
    fn write_inner(&self, verb: char, value: &Value) -> Result<String, Fault> {
        if value.is_nil() { Ok(self.pad("<nil>", false)) } else { self.write(verb, value) }
    }

    /// Fills up to the width; zeros go between the sign and the digits.
    fn pad(&self, text: &str, numeric: bool) -> String {
        let missing = self.width.unwrap_or_default().saturating_sub(text.chars().count());
        if missing == 0 {
            return text.to_owned();
        }
        if self.has('-') {
            return text.to_owned() + &" ".repeat(missing);
        }
        if self.has('0') && numeric {
            let sign = usize::from(text.starts_with(['+', '-', ' ']));
            let (sign, digits) = text.split_at(sign);
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        // Go pads texts with zeros as well, when it is told to.
        let filler = if self.has('0') { "0" } else { " " };
        filler.repeat(missing) + text
    }

    fn signed(&self, negative: bool, magnitude: &str) -> String {
        let sign = match (negative, self.has('+'), self.has(' ')) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        sign.to_owned() + magnitude
    }

    fn integer(&self, verb: char, number: i64) -> Option<String> {
        let magnitude = number.unsigned_abs();
        let character = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
        let digits = match (verb, self.has('#')) {
            ('d' | 'v', _) => magnitude.to_string(),
            ('b', false) => format!("{magnitude:b}"),
            ('b', true) => format!("{magnitude:#b}"),
            ('o', false) => format!("{magnitude:o}"),
            ('o', true) => format!("0{magnitude:o}"),
            ('O', _) => format!("{magnitude:#o}"),
            ('x', false) => format!("{magnitude:x}"),
            ('x', true) => format!("{magnitude:#x}"),
            ('X', false) => format!("{magnitude:X}"),
            ('X', true) => format!("0X{magnitude:X}"),
            ('c', _) => return Some(self.pad(&character().to_string(), false)),
            ('q', _) => {
                let mut quoted = String::from("'");
                literal::quote_char(character(), '\'', &mut quoted);
                return Some(self.pad(&(quoted + "'"), false));
            }
            ('U', _) => return Some(self.pad(&format!("U+{number:04X}"), false)),
            _ => return None,
        };
        let least = self.precision.unwrap_or_default();
        let digits = format!("{digits:0>least$}");
        let text = self.signed(number < 0, &digits);
        // A precision says how many digits there are; zeros then fill no width.
        let flags = if self.precision.is_some() { self.flags.replace('0', "") } else { self.flags.clone() };
        Some(Self { flags, ..self.clone() }.pad(&text, true))
    }

    fn float(&self, verb: char, value: f64) -> Option<String> {
        let magnitude = value.abs();
        let digits = match (verb, self.precision) {
            ('v' | 'g', None) => number::general(magnitude),
            ('v' | 'g', Some(precision)) => number::significant(magnitude, precision),
            ('G', None) => number::general(magnitude).to_uppercase(),
            ('G', Some(precision)) => number::significant(magnitude, precision).to_uppercase(),
            ('e', precision) => number::scientific(magnitude, precision.unwrap_or(6)),
            ('E', precision) => number::scientific(magnitude, precision.unwrap_or(6)).to_uppercase(),
            ('f' | 'F', precision) => number::fixed(magnitude, precision.unwrap_or(6)),
            _ => return None,
        };
        Some(self.pad(&self.signed(value.is_sign_negative(), &digits), true))
    }

    fn text(&self, verb: char, text: &str) -> Option<String> {
        let cut: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let separator = if self.has(' ') { " " } else { "" };
        let hex = |upper: bool| {
            let bytes =
                cut.bytes().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
            bytes.collect::<Vec<_>>().join(separator)
        };
        Some(match verb {
            's' | 'v' => self.pad(&cut, false),
            'q' if self.has('#') && !cut.contains('`') => self.pad(&format!("`{cut}`"), false),
            'q' => self.pad(&literal::quote(&cut), false),
            'x' => self.pad(&hex(false), false),
            'X' => self.pad(&hex(true), false),
            _ => return None,
        })
    }
}

fn bad_verb(verb: char, value: &Value) -> Result<String, Fault> {
    Ok(format!("%!{verb}({}={})", value.type_name(), print::display(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::text(text)
    }

    /// Each line was written by Go.
    #[test]
    fn directives_write_what_go_writes() {
        let list = Value::list(vec![text("a"), Value::Int(1), Value::Nil, Value::Float(2.5)]);
        let cases: [(&str, Vec<Value>, &str); 14] = [
            ("%d|%s", vec![Value::Float(1.5), Value::Int(3)], "%!d(float64=1.5)|%!s(int=3)"),
            ("%5d|%-5d|%05d|%+d", vec![Value::Int(42); 4], "   42|42   |00042|+42"),
            ("%q %v", vec![text("a\u{e9}\n"), list.clone()], "\"a\u{e9}\\n\" [a 1 <nil> 2.5]"),
            ("%d", vec![list.clone()], "[%!d(string=a) 1 <nil> %!d(float64=2.5)]"),
            ("%q", vec![list], "[\"a\" '\\x01' <nil> %!q(float64=2.5)]"),
            ("%s %d %z", vec![Value::Missing, text("x")], "%!s(<nil>) %!d(string=x) %!z(MISSING)"),
            ("%s", vec![text("a"), text("b"), Value::Float(2.0)], "a%!(EXTRA string=b, float64=2)"),
            (
                "%10s|%-10s|%.2s|%5t",
                vec![text("abc"), text("abc"), text("abc"), Value::Bool(true)],
                "       abc|abc       |ab| true",
            ),
            ("%[2]d %[1]d", vec![Value::Int(1), Value::Int(2)], "2 1"),
            (
                "%x|% x|%x",
                vec![text("hello"), text("hello"), Value::Int(-255)],
                "68656c6c6f|68 65 6c 6c 6f|-ff",
            ),
            ("%6.2f|%08.3f|%e", vec![Value::Float(1.5); 3], "  1.50|0001.500|1.500000e+00"),
            ("%*d%%", vec![Value::Int(5), Value::Int(3)], "    3%"),
            (
                "%c|%U|%#x|%o",
                vec![Value::Int(65), Value::Int(65), Value::Int(255), Value::Int(8)],
                "A|U+0041|0xff|10",
            ),
            ("%v %s", vec![Value::Float(1_000_000.0), Value::Bool(true)], "1e+06 %!s(bool=true)"),
        ];
        for (template, arguments, expected) in cases {
            assert_eq!(format(template, &arguments).expect("formats"), expected, "{template}");
        }
    }
}
