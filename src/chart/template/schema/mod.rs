//! `values.schema.json`: whether the values of each chart are what it takes.
//!
//! upstream: Helm, pkg/chart/common/util/jsonschema.go

mod cost;

use jsonschema::PatternOptions;

use super::Failure;
use super::json;
use super::load::Chart;
use super::value::{Map, Value};

/// Faults of one chart that are told.
const SHOWN: usize = 5;

/// Checks the values of a chart and of those below it.
pub(super) fn check(chart: &Chart, values: &Map, path: &str, failures: &mut Vec<Failure>) {
    if let Some(schema) = &chart.schema {
        let file = format!("{path}/values.schema.json");
        for reason in faults(schema, values) {
            failures.push(Failure::of(&file, reason));
        }
    }
    for below in &chart.charts {
        let name = &below.metadata.name;
        match values.get(name) {
            Some(Value::Map(inner)) => check(below, &inner, &format!("{path}/charts/{name}"), failures),
            None | Some(Value::Nil) => {}
            Some(_) => {
                failures.push(Failure::of(path, format!("the values of the chart `{name}` are no mapping")));
            }
        }
    }
}

fn faults(schema: &[u8], values: &Map) -> Vec<String> {
    let schema = match serde_json::from_slice(schema) {
        Ok(schema) => schema,
        Err(error) => return vec![format!("no JSON: {error}")],
    };
    let values = json::to_json(&Value::Map(values.clone()));
    if let Err(why) = cost::refuse(&schema, &values) {
        return vec![format!("a schema that is not used here: it {why}")];
    }
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex()).offline();
    let validator = match options.build(&schema) {
        Ok(validator) => validator,
        Err(error) => return vec![format!("a schema that cannot be used here: {error}")],
    };
    let found = validator.iter_errors(&values).take(SHOWN);
    found.map(|error| format!("the values do not fit at `{}`: {error}", error.instance_path())).collect()
}
