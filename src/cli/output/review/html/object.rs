//! The objects that differ, unit by unit, and what they lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::value::{self, Field, text};
use crate::cli::output::place::Region;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::effect;
use crate::kind::{Cluster, Delivery};
use crate::review::{Review, Reviewed, ReviewedChart};

/// Objects of a group up to which all stand open.
const FEW: usize = 12;
/// Fields of an object that show before the rest is folded.
const SHOWN_FIELDS: usize = 12;

/// The objects of one unit, or of one cluster where there is no plan.
#[derive(Serialize)]
pub(super) struct Group {
    /// Its number on the page, which the picture points to.
    number: usize,
    unit: String,
    cluster: &'static str,
    delivery: Option<&'static str>,
    wave: Option<usize>,
    objects: Vec<Object>,
}

#[derive(Serialize)]
struct Object {
    kind: String,
    api_version: String,
    namespace: Option<String>,
    name: String,
    change: &'static str,
    impact: &'static str,
    moved_from: Option<String>,
    effects: Vec<Effect>,
    fields: Vec<Field>,
    more_fields: Vec<Field>,
    charts: Vec<Chart>,
    open: bool,
    /// What is in it, told while it is folded.
    hint: Option<String>,
}

/// A chart that an object installs, and what differs in it.
#[derive(Serialize)]
struct Chart {
    role: &'static str,
    reference: String,
    parts: Vec<PartOfChart>,
    failures: Vec<String>,
}

#[derive(Serialize)]
struct PartOfChart {
    name: String,
    change: &'static str,
    fields: Vec<Field>,
}

/// An effect, or a finding of the head.
#[derive(Serialize)]
pub(super) struct Effect {
    code: &'static str,
    slug: &'static str,
    /// How bad it is: an impact, or a severity.
    weight: &'static str,
    subject: Option<String>,
    path: String,
    place: Option<String>,
    notes: Vec<Note>,
}

/// A sentence about an effect.
#[derive(Serialize)]
struct Note {
    label: Option<String>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    code: bool,
    text: String,
}

/// How many objects each filter leaves; without those that leave none.
#[derive(Serialize)]
pub(super) struct Totals {
    objects: usize,
    impacts: Vec<(&'static str, usize)>,
    changes: Vec<(&'static str, usize)>,
    clusters: Vec<(&'static str, usize)>,
    kinds: Vec<(String, usize)>,
}

impl Totals {
    pub(super) fn of(review: &Review) -> Self {
        let (mut impacts, mut changes) = (BTreeMap::new(), BTreeMap::new());
        let (mut clusters, mut kinds) = (BTreeMap::new(), BTreeMap::new());
        for object in &review.objects {
            *impacts.entry(std::cmp::Reverse(object.impact)).or_default() += 1;
            *changes.entry(object.change).or_default() += 1;
            *clusters.entry(object.cluster).or_default() += 1;
            *kinds.entry(text(&object.identity.kind)).or_default() += 1;
        }
        Self {
            objects: review.objects.len(),
            impacts: impacts.into_iter().map(|(impact, count)| (impact.0.name(), count)).collect(),
            changes: changes.into_iter().map(|(change, count)| (change.name(), count)).collect(),
            clusters: clusters.into_iter().map(|(cluster, count)| (cluster.name(), count)).collect(),
            kinds: kinds.into_iter().collect(),
        }
    }
}

/// The number of each group: the one with the worst impact first.
pub(super) fn numbers(review: &Review) -> BTreeMap<(Cluster, &str), usize> {
    let mut numbers = BTreeMap::new();
    for object in &review.objects {
        let next = numbers.len();
        numbers.entry((object.cluster, object.unit_name())).or_insert(next);
    }
    numbers
}

/// The objects of each unit, in the order of the numbers.
pub(super) fn groups(
    review: &Review,
    numbers: &BTreeMap<(Cluster, &str), usize>,
    report: &Report,
) -> Vec<Group> {
    let waves: BTreeMap<&str, usize> =
        review.units.iter().map(|unit| (unit.name.as_str(), unit.wave)).collect();
    let mut sizes: BTreeMap<(Cluster, &str), usize> = BTreeMap::new();
    for object in &review.objects {
        *sizes.entry((object.cluster, object.unit_name())).or_default() += 1;
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for object in &review.objects {
        let name = object.unit_name();
        let number = numbers.get(&(object.cluster, name)).copied().unwrap_or_default();
        let group = groups.entry(number).or_insert_with(|| Group {
            number,
            unit: text(name),
            cluster: object.cluster.name(),
            delivery: object.unit.as_ref().map(|(_, delivery)| delivery.name()),
            wave: waves.get(name).map(|wave| wave + 1),
            objects: Vec::new(),
        });
        let few = sizes.get(&(object.cluster, name)).is_some_and(|size| *size <= FEW);
        group.objects.push(Object::of(object, few, report));
    }
    groups.into_values().collect()
}

/// Errors and warnings of the head that no object on the page tells of.
pub(super) fn findings(review: &Review, report: &Report) -> Vec<Effect> {
    let key = |finding: &Diagnostic| {
        let place = &finding.place;
        (finding.code.id, place.object.clone(), place.path.clone(), finding.message.clone())
    };
    let told: BTreeSet<_> =
        review.objects.iter().flat_map(|object| &object.effects).map(|effect| key(&effect.finding)).collect();
    let findings = report.findings().into_iter();
    findings
        .filter(|finding| finding.code.severity != Severity::Note && !told.contains(&key(finding)))
        .map(|finding| Effect::new(finding, finding.code.severity.name(), None, report))
        .collect()
}

impl Object {
    fn of(object: &Reviewed, few: bool, report: &Report) -> Self {
        let identity = &object.identity;
        let mut fields: Vec<Field> = object.fields.iter().map(Field::of).collect();
        let more_fields = fields.split_off(fields.len().min(SHOWN_FIELDS));
        let from = |(unit, delivery): &(String, Delivery)| format!("{} ({})", text(unit), delivery.name());
        Self {
            kind: text(&identity.kind),
            api_version: text(&identity.api_version),
            namespace: identity.namespace.as_deref().map(text),
            name: text(&identity.name),
            change: object.change.name(),
            impact: object.impact.name(),
            moved_from: object.moved_from.as_ref().map(from),
            effects: object.effects.iter().map(|effect| Effect::of(effect, object, report)).collect(),
            fields,
            more_fields,
            charts: object.charts.iter().map(Chart::of).collect(),
            open: few || !object.effects.is_empty(),
            hint: object.fields.first().map(|first| match object.fields.len() {
                1 => text(&first.named),
                count => format!("{} and {} more", text(&first.named), count - 1),
            }),
        }
    }
}

impl Chart {
    fn of(chart: &ReviewedChart) -> Self {
        let parts = chart.objects.iter().map(|part| PartOfChart {
            name: text(&part.identity.to_string()),
            change: part.change.name(),
            fields: part.fields.iter().map(Field::of).collect(),
        });
        Self {
            role: chart.role,
            reference: text(&chart.reference),
            parts: parts.collect(),
            failures: chart.failures.iter().map(|failure| text(failure)).collect(),
        }
    }
}

impl Effect {
    fn of(effect: &effect::Effect, object: &Reviewed, report: &Report) -> Self {
        Self::new(&effect.finding, effect.impact.name(), Some(object), report)
    }

    fn new(finding: &Diagnostic, weight: &'static str, shown: Option<&Reviewed>, report: &Report) -> Self {
        let note = |label: Option<String>, sentence: &str| Note { label, parts: parts(sentence) };
        let place = |file: &str, position: Option<(usize, usize)>| match position {
            Some((line, column)) => format!("{}:{line}:{column}", text(file)),
            None => text(file),
        };
        let mut notes = vec![note(None, &finding.message)];
        notes.extend(finding.why.as_deref().map(|why| note(Some("why".to_owned()), why)));
        notes.extend(finding.help.as_deref().map(|help| note(Some("help".to_owned()), help)));
        notes.extend(finding.related.iter().map(|label| {
            let start = report.sources.position(label.span);
            let at = place(report.sources.name(label.span.file), Some((start.line, start.column)));
            note(Some(at), &label.text)
        }));
        let region = Region::of_finding(report, finding);
        let subject = finding.place.object.as_ref();
        let elsewhere = subject.filter(|subject| shown.is_none_or(|shown| shown.identity != **subject));
        Self {
            code: finding.code.id,
            slug: finding.code.slug,
            weight,
            subject: elsewhere.map(|subject| text(&subject.to_string())),
            path: text(&finding.place.path),
            place: report
                .file_of(&finding.place)
                .map(|file| place(file, region.map(|region| (region.start.line, region.start.column)))),
            notes,
        }
    }
}

/// A sentence with the names in backticks told apart; a backtick without its twin stays one.
fn parts(sentence: &str) -> Vec<Part> {
    let sentence = value::sentence(sentence);
    let pieces: Vec<&str> = sentence.split('`').collect();
    let paired = pieces.len() - (pieces.len() + 1) % 2;
    let mut parts: Vec<Part> = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let lone = index >= paired;
        let text = if lone { format!("`{piece}") } else { piece.to_owned() };
        if !text.is_empty() {
            parts.push(Part { code: !lone && index % 2 == 1, text });
        }
    }
    parts
}
