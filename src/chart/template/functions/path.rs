//! Paths and addresses.
//!
//! upstream: Go, src/path; Masterminds/sprig, url.go

use fluent_uri::UriRef;

use super::super::value::{Kind, Map};
use super::{Call, Fault, Function, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("base", 1, 1, |call| Ok(Value::text(base(&call.text(0)?)))),
    function("osBase", 1, 1, |call| Ok(Value::text(base(&call.text(0)?)))),
    function("dir", 1, 1, |call| Ok(Value::text(dir(&call.text(0)?)))),
    function("osDir", 1, 1, |call| Ok(Value::text(dir(&call.text(0)?)))),
    function("clean", 1, 1, |call| Ok(Value::text(clean(&call.text(0)?)))),
    function("osClean", 1, 1, |call| Ok(Value::text(clean(&call.text(0)?)))),
    function("ext", 1, 1, |call| Ok(Value::text(extension(&call.text(0)?)))),
    function("osExt", 1, 1, |call| Ok(Value::text(extension(&call.text(0)?)))),
    function("isAbs", 1, 1, |call| Ok(Value::Bool(call.text(0)?.starts_with('/')))),
    function("osIsAbs", 1, 1, |call| Ok(Value::Bool(call.text(0)?.starts_with('/')))),
    function("urlParse", 1, 1, url_parse),
];

fn base(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".to_owned(),
        "" => "/".to_owned(),
        trimmed => trimmed.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or_default())
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default().to_owned()
}

fn url_parse(call: &mut Call<'_>) -> Result<Value, Fault> {
    let text = call.text(0)?;
    let Ok(url) = UriRef::parse(&*text) else {
        return call.fault("an address that this renderer does not take apart");
    };
    let scheme = url.scheme().map_or(String::new(), |scheme| scheme.as_str().to_ascii_lowercase());
    let authority = url.authority();
    let user = authority.as_ref().and_then(|authority| authority.userinfo());
    let host = authority.as_ref().map_or("", |authority| authority.host());
    let port = authority.as_ref().and_then(|authority| authority.port());
    let place = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{}", port.as_str()));
    let opaque = !scheme.is_empty() && authority.is_none() && !url.path().as_str().starts_with('/');
    if text.contains('%') {
        return call.fault("an address with `%`, which this renderer does not take apart");
    }
    let path = url.path().as_str();
    Ok(Value::Map(Map::from_pairs(
        Kind::Plain,
        [
            ("scheme", Value::text(scheme)),
            ("host", Value::text(place)),
            ("hostname", Value::text(host.trim_start_matches('[').trim_end_matches(']'))),
            ("path", Value::text(if opaque { "" } else { path })),
            ("query", Value::text(url.query().map_or("", |query| query.as_str()))),
            ("opaque", Value::text(if opaque { path } else { "" })),
            ("fragment", Value::text(url.fragment().map_or("", |fragment| fragment.as_str()))),
            ("userinfo", Value::text(user.map_or("", |user| user.as_str()))),
        ],
    )))
}
