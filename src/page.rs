//! Pages: a code or a slug -> what the finding means, why it matters and how to mend it.
//!
//! The files of `docs/findings` are compiled in, so the program explains exactly the findings it raises; their
//! examples run as tests.

use std::sync::LazyLock;

use clap::builder::styling::{AnsiColor, Style};
use include_dir::{Dir, include_dir};

use crate::diagnostic;

static DIRECTORY: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/docs/findings");

static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let mut pages: Vec<Page> =
        DIRECTORY.files().filter_map(|file| Page::parse(file.contents_utf8()?)).collect();
    pages.sort_by_key(|page| page.code);
    pages
});

/// The page of one kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The code, `L104`.
    pub code: &'static str,
    /// The slug, `duplicate-key`.
    pub slug: &'static str,
    /// The Markdown, its heading included.
    pub text: &'static str,
}

impl Page {
    /// Reads the heading, `# L104 duplicate-key`; nothing when there is none.
    fn parse(text: &'static str) -> Option<Self> {
        let (code, slug) = text.lines().next()?.strip_prefix("# ")?.split_once(' ')?;
        Some(Self { code, slug, text })
    }

    /// The first paragraph, as one line: what the finding says.
    pub fn summary(&self) -> String {
        let lines = self.text.lines().skip(1).skip_while(|line| line.is_empty());
        let paragraph: Vec<&str> =
            lines.take_while(|line| !line.is_empty() && !line.starts_with('#')).collect();
        paragraph.join(" ")
    }
}

/// All pages, in the order of their codes.
pub fn all() -> &'static [Page] {
    &PAGES
}

/// The Markdown of the page of a code or a slug, in any case of letters.
pub fn page(code_or_slug: &str) -> Option<&'static str> {
    find(code_or_slug).map(|page| page.text)
}

/// The page of a code or a slug, in any case of letters.
pub fn find(code_or_slug: &str) -> Option<&'static Page> {
    let is = |name: &str| name.eq_ignore_ascii_case(code_or_slug);
    all().iter().find(|page| is(page.code) || is(page.slug))
}

/// The slug or the code that was probably meant by a misspelt one.
pub fn nearest(code_or_slug: &str) -> Option<&'static str> {
    diagnostic::nearest(code_or_slug, all().iter().flat_map(|page| [page.slug, page.code]))
}

const HEADING: Style = Style::new().bold();
const NAME: Style = AnsiColor::Cyan.on_default();
const EXAMPLE: Style = Style::new().dimmed();

/// Writes the Markdown of a page for a terminal: headings bold, examples indented below the name of their file.
pub fn render(markdown: &str, color: bool) -> String {
    let paint = |style: Style, text: &str| {
        if color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    };
    let mut out = String::new();
    let mut in_example = false;
    for line in markdown.lines() {
        let shown = if let Some(info) = line.strip_prefix("```") {
            in_example = !in_example;
            match (in_example, example_name(info)) {
                (true, Some(name)) => format!("  {}", paint(NAME, &format!("{name}:"))),
                _ => continue,
            }
        } else if in_example {
            let indented = format!("    {line}");
            paint(EXAMPLE, indented.trim_end())
        } else if let Some(heading) = line.strip_prefix('#') {
            paint(HEADING, heading.trim_start_matches('#').trim_start())
        } else {
            prose(line, |name| paint(NAME, name))
        };
        out.push_str(&shown);
        out.push('\n');
    }
    out
}

/// `yaml shoots/a.yaml` names a file, `repeat 9 a.yaml` says how its content is made, too; `console` names none.
fn example_name(info: &str) -> Option<String> {
    let (form, path) = info.split_once(' ')?;
    Some(match form {
        "repeat" => {
            let (times, path) = path.split_once(' ')?;
            format!("{path}, {times} times")
        }
        "link" => format!("{path}, a link to"),
        "hex" => format!("{path}, in hexadecimal"),
        _ => path.to_owned(),
    })
}

/// Text between backticks is a name; the backticks stay, so that it can be told apart without colour.
fn prose(line: &str, paint: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&paint(&format!("`{part}`")));
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_code_and_by_slug() {
        let by_code = page("l104").expect("a code of the parser");
        assert_eq!(page("Duplicate-Key"), Some(by_code));
        assert_eq!(page("L000"), None);
    }

    #[test]
    fn a_typo_leads_to_the_nearest_slug() {
        assert_eq!(nearest("duplicate-keys"), Some("duplicate-key"));
        assert_eq!(nearest("quite something else"), None);
    }

    #[test]
    fn the_summary_is_the_first_paragraph() {
        let page =
            Page::parse("# L104 duplicate-key\nA key\nstands twice.\n\n## Why\nx\n").expect("a heading");
        assert_eq!(page.summary(), "A key stands twice.");
    }

    const MARKDOWN: &str = "# L1 x\nThe `name` here.\n\n## Fails\n```yaml a.yaml\na: 1\n\nb: 2\n```\n";

    #[test]
    fn a_page_without_colour_is_plain() {
        assert_eq!(
            render(MARKDOWN, false),
            "L1 x\nThe `name` here.\n\nFails\n  a.yaml:\n    a: 1\n\n    b: 2\n"
        );
    }

    #[test]
    fn colour_ends_where_it_began() {
        assert_eq!(
            render("# L1 x\nThe `name` here.\n", true),
            "\u{1b}[1mL1 x\u{1b}[0m\nThe \u{1b}[36m`name`\u{1b}[0m here.\n"
        );
    }
}
