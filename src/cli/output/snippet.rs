//! Spans -> the few lines around them, with the bytes underlined.
//!
//! `miette` draws; it would read a file from its start for every finding, so it is handed only an excerpt: the lines
//! around the marks, made printable, each cut to what a terminal shows.

use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};

use super::Style;
use super::printable::{printable, shortened};
use crate::diagnostic::Severity;
use crate::source::{Position, SourceMap, Span};

/// Lines shown above and below a mark.
const CONTEXT: usize = 1;
/// Columns that the line numbers and the frame take.
const FRAME: usize = 12;
/// Columns of a line that are shown on the narrowest terminal.
const NARROWEST: usize = 40;
/// Characters of a label or a file name; neither is wrapped.
const LABEL_LIMIT: usize = 400;

/// A span to underline, and what to write under it.
pub(super) struct Mark<'a> {
    pub(super) span: Span,
    pub(super) text: Option<&'a str>,
}

/// A message with the excerpt it speaks of.
#[derive(Debug)]
pub(super) struct Snippet {
    severity: Severity,
    message: String,
    excerpt: Option<Excerpt>,
}

impl Snippet {
    /// A message about the first mark; the other marks are of the same file and near.
    pub(super) fn new(
        severity: Severity,
        message: String,
        sources: &SourceMap,
        marks: &[Mark<'_>],
        style: &Style,
    ) -> Self {
        let limit = style.width.saturating_sub(FRAME).max(NARROWEST);
        Self { severity, message, excerpt: Excerpt::new(sources, marks, limit) }
    }

    /// Draws the message and the excerpt.
    pub(super) fn draw(&self, out: &mut String, style: &Style) {
        let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        GraphicalReportHandler::new_themed(theme)
            .without_syntax_highlighting()
            .with_urls(false)
            .with_width(style.width.max(NARROWEST))
            .render_report(out, self)
            .expect("the excerpt holds every mark");
    }
}

impl fmt::Display for Snippet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Snippet {}

impl miette::Diagnostic for Snippet {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(excerpt.labels.iter().cloned()))
    }
}

/// Some lines of a file, printable; every mark lies inside one of them.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    /// The line of the file that the text begins with, counted from 1.
    first: usize,
    /// Where the first mark is in the file.
    position: Position,
    labels: Vec<LabeledSpan>,
}

impl Excerpt {
    fn new(sources: &SourceMap, marks: &[Mark<'_>], limit: usize) -> Option<Self> {
        let primary = marks.first()?.span;
        let position = sources.position(primary);
        let lines: Vec<usize> = marks.iter().map(|mark| sources.position(mark.span).line).collect();
        let first = lines.iter().min()?.saturating_sub(CONTEXT).max(1);
        let last = lines.iter().max()? + CONTEXT;
        let mut excerpt = Self {
            file: shortened(sources.name(primary.file), LABEL_LIMIT).into_owned(),
            text: String::new(),
            first,
            position,
            labels: Vec::new(),
        };
        for number in first..=last {
            let Some(line) = sources.line(primary.file, number) else {
                break;
            };
            let is_end_of_file = line.start == line.end && sources.line(primary.file, number + 1).is_none();
            if is_end_of_file && !lines.contains(&number) {
                break;
            }
            let here = marks.iter().enumerate().filter(|(index, _)| lines.get(*index) == Some(&number));
            excerpt.add(sources.slice(line), line.start as usize, here, limit);
        }
        Some(excerpt)
    }

    /// Appends a line and the marks in it; a mark that goes on in the next line is underlined to the end of this one.
    fn add<'a>(
        &mut self,
        line: &str,
        start: usize,
        marks: impl Iterator<Item = (usize, &'a Mark<'a>)>,
        limit: usize,
    ) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut marks = marks.peekable();
        let focus = marks.peek().map_or(0, |(_, mark)| mark.span.start as usize - start);
        let window = window(line, focus, limit);
        let within = |offset: usize| {
            let offset = offset.saturating_sub(start).clamp(window.start, window.end);
            let shown = line.get(window.start..floor(line, offset)).unwrap_or_default();
            printable(shown).len()
        };
        if window.start > 0 {
            self.text.push('…');
        }
        let shift = self.text.len();
        for (index, mark) in marks {
            let begin = within(mark.span.start as usize);
            let end = within(mark.span.end as usize).max(begin);
            let span = SourceSpan::from(shift + begin..shift + end);
            let text = mark.text.map(|text| shortened(text, LABEL_LIMIT).into_owned());
            self.labels.push(if index == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        }
        self.text.push_str(&printable(line.get(window.clone()).unwrap_or_default()));
        if window.end < line.len() {
            self.text.push('…');
        }
        self.text.push('\n');
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context only the position is of interest, for the line that names the file.
        let (span, line, column) = if before + after == 0 {
            (*span, self.position.line - 1, self.position.column - 1)
        } else {
            (SourceSpan::from(0..self.text.len()), self.first - 1, 0)
        };
        let data = self
            .text
            .as_bytes()
            .get(span.offset()..span.offset() + span.len())
            .ok_or(MietteError::OutOfBounds)?;
        let lines = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), data, span, line, column, lines)))
    }
}

/// The part of a line that is shown: all of it, or `limit` characters around the byte of interest.
fn window(line: &str, focus: usize, limit: usize) -> Range<usize> {
    if line.len() <= limit {
        return 0..line.len();
    }
    let focus = floor(line, focus);
    let (before, after) = line.split_at(focus);
    let begin = before.char_indices().rev().take(limit / 3).last().map_or(focus, |(offset, _)| offset);
    // A head as short as the dots that would stand for it is shown.
    let begin = if begin <= 3 { 0 } else { begin };
    let room = limit - before.get(begin..).unwrap_or_default().chars().count();
    let end = after.char_indices().nth(room).map_or(line.len(), |(offset, _)| focus + offset);
    begin..end
}

/// The offset, or the first byte of the character it is in.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
