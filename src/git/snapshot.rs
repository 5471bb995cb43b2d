//! The files of one commit, out of the object database: nothing is checked out, nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use git2::{ErrorCode, Oid, Repository, Tree};

use super::Commit;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::path::RelPath;
use crate::workspace::{COUNT_LIMIT, FILE_LIMIT, Listed, ListedKind, Workspace};

const NO_REPOSITORY: Code = Code::environment("L053", "no-repository");
const REVISION_MISSING: Code = Code::environment("L054", "revision-missing");

/// Links that lead to links; git itself gives up at forty.
const LINK_LIMIT: usize = 8;

/// The file modes of git that are no plain file.
const LINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;
const DIRECTORY: i32 = 0o040_000;

/// The files of one commit; its paths are those of the working tree.
pub struct Snapshot {
    /// Which commit.
    pub commit: Commit,
    /// Where the working tree is, or would be.
    top: RelPath,
    /// What stands before a path that is shown, `main:`.
    label: String,
    /// The directories of the repository and of the submodules that were met, the first being its own.
    stores: Mutex<Vec<PathBuf>>,
    /// Open handles, for as many threads as read at a time.
    handles: Mutex<Vec<(usize, Repository)>>,
    /// The files that were listed: where their bytes are.
    known: Mutex<BTreeMap<RelPath, Blob>>,
}

/// Where the bytes of a file are.
#[derive(Clone, Copy)]
struct Blob {
    store: usize,
    id: Oid,
}

/// What a tree has at a path.
struct Found {
    path: RelPath,
    mode: i32,
    blob: Blob,
    portable: bool,
}

impl Snapshot {
    /// The commit of a revision, as git understands it, in the repository that a directory is in; with `since`, the
    /// commit where the two parted.
    ///
    /// Paths are shown after `label`.
    pub fn open(
        directory: &Path,
        revision: &str,
        since: Option<&str>,
        label: &str,
    ) -> Result<Self, Box<Diagnostic>> {
        let repository = Repository::discover(directory).map_err(|error| no_repository(directory, &error))?;
        let mut commit = resolve(&repository, revision)?;
        if let Some(other) = since {
            let other_commit = resolve(&repository, other)?;
            commit = repository
                .merge_base(commit.id(), other_commit.id())
                .and_then(|id| repository.find_commit(id))
                .map_err(|error| missing(&repository, &format!("{revision}...{other}"), &error))?;
        }
        let top = repository.workdir().unwrap_or(repository.path());
        let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
        let top = top.to_str().and_then(|top| RelPath::parse(top.trim_start_matches('/')).ok());
        let found = Commit::of(&commit).ok_or_else(|| {
            let message = format!("the commit of `{revision}` was made at no time there is");
            Box::new(Diagnostic::new(REVISION_MISSING, message, Place::default()))
        })?;
        drop(commit);
        Ok(Self {
            commit: found,
            top: top.unwrap_or_default(),
            label: label.to_owned(),
            stores: Mutex::new(vec![repository.path().to_owned()]),
            handles: Mutex::new(vec![(0, repository)]),
            known: Mutex::default(),
        })
    }

    /// Whether the commit has a file there.
    pub fn is_file(&self, path: &RelPath) -> bool {
        self.list(path).is_ok_and(|found| matches!(found.as_slice(), [one] if one.path == *path))
    }

    /// Works with an open repository; another thread gets another handle.
    fn with<T>(
        &self,
        store: usize,
        work: impl FnOnce(&Repository) -> Result<T, git2::Error>,
    ) -> io::Result<T> {
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        let free = handles.iter().position(|(of, _)| *of == store).map(|index| handles.swap_remove(index).1);
        drop(handles);
        let repository = match free {
            Some(repository) => repository,
            None => {
                let stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
                let path = stores.get(store).cloned().unwrap_or_default();
                drop(stores);
                Repository::open(path).map_err(io::Error::other)?
            }
        };
        let result = work(&repository).map_err(io::Error::other);
        self.handles.lock().unwrap_or_else(PoisonError::into_inner).push((store, repository));
        result
    }

    /// Everything below a directory of the commit, links and submodules unresolved.
    fn found(&self, directory: &RelPath) -> io::Result<Vec<Found>> {
        let inside = directory.below(&self.top).ok_or(io::ErrorKind::NotFound)?;
        self.with(0, |repository| {
            let id = Oid::from_str(&self.commit.id)?;
            let tree = repository.find_commit(id)?.tree()?;
            let mut found = Vec::new();
            let entry = match inside.as_str() {
                "" => return walk(repository, &tree, directory, 0, &mut found).map(|()| found),
                path => tree.get_path(Path::new(path))?,
            };
            if entry.filemode() == DIRECTORY {
                walk(repository, &repository.find_tree(entry.id())?, directory, 0, &mut found)?;
            } else {
                let blob = Blob { store: 0, id: entry.id() };
                found.push(Found { path: directory.clone(), mode: entry.filemode(), blob, portable: true });
            }
            Ok(found)
        })
    }

    /// What stands at a path, and where its bytes are.
    fn listed(
        &self,
        found: &Found,
        all: &BTreeMap<&RelPath, &Found>,
        directories: &BTreeSet<RelPath>,
    ) -> io::Result<(ListedKind, Option<Blob>)> {
        if !found.portable {
            return Ok((ListedKind::Unportable, None));
        }
        let mut found = found;
        for _ in 0..LINK_LIMIT {
            if found.mode != LINK {
                let size = self.size(found.blob)?;
                return Ok((ListedKind::File(size), Some(found.blob)));
            }
            let bytes = self.bytes(found.blob)?;
            let target =
                std::str::from_utf8(&bytes).ok().and_then(|target| found.path.parent().join(target).ok());
            let Some(target) = target else { break };
            if directories.contains(&target) {
                return Ok((ListedKind::LinkedDirectory, None));
            }
            match all.get(&target) {
                Some(next) => found = next,
                None => break,
            }
        }
        Ok((ListedKind::LinkOut, None))
    }

    fn size(&self, blob: Blob) -> io::Result<u64> {
        self.with(blob.store, |repository| Ok(repository.odb()?.read_header(blob.id)?.0 as u64))
    }

    fn bytes(&self, blob: Blob) -> io::Result<Vec<u8>> {
        self.with(blob.store, |repository| Ok(repository.find_blob(blob.id)?.content().to_vec()))
    }

    /// The files of a submodule, if the commit it is at has been fetched; else what stands in its place.
    fn submodule(&self, at: &Found) -> Result<Vec<Found>, ListedKind> {
        let unknown = || {
            let inside = at.path.below(&self.top).unwrap_or_default();
            ListedKind::Unreadable(format!(
                "a submodule at the commit {}, which is not here: run `git submodule update --init {inside}`",
                at.blob.id
            ))
        };
        let directory = Path::new("/").join(at.path.as_str());
        let repository = Repository::open(directory).map_err(|_| unknown())?;
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let store = stores.len();
        stores.push(repository.path().to_owned());
        drop(stores);
        let mut found = Vec::new();
        let tree = repository.find_commit(at.blob.id).and_then(|commit| commit.tree());
        tree.and_then(|tree| walk(&repository, &tree, &at.path, store, &mut found)).map_err(|_| unknown())?;
        Ok(found)
    }
}

impl Workspace for Snapshot {
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>> {
        let mut listing = Vec::new();
        let mut found = Vec::new();
        for entry in self.found(directory)? {
            if entry.mode == SUBMODULE {
                match self.submodule(&entry) {
                    // A submodule inside a submodule is named, not opened.
                    Ok(files) => found.extend(files),
                    Err(kind) => listing.push(Listed { path: entry.path, kind }),
                }
            } else {
                found.push(entry);
            }
        }
        let all: BTreeMap<&RelPath, &Found> = found.iter().map(|found| (&found.path, found)).collect();
        let directories = all.keys().flat_map(|path| above(path)).collect();
        let mut known = Vec::with_capacity(all.len());
        for entry in all.values() {
            let (kind, blob) = if entry.mode == SUBMODULE {
                (ListedKind::Unreadable("a submodule inside a submodule".to_owned()), None)
            } else {
                self.listed(entry, &all, &directories)?
            };
            known.extend(blob.map(|blob| (entry.path.clone(), blob)));
            listing.push(Listed { path: entry.path.clone(), kind });
        }
        listing.sort_by(|one, other| one.path.cmp(&other.path));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
        Ok(listing)
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        let blob = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        let bytes = self.bytes(blob.ok_or(io::ErrorKind::NotFound)?)?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(io::Error::other(format!("more than {FILE_LIMIT} bytes")));
        }
        Ok(bytes)
    }

    fn display(&self, path: &RelPath) -> String {
        format!("{}{}", self.label, path.below(&self.top).as_ref().unwrap_or(path))
    }
}

/// The directories that a path is in.
fn above(path: &RelPath) -> impl Iterator<Item = RelPath> + use<> {
    let inside = |path: &RelPath| Some(path.parent()).filter(|parent| parent != path);
    std::iter::successors(inside(path), inside)
}

/// Everything below a tree; like on disk, directories of a hidden name are left out.
fn walk(
    repository: &Repository,
    tree: &Tree<'_>,
    at: &RelPath,
    store: usize,
    found: &mut Vec<Found>,
) -> Result<(), git2::Error> {
    for entry in tree {
        if found.len() > COUNT_LIMIT {
            return Ok(());
        }
        let name = String::from_utf8_lossy(entry.name_bytes());
        let portable = entry.name().is_ok() && !name.contains('\\');
        let path = at.child(&name.replace('\\', "\u{fffd}"));
        if entry.filemode() == DIRECTORY {
            if !name.starts_with('.') {
                walk(repository, &repository.find_tree(entry.id())?, &path, store, found)?;
            }
        } else {
            let blob = Blob { store, id: entry.id() };
            found.push(Found { path, mode: entry.filemode(), blob, portable });
        }
    }
    Ok(())
}

fn resolve<'r>(repository: &'r Repository, revision: &str) -> Result<git2::Commit<'r>, Box<Diagnostic>> {
    repository
        .revparse_single(revision)
        .and_then(|object| object.peel_to_commit())
        .map_err(|error| missing(repository, revision, &error))
}

fn missing(repository: &Repository, revision: &str, error: &git2::Error) -> Box<Diagnostic> {
    let message = format!("the repository has no commit `{revision}`: {}", error.message());
    let help = if repository.is_shallow() {
        format!(
            "the clone is shallow: fetch what is missing with `git fetch --unshallow`, or check out with \
             `fetch-depth: 0`; one commit alone comes with `git fetch --depth=1 origin {revision}`"
        )
    } else if error.code() == ErrorCode::Ambiguous {
        "write more digits of the hash".to_owned()
    } else {
        format!(
            "fetch it with `git fetch origin {revision}`; a branch of the remote is named `origin/<branch>`"
        )
    };
    Box::new(Diagnostic::new(REVISION_MISSING, message, Place::default()).help(help))
}

fn no_repository(directory: &Path, error: &git2::Error) -> Box<Diagnostic> {
    let message = format!("no git repository can be opened here: {}", error.message());
    let help = if error.code() == ErrorCode::Owner {
        "it belongs to another user: `git config --global --add safe.directory` with its path lets git open it"
    } else {
        "compare two directories with `--base-path` and `--head-path`"
    };
    let place = Place::file(directory.display().to_string());
    Box::new(Diagnostic::new(NO_REPOSITORY, message, place).help(help))
}
