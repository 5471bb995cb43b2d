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

use super::{COUNT_LIMIT, FILE_LIMIT, Listed, ListedKind, UNREADABLE, Workspace, too_many};
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

    /// Whether anything stands there, a broken link too.
    pub fn exists(&self, path: &RelPath) -> bool {
        absolute(path).symlink_metadata().is_ok()
    }

    /// Whether a file stands there.
    pub fn is_file(&self, path: &RelPath) -> bool {
        absolute(path).is_file()
    }

    /// Whether a directory stands there.
    pub fn is_directory(&self, path: &RelPath) -> bool {
        absolute(path).is_dir()
    }
}

impl Workspace for Disk {
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>> {
        // What is hidden is no source.
        walk(directory, &|path| path.name().is_some_and(|name| name.starts_with('.')))
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        let file = fs::File::open(absolute(path))?;
        let size = file.metadata()?.len().min(FILE_LIMIT);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        // The limit holds for a file that grows meanwhile, too.
        file.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
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

/// Everything below a directory, in the order of the paths, without what is in the directories that are left out; a
/// list that is longer than [`COUNT_LIMIT`] is not whole.
fn walk(directory: &RelPath, leaves_out: &dyn Fn(&RelPath) -> bool) -> io::Result<Vec<Listed>> {
    let top = absolute(directory);
    let real = top.canonicalize()?;
    let kind = real.metadata()?;
    if !kind.is_dir() {
        let kind = if kind.is_file() { ListedKind::File(kind.len()) } else { ListedKind::Special };
        let path = directory.clone();
        return Ok(vec![Listed { path, kind }]);
    }
    let mut found = Vec::new();
    let mut pending = vec![(top, directory.clone())];
    while let Some((current, relative)) = pending.pop() {
        let entries = match fs::read_dir(&current) {
            Ok(entries) => entries,
            Err(error) if relative == *directory => return Err(error),
            Err(error) => {
                let kind = ListedKind::Unreadable(error.to_string());
                found.push(Listed { path: relative, kind });
                continue;
            }
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.contains('\\')) else {
                let path = relative.child(&name.to_string_lossy().replace('\\', "\u{fffd}"));
                let kind = ListedKind::Unportable;
                found.push(Listed { path, kind });
                continue;
            };
            let path = relative.child(name);
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !leaves_out(&path) {
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

/// Workspace paths count from the root of the file system.
fn absolute(path: &RelPath) -> PathBuf {
    Path::new("/").join(path.as_str())
}

fn listed_kind(root: &Path, path: &Path, kind: fs::FileType) -> io::Result<ListedKind> {
    if kind.is_symlink() {
        let Ok(target) = path.canonicalize() else {
            return Ok(ListedKind::LinkOut);
        };
        let metadata = target.metadata()?;
        return Ok(if metadata.is_dir() {
            ListedKind::LinkedDirectory
        } else if metadata.is_file() && target.starts_with(root) {
            ListedKind::File(metadata.len())
        } else {
            ListedKind::LinkOut
        });
    }
    if kind.is_file() { Ok(ListedKind::File(path.metadata()?.len())) } else { Ok(ListedKind::Special) }
}

/// A file that is read when its bytes are needed, as often as they are.
#[derive(Clone, Debug)]
pub struct StoredFile {
    path: PathBuf,
    shown: String,
    size: u64,
}

impl StoredFile {
    /// How it is called to the person who named it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The number of its bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its bytes from the beginning, as many as it had when it was found.
    pub fn open(&self) -> Result<Box<dyn io::Read + Send>, Diagnostic> {
        let file = fs::File::open(&self.path)
            .map_err(|error| unreadable(&self.path.display().to_string(), &error))?;
        Ok(Box::new(io::Read::take(file, self.size)))
    }
}

fn unreadable(shown: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new(UNREADABLE, format!("cannot be read: {error}"), Place::file(shown))
        .help("check the path and its permissions")
}

impl Disk {
    /// Reads every file below a directory, for comparison or verification: hidden ones too, as Flux applies them.
    ///
    /// Of a checkout, the history is no part of the tree.
    pub fn tree(&self, directory: &RelPath) -> Result<Files, Diagnostic> {
        let fault = |path: &RelPath, what: &dyn std::fmt::Display| unreadable(&self.display(path), what);
        let history = directory.child(".git");
        let listing = walk(directory, &|path| *path == history);
        let mut listing = listing.map_err(|error| fault(directory, &error))?;
        if listing.len() > COUNT_LIMIT {
            return Err(too_many(Place::file(self.display(directory))));
        }
        // In a worktree it is a file.
        listing.retain(|listed| listed.path != history);
        let read = listing.par_iter().map(|listed| {
            let path = listed.path.below(directory).expect("listed below the directory");
            // A pipe would never end, and a link out of the tree is no part of it.
            if !matches!(listed.kind, ListedKind::File(_)) {
                return Err(fault(&listed.path, &"no regular file of this directory"));
            }
            let bytes = fs::read(absolute(&listed.path)).map_err(|error| fault(&listed.path, &error))?;
            Ok((path, bytes.into()))
        });
        read.collect::<Result<Vec<_>, _>>().map(|files| files.into_iter().collect())
    }

    /// Reads one small file, such as a key.
    pub fn file(&self, path: &RelPath) -> Result<Vec<u8>, Diagnostic> {
        self.read(path).map_err(|error| unreadable(&self.display(path), &error))
    }

    /// A file to be read later, of any size.
    pub fn stored(&self, path: &RelPath) -> Result<StoredFile, Diagnostic> {
        let unreadable = |error: &dyn std::fmt::Display| unreadable(&self.display(path), error);
        let file = absolute(path);
        let found = file.metadata().map_err(|error| unreadable(&error))?;
        if !found.is_file() {
            return Err(unreadable(&"no regular file"));
        }
        Ok(StoredFile { path: file, shown: self.display(path), size: found.len() })
    }

    /// Whether people other than the owner may read the file.
    pub fn is_shared(&self, path: &RelPath) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        absolute(path).metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
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
        let old = written.map_err(|error| {
            // What is left of a failed run is of no use to anyone; a failure to remove it changes nothing.
            let _ = fs::remove_dir_all(&fresh);
            fault(&error)
        })?;
        old.map_or(Ok(()), |old| {
            fs::remove_dir_all(&old).map_err(|error| {
                let message = format!("the tree is written, and the old one cannot be removed: {error}");
                Diagnostic::new(UNWRITABLE, message, Place::file(old.display().to_string()))
                    .help("remove the old tree by hand")
            })
        })
    }

    /// Writes one file whole, over an older version of it, and makes the directory it is in.
    pub fn write(&self, path: &RelPath, bytes: &[u8]) -> Result<(), Diagnostic> {
        let target = absolute(path);
        let target = target.canonicalize().unwrap_or(target);
        let mut fresh = target.clone().into_os_string();
        fresh.push(format!(".landscape-{}", std::process::id()));
        let fresh = PathBuf::from(fresh);
        let write = || {
            // A rename would put a file in the place of a device or a pipe.
            if target.metadata().is_ok_and(|found| !found.is_file()) {
                return Err(io::Error::other("what is there is no file"));
            }
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&fresh, bytes)?;
            fs::rename(&fresh, &target)
        };
        write().map_err(|error| {
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
    fn create(&self, path: &RelPath, bytes: &[u8], secret: bool) -> Result<(), Diagnostic> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mode = if secret { 0o600 } else { 0o644 };
        let target = absolute(path);
        let write = || {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&target)?;
            // Half a key is worse than none; a failure to remove it changes nothing.
            file.write_all(bytes).inspect_err(|_| drop(fs::remove_file(&target)))
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

    /// Writes files that must not be there yet: all of them, or none. The secret ones are for their owner alone.
    pub fn create_all(
        &self,
        directory: &RelPath,
        files: &Files,
        secret: &dyn Fn(&RelPath) -> bool,
    ) -> Result<(), Diagnostic> {
        let full = |path: &RelPath| path.parts().fold(directory.clone(), |path, part| path.child(part));
        let targets: Vec<PathBuf> = files.iter().map(|(path, _)| absolute(&full(path))).collect();
        let parents = targets.iter().flat_map(|target| target.ancestors().skip(1));
        let missing: BTreeSet<&Path> = parents.filter(|parent| !parent.exists()).collect();
        for (count, (path, bytes)) in files.iter().enumerate() {
            if let Err(fault) = self.create(&full(path), bytes, secret(path)) {
                // What is left of a failed run is of no use to anyone; a failure to remove it changes nothing.
                for target in targets.iter().take(count) {
                    let _ = fs::remove_file(target);
                }
                for directory in missing.iter().rev() {
                    let _ = fs::remove_dir(directory);
                }
                return Err(fault);
            }
        }
        Ok(())
    }

    fn refuse_foreign(
        &self,
        directory: &RelPath,
        target: &Path,
        ours: &dyn Fn(&Files) -> BTreeSet<RelPath>,
    ) -> Result<(), Diagnostic> {
        let refuse = |what: String| {
            Err(Diagnostic::new(FOREIGN_OUTPUT, what, Place::file(self.display(directory)))
                .why("the directory is replaced as a whole, and files of somebody else would be lost")
                .help("name a new directory, or move the foreign files away"))
        };
        if !target.is_dir() {
            return refuse("not a directory".to_owned());
        }
        // The uppermost files tell a foreign directory, however large it is.
        for depth in [1, usize::MAX] {
            let tree = match every_file(target, depth) {
                Ok(tree) => tree,
                Err(error) => return refuse(format!("cannot be read: {error}")),
            };
            let ours = ours(&tree);
            if let Some((path, _)) = tree.iter().find(|(path, _)| !ours.contains(path)) {
                return refuse(format!("`{path}` was not written by landscape"));
            }
        }
        Ok(())
    }
}

/// Every entry below a directory down to a depth, hidden ones too; only the small files that describe a tree have their bytes.
fn every_file(top: &Path, depth: usize) -> io::Result<Files> {
    let mut files = Files::default();
    let mut pending = vec![(top.to_path_buf(), RelPath::root(), 1)];
    while let Some((current, relative, level)) = pending.pop() {
        for entry in fs::read_dir(&current)? {
            let entry = entry?;
            let path = relative.child(&entry.file_name().to_string_lossy().replace('\\', "%5c"));
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if level < depth {
                    pending.push((entry.path(), path, level + 1));
                }
                continue;
            }
            let describes = level == 1 && path.extension() == Some("json") && kind.is_file();
            let mut bytes = Vec::new();
            if describes {
                fs::File::open(entry.path())?.take(FILE_LIMIT).read_to_end(&mut bytes)?;
            }
            // Names that are no UTF-8 may look alike; one of them is foreign enough.
            if files.get(&path).is_none() {
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
    files.par_iter().try_for_each(|(path, bytes)| fs::write(root.join(path.as_str()), bytes))
}

/// Puts the fresh tree where the old one is, in one step where the system can, and says where the old one is then.
fn exchange(fresh: &Path, target: &Path, exists: bool) -> io::Result<Option<PathBuf>> {
    if !exists {
        return fs::rename(fresh, target).map(|()| None);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, fresh, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(Some(fresh.to_path_buf()));
        }
    }
    let old = fresh.with_extension("old");
    fs::rename(target, &old)?;
    if let Err(error) = fs::rename(fresh, target) {
        fs::rename(&old, target)?;
        return Err(error);
    }
    Ok(Some(old))
}
