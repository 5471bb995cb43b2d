//! The one file that touches the file system, in both directions.
//!
//! Writing is all or nothing: a tree is written beside its destination and exchanged with it, and a file that this program
//! did not write is never removed.
#![expect(clippy::disallowed_methods, reason = "the one place for file-system I/O")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{COUNT_LIMIT, FILE_LIMIT, Listed, ListedKind, UNREADABLE, Workspace};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::files::Files;
use crate::path::RelPath;

const UNWRITABLE: Code = Code::environment("L051", "unwritable");
const FOREIGN_OUTPUT: Code = Code::environment("L052", "foreign-output");

/// The file system, seen from its root; paths are shown relative to the directory the user is in.
#[derive(Clone, Debug)]
pub struct Disk {
    current: PathBuf,
}

impl Disk {
    /// The file system for a user whose current directory is `current`, an absolute path.
    pub fn new(current: PathBuf) -> Self {
        Self { current }
    }

    /// The path of something the user typed.
    pub fn path(&self, typed: &Path) -> Option<RelPath> {
        let absolute = self.current.join(typed);
        let text = absolute.to_str()?;
        RelPath::parse(text.trim_start_matches('/')).ok()
    }

    /// Whether a file stands there.
    pub fn is_file(&self, path: &RelPath) -> bool {
        absolute(path).is_file()
    }
}

impl Workspace for Disk {
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>> {
        let top = absolute(directory);
        let real = top.canonicalize()?;
        let mut found = Vec::new();
        if real.is_file() {
            let size = real.metadata()?.len();
            return Ok(vec![Listed {
                path: directory.clone(),
                kind: ListedKind::File(size),
            }]);
        }
        let mut pending = vec![(top, directory.clone())];
        while let Some((current, relative)) = pending.pop() {
            for entry in fs::read_dir(&current)? {
                let entry = entry?;
                let name = entry.file_name();
                let Some(name) = name.to_str().filter(|name| !name.contains('\\')) else {
                    continue;
                };
                let path = relative.child(name);
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    if !name.starts_with('.') {
                        pending.push((entry.path(), path));
                    }
                } else {
                    let kind = listed_kind(&real, &entry.path(), kind)?;
                    found.push(Listed { path, kind });
                }
            }
            if found.len() > COUNT_LIMIT {
                break;
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // The size was listed a moment ago; the limit holds for a file that grows meanwhile, too.
        fs::File::open(absolute(path))?
            .take(FILE_LIMIT + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(io::Error::other(format!("more than {FILE_LIMIT} bytes")));
        }
        Ok(bytes)
    }

    fn display(&self, path: &RelPath) -> String {
        let full = absolute(path);
        match full.strip_prefix(&self.current) {
            Ok(relative) if relative.as_os_str().is_empty() => ".".to_owned(),
            Ok(relative) => relative.display().to_string(),
            Err(_) => full.display().to_string(),
        }
    }
}

/// Workspace paths count from the root of the file system.
fn absolute(path: &RelPath) -> PathBuf {
    Path::new("/").join(path.as_str())
}

fn listed_kind(root: &Path, path: &Path, kind: fs::FileType) -> io::Result<ListedKind> {
    if kind.is_symlink() {
        let inside = path
            .canonicalize()
            .ok()
            .filter(|target| target.starts_with(root) && target.is_file());
        return Ok(match inside {
            Some(target) => ListedKind::File(target.metadata()?.len()),
            None => ListedKind::LinkOut,
        });
    }
    if kind.is_file() {
        Ok(ListedKind::File(path.metadata()?.len()))
    } else {
        Ok(ListedKind::Special)
    }
}

impl Disk {
    /// Reads every file below a directory, for comparison or verification.
    pub fn tree(&self, directory: &RelPath) -> Result<Files, Diagnostic> {
        let fault = |path: &RelPath, error: &io::Error| {
            Diagnostic::new(
                UNREADABLE,
                format!("cannot be read: {error}"),
                Place::file(self.display(path)),
            )
            .help("check the path and its permissions")
        };
        let listing = self.list(directory).map_err(|error| fault(directory, &error))?;
        let read = listing.par_iter().map(|listed| {
            let path = listed.path.below(directory).expect("listed below the directory");
            let bytes = fs::read(absolute(&listed.path)).map_err(|error| fault(&listed.path, &error))?;
            Ok((path, bytes.into()))
        });
        read.collect::<Result<Vec<_>, _>>()
            .map(|files| files.into_iter().collect())
    }

    /// Reads one small file, such as a key.
    pub fn file(&self, path: &RelPath) -> Result<Vec<u8>, Diagnostic> {
        self.read(path).map_err(|error| {
            Diagnostic::new(
                UNREADABLE,
                format!("cannot be read: {error}"),
                Place::file(self.display(path)),
            )
            .help("check the path and its permissions")
        })
    }

    /// Whether people other than the owner may read the file.
    pub fn is_shared(&self, path: &RelPath) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        absolute(path)
            .metadata()
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }

    /// Makes `directory` hold exactly these files, all at once: whoever looks sees the old tree or the new one.
    ///
    /// A directory that is there already must be one that this program wrote; `ours` tells its files by the lists in it.
    pub fn replace(
        &self,
        directory: &RelPath,
        files: &Files,
        ours: &dyn Fn(&Files) -> BTreeSet<RelPath>,
    ) -> Result<(), Diagnostic> {
        let target = absolute(directory);
        let target = target.canonicalize().unwrap_or(target);
        let exists = target.symlink_metadata().is_ok();
        if exists {
            self.refuse_foreign(directory, &target, ours)?;
        }
        let fault = |error: &io::Error| {
            Diagnostic::new(
                UNWRITABLE,
                format!("cannot be written: {error}"),
                Place::file(self.display(directory)),
            )
            .why("what was there before is untouched")
            .help("check the permissions and the free space of the file system")
        };
        let fresh = beside(&target).map_err(|error| fault(&error))?;
        let written = write_tree(&fresh, files).and_then(|()| exchange(&fresh, &target, exists));
        if let Err(error) = written {
            // What is left of a failed run is of no use to anyone; a failure to remove it changes nothing.
            let _ = fs::remove_dir_all(&fresh);
            return Err(fault(&error));
        }
        Ok(())
    }

    /// Writes one file whole, over an older version of it.
    pub fn write(&self, path: &RelPath, bytes: &[u8]) -> Result<(), Diagnostic> {
        let target = absolute(path);
        let fresh = target.with_extension(format!("landscape-{}", std::process::id()));
        let written = fs::write(&fresh, bytes).and_then(|()| fs::rename(&fresh, &target));
        written.map_err(|error| {
            // A failure to remove what is left of the new file changes nothing.
            let _ = fs::remove_file(&fresh);
            Diagnostic::new(
                UNWRITABLE,
                format!("cannot be written: {error}"),
                Place::file(self.display(path)),
            )
            .why("what was there before is untouched")
            .help("check the permissions and the free space of the file system")
        })
    }

    /// Writes one file that must not be there yet, readable by its owner alone when it is secret.
    pub fn create(&self, path: &RelPath, bytes: &[u8], secret: bool) -> Result<(), Diagnostic> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mode = if secret { 0o600 } else { 0o644 };
        let target = absolute(path);
        let write = || {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&target)?;
            file.write_all(bytes)
        };
        write().map_err(|error| {
            Diagnostic::new(
                UNWRITABLE,
                format!("cannot be written: {error}"),
                Place::file(self.display(path)),
            )
            .help("remove the file that is there, or choose another directory")
        })
    }

    fn refuse_foreign(
        &self,
        directory: &RelPath,
        target: &Path,
        ours: &dyn Fn(&Files) -> BTreeSet<RelPath>,
    ) -> Result<(), Diagnostic> {
        let refuse = |what: String| {
            Err(
                Diagnostic::new(FOREIGN_OUTPUT, what, Place::file(self.display(directory)))
                    .why("the directory is replaced as a whole, and files of somebody else would be lost")
                    .help("name a new directory, or move the foreign files away"),
            )
        };
        if !target.is_dir() {
            return refuse("not a directory".to_owned());
        }
        let tree = match every_file(directory) {
            Ok(tree) => tree,
            Err(error) => return refuse(format!("cannot be read: {error}")),
        };
        let ours = ours(&tree);
        match tree.iter().find(|(path, _)| !ours.contains(path)) {
            Some((path, _)) => refuse(format!("`{path}` was not written by landscape")),
            None => Ok(()),
        }
    }
}

/// Every entry below a directory, hidden ones too; only the small files that describe a tree have their bytes.
fn every_file(directory: &RelPath) -> io::Result<Files> {
    let mut files = Files::default();
    let mut pending = vec![(absolute(directory), RelPath::root())];
    while let Some((current, relative)) = pending.pop() {
        for entry in fs::read_dir(&current)? {
            let entry = entry?;
            let path = relative.child(&entry.file_name().to_string_lossy().replace('\\', "%5c"));
            if entry.file_type()?.is_dir() {
                pending.push((entry.path(), path));
            } else {
                let describes = relative == RelPath::root() && path.extension() == Some("json");
                let bytes = if describes {
                    fs::read(entry.path())?
                } else {
                    Vec::new()
                };
                files.insert(path, bytes);
            }
        }
    }
    Ok(files)
}

/// An empty directory beside the target, on the same file system.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let parent = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    for attempt in 0..1000_u32 {
        let path = parent.join(format!(".{name}.landscape-{}-{attempt}", std::process::id()));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => return Ok(path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write_tree(root: &Path, files: &Files) -> io::Result<()> {
    let directories: BTreeSet<RelPath> = files.iter().map(|(path, _)| path.parent()).collect();
    for directory in directories {
        fs::create_dir_all(root.join(directory.as_str()))?;
    }
    let files: Vec<_> = files.iter().collect();
    files
        .par_iter()
        .try_for_each(|(path, bytes)| fs::write(root.join(path.as_str()), bytes))
}

/// Puts the fresh tree where the old one is, in one step where the system can.
fn exchange(fresh: &Path, target: &Path, exists: bool) -> io::Result<()> {
    if !exists {
        return fs::rename(fresh, target);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, fresh, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return fs::remove_dir_all(fresh);
        }
    }
    let old = fresh.with_extension("old");
    fs::rename(target, &old)?;
    if let Err(error) = fs::rename(fresh, target) {
        fs::rename(&old, target)?;
        return Err(error);
    }
    fs::remove_dir_all(old)
}
