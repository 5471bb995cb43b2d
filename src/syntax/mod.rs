//! Syntax: Sources -> Documents.
//!
//! YAML is read the way Kubernetes reads it, and strictly: whatever two readers could understand differently is a
//! finding with its place, not a guess.

mod emit;
mod fault;
mod parse;
mod scalar;
mod tree;

use std::collections::HashMap;

use rayon::prelude::*;

pub use emit::emit;
pub(crate) use scalar::{Plain, resolve};
pub use tree::{Entry, Key, Mapping, Node, Value, join_path, path_segment};

use crate::diagnostic::Report;
use crate::path::RelPath;
use crate::source::{FileId, Span};
use crate::workspace::Sources;

/// One YAML document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file it is in, inside the landscape.
    pub path: RelPath,
    /// Its tree.
    pub root: Node,
    /// All its bytes, comments included.
    pub span: Span,
}

/// All documents of all files, in the order of the files.
#[derive(Debug, Default)]
pub struct Documents {
    /// The documents.
    pub documents: Vec<Document>,
    /// The files that hold a fault, whose objects may be missing.
    pub broken: Vec<RelPath>,
}

/// Files that were parsed before, each with its documents; those of a faulty one are not kept.
pub type Known = HashMap<FileId, Vec<Document>>;

/// Parses every YAML and JSON file. Faults are reported; what could be read is kept.
pub fn parse(sources: &Sources, report: &mut Report) -> Documents {
    parse_unknown(sources, &Known::new(), report)
}

/// Parses every YAML and JSON file but those that are known.
pub fn parse_unknown(sources: &Sources, known: &Known, report: &mut Report) -> Documents {
    let texts: Vec<_> = sources
        .files
        .iter()
        .map(|file| (&file.path, file.id, report.sources.text(file.id).clone()))
        .collect();
    let parsed: Vec<_> = texts
        .par_iter()
        .map(|(path, id, text)| {
            let mut findings = Vec::new();
            let documents = match known.get(id) {
                Some(documents) => documents.clone(),
                None => parse_text(path, *id, text, &mut findings),
            };
            (documents, findings)
        })
        .collect();
    let mut all = Documents::default();
    for ((documents, findings), (path, ..)) in parsed.into_iter().zip(texts) {
        if !findings.is_empty() {
            all.broken.push(path.clone());
        }
        all.documents.extend(documents);
        report.extend(findings);
    }
    all
}

/// The one document of a text that this program wrote; nothing when it is no such text.
pub fn parse_one(file: FileId, text: &str) -> Option<Node> {
    match &*parse_sound(file, text)? {
        [document] => Some(document.clone()),
        _ => None,
    }
}

/// The documents of a text; nothing when it holds a fault.
pub fn parse_sound(file: FileId, text: &str) -> Option<Vec<Node>> {
    let mut findings = Vec::new();
    let documents = parse::parse_file(file, text, &mut findings);
    findings.is_empty().then(|| documents.into_iter().map(|document| document.root).collect())
}

fn parse_text(
    path: &RelPath,
    id: FileId,
    text: &str,
    findings: &mut Vec<crate::diagnostic::Diagnostic>,
) -> Vec<Document> {
    parse::parse_file(id, text, findings)
        .into_iter()
        .map(|parsed| Document { path: path.clone(), root: parsed.root, span: parsed.span })
        .collect()
}
