//! A page of a finding -> the files and commands of its two examples.

/// The parts of a page that a test needs.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) code: String,
    pub(crate) slug: String,
    /// Whether the page says that no input leads to the finding; such a page has no examples.
    pub(crate) not_provoked: bool,
    pub(crate) fails: Example,
    pub(crate) passes: Example,
}

/// A directory and what to run in it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Example {
    /// Files in the order they are made.
    pub(crate) files: Vec<(String, Content)>,
    /// Command lines.
    pub(crate) commands: Vec<String>,
}

/// What stands at a path.
#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    /// A file of these bytes.
    Bytes(Vec<u8>),
    /// A symbolic link to this target.
    Link(String),
}

const SECTIONS: [&str; 4] = ["Why", "Mend", "Fails", "Passes"];
const SECTIONS_NOT_PROVOKED: [&str; 3] = ["Why", "Mend", "Not provoked"];

impl Page {
    /// Reads a page of the fixed form: heading, what, `Why`, `Mend`, `Fails`, `Passes`; or `Not provoked` in place of the
    /// last two.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (heading, rest) = text.split_once('\n').ok_or("an empty page")?;
        let (code, slug) = heading
            .strip_prefix("# ")
            .and_then(|heading| heading.split_once(' '))
            .ok_or("the first line is not `# Lnnn slug`")?;
        let (what, sections) = sections(rest);
        if what.trim().is_empty() {
            return Err("the heading is followed by no word on what the finding means".to_owned());
        }
        let names: Vec<&str> = sections.iter().map(|(name, _)| name.as_str()).collect();
        let not_provoked = names == SECTIONS_NOT_PROVOKED;
        if names != SECTIONS && !not_provoked {
            return Err(format!("the sections are {names:?}, not {SECTIONS:?}"));
        }
        let mut examples = Vec::new();
        for (name, body) in &sections {
            let example = Example::parse(body).map_err(|fault| format!("## {name}: {fault}"))?;
            if body.trim().is_empty() {
                return Err(format!("## {name} is empty"));
            }
            examples.push(example);
        }
        if not_provoked {
            return Ok(Self {
                code: code.to_owned(),
                slug: slug.to_owned(),
                not_provoked,
                fails: Example::default(),
                passes: Example::default(),
            });
        }
        let passes = examples.pop().filter(Example::is_set).ok_or("no example in ## Passes")?;
        let fails = examples.pop().filter(Example::is_set).ok_or("no example in ## Fails")?;
        Ok(Self {
            code: code.to_owned(),
            slug: slug.to_owned(),
            not_provoked,
            fails: fails.with_default_command(),
            passes: passes.with_default_command(),
        })
    }
}

/// The text before the first `## ` and the sections after it; a `## ` inside a fence is content.
fn sections(text: &str) -> (String, Vec<(String, String)>) {
    let mut before = String::new();
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        match (&fence, ticks(line)) {
            (None, Some(opening)) => fence = Some(opening),
            (Some(opening), Some(closing)) if closing == *opening && line.len() == closing => fence = None,
            _ => {}
        }
        if let (Some(name), None) = (line.strip_prefix("## "), fence) {
            sections.push((name.to_owned(), String::new()));
        } else {
            let body = sections.last_mut().map_or(&mut before, |(_, body)| body);
            body.push_str(line);
            body.push('\n');
        }
    }
    (before, sections)
}

/// The number of backticks, when the line is a fence.
fn ticks(line: &str) -> Option<usize> {
    let ticks = line.chars().take_while(|c| *c == '`').count();
    (ticks >= 3).then_some(ticks)
}

impl Example {
    /// Reads the fences of a section; a second fence of a path continues the file.
    fn parse(text: &str) -> Result<Self, String> {
        let mut example = Self::default();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(opening) = ticks(line) else {
                continue;
            };
            let mut content = String::new();
            loop {
                let line = lines.next().ok_or("a fence is not closed")?;
                if ticks(line) == Some(opening) && line.len() == opening {
                    break;
                }
                content.push_str(line);
                content.push('\n');
            }
            example.add(line.trim_start_matches('`'), &content)?;
        }
        Ok(example)
    }

    fn add(&mut self, info: &str, content: &str) -> Result<(), String> {
        let (form, rest) = info.split_once(' ').unwrap_or((info, ""));
        let (path, bytes) = match form {
            "console" => {
                let commands = content.lines().map(|line| {
                    line.strip_prefix("$ ")
                        .map(str::to_owned)
                        .ok_or(format!("`{line}` does not begin with `$ `"))
                });
                self.commands.extend(commands.collect::<Result<Vec<_>, _>>()?);
                return Ok(());
            }
            "link" => {
                let target = content.trim_end().to_owned();
                self.files.push((plain(rest)?, Content::Link(target)));
                return Ok(());
            }
            "yaml" | "json" | "csv" | "text" => (rest, content.as_bytes().to_vec()),
            "hex" => (rest, bytes(content)?),
            "repeat" => {
                let (times, path) = rest.split_once(' ').ok_or("`repeat` takes a number and a path")?;
                let times = times.parse().map_err(|_| format!("`{times}` is no number"))?;
                (path, content.repeat(times).into_bytes())
            }
            other => return Err(format!("`{other}` is no form of an example")),
        };
        let path = plain(path)?;
        match self.files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, Content::Bytes(known))) => known.extend(bytes),
            Some(_) => return Err(format!("{path} is a link")),
            None => self.files.push((path, Content::Bytes(bytes))),
        }
        Ok(())
    }

    fn is_set(&self) -> bool {
        !self.files.is_empty() || !self.commands.is_empty()
    }

    fn with_default_command(mut self) -> Self {
        if self.commands.is_empty() {
            let two_sides = self.files.iter().any(|(path, _)| path.starts_with("before/"));
            let command = if two_sides {
                "landscape diff --base-path before --head-path after"
            } else {
                "landscape check ."
            };
            self.commands.push(command.to_owned());
        }
        self
    }
}

/// A path that stays in the directory of the example.
fn plain(path: &str) -> Result<String, String> {
    let outside = path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..");
    if outside || path.contains(' ') {
        return Err(format!("`{path}` is no path inside the example"));
    }
    Ok(path.to_owned())
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            (pair.len() == 2)
                .then(|| u8::from_str_radix(pair, 16).ok())
                .flatten()
                .ok_or(format!("`{pair}` is no byte in hexadecimal"))
        })
        .collect()
}

/// The command line with `--format json` after every `landscape` that is a command.
pub(crate) fn with_json(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut command_follows = true;
    for word in line.split(' ') {
        if command_follows && word == "landscape" {
            words.push("landscape --format json".to_owned());
            command_follows = false;
            continue;
        }
        let assigns = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        });
        command_follows = matches!(word, "&&" | "||" | "|" | ";") || (command_follows && assigns);
        words.push(word.to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# L001 x\nWhat.\n\n## Why\nBecause.\n## Mend\nSo.\n## Fails\n```yaml a.yaml\na: 1\n## no section\n```\n\
                        ```repeat 2 a.yaml\nb\n```\n```link b.yaml\na.yaml\n```\n## Passes\n```hex a.yaml\n61 0a\n```\n\
                        ```console\n$ mkdir b\n$ A=b landscape check b\n```\n";

    #[test]
    fn a_page_gives_two_examples() {
        let page = Page::parse(PAGE).expect("well formed");
        assert_eq!((page.code.as_str(), page.slug.as_str()), ("L001", "x"));
        let file = |path: &str, text: &str| (path.to_owned(), Content::Bytes(text.as_bytes().to_vec()));
        let link = ("b.yaml".to_owned(), Content::Link("a.yaml".to_owned()));
        assert_eq!(page.fails.files, [file("a.yaml", "a: 1\n## no section\nb\nb\n"), link]);
        assert_eq!(page.fails.commands, ["landscape check ."]);
        assert_eq!(page.passes.files, [file("a.yaml", "a\n")]);
        assert_eq!(page.passes.commands, ["mkdir b", "A=b landscape check b"]);
    }

    #[test]
    fn a_page_without_both_examples_is_refused() {
        let (without, _) = PAGE.split_once("```hex").expect("the page has one");
        assert_eq!(Page::parse(without), Err("## Passes is empty".to_owned()));
        let prose = format!("{without}Only words.\n");
        assert_eq!(Page::parse(&prose), Err("no example in ## Passes".to_owned()));
    }

    #[test]
    fn a_page_may_say_why_nothing_leads_to_its_finding() {
        let (without, _) = PAGE.split_once("## Fails").expect("the page has one");
        let page = Page::parse(&format!("{without}## Not provoked\nBecause.\n")).expect("well formed");
        assert!(page.not_provoked && !page.fails.is_set());
        assert_eq!(
            Page::parse(&format!("{without}## Not provoked\n")),
            Err("## Not provoked is empty".to_owned())
        );
    }

    #[test]
    fn a_fence_of_no_known_form_is_refused() {
        let unknown = PAGE.replace("```yaml", "```toml");
        assert_eq!(Page::parse(&unknown), Err("## Fails: `toml` is no form of an example".to_owned()));
        let outside = PAGE.replace("yaml a.yaml", "yaml ../a.yaml");
        assert!(Page::parse(&outside).is_err(), "a path leads out of the example");
    }

    #[test]
    fn findings_are_asked_for_as_json() {
        assert_eq!(with_json("landscape check landscape"), "landscape --format json check landscape");
        assert_eq!(
            with_json("A=b landscape x && landscape y"),
            "A=b landscape --format json x && landscape --format json y"
        );
        assert_eq!(with_json("touch landscape"), "touch landscape");
    }
}
