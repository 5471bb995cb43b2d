//! What a value is.
//!
//! upstream: Masterminds/sprig, reflect.go

use std::cmp::Ordering;

use super::{Call, Fault, Function, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("kindOf", 1, 1, |call| Ok(Value::text(call.value(0).kind_name()))),
    function("kindIs", 2, 2, |call| Ok(Value::Bool(*call.text(0)? == *call.value(1).kind_name()))),
    function("typeOf", 1, 1, |call| Ok(Value::text(call.value(0).type_name()))),
    function("typeIs", 2, 2, |call| Ok(Value::Bool(*call.text(0)? == *call.value(1).type_name()))),
    function("typeIsLike", 2, 2, type_is_like),
    function("deepEqual", 2, 2, deep_equal),
];

fn type_is_like(call: &mut Call<'_>) -> Result<Value, Fault> {
    let wanted = call.text(0)?;
    let value = call.value(1);
    let found = value.type_name();
    Ok(Value::Bool(*wanted == *found || found.strip_prefix('*') == Some(&*wanted)))
}

fn deep_equal(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (one, other) = (call.value(0), call.value(1));
    call.walk(&one)?;
    call.walk(&other)?;
    Ok(Value::Bool(equal(&one, &other)))
}

/// Whether two values are the same to `reflect.DeepEqual`: types count. Both have an end.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Missing | Value::Nil, Value::Missing | Value::Nil) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(one), Value::Int(other)) | (Value::Int64(one), Value::Int64(other)) => one == other,
        (Value::Float(one), Value::Float(other)) => one.partial_cmp(other) == Some(Ordering::Equal),
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::Bytes(one), Value::Bytes(other)) => one == other,
        (Value::List(one), Value::List(other)) => {
            let (one, other) = (one.values(), other.values());
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            let (ones, others) = (one.entries(), other.entries());
            one.kind() == other.kind()
                && ones.len() == others.len()
                && ones.iter().all(|(key, one)| others.get(key).is_some_and(|other| equal(one, other)))
        }
        _ => false,
    }
}
