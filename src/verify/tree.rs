//! The tree against its `digests.json`, both ways.

use std::collections::BTreeMap;

use super::{Target, Verified, bundle};
use crate::artifact::{Digests, UNSHIPPED, dropped_by_flux};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::key::PublicKey;
use crate::path::RelPath;

const CHANGED_FILE: Code = Code::error("L814", "changed-file");
const MISSING_FILE: Code = Code::error("L815", "missing-file");
const UNLISTED_FILE: Code = Code::error("L816", "unlisted-file");
const INVALID_DIGESTS: Code = Code::error("L819", "invalid-digests");

const REMADE: &str = "render again, or take the tree from where it was made";

/// A rendered tree, from a directory or out of an artifact.
pub(super) struct Tree<'a> {
    pub(super) target: Target<'a>,
    /// The charts packed beside it; nothing for a directory, which carries none.
    pub(super) charts: Option<BTreeMap<String, Digest>>,
    /// The revision the artifact says it was made from.
    pub(super) revision: Option<String>,
}

pub(super) fn verify(tree: &Tree<'_>, key: Option<&PublicKey>, verified: &mut Verified, report: &mut Report) {
    match digests(tree) {
        Ok(digests) => {
            verified.files += digests.files.len();
            compare_files(tree, &digests, report);
            if let Some(charts) = &tree.charts {
                compare_charts(tree, charts, &digests, report);
            }
        }
        Err(message) => report.push(
            Diagnostic::new(INVALID_DIGESTS, message, tree.target.place(Digests::FILE))
                .why("without it nothing can tell a changed file from an unchanged one")
                .help(REMADE),
        ),
    }
    report.extend(
        tree.target
            .files
            .iter()
            .filter_map(|(path, _)| dropped_by_flux(path, tree.target.place(path.as_str()))),
    );
    bundle::verify(tree, key, verified, report);
    verified.tree = tree.target.files.clone();
}

fn digests(tree: &Tree<'_>) -> Result<Digests, String> {
    let bytes = tree
        .target
        .files
        .get(&RelPath::root().child(Digests::FILE))
        .ok_or("the tree has no `digests.json`")?;
    serde_json::from_slice(bytes).map_err(|error| format!("`digests.json` cannot be read: {error}"))
}

fn compare_files(tree: &Tree<'_>, digests: &Digests, report: &mut Report) {
    let shipped = tree.charts.is_some();
    let mut listed = 0;
    for (name, digest) in &digests.files {
        let path = RelPath::parse(name).ok().filter(|path| path.as_str() == name);
        let bytes = path.as_ref().and_then(|path| tree.target.files.get(path));
        match bytes {
            Some(bytes) if Digest::of(bytes) == *digest => listed += 1,
            Some(_) => {
                listed += 1;
                report.push(
                    Diagnostic::new(
                        CHANGED_FILE,
                        "the file is not the one that was rendered",
                        tree.target.place(name),
                    )
                    .why(format!("`digests.json` says {digest}"))
                    .help(REMADE),
                );
            }
            None if shipped && in_unshipped(path.as_ref()) => {}
            None => report.push(
                Diagnostic::new(
                    MISSING_FILE,
                    "the file was rendered and is not there",
                    tree.target.place(name),
                )
                .help(REMADE),
            ),
        }
    }
    // All but `digests.json` itself is listed; look for the others only when there are any.
    if tree.target.files.len() == listed + 1 {
        return;
    }
    for (path, _) in tree.target.files.iter() {
        let name = path.as_str();
        if name != Digests::FILE && !digests.files.contains_key(name) {
            report.push(
                Diagnostic::new(
                    UNLISTED_FILE,
                    "the file is not part of what was rendered",
                    tree.target.place(name),
                )
                .why("Flux applies every file it finds")
                .help("remove it"),
            );
        }
    }
}

fn in_unshipped(path: Option<&RelPath>) -> bool {
    path.is_some_and(|path| path.parts().next() == Some(UNSHIPPED))
}

fn compare_charts(
    tree: &Tree<'_>,
    charts: &BTreeMap<String, Digest>,
    digests: &Digests,
    report: &mut Report,
) {
    let place = || tree.target.place(Digests::FILE);
    for (name, digest) in &digests.charts {
        match charts.get(name) {
            Some(packed) if packed == digest => {}
            Some(packed) => report.push(
                Diagnostic::new(
                    CHANGED_FILE,
                    format!("the chart `{name}` is {packed}, not the one the manifests refer to"),
                    place(),
                )
                .why(format!("`digests.json` says {digest}")),
            ),
            None => report.push(
                Diagnostic::new(MISSING_FILE, format!("the chart `{name}` is not in the layout"), place())
                    .why("the manifests refer to it"),
            ),
        }
    }
    for name in charts.keys().filter(|name| !digests.charts.contains_key(*name)) {
        report.push(
            Diagnostic::new(
                UNLISTED_FILE,
                format!("the chart `{name}` is in the layout and `digests.json` does not list it"),
                place(),
            )
            .help("remove it"),
        );
    }
}
