//! Git: which commit a directory is at. The one file that speaks to git.

use std::path::Path;

use git2::{Repository, StatusOptions};

/// The commit of a working tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its hash, in hex.
    pub id: String,
    /// When it was committed.
    pub committed: time::UtcDateTime,
}

/// The commit that a directory is checked out at; nothing outside a repository, or before its first commit.
pub fn commit(directory: &Path) -> Option<Commit> {
    let repository = Repository::discover(directory).ok()?;
    let commit = repository.head().ok()?.peel_to_commit().ok()?;
    let committed = time::UtcDateTime::from_unix_timestamp(commit.time().seconds()).ok()?;
    Some(Commit { id: commit.id().to_string(), committed })
}

/// Whether files below a directory differ from the commit it is at; also when that cannot be told.
pub fn is_dirty(directory: &Path) -> bool {
    has_changes(directory).unwrap_or(true)
}

fn has_changes(directory: &Path) -> Option<bool> {
    let repository = Repository::discover(directory).ok()?;
    let root = repository.workdir()?.canonicalize().ok()?;
    let below = directory.canonicalize().ok()?;
    let below = below.strip_prefix(&root).ok()?;
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    if !below.as_os_str().is_empty() {
        options.pathspec(below).disable_pathspec_match(true);
    }
    Some(!repository.statuses(Some(&mut options)).ok()?.is_empty())
}
