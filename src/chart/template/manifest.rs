//! Rendered templates -> documents in the order Helm installs them, and hooks.
//!
//! upstream: Helm, pkg/release/v1/util/manifest.go, manifest_sorter.go and kind_sorter.go

use super::chartfile::scalar_text;
use super::value::{Map, Value};
use super::{Document, Failure, yaml};
use crate::kind::install_rank;

/// What a hook may wait for; Helm leaves out a document that waits for anything else.
const EVENTS: &[&str] = &[
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// A document and what Helm reads of it.
struct Headed {
    kind: String,
    document: Document,
}

/// Takes the texts of all templates by path, in the order of the paths; a text that is no YAML is a failure.
pub(super) fn documents(texts: &[(String, String)], failures: &mut Vec<Failure>) -> Vec<Document> {
    let mut found = Vec::new();
    for (template, text) in texts {
        for (line, document) in split(text) {
            match head(template, document) {
                Ok(headed) => found.extend(headed),
                Err(mut failure) => {
                    failure.line = 0;
                    failure.reason = format!(
                        "the document that begins in line {line} of what it renders is no object: {}",
                        failure.reason
                    );
                    failures.push(failure);
                }
            }
        }
    }
    let rank = |headed: &Headed| (headed.document.is_hook, install_rank(&headed.kind));
    found.sort_by(|one, other| (rank(one), &one.kind).cmp(&(rank(other), &other.kind)));
    found.into_iter().map(|headed| headed.document).collect()
}

/// The documents of a text and the lines they begin on: Helm cuts before `---` on any line, whatever follows it.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut documents = Vec::new();
    let text_start = text.len() - text.trim_start().len();
    let mut start = text_start;
    let mut at = text_start;
    for line in text.get(text_start..).unwrap_or_default().split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---") {
            documents.push((start, at));
            start = at + line.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        at += line.len();
    }
    documents.push((start, at));
    let cut = documents.into_iter().filter_map(|(start, end)| {
        let document = text.get(start..end)?.trim_start();
        let begin = end - document.len();
        let line = text.get(..begin)?.matches('\n').count() + 1;
        (!document.is_empty()).then_some((line, document))
    });
    cut.collect()
}

/// Reads kind and hook of a document; nothing for a hook that waits for what Helm does not know.
fn head(template: &str, text: &str) -> Result<Option<Headed>, Failure> {
    let failure = |reason: &str| Failure::of(template, reason);
    let read = yaml::first(text).map_err(|fault| failure(&fault.what))?;
    let map = match read {
        Value::Map(map) => Some(map),
        Value::Missing | Value::Nil => None,
        _ => return Err(failure("neither a mapping nor empty")),
    };
    let field = |map: &Map, name: &str| {
        let value = map.get(name).unwrap_or(Value::Nil);
        scalar_text(&value).ok_or_else(|| failure(&format!("`{name}` is no string")))
    };
    let (mut kind, mut hook) = (String::new(), None);
    if let Some(map) = &map {
        kind = field(map, "kind")?.to_string();
        field(map, "apiVersion")?;
        match map.get("metadata") {
            Some(Value::Map(metadata)) => {
                field(&metadata, "name")?;
                hook = annotation(&metadata, "helm.sh/hook").map_err(|why| failure(&why))?;
            }
            None | Some(Value::Nil) => {}
            Some(_) => return Err(failure("`metadata` is no mapping")),
        }
    }
    let events: Vec<String> =
        hook.iter().flat_map(|hook| hook.split(',')).map(|event| event.trim().to_lowercase()).collect();
    if !events.iter().all(|event| EVENTS.contains(&event.as_str())) {
        return Ok(None);
    }
    let document = Document { template: template.to_owned(), text: text.to_owned(), is_hook: hook.is_some() };
    Ok(Some(Headed { kind, document }))
}

/// An annotation; all of them must be strings.
fn annotation(metadata: &Map, name: &str) -> Result<Option<String>, String> {
    let annotations = match metadata.get("annotations") {
        Some(Value::Map(annotations)) => annotations,
        None | Some(Value::Nil) => return Ok(None),
        Some(_) => return Err("`metadata.annotations` is no mapping".to_owned()),
    };
    let mut found = None;
    for (key, value) in annotations.entries() {
        let text = scalar_text(&value).ok_or_else(|| format!("the annotation `{key}` is no string"))?;
        if *key == *name {
            found = Some(text.to_string());
        }
    }
    Ok(found)
}
