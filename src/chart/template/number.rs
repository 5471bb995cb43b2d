//! Numbers as Go's `strconv` writes them.

/// The sign, the shortest digits that read back as the number, and the exponent of the first of them.
fn shortest(number: f64) -> (&'static str, String, i32) {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (sign, mantissa.replace('.', ""), exponent.parse().unwrap_or_default())
}

/// `NaN`, `+Inf` or `-Inf`.
fn not_finite(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        _ if number == f64::INFINITY => Some("+Inf"),
        _ if number == f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

fn with_exponent(sign: &str, digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(digits.len().min(1));
    let point = if rest.is_empty() { "" } else { "." };
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{direction}{:02}", exponent.abs())
}

/// The format `g` with the shortest precision, which is also what `%v` writes: a million is `1e+06`.
///
/// upstream: Go, src/strconv/ftoa.go, formatDigits
pub(super) fn general(number: f64) -> String {
    if let Some(name) = not_finite(number) {
        return name.to_owned();
    }
    let (sign, digits, exponent) = shortest(number);
    if (-4..6).contains(&exponent) { number.to_string() } else { with_exponent(sign, &digits, exponent) }
}

/// `%e` with so many digits after the point.
pub(super) fn scientific(number: f64, precision: usize) -> String {
    if let Some(name) = not_finite(number) {
        return name.to_owned();
    }
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{direction}{:02}", exponent.abs())
}

/// `%f` with so many digits after the point.
pub(super) fn fixed(number: f64, precision: usize) -> String {
    not_finite(number).map_or_else(|| format!("{number:.precision$}"), str::to_owned)
}

/// `%g` with so many significant digits.
pub(super) fn significant(number: f64, precision: usize) -> String {
    if let Some(name) = not_finite(number) {
        return name.to_owned();
    }
    let precision = precision.max(1);
    let text = scientific(number, precision - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    if (-4..limit).contains(&exponent) {
        let decimals = usize::try_from(limit - 1 - exponent).unwrap_or_default();
        trimmed(&format!("{number:.decimals$}"))
    } else {
        let direction = if exponent < 0 { '-' } else { '+' };
        format!("{}e{direction}{:02}", trimmed(mantissa), exponent.abs())
    }
}

/// A float as `encoding/json` writes it; nothing when it is not finite.
pub(super) fn json(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return Some(number.to_string());
    }
    let (sign, digits, exponent) = shortest(number);
    Some(with_exponent(sign, &digits, exponent).replace("e-0", "e-"))
}

/// A float as it comes out of YAML that was made of JSON: a whole one is an integer there.
///
/// upstream: sigs.k8s.io/yaml, JSONToYAML; go-yaml v2, resolve.go and encode.go
pub(super) fn yaml(number: f64) -> Option<String> {
    let whole = number.fract() == 0.0 && number > -9.3e18 && number < 1.8e19;
    // Below 1e21 the JSON has no exponent, and all that fits 64 bits is an integer.
    if whole { json(number) } else { number.is_finite().then(|| general(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line was written by Go.
    #[test]
    fn floats_look_as_go_writes_them() {
        let expected = [
            (1_000_000.0, "1e+06", "1000000", "1000000"),
            (100_000.5, "100000.5", "100000.5", "100000.5"),
            (123_456_789.0, "1.23456789e+08", "123456789", "123456789"),
            (1_234_567.5, "1.2345675e+06", "1234567.5", "1.2345675e+06"),
            (0.0001, "0.0001", "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001", "1e-05"),
            (1e-7, "1e-07", "1e-7", "1e-07"),
            (1e21, "1e+21", "1e+21", "1e+21"),
            (-2.5, "-2.5", "-2.5", "-2.5"),
            (0.0, "0", "0", "0"),
        ];
        for (number, in_text, in_json, in_yaml) in expected {
            assert_eq!(general(number), in_text);
            assert_eq!(json(number).as_deref(), Some(in_json));
            assert_eq!(yaml(number).as_deref(), Some(in_yaml));
        }
    }

    #[test]
    fn precision_counts_digits() {
        assert_eq!(scientific(12345.678, 2), "1.23e+04");
        assert_eq!(fixed(1.5, 2), "1.50");
        assert_eq!(significant(1234.5678, 3), "1.23e+03");
        assert_eq!(significant(1234.5678, 10), "1234.5678");
    }
}
