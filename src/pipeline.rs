//! The whole compiler: every stage, in order, called from here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::check::{self, Checked};
use crate::diagnostic::{Code, Diagnostic, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::landscape::{self, Landscape};
use crate::manifest::{self, Manifests};
use crate::path::RelPath;
use crate::plan::{self, Plan};
use crate::spec::{self, Spec};
use crate::workspace::{self, Workspace};
use crate::{bundle, syntax};

const EXTENDS_CYCLE: Code = Code::error("L320", "extends-cycle");
const EXTENDS_NOTHING: Code = Code::error("L321", "extends-nothing");

/// What a compilation depends on beside the landscape's files, and whom it tells how far it is.
pub struct Compiler<'a> {
    /// Where the files are.
    pub workspace: &'a dyn Workspace,
    /// The day that versions must be valid on.
    pub at: time::Date,
    /// Told the name of each stage as it begins.
    pub begin: &'a dyn Fn(&'static str),
}

/// A compiled landscape.
#[derive(Debug)]
pub struct Rendered {
    /// The name of the landscape.
    pub name: String,
    /// The tree to write.
    pub files: Files,
    /// The units in order, each with the number of its objects.
    pub units: Vec<(String, usize)>,
}

impl Compiler<'_> {
    /// Compiles as far as the proof that no rule objects.
    pub fn check(&self, directory: &RelPath, report: &mut Report) -> Result<Checked, Reported> {
        let landscape = self.load(directory, report)?;
        (self.begin)("check");
        check::check(landscape, self.at, report)
    }

    /// Compiles to the tree of manifests.
    pub fn render(&self, directory: &RelPath, report: &mut Report) -> Result<Rendered, Reported> {
        let checked = self.check(directory, report)?;
        (self.begin)("plan");
        let plan = plan::plan(&checked);
        (self.begin)("manifests");
        let manifests = manifest::manifests(&plan);
        (self.begin)("bundles");
        let bundles = bundle::bundles(&manifests, plan.settings.delivery.compression, report)?;
        let Manifests { mut files, .. } = manifests;
        for bundle in &bundles {
            bundle.write(&mut files);
        }
        (self.begin)("digests");
        let digests = digests(&files, &BTreeMap::new());
        files.insert(RelPath::root().child("digests.json"), digests.into_bytes());
        Ok(Rendered {
            name: plan.settings.name.clone(),
            files,
            units: summary(&plan),
        })
    }

    /// Checks any manifests, without a landscape around them.
    pub fn check_loose(
        &self,
        paths: &[RelPath],
        complete: bool,
        report: &mut Report,
    ) -> Result<(), Reported> {
        let mut documents = Vec::new();
        let mut broken = false;
        for path in paths {
            let sources = workspace::read(self.workspace, path, report)?;
            let parsed = syntax::parse(&sources, report);
            broken |= !parsed.broken.is_empty();
            documents.extend(parsed.documents);
        }
        let landscape = landscape::gather(&documents, complete && !broken, report);
        check::check(landscape, self.at, report).map(drop)
    }

    fn load(&self, directory: &RelPath, report: &mut Report) -> Result<Landscape, Reported> {
        let mut layers: Vec<Spec> = Vec::new();
        let mut next = Some(directory.clone());
        while let Some(directory) = next {
            (self.begin)("read");
            let sources = workspace::read(self.workspace, &directory, report)?;
            (self.begin)("parse");
            let documents = syntax::parse(&sources, report);
            (self.begin)("spec");
            let layer = spec::read(sources, &documents, report)?;
            next = lower_layer(&layer, &layers, report)?;
            layers.push(layer);
        }
        (self.begin)("bind");
        landscape::bind(&layers, report)
    }
}

/// The directory that a layer is laid over.
fn lower_layer(layer: &Spec, above: &[Spec], report: &mut Report) -> Result<Option<RelPath>, Reported> {
    let Some(extends) = layer.extends() else {
        return Ok(None);
    };
    let text = extends.as_str().unwrap_or_default();
    let Ok(directory) = layer.root.join(text) else {
        return Err(report.refuse(
            Diagnostic::new(
                EXTENDS_NOTHING,
                format!("`{text}` is no directory that can be reached"),
                extends.span,
            )
            .help("name a landscape's directory, relative to this one"),
        ));
    };
    if directory == layer.root || above.iter().any(|spec| spec.root == directory) {
        let message = format!("the landscapes extend each other in a circle, by way of `{text}`");
        return Err(report.refuse(
            Diagnostic::new(EXTENDS_CYCLE, message, extends.span)
                .why("no layer would be the lowest one")
                .help("remove `spec.extends` from one of them"),
        ));
    }
    Ok(Some(directory))
}

/// `digests.json`: the SHA-256 of every file and of every packed chart.
fn digests(files: &Files, charts: &BTreeMap<String, Digest>) -> String {
    let files: BTreeMap<&str, Digest> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), Digest::of(bytes)))
        .collect();
    let all = json!({"charts": charts, "files": files});
    let mut text = serde_json::to_string_pretty(&all).expect("plain data has a JSON form");
    text.push('\n');
    text
}

fn summary(plan: &Plan<'_>) -> Vec<(String, usize)> {
    plan.units
        .iter()
        .map(|unit| (unit.name.clone(), unit.objects.len()))
        .collect()
}

/// The files of a tree that [`Compiler::render`] wrote: those its own list of digests names, and the list.
pub fn rendered_files(tree: &Files) -> BTreeSet<RelPath> {
    let list = RelPath::root().child("digests.json");
    let listed = tree
        .get(&list)
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok());
    let Some(listed) = listed else {
        return BTreeSet::new();
    };
    let files = listed
        .get("files")
        .and_then(serde_json::Value::as_object)
        .into_iter()
        .flatten();
    files
        .filter_map(|(path, _)| RelPath::parse(path).ok())
        .chain([list])
        .collect()
}
