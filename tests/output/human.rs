use landscape::cli::output::{Format, Style, render};
use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::source::Span;

use super::{HOSTILE, KIND, VERSION, ZONE, add, complete, hostile, human, shoot, span};

#[test]
fn a_finding_shows_the_place_its_relatives_and_the_way_out() {
    let expected = "\
error L401 zone-not-offered
  × region `eu-1` has no zone `eu-1d`
   ╭─[shoots/one.yaml:5:17]
 4 │     workers:
 5 │       - zones: [eu-1d]
   ·                 ──┬──
   ·                   ╰── spec.provider.workers[0].zones[0]
   ╰────
  ☞ the zones are declared here
   ╭─[cloudprofiles/demo.yaml:5:14]
 4 │     - name: eu-1
 5 │       zones: [eu-1a]
   ·              ───────
   ╰────
  in: Shoot garden-dev/one
  why: the machines could not be created
  help: allowed: `eu-1a`

1 error in 1 file
run `landscape explain L401` for more
";
    assert_eq!(human(&complete()), expected);
}

#[test]
fn a_relative_nearby_is_drawn_in_the_same_snippet() {
    let mut report = Report::default();
    let file = add(&mut report, "a.yaml", "a: 1\nb: 2\na: 3\n");
    let second = Span::new(file, 10, 11);
    report.push(Diagnostic::new(ZONE, "twice", second).related(Span::new(file, 0, 1), "first set here"));
    let expected = "\
error L401 zone-not-offered
  × twice
   ╭─[a.yaml:3:1]
 1 │ a: 1
   · ┬
   · ╰── first set here
 2 │ b: 2
 3 │ a: 3
   · ─
   ╰────

1 error in 1 file
run `landscape explain L401` for more
";
    assert_eq!(human(&report), expected);
}

#[test]
fn a_finding_without_a_span_names_its_file_and_field() {
    let mut report = Report::default();
    let place = Place { path: "spec.region".to_owned(), object: Some(shoot("one")), ..Place::file("a.yaml") };
    report.push(Diagnostic::new(VERSION, "m", place));
    let expected = "\
warning L402 version-deprecated
  ⚠ m
  at: a.yaml
  in: Shoot garden-dev/one, spec.region

1 warning in 1 file
";
    assert_eq!(human(&report), expected);
}

#[test]
fn nothing_found_is_nothing_written() {
    assert_eq!(human(&Report::default()), "");
}

#[test]
fn errors_warnings_and_notes_are_counted() {
    let mut report = Report::default();
    for (code, file) in [(ZONE, "a"), (ZONE, "b"), (VERSION, "b"), (KIND, "b")] {
        report.push(Diagnostic::new(code, "m", Place::file(file)));
    }
    let end = "\n2 errors, 1 warning, 1 note in 2 files\nrun `landscape explain L401` for more\n";
    assert!(human(&report).ends_with(end));
}

/// A report with this many findings of one kind in 120 files.
fn many(count: usize, code: Code) -> Report {
    let mut report = Report::default();
    for number in 0..count {
        let file = Place::file(format!("{:03}.yaml", number % 120));
        report.push(Diagnostic::new(code, format!("fault {number}"), file));
    }
    report
}

#[test]
fn a_kind_that_occurs_too_often_is_shown_ten_times_and_counted() {
    let text = human(&many(1_000, ZONE));
    assert_eq!(text.matches("error L401").count(), 10);
    assert!(text.contains("\n… and 990 more L401 zone-not-offered (in 119 files)\n"), "{text}");
}

#[test]
fn twenty_of_a_kind_are_all_shown() {
    let text = human(&many(20, ZONE));
    assert_eq!(text.matches("error L401").count(), 20);
    assert!(!text.contains("more L401"), "{text}");
}

#[test]
fn notes_are_one_line_a_kind() {
    assert_eq!(
        human(&many(3, KIND)),
        "note L403 kind-unknown: 3 times in 3 files, shown with -v\n\n3 notes in 3 files\n"
    );
}

#[test]
fn notes_are_shown_when_asked_for() {
    let style = Style { verbose: true, ..Style::default() };
    let text = render(&many(3, KIND), Format::Human, &style);
    assert_eq!(text.matches("note L403 kind-unknown\n").count(), 3);
}

#[test]
fn items_of_a_for_each_with_one_fault_are_one_finding() {
    let mut report = Report::default();
    let file = add(&mut report, "a.yaml", "zone: eu-1d\n");
    for item in ["one", "two", "three"] {
        let place = Place {
            span: Some(span(&report, file, "eu-1d")),
            object: Some(shoot(item)),
            item: Some(item.to_owned()),
            ..Place::default()
        };
        report.push(Diagnostic::new(ZONE, "m", place));
    }
    let text = human(&report);
    assert_eq!(text.matches("error L401").count(), 1);
    assert!(text.contains("  in: Shoot garden-dev/one, item one and 2 more items\n"), "{text}");
}

#[test]
fn items_of_a_for_each_with_different_faults_are_all_shown() {
    let mut report = Report::default();
    for item in ["one", "two"] {
        let place = Place { item: Some(item.to_owned()), ..Place::file("a.yaml") };
        report.push(Diagnostic::new(ZONE, format!("fault of {item}"), place));
    }
    assert_eq!(human(&report).matches("error L401").count(), 2);
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let text = human(&hostile());
    let obeyed: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert!(obeyed.is_empty(), "{obeyed:?} in {text}");
    assert!(!text.contains('\u{202e}'), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("::")), "{text}");
    assert!(text.contains("␛[31mred"), "{text}");
}

#[test]
fn colour_comes_from_us_alone() {
    let style = Style { color: true, ..Style::default() };
    let text = render(&hostile(), Format::Human, &style);
    let escapes = text.split('\u{1b}').skip(1);
    for escape in escapes {
        let (codes, _) = escape.split_once('m').expect("a colour ends in m");
        let is_colour =
            codes.starts_with('[') && codes.chars().skip(1).all(|c| c.is_ascii_digit() || c == ';');
        assert!(is_colour, "{codes:?}");
    }
}

#[test]
fn a_message_of_a_megabyte_is_shortened() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "x".repeat(1_000_000), Place::file("a.yaml")));
    let text = human(&report);
    assert!(text.len() < 4_000);
    assert!(text.contains("998000 more"), "{text}");
}

#[test]
fn a_line_without_end_is_shown_around_the_span() {
    let mut report = Report::default();
    let line = format!("{}needle{}", "ä".repeat(5_000), "b".repeat(5_000));
    let file = add(&mut report, "a.json", &line);
    report.push(Diagnostic::new(ZONE, "m", span(&report, file, "needle")));
    let text = human(&report);
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(100), "{text}");
    assert!(text.contains("a.json:1:5001"), "{text}");
    assert!(text.contains("ääneedlebb"), "{text}");
    let column = |word: &str| {
        let line = text.lines().find(|line| line.contains(word)).expect("a line with the word");
        line.split(word).next().map(|before| before.chars().count())
    };
    assert_eq!(column("needle"), column("──────"), "{text}");
}

#[test]
fn a_span_of_many_lines_is_underlined_in_the_first() {
    let mut report = Report::default();
    let file = add(&mut report, "a.yaml", "a:\n  b: 1\n  c: 2\n  d: 3\n");
    report.push(Diagnostic::new(ZONE, "m", Span::new(file, 0, 24)));
    let text = human(&report);
    assert!(text.contains(" 1 │ a:\n   · ──\n 2 │   b: 1\n   ╰────\n"), "{text}");
}

#[test]
fn columns_are_counted_before_tabs_and_escapes_are_spelt_out() {
    let mut report = Report::default();
    let file = add(&mut report, "a.yaml", "\ta\u{7}: b\r\n");
    report.push(Diagnostic::new(ZONE, "m", span(&report, file, "b")));
    let text = human(&report);
    assert!(text.contains("a.yaml:1:6]"), "{text}");
    assert!(text.contains(" 1 │     a␇: b\n   ·         ─\n"), "{text}");
}

#[test]
fn a_hostile_file_name_stays_on_its_line() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "m", Place::file(HOSTILE)));
    assert_eq!(human(&report).lines().filter(|line| line.contains("forged")).count(), 1);
}
