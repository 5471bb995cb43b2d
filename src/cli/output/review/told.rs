//! Review -> findings, for the forms that annotate files: every effect, then what else is wrong with the head.
//!
//! These forms point at files that somebody looks at, those of the head. What stands in the base is told in words.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::review::Review;
use crate::source::Span;

/// The effects, the heaviest first, and the findings that are none of them.
pub(super) fn findings(review: &Review, report: &Report) -> Vec<Diagnostic> {
    let effects = review.objects.iter().flat_map(|object| &object.effects).map(|effect| &effect.finding);
    effects.chain(other_findings(review, report)).map(|finding| in_head(finding, review, report)).collect()
}

/// The same, borrowed.
pub(super) fn refs(findings: &[Diagnostic]) -> Vec<&Diagnostic> {
    findings.iter().collect()
}

/// The findings that are no effect of a change, the errors first.
pub(super) fn other_findings<'a>(review: &'a Review, report: &'a Report) -> Vec<&'a Diagnostic> {
    let effects = review.objects.iter().flat_map(|object| &object.effects);
    let told: HashSet<_> = effects.map(|effect| key(&effect.finding)).collect();
    let mut others = report.findings();
    others.retain(|finding| !told.contains(&key(finding)));
    others.sort_by_key(|finding| finding.code.severity);
    others
}

fn key(finding: &Diagnostic) -> (&str, Option<Span>, &str, Option<&str>, &str) {
    let place = &finding.place;
    (finding.code.id, place.span, &place.path, place.item.as_deref(), &finding.message)
}

/// The finding without places in files that the head does not have.
pub(super) fn in_head(finding: &Diagnostic, review: &Review, report: &Report) -> Diagnostic {
    let mut finding = finding.clone();
    if report.file_of(&finding.place).is_some_and(|file| review.is_of_base(file)) {
        let place = place(&finding.place, report).unwrap_or_default();
        finding.message = format!("{} (in the base: {place})", finding.message);
        finding.place = Place { span: None, file: None, ..finding.place };
    }
    let (gone, here): (Vec<_>, Vec<_>) = std::mem::take(&mut finding.related)
        .into_iter()
        .partition(|label| review.is_of_base(report.sources.name(label.span.file)));
    finding.related = here;
    for label in gone {
        let place = place(&label.span.into(), report).unwrap_or_default();
        let why = finding.why.take().map_or_else(String::new, |why| format!("{why}; "));
        finding.why = Some(format!("{why}{}: {place}", label.text));
    }
    finding
}

/// `shoots/one.yaml:5`, or the file alone where there is no span.
pub(super) fn place(place: &Place, report: &Report) -> Option<String> {
    let file = report.file_of(place)?;
    Some(match place.span {
        Some(span) => format!("{file}:{}", report.sources.position(span).line),
        None => file.to_owned(),
    })
}
