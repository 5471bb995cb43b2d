//! Review -> text, in the form a person or a tool asked for.
//!
//! Like the forms of findings these are pure, and show no character that would act instead of being seen.

mod comment;
mod cut;
mod diff_lines;
mod facts;
mod html;
mod json;
mod junit;
mod markdown;
mod text;
mod told;

use super::{Format, Style, github, sarif};
use crate::diagnostic::{Diagnostic, Report};
use crate::review::Review;
use crate::source::FileId;

/// Writes a review and the findings of the head; `report` knows the files that effects point into.
///
/// The form for a terminal leaves the findings out, as they are told on standard error.
pub fn render(review: &Review, report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Human => text::render(review, report, style),
        Format::Json => json::render(review, report),
        Format::Sarif => sarif::render(report, &told::refs(&told::findings(review, report))),
        Format::Github => github::render(report, &told::refs(&told::findings(review, report))),
        Format::Junit => junit::render(review, report),
        Format::Markdown => markdown::render(review, report),
        Format::Html => html::render(review, report),
    }
}

/// Writes the comment that a template of the user's makes of a review; a fault of the template is a finding in its file.
pub fn render_template(
    review: &Review,
    report: &Report,
    template: FileId,
) -> Result<String, Box<Diagnostic>> {
    markdown::render_template(review, report, template)
}
