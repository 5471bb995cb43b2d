//! Git: which commit a directory is at, and the files of any commit. The one module that speaks to git.

mod snapshot;

use std::path::{Path, PathBuf};

use git2::{Repository, StatusOptions};

pub use snapshot::Snapshot;

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
    Commit::of(&repository.head().ok()?.peel_to_commit().ok()?)
}

impl Commit {
    fn of(commit: &git2::Commit<'_>) -> Option<Self> {
        let committed = time::UtcDateTime::from_unix_timestamp(commit.time().seconds()).ok()?;
        Some(Self { id: commit.id().to_string(), committed })
    }
}

/// Whether a commit is another one, or has it among its ancestors; nothing when that cannot be told here.
pub fn follows(directory: &Path, commit: &str, other: &str) -> Option<bool> {
    if commit == other {
        return Some(true);
    }
    let repository = Repository::discover(directory).ok()?;
    let find = |name: &str| repository.find_commit(git2::Oid::from_str(name).ok()?).ok();
    let follows = repository.graph_descendant_of(find(commit)?.id(), find(other)?.id()).ok()?;
    // What a shallow clone lacks may lead from one to the other.
    (follows || !repository.is_shallow()).then_some(follows)
}

/// Where a directory is inside the repository it belongs to: `.` at its top, else with `/` between the names.
pub fn directory(directory: &Path) -> Option<String> {
    let below = directory_below(&Repository::discover(directory).ok()?, directory)?;
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    let parts = parts?;
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

fn directory_below(repository: &Repository, directory: &Path) -> Option<PathBuf> {
    let root = repository.workdir()?.canonicalize().ok()?;
    let below = directory.canonicalize().ok()?;
    Some(below.strip_prefix(&root).ok()?.to_owned())
}

/// Whether files below a directory differ from the commit it is at; also when that cannot be told.
pub fn is_dirty(directory: &Path) -> bool {
    has_changes(directory).unwrap_or(true)
}

fn has_changes(directory: &Path) -> Option<bool> {
    let repository = Repository::discover(directory).ok()?;
    let below = directory_below(&repository, directory)?;
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
    if !below.as_os_str().is_empty() {
        options.pathspec(below).disable_pathspec_match(true);
    }
    Some(!repository.statuses(Some(&mut options)).ok()?.is_empty())
}
