//! Report -> `JUnit` XML: one suite, a test case a finding, so that test reports of GitLab and GitHub list them by file.

use std::fmt::Write as _;

use super::place::subject;
use super::printable::printable;
use crate::diagnostic::{Diagnostic, Report, Severity};

/// The suite of some findings, whose places are in the files of the report.
pub(super) fn render(report: &Report, findings: &[&Diagnostic]) -> String {
    suite(&findings.iter().map(|finding| Case::of(report, finding)).collect::<Vec<_>>())
}

/// A test case.
pub(super) struct Case {
    /// Its XML, in lines.
    pub(super) xml: String,
    /// Whether it failed.
    pub(super) failed: bool,
}

/// A suite of test cases; one that passes where there would be none.
pub(super) fn suite(cases: &[Case]) -> String {
    let failures = cases.iter().filter(|case| case.failed).count();
    let tests = cases.len().max(1);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"landscape\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n\
         \x20 <testsuite name=\"landscape\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n"
    );
    if cases.is_empty() {
        out.push_str("    <testcase name=\"no findings\" classname=\"landscape\"/>\n");
    }
    for case in cases {
        out.push_str(&case.xml);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

impl Case {
    /// The case of one finding.
    pub(super) fn of(report: &Report, finding: &Diagnostic) -> Self {
        let mut xml = String::new();
        case(&mut xml, report, finding).expect("a string takes every write");
        Self { xml, failed: finding.code.severity == Severity::Error }
    }
}

fn case(out: &mut String, report: &Report, finding: &Diagnostic) -> std::fmt::Result {
    let code = format!("{} {}", finding.code.id, finding.code.slug);
    let file = report.file_of(&finding.place);
    let subject = subject(finding);
    let name = if subject.is_empty() { code.clone() } else { format!("{code}: {subject}") };
    write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\"",
        escape(&name),
        escape(file.unwrap_or("landscape"))
    )?;
    if let Some(file) = file {
        write!(out, " file=\"{}\"", escape(file))?;
    }
    if let Some(span) = finding.place.span {
        write!(out, " line=\"{}\"", report.sources.position(span).line)?;
    }
    let text = text(report, finding);
    if finding.code.severity == Severity::Error {
        let message = escape(&finding.message);
        writeln!(out, ">\n      <failure type=\"{code}\" message=\"{message}\">{text}</failure>")?;
    } else {
        writeln!(out, ">\n      <system-out>{text}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}

/// What a finding says, escaped.
pub(super) fn text(report: &Report, finding: &Diagnostic) -> String {
    let mut lines = vec![format!("{}: {}", finding.code.severity, escape(&finding.message))];
    if let Some(file) = report.file_of(&finding.place) {
        let position = finding.place.span.map(|span| report.sources.position(span));
        let position = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        lines.push(format!("at {}{position}", escape(file)));
    }
    for (name, text) in [("item", &finding.place.item), ("why", &finding.why), ("help", &finding.help)] {
        if let Some(text) = text {
            lines.push(format!("{name}: {}", escape(text)));
        }
    }
    for label in &finding.related {
        let at = report.sources.position(label.span);
        let file = escape(report.sources.name(label.span.file));
        lines.push(format!("{file}:{}:{}: {}", at.line, at.column, escape(&label.text)));
    }
    lines.join("\n")
}

/// Printable text holds no character that XML 1.0 forbids.
pub(super) fn escape(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}
