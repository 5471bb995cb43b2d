//! How findings look: what a person reads, and what programs that read them rely on.

mod human;
mod machine;

use std::sync::Arc;

use landscape::cli::output::{Format, Style, render};
use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::identity::Identity;
use landscape::source::{FileId, Span};

const ZONE: Code = Code::error("L401", "zone-not-offered");
const VERSION: Code = Code::warning("L402", "version-deprecated");
const KIND: Code = Code::note("L403", "kind-unknown");

const FORMATS: [Format; 5] = [Format::Human, Format::Json, Format::Sarif, Format::Junit, Format::Github];

const SHOOT: &str = "kind: Shoot\nspec:\n  provider:\n    workers:\n      - zones: [eu-1d]\n";
const PROFILE: &str = "kind: CloudProfile\nspec:\n  regions:\n    - name: eu-1\n      zones: [eu-1a]\n";

/// Everything a text of the input can try: escapes, line breaks, forged commands and markup, marks of direction.
const HOSTILE: &str =
    "\u{1b}[31mred\u{1b}[0m\r\n::error file=x::forged\n|a|<b attr=\"1\">&'\u{202e}\u{0}\u{9b}2J%0A";

fn add(report: &mut Report, name: &str, text: &str) -> FileId {
    report.sources.add(name.to_owned(), Arc::from(text))
}

/// The span of the first occurrence of a word.
fn span(report: &Report, file: FileId, word: &str) -> Span {
    let start = report.sources.text(file).find(word).expect("the text holds the word");
    Span::new(file, start, start + word.len())
}

fn shoot(name: &str) -> Identity {
    Identity {
        api_version: "core.gardener.cloud/v1beta1".into(),
        kind: "Shoot".into(),
        namespace: Some("garden-dev".into()),
        name: name.into(),
    }
}

/// A report of one finding with all its parts.
fn complete() -> Report {
    let mut report = Report::default();
    let one = add(&mut report, "shoots/one.yaml", SHOOT);
    let profile = add(&mut report, "cloudprofiles/demo.yaml", PROFILE);
    let place = Place {
        span: Some(span(&report, one, "eu-1d")),
        object: Some(shoot("one")),
        path: "spec.provider.workers[0].zones[0]".to_owned(),
        ..Place::default()
    };
    let finding = Diagnostic::new(ZONE, "region `eu-1` has no zone `eu-1d`", place)
        .related(span(&report, profile, "[eu-1a]"), "the zones are declared here")
        .why("the machines could not be created")
        .help("allowed: `eu-1a`");
    report.push(finding);
    report
}

/// A report of one finding whose every text is hostile.
fn hostile() -> Report {
    let mut report = Report::default();
    let file = add(&mut report, HOSTILE, HOSTILE);
    let place = Place {
        span: Some(span(&report, file, "red")),
        object: Some(shoot(HOSTILE)),
        path: HOSTILE.to_owned(),
        item: Some(HOSTILE.to_owned()),
        ..Place::default()
    };
    let finding = Diagnostic::new(ZONE, HOSTILE, place)
        .related(span(&report, file, "forged"), HOSTILE)
        .why(HOSTILE)
        .help(HOSTILE);
    report.push(finding);
    report
}

fn human(report: &Report) -> String {
    render(report, Format::Human, &Style::default())
}

#[test]
fn every_span_of_a_text_can_be_shown() {
    let text = "ä\tb\r\n日本\n\u{301}\n\n😀";
    for start in 0..=text.len() + 2 {
        for end in start..=text.len() + 2 {
            let mut report = Report::default();
            let file = add(&mut report, "a.yaml", text);
            let odd = Span::new(file, start, end);
            report.push(Diagnostic::new(ZONE, "odd", odd).related(odd, "the same place"));
            for format in FORMATS {
                assert!(!render(&report, format, &Style::default()).is_empty(), "{start}..{end}");
            }
        }
    }
}

#[test]
fn an_empty_file_can_be_shown() {
    let mut report = Report::default();
    let file = add(&mut report, "a.yaml", "");
    report.push(Diagnostic::new(ZONE, "empty", Span::new(file, 0, 0)));
    assert!(human(&report).contains("a.yaml:1:1"));
}

#[test]
fn the_order_of_discovery_does_not_show() {
    let mut names = ["b.yaml", "a.yaml", "c.yaml"];
    let mut outputs = Vec::new();
    for _ in 0..names.len() {
        names.rotate_left(1);
        let mut report = Report::default();
        for name in names {
            report.push(Diagnostic::new(ZONE, "m", Place::file(name)));
        }
        outputs.push(FORMATS.map(|format| render(&report, format, &Style::default())));
    }
    outputs.dedup();
    assert_eq!(outputs.len(), 1);
}
