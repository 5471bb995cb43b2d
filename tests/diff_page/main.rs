//! The page of `landscape diff`, as a browser reads it: what it shows, and that nothing of the input acts in it.

mod document;
mod hostile;
mod shown;

use std::sync::Arc;

use landscape::change::ChangeKind;
use landscape::cli::output::{Format, Style, review};
use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::effect::{Effect, Impact};
use landscape::identity::Identity;
use landscape::kind::{Cluster, Delivery};
use landscape::review::{Review, Reviewed, ReviewedField, ReviewedUnit, Revised, Shown};
use landscape::source::Span;
use serde_json::json;

use document::Document;

const REGION: Code = Code::error("L710", "shoot-field-immutable");

fn page(review: &Review, report: &Report) -> String {
    review::render(review, report, Format::Html, &Style::default())
}

fn read(review: &Review, report: &Report) -> Document {
    Document::read(&page(review, report))
}

fn review_of(objects: Vec<Reviewed>, units: Vec<ReviewedUnit>) -> Review {
    Review {
        landscape: Some("demo".to_owned()),
        base: revised("main"),
        head: revised("topic"),
        objects,
        units,
    }
}

fn revised(name: &str) -> Revised {
    Revised { name: name.to_owned(), commit: Some("0123456789abcdef0123".to_owned()) }
}

fn identity(kind: &str, name: &str) -> Identity {
    Identity {
        api_version: "core.gardener.cloud/v1beta1".into(),
        kind: kind.into(),
        namespace: Some("garden-shop".into()),
        name: name.into(),
    }
}

fn object(unit: &str, kind: &str, name: &str, change: ChangeKind, impact: Impact) -> Reviewed {
    Reviewed {
        cluster: Cluster::VirtualGarden,
        unit: Some((unit.to_owned(), Delivery::Flux)),
        moved_from: None,
        identity: identity(kind, name),
        change,
        impact,
        fields: Vec::new(),
        effects: Vec::new(),
        charts: Vec::new(),
    }
}

fn field(path: &str, before: Shown, after: Shown) -> ReviewedField {
    ReviewedField { path: path.to_owned(), named: path.to_owned(), before, after }
}

fn unit(
    name: &str,
    wave: usize,
    depends_on: &[&str],
    change: Option<ChangeKind>,
    impact: Impact,
) -> ReviewedUnit {
    ReviewedUnit {
        name: name.to_owned(),
        cluster: Cluster::VirtualGarden,
        delivery: Delivery::Flux,
        wave,
        depends_on: depends_on.iter().map(ToString::to_string).collect(),
        objects: 3,
        change,
        impact,
    }
}

/// A change of everything: an object that is refused, ones that are new and gone, units that are so, too.
fn complete() -> (Review, Report) {
    let mut report = Report::default();
    let file = report.sources.add("shoots/live.yaml".to_owned(), Arc::from("spec:\n  region: eu02\n"));
    let place = Place { path: "spec.region".to_owned(), ..Place::from(Span::new(file, 16, 20)) };
    let finding = Diagnostic::new(REGION, "`spec.region` was `eu01`", place)
        .why("the API server refuses the change")
        .help("create another shoot")
        .related(Span::new(file, 0, 4), "it stands here");
    let mut live = object("shoots-shop", "Shoot", "live", ChangeKind::Changed, Impact::Rejected);
    live.effects.push(Effect { impact: Impact::Rejected, finding });
    live.fields = vec![
        field("spec.region", Shown::Value(json!("eu01")), Shown::Value(json!("eu02"))),
        field("spec.tolerations", Shown::Absent, Shown::Value(json!([{"key": "a"}, {"key": "b"}]))),
        field("data.password", Shown::Hidden, Shown::Hidden),
        field("spec.count", Shown::Value(json!("1")), Shown::Value(json!(1))),
    ];
    let numbered =
        |n: usize, word: &str| if n == 20 { format!("line {n}{word}") } else { format!("line {n}") };
    let lines = |word: &str| (0..40).map(|n| numbered(n, word)).collect::<Vec<_>>().join("\n");
    let text = |word: &str| Shown::Value(json!(lines(word)));
    live.fields.push(field("data.policy", text(""), text(" more")));
    let mut moved = object("projects", "Quota", "small", ChangeKind::Moved, Impact::InPlace);
    moved.moved_from = Some(("garden-resources".to_owned(), Delivery::Bundle));
    let objects = vec![
        live,
        object("shoots-shop", "Shoot", "gone", ChangeKind::Removed, Impact::Destructive),
        moved,
        object("shoots-labs", "Shoot", "new", ChangeKind::Added, Impact::None),
    ];
    let units = vec![
        unit("garden-resources", 0, &[], Some(ChangeKind::Changed), Impact::InPlace),
        unit("projects", 1, &["garden-resources"], Some(ChangeKind::Changed), Impact::InPlace),
        unit("seeds", 1, &["garden-resources"], None, Impact::None),
        unit("shoots-shop", 2, &["projects", "seeds"], Some(ChangeKind::Changed), Impact::Rejected),
        unit("shoots-labs", 2, &["projects", "garden-resources"], Some(ChangeKind::Added), Impact::None),
        unit("shoots-edge", 2, &["projects"], Some(ChangeKind::Removed), Impact::None),
    ];
    (review_of(objects, units), report)
}
