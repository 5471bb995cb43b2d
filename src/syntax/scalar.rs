//! What a plain scalar means to `sigs.k8s.io/yaml`, the reader behind kubectl and Gardener's API server.
//!
//! That reader follows YAML 1.1 with some Go in it: `0777` is octal, `1_000` is a thousand, `yes` is true. Flux reads
//! `yes` as a string, so the spellings on which the two differ are reported instead of resolved.

use ecow::EcoString;
use serde_json::Number;

use super::tree::Value;

/// What a plain scalar resolves to.
#[derive(Debug, PartialEq)]
pub(crate) enum Plain {
    /// A value both readers agree on.
    Value(Value),
    /// A boolean to Gardener, a string to Flux.
    Ambiguous(bool),
    /// An infinity or not-a-number, which JSON cannot carry.
    NotFinite,
}

/// Resolves the text of a plain scalar.
pub(crate) fn resolve(text: &str) -> Plain {
    let string = || Plain::Value(Value::String(EcoString::from(text)));
    let Some(first) = text.bytes().next() else {
        return Plain::Value(Value::Null);
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            word(text).unwrap_or_else(string)
        }
        b'.' => special(text).or_else(|| float(text).map(number)).unwrap_or_else(string),
        b'+' | b'-' | b'0'..=b'9' => {
            special(text).or_else(|| numeric(&text.replace('_', "")).map(number)).unwrap_or_else(string)
        }
        _ => string(),
    }
}

fn number(number: Number) -> Plain {
    Plain::Value(Value::Number(number))
}

fn word(text: &str) -> Option<Plain> {
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Plain::Value(Value::Null),
        "true" | "True" | "TRUE" => Plain::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => Plain::Value(Value::Bool(false)),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Plain::Ambiguous(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Plain::Ambiguous(false),
        _ => return None,
    })
}

fn special(text: &str) -> Option<Plain> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let infinite = matches!(unsigned, ".inf" | ".Inf" | ".INF");
    (infinite || matches!(text, ".nan" | ".NaN" | ".NAN")).then_some(Plain::NotFinite)
}

/// Go's `ParseInt` with base 0, then a decimal fraction.
fn numeric(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    let signs_end_here = !digits.starts_with(['+', '-']);
    let magnitude = signs_end_here.then(|| u64::from_str_radix(digits, base).ok()).flatten();
    match magnitude {
        Some(magnitude) if !negative => Some(magnitude.into()),
        Some(magnitude) => 0_i64.checked_sub_unsigned(magnitude).map(Number::from).or_else(|| decimal(text)),
        None => decimal(text),
    }
}

/// `[-+]? ( .digits | digits [. digits*] ) [ e [-+]? digits ]`, as go-yaml spells its floats.
fn decimal(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shaped = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let scaled = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    (shaped && scaled).then(|| float(text)).flatten()
}

/// A finite float; a whole one that fits becomes an integer, as it does on the way through JSON.
fn float(text: &str) -> Option<Number> {
    let starts_like_a_number = text.bytes().any(|byte| byte.is_ascii_digit());
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite() && starts_like_a_number)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so the conversion is exact")]
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        return Some((value as i64).into());
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match resolve(text) {
            Plain::Value(Value::Null) => "null".to_owned(),
            Plain::Value(Value::Bool(truth)) => truth.to_string(),
            Plain::Value(Value::Number(number)) => number.to_string(),
            Plain::Value(Value::String(text)) => format!("{text:?}"),
            other => format!("{other:?}"),
        }
    }

    /// Each pair was read from `sigs.k8s.io/yaml`.
    #[test]
    fn plain_scalars_mean_what_kubernetes_reads() {
        for (text, expected) in [
            ("", "null"),
            ("~", "null"),
            ("Null", "null"),
            ("True", "true"),
            ("0777", "511"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("-0x10", "-16"),
            ("08", "8"),
            ("1_000", "1000"),
            ("+5", "5"),
            ("1.0", "1"),
            ("1e3", "1000"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("1.", "1"),
            ("1e999", "\"1e999\""),
            ("12:30:00", "\"12:30:00\""),
            ("2026-11-21", "\"2026-11-21\""),
            ("1.32.5", "\"1.32.5\""),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("-", "\"-\""),
            ("--5", "\"--5\""),
            (".", "\".\""),
            ("nan", "\"nan\""),
            ("inf", "\"inf\""),
            ("10Gi", "\"10Gi\""),
            ("yEs", "\"yEs\""),
        ] {
            assert_eq!(json(text), expected, "{text:?}");
        }
    }

    #[test]
    fn spellings_that_split_gardener_and_flux_are_found() {
        assert_eq!(resolve("yes"), Plain::Ambiguous(true));
        assert_eq!(resolve("Off"), Plain::Ambiguous(false));
        assert_eq!(resolve("n"), Plain::Ambiguous(false));
        assert_eq!(resolve("-.INF"), Plain::NotFinite);
    }
}
