//! Lists.
//!
//! upstream: Masterminds/sprig, list.go and numeric.go; Go, src/text/template/funcs.go

use std::rc::Rc;

use super::super::run::int;
use super::dict::as_nil;
use super::reflect::equal;
use super::{Call, Fault, Function, MANY, Value, function, math};

pub(super) const TABLE: &[Function] = &[
    function("list", 0, MANY, list),
    function("tuple", 0, MANY, list),
    function("append", 2, 2, append),
    function("push", 2, 2, append),
    function("mustAppend", 2, 2, append),
    function("mustPush", 2, 2, append),
    function("prepend", 2, 2, prepend),
    function("mustPrepend", 2, 2, prepend),
    function("first", 1, 1, |call| Ok(call.list(0)?.first().cloned().unwrap_or(Value::Nil))),
    function("mustFirst", 1, 1, |call| Ok(call.list(0)?.first().cloned().unwrap_or(Value::Nil))),
    function("last", 1, 1, |call| Ok(call.list(0)?.pop().unwrap_or(Value::Nil))),
    function("mustLast", 1, 1, |call| Ok(call.list(0)?.pop().unwrap_or(Value::Nil))),
    function("rest", 1, 1, rest),
    function("mustRest", 1, 1, rest),
    function("initial", 1, 1, initial),
    function("mustInitial", 1, 1, initial),
    function("reverse", 1, 1, reverse),
    function("mustReverse", 1, 1, reverse),
    function("uniq", 1, 1, uniq),
    function("mustUniq", 1, 1, uniq),
    function("without", 1, MANY, without),
    function("mustWithout", 1, MANY, without),
    function("compact", 1, 1, compact),
    function("mustCompact", 1, 1, compact),
    function("has", 2, 2, has),
    function("mustHas", 2, 2, has),
    function("slice", 1, 3, slice),
    function("mustSlice", 1, 3, slice),
    function("concat", 0, MANY, concat),
    function("chunk", 2, 2, chunk),
    function("mustChunk", 2, 2, chunk),
    function("sortAlpha", 1, 1, sort_alpha),
    function("join", 2, 2, join),
    function("toStrings", 1, 1, to_strings),
    function("until", 1, 1, until),
    function("untilStep", 3, 3, until_step),
    function("seq", 0, 3, seq),
    function("len", 1, 1, len),
    function("index", 1, MANY, index),
];

fn list(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = std::mem::take(&mut call.arguments).into_iter().map(as_nil).collect();
    call.returns_list(values)
}

fn append(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut values = call.list(0)?;
    values.push(as_nil(call.value(1)));
    call.returns_list(values)
}

fn prepend(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut values = call.list(0)?;
    values.insert(0, as_nil(call.value(1)));
    call.returns_list(values)
}

fn rest(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = call.list(0)?.into_iter().skip(1).collect();
    call.returns_list(values)
}

fn initial(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut values = call.list(0)?;
    values.pop();
    call.returns_list(values)
}

fn reverse(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = call.list(0)?.into_iter().rev().collect();
    call.returns_list(values)
}

fn compact(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = call.list(0)?.into_iter().filter(Value::is_true).collect();
    call.returns_list(values)
}

/// Whether one of the values equals this one; each comparison is paid for.
fn contains(call: &mut Call<'_>, values: &[Value], wanted: &Value) -> Result<bool, Fault> {
    for value in values {
        call.walk(value)?;
        if equal(value, wanted) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn uniq(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut kept: Vec<Value> = Vec::new();
    for value in call.list(0)? {
        call.walk(&value)?;
        if !contains(call, &kept, &value)? {
            kept.push(value);
        }
    }
    call.returns_list(kept)
}

fn without(call: &mut Call<'_>) -> Result<Value, Fault> {
    let unwanted: Vec<Value> = call.arguments.iter().skip(1).cloned().collect();
    let mut kept = Vec::new();
    for value in call.list(0)? {
        call.walk(&value)?;
        if !contains(call, &unwanted, &value)? {
            kept.push(value);
        }
    }
    call.returns_list(kept)
}

fn has(call: &mut Call<'_>) -> Result<Value, Fault> {
    if call.value(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let values = call.list(1)?;
    let wanted = call.value(0);
    call.walk(&wanted)?;
    Ok(Value::Bool(contains(call, &values, &wanted)?))
}

/// sprig's `slice`, which hides the one of Go.
fn slice(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = call.list(0)?;
    if values.is_empty() {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, default: usize| match call.arguments.get(index) {
        Some(value) => usize::try_from(math::to_int(value)).ok(),
        None => Some(default),
    };
    let part = match (bound(1, 0), bound(2, values.len())) {
        (Some(start), Some(end)) => values.get(start..end).map(<[Value]>::to_vec),
        _ => None,
    };
    match part {
        Some(part) => call.returns_list(part),
        None => call.fault("slice index out of bounds"),
    }
}

fn concat(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut values = Vec::new();
    for index in 0..call.count() {
        values.extend(call.list(index)?);
    }
    call.returns_list(values)
}

fn chunk(call: &mut Call<'_>) -> Result<Value, Fault> {
    let Some(size) = usize::try_from(call.int(0)?).ok().filter(|size| *size > 0) else {
        return call.fault("a chunk has at least one item");
    };
    let values = call.list(1)?;
    let chunks = values.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    call.returns_list(chunks)
}

/// The texts of a list, without its nils; of what is no list, its own.
fn strings(call: &mut Call<'_>, index: usize) -> Result<Vec<Rc<str>>, Fault> {
    let value = call.value(index);
    let values = match call.items(index) {
        Some(values) => values,
        None => vec![value],
    };
    values.iter().filter(|value| !value.is_nil()).map(|value| call.string(value)).collect()
}

fn sort_alpha(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut texts = strings(call, 0)?;
    texts.sort();
    call.returns_list(texts.into_iter().map(Value::Text).collect())
}

fn to_strings(call: &mut Call<'_>) -> Result<Value, Fault> {
    let texts = strings(call, 0)?;
    call.returns_list(texts.into_iter().map(Value::Text).collect())
}

fn join(call: &mut Call<'_>) -> Result<Value, Fault> {
    let separator = call.text(0)?;
    let texts = strings(call, 1)?;
    let length: usize = texts.iter().map(|text| text.len() + separator.len()).sum();
    call.machine.budget.bytes(length)?;
    call.returns(texts.join(&*separator))
}

/// From `start` up or down to `end`, which is not reached.
fn numbers(call: &mut Call<'_>, start: i64, end: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let upwards = start <= end;
    if step == 0 || upwards != (step > 0) {
        return Ok(Vec::new());
    }
    let count = end.abs_diff(start).div_ceil(step.unsigned_abs());
    call.machine.budget.steps(usize::try_from(count).unwrap_or(usize::MAX))?;
    let all = std::iter::successors(Some(start), |number| number.checked_add(step));
    Ok(all.take_while(|number| if upwards { *number < end } else { *number > end }).collect())
}

fn until(call: &mut Call<'_>) -> Result<Value, Fault> {
    let end = call.int(0)?;
    let numbers = numbers(call, 0, end, if end < 0 { -1 } else { 1 })?;
    call.returns_list(numbers.into_iter().map(Value::Int).collect())
}

fn until_step(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (start, end, step) = (call.int(0)?, call.int(1)?, call.int(2)?);
    let numbers = numbers(call, start, end, step)?;
    call.returns_list(numbers.into_iter().map(Value::Int).collect())
}

fn seq(call: &mut Call<'_>) -> Result<Value, Fault> {
    let given: Vec<i64> = (0..call.count()).map(|index| call.int(index)).collect::<Result<_, _>>()?;
    let direction = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let (start, end, step) = match given[..] {
        [end] => (1, end, direction(1, end)),
        [start, end] => (start, end, direction(start, end)),
        [start, step, end] if end < start && step > 0 => return Ok(Value::text("")),
        [start, step, end] => (start, end, step),
        _ => return Ok(Value::text("")),
    };
    let last = end.saturating_add(direction(start, end));
    let numbers = numbers(call, start, last, step)?;
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    call.returns(texts.join(" "))
}

fn len(call: &mut Call<'_>) -> Result<Value, Fault> {
    Ok(match call.value(0) {
        Value::Text(text) => int(text.len()),
        Value::Bytes(bytes) => int(bytes.len()),
        Value::List(list) => int(list.values().len()),
        Value::Map(map) => int(map.len()),
        Value::Missing | Value::Nil => return call.fault("len of nil pointer"),
        other => return call.fault(format_args!("len of type {}", other.type_name())),
    })
}

fn index(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut value = call.value(0);
    if matches!(value, Value::Missing) || call.count() == 1 && value.is_nil() {
        return call.fault("index of untyped nil");
    }
    for key in call.arguments.iter().skip(1) {
        value = match (&value, key) {
            (Value::Map(map), Value::Text(key)) => map.get(key).unwrap_or(Value::Nil),
            (Value::Map(_), _) => {
                return call.fault(format_args!("value has type {}; should be string", key.type_name()));
            }
            (Value::Missing | Value::Nil, _) => return call.fault("index of nil pointer"),
            (Value::List(_) | Value::Text(_) | Value::Bytes(_), Value::Int(at) | Value::Int64(at)) => {
                let at = usize::try_from(*at).ok();
                let item = at.and_then(|at| match &value {
                    Value::List(list) => list.values().get(at).cloned(),
                    Value::Bytes(bytes) => bytes.get(at).map(|byte| Value::Int(i64::from(*byte))),
                    Value::Text(text) => text.as_bytes().get(at).map(|byte| Value::Int(i64::from(*byte))),
                    _ => None,
                });
                match item {
                    Some(item) => item,
                    None => return call.fault("index out of range"),
                }
            }
            (Value::List(_) | Value::Text(_) | Value::Bytes(_), _) => {
                let type_name = key.type_name();
                return call.fault(format_args!("cannot index slice/array with type {type_name}"));
            }
            _ => return call.fault(format_args!("can't index item of type {}", value.type_name())),
        };
    }
    Ok(value)
}
