//! Mappings: sprig's `dict` and what is done with one.
//!
//! upstream: Masterminds/sprig, dict.go; dario.cat/mergo, merge.go

use std::rc::Rc;

use super::super::value::{Entries, Kind, Map};
use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("dict", 0, MANY, dict),
    function("get", 2, 2, get),
    function("set", 3, 3, set),
    function("unset", 2, 2, unset),
    function("hasKey", 2, 2, |call| Ok(Value::Bool(call.map(0)?.has(&call.text(1)?)))),
    function("pluck", 1, MANY, pluck),
    function("keys", 0, MANY, keys),
    function("values", 1, 1, values),
    function("pick", 1, MANY, |call| select(call, true)),
    function("omit", 1, MANY, |call| select(call, false)),
    function("merge", 1, MANY, |call| merge_all(call, false)),
    function("mustMerge", 1, MANY, |call| merge_all(call, false)),
    function("mergeOverwrite", 1, MANY, |call| merge_all(call, true)),
    function("mustMergeOverwrite", 1, MANY, |call| merge_all(call, true)),
    function("dig", 3, MANY, dig),
    function("deepCopy", 1, 1, copy),
    function("mustDeepCopy", 1, 1, copy),
];

fn dict(call: &mut Call<'_>) -> Result<Value, Fault> {
    let arguments = std::mem::take(&mut call.arguments);
    let mut entries = Entries::new();
    for pair in arguments.chunks(2) {
        if let [key, rest @ ..] = pair {
            let value = rest.first().cloned().unwrap_or_else(|| Value::text(""));
            entries.insert(call.string(key)?, as_nil(value));
        }
    }
    Ok(Value::Map(Map::new(entries)))
}

/// A value that is put into a container: nothing becomes a nil there.
pub(super) fn as_nil(value: Value) -> Value {
    if value.is_nil() { Value::Nil } else { value }
}

/// A mapping that sprig takes for `map[string]interface {}`.
fn plain(call: &Call<'_>, index: usize) -> Result<Map, Fault> {
    let map = call.map(index)?;
    match map.kind() {
        Kind::Plain | Kind::Values => Ok(map),
        _ => call.wrong("map[string]interface {}", &Value::Map(map)),
    }
}

fn get(call: &mut Call<'_>) -> Result<Value, Fault> {
    let key = call.text(1)?;
    Ok(plain(call, 0)?.get(&key).unwrap_or_else(|| Value::text("")))
}

fn set(call: &mut Call<'_>) -> Result<Value, Fault> {
    let map = plain(call, 0)?;
    map.set(call.text(1)?, as_nil(call.value(2)));
    Ok(Value::Map(map))
}

fn unset(call: &mut Call<'_>) -> Result<Value, Fault> {
    let map = plain(call, 0)?;
    map.remove(&call.text(1)?);
    Ok(Value::Map(map))
}

fn pluck(call: &mut Call<'_>) -> Result<Value, Fault> {
    let key = call.text(0)?;
    let mut found = Vec::new();
    for index in 1..call.count() {
        found.extend(plain(call, index)?.get(&key));
    }
    call.returns_list(found)
}

fn keys(call: &mut Call<'_>) -> Result<Value, Fault> {
    let mut keys = Vec::new();
    for index in 0..call.count() {
        keys.extend(plain(call, index)?.keys().into_iter().map(Value::Text));
    }
    call.returns_list(keys)
}

fn values(call: &mut Call<'_>) -> Result<Value, Fault> {
    let values = plain(call, 0)?.entries().into_values().collect();
    call.returns_list(values)
}

fn select(call: &mut Call<'_>, wanted: bool) -> Result<Value, Fault> {
    let map = plain(call, 0)?;
    let names: Vec<Rc<str>> = (1..call.count()).map(|index| call.text(index)).collect::<Result<_, _>>()?;
    call.machine.budget.steps(map.len())?;
    let entries = map.entries().into_iter().filter(|(key, _)| names.contains(key) == wanted).collect();
    Ok(Value::Map(Map::new(entries)))
}

fn merge_all(call: &mut Call<'_>, overwrite: bool) -> Result<Value, Fault> {
    let into = plain(call, 0)?;
    for index in 1..call.count() {
        let from = plain(call, index)?;
        call.walk(&Value::Map(into.clone()))?;
        call.walk(&Value::Map(from.clone()))?;
        merge(&into, &from, overwrite);
    }
    Ok(Value::Map(into))
}

fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| !value.is_true())
}

/// Merges as mergo does: what `into` has wins, unless it is empty or everything is to be overwritten.
fn merge(into: &Map, from: &Map, overwrite: bool) {
    if into.is(from) {
        return;
    }
    for (key, source) in from.entries() {
        if source.is_nil() {
            if overwrite {
                into.set(key, source);
            }
            continue;
        }
        let target = into.get(&key);
        if let (Value::Map(source), Some(Value::Map(target))) = (&source, &target) {
            merge(target, source, overwrite);
        }
        let filled = !is_empty(target.as_ref());
        match (&source, &target) {
            (Value::Map(_), Some(Value::Map(_))) if filled => {}
            _ if overwrite || !filled => into.set(key, source),
            _ => {}
        }
    }
}

fn dig(call: &mut Call<'_>) -> Result<Value, Fault> {
    let count = call.count();
    let mut map = call.map(count - 1)?;
    for index in 0..count - 2 {
        match map.get(&call.text(index)?) {
            None => return Ok(call.value(count - 2)),
            Some(value) if index + 3 == count => return Ok(value),
            Some(Value::Map(inner)) => map = inner,
            Some(other) => return call.wrong("map[string]interface {}", &other),
        }
    }
    Ok(Value::Missing)
}

fn copy(call: &mut Call<'_>) -> Result<Value, Fault> {
    let value = call.value(0);
    call.walk(&value)?;
    Ok(deep_copy(&value))
}

/// A copy that shares no mapping.
pub(in super::super) fn deep_copy(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let entries = map.entries().into_iter().map(|(key, value)| (key, deep_copy(&value)));
            Value::Map(Map::of(map.kind(), entries.collect()))
        }
        Value::List(list) if !list.is_api_versions() => {
            Value::list(list.values().iter().map(deep_copy).collect())
        }
        other => other.clone(),
    }
}
