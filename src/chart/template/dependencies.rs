//! Which charts below a chart take part, under which name, and what values they hand up.
//!
//! upstream: Helm, pkg/chart/v2/util/dependencies.go

use super::chartfile::{Dependency, scalar_text};
use super::load::Chart;
use super::semver::is_compatible;
use super::value::{Entries, Map, Value};
use super::values::{Nulls, coalesce, coalesce_tables, copied, table_at, value_at};

/// The dependencies that are written in the chart and lie nowhere below it.
pub(super) fn missing(chart: &Chart) -> Vec<String> {
    let there = |name: &str| chart.charts.iter().any(|below| *below.metadata.name == *name);
    let names = chart.metadata.dependencies.iter().map(|dependency| &dependency.name);
    names.filter(|name| !there(name)).map(|name| name.to_string()).collect()
}

/// Leaves the charts that the values switch on, and takes up the values that they export.
pub(super) fn process(chart: &mut Chart, given: &Map) -> Result<(), String> {
    enable(chart, given, "")?;
    import_below(chart)
}

fn enable(chart: &mut Chart, given: &Map, path: &str) -> Result<(), String> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let declared = |below: &Chart, dependency: &Dependency| {
        below.metadata.name == dependency.name && is_compatible(&dependency.version, &below.metadata.version)
    };
    let found: Vec<Chart> = std::mem::take(&mut chart.charts);
    let undeclared = found
        .iter()
        .filter(|below| !chart.metadata.dependencies.iter().any(|dependency| declared(below, dependency)));
    let mut charts: Vec<Chart> = undeclared.cloned().collect();
    for dependency in &mut chart.metadata.dependencies {
        if let Some(below) = found.iter().find(|below| declared(below, dependency)) {
            let mut below = below.clone();
            if !dependency.alias.is_empty() {
                below.metadata.name = dependency.alias.clone();
            }
            charts.push(below);
        }
        if !dependency.alias.is_empty() {
            dependency.name = dependency.alias.clone();
        }
        dependency.enabled = true;
    }
    chart.charts = charts;
    let values = coalesce(chart, given, Nulls::Remove)?;
    switch_by_tags(&mut chart.metadata.dependencies, &values);
    switch_by_conditions(&mut chart.metadata.dependencies, &values, path);
    let (on, off): (Vec<_>, Vec<_>) = std::mem::take(&mut chart.metadata.dependencies)
        .into_iter()
        .partition(|dependency| dependency.enabled);
    let is_off = |name: &str| off.iter().any(|dependency| *dependency.name == *name);
    chart.charts.retain(|below| !is_off(&below.metadata.name));
    chart.metadata.dependencies = on.into_iter().filter(|dependency| !is_off(&dependency.name)).collect();
    for below in &mut chart.charts {
        let path = format!("{path}{}.", below.metadata.name);
        enable(below, &values, &path)?;
    }
    Ok(())
}

fn switch_by_tags(dependencies: &mut [Dependency], values: &Map) {
    let Some(tags) = values.table("tags") else {
        return;
    };
    for dependency in dependencies {
        let switches = dependency.tags.iter().filter_map(|tag| match tags.get(tag) {
            Some(Value::Bool(truth)) => Some(truth),
            _ => None,
        });
        let switches: Vec<bool> = switches.collect();
        dependency.enabled = switches.is_empty() || switches.contains(&true);
    }
}

/// The first condition that is there decides.
fn switch_by_conditions(dependencies: &mut [Dependency], values: &Map, path: &str) {
    for dependency in dependencies {
        let conditions = dependency.condition.trim().split(',').filter(|condition| !condition.is_empty());
        let decisive = conditions
            .filter_map(|condition| value_at(values, &format!("{path}{condition}")))
            .find_map(|value| match value {
                Value::Bool(truth) => Some(truth),
                _ => None,
            });
        if let Some(truth) = decisive {
            dependency.enabled = truth;
        }
    }
}

fn import_below(chart: &mut Chart) -> Result<(), String> {
    for below in &mut chart.charts {
        import_below(below)?;
    }
    import(chart)
}

/// Values that a chart takes from those below it; its own win.
fn import(chart: &mut Chart) -> Result<(), String> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    let values = coalesce(chart, &Map::new(Entries::new()), Nulls::Keep)?;
    let imported = Map::new(Entries::new());
    for dependency in &chart.metadata.dependencies {
        for import in &dependency.import_values {
            let (child, parent) = match import {
                Value::Text(name) => (format!("exports.{name}"), ".".to_owned()),
                Value::Map(map) => {
                    let field = |name: &str| map.get(name).as_ref().and_then(scalar_text).unwrap_or_default();
                    (field("child").to_string(), field("parent").to_string())
                }
                _ => continue,
            };
            let Some(table) = table_at(&values, &format!("{}.{child}", dependency.name)) else {
                continue;
            };
            coalesce_tables(&imported, &nested(&parent, table), Nulls::Keep);
        }
    }
    let values = copied(&values);
    coalesce_tables(&values, &imported, Nulls::Keep);
    chart.values = values;
    Ok(())
}

/// A mapping below a path with dots; `.` is the top.
fn nested(path: &str, table: Map) -> Map {
    if path == "." {
        return table;
    }
    path.split('.')
        .rev()
        .fold(table, |inner, part| Map::new(Entries::from([(part.into(), Value::Map(inner))])))
}
