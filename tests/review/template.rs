//! Templates of the user's.

use std::sync::Arc;

use landscape::change::ChangeKind;
use landscape::cli::output::review::render_template;
use landscape::diagnostic::{Diagnostic, Report};
use landscape::effect::Impact;
use landscape::review::Review;
use serde_json::json;

use super::markdown::LIMIT;
use super::{complete, field, object, review};

fn made(review: &Review, mut report: Report, template: &str) -> (Result<String, Box<Diagnostic>>, Report) {
    let file = report.sources.add("comment.md.j2".to_owned(), Arc::from(template));
    (render_template(review, &report, file), report)
}

fn text(review: &Review, report: Report, template: &str) -> String {
    made(review, report, template).0.expect("the template is sound")
}

/// The fault of a template: what it says, and the text it points at.
fn fault(template: &str) -> (String, String) {
    let (review, report) = complete();
    let (made, report) = made(&review, report, template);
    let fault = made.expect_err("the template has a fault");
    assert_eq!(fault.code.id, "L660");
    let span = fault.place.span.expect("a fault has a place");
    assert_eq!(report.sources.name(span.file), "comment.md.j2");
    (fault.message, report.sources.slice(span).to_owned())
}

#[test]
fn a_template_sees_the_review_as_plain_data() {
    let (review, report) = complete();
    let template = "{{ review.landscape }} {{ review.summary.rejected }}\n\
                    {% for object in review.objects %}\n{{ object.symbol }} {{ object.kind }} {{ object.name }} {{ object.impact }}\n\
                    {% for field in object.fields %}\n  {{ field.named }}: {{ field.before }} {{ field.after }}\n{% endfor %}\n{% endfor %}\n";
    let expected = "<!-- landscape-diff demo -->\n`demo` 1\n`~` `Shoot` `one` `rejected`\n  `spec.region`: `eu-1` `eu-2`\n  \
                    `spec.provider.workers[pool-a].maximum`: `3` `nothing`\n  `data.script`:  \n  `spec.provider.workers[1]`: `nothing` \n  \
                    `data.key`: `(hidden)` `(hidden)`\n`-` `Shoot` `old` `destructive`\n`>` `CloudProfile` `local` `in-place`\n\
                    `+` `Shoot` `new` `none`\n";
    assert_eq!(text(&review, report, template), expected);
}

#[test]
fn a_fault_of_a_template_has_its_place() {
    assert_eq!(
        fault("a\n{{ review.imapct }}"),
        (
            "the template cannot be followed: undefined value: `review.imapct` is undefined".to_owned(),
            "review.imapct".to_owned()
        )
    );
    let (message, at) = fault("a\n{% if %}");
    assert!(message.contains("syntax error") && at.contains("%}"), "{message} at {at}");
    let (message, at) = fault("{{ review.impact | safe }}");
    assert!(
        message.contains("safe") && at.contains("safe"),
        "no filter lets a text through: {message} at {at}"
    );
}

#[test]
fn a_template_without_end_is_stopped() {
    let nested =
        "{% for a in range(9999) %}{% for b in range(9999) %}{% set c = a %}{% endfor %}{% endfor %}";
    let (message, _) = fault(nested);
    assert!(message.contains("fuel"), "{message}");
}

#[test]
fn what_a_template_writes_without_end_is_cut_and_closed() {
    for template in [
        "{% for a in range(9000) %}\n<details><summary>x</summary>\n\n````diff\n- some line\n+ some line\n````\n\n</details>\n{% endfor %}\n",
        "<details>\n\n```\n{% for a in range(90000) %}\nx y z\n{% endfor %}\n```\n\n</details>\n",
        "{% for a in range(90000) %}\nä ö ü\n{% endfor %}\n",
        "<!--\n{% for a in range(90000) %}\nx y z\n{% endfor %}\n-->\n",
        "{% for a in range(90000) %}x y z{% endfor %}",
    ] {
        let (review, report) = complete();
        let text = text(&review, report, template);
        assert!(text.len() <= LIMIT, "{}", text.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count(), "{template}");
        assert_eq!(text.lines().filter(|line| line.starts_with("```")).count() % 2, 0, "{template}");
        assert_eq!(text.matches("<!--").count(), text.matches("-->").count(), "{template}");
        assert!(
            text.contains("\n---\nA comment has no room for 4 objects and 2 effects and the end of"),
            "{template}"
        );
    }
}

#[test]
fn a_template_of_names_alone_has_room_for_more_of_them() {
    let objects = (0..2_000)
        .map(|number| {
            let mut changed = object(&format!("s{number:04}"), ChangeKind::Changed, Impact::InPlace);
            changed.fields = vec![field("spec.a", json!("x".repeat(300)), json!("y".repeat(300)))];
            changed
        })
        .collect();
    let template = "{% for object in review.objects %}\n- {{ object.name }}\n{% endfor %}\n";
    let text = text(&review(objects), Report::default(), template);
    assert_eq!(text.matches("- `s").count(), 2_000);
    assert!(!text.contains("no room"));
}
