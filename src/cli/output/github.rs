//! Report -> workflow commands of GitHub Actions, one line a finding.
//!
//! A runner obeys every line that begins with `::`, so no text of the input may begin a line.

use std::fmt::Write as _;

use super::place::{Region, subject};
use super::printable::{printable, shortened};
use crate::diagnostic::{Diagnostic, Report, Severity};

/// Characters of one text; an annotation of more than 64 KiB is dropped.
const TEXT_LIMIT: usize = 4_000;

/// The commands of some findings, whose places are in the files of the report.
pub(super) fn render(report: &Report, findings: &[&Diagnostic]) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let properties = properties(report, finding).join(",");
        let message = data(&message(finding));
        writeln!(out, "::{command} {properties}::{message}").expect("a string takes every write");
    }
    out
}

fn properties(report: &Report, finding: &Diagnostic) -> Vec<String> {
    let mut properties = Vec::new();
    // No file has a longer name; the limit keeps an annotation below the size that is dropped.
    let file = report.file_of(&finding.place).filter(|file| file.len() <= TEXT_LIMIT);
    if let Some(file) = file {
        properties.push(format!("file={}", property(&printable(file))));
        if let Some(Region { start, end }) = Region::of_finding(report, finding) {
            properties.push(format!("line={},endLine={},col={}", start.line, end.line, start.column));
            if start.line == end.line {
                properties.push(format!("endColumn={}", end.column));
            }
        }
    }
    let title = format!("{} {}", finding.code.id, finding.code.slug);
    properties.push(format!("title={}", property(&title)));
    properties
}

fn message(finding: &Diagnostic) -> String {
    let mut lines = vec![shortened(&finding.message, TEXT_LIMIT).into_owned()];
    let subject = subject(finding);
    if !subject.is_empty() {
        lines.push(format!("in {}", shortened(&subject, TEXT_LIMIT)));
    }
    for (name, text) in [("item", &finding.place.item), ("why", &finding.why), ("help", &finding.help)] {
        if let Some(text) = text {
            lines.push(format!("{name}: {}", shortened(text, TEXT_LIMIT)));
        }
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
