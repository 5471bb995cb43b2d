//! The methods of the objects that Helm hands to templates.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::budget::Budget;
use super::fault::Fault;
use super::glob::Glob;
use super::semver::Version;
use super::value::{Entries, Kind, List, Map, Value};
use super::{print, yaml};

/// A method: what it is called on, and its arguments.
pub(super) type Method = fn(&mut Budget, &Value, &[Value]) -> Result<Value, Fault>;

/// The method of this name, if the value has one.
pub(super) fn find(receiver: &Value, name: &str) -> Option<Method> {
    let kind = match receiver {
        Value::List(list) if list.is_api_versions() && name == "Has" => return Some(has_version),
        Value::Map(map) => map.kind(),
        _ => return None,
    };
    Some(match (kind, name) {
        (Kind::Values, "AsMap") => |_, receiver, _| Ok(receiver.clone()),
        (Kind::Values, "YAML") => as_yaml,
        (Kind::Values, "Table") => table,
        (Kind::Files, "Get") => get,
        (Kind::Files, "GetBytes") => get_bytes,
        (Kind::Files, "Glob") => glob,
        (Kind::Files, "Lines") => lines,
        (Kind::Files, "AsConfig") => as_config,
        (Kind::Files, "AsSecrets") => as_secrets,
        (Kind::KubeVersion, "String") => {
            |_, receiver, _| Ok(Value::Text(version_of_kubernetes(map(receiver)?)))
        }
        (Kind::Version, "String") => display,
        (Kind::KubeVersion, "GitVersion") => git_version,
        (Kind::Version, "Compare") => compare,
        (Kind::Version, "Original") => original,
        (Kind::Version, "Major") => major,
        (Kind::Version, "Minor") => minor,
        (Kind::Version, "Patch") => patch,
        (Kind::Version, "Prerelease") => prerelease,
        (Kind::Version, "Metadata") => metadata,
        _ => return None,
    })
}

fn map(receiver: &Value) -> Result<&Map, Fault> {
    match receiver {
        Value::Map(map) => Ok(map),
        _ => Err(Fault::new(format!("{} has no methods", receiver.type_name()))),
    }
}

fn text(arguments: &[Value]) -> Result<&Rc<str>, Fault> {
    match arguments {
        [Value::Text(text)] => Ok(text),
        _ => Err(Fault::new("the method takes one string")),
    }
}

fn has_version(_: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let wanted = text(arguments)?;
    let Value::List(list) = receiver else {
        return Ok(Value::Bool(false));
    };
    let found = list.values().iter().any(|known| matches!(known, Value::Text(known) if known == wanted));
    Ok(Value::Bool(found))
}

fn as_yaml(budget: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    budget.walk(receiver)?;
    Ok(Value::text(yaml::write(receiver)?))
}

fn table(_: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments)?;
    let mut table = map(receiver)?.clone();
    for part in name.split('.') {
        table = table.table(part).ok_or_else(|| Fault::new(format!("{part:?} is not a table")))?;
    }
    Ok(Value::Map(table))
}

fn bytes(receiver: &Value, name: &str) -> Result<Rc<[u8]>, Fault> {
    match map(receiver)?.get(name) {
        Some(Value::Bytes(bytes)) => Ok(bytes),
        _ => Ok(Rc::from([])),
    }
}

/// The text of a file; a chart may hold others, which no template can take apart.
fn file_text(bytes: &[u8], name: &str) -> Result<String, Fault> {
    let text = std::str::from_utf8(bytes);
    Ok(text.map_err(|_| Fault::new(format!("the file `{name}` is no UTF-8 text")))?.to_owned())
}

fn get(budget: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments)?;
    let content = file_text(&bytes(receiver, name)?, name)?;
    budget.bytes(content.len())?;
    Ok(Value::text(content))
}

fn get_bytes(_: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bytes(bytes(receiver, text(arguments)?)?))
}

fn glob(budget: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let files = map(receiver)?.entries();
    budget.steps(files.len())?;
    let glob = Glob::new(text(arguments)?);
    let found: Entries = files.into_iter().filter(|(name, _)| glob.matches(name)).collect();
    Ok(Value::Map(Map::of(Kind::Files, found)))
}

fn lines(budget: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments)?;
    let content = file_text(&bytes(receiver, name)?, name)?;
    budget.bytes(content.len())?;
    let content = content.strip_suffix('\n').map_or(content.as_str(), |content| content);
    let lines = if content.is_empty() { List::new(Vec::new()) } else { List::texts(content.split('\n')) };
    Ok(Value::List(lines))
}

/// The files by the last part of their names; of two with one name, the order in Go decides, which is none.
fn flat(receiver: &Value, write: impl Fn(&[u8], &str) -> Result<String, Fault>) -> Result<Value, Fault> {
    let mut data = Entries::new();
    for (name, content) in map(receiver)?.entries() {
        let base = name.rsplit('/').next().unwrap_or_default();
        let Value::Bytes(content) = content else {
            continue;
        };
        if data.insert(base.into(), Value::text(write(&content, &name)?)).is_some() {
            return Err(Fault::new(format!("two files called `{base}`: Helm takes either, by chance")));
        }
    }
    Ok(Value::Map(Map::new(data)))
}

fn as_config(budget: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    written(budget, &flat(receiver, file_text)?)
}

fn as_secrets(budget: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    written(budget, &flat(receiver, |content, _| Ok(STANDARD.encode(content)))?)
}

/// What `toYaml` makes of a value.
fn written(budget: &mut Budget, value: &Value) -> Result<Value, Fault> {
    budget.walk(value)?;
    let text = yaml::write(value)?;
    Ok(Value::text(text.strip_suffix('\n').unwrap_or(&text)))
}

fn display(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(Value::text(print::display(receiver)?))
}

/// The version of Kubernetes without what a vendor adds: what it prints of itself.
pub(super) fn version_of_kubernetes(map: &Map) -> Rc<str> {
    match map.get("Normalized") {
        Some(Value::Text(text)) => text,
        _ => "".into(),
    }
}

fn git_version(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(map(receiver)?.get("Version").unwrap_or(Value::Missing))
}

/// The version that a value of [`Kind::Version`] stands for.
pub(super) fn version(receiver: &Value) -> Result<Version, Fault> {
    let original = map(receiver)?.get("Original");
    let version = match &original {
        Some(Value::Text(text)) => Version::parse(text),
        _ => None,
    };
    version.ok_or_else(|| Fault::new("no semantic version"))
}

fn compare(_: &mut Budget, receiver: &Value, arguments: &[Value]) -> Result<Value, Fault> {
    let [other] = arguments else {
        return Err(Fault::new("Compare takes one version"));
    };
    let order = version(receiver)?.compare(&version(other)?);
    Ok(Value::Int(order as i64))
}

fn original(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(map(receiver)?.get("Original").unwrap_or(Value::Missing))
}

fn number(number: u64) -> Result<Value, Fault> {
    Ok(Value::Int64(i64::try_from(number).map_err(|_| Fault::new("a version with too large a number"))?))
}

fn major(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    number(version(receiver)?.numbers[0])
}

fn minor(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    number(version(receiver)?.numbers[1])
}

fn patch(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    number(version(receiver)?.numbers[2])
}

fn prerelease(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(Value::text(version(receiver)?.prerelease))
}

fn metadata(_: &mut Budget, receiver: &Value, _: &[Value]) -> Result<Value, Fault> {
    Ok(Value::text(version(receiver)?.metadata))
}
