//! The manifests of a test, some texts in them changed -> what the compiler says of them.

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

/// The texts after some changes, each of a text that stands once in all of them, to what stands there instead.
pub(crate) fn changed(texts: &[&str], changes: &[(&str, &str)]) -> Vec<String> {
    let mut texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    for (from, to) in changes {
        let count: usize = texts.iter().map(|text| text.matches(from).count()).sum();
        assert_eq!(count, 1, "`{from}` stands {count} times in the fixture");
        for text in &mut texts {
            *text = text.replace(from, to);
        }
    }
    texts
}

/// The report on named files, all of which could be read: a landscape if one of them is its `landscape.yaml`. Without,
/// `complete` says that what is missing is not elsewhere.
pub(crate) fn check(files: &[(&str, &str)], complete: bool) -> Report {
    let workspace = Memory::new(files.iter().copied());
    let at = time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date");
    let compiler = Compiler::new(&workspace, at);
    let mut report = Report::default();
    let outcome = if files.iter().any(|(name, _)| *name == "landscape.yaml") {
        compiler.check(&RelPath::root(), &mut report)
    } else {
        compiler.check_loose(&[RelPath::root()], complete, &mut report)
    };
    assert_eq!(outcome.map(drop), report.reported());
    // No rule judges what could not be read, so that a test of what is accepted would hold of it.
    let unread = report.findings().into_iter().find(|finding| finding.code.id < "L2");
    assert!(unread.is_none(), "the fixture cannot be read: {unread:?}");
    report
}
