//! How providers spell the names and ids of what they run.

use std::sync::OnceLock;

use regex::Regex;

/// How the names or ids of one sort of thing are spelled.
pub(super) struct Spelling {
    /// What it is that is spelled so.
    pub(super) noun: &'static str,
    /// One that is spelled well.
    pub(super) example: &'static str,
    pattern: &'static str,
    shortest: usize,
    longest: usize,
    compiled: OnceLock<Regex>,
}

impl Spelling {
    /// A spelling; an empty text does not have to match the pattern, only to be long enough.
    pub(super) const fn new(
        noun: &'static str,
        example: &'static str,
        pattern: &'static str,
        shortest: usize,
        longest: usize,
    ) -> Self {
        Self { noun, example, pattern, shortest, longest, compiled: OnceLock::new() }
    }

    /// Whether a text is spelled so.
    pub(super) fn fits(&self, text: &str) -> bool {
        let compiled =
            self.compiled.get_or_init(|| Regex::new(self.pattern).expect("the patterns are constants"));
        let length = text.chars().count();
        (self.shortest..=self.longest).contains(&length) && (text.is_empty() || compiled.is_match(text))
    }
}
