//! The text of `landscape.lock`, in both directions.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Contents, Lock, Locked};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::inventory::Kind;
use crate::oci::reference::Reference;
use crate::spec::{self, API_VERSION};
use crate::syntax::Node;

const INVALID_LOCK: Code = Code::error("L752", "invalid-lock");
const DUPLICATE_ENTRY: Code = Code::error("L754", "duplicate-lock-entry");

const HEAD: &str = "# Written by `landscape lock`: what each reference of the landscape leads to.\n";
const MEND: &str = "remove the entry, and run `landscape lock`";

/// Reads the documents of the file; whatever is faulty is reported, the rest is kept.
pub fn read(documents: &[Node], report: &mut Report) -> Lock {
    let mut lock = Lock::default();
    let [document, others @ ..] = documents else {
        return lock;
    };
    let text = |name: &str| document.get(name).and_then(Node::as_str);
    let second = others.first().map(|second| (second, "the file holds more than one document"));
    let foreign = (text("kind") != Some("Lock") || text("apiVersion") != Some(API_VERSION))
        .then_some((document, "the document is no `Lock`"));
    if let Some((node, message)) = foreign.or(second) {
        let help = format!(
            "leave one document of `apiVersion: {API_VERSION}` and `kind: Lock`, or remove the file and run `landscape lock`"
        );
        report.push(Diagnostic::new(INVALID_LOCK, message, node.span).help(help));
        if foreign.is_some() {
            return lock;
        }
    }
    spec::check_structure(document, report);
    for kind in Kind::ALL {
        for entry in document.get(list(kind)).map(Node::items).unwrap_or_default() {
            take(&mut lock, kind, entry, report);
        }
    }
    unlisted(&lock, report);
    lock
}

fn list(kind: Kind) -> &'static str {
    match kind {
        Kind::Chart => "charts",
        Kind::Image => "images",
    }
}

/// Takes in an entry whose structure the schema has judged.
fn take(lock: &mut Lock, kind: Kind, entry: &Node, report: &mut Report) {
    let digest = |field: &str| entry.get(field).and_then(Node::as_str).and_then(Digest::parse);
    let Some((name, digest_of)) = entry.get("ref").zip(digest("digest")) else { return };
    let Some(reference) = reference(name, report) else { return };
    if reference.digest.is_some_and(|named| named != digest_of) {
        report.push(
            Diagnostic::new(
                INVALID_LOCK,
                "the reference names another digest than the one beside it",
                name.span,
            )
            .why("one of the two is not what the landscape was locked to")
            .help(MEND),
        );
    }
    let reference = reference.tagged();
    let images = entry.get("images").map(|images| {
        images
            .items()
            .iter()
            .filter_map(|image| Some(self::reference(image, report)?.tagged()))
            .collect::<BTreeSet<_>>()
    });
    let complete = entry.get("incomplete").and_then(Node::as_bool) != Some(true);
    let images = images.unwrap_or_default();
    let contents = digest("values").map(|values| Contents { values, images, complete });
    let locked = Locked { digest: digest_of, contents, span: Some(name.span) };
    if let Some(first) = lock.get(kind, &reference) {
        let first = first.span.unwrap_or_default();
        report.push(
            Diagnostic::new(DUPLICATE_ENTRY, format!("`{reference}` is locked twice"), name.span)
                .related(first, "locked here, too")
                .why("nobody could tell which digest holds")
                .help(MEND),
        );
        return;
    }
    lock.of_kind_mut(kind).insert(reference, locked);
}

fn reference(node: &Node, report: &mut Report) -> Option<Reference> {
    let text = node.as_str()?;
    let found = Reference::parse(text);
    if let Err(why) = found {
        report.push(
            Diagnostic::new(INVALID_LOCK, format!("`{text}` leads nowhere: {why}"), node.span).help(MEND),
        );
    }
    found.ok()
}

/// Every image of a chart has its digest among the images.
fn unlisted(lock: &Lock, report: &mut Report) {
    for (chart, locked) in &lock.charts {
        let images = locked.contents.iter().flat_map(|contents| &contents.images);
        for image in images.filter(|image| !lock.images.contains_key(image)) {
            let message = format!("`{image}`, an image of the chart `{chart}`, is not among the images");
            report.push(
                Diagnostic::new(INVALID_LOCK, message, locked.span.unwrap_or_default())
                    .why("its digest is not known")
                    .help(MEND),
            );
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    api_version: &'static str,
    kind: &'static str,
    charts: Vec<Entry>,
    images: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(rename = "ref")]
    reference: String,
    digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<Vec<String>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

impl Lock {
    /// The text of the file; the same for the same knowledge.
    pub fn to_yaml(&self) -> String {
        let entries = |kind| {
            let entries = self.of_kind(kind).iter().map(|(reference, locked)| Entry {
                reference: reference.to_string(),
                digest: locked.digest,
                values: locked.contents.as_ref().map(|contents| contents.values),
                images: locked
                    .contents
                    .as_ref()
                    .map(|contents| contents.images.iter().map(Reference::to_string).collect()),
                incomplete: locked.contents.as_ref().is_some_and(|contents| !contents.complete),
            });
            entries.collect()
        };
        let document = Document {
            api_version: API_VERSION,
            kind: "Lock",
            charts: entries(Kind::Chart),
            images: entries(Kind::Image),
        };
        let mut text = HEAD.to_owned();
        let mut options = serde_yaml::SerializerOptions::default();
        options.folded_wrap_chars = usize::MAX;
        serde_yaml::to_fmt_writer_with_options(&mut text, &document, options)
            .expect("texts have a YAML form, and a string takes every write");
        text
    }
}

impl Locked {
    /// What was learnt of a reference just now.
    pub fn fresh(digest: Digest) -> Self {
        Self { digest, contents: None, span: None }
    }
}
