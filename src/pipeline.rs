//! The whole compiler: every stage, in order, called from here and nowhere else.

use crate::check::{self, Checked};
use crate::diagnostic::{Code, Diagnostic, Report, Reported};
use crate::landscape::{self, Landscape};
use crate::path::RelPath;
use crate::spec::{self, Spec};
use crate::workspace::{self, Workspace};
use crate::{syntax, syntax::Documents};

const EXTENDS_CYCLE: Code = Code::error("L320", "extends-cycle");
const EXTENDS_NOTHING: Code = Code::error("L321", "extends-nothing");

/// What a compilation depends on beside the landscape's files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The day that versions must be valid on.
    pub at: time::Date,
}

/// Compiles as far as the proof that no rule objects.
pub fn check(
    workspace: &dyn Workspace,
    directory: &RelPath,
    options: &Options,
    report: &mut Report,
) -> Result<Checked, Reported> {
    let landscape = load(workspace, directory, report)?;
    check::check(landscape, options.at, report)
}

/// Checks any manifests, without a landscape around them.
pub fn check_loose(
    workspace: &dyn Workspace,
    paths: &[RelPath],
    complete: bool,
    options: &Options,
    report: &mut Report,
) -> Result<(), Reported> {
    let mut documents = Documents::default();
    for path in paths {
        let sources = workspace::read(workspace, path, report)?;
        let parsed = syntax::parse(&sources, report);
        documents.documents.extend(parsed.documents);
        documents.broken.extend(parsed.broken);
    }
    let landscape = landscape::gather(
        &documents.documents,
        complete && documents.broken.is_empty(),
        report,
    );
    check::check(landscape, options.at, report).map(drop)
}

fn load(workspace: &dyn Workspace, directory: &RelPath, report: &mut Report) -> Result<Landscape, Reported> {
    let mut layers: Vec<Spec> = Vec::new();
    let mut next = Some(directory.clone());
    while let Some(directory) = next {
        let sources = workspace::read(workspace, &directory, report)?;
        let documents = syntax::parse(&sources, report);
        let layer = spec::read(sources, &documents, report)?;
        next = lower_layer(&layer, &layers, report)?;
        layers.push(layer);
    }
    landscape::bind(&layers, report)
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
                format!("`{text}` is no directory that can be reached from here"),
                extends.span,
            )
            .help("name a landscape's directory, relative to this one"),
        ));
    };
    if directory == layer.root || above.iter().any(|spec| spec.root == directory) {
        return Err(report.refuse(
            Diagnostic::new(
                EXTENDS_CYCLE,
                format!("the landscapes extend each other in a circle, by way of `{text}`"),
                extends.span,
            )
            .why("no layer would be the lowest one")
            .help("remove `spec.extends` from one of them"),
        ));
    }
    Ok(Some(directory))
}
