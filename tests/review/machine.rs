//! The forms that programs read.

use landscape::cli::output::Format;
use landscape::diagnostic::{Diagnostic, Place, Report};
use serde_json::Value;

use super::{ZONE, assert_golden, complete, review, write};

fn read(format: Format) -> Value {
    let (review, report) = complete();
    serde_json::from_str(&write(&review, &report, format)).expect("JSON")
}

#[test]
fn json_has_the_shape_of_the_design() {
    let document = read(Format::Json);
    let keys = |pointer: &str| -> Vec<String> {
        let object = document.pointer(pointer).and_then(Value::as_object).expect("an object");
        object.keys().cloned().collect()
    };
    let has = |pointer: &str, expected: &[&str]| {
        let keys = keys(pointer);
        for key in expected {
            assert!(keys.iter().any(|known| known == key), "{key} at `{pointer}`: {keys:?}");
        }
    };
    has("", &["base", "head", "summary", "objects", "findings"]);
    has("/summary", &["added", "changed", "removed", "moved", "rejected", "destructive", "disruptive"]);
    let object = [
        "cluster",
        "unit",
        "apiVersion",
        "kind",
        "namespace",
        "name",
        "change",
        "impact",
        "fields",
        "effects",
    ];
    has("/objects/0", &object);
    has("/objects/0/fields/0", &["path", "before", "after"]);
    let finding =
        ["code", "slug", "severity", "message", "object", "path", "file", "line", "column", "help", "impact"];
    has("/objects/0/effects/0", &finding);
    has("/findings/0", &finding[..10]);
}

#[test]
fn json_keeps_types_and_hides_what_is_nobodys_business() {
    let document = read(Format::Json);
    let at =
        |pointer: &str| document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing")).clone();
    assert_eq!(at("/objects/0/fields/1/before"), 3);
    assert_eq!(at("/objects/0/fields/1/after"), Value::Null);
    assert_eq!(at("/objects/0/fields/1/named"), "spec.provider.workers[pool-a].maximum");
    assert_eq!(at("/objects/0/fields/4/before"), "(hidden)");
    assert_eq!(at("/objects/2/movedFrom/unit"), "profiles");
    assert_eq!(at("/objects/1/effects/0/file"), "main:shoots/old.yaml");
}

#[test]
fn a_runner_gets_a_line_an_effect_and_a_finding() {
    let (review, report) = complete();
    assert_golden("complete.github.txt", &write(&review, &report, Format::Github));
}

#[test]
fn a_test_report_has_a_case_an_object() {
    let (review, report) = complete();
    assert_golden("complete.junit.xml", &write(&review, &report, Format::Junit));
}

#[test]
fn code_scanning_is_sent_to_files_of_the_head_alone() {
    let log = read(Format::Sarif);
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).expect("results");
    let uri = |result: &Value| {
        let uri = result.pointer("/locations/0/physicalLocation/artifactLocation/uri");
        uri.and_then(Value::as_str).expect("a place").to_owned()
    };
    let places: Vec<String> = results.iter().map(uri).collect();
    assert_eq!(places, ["shoots/one.yaml", ".", "shoots/two.yaml"]);
    let text = |index: usize| {
        let message = results.get(index).and_then(|result| result.pointer("/message/text"));
        message.and_then(Value::as_str).expect("a message").to_owned()
    };
    assert!(text(0).contains("as it is in the base: main:shoots/one.yaml:3"), "{}", text(0));
    assert!(text(1).ends_with("(in the base: main:shoots/old.yaml:1)"), "{}", text(1));
    assert!(results.iter().all(|result| result.get("relatedLocations").is_none()));
}

#[test]
fn a_finding_that_is_an_effect_is_told_once() {
    let (review, mut report) = complete();
    let effect = review.objects.first().and_then(|object| object.effects.first()).expect("an effect");
    report.push(effect.finding.clone());
    for format in [Format::Github, Format::Junit, Format::Sarif, Format::Markdown] {
        let (before, after) = (write(&review, &complete().1, format), write(&review, &report, format));
        assert_eq!(before, after, "{}", format.name());
    }
}

#[test]
fn files_of_two_directories_are_told_apart_by_these() {
    let mut review = review(Vec::new());
    review.base = super::side("./before/", None);
    review.head = super::side("after", None);
    for (file, of_base) in [("before/one.yaml", true), ("after/one.yaml", false), ("beforehand.yaml", false)]
    {
        assert_eq!(review.is_of_base(file), of_base, "{file}");
    }
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "m", Place::file("before/one.yaml")));
    let text = write(&review, &report, Format::Github);
    assert_eq!(text, "::error title=L401 zone-not-offered::m (in the base: before/one.yaml)\n");
}
