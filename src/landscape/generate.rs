//! `kind: ForEach`: items x template -> objects.

use std::collections::{BTreeMap, HashSet};

use ecow::EcoString;
use rayon::prelude::*;

use super::Landscape;
use super::expression::{Prepared, Scope, prepare};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::RelPath;
use crate::spec::{Table, Written};
use crate::syntax::{Entry, Key, Mapping, Node, Value};

const ITEMS_NOT_A_LIST: Code = Code::error("L304", "items-not-a-list");
const ITEMS_FILE_MISSING: Code = Code::error("L305", "items-file-missing");
const ITEMS_FILE_MALFORMED: Code = Code::error("L306", "items-file-malformed");

/// A tree with its expressions evaluated, and the item it was made from.
pub(super) struct Generated {
    pub(super) root: Node,
    pub(super) item: Option<EcoString>,
}

/// Evaluates one written document: a generator into many trees, any other into itself. Trees that a twin of the landscape
/// has are its own.
pub(super) fn generate(
    written: &Written,
    tables: &BTreeMap<RelPath, Table>,
    scope: &Scope,
    twin: Option<&Landscape>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Generated> {
    if written.sealed.is_some() {
        return vec![Generated { root: written.root.clone(), item: None }];
    }
    if written.root.get("kind").and_then(Node::as_str) != Some("ForEach") {
        let root = prepare(&written.root, scope, findings).fill(&scope.common(), findings);
        return vec![Generated { root, item: None }];
    }
    let (Some(items), Some(template)) =
        (written.root.at(&["spec", "items"]), written.root.at(&["spec", "template"]))
    else {
        return Vec::new();
    };
    let Some(items) = resolve_items(items, tables, scope, findings) else {
        return Vec::new();
    };
    let templates = match &template.value {
        Value::Sequence(templates) => &templates[..],
        _ => std::slice::from_ref(template),
    };
    let prepared: Vec<Prepared<'_>> =
        templates.iter().map(|template| prepare(template, scope, findings)).collect();
    let made: Vec<(Vec<Generated>, Vec<Diagnostic>)> = items
        .par_iter()
        .enumerate()
        .map(|(index, item)| instantiate(&prepared, index, item, scope, twin))
        .collect();
    let mut all = Vec::with_capacity(items.len() * prepared.len());
    for (generated, found) in made {
        all.extend(generated);
        findings.extend(found);
    }
    all
}

fn instantiate(
    prepared: &[Prepared<'_>],
    index: usize,
    item: &Node,
    scope: &Scope,
    twin: Option<&Landscape>,
) -> (Vec<Generated>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let label = item_label(index, item);
    let context = scope.of_item(item);
    let generated = prepared
        .iter()
        .map(|template| {
            let root = template.fill(&context, &mut findings);
            // Ten thousand generated objects are most of what a landscape takes up in memory.
            let shared = twin.and_then(|twin| twin.shared(&root)).cloned();
            let root = shared.unwrap_or(root);
            Generated { root, item: Some(label.clone()) }
        })
        .collect();
    for finding in &mut findings {
        finding.place.item = Some(label.to_string());
    }
    (generated, findings)
}

/// What a person calls an item: its number, and its name or first text.
fn item_label(index: usize, item: &Node) -> EcoString {
    let first = item.entries().iter().find_map(|entry| entry.value.as_str());
    let name = item.get("name").and_then(Node::as_str).or(first).or(item.as_str());
    match name {
        Some(name) => ecow::eco_format!("{} (`{name}`)", index + 1),
        None => ecow::eco_format!("{}", index + 1),
    }
}

fn resolve_items(
    items: &Node,
    tables: &BTreeMap<RelPath, Table>,
    scope: &Scope,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<Node>> {
    let list = match &items.value {
        Value::String(path) if !path.contains("${{") => table(path, items, tables, findings)?,
        _ => prepare(items, scope, findings).fill(&scope.common(), findings),
    };
    if let Value::Sequence(items) = list.value {
        return Some(items.into_iter().collect());
    }
    findings.push(
        Diagnostic::new(
            ITEMS_NOT_A_LIST,
            format!("the items are {}, not a list", list.type_name()),
            items.span,
        )
        .help("give a list, or the path of a file that holds one"),
    );
    None
}

fn table(
    path: &str,
    items: &Node,
    tables: &BTreeMap<RelPath, Table>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Node> {
    match RelPath::parse(path).ok().and_then(|path| tables.get(&path)) {
        Some(Table::Document(node)) => Some(node.clone()),
        Some(Table::Csv(bytes)) => read_csv(bytes, items)
            .map_err(|fault| {
                let message = format!("`{path}` is no table: {fault}");
                findings.push(
                    Diagnostic::new(ITEMS_FILE_MALFORMED, message, items.span)
                        .why("what an item holds is told by the names of the columns")
                        .help("the first line names the columns, every other line has as many fields"),
                );
            })
            .ok(),
        None => {
            findings.push(
                Diagnostic::new(
                    ITEMS_FILE_MISSING,
                    format!("the landscape has no file `{path}`"),
                    items.span,
                )
                .help(
                    "paths count from the directory of `landscape.yaml`; YAML, JSON and CSV files are read",
                ),
            );
            None
        }
    }
}

/// Every cell is a string: a version like `1.30` must not become a number.
fn read_csv(bytes: &[u8], at: &Node) -> Result<Node, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let columns = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut names = HashSet::new();
    if let Some(twin) = columns.iter().find(|column| !names.insert(*column)) {
        return Err(format!("two columns are named `{twin}`"));
    }
    let mut rows = ecow::EcoVec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let entries = columns.iter().zip(record.iter()).map(|(column, cell)| Entry {
            key: Key { name: column.into(), span: at.span },
            value: Node::string(cell, at.span),
        });
        rows.push(Node::new(Value::Mapping(Mapping::new(entries)), at.span));
    }
    Ok(Node::new(Value::Sequence(rows), at.span))
}
