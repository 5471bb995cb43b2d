//! What Helm adds: templates that call templates, and demands.
//!
//! upstream: Helm, pkg/engine/engine.go

use super::super::semver::{Range, Version};
use super::super::value::{Entries, Kind, Map};
use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("include", 2, 2, include),
    function("tpl", 2, 2, tpl),
    function("required", 2, 2, required),
    function("fail", 1, 1, |call| Err(Fault::new(format!("the chart refuses: {}", call.text(0)?)))),
    // `helm template` asks no cluster.
    function("lookup", 4, 4, |call| {
        for index in 0..4 {
            call.text(index)?;
        }
        Ok(Value::Map(Map::new(Entries::new())))
    }),
    function("getHostByName", 1, 1, |call| call.text(0).map(|_| Value::text(""))),
    function("semver", 1, 1, semver),
    function("semverCompare", 2, 2, semver_compare),
    function("default", 1, 2, |call| Ok(default(call))),
    function("empty", 1, 1, |call| Ok(Value::Bool(!call.value(0).is_true()))),
    function("coalesce", 0, MANY, |call| {
        Ok(call.arguments.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::Nil))
    }),
    function("all", 0, MANY, |call| Ok(Value::Bool(call.arguments.iter().all(Value::is_true)))),
    function("any", 0, MANY, |call| Ok(Value::Bool(call.arguments.iter().any(Value::is_true)))),
    function("ternary", 3, 3, |call| Ok(call.value(usize::from(!call.bool(2)?)))),
    function("hello", 0, 0, |_| Ok(Value::text("Hello!"))),
];

fn include(call: &mut Call<'_>) -> Result<Value, Fault> {
    let name = call.text(0)?;
    let dot = call.value(1);
    Ok(Value::text(call.machine.include(&name, &dot)?))
}

fn tpl(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let dot = call.value(1);
    Ok(Value::text(call.machine.tpl(&text, &dot, call.file)?))
}

fn required(call: &mut Call<'_>) -> Result<Value, Fault> {
    let message = call.text(0)?;
    let value = call.value(1);
    let given = match &value {
        Value::Text(text) => !text.is_empty(),
        other => !other.is_nil(),
    };
    if given { Ok(value) } else { Err(Fault::new(format!("a required value is missing: {message}"))) }
}

fn default(call: &Call<'_>) -> Value {
    let given = call.value(1);
    if given.is_true() { given } else { call.value(0) }
}

fn semver(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let Some(version) = Version::parse(&text) else {
        return call.fault("invalid semantic version");
    };
    let written = Value::text(version.to_string());
    Ok(Value::Map(Map::from_pairs(Kind::Version, [("Original", Value::Text(text)), ("Version", written)])))
}

fn semver_compare(call: &mut Call<'_>) -> Result<Value, Fault> {
    let (range, version) = (call.text(0)?, call.text(1)?);
    match (Range::parse(&range), Version::parse(&version)) {
        (Some(range), Some(version)) => Ok(Value::Bool(range.contains(&version))),
        (None, _) => call.fault(format_args!("improper constraint: {range:?}")),
        (_, None) => call.fault("invalid semantic version"),
    }
}
