//! Review -> text, in the form a person or a tool asked for.
//!
//! Like the forms of findings these are pure, and show no character that would act instead of being seen.

mod json;

use super::{Format, Style};
use crate::diagnostic::Report;
use crate::review::Review;

/// Writes a review and the findings of the head; `report` knows the files that effects point into.
pub fn render(review: &Review, report: &Report, format: Format, _style: &Style) -> String {
    match format {
        Format::Human | Format::Json | Format::Sarif | Format::Junit | Format::Github => {
            json::render(review, report)
        }
    }
}
