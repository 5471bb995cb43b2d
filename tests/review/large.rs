//! A change of ten thousand objects is told in every form before anybody gets impatient.

use std::time::Instant;

use landscape::change::ChangeKind;
use landscape::cli::output::review::render;
use landscape::cli::output::{Format, Style};
use landscape::diagnostic::{Diagnostic, Report};
use landscape::effect::{Effect, Impact};
use landscape::review::Review;
use serde_json::json;

use super::markdown::LIMIT;
use super::{REGION, field, object, place, review};

const COUNT: usize = 10_000;

fn large() -> (Review, Report) {
    let mut report = Report::default();
    let at = place(&mut report, "shoots/one.yaml", "eu-2", "one");
    let objects = (0..COUNT)
        .map(|number| {
            let name = format!("s{number:05}");
            let mut changed = object(&name, ChangeKind::Changed, Impact::Rejected);
            changed.fields = vec![
                field("spec.region", json!("eu-1"), json!("eu-2")),
                field(
                    "data.script",
                    json!(format!("{}old", "line\n".repeat(50))),
                    json!(format!("{}new", "line\n".repeat(50))),
                ),
                field(
                    "spec.workers[0]",
                    json!(null),
                    json!({"name": name, "zones": ["a", "b"], "machine": {"type": "large"}}),
                ),
            ];
            let finding =
                Diagnostic::new(REGION, format!("the region of `{name}` cannot be changed"), at.clone());
            changed.effects.push(Effect { impact: Impact::Rejected, finding: finding.clone() });
            report.push(finding);
            changed
        })
        .collect();
    (review(objects), report)
}

#[test]
fn ten_thousand_objects_take_no_time_in_any_form() {
    let (review, report) = large();
    let plain = [
        Format::Human,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Junit,
        Format::Markdown,
        Format::Html,
    ];
    for (format, verbose) in plain.map(|format| (format, false)).into_iter().chain([(Format::Human, true)]) {
        let begun = Instant::now();
        let text = render(&review, &report, format, &Style { verbose, ..Style::default() });
        let taken = begun.elapsed();
        // Without optimisation, on a busy machine; one that is quadratic takes minutes.
        assert!(taken.as_secs() < 20, "{}: {taken:?}", format.name());
        assert!(!text.is_empty());
        assert!(format != Format::Markdown || text.len() <= LIMIT, "{}", text.len());
    }
}

#[test]
fn two_long_texts_that_share_no_line_are_no_trouble() {
    let long =
        |word: &str| (0..200_000).map(|number| format!("{word}{number}")).collect::<Vec<_>>().join("\n");
    let mut changed = object("one", ChangeKind::Changed, Impact::InPlace);
    changed.fields = vec![field("data.text", json!(long("a")), json!(long("b")))];
    let review = review(vec![changed]);
    for format in [Format::Human, Format::Markdown] {
        let begun = Instant::now();
        let text = render(&review, &Report::default(), format, &Style::default());
        assert!(begun.elapsed().as_secs() < 10, "{}", format.name());
        assert!(text.contains("more line"), "{}", format.name());
    }
}
