//! Review -> plain data, which is all that a template sees. docs/diff.md describes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::diff_lines::{lines, one_line};
use super::told;
use crate::change::ChangeKind;
use crate::cli::output::printable::shortened;
use crate::diagnostic::{Diagnostic, Report};
use crate::effect::Impact;
use crate::review::{Review, Reviewed, ReviewedField, Revised};

/// Fields of an object that a template sees.
const FIELDS: usize = 60;
/// Effects of an object that a template sees.
const EFFECTS: usize = 20;
/// Lines of one field.
const LINES: usize = 40;
/// Bytes of the difference of one object.
const DIFF_LIMIT: usize = 8_000;
/// Characters of a value.
const VALUE_LIMIT: usize = 300;
/// Kinds that are counted.
const KINDS: usize = 12;

/// What a template sees beside objects, effects and findings.
#[derive(Clone, Serialize)]
pub(super) struct Frame<'a> {
    landscape: Option<&'a str>,
    base: Side<'a>,
    head: Side<'a>,
    impact: &'static str,
    summary: Numbers,
    impacts: Vec<Row>,
    kinds: Vec<Kind<'a>>,
}

#[derive(Clone, Serialize)]
struct Side<'a> {
    name: &'a str,
    commit: Option<&'a str>,
}

#[derive(Clone, Serialize)]
struct Numbers {
    objects: usize,
    added: usize,
    changed: usize,
    removed: usize,
    moved: usize,
    rejected: usize,
    destructive: usize,
    disruptive: usize,
}

/// How many objects of one impact there are.
#[derive(Clone, Serialize)]
struct Row {
    impact: &'static str,
    added: usize,
    changed: usize,
    removed: usize,
    moved: usize,
}

#[derive(Clone, Serialize)]
struct Kind<'a> {
    kind: &'a str,
    count: usize,
}

/// An object that differs.
#[derive(Serialize)]
pub(super) struct ObjectFacts<'a> {
    cluster: &'static str,
    unit: Option<&'a str>,
    delivery: Option<&'static str>,
    moved_from: Option<&'a str>,
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    full_name: String,
    change: &'static str,
    symbol: &'static str,
    impact: &'static str,
    fields: Vec<FieldFacts<'a>>,
    more_fields: usize,
    effects: Vec<Finding<'a>>,
    more_effects: usize,
    diff: String,
}

#[derive(Serialize)]
struct FieldFacts<'a> {
    path: &'a str,
    named: &'a str,
    /// Nothing when the value takes more than a line.
    before: Option<String>,
    after: Option<String>,
}

/// A finding, or an effect when it has an impact.
#[derive(Serialize)]
pub(super) struct Finding<'a> {
    code: &'static str,
    slug: &'static str,
    severity: &'static str,
    impact: Option<&'static str>,
    message: &'a str,
    kind: Option<&'a str>,
    full_name: Option<String>,
    path: &'a str,
    item: Option<&'a str>,
    place: Option<String>,
    in_base: bool,
    why: Option<&'a str>,
    help: Option<&'a str>,
}

impl<'a> Frame<'a> {
    pub(super) fn of(review: &'a Review) -> Self {
        let side = |side: &'a Revised| Side { name: &side.name, commit: side.commit.as_deref() };
        let numbers = review.summary();
        Self {
            landscape: review.landscape.as_deref(),
            base: side(&review.base),
            head: side(&review.head),
            impact: review.impact().name(),
            summary: Numbers {
                objects: review.objects.len(),
                added: numbers.added,
                changed: numbers.changed,
                removed: numbers.removed,
                moved: numbers.moved,
                rejected: numbers.rejected,
                destructive: numbers.destructive,
                disruptive: numbers.disruptive,
            },
            impacts: Impact::ALL.iter().rev().filter_map(|impact| Row::of(*impact, review)).collect(),
            kinds: kinds(review),
        }
    }
}

impl Row {
    fn of(impact: Impact, review: &Review) -> Option<Self> {
        let count = |change| {
            let objects = review.objects.iter();
            objects.filter(|object| object.impact == impact && object.change == change).count()
        };
        let [added, changed, removed, moved] =
            [ChangeKind::Added, ChangeKind::Changed, ChangeKind::Removed, ChangeKind::Moved].map(count);
        (added + changed + removed + moved > 0).then(|| Self {
            impact: impact.name(),
            added,
            changed,
            removed,
            moved,
        })
    }
}

/// The kinds that most objects are of.
fn kinds(review: &Review) -> Vec<Kind<'_>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for object in &review.objects {
        *counts.entry(&object.identity.kind).or_default() += 1;
    }
    let mut kinds: Vec<Kind<'_>> = counts.into_iter().map(|(kind, count)| Kind { kind, count }).collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    kinds.truncate(KINDS);
    kinds
}

impl<'a> ObjectFacts<'a> {
    /// About how much room it takes.
    pub(super) fn size(&self) -> usize {
        self.diff.len() + self.effects.iter().map(|effect| effect.message.len()).sum::<usize>()
    }

    pub(super) fn of(object: &'a Reviewed, review: &Review, report: &'a Report) -> Self {
        let identity = &object.identity;
        let effects = object.effects.iter().take(EFFECTS);
        Self {
            cluster: object.cluster.name(),
            unit: object.unit.as_ref().map(|(name, _)| name.as_str()),
            delivery: object.unit.as_ref().map(|(_, delivery)| delivery.name()),
            moved_from: object.moved_from.as_ref().map(|(name, _)| name.as_str()),
            api_version: &identity.api_version,
            kind: &identity.kind,
            namespace: identity.namespace.as_deref(),
            name: &identity.name,
            full_name: identity.full_name(),
            change: object.change.name(),
            symbol: object.change.symbol(),
            impact: object.impact.name(),
            fields: object.fields.iter().take(FIELDS).map(FieldFacts::of).collect(),
            more_fields: object.fields.len().saturating_sub(FIELDS),
            effects: effects
                .map(|effect| Finding::of(&effect.finding, Some(effect.impact), object, review, report))
                .collect(),
            more_effects: object.effects.len().saturating_sub(EFFECTS),
            diff: diff(object),
        }
    }
}

impl<'a> FieldFacts<'a> {
    fn of(field: &'a ReviewedField) -> Self {
        let text = |shown| one_line(shown).map(|text| shortened(&text, VALUE_LIMIT).into_owned());
        Self {
            path: &field.path,
            named: &field.named,
            before: text(&field.before),
            after: text(&field.after),
        }
    }
}

/// The fields of an object as a difference: `@@ path @@`, and the lines of both sides; then those in its charts.
fn diff(object: &Reviewed) -> String {
    let mut text = String::new();
    fields(&mut text, "", &object.fields);
    for chart in &object.charts {
        for (index, part) in chart.objects.iter().enumerate() {
            if text.len() > DIFF_LIMIT {
                rest(&mut text, chart.objects.len() - index, "object of a chart");
                break;
            }
            let identity = part.identity.to_string();
            let identity = shortened(&identity, VALUE_LIMIT);
            match part.change {
                ChangeKind::Added => writeln!(text, "+ {identity}, from the chart"),
                ChangeKind::Removed => writeln!(text, "- {identity}, from the chart"),
                ChangeKind::Changed | ChangeKind::Moved => {
                    fields(&mut text, &format!("{identity}, from the chart: "), &part.fields);
                    Ok(())
                }
            }
            .expect("a string takes every write");
        }
        for failure in &chart.failures {
            let failure = shortened(failure, VALUE_LIMIT);
            writeln!(text, "… not rendered: {failure}").expect("a string takes every write");
        }
    }
    text
}

fn fields(text: &mut String, of: &str, fields: &[ReviewedField]) {
    for (index, field) in fields.iter().enumerate() {
        if index == FIELDS || text.len() > DIFF_LIMIT {
            return rest(text, fields.len() - index, "field");
        }
        writeln!(text, "@@ {of}{} @@", shortened(&field.named, VALUE_LIMIT))
            .expect("a string takes every write");
        let lines = lines(field, LINES);
        for (shown, line) in lines.iter().enumerate() {
            if text.len() > DIFF_LIMIT {
                rest(text, lines.len() - shown, "line");
                break;
            }
            writeln!(text, "{line}").expect("a string takes every write");
        }
    }
}

fn rest(text: &mut String, count: usize, noun: &str) {
    let plural = if count == 1 { "" } else { "s" };
    writeln!(text, "… {count} more {noun}{plural}").expect("a string takes every write");
}

impl<'a> Finding<'a> {
    /// An effect of an object.
    pub(super) fn of(
        finding: &'a Diagnostic,
        impact: Option<Impact>,
        object: &'a Reviewed,
        review: &Review,
        report: &'a Report,
    ) -> Self {
        let (kind, full_name) = (&*object.identity.kind, object.identity.full_name());
        Self { kind: Some(kind), full_name: Some(full_name), ..Self::alone(finding, impact, review, report) }
    }

    /// A finding of the head.
    pub(super) fn alone(
        finding: &'a Diagnostic,
        impact: Option<Impact>,
        review: &Review,
        report: &'a Report,
    ) -> Self {
        let place = &finding.place;
        let object = place.object.as_ref();
        Self {
            code: finding.code.id,
            slug: finding.code.slug,
            severity: finding.code.severity.name(),
            impact: impact.map(Impact::name),
            message: &finding.message,
            kind: object.map(|object| &*object.kind),
            full_name: object.map(|object| object.full_name()),
            path: &place.path,
            item: place.item.as_deref(),
            place: told::place(place, report),
            in_base: report.file_of(place).is_some_and(|file| review.is_of_base(file)),
            why: finding.why.as_deref(),
            help: finding.help.as_deref(),
        }
    }
}
