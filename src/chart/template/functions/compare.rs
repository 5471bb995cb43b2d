//! Go's comparisons, and what is true.
//!
//! upstream: Go, src/text/template/funcs.go

use std::cmp::Ordering;

use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    // The two decide while their arguments are evaluated; here they are known by name.
    function("and", 1, MANY, never),
    function("or", 1, MANY, never),
    function("not", 1, 1, |call| Ok(Value::Bool(!call.value(0).is_true()))),
    function("eq", 2, MANY, eq),
    function("ne", 2, 2, |call| eq(call).map(|equal| Value::Bool(!equal.is_true()))),
    function("lt", 2, 2, |call| order(call, |order| order == Ordering::Less)),
    function("le", 2, 2, |call| order(call, |order| order != Ordering::Greater)),
    function("gt", 2, 2, |call| order(call, |order| order == Ordering::Greater)),
    function("ge", 2, 2, |call| order(call, |order| order != Ordering::Less)),
];

fn never(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.fault("it decides while its arguments are evaluated")
}

/// What Go compares with each other.
#[derive(PartialEq)]
enum Basic {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(std::rc::Rc<str>),
    Nil,
    Other,
}

fn basic(value: &Value) -> Basic {
    match value {
        Value::Missing | Value::Nil => Basic::Nil,
        Value::Bool(truth) => Basic::Bool(*truth),
        Value::Int(number) | Value::Int64(number) => Basic::Int(*number),
        Value::Float(number) => Basic::Float(*number),
        Value::Text(text) => Basic::Text(text.clone()),
        Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => Basic::Other,
    }
}

fn eq(call: &mut Call<'_>) -> Result<Value, Fault> {
    let first = basic(&call.value(0));
    for other in call.arguments.iter().skip(1) {
        let second = basic(other);
        let both_kinds = (&first, &second);
        let equal = match both_kinds {
            (Basic::Nil, Basic::Nil) => true,
            (Basic::Nil, Basic::Other) | (Basic::Other, Basic::Nil) => false,
            (Basic::Nil, _) | (_, Basic::Nil) => false,
            (Basic::Other, Basic::Other) => return call.fault("non-comparable types"),
            (one, two) if std::mem::discriminant(one) == std::mem::discriminant(two) => one == two,
            _ => return call.fault("incompatible types for comparison"),
        };
        if equal {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn order(call: &mut Call<'_>, holds: fn(Ordering) -> bool) -> Result<Value, Fault> {
    let found = match (basic(&call.value(0)), basic(&call.value(1))) {
        (Basic::Int(one), Basic::Int(two)) => Some(one.cmp(&two)),
        (Basic::Text(one), Basic::Text(two)) => Some(one.cmp(&two)),
        // Nothing compares with what is no number.
        (Basic::Float(one), Basic::Float(two)) => {
            return Ok(Value::Bool(one.partial_cmp(&two).is_some_and(holds)));
        }
        (Basic::Nil | Basic::Other | Basic::Bool(_), _) | (_, Basic::Nil | Basic::Other | Basic::Bool(_)) => {
            return call.fault("invalid type for comparison");
        }
        _ => None,
    };
    match found {
        Some(order) => Ok(Value::Bool(holds(order))),
        None => call.fault("incompatible types for comparison"),
    }
}
