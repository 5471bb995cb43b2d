//! Protects the promise that one check shows every fault: ten typical mistakes in the demo landscape, each found at its
//! line and column, under the field that Gardener's API server would name, and nothing else.
#![expect(clippy::disallowed_methods, reason = "the test reads the example landscapes")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use landscape::diagnostic::{Report, Severity};
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

/// A mistake: what is written instead of what, and how it is found. `«` and `»` stand around what is underlined.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    fault: String,
    file: String,
    find: String,
    replace: String,
    code: String,
    path: String,
}

/// Code, file, line, column and field.
type Finding = (String, String, usize, usize, String);

fn read(directory: &Path, below: &Path, files: &mut BTreeMap<RelPath, Vec<u8>>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            read(&path, below, files);
            continue;
        }
        let name = path.strip_prefix(below).ok().and_then(Path::to_str);
        let name = RelPath::parse(name.expect("a plain name")).expect("a path inside");
        files.insert(name, fs::read(path).expect("a file"));
    }
}

fn landscapes() -> Memory {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    read(&root.join("landscapes"), root, &mut files);
    Memory(files)
}

/// Makes a mistake; the finding it must give.
fn make(fault: &Mistake, workspace: &mut Memory) -> Finding {
    let name = format!("landscapes/demo/{}", fault.file);
    let path = RelPath::parse(&name).expect("a path inside");
    let bytes = workspace.0.get_mut(&path).expect("a file of the landscape");
    let text = String::from_utf8(bytes.clone()).expect("YAML is UTF-8");
    assert_eq!(
        text.matches(&fault.find).count(),
        1,
        "`{}` stands once in {name}, for {}",
        fault.find,
        fault.fault
    );
    let text = text.replace(&fault.find, &fault.replace);
    let (before, _) = text.split_once('«').expect("the finding is marked");
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|char| *char != '\n').count() + 1;
    *bytes = text.replace(['«', '»'], "").into_bytes();
    (fault.code.clone(), name, line, column, fault.path.clone())
}

fn check(workspace: &Memory) -> Report {
    let at = time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date");
    let compiler = Compiler::new(workspace, at);
    let directory = RelPath::parse("landscapes/demo").expect("a path inside");
    let mut report = Report::default();
    let outcome = compiler.check(&directory, &mut report).map(drop);
    assert_eq!(outcome, report.reported(), "the proof agrees with the report");
    report
}

/// Warnings are none of them: the references of a landscape that was never locked are one.
fn errors(report: &Report) -> BTreeSet<Finding> {
    let errors = report.findings().into_iter().filter(|finding| finding.code.severity == Severity::Error);
    let found = errors.map(|finding| {
        let place = &finding.place;
        let position = report.sources.position(place.span.expect("a place in a file"));
        (
            finding.code.id.to_owned(),
            report.file_of(place).expect("a place in a file").to_owned(),
            position.line,
            position.column,
            place.path.clone(),
        )
    });
    found.collect()
}

#[test]
fn the_landscape_is_sound_before_the_mistakes() {
    assert_eq!(errors(&check(&landscapes())), BTreeSet::new());
}

#[test]
fn ten_mistakes_all_show_in_one_check() {
    let faults: Vec<Mistake> =
        serde_json::from_str(include_str!("ten_faults/faults.json")).expect("a list of faults");
    assert_eq!(faults.len(), 10);
    let mut workspace = landscapes();
    let expected: BTreeSet<Finding> = faults.iter().map(|fault| make(fault, &mut workspace)).collect();
    assert_eq!(errors(&check(&workspace)), expected);
}
