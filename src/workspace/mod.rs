//! Workspace: I/O -> Sources. Everything from outside enters through one trait, bounded and inside one directory.
//!
//! What cannot be used is a finding; the other files are kept, so that one run tells all faults.

mod disk;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

pub use disk::{Disk, StoredFile};

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::files::Files;
use crate::path::RelPath;
use crate::source::FileId;

/// Bytes of one file; a shoot has about two thousand.
pub const FILE_LIMIT: u64 = 64 << 20;
/// The lock of a landscape: YAML by another name, so that no section takes it for objects.
pub const LOCK: &str = "landscape.lock";
/// Files of one landscape.
pub const COUNT_LIMIT: usize = 200_000;

const NOT_UTF8: Code = Code::error("L001", "not-utf8");
const FILE_TOO_LARGE: Code = Code::error("L002", "file-too-large");
const TOO_MANY_FILES: Code = Code::error("L003", "too-many-files");
const SYMLINK_OUT: Code = Code::error("L004", "symlink-out");
const NOT_A_FILE: Code = Code::error("L005", "not-a-file");
const UNPORTABLE_NAME: Code = Code::error("L006", "unportable-name");
const UNREADABLE: Code = Code::environment("L050", "unreadable");

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
    /// A link that leads out of the directory, or nowhere.
    LinkOut,
    /// A link to a directory.
    LinkedDirectory,
    /// A name that is no UTF-8 or holds a backslash; the path shows it with replacements.
    Unportable,
    /// A directory or a file that the system does not show, and why.
    Unreadable(String),
    /// A socket, a device, a pipe.
    Special,
}

/// All files of one landscape directory.
#[derive(Debug, Default)]
pub struct Sources {
    /// The directory, inside the workspace.
    pub root: RelPath,
    /// The directory, as the user would type it.
    pub name: String,
    /// YAML and JSON files outside `charts/`, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// Everything else that a landscape may use: the files of charts and tables, by path.
    pub assets: Files,
    /// What is there and cannot be used: objects may be missing.
    pub refused: BTreeSet<RelPath>,
}

/// A text file of a landscape.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path inside the landscape.
    pub path: RelPath,
    /// Its text in the report's source map.
    pub id: FileId,
}

/// Files that were read before, by their path in the workspace: another revision of a landscape has most of them, too.
pub type Known = HashMap<RelPath, FileId>;

/// Reads a landscape directory. Files that cannot be used are reported; the others are kept.
pub fn read(
    workspace: &dyn Workspace,
    directory: &RelPath,
    known: &Known,
    report: &mut Report,
) -> Result<Sources, Reported> {
    read_files(workspace, directory, known, report, |_| true)
}

/// Reads the directory of a landscape that another one is laid over. Its lock says what it refers to by itself, and stays
/// outside.
pub fn read_lower(
    workspace: &dyn Workspace,
    directory: &RelPath,
    known: &Known,
    report: &mut Report,
) -> Result<Sources, Reported> {
    read_files(workspace, directory, known, report, |path| path.as_str() != LOCK)
}

fn read_files(
    workspace: &dyn Workspace,
    directory: &RelPath,
    known: &Known,
    report: &mut Report,
    is_wanted: impl Fn(&RelPath) -> bool,
) -> Result<Sources, Reported> {
    let listing = list(workspace, directory, report)?;
    let outputs = outputs(&listing, directory);
    let mut sources =
        Sources { root: directory.clone(), name: workspace.display(directory), ..Sources::default() };
    let wanted = listing.into_iter().filter_map(|listed| {
        let path = listed.path.below(directory).filter(&is_wanted)?;
        let role = Role::of(&path, &listed.kind);
        (role != Role::Ignored && !is_below(&path, &outputs)).then_some((path, listed, role))
    });
    sources.take(workspace, wanted.collect(), known, report);
    Ok(sources)
}

/// Reads any files, and every YAML and JSON file below any directories; a path is read once.
///
/// A file that is named is read whatever its name is. Paths of the sources are those of the workspace.
pub fn read_loose(
    workspace: &dyn Workspace,
    paths: &[RelPath],
    known: &Known,
    report: &mut Report,
) -> Sources {
    let mut listed = BTreeMap::new();
    let mut sources = Sources::default();
    for path in paths {
        let Ok(listing) = list(workspace, path, report) else {
            sources.refused.insert(path.clone());
            continue;
        };
        let named = |entry: &Listed| entry.path == *path || Role::of_manifest(&entry.path) == Role::Text;
        listed.extend(listing.into_iter().filter(named).map(|entry| (entry.path.clone(), entry)));
    }
    let wanted = listed.into_iter().map(|(path, entry)| (path, entry, Role::Text));
    sources.take(workspace, wanted.collect(), known, report);
    sources
}

fn list(
    workspace: &dyn Workspace,
    directory: &RelPath,
    report: &mut Report,
) -> Result<Vec<Listed>, Reported> {
    let place = || Place::file(workspace.display(directory));
    let listing = workspace.list(directory).map_err(|error| {
        report.refuse(
            Diagnostic::new(UNREADABLE, format!("cannot be read: {error}"), place())
                .help("check the path and its permissions"),
        )
    })?;
    if listing.len() > COUNT_LIMIT {
        return Err(report.refuse(too_many(place())));
    }
    Ok(listing)
}

fn too_many(place: Place) -> Diagnostic {
    Diagnostic::new(TOO_MANY_FILES, format!("more than {COUNT_LIMIT} files"), place)
        .help("name the directory of one landscape; generate many objects with `kind: ForEach`")
}

/// The directories that this program has written: a landscape's own output is no part of it.
fn outputs(listing: &[Listed], directory: &RelPath) -> BTreeSet<RelPath> {
    let written = |name: &str| -> BTreeSet<RelPath> {
        let named = listing.iter().filter(|listed| listed.path.name() == Some(name));
        named
            .filter_map(|listed| listed.path.below(directory))
            .map(|path| path.parent())
            .filter(|parent| *parent != RelPath::root())
            .collect()
    };
    let trees = &written("plan.json") & &written("digests.json");
    let layouts = &written("index.json") & &written("oci-layout");
    &trees | &layouts
}

fn is_below(path: &RelPath, directories: &BTreeSet<RelPath>) -> bool {
    let mut parent = path.parent();
    while parent != RelPath::root() && !directories.is_empty() {
        if directories.contains(&parent) {
            return true;
        }
        parent = parent.parent();
    }
    false
}

impl Sources {
    /// Reads on all cores, and takes in what came in the order of the listing.
    fn take(
        &mut self,
        workspace: &dyn Workspace,
        wanted: Vec<(RelPath, Listed, Role)>,
        known: &Known,
        report: &mut Report,
    ) {
        let loaded: Vec<_> =
            wanted.par_iter().map(|(_, listed, role)| load(workspace, listed, *role)).collect();
        for ((path, listed, _), content) in wanted.into_iter().zip(loaded) {
            match content {
                Ok(Content::Text(text)) => {
                    let earlier = known.get(&listed.path).copied();
                    let id = report.sources.add_again(workspace.display(&listed.path), text, earlier);
                    self.files.push(SourceFile { path, id });
                }
                Ok(Content::Asset(bytes)) => self.assets.insert(path, bytes),
                Err(diagnostic) => {
                    report.push(*diagnostic);
                    self.refused.insert(path);
                }
            }
        }
    }
}

/// The content of a file, as its role asks for it.
enum Content {
    Text(Arc<str>),
    Asset(Vec<u8>),
}

/// What a file is to a landscape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Text,
    Asset,
    Ignored,
}

impl Role {
    fn of(path: &RelPath, kind: &ListedKind) -> Self {
        // A chart is packed with its hidden files: `.helmignore` rules what goes in.
        if path.parts().next() == Some("charts") {
            return Self::Asset;
        }
        let hidden = path.parts().any(|part| part.starts_with('.'));
        match (path.extension(), kind) {
            _ if hidden => Self::Ignored,
            (Some("csv"), _) => Self::Asset,
            _ if path.as_str() == LOCK => Self::Text,
            // What is behind these cannot be told by the name.
            (_, ListedKind::LinkedDirectory | ListedKind::Unreadable(_)) => Self::Text,
            _ => Self::of_manifest(path),
        }
    }

    fn of_manifest(path: &RelPath) -> Self {
        match path.extension() {
            Some("yaml" | "yml" | "json") => Self::Text,
            _ => Self::Ignored,
        }
    }
}

fn load(workspace: &dyn Workspace, listed: &Listed, role: Role) -> Result<Content, Box<Diagnostic>> {
    let bytes = bytes(workspace, listed)?;
    match role {
        Role::Asset => Ok(Content::Asset(bytes)),
        _ => text(workspace, &listed.path, bytes).map(Content::Text),
    }
}

fn bytes(workspace: &dyn Workspace, listed: &Listed) -> Result<Vec<u8>, Box<Diagnostic>> {
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
            Ok(bytes) => return Ok(bytes),
            Err(error) => Diagnostic::new(UNREADABLE, format!("cannot read the file: {error}"), place())
                .help("check the file and its permissions"),
        },
        ListedKind::LinkOut => link(place(), "a symbolic link that leads out of the landscape, or nowhere"),
        ListedKind::LinkedDirectory => link(place(), "a symbolic link to a directory"),
        ListedKind::Unportable => {
            let message = "the name is no UTF-8, or holds a backslash";
            Diagnostic::new(UNPORTABLE_NAME, message, place())
                .why("the name means something else on another machine, or nothing at all")
                .help("rename the file")
        }
        ListedKind::Unreadable(ref error) => {
            Diagnostic::new(UNREADABLE, format!("cannot be read: {error}"), place())
                .help("check the path and its permissions")
        }
        ListedKind::Special => {
            Diagnostic::new(NOT_A_FILE, "neither a file nor a directory", place()).help("remove it")
        }
    };
    Err(Box::new(diagnostic))
}

fn link(place: Place, message: &str) -> Diagnostic {
    Diagnostic::new(SYMLINK_OUT, message, place)
        .why("the same commit would compile to something else on another machine")
        .help("replace the link by a copy of what it leads to")
}

/// The text without a byte order mark, or a finding at the first byte that is no UTF-8.
fn text(workspace: &dyn Workspace, path: &RelPath, bytes: Vec<u8>) -> Result<Arc<str>, Box<Diagnostic>> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).into()),
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
            let diagnostic = Diagnostic::new(
                NOT_UTF8,
                format!("byte {offset}, in line {line}, is no UTF-8"),
                Place::file(workspace.display(path)),
            )
            .why("Kubernetes reads UTF-8 only")
            .help("save the file as UTF-8");
            Err(Box::new(diagnostic))
        }
    }
}

/// A workspace of files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<RelPath, Vec<u8>>);

impl Memory {
    /// A workspace of these files; paths as in [`RelPath::parse`], which must be inside.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let path = |path: &str| RelPath::parse(path).expect("a path inside the workspace");
        Self(files.into_iter().map(|(name, text)| (path(name), text.as_bytes().to_vec())).collect())
    }
}

impl Workspace for Memory {
    fn list(&self, directory: &RelPath) -> io::Result<Vec<Listed>> {
        let below = self.0.iter().filter(|(path, _)| path.below(directory).is_some());
        Ok(below
            .map(|(path, bytes)| Listed { path: path.clone(), kind: ListedKind::File(bytes.len() as u64) })
            .collect())
    }

    fn read(&self, path: &RelPath) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn display(&self, path: &RelPath) -> String {
        path.to_string()
    }
}
