//! Fractions.
//!
//! upstream: Masterminds/sprig, numeric.go

use super::super::literal;
use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("float64", 1, 1, |call| Ok(Value::Float(to_float(&call.value(0))))),
    function("ceil", 1, 1, |call| Ok(Value::Float(to_float(&call.value(0)).ceil()))),
    function("floor", 1, 1, |call| Ok(Value::Float(to_float(&call.value(0)).floor()))),
    function("round", 2, 3, round),
    function("maxf", 1, MANY, |call| Ok(fold(call, f64::max))),
    function("minf", 1, MANY, |call| Ok(fold(call, f64::min))),
    function("add1f", 1, 1, |call| exact(call, |numbers| numbers.iter().sum::<i128>() + SCALE)),
    function("addf", 0, MANY, |call| exact(call, |numbers| numbers.iter().sum())),
    function("subf", 1, MANY, |call| {
        exact(call, |numbers| {
            numbers.split_first().map_or(0, |(first, rest)| first - rest.iter().sum::<i128>())
        })
    }),
    function("mulf", 1, MANY, |call| Ok(fold(call, |product, number| product * number))),
    function("divf", 1, MANY, |call| Ok(fold(call, |quotient, number| quotient / number))),
];

/// Decimal places that sums are taken with.
const PLACES: usize = 15;
const SCALE: i128 = 1_000_000_000_000_000;

/// What `cast.ToFloat64` makes of a value: zero of what is no number.
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "Go loses it too")]
        Value::Int(number) | Value::Int64(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Text(text) => literal::float(text).unwrap_or_default(),
        _ => 0.0,
    }
}

fn fold(call: &Call<'_>, operation: fn(f64, f64) -> f64) -> Value {
    Value::Float(call.arguments.iter().map(to_float).reduce(operation).unwrap_or_default())
}

/// A sum in decimal digits, as sprig takes it: a tenth and two tenths are three.
fn exact(call: &mut Call<'_>, operation: fn(&[i128]) -> i128) -> Result<Value, Fault> {
    let numbers: Option<Vec<i128>> = call.arguments.iter().map(|value| scaled(to_float(value))).collect();
    let Some(numbers) = numbers else {
        return call.fault("more digits than this renderer adds up exactly");
    };
    let sum = operation(&numbers);
    let text =
        format!("{}{}.{:0PLACES$}", if sum < 0 { "-" } else { "" }, (sum / SCALE).abs(), (sum % SCALE).abs());
    Ok(Value::Float(text.parse().unwrap_or_default()))
}

/// The shortest decimal form of a number, times [`SCALE`].
fn scaled(number: f64) -> Option<i128> {
    let text = number.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let fits = number.abs() < 1e18 && decimals.len() <= PLACES;
    fits.then(|| format!("{whole}{decimals:0<PLACES$}").parse().ok())?
}

fn round(call: &mut Call<'_>) -> Result<Value, Fault> {
    let number = to_float(&call.value(0));
    let Ok(places) = i32::try_from(call.int(1)?) else {
        return call.fault("too many decimal places");
    };
    let from = if call.count() == 3 { to_float(&call.value(2)) } else { 0.5 };
    let power = 10_f64.powi(places);
    let shifted = power * number;
    let rounded = if shifted.fract() >= from { shifted.ceil() } else { shifted.floor() };
    Ok(Value::Float(rounded / power))
}
