//! What `landscape diff` writes in each of its forms: what a person reads, what programs rely on, and that nothing that
//! comes out of a landscape acts instead of being seen.
#![expect(
    clippy::disallowed_methods,
    reason = "golden files are read, and binaries run in directories of their own"
)]

mod command;
mod git;
mod hostile;
mod large;
mod machine;
mod markdown;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../scratch/mod.rs"]
mod scratch;
mod template;
mod text;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use landscape::change::ChangeKind;
use landscape::cli::output::review::render;
use landscape::cli::output::{Format, Style};
use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::effect::{Effect, Impact};
use landscape::identity::Identity;
use landscape::kind::{Cluster, Delivery};
use landscape::review::{Review, Reviewed, ReviewedField, Revised, Shown};
use landscape::source::Span;
use serde_json::{Value, json};

const REGION: Code = Code::error("L710", "shoot-field-immutable");
const ROLLED: Code = Code::note("L990", "workers-rolled");
const GONE: Code = Code::warning("L991", "shoot-deleted");
const ZONE: Code = Code::error("L401", "zone-not-offered");

const SHOOT: &str = "kind: Shoot\nspec:\n  region: eu-2\n  workers: []\n";

fn write(review: &Review, report: &Report, format: Format) -> String {
    render(review, report, format, &Style::default())
}

fn identity(kind: &str, name: &str) -> Identity {
    Identity {
        api_version: "core.gardener.cloud/v1beta1".into(),
        kind: kind.into(),
        namespace: Some("garden-dev".into()),
        name: name.into(),
    }
}

/// An object of the virtual garden, delivered by Flux.
fn object(name: &str, change: ChangeKind, impact: Impact) -> Reviewed {
    Reviewed {
        cluster: Cluster::VirtualGarden,
        unit: Some(("shoots-dev".to_owned(), Delivery::Flux)),
        moved_from: None,
        identity: identity("Shoot", name),
        change,
        impact,
        fields: Vec::new(),
        effects: Vec::new(),
        charts: Vec::new(),
    }
}

fn shown(value: Value) -> Shown {
    if value.is_null() { Shown::Absent } else { Shown::Value(value) }
}

fn field(path: &str, before: Value, after: Value) -> ReviewedField {
    ReviewedField {
        path: path.to_owned(),
        named: path.to_owned(),
        before: shown(before),
        after: shown(after),
    }
}

fn side(name: &str, commit: Option<&str>) -> Revised {
    Revised { name: name.to_owned(), commit: commit.map(str::to_owned) }
}

/// A review from `main` to the working tree of a landscape.
fn review(objects: Vec<Reviewed>) -> Review {
    let base = side("main", Some("0123456789abcdef0123456789abcdef01234567"));
    let nothing = Review::of(base, side("the working tree", None), &[], Vec::new());
    Review { landscape: Some("demo".to_owned()), objects, ..nothing }
}

/// A place in a file that the report then knows.
fn place(report: &mut Report, file: &str, word: &str, name: &str) -> Place {
    let id = report.sources.add(file.to_owned(), Arc::from(SHOOT));
    let start = SHOOT.find(word).expect("the text holds the word");
    Place {
        span: Some(Span::new(id, start, start + word.len())),
        object: Some(identity("Shoot", name)),
        path: "spec.region".to_owned(),
        ..Place::default()
    }
}

/// A review with one of everything, and a fault of the head that no change is to blame for.
fn complete() -> (Review, Report) {
    let mut report = Report::default();
    let here = place(&mut report, "shoots/one.yaml", "eu-2", "one");
    let before = place(&mut report, "main:shoots/one.yaml", "eu-2", "one").span.expect("set");
    let gone = place(&mut report, "main:shoots/old.yaml", "kind", "old");
    let mut rejected = object("one", ChangeKind::Changed, Impact::Rejected);
    let message = "the region of a shoot cannot be changed";
    let finding = Diagnostic::new(REGION, message, here)
        .related(before, "as it is in the base")
        .why("what a shoot is made of cannot move elsewhere")
        .help("keep the value of `spec.region`");
    rejected.effects.push(Effect { impact: Impact::Rejected, finding });
    rejected.fields = vec![
        field("spec.region", json!("eu-1"), json!("eu-2")),
        ReviewedField {
            named: "spec.provider.workers[pool-a].maximum".to_owned(),
            ..field("spec.provider.workers[0].maximum", json!(3), Value::Null)
        },
        field("data.script", json!("one\ntwo\nthree\n"), json!("one\n2\nthree\n")),
        field("spec.provider.workers[1]", Value::Null, json!({"name": "pool-b", "zones": ["a", "b"]})),
        ReviewedField {
            before: Shown::Hidden,
            after: Shown::Hidden,
            ..field("data.key", Value::Null, Value::Null)
        },
    ];
    let mut removed = object("old", ChangeKind::Removed, Impact::Destructive);
    let finding = Diagnostic::new(GONE, "the shoot is deleted with all that runs in it", gone);
    removed.effects.push(Effect { impact: Impact::Destructive, finding });
    let mut moved = object("profile", ChangeKind::Moved, Impact::InPlace);
    moved.identity = Identity { namespace: None, ..identity("CloudProfile", "local") };
    moved.unit = Some(("cloud-profiles".to_owned(), Delivery::Bundle));
    moved.moved_from = Some(("profiles".to_owned(), Delivery::Bundle));
    let added = object("new", ChangeKind::Added, Impact::None);
    let fault = place(&mut report, "shoots/two.yaml", "workers", "two");
    report.push(Diagnostic::new(ZONE, "region `eu-1` has no zone `eu-1d`", fault));
    (review(vec![rejected, removed, moved, added]), report)
}

/// Compares with a file beside the tests; `BLESS=1` writes it anew, to be read before it is committed.
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, text).expect("a writable package");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "{}", path.display());
}
