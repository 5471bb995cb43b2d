//! Review -> JSON: one object, nothing left out.

use serde::Serialize;
use serde_json::Value;

use crate::change::ChangeKind;
use crate::cli::output::json::Finding;
use crate::diagnostic::Report;
use crate::identity::Identity;
use crate::review::{Review, Reviewed, ReviewedChart, ReviewedField, ReviewedUnit, Revised, Shown};

/// What stands for a value that nobody should read.
const HIDDEN: &str = "(hidden)";

/// The order of the fields is the order in the output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    base: &'a str,
    head: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head_commit: Option<&'a str>,
    impact: &'static str,
    summary: Summary,
    objects: Vec<Object<'a>>,
    units: Vec<Unit<'a>>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Summary {
    added: usize,
    changed: usize,
    removed: usize,
    moved: usize,
    rejected: usize,
    destructive: usize,
    disruptive: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    cluster: &'static str,
    unit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<MovedFrom<'a>>,
    #[serde(flatten)]
    identity: &'a Identity,
    change: &'static str,
    impact: &'static str,
    fields: Vec<Field<'a>>,
    effects: Vec<Effect<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    charts: Vec<Chart<'a>>,
}

/// A chart that the object installs, and what differs in it.
#[derive(Serialize)]
struct Chart<'a> {
    role: &'static str,
    reference: &'a str,
    objects: Vec<Part<'a>>,
    failures: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    change: &'static str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Unit<'a> {
    name: &'a str,
    cluster: &'static str,
    delivery: &'static str,
    wave: usize,
    depends_on: &'a [String],
    objects: usize,
    change: Option<&'static str>,
    impact: &'static str,
}

#[derive(Serialize)]
struct MovedFrom<'a> {
    unit: &'a str,
    delivery: &'static str,
}

#[derive(Serialize)]
struct Field<'a> {
    path: &'a str,
    /// The same way with the names of items, `spec.provider.workers[pool-a]`.
    named: &'a str,
    before: Value,
    after: Value,
}

#[derive(Serialize)]
struct Effect<'a> {
    #[serde(flatten)]
    finding: Finding<'a>,
    impact: &'static str,
}

pub(super) fn render(review: &Review, report: &Report) -> String {
    let Revised { name: base, commit: base_commit } = &review.base;
    let Revised { name: head, commit: head_commit } = &review.head;
    let summary = review.summary();
    let document = Document {
        base,
        head,
        base_commit: base_commit.as_deref(),
        head_commit: head_commit.as_deref(),
        impact: review.impact().name(),
        summary: Summary {
            added: summary.added,
            changed: summary.changed,
            removed: summary.removed,
            moved: summary.moved,
            rejected: summary.rejected,
            destructive: summary.destructive,
            disruptive: summary.disruptive,
        },
        objects: review.objects.iter().map(|object| Object::new(object, report)).collect(),
        units: review.units.iter().map(Unit::new).collect(),
        findings: report.findings().into_iter().map(|finding| Finding::new(report, finding)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

impl<'a> Object<'a> {
    fn new(object: &'a Reviewed, report: &'a Report) -> Self {
        let from = object.moved_from.as_ref();
        Self {
            cluster: object.cluster.name(),
            unit: object.unit_name(),
            delivery: object.unit.as_ref().map(|(_, delivery)| delivery.name()),
            moved_from: from.map(|(unit, delivery)| MovedFrom { unit, delivery: delivery.name() }),
            identity: &object.identity,
            change: object.change.name(),
            impact: object.impact.name(),
            fields: object.fields.iter().map(Field::new).collect(),
            effects: object
                .effects
                .iter()
                .map(|effect| Effect {
                    finding: Finding::new(report, &effect.finding),
                    impact: effect.impact.name(),
                })
                .collect(),
            charts: object.charts.iter().map(Chart::new).collect(),
        }
    }
}

impl<'a> Unit<'a> {
    fn new(unit: &'a ReviewedUnit) -> Self {
        Self {
            name: &unit.name,
            cluster: unit.cluster.name(),
            delivery: unit.delivery.name(),
            wave: unit.wave,
            depends_on: &unit.depends_on,
            objects: unit.objects,
            change: unit.change.map(ChangeKind::name),
            impact: unit.impact.name(),
        }
    }
}

impl<'a> Chart<'a> {
    fn new(chart: &'a ReviewedChart) -> Self {
        let parts = chart.objects.iter().map(|part| Part {
            identity: &part.identity,
            change: part.change.name(),
            fields: part.fields.iter().map(Field::new).collect(),
        });
        Self {
            role: chart.role,
            reference: &chart.reference,
            objects: parts.collect(),
            failures: &chart.failures,
        }
    }
}

impl<'a> Field<'a> {
    fn new(field: &'a ReviewedField) -> Self {
        Self {
            path: &field.path,
            named: &field.named,
            before: value(&field.before),
            after: value(&field.after),
        }
    }
}

fn value(shown: &Shown) -> Value {
    match shown {
        Shown::Absent => Value::Null,
        Shown::Hidden => HIDDEN.into(),
        Shown::Value(value) => value.clone(),
    }
}
