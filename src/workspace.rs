//! Workspace: I/O -> Sources. The one file that touches the file system, in both directions.
//!
//! Reading is bounded and stays inside the landscape's directory. Writing is all or nothing: a tree is written beside its
//! destination and exchanged with it, and a file that this program did not write is never removed.
#![expect(clippy::disallowed_methods, reason = "the one place for file-system I/O")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::files::Files;
use crate::path::RelPath;
use crate::source::FileId;

/// Bytes of one file; a shoot has about two thousand.
pub const FILE_LIMIT: u64 = 64 << 20;
/// Files of one landscape.
pub const COUNT_LIMIT: usize = 200_000;

const NOT_UTF8: Code = Code::error("L001", "not-utf8");
const FILE_TOO_LARGE: Code = Code::error("L002", "file-too-large");
const TOO_MANY_FILES: Code = Code::error("L003", "too-many-files");
const SYMLINK_OUT: Code = Code::error("L004", "symlink-out");
const NOT_A_FILE: Code = Code::error("L005", "not-a-file");
const UNREADABLE: Code = Code::environment("L050", "unreadable");
const UNWRITABLE: Code = Code::environment("L051", "unwritable");
const FOREIGN_OUTPUT: Code = Code::environment("L052", "foreign-output");

/// Where a landscape's files come from.
pub trait Workspace: Sync {
    /// Everything below a directory, in the order of the paths; paths are relative to the workspace.
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>>;
    /// The bytes of a file, at most [`FILE_LIMIT`] of them.
    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>>;
    /// A path as the user would type it.
    fn display(&self, path: &RelPath) -> String;
}

/// One entry of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The path inside the workspace.
    pub path: RelPath,
    /// What stands there.
    pub kind: ListedKind,
}

/// What a listing found at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedKind {
    /// A file of this many bytes, or a link to one inside the directory.
    File(u64),
    /// A link that leads out of the directory, to a directory, or nowhere.
    LinkOut,
    /// A socket, a device, a pipe.
    Special,
}

/// All files of one landscape directory.
#[derive(Debug, Default)]
pub struct Sources {
    /// The directory, inside the workspace.
    pub root: RelPath,
    /// YAML and JSON files outside `charts/`, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// Everything else that a landscape may use: the files of charts and tables, by path.
    pub assets: Files,
}

/// A text file of a landscape.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path inside the landscape.
    pub path: RelPath,
    /// Its text in the report's source map.
    pub id: FileId,
}

/// Reads a landscape directory. Files that cannot be used are reported; the others are kept.
pub fn read(
    workspace: &dyn Workspace,
    directory: &RelPath,
    report: &mut Report,
) -> Result<Sources, Reported> {
    let listing = workspace.list(directory).map_err(|error| {
        report.refuse(
            Diagnostic::new(
                UNREADABLE,
                format!("cannot read the directory: {error}"),
                Place::file(workspace.display(directory)),
            )
            .help("check the path and its permissions"),
        )
    })?;
    if listing.len() > COUNT_LIMIT {
        let message = format!("{} files, more than the limit of {COUNT_LIMIT}", listing.len());
        return Err(report.refuse(
            Diagnostic::new(TOO_MANY_FILES, message, Place::file(workspace.display(directory)))
                .help("name the directory of one landscape; generate many objects with `kind: ForEach`"),
        ));
    }
    let mut sources = Sources {
        root: directory.clone(),
        ..Sources::default()
    };
    for listed in listing {
        let Some(path) = listed.path.below(directory) else {
            continue;
        };
        let role = Role::of(&path);
        if role == Role::Ignored {
            continue;
        }
        let Some(bytes) = load(workspace, &listed, report) else {
            continue;
        };
        if role == Role::Asset {
            sources.assets.insert(path, bytes);
        } else if let Some(text) = text(workspace, &listed.path, bytes, report) {
            let id = report.sources.add(workspace.display(&listed.path), text);
            sources.files.push(SourceFile { path, id });
        }
    }
    Ok(sources)
}

/// What a file is to a landscape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Text,
    Asset,
    Ignored,
}

impl Role {
    fn of(path: &RelPath) -> Self {
        if path.parts().any(|part| part.starts_with('.')) {
            return Self::Ignored;
        }
        if path.parts().next() == Some("charts") {
            return Self::Asset;
        }
        match path.extension() {
            Some("yaml" | "yml" | "json") => Self::Text,
            Some("csv") => Self::Asset,
            _ => Self::Ignored,
        }
    }
}

fn load(workspace: &dyn Workspace, listed: &Listed, report: &mut Report) -> Option<Vec<u8>> {
    let place = || Place::file(workspace.display(&listed.path));
    let diagnostic = match listed.kind {
        ListedKind::File(size) if size > FILE_LIMIT => Diagnostic::new(
            FILE_TOO_LARGE,
            format!("{size} bytes, more than the limit of {FILE_LIMIT}"),
            place(),
        )
        .why("a landscape is made of objects of a few kilobytes; a file this large is no spec")
        .help("split the file, or generate the objects with `kind: ForEach`"),
        ListedKind::File(_) => match workspace.read(&listed.path) {
            Ok(bytes) => return Some(bytes),
            Err(error) => Diagnostic::new(UNREADABLE, format!("cannot read the file: {error}"), place())
                .help("check the file and its permissions"),
        },
        ListedKind::LinkOut => Diagnostic::new(
            SYMLINK_OUT,
            "a symbolic link that leads out of the landscape",
            place(),
        )
        .why("the same commit would compile to something else on another machine")
        .help("replace the link by a copy of the file it leads to"),
        ListedKind::Special => {
            Diagnostic::new(NOT_A_FILE, "neither a file nor a directory", place()).help("remove it")
        }
    };
    report.push(diagnostic);
    None
}

/// The text without a byte order mark, or a finding at the first byte that is no UTF-8.
fn text(workspace: &dyn Workspace, path: &RelPath, bytes: Vec<u8>, report: &mut Report) -> Option<Arc<str>> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(&text).into()),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = bytes
                .split(|byte| *byte == b'\n')
                .scan(0, |end, line| {
                    let start = *end;
                    *end += line.len() + 1;
                    Some(start)
                })
                .take_while(|start| *start <= offset)
                .count();
            report.push(
                Diagnostic::new(
                    NOT_UTF8,
                    format!("byte {offset}, in line {line}, is no UTF-8"),
                    Place::file(workspace.display(path)),
                )
                .why("Kubernetes reads UTF-8 only")
                .help("save the file as UTF-8"),
            );
            None
        }
    }
}

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

/// A workspace of files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<RelPath, Vec<u8>>);

impl Memory {
    /// A workspace of these files; paths as in [`RelPath::parse`], which must be inside.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let path = |path: &str| RelPath::parse(path).expect("a path inside the workspace");
        Self(
            files
                .into_iter()
                .map(|(name, text)| (path(name), text.as_bytes().to_vec()))
                .collect(),
        )
    }
}

impl Workspace for Memory {
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>> {
        let below = self.0.iter().filter(|(path, _)| path.below(directory).is_some());
        Ok(below
            .map(|(path, bytes)| Listed {
                path: path.clone(),
                kind: ListedKind::File(bytes.len() as u64),
            })
            .collect())
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn display(&self, path: &RelPath) -> String {
        path.to_string()
    }
}
