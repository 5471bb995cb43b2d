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

use crate::diagnostic::Report;

/// The forms that findings are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Snippets with the place underlined, for a terminal or a build log.
    #[default]
    Human,
    /// One array, complete, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit` XML, for test reports.
    Junit,
    /// Workflow commands of GitHub Actions, for annotations in a pull request.
    Github,
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
pub fn render(report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::render(report, style),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Junit => junit::render(report),
        Format::Github => github::render(report),
    }
}
