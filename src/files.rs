//! A tree of files in memory: what a stage has made and nobody has written yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::RelPath;

/// Files by path, always in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<RelPath, Arc<[u8]>>);

impl Files {
    /// Puts a file in; a path is written once.
    pub fn insert(&mut self, path: RelPath, bytes: impl Into<Arc<[u8]>>) {
        let earlier = self.0.insert(path, bytes.into());
        debug_assert!(earlier.is_none(), "a path is written once");
    }

    /// The bytes of a file.
    pub fn get(&self, path: &RelPath) -> Option<&Arc<[u8]>> {
        self.0.get(path)
    }

    /// Paths and bytes in the order of the paths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&RelPath, &Arc<[u8]>)> {
        self.0.iter()
    }

    /// The files below a directory, with paths relative to it.
    #[must_use]
    pub fn below(&self, directory: &RelPath) -> Self {
        Self(
            self.0.iter().filter_map(|(path, bytes)| Some((path.below(directory)?, bytes.clone()))).collect(),
        )
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of all files together.
    pub fn size(&self) -> usize {
        self.0.values().map(|bytes| bytes.len()).sum()
    }
}

impl Extend<(RelPath, Arc<[u8]>)> for Files {
    fn extend<I: IntoIterator<Item = (RelPath, Arc<[u8]>)>>(&mut self, files: I) {
        for (path, bytes) in files {
            self.insert(path, bytes);
        }
    }
}

impl FromIterator<(RelPath, Arc<[u8]>)> for Files {
    fn from_iter<I: IntoIterator<Item = (RelPath, Arc<[u8]>)>>(files: I) -> Self {
        let mut all = Self::default();
        all.extend(files);
        all
    }
}
