//! The form for a terminal.

use landscape::change::ChangeKind;
use landscape::cli::output::review::render;
use landscape::cli::output::{Format, Style};
use landscape::diagnostic::Report;
use landscape::effect::Impact;
use serde_json::json;

use super::{assert_golden, complete, field, object, review, write};

#[test]
fn a_person_reads_the_heaviest_impact_first() {
    let (review, report) = complete();
    assert_golden("complete.txt", &write(&review, &report, Format::Human));
}

#[test]
fn verbose_says_why_and_how_to_mend_it() {
    let (review, report) = complete();
    let style = Style { verbose: true, ..Style::default() };
    let text = render(&review, &report, Format::Human, &style);
    assert!(text.contains("        why: what a shoot is made of cannot move elsewhere\n"), "{text}");
    assert!(text.contains("        help: keep the value of `spec.region`\n"), "{text}");
    assert!(!write(&review, &report, Format::Human).contains("why:"));
}

#[test]
fn nothing_that_changes_is_said_to() {
    let text = write(&review(Vec::new()), &Report::default(), Format::Human);
    assert_eq!(text, "main (0123456789ab) → the working tree: nothing changes\n");
}

#[test]
fn colour_is_there_when_it_is_wanted() {
    let (review, report) = complete();
    let style = Style { color: true, ..Style::default() };
    let text = render(&review, &report, Format::Human, &style);
    assert!(text.contains("\u{1b}[32meu-2\u{1b}[0m"), "{text}");
    let mut plain = text;
    while let Some((before, after)) = plain.split_once('\u{1b}') {
        let (_, after) = after.split_once('m').expect("an escape for colour ends");
        plain = format!("{before}{after}");
    }
    assert_eq!(plain, write(&review, &report, Format::Human), "colour adds nothing else");
}

#[test]
fn objects_and_fields_are_folded_unless_all_are_asked_for() {
    let objects = (0..100)
        .map(|number| {
            let mut object = object(&format!("s{number:03}"), ChangeKind::Changed, Impact::InPlace);
            object.fields = (0..30).map(|number| field(&format!("f{number}"), json!(1), json!(2))).collect();
            object
        })
        .collect();
    let review = review(objects);
    let text = write(&review, &Report::default(), Format::Human);
    assert_eq!(text.matches("~ Shoot").count(), 20, "{text}");
    assert_eq!(text.matches(": 1 → 2").count(), 20 * 12);
    assert!(text.contains("      … and 18 more fields, shown with -v\n"), "{text}");
    assert!(text.ends_with("  … and 80 more objects, shown with -v\n"), "{text}");
    let style = Style { verbose: true, ..Style::default() };
    let text = render(&review, &Report::default(), Format::Human, &style);
    assert_eq!((text.matches("~ Shoot").count(), text.matches(": 1 → 2").count()), (100, 3_000));
    assert!(!text.contains('…'), "nothing is left out");
}

#[test]
fn a_long_value_says_how_much_of_it_is_missing() {
    let mut changed = object("one", ChangeKind::Changed, Impact::InPlace);
    changed.fields = vec![
        field("a", json!("x".repeat(200)), json!("y")),
        field("b", json!("x".repeat(9_000)), json!("y")),
    ];
    let text = write(&review(vec![changed]), &Report::default(), Format::Human);
    let cut = format!("      a: {}… (140 more characters) → y\n", "x".repeat(60));
    assert!(text.contains(&cut), "{text}");
    assert!(text.contains("… (8600 more characters)\n        + y\n"), "{text}");
}

#[test]
fn of_a_long_text_the_lines_that_differ_are_shown() {
    let lines = |odd: &[(usize, &str)]| {
        let line = |number| {
            odd.iter()
                .find(|(at, _)| *at == number)
                .map_or(format!("line {number}"), |(_, text)| (*text).to_owned())
        };
        (0..1_000).map(line).collect::<Vec<_>>().join("\n")
    };
    let mut changed = object("one", ChangeKind::Changed, Impact::InPlace);
    changed.fields = vec![field("a", json!(lines(&[])), json!(lines(&[(500, "x"), (600, "y")])))];
    let text = write(&review(vec![changed]), &Report::default(), Format::Human);
    let expected = "\
      a:
          line 498
          line 499
        - line 500
        + x
          line 501
          line 502
        … 95 lines alike
          line 598
          line 599
        - line 600
        + y
          line 601
          line 602
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn a_string_that_reads_like_a_number_has_quotes() {
    let mut changed = object("one", ChangeKind::Changed, Impact::InPlace);
    changed.fields = vec![
        field("a", json!("1.30"), json!(1.3)),
        field("b", json!(""), json!("true")),
        field("c", json!(["x", "y"]), json!([])),
    ];
    let text = write(&review(vec![changed]), &Report::default(), Format::Human);
    assert!(text.ends_with("a: \"1.30\" → 1.3\n      b: \"\" → \"true\"\n      c: [x, y] → []\n"), "{text}");
}
