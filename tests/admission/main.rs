//! Protects the rules that repeat Gardener's admission plugins and webhooks: each fires on its fault, at the field it is
//! about, and is silent on what is admitted.

mod credentials;
mod policies;
mod quotas;

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

/// The rules under test; the objects are too short for others to be content.
const CODES: [&str; 7] = ["L362", "L366", "L367", "L369", "L382", "L383", "L384"];

/// The findings on some objects, each as `code name path: message`.
fn findings(objects: &str) -> Vec<String> {
    let workspace = Memory::new([("objects.yaml", objects)]);
    let at = time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date");
    let mut report = Report::default();
    // The report says the same and more.
    let _ = Compiler::new(&workspace, at).check_loose(&[RelPath::root()], false, &mut report);
    let told = report.findings().into_iter().filter(|finding| CODES.contains(&finding.code.id));
    told.map(|finding| {
        let name = finding.place.object.as_ref().map_or("", |object| &object.name);
        format!("{} {name} {}: {}", finding.code.id, finding.place.path, finding.message)
    })
    .collect()
}

/// Objects after some changes, each of a text that stands there once.
fn changed(objects: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(objects.to_owned(), |objects, (from, to)| {
        assert_eq!(objects.matches(from).count(), 1, "`{from}` stands there once");
        objects.replace(from, to)
    })
}

/// Each finding begins as expected, and there is no other.
fn assert_found(objects: &str, changes: &[(&str, &str)], expected: &[&str]) {
    let found = findings(&changed(objects, changes));
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, other)| one.starts_with(other));
    assert!(fits, "after {changes:?}\nexpected {expected:#?}\nfound {found:#?}");
}
