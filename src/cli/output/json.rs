//! Report -> JSON: one array, a finding a line, nothing left out.

use serde::Serialize;

use super::place::Region;
use crate::diagnostic::{Diagnostic, Label, Report};
use crate::identity::Identity;

/// The order of the fields is the order in the output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding<'a> {
    code: &'a str,
    slug: &'a str,
    severity: &'a str,
    message: &'a str,
    object: Option<&'a Identity>,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    why: Option<&'a str>,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

pub(super) fn render(report: &Report) -> String {
    let lines: Vec<String> = report
        .findings()
        .into_iter()
        .map(|finding| {
            serde_json::to_string(&Finding::new(report, finding)).expect("texts and numbers are JSON")
        })
        .collect();
    if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) }
}

/// What a verb did, and beside its own fields the findings.
pub fn outcome(outcome: &impl Serialize, report: &Report) -> String {
    #[derive(Serialize)]
    struct Document<'a, T: Serialize> {
        #[serde(flatten)]
        outcome: &'a T,
        findings: Vec<Finding<'a>>,
    }
    let findings = report.findings().into_iter().map(|finding| Finding::new(report, finding)).collect();
    let mut text =
        serde_json::to_string_pretty(&Document { outcome, findings }).expect("texts and numbers are JSON");
    text.push('\n');
    text
}

impl<'a> Finding<'a> {
    pub(super) fn new(report: &'a Report, finding: &'a Diagnostic) -> Self {
        let region = Region::of_finding(report, finding);
        let place = &finding.place;
        Self {
            code: finding.code.id,
            slug: finding.code.slug,
            severity: finding.code.severity.name(),
            message: &finding.message,
            object: place.object.as_ref(),
            path: &place.path,
            item: place.item.as_deref(),
            file: report.file_of(place),
            line: region.map(|region| region.start.line),
            column: region.map(|region| region.start.column),
            end_line: region.map(|region| region.end.line),
            end_column: region.map(|region| region.end.column),
            why: finding.why.as_deref(),
            help: finding.help.as_deref(),
            related: finding.related.iter().map(|label| Related::new(report, label)).collect(),
        }
    }
}

impl<'a> Related<'a> {
    fn new(report: &'a Report, label: &'a Label) -> Self {
        let position = report.sources.position(label.span);
        Self {
            file: report.sources.name(label.span.file),
            line: position.line,
            column: position.column,
            message: &label.text,
        }
    }
}
