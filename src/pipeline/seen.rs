//! What one compilation has read, so that another of a landscape much like it need not.

use std::collections::{BTreeSet, HashMap};

use crate::landscape::Landscape;
use crate::path::RelPath;
use crate::source::FileId;
use crate::syntax::{self, Documents};
use crate::workspace::{self, Sources};

/// Files and their documents, by path in the workspace.
#[derive(Default)]
pub(super) struct Seen<'a> {
    /// The text of each file.
    pub(super) files: workspace::Known,
    /// The documents of each text.
    pub(super) documents: syntax::Known,
    /// What became of all that.
    pub(super) twin: Option<&'a Landscape>,
    /// The files whose objects may be missing, as they cannot be read.
    pub(super) faulty: BTreeSet<RelPath>,
    /// What is compiled: on the two sides of a comparison it may be called otherwise.
    root: RelPath,
    paths: HashMap<FileId, RelPath>,
    records: bool,
}

impl<'a> Seen<'a> {
    /// Nothing, to be forgotten at once.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// Nothing yet.
    pub(super) fn recording(root: RelPath) -> Self {
        Self { records: true, root, ..Self::default() }
    }

    /// What was seen before, and where what is seen next is kept apart.
    pub(super) fn after(earlier: &Seen<'_>, twin: &'a Landscape, root: RelPath) -> Self {
        let (files, documents) = (earlier.files.clone(), earlier.documents.clone());
        Self { files, documents, twin: Some(twin), ..Self::recording(root) }
    }

    /// Takes note of the files of a directory.
    pub(super) fn record(&mut self, sources: &Sources, parsed: &Documents) {
        if !self.records {
            return;
        }
        let full = |path: &RelPath| path.parts().fold(sources.root.clone(), |full, part| full.child(part));
        let faulty = sources.refused.iter().chain(&parsed.broken).map(full);
        self.faulty.extend(faulty.map(|path| path.below(&self.root).unwrap_or(path)));
        for file in &sources.files {
            let path = full(&file.path);
            self.paths.insert(file.id, path.below(&self.root).unwrap_or_else(|| path.clone()));
            self.files.insert(path, file.id);
        }
        let ids: HashMap<&RelPath, FileId> = sources.files.iter().map(|file| (&file.path, file.id)).collect();
        let broken: BTreeSet<&RelPath> = parsed.broken.iter().collect();
        for document in parsed.documents.iter().filter(|document| !broken.contains(&document.path)) {
            if let Some(id) = ids.get(&document.path) {
                self.documents.entry(*id).or_default().push(document.clone());
            }
        }
    }

    /// The path of a text below what is compiled.
    pub(super) fn path(&self, file: FileId) -> Option<&RelPath> {
        self.paths.get(&file)
    }

    /// Whether the file that a text is of cannot be read on the side that has seen `self`.
    pub(super) fn lacks(&self, other: &Seen<'_>, file: FileId) -> bool {
        !self.faulty.is_empty() && other.paths.get(&file).is_some_and(|path| self.faulty.contains(path))
    }
}
