//! The comment on a pull request.

use landscape::change::ChangeKind;
use landscape::cli::output::Format;
use landscape::diagnostic::{Diagnostic, Place, Report};
use landscape::effect::{Effect, Impact};
use serde_json::json;

use super::{REGION, ROLLED, ZONE, assert_golden, complete, field, object, review, write};

/// What GitHub takes, counted as what is never less than what GitHub counts.
pub(crate) const LIMIT: usize = 65_536;

#[test]
fn a_comment_says_what_happens_and_folds_the_rest() {
    let (review, report) = complete();
    assert_golden("complete.md", &write(&review, &report, Format::Markdown));
}

#[test]
fn a_comment_about_nothing_is_found_again_too() {
    let text = write(&review(Vec::new()), &Report::default(), Format::Markdown);
    assert_eq!(
        text,
        "<!-- landscape-diff demo -->\n## Landscape `demo`: nothing changes\n\n`main` → `the working tree`\n"
    );
}

#[test]
fn the_marker_holds_no_name_that_ends_it() {
    let mut review = review(Vec::new());
    for (name, marker) in [
        (None, "<!-- landscape-diff -->"),
        (Some("--> <b>"), "<!-- landscape-diff b -->"),
        (Some("a--b.c"), "<!-- landscape-diff a-b.c -->"),
    ] {
        review.landscape = name.map(str::to_owned);
        let text = write(&review, &Report::default(), Format::Markdown);
        assert_eq!(text.lines().next(), Some(marker));
    }
}

#[test]
fn what_does_not_fit_is_left_out_by_rank_and_counted() {
    let mut objects = Vec::new();
    for number in 0..400 {
        let mut changed = object(&format!("s{number:03}"), ChangeKind::Changed, Impact::Disruptive);
        // Every fourth one is large.
        let size = if number % 4 == 0 { 3_000 } else { 20 };
        changed.fields =
            vec![field("spec.purpose", json!("a\n".repeat(size / 2)), json!("b\n".repeat(size / 2)))];
        objects.push(changed);
    }
    let mut rejected = object("worst", ChangeKind::Changed, Impact::Rejected);
    let long = |letter: &str| json!(format!("{}\n", letter.repeat(5_000)).repeat(900));
    rejected.fields = vec![field("spec.region", long("ä"), long("日"))];
    objects.insert(0, rejected);
    let text = write(&review(objects), &Report::default(), Format::Markdown);
    assert!(text.len() <= LIMIT, "{}", text.len());
    assert!(text.len() > LIMIT * 3 / 4, "the room is used: {}", text.len());
    let has = |name: &str| text.contains(&format!("<code>garden-dev/{name}</code>"));
    assert!(has("worst"), "the heaviest is there, however large it is");
    assert!(has("s001") && !has("s000"), "of one impact the small ones come first");
    let shown = text.matches("<summary>").count();
    let left = format!("A comment has no room for {} objects.", 401 - shown);
    assert!(text.contains(&left), "{left}: {}", text.lines().last().unwrap_or_default());
    assert!(text.contains("`--save html=FILE`") && text.contains("the base is `main`"));
}

#[test]
fn many_heavy_effects_leave_room_for_the_summary() {
    let objects = (0..5_000)
        .map(|number| {
            let mut changed = object(&format!("s{number:04}"), ChangeKind::Changed, Impact::Rejected);
            let message = format!("{} number {number}", "a reason ".repeat(60));
            let finding = Diagnostic::new(REGION, message, Place::default()).why("because ".repeat(100));
            changed.effects.push(Effect { impact: Impact::Rejected, finding });
            changed
        })
        .collect();
    let text = write(&review(objects), &Report::default(), Format::Markdown);
    assert!(text.len() <= LIMIT, "{}", text.len());
    assert!(text.contains("| `rejected` | 0 | 5000 | 0 | 0 |"));
    assert!(
        text.contains(" objects and 49"),
        "effects are counted: {}",
        text.lines().last().unwrap_or_default()
    );
}

#[test]
fn light_effects_stand_with_their_objects_alone() {
    let mut changed = object("one", ChangeKind::Changed, Impact::InPlace);
    let finding = Diagnostic::new(ROLLED, "nodes are updated in place", Place::default());
    changed.effects.push(Effect { impact: Impact::InPlace, finding });
    let text = write(&review(vec![changed]), &Report::default(), Format::Markdown);
    assert!(!text.contains("### What it does"), "{text}");
    assert_eq!(text.matches("nodes are updated in place").count(), 1, "{text}");
}

#[test]
fn errors_that_are_not_shown_are_counted() {
    let mut report = Report::default();
    for number in 0..50 {
        report.push(Diagnostic::new(ZONE, format!("fault {number}"), Place::file("a.yaml")));
    }
    let text = write(&review(Vec::new()), &report, Format::Markdown);
    assert_eq!(text.matches("- `L401` fault").count(), 20, "{text}");
    assert!(text.contains("A comment has no room for 30 errors."), "{text}");
}
