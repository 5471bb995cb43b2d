//! Source positions: which bytes of which file a value was written in.

use std::sync::{Arc, OnceLock};

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file the bytes are in.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`. Files are kept far below 4 GiB.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: offset(start), end: offset(end.max(start)) }
    }

    /// The smallest range that holds both; `other` must be of the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A position as editors show it; both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

#[derive(Debug)]
struct SourceFile {
    name: String,
    text: Arc<str>,
    /// Offsets of the first byte of every line; built when a finding first needs them.
    lines: OnceLock<Vec<usize>>,
    /// Characters before every [`STRIDE`]th byte; built when a finding first needs a place far inside a line.
    strides: OnceLock<Vec<usize>>,
}

/// Bytes between two counts of characters, so that a column is found fast in a file that is one long line.
const STRIDE: usize = 4096;

/// The texts that were read, so that a finding can show the place it speaks of.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes a file in; `name` is the path as the user would type it.
    pub fn add(&mut self, name: String, text: Arc<str>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("the number of files is limited far below"));
        self.files.push(SourceFile { name, text, lines: OnceLock::new(), strides: OnceLock::new() });
        id
    }

    /// Takes a file in, unless `earlier` is a file of the same text: then that one stands for both.
    pub fn add_again(&mut self, name: String, text: Arc<str>, earlier: Option<FileId>) -> FileId {
        match earlier.filter(|earlier| **self.text(*earlier) == *text) {
            Some(earlier) => earlier,
            None => self.add(name, text),
        }
    }

    /// The path of a file as the user would type it.
    pub fn name(&self, file: FileId) -> &str {
        &self.file(file).name
    }

    /// The whole text of a file.
    pub fn text(&self, file: FileId) -> &Arc<str> {
        &self.file(file).text
    }

    /// The text a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where the span begins.
    pub fn position(&self, span: Span) -> Position {
        let file = self.file(span.file);
        let offset = (span.start as usize).min(file.text.len());
        let lines = file.lines();
        let line = lines.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or_default();
        let column = if offset - start <= STRIDE {
            file.characters(start, offset)
        } else {
            file.characters_before(offset) - file.characters_before(start)
        };
        Position { line, column: column + 1 }
    }

    /// The bytes of a line counted from 1, without its line break; nothing past the end.
    pub fn line(&self, file: FileId, line: usize) -> Option<Span> {
        let source = self.file(file);
        let lines = source.lines();
        let start = *lines.get(line.checked_sub(1)?)?;
        let end = lines.get(line).map_or(source.text.len(), |next| next - 1);
        Some(Span::new(file, start, end))
    }

    fn file(&self, file: FileId) -> &SourceFile {
        self.files.get(file.0 as usize).expect("a file id is made by this map only")
    }
}

impl SourceFile {
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(offset, _)| offset + 1)).collect()
        })
    }

    /// The characters that begin in a range of bytes.
    fn characters(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        bytes.iter().filter(|byte| !is_continuation(**byte)).count()
    }

    fn characters_before(&self, offset: usize) -> usize {
        let strides = self.strides.get_or_init(|| {
            let mut before = 0;
            self.text
                .as_bytes()
                .chunks(STRIDE)
                .map(|chunk| {
                    let here = before;
                    before += chunk.iter().filter(|byte| !is_continuation(**byte)).count();
                    here
                })
                .collect()
        });
        let index = (offset / STRIDE).min(strides.len().saturating_sub(1));
        let before = strides.get(index).copied().unwrap_or_default();
        before + self.characters(index * STRIDE, offset)
    }
}

/// Whether a byte of UTF-8 continues a character that an earlier byte began.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut map = SourceMap::default();
        let file = map.add("a.yaml".into(), "ä: 1\nb: é x\n".into());
        assert_eq!(map.position(Span::new(file, 0, 2)), Position { line: 1, column: 1 });
        assert_eq!(map.position(Span::new(file, 12, 13)), Position { line: 2, column: 6 });
        assert_eq!(map.slice(map.line(file, 2).expect("there")), "b: é x");
        assert_eq!(map.line(file, 4), None);
    }

    #[test]
    fn columns_of_a_file_of_one_line_are_right() {
        let mut map = SourceMap::default();
        let text = "ä".repeat(3 * STRIDE);
        let file = map.add("a.json".into(), text.as_str().into());
        for character in [0, 1, STRIDE / 2, STRIDE, 2 * STRIDE + 1, 3 * STRIDE] {
            let position = map.position(Span::new(file, 2 * character, 2 * character));
            assert_eq!(position, Position { line: 1, column: character + 1 });
        }
    }
}
