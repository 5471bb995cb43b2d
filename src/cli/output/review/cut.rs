//! Markdown -> as much of it as fits, with everything closed that was open where it ends.

/// Bytes that closing what is open may take.
const CLOSING: usize = 400;
/// Nested `<details>` that are closed.
const DEPTH: usize = 16;

/// The first lines of a text, no more than `limit` bytes with what closes them.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let limit = limit.saturating_sub(CLOSING);
    let mut open = Open::default();
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if end + line.len() > limit {
            break;
        }
        let mut with = open.clone();
        with.read(line);
        if with.details > DEPTH || with.fence.as_ref().is_some_and(|fence| fence.len() > CLOSING / 2) {
            break;
        }
        open = with;
        end += line.len();
    }
    let mut shown = text.get(..end).unwrap_or_default().to_owned();
    open.close(&mut shown);
    shown
}

/// What is open at the end of a line.
#[derive(Clone, Default)]
struct Open {
    /// The marks that opened a block of code.
    fence: Option<String>,
    /// Whether an HTML comment is open.
    comment: bool,
    /// How many `<details>` are open.
    details: usize,
}

impl Open {
    fn read(&mut self, line: &str) {
        let trimmed = line.trim();
        let marks: String = match trimmed.chars().next() {
            Some(mark @ ('`' | '~')) => trimmed.chars().take_while(|c| *c == mark).collect(),
            _ => String::new(),
        };
        if let Some(fence) = &self.fence {
            if marks.len() >= fence.len() && marks.starts_with(fence) && marks == trimmed {
                self.fence = None;
            }
            return;
        }
        if marks.len() >= 3 && !self.comment {
            let info = trimmed.get(marks.len()..).unwrap_or_default();
            if marks.starts_with('~') || !info.contains('`') {
                self.fence = Some(marks);
                return;
            }
        }
        self.read_tags(line);
    }

    fn read_tags(&mut self, line: &str) {
        let mut rest = line;
        while !rest.is_empty() {
            if self.comment {
                let Some((_, after)) = rest.split_once("-->") else { return };
                self.comment = false;
                rest = after;
            } else if let Some(at) = rest.find('<') {
                rest = rest.get(at..).unwrap_or_default();
                if rest.starts_with("<!--") {
                    self.comment = true;
                } else if rest.starts_with("<details") {
                    self.details += 1;
                } else if rest.starts_with("</details>") {
                    self.details = self.details.saturating_sub(1);
                }
                rest = rest.get(1..).unwrap_or_default();
            } else {
                return;
            }
        }
    }

    fn close(&self, text: &mut String) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        if let Some(fence) = &self.fence {
            text.push_str(fence);
            text.push('\n');
        }
        if self.comment {
            text.push_str("-->\n");
        }
        if self.details > 0 {
            text.push('\n');
        }
        for _ in 0..self.details {
            text.push_str("</details>\n");
        }
    }
}
