//! Spec: Documents -> Spec. One layer of a landscape, as written.
//!
//! Says which document belongs to which section of `landscape.yaml`, and finds every file that belongs to none. What the
//! documents mean is the next stage's business.

mod catalogue;
mod section;
mod sops;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use catalogue::expand_extension;
pub use section::Section;
pub use sops::is_sealed;
pub(crate) use sops::unidentifiable;

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported, help_with_names};
use crate::files::Files;
use crate::identity::Identity;
use crate::path::RelPath;
use crate::schema::{Fault, Schemas, UNKNOWN_FIELD, Verdict};
use crate::source::{FileId, Span};
use crate::syntax::{Document, Documents, Node, Value};
use crate::workspace::{LOCK, Sources};

/// The API group and version of our own kinds.
pub const API_VERSION: &str = "landscape.gardener.cloud/v1alpha1";
/// The file that makes a directory a landscape.
pub const MANIFEST: &str = "landscape.yaml";

const MISSING_MANIFEST: Code = Code::error("L210", "missing-landscape-file");
const EMPTY_LANDSCAPE: Code = Code::error("L211", "empty-landscape");
const NOT_A_LANDSCAPE: Code = Code::error("L212", "not-a-landscape");
const UNMATCHED_FILE: Code = Code::error("L213", "unmatched-file");
const EMPTY_GLOB: Code = Code::error("L214", "glob-matches-nothing");
const PATH_OUTSIDE: Code = Code::error("L215", "path-outside");
const MATCHED_TWICE: Code = Code::error("L216", "file-in-two-sections");
const INVALID_GLOB: Code = Code::error("L217", "invalid-glob");
pub(crate) const NOT_AN_OBJECT: Code = Code::error("L218", "not-an-object");

/// One layer of a landscape: its manifest, and everything its sections name.
#[derive(Debug)]
pub struct Spec {
    /// The directory, inside the workspace.
    pub root: RelPath,
    /// The document of kind `Landscape`.
    pub manifest: Node,
    /// Objects and generators, by section and then in the order of the section.
    pub written: Vec<Written>,
    /// Documents and tables that a `ForEach` may name, by path.
    pub tables: BTreeMap<RelPath, Table>,
    /// The files of the charts of this layer, and other files that are no YAML.
    pub assets: Files,
    /// The lock file, unless there is none, or it cannot be read.
    pub lock: Option<LockFile>,
    /// Whether some file could not be read, so that objects may be missing.
    pub broken: bool,
}

/// A lock file.
#[derive(Clone, Debug)]
pub struct LockFile {
    /// Where it begins.
    pub start: Span,
    /// Its documents.
    pub documents: Vec<Node>,
}

/// A document under `spec.extends` and `spec.<section>`, not yet expanded.
#[derive(Clone, Debug)]
pub struct Written {
    /// The section that names it.
    pub section: Section,
    /// Its tree.
    pub root: Node,
    /// Its bytes, when it is encrypted and must be carried as it is.
    pub sealed: Option<Arc<str>>,
}

/// The content of a file of items.
#[derive(Clone, Debug)]
pub enum Table {
    /// A YAML or JSON document.
    Document(Node),
    /// A file with comma-separated values, as bytes.
    Csv(Arc<[u8]>),
}

impl Spec {
    /// The directory of the layer below this one, as the manifest names it.
    pub fn extends(&self) -> Option<&Node> {
        self.manifest.at(&["spec", "extends"])
    }
}

/// The objects of a document: itself, or the items of a `List`.
pub fn objects_in(root: &Node) -> &[Node] {
    list(root).unwrap_or(std::slice::from_ref(root))
}

fn list(root: &Node) -> Option<&[Node]> {
    let is_list = root.get("kind").and_then(Node::as_str) == Some("List");
    is_list.then(|| root.get("items").map(Node::items)).flatten()
}

/// Reads one layer.
pub fn read(sources: Sources, documents: &Documents, report: &mut Report) -> Result<Spec, Reported> {
    let manifest = manifest(&sources, documents, report)?;
    let mut reader = Reader {
        report,
        by_path: BTreeMap::new(),
        files: sources
            .files
            .iter()
            .filter(|file| file.path.as_str() != LOCK)
            .map(|file| (file.path.clone(), file.id))
            .collect(),
        broken: documents.broken.iter().chain(&sources.refused).cloned().collect(),
        used: BTreeMap::new(),
        written: Vec::new(),
    };
    for document in &documents.documents {
        reader.by_path.entry(document.path.clone()).or_default().push(document.clone());
    }
    for section in Section::ALL {
        reader.section(section, &manifest);
    }
    let tables = reader.tables(&sources);
    reader.unmatched(&manifest, &tables);
    let broken = !reader.broken.is_empty();
    let lock = sources.files.iter().find(|file| file.path.as_str() == LOCK);
    let lock = lock.filter(|file| !reader.broken.contains(&file.path)).map(|file| LockFile {
        start: Span::new(file.id, 0, 0),
        documents: reader
            .by_path
            .remove(&file.path)
            .into_iter()
            .flatten()
            .map(|document| document.root)
            .collect(),
    });
    let written = reader.written;
    Ok(Spec { root: sources.root, manifest, written, tables, assets: sources.assets, lock, broken })
}

/// What is wrong with the structure of a document of our own kinds, which no API server reads.
pub(crate) fn structure_faults(root: &Node) -> Vec<Diagnostic> {
    let text = |name: &str| root.get(name).and_then(Node::as_str).unwrap_or_default();
    let Verdict::Checked(faults) = Schemas::newest().validate(root, text("apiVersion"), text("kind")) else {
        return Vec::new();
    };
    let finding = |fault: Fault| {
        let finding = fault.into_diagnostic(object_of(root), None);
        if finding.code == UNKNOWN_FIELD {
            return finding.why("the compiler reads no such field: what is meant by it would never happen");
        }
        finding
    };
    faults.into_iter().map(finding).collect()
}

fn object_of(root: &Node) -> Option<Identity> {
    let text = |path: &[&str]| root.at(path).and_then(Node::as_str).map(Into::into);
    Some(Identity {
        api_version: text(&["apiVersion"])?,
        kind: text(&["kind"])?,
        namespace: None,
        name: text(&["metadata", "name"]).unwrap_or_default(),
    })
}

/// The finding of a directory that is no landscape, with its name as the user would type it.
pub(crate) fn no_landscape(directory: &str) -> Diagnostic {
    let message = format!("the directory has no `{MANIFEST}`");
    Diagnostic::new(MISSING_MANIFEST, message, Place::file(directory))
        .why("that file says which landscape this is and which files belong to it")
        .help("run `landscape init DIR`, or name the directory that holds the file")
}

/// The one document of `landscape.yaml`.
fn manifest(sources: &Sources, documents: &Documents, report: &mut Report) -> Result<Node, Reported> {
    let Some(file) = sources.files.iter().find(|file| file.path.as_str() == MANIFEST) else {
        report.reported()?;
        return Err(report.refuse(no_landscape(&sources.name)));
    };
    if documents.broken.contains(&file.path) {
        report.reported()?;
    }
    let place = Span::new(file.id, 0, 0);
    let mut found = documents.documents.iter().filter(|document| document.path == file.path);
    let Some(document) = found.next() else {
        return Err(report.refuse(
            Diagnostic::new(EMPTY_LANDSCAPE, format!("`{MANIFEST}` holds no document"), place)
                .help("write a document of `kind: Landscape`; `landscape init DIR` shows one"),
        ));
    };
    if let Some(second) = found.next() {
        report.push(
            Diagnostic::new(
                NOT_A_LANDSCAPE,
                format!("`{MANIFEST}` holds more than one document"),
                second.root.span,
            )
            .help("move the other documents into files of their sections"),
        );
    }
    let text = |name: &str| document.root.get(name).and_then(Node::as_str);
    if text("kind") != Some("Landscape") || text("apiVersion") != Some(API_VERSION) {
        return Err(report.refuse(
            Diagnostic::new(NOT_A_LANDSCAPE, format!("`{MANIFEST}` is no `Landscape`"), document.root.span)
                .help(format!("begin it with `apiVersion: {API_VERSION}` and `kind: Landscape`")),
        ));
    }
    report.extend(structure_faults(&document.root));
    Ok(document.root.clone())
}

struct Reader<'a> {
    report: &'a mut Report,
    by_path: BTreeMap<RelPath, Vec<Document>>,
    files: BTreeMap<RelPath, FileId>,
    broken: BTreeSet<RelPath>,
    /// Which section took a file, and where it says so.
    used: BTreeMap<RelPath, (Section, Span)>,
    written: Vec<Written>,
}

impl Reader<'_> {
    fn section(&mut self, section: Section, manifest: &Node) {
        let Some(value) = manifest.at(&["spec", section.field()]) else {
            return;
        };
        let entries =
            if let Value::Sequence(items) = &value.value { &items[..] } else { std::slice::from_ref(value) };
        for entry in entries {
            match &entry.value {
                Value::String(pattern) => self.pattern(section, pattern, entry.span),
                Value::Mapping(_) => self.take(section, entry, None),
                // Anything else is a fault of the manifest's schema, told there.
                _ => {}
            }
        }
    }

    fn pattern(&mut self, section: Section, pattern: &str, span: Span) {
        let Ok(plain) = RelPath::parse(pattern) else {
            self.report.push(
                Diagnostic::new(
                    PATH_OUTSIDE,
                    format!("`{pattern}` does not stay inside the landscape"),
                    span,
                )
                .why("a landscape is compiled from its own directory alone")
                .help(
                    "copy the file into the landscape, or layer over another landscape with `spec.extends`",
                ),
            );
            return;
        };
        let Some(matched) = self.matches(pattern, &plain, span) else {
            return;
        };
        // What is below a directory that cannot be read is nobody's fault but that directory's.
        let hidden = |path: &RelPath| plain.below(path).is_some();
        if matched.is_empty() && !self.broken.iter().any(hidden) {
            self.report.push(
                Diagnostic::new(EMPTY_GLOB, format!("`{pattern}` matches no file"), span)
                    .why("a section that silently loses its files would delete their objects from the landscape")
                    .help(help_with_names(pattern, self.files.keys().map(RelPath::as_str).filter(|path| *path != MANIFEST))),
            );
        }
        for path in matched {
            self.file(section, &path, span);
        }
    }

    /// The files that a pattern names, those that cannot be read among them; nothing when it is no pattern.
    fn matches(&mut self, pattern: &str, plain: &RelPath, span: Span) -> Option<Vec<RelPath>> {
        // A plain path is looked up: ten thousand of them must not be matched with ten thousand files each.
        if !pattern.contains(['*', '?', '[', '{']) {
            let known = self.files.contains_key(plain) || self.broken.contains(plain);
            return Some(known.then(|| plain.clone()).into_iter().collect());
        }
        let glob = globset::GlobBuilder::new(plain.as_str()).literal_separator(true).build();
        match glob {
            Ok(glob) => {
                let glob = glob.compile_matcher();
                let candidates = self.files.keys().chain(&self.broken);
                let candidates = candidates.filter(|path| path.as_str() != MANIFEST);
                Some(candidates.filter(|path| glob.is_match(path.as_str())).cloned().collect())
            }
            Err(error) => {
                let message = format!("`{pattern}` is no glob: {}", error.kind());
                self.report.push(
                    Diagnostic::new(INVALID_GLOB, message, span)
                        .help("use `*` for names, `**` for directories, `{a,b}` for alternatives"),
                );
                None
            }
        }
    }

    fn file(&mut self, section: Section, path: &RelPath, span: Span) {
        if let Some((earlier, place)) = self.used.get(path).copied() {
            if earlier != section {
                let message = format!("`{path}` belongs to `{}` already", earlier.field());
                self.report.push(
                    Diagnostic::new(MATCHED_TWICE, message, span)
                        .related(place, "taken by this entry")
                        .help("narrow one of the two patterns"),
                );
            }
            return;
        }
        self.used.insert(path.clone(), (section, span));
        for document in self.by_path.get(path).cloned().unwrap_or_default() {
            self.take(section, &document.root, Some(&document));
        }
    }

    fn take(&mut self, section: Section, root: &Node, document: Option<&Document>) {
        if let Some(items) = list(root) {
            return items.iter().for_each(|item| self.take(section, item, None));
        }
        let short_form = section == Section::Extensions && root.get("apiVersion").is_none();
        let named = |name: &str| root.get(name).and_then(Node::as_str).is_some_and(|text| !text.is_empty());
        if root.as_mapping().is_none() || !(short_form || named("apiVersion") && named("kind")) {
            self.report.push(
                Diagnostic::new(NOT_AN_OBJECT, "neither a Kubernetes object nor a `ForEach`", root.span)
                    .why("an object is known by its `apiVersion`, `kind` and `metadata.name`")
                    .help("add the missing fields, or move the file out of the landscape"),
            );
            return;
        }
        if let Some(finding) = unidentifiable(root) {
            self.report.push(finding);
            self.broken.extend(document.map(|document| document.path.clone()));
            return;
        }
        let sealed = document
            .filter(|document| is_sealed(&document.root))
            .map(|document| sops::bytes(document, &self.by_path, self.report));
        if sealed.is_some() {
            sops::check(root, self.report);
        }
        if root.get("apiVersion").and_then(Node::as_str) == Some(API_VERSION) {
            self.report.extend(structure_faults(root));
        }
        self.written.push(Written { section, root: root.clone(), sealed });
    }

    /// The files that generators may read: named ones count as used.
    fn tables(&mut self, sources: &Sources) -> BTreeMap<RelPath, Table> {
        let mut tables: BTreeMap<RelPath, Table> = BTreeMap::new();
        let named: Vec<RelPath> = self
            .written
            .iter()
            .filter(|written| written.root.get("kind").and_then(Node::as_str) == Some("ForEach"))
            .filter_map(|written| written.root.at(&["spec", "items"]))
            .filter_map(|items| Some((RelPath::parse(items.as_str()?).ok()?, items.span)))
            .map(|(path, span)| {
                self.used.entry(path.clone()).or_insert((Section::Resources, span));
                path
            })
            .collect();
        for path in named {
            if let Some(bytes) = sources.assets.get(&path) {
                tables.insert(path, Table::Csv(bytes.clone()));
            } else if let Some(document) = self.by_path.get(&path).and_then(|documents| documents.first()) {
                tables.insert(path, Table::Document(document.root.clone()));
            }
        }
        tables
    }

    fn unmatched(&mut self, manifest: &Node, tables: &BTreeMap<RelPath, Table>) {
        let sections: Vec<&str> = Section::ALL.iter().map(|section| section.field()).collect();
        let related = manifest.get("spec").map_or(manifest.span, |spec| spec.span);
        for (path, id) in &self.files {
            let known =
                self.used.contains_key(path) || tables.contains_key(path) || path.as_str() == MANIFEST;
            if known || self.broken.contains(path) {
                continue;
            }
            self.report.push(
                Diagnostic::new(
                    UNMATCHED_FILE,
                    format!("no section of `{MANIFEST}` names `{path}`"),
                    Span::new(*id, 0, 0),
                )
                .related(related, "the sections are listed here")
                .why("an object that is silently left out looks as if it were deployed")
                .help(format!("name it in one of {}, or remove it", sections.join(", "))),
            );
        }
    }
}
