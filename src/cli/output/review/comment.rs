//! Untrusted text -> Markdown that shows it, and does nothing else.
//!
//! GitHub and GitLab look for mentions, references and links everywhere but in code, and what seems a tag is one. So all
//! that comes from a spec stands in code, and of our own sentences only words that can mean nothing else do not.

use std::fmt::Write as _;

use crate::cli::output::printable::{printable, shortened};

/// Characters of a name or a value.
const CODE_LIMIT: usize = 300;
/// Characters of a sentence.
const PROSE_LIMIT: usize = 1_000;
/// Letters of a word that could be the hash of a commit.
const HASH: usize = 7;

/// A code span.
///
/// A bar would end the cell of a table even here, so one that is broken stands for it.
pub(super) fn code(text: &str) -> String {
    let text = shortened(text, CODE_LIMIT).replace('|', "¦");
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let touches = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if touches { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Code as HTML, for lines that are HTML themselves, such as a summary.
pub(super) fn html(text: &str) -> String {
    let text = shortened(text, CODE_LIMIT)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    format!("<code>{text}</code>")
}

/// A fenced block that no line of it can end.
pub(super) fn fence(text: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let language: String = language.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut block = format!("{fence}{language}\n");
    for line in text.trim_end_matches('\n').split('\n') {
        writeln!(block, "{}", printable(line)).expect("a string takes every write");
    }
    block.push_str(&fence);
    block
}

/// A sentence of ours, in which names stand in backticks: these and all that is no plain word become code.
pub(super) fn prose(text: &str) -> String {
    let text = shortened(text, PROSE_LIMIT);
    let mut parts: Vec<String> = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            parts.push(code(part));
        } else {
            parts.push(words(part));
        }
    }
    // Two spans that touch would be read as one.
    let mut sentence = String::new();
    for part in parts {
        if sentence.ends_with('`') && part.starts_with('`') {
            sentence.push(' ');
        }
        sentence.push_str(&part);
    }
    sentence
}

/// The words outside of backticks, those that are not plain as code.
fn words(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut odd: Vec<&str> = Vec::new();
    for word in text.split(' ') {
        if word.is_empty() || is_plain(word) {
            if !odd.is_empty() {
                out.push(code(&odd.join(" ")));
                odd.clear();
            }
            out.push(word.to_owned());
        } else {
            odd.push(word);
        }
    }
    if !odd.is_empty() {
        out.push(code(&odd.join(" ")));
    }
    out.join(" ")
}

/// Whether a word is one in every dialect of Markdown: no mention, reference, link, hash, list or emphasis.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches('(').trim_end_matches([',', ';', ':', '.', ')', '?']);
    let is_number = core.len() < HASH && core.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && !core.is_empty() {
        return word.trim_end_matches([',', ';', ':']) == core;
    }
    let is_word = core.starts_with(char::is_alphabetic)
        && core.ends_with(char::is_alphabetic)
        && core.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\''));
    let is_hash = core.len() >= HASH && core.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_word && !is_hash) || matches!(word, "," | ";" | ":" | "→" | "…")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
