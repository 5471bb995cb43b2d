//! Review -> a page for a browser.

use std::fmt::Write as _;

use crate::cli::output::junit::escape;
use crate::diagnostic::Report;
use crate::review::Review;

pub(super) fn render(review: &Review, _report: &Report) -> String {
    let mut page =
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>landscape diff</title>\n<ul>\n".to_owned();
    for object in &review.objects {
        let object = format!("{} {}: {}", object.change.name(), object.identity, object.impact);
        writeln!(page, "<li>{}", escape(&object)).expect("a string takes every write");
    }
    page.push_str("</ul>\n");
    page
}
