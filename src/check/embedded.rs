//! Documents inside of strings: a kubeconfig in a Secret, a policy in a ConfigMap.
//!
//! Gardener reads them less strictly than a landscape is read; what only a strict reader minds is told apart.

use crate::diagnostic::Report;
use crate::path::RelPath;
use crate::syntax::{self, Node};
use crate::workspace::{SourceFile, Sources};

/// Faults that every reader of YAML stumbles over.
const FATAL: [&str; 3] = ["L101", "L102", "L103"];

/// A document as it was read.
pub(super) struct Embedded {
    /// Its tree, if it has one.
    pub(super) root: Option<Node>,
    /// Why nobody could read it.
    pub(super) unreadable: Option<String>,
    /// What only a strict reader minds.
    pub(super) doubts: Vec<String>,
}

/// Reads the first document of a text.
pub(super) fn read(text: &str) -> Embedded {
    let mut report = Report::default();
    let id = report.sources.add(String::new(), text.into());
    let file = SourceFile { path: RelPath::root(), id };
    let sources = Sources { files: vec![file], ..Sources::default() };
    let root =
        syntax::parse(&sources, &mut report).documents.into_iter().next().map(|document| document.root);
    let mut embedded = Embedded { root, unreadable: None, doubts: Vec::new() };
    for finding in report.findings() {
        let line = finding.place.span.map_or(1, |span| report.sources.position(span).line);
        let message = format!("line {line}: {}", finding.message);
        if FATAL.contains(&finding.code.id) {
            embedded.unreadable.get_or_insert(message);
        } else {
            embedded.doubts.push(message);
        }
    }
    embedded
}
