//! Report -> SARIF 2.1.0, for code scanning.
//!
//! Columns are counted in characters, as everywhere in this program. A fingerprint says which fault of which field of
//! which object it is, so that a finding keeps its history when lines move.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::place::Region;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::page;
use crate::source::Span;

/// The log of some findings, whose places are in the files of the report.
pub(super) fn render(report: &Report, findings: &[&Diagnostic]) -> String {
    let codes: BTreeMap<&str, Code> =
        findings.iter().map(|finding| (finding.code.id, finding.code)).collect();
    let index: BTreeMap<&str, usize> = codes.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(report, finding, index.get(finding.code.id).copied().unwrap_or_default()))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.values().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

fn rule(code: &Code) -> Value {
    let mut rule = json!({
        "id": code.id,
        "name": code.slug,
        "shortDescription": { "text": code.slug.replace('-', " ") },
        "defaultConfiguration": { "level": code.severity.name() },
    });
    if let (Some(page), Some(fields)) = (page::find(code.id), rule.as_object_mut()) {
        fields.insert("fullDescription".to_owned(), json!({ "text": page.summary() }));
        fields.insert(
            "help".to_owned(),
            json!({ "text": page::render(page.text, false), "markdown": page.text }),
        );
    }
    rule
}

fn result(report: &Report, finding: &Diagnostic, rule: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": rule,
        "level": finding.code.severity.name(),
        "message": { "text": message(finding) },
        "locations": [location(report, finding)],
        "partialFingerprints": { "objectAndField/v1": fingerprint(report, finding) },
    });
    if let (false, Some(fields)) = (finding.related.is_empty(), result.as_object_mut()) {
        let related: Vec<Value> = finding
            .related
            .iter()
            .enumerate()
            .map(|(index, label)| {
                json!({
                    "id": index + 1,
                    "message": { "text": plain(&label.text) },
                    "physicalLocation": physical(report, label.span),
                })
            })
            .collect();
        fields.insert("relatedLocations".to_owned(), related.into());
    }
    result
}

fn message(finding: &Diagnostic) -> String {
    let mut text = plain(&finding.message);
    for (name, more) in [("item", &finding.place.item), ("why", &finding.why), ("help", &finding.help)] {
        if let Some(more) = more {
            write!(text, "\n{name}: {}", plain(more)).expect("a string takes every write");
        }
    }
    text
}

/// A viewer makes a link of `[text](target)`; a name in a spec must not become one.
fn plain(text: &str) -> String {
    text.replace("](", "] (")
}

/// Code scanning refuses a result without a file and a line, so a fault of no place stands at the first line of what
/// was checked.
fn location(report: &Report, finding: &Diagnostic) -> Value {
    let place = &finding.place;
    let physical = place.span.map_or_else(
        || {
            let file = report.file_of(place).unwrap_or(".");
            json!({ "artifactLocation": { "uri": uri(file) }, "region": { "startLine": 1 } })
        },
        |span| physical(report, span),
    );
    let mut location = json!({ "physicalLocation": physical });
    if let (Some(object), Some(fields)) = (&place.object, location.as_object_mut()) {
        let logical = json!([{
            "name": object.full_name(),
            "fullyQualifiedName": format!("{}/{object}/{}", object.api_version, place.path),
            "kind": "object",
        }]);
        fields.insert("logicalLocations".to_owned(), logical);
    }
    location
}

fn physical(report: &Report, span: Span) -> Value {
    let Region { start, end } = Region::of(&report.sources, span);
    json!({
        "artifactLocation": { "uri": uri(report.sources.name(span.file)) },
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    })
}

/// The path as a URI reference: every byte that is neither unreserved nor a separator is percent-encoded.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let mut uri = scheme.to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into());
            }
            other => write!(uri, "%{other:02X}").expect("a string takes every write"),
        }
    }
    uri
}

/// Part of every uploaded history: code, object, field and item, never lines.
fn fingerprint(report: &Report, finding: &Diagnostic) -> String {
    let place = &finding.place;
    let object = match &place.object {
        Some(object) => format!("{}/{object}", object.api_version),
        None => report.file_of(place).unwrap_or_default().to_owned(),
    };
    let item = place.item.as_deref().unwrap_or_default();
    Digest::of([finding.code.id, &object, &place.path, item].join("\0")).hex()
}
