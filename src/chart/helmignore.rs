//! `.helmignore`: which files of a chart stay behind.
//!
//! The rules are Helm's, not git's: a pattern without a slash is matched against the name of every file and
//! directory, one with a slash against the whole path; `*` does not cross a slash; a slash at the end
//! restricts a pattern to directories. Nothing undoes an earlier pattern: Helm reads `!` as "everything
//! else", which nobody means, so it is refused here.

use globset::{GlobBuilder, GlobMatcher};

use crate::path::RelPath;

/// The patterns of one chart.
pub(super) struct Ignore(Vec<Pattern>);

struct Pattern {
    glob: GlobMatcher,
    whole_path: bool,
    directory: bool,
}

/// A line of the file that cannot be used.
pub(super) struct BadLine {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) what: &'static str,
}

impl Ignore {
    /// Reads the file; a chart without one still leaves hidden files below `templates/` behind, as Helm does.
    pub(super) fn parse(text: &str) -> Result<Self, BadLine> {
        let mut patterns = vec![Pattern::parse("templates/.?*").expect("a valid pattern")];
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let number = index + 1;
                patterns.push(Pattern::parse(line).map_err(|what| BadLine { number, what })?);
            }
        }
        Ok(Self(patterns))
    }

    /// Whether a file stays behind, because of itself or of a directory it is in.
    pub(super) fn matches(&self, file: &RelPath) -> bool {
        let mut path = file.clone();
        let mut directory = false;
        while let Some(name) = path.name() {
            if self.0.iter().any(|pattern| pattern.matches(path.as_str(), name, directory)) {
                return true;
            }
            path = path.parent();
            directory = true;
        }
        false
    }
}

impl Pattern {
    fn parse(line: &str) -> Result<Self, &'static str> {
        if line.starts_with('!') {
            return Err("`!` means \"everything else\" to Helm");
        }
        if line.contains("**") {
            return Err("Helm knows no `**`");
        }
        let (pattern, directory) = line.strip_suffix('/').map_or((line, false), |pattern| (pattern, true));
        let whole_path = pattern.contains('/');
        // Braces are plain characters to Helm.
        let literal = pattern.trim_start_matches('/').replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&literal)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|_| "the pattern is malformed")?;
        Ok(Self { glob: glob.compile_matcher(), whole_path, directory })
    }

    fn matches(&self, path: &str, name: &str, directory: bool) -> bool {
        (directory || !self.directory) && self.glob.is_match(if self.whole_path { path } else { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_to_helm() {
        let text = "# editors\n*.swp\n.git/\n/ci\ndocs/*.md\nBUILD\n[ab].txt\n{x}\n";
        let ignore = Ignore::parse(text).ok().expect("valid");
        let matches = |path: &str| ignore.matches(&RelPath::parse(path).expect("inside"));
        for path in [
            "a.swp",
            "templates/x.swp",
            ".git/config",
            "deep/.git/config",
            "ci/values.yaml",
            "docs/a.md",
            "charts/sub/BUILD",
            "BUILD/x",
            "a.txt",
            "{x}",
            "templates/.hidden.yaml",
        ] {
            assert!(matches(path), "{path}");
        }
        for path in
            [".git", "sub/ci/x", "docs/a/b.md", "sub/docs/a.md", "x", "c.txt", ".hidden", "templates/a.yaml"]
        {
            assert!(!matches(path), "{path}");
        }
    }

    #[test]
    fn lines_that_would_surprise_are_refused_with_their_number() {
        for line in ["!keep.md", "a/**/b", "[a"] {
            let bad = Ignore::parse(&format!("*.swp\n{line}\n")).err().expect("refused");
            assert_eq!(bad.number, 2, "{line}");
        }
    }
}
