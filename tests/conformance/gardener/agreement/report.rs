//! The figures by kind, and every disagreement in groups.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::beyond;
use crate::change;
use crate::compare::{Comparison, Direction, is_judged};
use crate::line::Judged;
use crate::spelling;

/// Samples shown of each group of disagreements.
const SAMPLES: usize = 6;

/// The figures of one kind.
#[derive(Default)]
struct Figures {
    objects: usize,
    refused: usize,
    agreed: usize,
    compared: usize,
    same_fields: usize,
    panics: usize,
}

impl Figures {
    fn add(&mut self, judged: &Judged, comparison: &Comparison) {
        self.objects += 1;
        self.refused += usize::from(!judged.accepts);
        self.agreed += usize::from(comparison.verdicts_agree);
        self.compared += usize::from(comparison.fields_agree.is_some());
        self.same_fields += usize::from(comparison.fields_agree == Some(true));
        self.panics += usize::from(comparison.panicked);
    }
}

/// Differences of the same kind of object, direction and field.
#[derive(Default)]
struct Group {
    count: usize,
    verdicts: usize,
    samples: Vec<String>,
}

/// The figures of a run.
#[derive(Default)]
pub(crate) struct Summary<'a> {
    by_kind: BTreeMap<&'a str, Figures>,
    all: Figures,
    unjudged: usize,
    /// How many of those because Gardener panics.
    their_panics: usize,
    /// Whether a server judged.
    server: bool,
    /// Whether changes were judged.
    changes: bool,
}

impl<'a> Summary<'a> {
    /// Counts comparisons, which are those of the objects in this order.
    pub(crate) fn of(judged: &[&'a Judged], comparisons: &[Comparison]) -> Self {
        let server = judged.iter().any(|judged| judged.is_among_others());
        let changes = judged.iter().any(|judged| judged.is_change());
        let mut summary = Self { server, changes, ..Self::default() };
        for (judged, comparison) in judged.iter().zip(comparisons) {
            if is_judged(judged) {
                summary.by_kind.entry(&judged.kind).or_default().add(judged, comparison);
                summary.all.add(judged, comparison);
            } else {
                summary.unjudged += 1;
                summary.their_panics += usize::from(judged.stage == "panic");
                summary.all.panics += usize::from(comparison.panicked);
            }
        }
        summary
    }

    /// Percent of the objects with the same verdict; nothing of none.
    pub(crate) fn accept_rate(&self) -> Option<f64> {
        percent(self.all.agreed, self.all.objects)
    }

    /// Percent of the objects refused by both with the same fields; nothing of none.
    pub(crate) fn field_rate(&self) -> Option<f64> {
        percent(self.all.same_fields, self.all.compared)
    }

    /// How often the compiler panicked.
    pub(crate) fn panics(&self) -> usize {
        self.all.panics
    }

    /// The figures as a table of Markdown; nothing when nothing was compared.
    pub(crate) fn table(&self) -> String {
        if self.by_kind.is_empty() {
            return String::new();
        }
        let what = if self.changes { "changes" } else { "objects" };
        let mut text = format!(
            "| kind | {what} | refused | same verdict | same fields | panics |\n|---|--:|--:|--:|--:|--:|\n"
        );
        let kinds = self.by_kind.iter().map(|(kind, figures)| (*kind, figures));
        for (kind, figures) in kinds.chain([("all", &self.all)]) {
            let _ = writeln!(
                text,
                "| {kind} | {} | {} | {} | {} | {} |",
                figures.objects,
                figures.refused,
                told(percent(figures.agreed, figures.objects)),
                told(percent(figures.same_fields, figures.compared)),
                figures.panics
            );
        }
        let _ = write!(text, "\n{} more not judged: Gardener gives no verdict", self.unjudged);
        if self.changes {
            let _ = writeln!(text, ", as it panics on {} and cannot read the others.", self.their_panics);
            text.push_str(&change::list());
        } else {
            text.push_str(".\n");
            text.push_str(&beyond::list(self.server));
        }
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

fn told(percent: Option<f64>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent:.2} %"))
}

/// Every disagreement, in groups, the largest first.
pub(crate) fn report(judged: &[&Judged], comparisons: &[Comparison]) -> String {
    let mut groups: BTreeMap<(&str, Direction, String), Group> = BTreeMap::new();
    let told = |(judged, comparison): &(&&Judged, &Comparison)| is_judged(judged) || comparison.panicked;
    for (judged, comparison) in judged.iter().zip(comparisons).filter(told) {
        let mut told = BTreeSet::new();
        for difference in &comparison.differences {
            let pattern = spelling::pattern(&difference.field);
            if !told.insert((difference.direction, pattern.clone())) {
                continue;
            }
            let group = groups.entry((&judged.kind, difference.direction, pattern)).or_default();
            group.count += 1;
            group.verdicts += usize::from(!comparison.verdicts_agree);
            if group.samples.len() < SAMPLES {
                group.samples.push(format!(
                    "{} | {} | {} {:.160}",
                    judged.id, judged.mutation, difference.field, difference.what
                ));
            }
        }
    }
    let mut ordered: Vec<_> = groups.into_iter().collect();
    ordered.sort_by_key(|(_, group)| std::cmp::Reverse((group.count, group.verdicts)));
    let mut text = String::new();
    for ((kind, direction, pattern), group) in ordered {
        let _ = writeln!(
            text,
            "{} {kind} {pattern}: {} ({} of them change the verdict)",
            direction.name(),
            group.count,
            group.verdicts
        );
        for sample in group.samples {
            let _ = writeln!(text, "    {sample}");
        }
    }
    text
}
