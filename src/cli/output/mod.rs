//! Output: Report -> text, in the form a person or a tool asked for.
//!
//! Pure: nothing is printed here. Every text that comes from the input is shown without the control characters a
//! terminal, a browser or a build log would obey.

mod github;
mod human;
mod json;
mod junit;
mod place;
mod printable;
pub mod review;
mod sarif;
mod snippet;

pub use json::outcome;
pub(super) use printable::printable_lines;

use crate::diagnostic::Report;

/// The forms that findings and reviews are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Snippets with the place underlined, for a terminal or a build log.
    #[default]
    #[value(alias = "text")]
    Human,
    /// One array, complete, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit` XML, for test reports.
    Junit,
    /// Workflow commands of GitHub Actions, for annotations in a pull request.
    Github,
    /// A comment on a pull request; of `diff` alone.
    Markdown,
    /// A page for a browser; of `diff` alone.
    Html,
}

impl Format {
    /// The forms that every verb has.
    pub const OF_FINDINGS: [Self; 5] = [Self::Human, Self::Json, Self::Sarif, Self::Junit, Self::Github];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// Whether a person reads it, and the findings beside it.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Markdown | Self::Html)
    }
}

/// How the human form looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour with ANSI escapes.
    pub color: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether to show every note, not one line for each kind of them.
    pub verbose: bool,
    /// Whether to show findings of severity error only.
    pub quiet: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, verbose: false, quiet: false }
    }
}

/// Writes all findings of a report, ending in a line break; a report without findings is empty in the forms for people.
///
/// Forms that only reviews have stand beside findings for people.
pub fn render(report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Human | Format::Markdown | Format::Html => human::render(report, style),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report, &report.findings()),
        Format::Junit => junit::render(report, &report.findings()),
        Format::Github => github::render(report, &report.findings()),
    }
}
