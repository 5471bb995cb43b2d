//! Protects the guides from drifting: every command they show runs, and prints what they say it prints.
//!
//! A fence `console` holds commands behind `$ ` and their output; `…` in it stands for any text, on a line of its own for
//! any lines. A fence with a path behind its language writes that file first. A guide runs in a directory of its own,
//! with the landscapes of this repository in it.
#![expect(
    clippy::disallowed_methods,
    reason = "the guides run in directories of their own, with the built binary"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_landscape");

/// Something that a guide does.
#[derive(Debug, PartialEq)]
enum Step<'a> {
    /// Writes a file.
    File { path: &'a str, text: String },
    /// Runs a command, which prints these lines.
    Command { line: &'a str, output: Vec<&'a str> },
}

/// What a fenced block of a guide does, in order.
fn steps(guide: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            Some((_, path)) => steps.push(Step::File { path, text: block.join("\n") + "\n" }),
            None if info == "console" => commands(&block, &mut steps),
            None => {}
        }
    }
    steps
}

fn commands<'a>(block: &[&'a str], steps: &mut Vec<Step<'a>>) {
    for shown in block {
        if let Some(line) = shown.strip_prefix("$ ") {
            let output = Vec::new();
            steps.push(Step::Command { line, output });
        } else if let Some(Step::Command { output, .. }) = steps.last_mut() {
            output.push(shown);
        }
    }
}

/// Whether lines are what a guide shows.
fn are(printed: &[&str], shown: &[&str]) -> bool {
    match (printed, shown) {
        (_, ["…", rest @ ..]) => {
            (0..=printed.len()).any(|skipped| are(printed.get(skipped..).unwrap_or(&[]), rest))
        }
        ([line, printed @ ..], [pattern, shown @ ..]) => is(line, pattern) && are(printed, shown),
        (printed, shown) => printed.is_empty() && shown.is_empty(),
    }
}

fn is(line: &str, pattern: &str) -> bool {
    match pattern.split_once('…') {
        None => line == pattern,
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(end, _)| end).chain([rest.len()]);
            ends.any(|end| rest.get(end..).is_some_and(|rest| is(rest, after)))
        }),
    }
}

/// A directory with the landscapes, committed on a fixed day, that is removed when it goes out of scope.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("landscape-guide-{}-{name}", std::process::id()));
        copy(&package().join("landscapes"), &path.join("landscapes"));
        let repository = git2::Repository::init(&path).expect("a repository in an empty directory");
        let mut index = repository.index().expect("an index");
        index.add_all(["landscapes"], git2::IndexAddOption::DEFAULT, None).expect("readable files");
        let tree = index.write_tree().expect("a writable repository");
        let tree = repository.find_tree(tree).expect("just written");
        // 2026-11-21T12:00:00Z
        let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(1_795_262_400, 0));
        let author = author.expect("a name and an address");
        repository
            .commit(Some("HEAD"), &author, &author, "landscapes", &tree, &[])
            .expect("a writable repository");
        Self(path)
    }

    /// What a command prints, on both channels.
    fn run(&self, line: &str) -> String {
        let line = line.replace("cargo run --release --", "landscape");
        let binaries = Path::new(BINARY).parent().expect("a binary stands in a directory");
        let search = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {line}")])
            .current_dir(&self.0)
            .env("PATH", format!("{}:{search}", binaries.display()))
            .env_remove("LANDSCAPE_KEY_PASSWORD")
            .output()
            .expect("a shell");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind harms no result.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a writable temporary directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("a readable directory").path();
        let to = to.join(path.file_name().expect("listed by its name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).expect("a readable file");
        }
    }
}

fn assert_true(guide: &str) {
    let text = fs::read_to_string(package().join(guide)).expect("a guide");
    let steps = steps(&text);
    assert_ne!(steps, [], "{guide} shows something");
    let scratch = Scratch::new(&guide.replace('/', "-"));
    for step in steps {
        match step {
            Step::File { path, text } => {
                let path = scratch.0.join(path);
                fs::create_dir_all(path.parent().expect("inside the directory")).expect("writable");
                fs::write(path, text).expect("writable");
            }
            // The test would run itself.
            Step::Command { line: "cargo test", .. } => {}
            Step::Command { line, output } => {
                let printed = scratch.run(line);
                let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
                assert!(are(&lines, &output), "{guide}: `{line}` prints\n\n{printed}");
            }
        }
    }
}

#[test]
fn the_readme_is_true() {
    assert_true("README.md");
}

#[test]
fn the_guide_to_yaml_is_true() {
    assert_true("docs/yaml.md");
}

#[test]
fn the_guide_to_layering_is_true() {
    assert_true("docs/layering.md");
}

#[test]
fn the_guide_to_comparing_is_true() {
    assert_true("docs/diff.md");
}

#[test]
fn the_guide_to_adopting_is_true() {
    assert_true("docs/adopting.md");
}

#[test]
fn the_limits_are_those_of_the_sources() {
    let page = fs::read_to_string(package().join("docs/limits.md")).expect("a guide");
    let rows: Vec<&str> = page.lines().filter(|line| line.contains("| `src/")).collect();
    assert!(rows.len() > 10, "the page lists the limits");
    for row in rows {
        let shown: Vec<&str> = row.split('`').collect();
        let [.., file, _, constant, _] = &*shown else {
            panic!("no file and constant in {row}");
        };
        let (name, value) = constant.split_once(" = ").expect("a name and a value");
        let source = fs::read_to_string(package().join(file)).expect("a file of the crate");
        let found = source
            .lines()
            .any(|line| line.contains(&format!("const {name}: ")) && line.ends_with(&format!(" = {value};")));
        assert!(found, "{file} has no constant {constant}");
    }
}

#[test]
fn a_mark_stands_for_any_text_and_any_lines() {
    assert!(are(&["a", "b", "c"], &["a", "…", "c"]));
    assert!(are(&["a", "c"], &["a", "…", "c"]));
    assert!(!are(&["a", "b"], &["a", "…", "c"]));
    assert!(are(&["sha256:c0ffee yes"], &["sha256:… yes"]));
    assert!(!are(&["sha256:c0ffee no"], &["sha256:… yes"]));
    assert!(!are(&["a", "b"], &["a"]));
}
