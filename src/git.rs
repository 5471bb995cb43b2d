//! Git: which commit a directory is at. The one file that speaks to git.

use std::path::Path;

use git2::{Repository, StatusOptions};

/// The commit of a working tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// As Flux writes revisions, `sha1:<hex>`, with `-dirty` when files below the directory differ from the commit.
    pub name: String,
    /// When it was committed.
    pub committed: time::UtcDateTime,
}

/// The commit that a directory is checked out at; nothing outside a repository, or before its first commit.
pub fn commit(directory: &Path) -> Option<Commit> {
    let repository = Repository::discover(directory).ok()?;
    let commit = repository.head().ok()?.peel_to_commit().ok()?;
    let dirty = if is_dirty(&repository, directory).unwrap_or(true) { "-dirty" } else { "" };
    let committed = time::UtcDateTime::from_unix_timestamp(commit.time().seconds()).ok()?;
    Some(Commit { name: format!("sha1:{}{dirty}", commit.id()), committed })
}

fn is_dirty(repository: &Repository, directory: &Path) -> Option<bool> {
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
