use landscape::cli::output::{Format, Style, render};
use landscape::diagnostic::{Diagnostic, Place, Report};
use serde_json::Value;

use super::{KIND, VERSION, ZONE, add, complete, hostile, span};

fn write(report: &Report, format: Format) -> String {
    render(report, format, &Style::default())
}

fn read(report: &Report, format: Format) -> Value {
    serde_json::from_str(&write(report, format)).expect("JSON")
}

fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing in {value:#}"))
}

#[test]
fn json_holds_every_part_in_one_order() {
    let expected = concat!(
        "[\n",
        r#"{"code":"L401","slug":"zone-not-offered","severity":"error","message":"region `eu-1` has no zone `eu-1d`","#,
        r#""object":{"apiVersion":"core.gardener.cloud/v1beta1","kind":"Shoot","namespace":"garden-dev","name":"one"},"#,
        r#""path":"spec.provider.workers[0].zones[0]","file":"shoots/one.yaml","line":5,"column":17,"#,
        r#""endLine":5,"endColumn":22,"why":"the machines could not be created","help":"allowed: `eu-1a`","#,
        r#""related":[{"file":"cloudprofiles/demo.yaml","line":5,"column":14,"message":"the zones are declared here"}]}"#,
        "\n]\n"
    );
    assert_eq!(write(&complete(), Format::Json), expected);
}

#[test]
fn json_says_null_for_what_is_absent() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "m", Place::default()));
    let findings = read(&report, Format::Json);
    for field in ["object", "file", "line", "column", "endLine", "endColumn", "why", "help"] {
        assert!(at(&findings, &format!("/0/{field}")).is_null(), "{field}");
    }
}

#[test]
fn json_is_never_cut() {
    let mut report = Report::default();
    for number in 0..1_000 {
        let place = Place { item: Some(number.to_string()), ..Place::file("a.yaml") };
        report.push(Diagnostic::new(ZONE, "x".repeat(3_000), place));
    }
    let findings = read(&report, Format::Json);
    assert_eq!(findings.as_array().map(Vec::len), Some(1_000));
    assert_eq!(at(&findings, "/999/message").as_str().map(str::len), Some(3_000));
    assert_eq!(at(&findings, "/2/item"), "10");
}

#[test]
fn json_of_nothing_is_an_empty_array() {
    assert_eq!(write(&Report::default(), Format::Json), "[]\n");
}

#[test]
fn github_gets_a_command_a_finding() {
    let expected = "::error file=shoots/one.yaml,line=5,endLine=5,col=17,endColumn=22,title=L401 zone-not-offered::\
                    region `eu-1` has no zone `eu-1d`%0Ain Shoot garden-dev/one spec.provider.workers[0].zones[0]\
                    %0Awhy: the machines could not be created%0Ahelp: allowed: `eu-1a`\n";
    assert_eq!(write(&complete(), Format::Github), expected);
}

#[test]
fn github_properties_escape_what_separates_them() {
    let mut report = Report::default();
    report.push(Diagnostic::new(VERSION, "100%: a, b", Place::file("a,b:c%.yaml")));
    report.push(Diagnostic::new(KIND, "m", Place::default()));
    let expected = "::notice title=L403 kind-unknown::m\n\
                    ::warning file=a%2Cb%3Ac%25.yaml,title=L402 version-deprecated::100%25: a, b\n";
    assert_eq!(write(&report, Format::Github), expected);
}

#[test]
fn github_obeys_no_command_of_the_input() {
    let text = write(&hostile(), Format::Github);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains(['\r', '\u{1b}', '\u{202e}']), "{text}");
    let (properties, _) =
        text.split_once("::").and_then(|(_, rest)| rest.split_once("::")).expect("a command");
    let names: Vec<&str> = properties.split(',').filter_map(|property| property.split('=').next()).collect();
    assert_eq!(names, ["error file", "line", "endLine", "col", "endColumn", "title"], "{text}");
}

#[test]
fn junit_lists_a_case_a_finding() {
    let mut report = complete();
    report.push(Diagnostic::new(VERSION, "old", Place::file("b.yaml")));
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="landscape" tests="2" failures="1" errors="0">
  <testsuite name="landscape" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="L402 version-deprecated" classname="b.yaml" file="b.yaml">
      <system-out>warning: old
at b.yaml</system-out>
    </testcase>
    <testcase name="L401 zone-not-offered: Shoot garden-dev/one spec.provider.workers[0].zones[0]" classname="shoots/one.yaml" file="shoots/one.yaml" line="5">
      <failure type="L401 zone-not-offered" message="region `eu-1` has no zone `eu-1d`">error: region `eu-1` has no zone `eu-1d`
at shoots/one.yaml:5:17
why: the machines could not be created
help: allowed: `eu-1a`
cloudprofiles/demo.yaml:5:14: the zones are declared here</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
    assert_eq!(write(&report, Format::Junit), expected);
}

#[test]
fn junit_of_nothing_is_one_passing_case() {
    let text = write(&Report::default(), Format::Junit);
    assert!(text.contains("tests=\"1\" failures=\"0\""), "{text}");
    assert_eq!(text.matches("<testcase").count(), 1, "{text}");
}

#[test]
fn junit_holds_only_characters_of_xml() {
    let text = write(&hostile(), Format::Junit);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
    assert!(text.contains("&lt;b attr=&quot;1&quot;&gt;&amp;&apos;"), "{text}");
    assert!(!text.contains("<b"), "{text}");
}

#[test]
fn sarif_places_a_result_and_its_relatives() {
    let log = read(&complete(), Format::Sarif);
    assert_eq!(at(&log, "/version"), "2.1.0");
    assert_eq!(at(&log, "/runs/0/columnKind"), "unicodeCodePoints");
    assert_eq!(at(&log, "/runs/0/tool/driver/rules/0/id"), "L401");
    let result = at(&log, "/runs/0/results/0");
    assert_eq!(at(result, "/ruleIndex"), 0);
    assert_eq!(at(result, "/level"), "error");
    let region = at(result, "/locations/0/physicalLocation/region");
    assert_eq!(
        (at(region, "/startLine"), at(region, "/startColumn"), at(region, "/endColumn")),
        (&5.into(), &17.into(), &22.into())
    );
    let related = at(result, "/relatedLocations/0");
    assert_eq!(at(related, "/message/text"), "the zones are declared here");
    assert_eq!(at(related, "/physicalLocation/artifactLocation/uri"), "cloudprofiles/demo.yaml");
}

#[test]
fn sarif_results_point_at_their_rules() {
    let mut report = Report::default();
    for (code, file) in [(KIND, "a"), (ZONE, "b"), (VERSION, "c"), (ZONE, "d")] {
        report.push(Diagnostic::new(code, "m", Place::file(file)));
    }
    let log = read(&report, Format::Sarif);
    for result in at(&log, "/runs/0/results").as_array().expect("results") {
        let rule = format!("/runs/0/tool/driver/rules/{}/id", at(result, "/ruleIndex"));
        assert_eq!(at(result, "/ruleId"), at(&log, &rule));
    }
}

#[test]
fn sarif_encodes_paths() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "m", Place::file("a b/ä#?.yaml")));
    let log = read(&report, Format::Sarif);
    let uri = at(&log, "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri");
    assert_eq!(uri, "a%20b/%C3%A4%23%3F.yaml");
}

#[test]
fn sarif_fingerprints_survive_moved_lines() {
    let fingerprint = |text: &str, path: &str| {
        let mut report = Report::default();
        let file = add(&mut report, "a.yaml", text);
        let place = Place { path: path.to_owned(), ..Place::from(span(&report, file, "x")) };
        report.push(Diagnostic::new(ZONE, "m", place));
        at(&read(&report, Format::Sarif), "/runs/0/results/0/partialFingerprints").clone()
    };
    assert_eq!(fingerprint("x", "spec.a"), fingerprint("# moved\n\n  x", "spec.a"));
    assert_ne!(fingerprint("x", "spec.a"), fingerprint("x", "spec.b"));
}

#[test]
fn sarif_makes_no_link_of_a_name() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "[click](https://example.org)", Place::default()));
    let log = read(&report, Format::Sarif);
    assert_eq!(at(&log, "/runs/0/results/0/message/text"), "[click] (https://example.org)");
}

#[test]
fn sarif_gives_every_result_a_line() {
    let mut report = Report::default();
    report.push(Diagnostic::new(ZONE, "m", Place::default()));
    let log = read(&report, Format::Sarif);
    let physical = at(&log, "/runs/0/results/0/locations/0/physicalLocation");
    assert_eq!(at(physical, "/artifactLocation/uri"), ".");
    assert_eq!(at(physical, "/region/startLine"), 1);
}
