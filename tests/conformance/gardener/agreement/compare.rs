//! Whether the compiler and Gardener say the same of an object.

use std::collections::BTreeMap;

use landscape::diagnostic::Severity;

use crate::beyond::is_beyond;
use crate::change;
use crate::line::{Fault, Finding, Judged};
use crate::spelling;

/// What comparing one object came to.
#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) verdicts_agree: bool,
    /// Nothing where the fields cannot be compared.
    pub(crate) fields_agree: Option<bool>,
    pub(crate) panicked: bool,
    pub(crate) differences: Vec<Difference>,
}

/// A field that one side names and the other does not.
pub(crate) struct Difference {
    pub(crate) direction: Direction,
    pub(crate) field: String,
    pub(crate) what: String,
}

/// Which side says too little.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Missed,
    Extra,
    Panic,
}

impl Direction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Panic => "panic",
        }
    }
}

/// A panic of Gardener's own is no verdict.
pub(crate) fn is_judged(judged: &Judged) -> bool {
    judged.accepts || !matches!(judged.stage.as_str(), "panic" | "unsupported")
}

/// Compares the compiler's findings with Gardener's errors.
pub(crate) fn compare(judged: &Judged, findings: Option<Vec<Finding>>) -> Comparison {
    let Some(findings) = findings else {
        let panic = Difference { direction: Direction::Panic, field: String::new(), what: String::new() };
        return Comparison { panicked: true, differences: vec![panic], ..Comparison::default() };
    };
    let ours = of_ours(judged, &findings);
    let theirs = of_theirs(judged, &judged.errors);
    let later = of_theirs(judged, &judged.later);
    let refused =
        if judged.accepts { ours.keys().any(|field| !later.contains_key(field)) } else { !ours.is_empty() };
    let verdicts_agree = judged.accepts != refused;
    let named = judged.errors.iter().all(|fault| !fault.field.is_empty() && fault.kind != "type");
    let mut differences = Vec::new();
    if named || !verdicts_agree {
        let missed = theirs.iter().filter(|(field, _)| !is_named(judged, field, &ours, &later));
        let extra = ours
            .iter()
            .filter(|(field, _)| !judged.cut && !theirs.contains_key(*field) && !later.contains_key(*field));
        let difference = |direction| {
            move |(field, what): (&String, &String)| Difference {
                direction,
                field: field.clone(),
                what: what.clone(),
            }
        };
        differences.extend(missed.map(difference(Direction::Missed)));
        differences.extend(extra.map(difference(Direction::Extra)));
    }
    let comparable = named && !judged.accepts && verdicts_agree;
    Comparison {
        verdicts_agree,
        fields_agree: comparable.then_some(differences.is_empty()),
        panicked: false,
        differences,
    }
}

/// Whether ours name a field. A plugin may name the whole of an item, where ours name what in it is wrong. What follows from
/// another field is named with that, be it wrong by itself.
fn is_named(
    judged: &Judged,
    field: &str,
    ours: &BTreeMap<String, String>,
    later: &BTreeMap<String, String>,
) -> bool {
    let told = || ours.keys().chain(later.keys()).map(String::as_str);
    if judged.is_change() && change::follows(field, told()) {
        return true;
    }
    let below = |path: &String| path.strip_prefix(field).is_some_and(|rest| rest.starts_with(['.', '[']));
    ours.contains_key(field) || judged.is_among_others() && ours.keys().any(below)
}

/// The fields of our errors, each with an error that names it.
fn of_ours(judged: &Judged, findings: &[Finding]) -> BTreeMap<String, String> {
    let errors =
        findings.iter().filter(|finding| finding.severity == Severity::Error && !is_beyond(judged, finding));
    let named = |finding: &Finding| {
        let what = format!("{} {}", finding.code, finding.message);
        (spelling::of_ours(&judged.kind, &finding.path), what)
    };
    errors.map(named).collect()
}

/// The fields of Gardener's errors, likewise.
fn of_theirs(judged: &Judged, faults: &[Fault]) -> BTreeMap<String, String> {
    let named = |fault: &Fault| {
        let what = format!("{} {}", fault.kind, fault.detail.replace(char::is_whitespace, " "));
        (spelling::of_theirs(&judged.kind, &fault.field), what)
    };
    faults.iter().map(named).collect()
}
