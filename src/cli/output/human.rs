//! Report -> snippets for a person, few enough to be read.
//!
//! A thousand faults have a handful of causes: findings that differ only in the item of a `ForEach` are one, a kind of
//! finding that occurs too often is shown a few times and counted, and notes are counted unless asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style as Paint};

use super::Style;
use super::printable::{printable, shortened};
use super::snippet::{Mark, Snippet};
use crate::diagnostic::{Code, Diagnostic, Label, Report, Severity, count};
use crate::source::{SourceMap, Span};

/// Findings of one kind that are all shown.
const FEW: usize = 20;
/// Findings shown of a kind that occurs more often.
const FIRST: usize = 10;
/// Lines between two places that are still drawn as one snippet.
const NEAR: usize = 6;
/// Characters of one text.
const TEXT_LIMIT: usize = 2_000;
const INDENT: &str = "  ";

pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut findings = report.findings();
    findings.retain(|finding| !style.quiet || finding.code.severity == Severity::Error);
    let mut out = String::new();
    if findings.is_empty() {
        return out;
    }
    let groups = collapse(report, &findings);
    let mut tallies: BTreeMap<&str, Tally<'_>> = BTreeMap::new();
    for group in &groups {
        let code = group.finding.code;
        tallies.entry(code.id).or_insert_with(|| Tally::new(code)).groups += 1;
    }
    for group in &groups {
        let Some(tally) = tallies.get_mut(group.finding.code.id) else {
            continue;
        };
        if tally.shows_another(style) {
            tally.shown += 1;
            draw(&mut out, report, group, style);
            out.push('\n');
        } else {
            tally.hide(group, report);
        }
    }
    let hidden: Vec<String> = tallies.values().filter_map(|tally| tally.line(style)).collect();
    for line in &hidden {
        out.push_str(line);
        out.push('\n');
    }
    if !hidden.is_empty() {
        out.push('\n');
    }
    out.push_str(&totals(report, &findings, style));
    out
}

/// Findings that differ only in the item that made the object.
struct Group<'a> {
    finding: &'a Diagnostic,
    size: usize,
}

fn collapse<'a>(report: &Report, findings: &[&'a Diagnostic]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let place = &finding.place;
        if place.item.is_some() {
            let file = report.file_of(place);
            let key = (finding.code.id, place.span, file, &place.path, &finding.message);
            let index = *known.entry(key).or_insert(groups.len());
            if let Some(group) = groups.get_mut(index) {
                group.size += 1;
                continue;
            }
        }
        groups.push(Group { finding, size: 1 });
    }
    groups
}

/// What became of the findings of one kind.
struct Tally<'a> {
    code: Code,
    groups: usize,
    shown: usize,
    hidden: usize,
    files: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    fn new(code: Code) -> Self {
        Self { code, groups: 0, shown: 0, hidden: 0, files: BTreeSet::new() }
    }

    fn is_folded(&self, style: &Style) -> bool {
        self.code.severity == Severity::Note && !style.verbose
    }

    fn shows_another(&self, style: &Style) -> bool {
        !self.is_folded(style) && (self.groups <= FEW || self.shown < FIRST)
    }

    fn hide(&mut self, group: &Group<'a>, report: &'a Report) {
        self.hidden += group.size;
        self.files.extend(report.file_of(&group.finding.place));
    }

    /// The one line about the findings that are not shown.
    fn line(&self, style: &Style) -> Option<String> {
        let Code { id, slug, severity, .. } = self.code;
        let files = count(self.files.len(), "file");
        match (self.hidden, self.is_folded(style)) {
            (0, _) => None,
            (hidden, true) => {
                let times = count(hidden, "time");
                let name = paint(style, severity_paint(severity), severity.name());
                Some(format!("{name} {id} {slug}: {times} in {files}, shown with -v"))
            }
            (hidden, false) => Some(format!("… and {hidden} more {id} {slug} (in {files})")),
        }
    }
}

/// One finding: its code, message and snippets, then what a person needs to act.
fn draw(out: &mut String, report: &Report, group: &Group<'_>, style: &Style) {
    let finding = group.finding;
    let Code { id, slug, severity, .. } = finding.code;
    let title = paint(style, severity_paint(severity), &format!("{severity} {id} {slug}"));
    writeln!(out, "{title}").expect("a string takes every write");
    let message = shortened(&finding.message, TEXT_LIMIT).into_owned();
    let (near, far): (Vec<&Label>, Vec<&Label>) = finding
        .related
        .iter()
        .partition(|label| finding.place.span.is_some_and(|span| is_near(&report.sources, span, label.span)));
    let path = Some(finding.place.path.as_str()).filter(|path| !path.is_empty());
    let primary = finding.place.span.map(|span| Mark { span, text: path });
    let near = near.into_iter().map(mark);
    let marks: Vec<Mark<'_>> = primary.into_iter().chain(near).collect();
    Snippet::new(severity, message, &report.sources, &marks, style).draw(out, style);
    for label in far {
        let text = shortened(&label.text, TEXT_LIMIT).into_owned();
        let unlabelled = Mark { span: label.span, text: None };
        Snippet::new(Severity::Note, text, &report.sources, &[unlabelled], style).draw(out, style);
    }
    if let Some(file) = finding.place.span.map_or(report.file_of(&finding.place), |_| None) {
        line(out, style, "at", file);
    }
    if let Some(subject) = subject(group) {
        line(out, style, "in", &subject);
    }
    for (name, text) in [("why", &finding.why), ("help", &finding.help)] {
        if let Some(text) = text {
            line(out, style, name, text);
        }
    }
}

fn mark(label: &Label) -> Mark<'_> {
    Mark { span: label.span, text: Some(&label.text) }
}

fn is_near(sources: &SourceMap, one: Span, other: Span) -> bool {
    one.file == other.file && sources.position(one).line.abs_diff(sources.position(other).line) <= NEAR
}

/// The object, the field where no snippet names it, and the items of a `ForEach`.
fn subject(group: &Group<'_>) -> Option<String> {
    let place = &group.finding.place;
    let object = place.object.as_ref().map(ToString::to_string);
    let path = Some(place.path.clone()).filter(|path| place.span.is_none() && !path.is_empty());
    let item = place.item.as_ref().map(|item| match group.size - 1 {
        0 => format!("item {item}"),
        more => format!("item {item} and {}", count(more, "more item")),
    });
    let parts: Vec<String> = [object, path, item].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn line(out: &mut String, style: &Style, name: &str, text: &str) {
    let name = format!("{name}: ");
    let first = format!("{INDENT}{}", paint(style, AnsiColor::Cyan.on_default(), &name));
    let rest = " ".repeat(INDENT.len() + name.len());
    let options = textwrap::Options::new(style.width.max(40))
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    out.push_str(&textwrap::fill(&shortened(text, TEXT_LIMIT), options));
    out.push('\n');
}

fn totals(report: &Report, findings: &[&Diagnostic], style: &Style) -> String {
    let files: BTreeSet<&str> =
        findings.iter().filter_map(|finding| report.file_of(&finding.place)).collect();
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| {
            let number = findings.iter().filter(|finding| finding.code.severity == severity).count();
            (number > 0).then(|| paint(style, severity_paint(severity), &count(number, severity.name())))
        })
        .collect();
    let mut out = counts.join(", ");
    if !files.is_empty() {
        write!(out, " in {}", count(files.len(), "file")).expect("a string takes every write");
    }
    out.push('\n');
    if let Some(error) = findings.iter().find(|finding| finding.code.severity == Severity::Error) {
        writeln!(out, "run `landscape explain {}` for more", error.code.id)
            .expect("a string takes every write");
    }
    out
}

fn severity_paint(severity: Severity) -> Paint {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default().bold(),
    }
}

/// The text, made printable, in colour where that is wanted.
fn paint(style: &Style, paint: Paint, text: &str) -> String {
    let text = printable(text);
    if style.color { format!("{paint}{text}{paint:#}") } else { text.into_owned() }
}
