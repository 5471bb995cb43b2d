//! Untrusted text -> text that is safe to print.
//!
//! A name in a spec may hold escape sequences that repaint the terminal, line breaks that forge a second finding, or
//! marks that reverse the reading direction. Each such character is replaced by one that shows it.

use std::borrow::Cow;

/// The text with every character that would act instead of being seen replaced.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c != '\t' && shown(c) == c) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => safe.push_str("    "),
            c => safe.push(shown(c)),
        }
    }
    Cow::Owned(safe)
}

/// [`printable`] for a text of several lines, which stay.
pub(in crate::cli) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// [`printable`], cut after `limit` characters with a word on how much is missing.
pub(super) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => printable(text),
        Some((cut, _)) => {
            let (head, tail) = text.split_at(cut);
            Cow::Owned(format!("{}… ({} more characters)", printable(head), tail.chars().count()))
        }
    }
}

fn shown(c: char) -> char {
    match c {
        // The pictures of the control characters stand in their order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // Controls, marks of direction, and characters of no width that hide between others.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        c => c,
    }
}
