//! The text of `landscape.lock`, in both directions.

use serde::Serialize;

use super::{Contents, Lock, Locked};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::inventory::Kind;
use crate::oci::reference::Reference;
use crate::spec::{self, API_VERSION, LockFile};
use crate::syntax::Node;

const INVALID_LOCK: Code = Code::error("L752", "invalid-lock");
const DUPLICATE_ENTRY: Code = Code::error("L754", "duplicate-lock-entry");

const HEAD: &str = "# Written by `landscape lock`: what each reference of the landscape leads to.\n";
const MEND: &str = "remove the entry, or the whole file, and run `landscape lock`";

/// Reads the file; whatever is faulty is reported, the rest is kept.
pub fn read(file: &LockFile, report: &mut Report) -> Lock {
    let mut lock = Lock::default();
    let [document, others @ ..] = &*file.documents else {
        report.push(
            Diagnostic::new(INVALID_LOCK, "the file holds no document", file.start)
                .why("what it said is lost: nothing would be held to a digest")
                .help("restore it, or remove it and run `landscape lock`"),
        );
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
    report.extend(spec::structure_faults(document).into_iter().map(|fault| fault.help(MEND)));
    let mut is_whole = true;
    for kind in Kind::ALL {
        for entry in document.get(list(kind)).map(Node::items).unwrap_or_default() {
            is_whole &= take(&mut lock, kind, entry, report).is_some();
        }
    }
    // An entry that is not taken in may be the one of an image of a chart.
    if is_whole {
        unlisted(&lock, report);
    }
    lock
}

fn list(kind: Kind) -> &'static str {
    match kind {
        Kind::Chart => "charts",
        Kind::Image => "images",
    }
}

/// Takes in an entry whose structure the schema has judged, unless it cannot be read.
fn take(lock: &mut Lock, kind: Kind, entry: &Node, report: &mut Report) -> Option<()> {
    let name = entry.get("ref")?;
    let digest = entry.get("digest").and_then(Node::as_str).and_then(Digest::parse)?;
    let reference = reference(name, report)?;
    if reference.digest.is_some_and(|named| named != digest) {
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
    let contents = contents(entry, report);
    let locked = Locked { digest, contents, span: Some(name.span) };
    if let Some(first) = lock.get(kind, &reference) {
        let first = first.span.unwrap_or_default();
        report.push(
            Diagnostic::new(DUPLICATE_ENTRY, format!("`{reference}` is locked twice"), name.span)
                .related(first, "locked here, too")
                .why("nobody could tell which digest holds")
                .help(MEND),
        );
    } else {
        lock.of_kind_mut(kind).insert(reference, locked);
    }
    Some(())
}

/// The images of a chart, and the values that it has them with.
fn contents(entry: &Node, report: &mut Report) -> Option<Contents> {
    let (values, images) = (entry.get("values"), entry.get("images"));
    if values.is_some() != images.is_some() {
        report.push(
            Diagnostic::new(
                INVALID_LOCK,
                "one of `values` and `images` stands without the other",
                entry.span,
            )
            .why("which images a chart has follows from its values")
            .help(MEND),
        );
    }
    let images = images?.items().iter().filter_map(|image| reference(image, report)).collect();
    let complete = entry.get("incomplete").and_then(Node::as_bool) != Some(true);
    Some(Contents { values: values?.as_str().and_then(Digest::parse)?, images, complete })
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

/// Every image of a chart has its digest, or it stands among the images.
fn unlisted(lock: &Lock, report: &mut Report) {
    for (chart, locked) in &lock.charts {
        let images = locked.contents.iter().flat_map(Contents::free);
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
