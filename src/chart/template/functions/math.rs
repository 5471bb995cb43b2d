//! Whole numbers.
//!
//! upstream: Masterminds/sprig, numeric.go; spf13/cast v1.7, caste.go

use super::super::literal;
use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("int", 1, 1, |call| Ok(Value::Int(to_int(&call.value(0))))),
    function("int64", 1, 1, |call| Ok(Value::Int64(to_int(&call.value(0))))),
    function("atoi", 1, 1, |call| Ok(Value::Int(call.text(0)?.parse().unwrap_or_default()))),
    function("toDecimal", 1, 1, to_decimal),
    function("add1", 1, 1, |call| Ok(Value::Int64(to_int(&call.value(0)).wrapping_add(1)))),
    function("add", 0, MANY, |call| Ok(fold(call, 0, i64::wrapping_add))),
    function("mul", 1, MANY, |call| Ok(fold(call, 1, i64::wrapping_mul))),
    function("sub", 2, 2, |call| Ok(Value::Int64(pair(call).0.wrapping_sub(pair(call).1)))),
    function("div", 2, 2, |call| divide(call, i64::checked_div)),
    function("mod", 2, 2, |call| divide(call, i64::checked_rem)),
    function("max", 1, MANY, |call| Ok(best(call, i64::max))),
    function("biggest", 1, MANY, |call| Ok(best(call, i64::max))),
    function("min", 1, MANY, |call| Ok(best(call, i64::min))),
];

/// What `cast.ToInt64` makes of a value: zero of what is no number.
pub(super) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "Go truncates too")]
        Value::Float(number) => *number as i64,
        Value::Bool(truth) => i64::from(*truth),
        Value::Text(text) => literal::integer(without_zero_decimals(text)).unwrap_or_default(),
        _ => 0,
    }
}

/// `1.00` is a whole number to `cast`, `1.50` is none.
fn without_zero_decimals(text: &str) -> &str {
    match text.rsplit_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

fn pair(call: &Call<'_>) -> (i64, i64) {
    (to_int(&call.value(0)), to_int(&call.value(1)))
}

fn fold(call: &Call<'_>, start: i64, operation: fn(i64, i64) -> i64) -> Value {
    Value::Int64(call.arguments.iter().map(to_int).fold(start, operation))
}

fn divide(call: &mut Call<'_>, operation: fn(i64, i64) -> Option<i64>) -> Result<Value, Fault> {
    let (dividend, divisor) = pair(call);
    match operation(dividend, divisor) {
        Some(quotient) => Ok(Value::Int64(quotient)),
        None => call.fault("integer divide by zero"),
    }
}

fn best(call: &Call<'_>, better: fn(i64, i64) -> i64) -> Value {
    Value::Int64(call.arguments.iter().map(to_int).reduce(better).unwrap_or_default())
}

/// Octal digits as a number.
fn to_decimal(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.string(&call.value(0))?;
    Ok(Value::Int64(i64::from_str_radix(&text, 8).unwrap_or_default()))
}
