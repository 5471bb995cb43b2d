//! `ManagedResource` bundles: every payload decodes, every Secret is referenced, every seal is good.

use std::collections::{BTreeMap, BTreeSet};

use super::Verified;
use super::tree::Tree;
use crate::diagnostic::{Code, Diagnostic, Place, Report};
use crate::identity::Identity;
use crate::key::PublicKey;
use crate::path::RelPath;
use crate::payload;
use crate::seal::{self, SealFault};
use crate::syntax::{self, Document, Node};
use crate::workspace::{SourceFile, Sources};

const UNDECODABLE_PAYLOAD: Code = Code::error("L817", "undecodable-payload");
const UNREFERENCED_SECRET: Code = Code::error("L818", "unreferenced-secret");
const MIXED_REVISIONS: Code = Code::error("L827", "mixed-revisions");

/// What stands in one directory below `bundles/`.
#[derive(Default)]
struct Bundle<'a> {
    resources: Vec<&'a Document>,
    secrets: BTreeMap<&'a str, &'a Document>,
}

pub(super) fn verify(tree: &Tree<'_>, key: Option<&PublicKey>, verified: &mut Verified, report: &mut Report) {
    let documents = read(tree, report);
    let mut bundles: BTreeMap<RelPath, Bundle<'_>> = BTreeMap::new();
    for document in &documents {
        let bundle = bundles.entry(document.path.parent()).or_default();
        let kind = text(&document.root, &["kind"]);
        match kind {
            "ManagedResource" => bundle.resources.push(document),
            "Secret" => {
                let name = text(&document.root, &["metadata", "name"]);
                if bundle.secrets.insert(name, document).is_some() {
                    let message = format!("the Secret `{name}` stands in the directory twice");
                    report.push(
                        Diagnostic::new(UNREFERENCED_SECRET, message, place(&document.root))
                            .why("a seal covers one of them; which one is applied is a matter of chance")
                            .help("remove one of them, or render again"),
                    );
                }
                check_payloads(&document.root, report);
            }
            _ => {}
        }
    }
    for bundle in bundles.values() {
        verified.resources += bundle.resources.len();
        verified.sealed += check_seals(bundle, key, report);
        check_references(bundle, report);
    }
    check_revisions(tree, &documents, report);
}

/// The documents of all files below `bundles/`; faults of their syntax are reported.
fn read(tree: &Tree<'_>, report: &mut Report) -> Vec<Document> {
    let mut sources = Sources::default();
    for (path, bytes) in tree.target.files.iter() {
        if path.parts().next() == Some("bundles") {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    let id = report.sources.add(tree.target.shown(path.as_str()), text.into());
                    sources.files.push(SourceFile { path: path.clone(), id });
                }
                Err(_) => report.push(Diagnostic::new(
                    UNDECODABLE_PAYLOAD,
                    "the file is no UTF-8",
                    tree.target.place(path.as_str()),
                )),
            }
        }
    }
    syntax::parse(&sources, report).documents
}

fn check_seals(bundle: &Bundle<'_>, key: Option<&PublicKey>, report: &mut Report) -> usize {
    let mut good = 0;
    for document in &bundle.resources {
        let missing: Vec<_> =
            names(&document.root).filter(|name| !bundle.secrets.contains_key(name)).collect();
        for name in &missing {
            let fault = SealFault::MissingSecret((*name).to_owned());
            report.push(fault.diagnostic(place(&document.root)));
        }
        let Some(key) = key.filter(|_| missing.is_empty()) else {
            continue;
        };
        let find = |name: &str| bundle.secrets.get(name).map(|document| &document.root);
        match seal::verify(&document.root, &find, key) {
            Ok(()) => good += 1,
            Err(fault) => report.push(fault.diagnostic(place(&document.root))),
        }
    }
    good
}

fn check_references(bundle: &Bundle<'_>, report: &mut Report) {
    let referenced: BTreeSet<&str> =
        bundle.resources.iter().flat_map(|document| names(&document.root)).collect();
    for (name, document) in &bundle.secrets {
        if !referenced.contains(name) {
            report.push(
                Diagnostic::new(
                    UNREFERENCED_SECRET,
                    format!("no ManagedResource beside it names the Secret `{name}`"),
                    place(&document.root),
                )
                .why("the garbage collector of the gardener-resource-manager deletes it, and nobody applies it until then")
                .help("remove it, or render again"),
            );
        }
    }
}

/// All bundles of a tree were made from one commit: an older one put back would still have a good seal.
fn check_revisions(tree: &Tree<'_>, documents: &[Document], report: &mut Report) {
    let mut expected = tree.revision.as_deref();
    for document in documents {
        let path = ["metadata", "annotations", seal::REVISION];
        let Some(node) = document.root.at(&path) else {
            continue;
        };
        let revision = node.as_str().unwrap_or_default();
        let expected = *expected.get_or_insert(revision);
        if revision != expected {
            report.push(
                Diagnostic::new(
                    MIXED_REVISIONS,
                    format!("the ManagedResource was made from `{revision}`, others from `{expected}`"),
                    node.span,
                )
                .why("a bundle of an older commit keeps its good seal; put back, it would undo what came since")
                .help("render the whole tree from one commit"),
            );
        }
    }
}

fn check_payloads(secret: &Node, report: &mut Report) {
    for (entry, text) in payload::texts(secret) {
        let key = entry.key.name.as_str();
        if let Err(what) = text.and_then(|text| objects(key, text)) {
            let mut place = Place::from(entry.value.span);
            place.object = Some(identity(secret));
            place.path = format!("data[{key}]");
            report.push(
                Diagnostic::new(
                    UNDECODABLE_PAYLOAD,
                    format!("the payload `{key}` does not decode: {what}"),
                    place,
                )
                .why("the gardener-resource-manager applies none or only some of its objects; on broken Brotli it loops without end")
                .help("render again"),
            );
        }
    }
}

/// Reads a payload as the gardener-resource-manager does; says what is wrong with it.
fn objects(key: &str, yaml: String) -> Result<(), String> {
    let mut findings = Report::default();
    let id = findings.sources.add(key.to_owned(), yaml.into());
    let file = SourceFile { path: RelPath::root(), id };
    let sources = Sources { files: vec![file], ..Sources::default() };
    let documents = syntax::parse(&sources, &mut findings);
    if let Some(finding) = findings.findings().first() {
        return Err(finding.message.clone());
    }
    let object = |document: &Document| {
        [&["apiVersion"][..], &["kind"], &["metadata", "name"]]
            .iter()
            .all(|path| !text(&document.root, path).is_empty())
    };
    match documents.documents.iter().position(|document| !object(document)) {
        Some(index) => Err(format!("document {} is no Kubernetes object", index + 1)),
        None => Ok(()),
    }
}

/// The Secrets a `ManagedResource` names.
fn names(resource: &Node) -> impl Iterator<Item = &str> {
    let references = resource.at(&["spec", "secretRefs"]).map_or(&[][..], Node::items);
    references.iter().filter_map(|reference| reference.get("name").and_then(Node::as_str))
}

fn place(object: &Node) -> Place {
    Place { object: Some(identity(object)), ..Place::from(object.span) }
}

fn identity(object: &Node) -> Identity {
    let namespace = text(object, &["metadata", "namespace"]);
    Identity {
        api_version: text(object, &["apiVersion"]).into(),
        kind: text(object, &["kind"]).into(),
        namespace: Some(namespace.into()).filter(|_| !namespace.is_empty()),
        name: text(object, &["metadata", "name"]).into(),
    }
}

fn text<'a>(node: &'a Node, path: &[&str]) -> &'a str {
    node.at(path).and_then(Node::as_str).unwrap_or_default()
}
