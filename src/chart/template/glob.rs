//! The patterns of `.Files.Glob`: `*` within one directory, `**` across them.
//!
//! upstream: gobwas/glob, with `/` as its separator

use regex::Regex;

/// A compiled pattern; one that Helm cannot compile matches everything, as there.
pub(super) struct Glob(Option<Regex>);

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        Self(translate(pattern).and_then(|regex| Regex::new(&regex).ok()))
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.0.as_ref().is_none_or(|regex| regex.is_match(path))
    }
}

fn translate(pattern: &str) -> Option<String> {
    let mut regex = String::from("(?s)^");
    let mut rest = pattern.chars().peekable();
    let mut braces = 0_usize;
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => regex.push_str(".*"),
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '{' => {
                braces += 1;
                regex.push_str("(?:");
            }
            '}' => {
                braces = braces.checked_sub(1)?;
                regex.push(')');
            }
            ',' if braces > 0 => regex.push('|'),
            '[' => regex.push_str(&class(&mut rest)?),
            '\\' => regex.push_str(&regex::escape(&rest.next()?.to_string())),
            _ => regex.push_str(&regex::escape(&c.to_string())),
        }
    }
    regex.push('$');
    (braces == 0).then_some(regex)
}

/// `[abc]`, `[a-z]`, and either with `!` for its opposite.
fn class(rest: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut members: Vec<char> = Vec::new();
    loop {
        match rest.next()? {
            ']' if !members.is_empty() => break,
            '\\' => members.push(rest.next()?),
            c => members.push(c),
        }
    }
    let negated = members.first() == Some(&'!');
    let members = members.get(usize::from(negated)..)?;
    let body = match members {
        [first, '-', last] => {
            format!("{}-{}", regex::escape(&first.to_string()), regex::escape(&last.to_string()))
        }
        _ => members.iter().map(|c| regex::escape(&c.to_string())).collect(),
    };
    Some(format!("[{}{body}]", if negated { "^" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_star_stays_in_its_directory() {
        assert!(Glob::new("files/*.yaml").matches("files/a.yaml"));
        assert!(!Glob::new("files/*.yaml").matches("files/b/a.yaml"));
        assert!(Glob::new("files/**.yaml").matches("files/b/a.yaml"));
        assert!(Glob::new("**/a.{yaml,yml}").matches("files/b/a.yml"));
        assert!(Glob::new("[!a-c]?.txt").matches("d1.txt"));
    }
}
