//! The values of a chart: those of the user over those of the chart, and the global ones in all charts.
//!
//! upstream: Helm, pkg/chart/common/util/coalesce.go and pkg/chart/v2/loader/load.go

use std::collections::BTreeSet;
use std::rc::Rc;

use super::functions::deep_copy;
use super::load::Chart;
use super::value::{Entries, Map, Value};

const GLOBAL: &str = "global";

/// What to do with a null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// It removes the key.
    Remove,
    /// It stays, for a later merge to act on.
    Keep,
}

/// Several documents of one file as one mapping, the last one winning; nothing when one of them is no mapping.
pub(super) fn merge_documents(documents: Vec<Value>) -> Option<Map> {
    let merged = Map::new(Entries::new());
    for document in documents {
        match document {
            Value::Map(map) => overlay(&merged, &map),
            Value::Missing | Value::Nil => {}
            _ => return None,
        }
    }
    Some(merged)
}

fn overlay(into: &Map, from: &Map) {
    for (key, value) in from.entries() {
        match (into.table(&key), &value) {
            (Some(inner), Value::Map(from)) => overlay(&inner, from),
            _ => into.set(key, value),
        }
    }
}

/// A mapping with everything below it of its own.
pub(super) fn copied(map: &Map) -> Map {
    match deep_copy(&Value::Map(map.clone())) {
        Value::Map(copy) => copy,
        _ => map.clone(),
    }
}

/// The values of a chart and of all below it; fails where a chart gets something that is no mapping.
pub(super) fn coalesce(chart: &Chart, given: &Map, nulls: Nulls) -> Result<Map, String> {
    let values = copied(given);
    coalesce_into(chart, &values, nulls)?;
    Ok(values)
}

fn coalesce_into(chart: &Chart, values: &Map, nulls: Nulls) -> Result<(), String> {
    coalesce_own(chart, values, nulls);
    for below in &chart.charts {
        let name = &below.metadata.name;
        let inner = match values.get(name) {
            None => {
                let inner = Map::new(Entries::new());
                values.set(name.clone(), Value::Map(inner.clone()));
                inner
            }
            Some(Value::Map(inner)) => inner,
            Some(other) => {
                return Err(format!(
                    "the values of the chart `{name}` are no mapping but {}",
                    other.type_name()
                ));
            }
        };
        coalesce_globals(&inner, values);
        coalesce_into(below, &inner, nulls)?;
    }
    Ok(())
}

/// The global values go down into a chart; what it has itself loses.
fn coalesce_globals(into: &Map, from: &Map) {
    let (target, source) = match (into.get(GLOBAL), from.get(GLOBAL)) {
        (None, None) => {
            into.set(GLOBAL.into(), Value::Map(Map::new(Entries::new())));
            return;
        }
        (None, Some(Value::Map(source))) => (Map::new(Entries::new()), source),
        (Some(Value::Map(target)), Some(Value::Map(source))) => (target, source),
        _ => return,
    };
    for (key, value) in source.entries() {
        match (&value, target.get(&key)) {
            (Value::Map(table), None) => target.set(key, Value::Map(table.shallow_copy())),
            (Value::Map(table), Some(Value::Map(known))) => {
                let table = table.shallow_copy();
                coalesce_tables(&table, &known, Nulls::Keep);
                target.set(key, Value::Map(table));
            }
            (Value::Map(_), Some(_)) | (_, Some(Value::Map(_))) => {}
            _ => target.set(key, value),
        }
    }
    into.set(GLOBAL.into(), Value::Map(target));
}

/// The values of the chart itself go in where the given ones say nothing.
fn coalesce_own(chart: &Chart, values: &Map, nulls: Nulls) {
    for (key, default) in copied(&chart.values).entries() {
        match (values.get(&key), default) {
            (Some(Value::Nil), _) if nulls == Nulls::Remove => values.remove(&key),
            (Some(Value::Map(target)), Value::Map(source)) => {
                let is_chart = chart.charts.iter().any(|below| below.metadata.name == key);
                let nulls = if is_chart { Nulls::Keep } else { nulls };
                if nulls == Nulls::Remove {
                    remove_nulls(&source);
                }
                coalesce_tables(&target, &source, nulls);
            }
            (Some(_), _) => {}
            (None, Value::Nil) if nulls == Nulls::Remove => {}
            (None, default) => {
                if let (Value::Map(source), Nulls::Remove) = (&default, nulls) {
                    remove_nulls(source);
                }
                values.set(key, default);
            }
        }
    }
}

/// Fills a mapping from another; what it has already wins.
pub(super) fn coalesce_tables(into: &Map, from: &Map, nulls: Nulls) {
    let filled: BTreeSet<Rc<str>> =
        from.entries().into_iter().filter(|(_, value)| !value.is_nil()).map(|(key, _)| key).collect();
    for (key, value) in into.entries() {
        if value.is_nil() {
            from.set(key, Value::Nil);
        }
    }
    for (key, value) in from.entries() {
        match (into.get(&key), value) {
            (Some(Value::Nil), _) if nulls == Nulls::Remove && filled.contains(&key) => into.remove(&key),
            (None, value) => into.set(key, value),
            (Some(Value::Map(target)), Value::Map(source)) => coalesce_tables(&target, &source, nulls),
            _ => {}
        }
    }
}

fn remove_nulls(map: &Map) {
    for (key, value) in map.entries() {
        match value {
            Value::Nil => map.remove(&key),
            Value::Map(inner) => remove_nulls(&inner),
            _ => {}
        }
    }
}

/// The value at a path with dots, unless it is a mapping or not there.
pub(super) fn value_at(values: &Map, path: &str) -> Option<Value> {
    let mut parts: Vec<&str> = path.split('.').collect();
    let last = parts.pop()?;
    let table = parts.iter().try_fold(values.clone(), |table, part| table.table(part))?;
    table.get(last).filter(|value| !matches!(value, Value::Map(_)))
}

/// The mapping at a path with dots.
pub(super) fn table_at(values: &Map, path: &str) -> Option<Map> {
    path.split('.').try_fold(values.clone(), |table, part| table.table(part))
}
