//! Review -> text for a terminal: the heaviest impact first, few enough objects and fields to be read.

use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style as Paint};

use super::diff_lines::{Sign, lines, one_line};
use super::told;
use crate::change::ChangeKind;
use crate::cli::output::Style;
use crate::cli::output::printable::{printable, shortened};
use crate::diagnostic::Report;
use crate::effect::{Effect, Impact};
use crate::review::{Review, Reviewed, ReviewedChart, ReviewedField, Revised};

/// Objects of one group that are shown.
const OBJECTS: usize = 20;
/// Fields of one object that are shown.
const FIELDS: usize = 12;
/// Effects of one object that are shown.
const EFFECTS: usize = 20;
/// Lines of one field that are shown.
const LINES: usize = 20;
/// The same, where all is asked for.
const ALL_LINES: usize = 2_000;
/// Characters of a value that stands in one line with the other.
const VALUE_LIMIT: usize = 60;
/// Characters of one text.
const TEXT_LIMIT: usize = 2_000;

pub(super) fn render(review: &Review, report: &Report, style: &Style) -> String {
    let mut page = Page { out: String::new(), report, style };
    page.head(review);
    let groups = review.objects.chunk_by(|one, other| group(one) == group(other));
    for objects in groups {
        page.group(objects);
    }
    page.out
}

/// What the objects of one group have in common.
fn group(object: &Reviewed) -> impl PartialEq + '_ {
    (object.impact, object.cluster, &object.unit)
}

struct Page<'a> {
    out: String,
    report: &'a Report,
    style: &'a Style,
}

impl Page<'_> {
    fn head(&mut self, review: &Review) {
        let (base, head) = (revised(&review.base), revised(&review.head));
        if review.objects.is_empty() {
            self.line(0, &format!("{base} → {head}: nothing changes"));
            return;
        }
        let numbers = review.summary();
        let counts = [
            (numbers.added, "added"),
            (numbers.changed, "changed"),
            (numbers.removed, "removed"),
            (numbers.moved, "moved"),
        ];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let worst = review.impact();
        let worst = self.paint(impact_paint(worst), worst.name());
        self.line(0, &format!("{base} → {head}: {}; the worst impact: {worst}", counts.join(", ")));
    }

    fn group(&mut self, objects: &[Reviewed]) {
        let Some(first) = objects.first() else { return };
        let impact = self.paint(impact_paint(first.impact), first.impact.name());
        let unit = first.unit.as_ref().map_or_else(String::new, |(name, delivery)| {
            format!(", unit {} by {}", printable(name), delivery.name())
        });
        self.out.push('\n');
        self.line(0, &format!("{impact} in {}{unit}", first.cluster.name()));
        let shown = self.few(objects.len(), OBJECTS);
        for object in objects.iter().take(shown) {
            self.object(object);
        }
        self.rest(1, objects.len() - shown, "object");
    }

    fn object(&mut self, object: &Reviewed) {
        let symbol = self.paint(change_paint(object.change), object.change.symbol());
        let from = object.moved_from.as_ref().map_or_else(String::new, |(name, delivery)| {
            format!(", was in unit {} by {}", printable(name), delivery.name())
        });
        let identity = object.identity.to_string();
        let identity = self.paint(Paint::new().bold(), &shortened(&identity, TEXT_LIMIT));
        self.line(1, &format!("{symbol} {identity}{from}"));
        let shown = self.few(object.effects.len(), EFFECTS);
        for effect in object.effects.iter().take(shown) {
            self.effect(effect);
        }
        self.rest(3, object.effects.len() - shown, "effect");
        let shown = self.few(object.fields.len(), FIELDS);
        for field in object.fields.iter().take(shown) {
            self.field(3, field);
        }
        self.rest(3, object.fields.len() - shown, "field");
        for chart in &object.charts {
            self.chart(chart);
        }
    }

    fn chart(&mut self, chart: &ReviewedChart) {
        let reference = shortened(&chart.reference, TEXT_LIMIT).into_owned();
        self.line(3, &format!("{} from the chart {reference}:", chart.role));
        let shown = self.few(chart.objects.len(), OBJECTS);
        for part in chart.objects.iter().take(shown) {
            let symbol = self.paint(change_paint(part.change), part.change.symbol());
            let identity = part.identity.to_string();
            self.line(4, &format!("{symbol} {}", shortened(&identity, TEXT_LIMIT)));
            let shown = self.few(part.fields.len(), FIELDS);
            for field in part.fields.iter().take(shown) {
                self.field(6, field);
            }
            self.rest(6, part.fields.len() - shown, "field");
        }
        self.rest(4, chart.objects.len() - shown, "object");
        for failure in &chart.failures {
            self.line(4, &format!("not rendered: {}", shortened(failure, TEXT_LIMIT)));
        }
    }

    fn effect(&mut self, effect: &Effect) {
        let finding = &effect.finding;
        let impact = self.paint(impact_paint(effect.impact), effect.impact.name());
        let message = shortened(&finding.message, TEXT_LIMIT);
        self.line(3, &format!("{impact} {} {message}", finding.code.id));
        let path = Some(finding.place.path.clone()).filter(|path| !path.is_empty());
        let item = finding.place.item.as_ref().map(|item| format!("item {item}"));
        let place: Vec<String> =
            [path, item, told::place(&finding.place, self.report)].into_iter().flatten().collect();
        if !place.is_empty() {
            self.note("at", &place.join(", "));
        }
        if self.style.verbose {
            for (name, text) in [("why", &finding.why), ("help", &finding.help)] {
                if let Some(text) = text {
                    self.note(name, text);
                }
            }
        }
    }

    fn note(&mut self, name: &str, text: &str) {
        let name = self.paint(AnsiColor::Cyan.on_default(), &format!("{name}:"));
        self.line(4, &format!("{name} {}", shortened(text, TEXT_LIMIT)));
    }

    /// A field in one line where both values are short, else line by line.
    fn field(&mut self, depth: usize, field: &ReviewedField) {
        let name = shortened(&field.named, TEXT_LIMIT).into_owned();
        let is_short = |text: &String| text.len() <= 4 * VALUE_LIMIT;
        let values = [&field.before, &field.after].map(|shown| one_line(shown).filter(is_short));
        if let [Some(before), Some(after)] = values {
            let gone = self.paint(AnsiColor::Red.on_default(), &shortened(&before, VALUE_LIMIT));
            let come = self.paint(AnsiColor::Green.on_default(), &shortened(&after, VALUE_LIMIT));
            self.line(depth, &format!("{name}: {gone} → {come}"));
            return;
        }
        self.line(depth, &format!("{name}:"));
        for line in lines(field, if self.style.verbose { ALL_LINES } else { LINES }) {
            let text = line.to_string();
            let text = match line.sign {
                Sign::Gone => self.paint(AnsiColor::Red.on_default(), &text),
                Sign::Come => self.paint(AnsiColor::Green.on_default(), &text),
                Sign::Stays | Sign::Left => text,
            };
            self.line(depth + 1, &text);
        }
    }

    /// How many of something are shown.
    fn few(&self, count: usize, limit: usize) -> usize {
        if self.style.verbose { count } else { count.min(limit) }
    }

    /// The line about what is not shown.
    fn rest(&mut self, depth: usize, count: usize, noun: &str) {
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            self.line(depth, &format!("… and {count} more {noun}{plural}, shown with -v"));
        }
    }

    /// A line of safe text.
    fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.out, "{:indent$}{text}", "", indent = 2 * depth).expect("a string takes every write");
    }

    /// Text that is made safe, in colour where that is wanted.
    fn paint(&self, paint: Paint, text: &str) -> String {
        let text = printable(text);
        if self.style.color { format!("{paint}{text}{paint:#}") } else { text.into_owned() }
    }
}

/// `main (1a2b3c4d5e6f)`.
fn revised(side: &Revised) -> String {
    let name = shortened(&side.name, TEXT_LIMIT);
    match side.commit.as_ref().and_then(|commit| commit.get(..12)) {
        Some(commit) if !commit.starts_with(&*name) => format!("{name} ({commit})"),
        _ => name.into_owned(),
    }
}

fn change_paint(change: ChangeKind) -> Paint {
    let color = match change {
        ChangeKind::Added => AnsiColor::Green,
        ChangeKind::Changed => AnsiColor::Yellow,
        ChangeKind::Removed => AnsiColor::Red,
        ChangeKind::Moved => AnsiColor::Blue,
    };
    color.on_default().bold()
}

fn impact_paint(impact: Impact) -> Paint {
    match impact {
        Impact::Rejected => AnsiColor::Magenta.on_default().bold(),
        Impact::Destructive => AnsiColor::Red.on_default().bold(),
        Impact::Disruptive => AnsiColor::Yellow.on_default().bold(),
        Impact::InPlace => AnsiColor::Cyan.on_default(),
        Impact::None => AnsiColor::Green.on_default(),
    }
}
