//! Places in files, as every form for programs needs them.

use crate::diagnostic::{Diagnostic, Report};
use crate::source::{Position, SourceMap, Span};

/// Where a span begins and where it has ended: the position after its last character.
#[derive(Clone, Copy)]
pub(super) struct Region {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Region {
    pub(super) fn of(sources: &SourceMap, span: Span) -> Self {
        Self {
            start: sources.position(span),
            end: sources.position(Span::new(span.file, span.end as usize, span.end as usize)),
        }
    }

    pub(super) fn of_finding(report: &Report, finding: &Diagnostic) -> Option<Self> {
        finding.place.span.map(|span| Self::of(&report.sources, span))
    }
}

/// The object and the field of a finding, `Shoot garden-dev/one spec.region`; empty when it is in neither.
pub(super) fn subject(finding: &Diagnostic) -> String {
    let object = finding.place.object.as_ref().map(ToString::to_string);
    let parts = [object.as_deref(), Some(finding.place.path.as_str())];
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
