//! Findings: the one way the program speaks of faults, and the report that collects them.
//!
//! Knows no stage. A stage states what it found, where, why it matters and how to mend it; the command line decides how
//! that looks.

use std::fmt;

use crate::identity::Identity;
use crate::source::{SourceMap, Span};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The landscape is refused.
    Error,
    /// The landscape compiles, and somebody should look.
    Warning,
    /// Worth knowing; nothing to mend.
    Note,
}

impl Severity {
    /// The lower-case name used by every output format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A kind of finding. Each has a page `docs/findings/<id>.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `L`, the digit of the stage, two digits.
    pub id: &'static str,
    /// Names the fault, not the cure.
    pub slug: &'static str,
    /// How much every finding of this kind weighs.
    pub severity: Severity,
    /// Who has to act: somebody at the machine, not the author of the landscape.
    pub environment: bool,
}

impl Code {
    /// A fault that stops the compilation.
    pub const fn error(id: &'static str, slug: &'static str) -> Self {
        Self { id, slug, severity: Severity::Error, environment: false }
    }

    /// Something to look at.
    pub const fn warning(id: &'static str, slug: &'static str) -> Self {
        Self { id, slug, severity: Severity::Warning, environment: false }
    }

    /// Something to know.
    pub const fn note(id: &'static str, slug: &'static str) -> Self {
        Self { id, slug, severity: Severity::Note, environment: false }
    }

    /// A fault of the machine: a file that cannot be read, a full disk, a key that does not open.
    pub const fn environment(id: &'static str, slug: &'static str) -> Self {
        Self { id, slug, severity: Severity::Error, environment: true }
    }
}

/// Where a finding points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes to underline; nothing when the fault is of no file, or of a file that could not be read.
    pub span: Option<Span>,
    /// The file, where there is no span: a path as the user would type it.
    pub file: Option<String>,
    /// The object the fault is in.
    pub object: Option<Identity>,
    /// The field as Gardener's API server names it, `spec.provider.workers[0].zones[1]`; empty for the whole object.
    pub path: String,
    /// Which item of a `ForEach` made the object: its number, and its name.
    pub item: Option<String>,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { span: Some(span), ..Self::default() }
    }
}

impl Place {
    /// A file without a position in it.
    pub fn file(name: impl Into<String>) -> Self {
        Self { file: Some(name.into()), ..Self::default() }
    }
}

/// Another place that explains the finding, often in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The bytes to show.
    pub span: Span,
    /// What they have to do with it.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// What is wrong: a phrase, lower case, no full stop, names in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// Why it matters.
    pub why: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding with no more than a kind, a message and a place.
    pub fn new(code: Code, message: impl Into<String>, place: impl Into<Place>) -> Self {
        Self {
            code,
            message: message.into(),
            place: place.into(),
            related: Vec::new(),
            why: None,
            help: None,
        }
    }

    /// Adds a place that explains the finding.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Proof that a report holds an error; only [`Report::reported`] and [`Report::refuse`] make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported(());

/// The sink of all findings, and the texts they point into.
#[derive(Debug, Default)]
pub struct Report {
    /// The files that were read.
    pub sources: SourceMap,
    findings: Vec<Diagnostic>,
}

impl Report {
    /// Takes a finding in.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.findings.push(diagnostic);
    }

    /// Takes in the findings of a part that was worked on separately.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }

    /// Takes in an error that ends the stage.
    pub fn refuse(&mut self, diagnostic: Diagnostic) -> Reported {
        debug_assert_eq!(diagnostic.code.severity, Severity::Error, "only an error ends a stage");
        self.push(diagnostic);
        Reported(())
    }

    /// The proof that an error was found, if one was.
    pub fn reported(&self) -> Result<(), Reported> {
        let found = self.findings.iter().any(|finding| finding.code.severity == Severity::Error);
        if found { Err(Reported(())) } else { Ok(()) }
    }

    /// All findings, sorted by file, offset and code, duplicates dropped: the same for any order of discovery.
    pub fn findings(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.findings.iter().collect();
        sorted.sort_by_cached_key(|finding| self.order(finding));
        sorted.dedup();
        sorted
    }

    /// The file a finding is in, as the user would type it.
    pub fn file_of<'a>(&'a self, place: &'a Place) -> Option<&'a str> {
        place.span.map(|span| self.sources.name(span.file)).or(place.file.as_deref())
    }

    fn order(&self, finding: &Diagnostic) -> impl Ord + use<> {
        let place = &finding.place;
        (
            self.file_of(place).unwrap_or_default().to_owned(),
            place.span.map(|span| (span.start, span.end)),
            finding.code.id,
            place.object.clone(),
            place.path.clone(),
            place.item.clone(),
            finding.message.clone(),
        )
    }
}

/// A number of things: `1 file`, `2 files`.
pub(crate) fn count(number: impl fmt::Display, noun: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The name nearest to a misspelt one, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    known
        .into_iter()
        .filter_map(|candidate| {
            let characters = candidate.chars().count();
            let limit = (characters / 3).max(1);
            // Most names of a large landscape are told apart by their length alone.
            if characters.abs_diff(length) > limit {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance <= limit).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Help for a name that is none of the known ones: the nearest, and the first few that are allowed.
pub fn help_with_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {}", help_with_others(known)),
        None => help_with_others(known),
    }
}

/// Help for a name that is known and cannot be used: the first few that are allowed.
pub fn help_with_others<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return "none is declared".to_owned();
    }
    let shown = known.iter().take(SHOWN).map(|known| format!("`{known}`"));
    let list = shown.collect::<Vec<_>>().join(", ");
    match known.len().saturating_sub(SHOWN) {
        0 => format!("allowed: {list}"),
        more => format!("allowed: {list} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("zoens", ["zones", "name"]), Some("zones"));
        assert_eq!(nearest("Zones", ["zones"]), Some("zones"));
        assert_eq!(nearest("kubernetes", ["zones", "name"]), None);
    }

    #[test]
    fn findings_come_out_in_one_order() {
        const CODE: Code = Code::error("L000", "test");
        let finding = |file: &str| Diagnostic::new(CODE, "m", Place::file(file));
        let mut one = Report::default();
        one.extend([finding("b"), finding("a"), finding("b")]);
        let files: Vec<_> =
            one.findings().iter().map(|found| found.place.file.clone().expect("set")).collect();
        assert_eq!(files, ["a", "b"]);
    }
}
