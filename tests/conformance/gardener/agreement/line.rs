//! What the oracle says of an object, and what the compiler says of it.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use landscape::diagnostic::{Diagnostic, Report, Severity};
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;
use serde::Deserialize;

use crate::change;

/// The file of the object.
pub(crate) const OBJECT: &str = "object.json";

/// One line of the oracle.
#[derive(Deserialize)]
pub(crate) struct Judged {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) mutation: String,
    /// The object, as the oracle read it; empty on a line that names companions.
    #[serde(default)]
    pub(crate) text: String,
    /// What the object was before; empty when it is no change that was judged.
    #[serde(default)]
    pub(crate) before: String,
    #[serde(default)]
    pub(crate) accepts: bool,
    #[serde(default)]
    pub(crate) stage: String,
    #[serde(default)]
    pub(crate) errors: Vec<Fault>,
    /// What may be told as well: faults of the stages after the one that refused, and fields that the server fills in.
    #[serde(default)]
    pub(crate) later: Vec<Fault>,
    /// Whether the later stages could not be asked.
    #[serde(default)]
    pub(crate) cut: bool,
    /// What a case of the corpus is; empty for a mutant.
    #[serde(default)]
    pub(crate) class: String,
    /// The objects that a case needs beside it.
    #[serde(default)]
    pub(crate) companions: Vec<String>,
    #[serde(default)]
    pub(crate) surroundings: Vec<String>,
    /// The line that names the companions.
    #[serde(default)]
    pub(crate) environment: String,
    /// What the corpus expects.
    #[serde(default)]
    pub(crate) expect: serde_json::Value,
}

impl Judged {
    /// Whether the line comes from a corpus, with what is expected.
    pub(crate) fn is_case(&self) -> bool {
        !self.class.is_empty() && !self.is_among_others()
    }

    /// Whether a server judged the object among all others of a landscape.
    pub(crate) fn is_among_others(&self) -> bool {
        self.class == LANDSCAPE
    }

    /// Whether it is a change that was judged.
    pub(crate) fn is_change(&self) -> bool {
        !self.before.is_empty()
    }
}

/// One error of Gardener's.
#[derive(Deserialize)]
pub(crate) struct Fault {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) field: String,
    pub(crate) detail: String,
}

/// One finding of ours.
pub(crate) struct Finding {
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) path: String,
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn of(finding: &Diagnostic) -> Self {
        Self {
            code: finding.code.id,
            severity: finding.code.severity,
            path: finding.place.path.clone(),
            message: finding.message.clone(),
        }
    }
}

/// The class of an object whose companions are a whole landscape.
const LANDSCAPE: &str = "landscape";

/// Companions by the line that names them.
pub(crate) type Environments<'a> = BTreeMap<&'a str, &'a [String]>;

/// The compiler's findings in the object, or nothing when it panics.
///
/// A case that Gardener's admission refuses is taken for a whole landscape: what is not there is missing.
pub(crate) fn findings(
    judged: &Judged,
    environments: &Environments<'_>,
    at: time::Date,
) -> Option<Vec<Finding>> {
    if judged.is_change() {
        return change::refusals(judged, at);
    }
    let shared = environments.get(judged.environment.as_str()).copied().unwrap_or_default();
    let complete = matches!(judged.class.as_str(), "invalid by admission" | LANDSCAPE);
    // Stubs are there to be referred to; what is in them is nobody's.
    let stubs: &[String] = if complete { &judged.surroundings } else { &[] };
    let texts: Vec<&str> = shared.iter().chain(&judged.companions).chain(stubs).map(String::as_str).collect();
    let names: Vec<String> = (1..=texts.len()).map(|number| format!("{number}.json")).collect();
    let companions = names.iter().map(String::as_str).zip(texts);
    panic::catch_unwind(AssertUnwindSafe(|| {
        let workspace = Memory::new([(OBJECT, judged.text.as_str())].into_iter().chain(companions));
        let mut report = Report::default();
        let compiler = Compiler::new(&workspace, at);
        // What was found stands in the report, whether or not the check went through.
        let _ = compiler.check_loose(&[RelPath::root()], complete, &mut report);
        let inside = report
            .findings()
            .into_iter()
            .filter(|finding| report.file_of(&finding.place).is_none_or(|file| file == OBJECT));
        inside.map(Finding::of).collect()
    }))
    .ok()
}
