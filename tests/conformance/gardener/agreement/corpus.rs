//! Cases of a corpus: objects with what is expected of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use landscape::diagnostic::Severity;

use crate::line::{Finding, Judged};

/// Whether the compiler does what a case expects.
pub(crate) struct Outcome {
    pub(crate) holds: bool,
    /// What the compiler says instead.
    said: String,
}

/// Holds the findings to what is expected of a case.
pub(crate) fn outcome(case: &Judged, findings: Option<Vec<Finding>>) -> Outcome {
    let Some(findings) = findings else {
        return Outcome { holds: false, said: "a panic".to_owned() };
    };
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let holds = match case.class.as_str() {
        "valid flag" => !findings.is_empty(),
        class if class.starts_with("invalid") => {
            let expected = expected(case);
            errors.any(|error| expected.contains(&error.path.as_str()) || expected.is_empty())
        }
        _ => errors.next().is_none(),
    };
    let said: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|error| format!("{} {} {}", error.path, error.code, error.message))
        .collect();
    Outcome { holds, said: if said.is_empty() { "nothing".to_owned() } else { said.join("; ") } }
}

/// The fields any of which an error must name; none where Gardener's own names none.
fn expected(case: &Judged) -> Vec<&str> {
    let names = |name: &str| case.expect.get(name).and_then(|field| field.as_str());
    let others = case.expect.get("altFields").and_then(|fields| fields.as_array());
    let others = others.into_iter().flatten().filter_map(|field| field.as_str());
    names("field").into_iter().chain(names("jsonField")).chain(others).collect()
}

/// How many cases of each class hold.
pub(crate) fn table(cases: &[&Judged], outcomes: &[Outcome]) -> String {
    let mut by_class: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        let (held, all) = by_class.entry(&case.class).or_default();
        *held += usize::from(outcome.holds);
        *all += 1;
    }
    let mut text = String::new();
    for (class, (held, all)) in by_class {
        let _ = writeln!(text, "corpus, {class}: {held} of {all}");
    }
    text
}

/// The cases that do not hold.
pub(crate) fn report(cases: &[&Judged], outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for (case, outcome) in cases.iter().zip(outcomes).filter(|(_, outcome)| !outcome.holds) {
        let _ = writeln!(
            text,
            "corpus, {}: {} ({}): expected {}, found {:.300}",
            case.class, case.id, case.mutation, case.expect, outcome.said
        );
    }
    text
}
