//! Every page of a finding is true: its failing example gives the finding, its passing example does not, and there is a
//! page for every code and a code for every page.
#![expect(
    clippy::disallowed_methods,
    reason = "the examples run in directories of their own, with the built binary"
)]

mod page;
#[expect(dead_code, reason = "the examples ask for a part of what a registry can do")]
#[path = "registry/server.rs"]
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use page::{Content, Example, Page};
use rayon::prelude::*;
use serde_json::Value;
use server::{Request, Server, Turn, answer};

/// Findings that no input leads to: they guard against a fault of this program or of the machine.
const NOT_PROVOKED: [&str; 1] = ["L651"];

const BINARY: &str = env!("CARGO_BIN_EXE_landscape");

/// The registry of the examples. Some of its repositories are not what they should be.
static REGISTRY: LazyLock<Server> = LazyLock::new(|| {
    let server = Server::start(true);
    server.direct(|request| match request.path.split('/').nth(2) {
        Some("denied") => turn(request, 401, &[("www-authenticate", "Basic realm=\"examples\"".to_owned())]),
        Some("huge") if request.path.contains("/blobs/") => Turn::Answer(answer(request, 200, &[], b"{}")),
        Some("huge") => Turn::Answer(answer(request, 200, &[], HUGE.as_bytes())),
        Some("lying") if request.method == "GET" => {
            turn(request, 200, &[("docker-content-digest", format!("sha256:{}", "0".repeat(64)))])
        }
        Some("refused") if request.method == "POST" => turn(request, 400, &[]),
        _ => Turn::Serve,
    });
    server
});

/// A manifest of which nobody should take in the layer.
const HUGE: &str = r#"{"schemaVersion":2,
    "config":{"mediaType":"x","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
    "layers":[{"mediaType":"x","size":1099511627776,"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}]}"#;

fn turn(request: &Request, status: u16, headers: &[(&str, String)]) -> Turn {
    Turn::Answer(answer(request, status, headers, br#"{"errors":[{"code":"DENIED","message":"not here"}]}"#))
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// File names and texts of `docs/findings`.
fn pages() -> BTreeMap<String, String> {
    fs::read_dir(package().join("docs/findings"))
        .expect("a directory of pages")
        .map(|entry| entry.expect("a readable directory").path())
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
            (name, fs::read_to_string(path).expect("a page is UTF-8"))
        })
        .collect()
}

/// A directory that is removed when it goes out of scope.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("landscape-page-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a writable temporary directory");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind harms no result.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the last command of an example came to.
struct Outcome {
    status: Option<i32>,
    findings: Vec<Value>,
    output: String,
}

impl Outcome {
    fn finding(&self, code: &str) -> Option<&Value> {
        self.findings.iter().find(|finding| finding.get("code").and_then(Value::as_str) == Some(code))
    }
}

fn run(example: &Example, name: &str) -> Result<Outcome, String> {
    let scratch = Scratch::new(name);
    for (path, content) in &example.files {
        set_up(&scratch.0.join(path), content).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    let (last, earlier) = example.commands.split_last().ok_or("no command")?;
    for command in earlier {
        let output = shell(command, &scratch.0);
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`{command}` must succeed before the last command runs:\n{errors}"));
        }
    }
    let output = shell(last, &scratch.0);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let text = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let printed = serde_json::from_str(&stdout)
        .map_err(|error| format!("`{last}` printed no findings as JSON: {error}\n{text}"))?;
    Ok(Outcome { status: output.status.code(), findings: findings(printed), output: text })
}

/// The findings of an array, or those of a comparison with the effects it tells of.
fn findings(printed: Value) -> Vec<Value> {
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    match printed {
        Value::Array(findings) => findings,
        review => {
            let effects = list(&review, "objects")
                .iter()
                .flat_map(|object| list(object, "effects"))
                .collect::<Vec<_>>();
            list(&review, "findings").into_iter().chain(effects).collect()
        }
    }
}

/// Whether a finding is an effect of a change: that is told, not refused.
fn is_effect(finding: &Value) -> bool {
    finding.get("impact").is_some()
}

fn set_up(path: &Path, content: &Content) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match content {
        Content::Bytes(bytes) => fs::write(path, bytes),
        Content::Link(target) => std::os::unix::fs::symlink(target, path),
    }
}

/// Runs a line of a console; `landscape` is the built binary, asked for findings as JSON.
fn shell(line: &str, directory: &Path) -> std::process::Output {
    let binaries = Path::new(BINARY).parent().expect("a binary stands in a directory");
    let search = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", &page::with_json(line)])
        .current_dir(directory)
        .env("PATH", format!("{}:{search}", binaries.display()))
        .env("REGISTRY", REGISTRY.host())
        .output()
        .expect("a shell")
}

/// Whether a page says that Gardener takes what the finding is about.
fn is_stricter(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().contains("stricter than gardener")
}

/// What is wrong with the examples of a page; nothing when both do what they say.
fn faults(page: &Page, is_stricter: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let code = &page.code;
    if page.not_provoked != NOT_PROVOKED.contains(&code.as_str()) {
        return vec![format!("{code}: a page has examples, unless the list of those without says otherwise")];
    }
    if page.not_provoked {
        return Vec::new();
    }
    match run(&page.fails, &format!("{code}-fails")) {
        Err(fault) => faults.push(format!("{code} Fails: {fault}")),
        Ok(outcome) => match outcome.finding(code) {
            None => faults.push(format!("{code} Fails: the finding does not come up\n{}", outcome.output)),
            Some(finding) => {
                let severity = finding.get("severity").and_then(Value::as_str);
                if severity == Some("error") && outcome.status == Some(0) && !is_effect(finding) {
                    faults.push(format!("{code} Fails: exit status 0 in spite of an error"));
                }
                if is_stricter && severity != Some("warning") {
                    faults.push(format!("{code}: what Gardener takes is a warning"));
                }
            }
        },
    }
    match run(&page.passes, &format!("{code}-passes")) {
        Err(fault) => faults.push(format!("{code} Passes: {fault}")),
        Ok(outcome) => {
            if outcome.finding(code).is_some() {
                faults.push(format!("{code} Passes: the finding comes up\n{}", outcome.output));
            }
        }
    }
    faults
}

#[test]
fn every_example_does_what_its_page_says() {
    let pages: Vec<(String, String)> = pages().into_iter().collect();
    let faults: Vec<String> = pages
        .par_iter()
        .flat_map_iter(|(name, text)| match Page::parse(text) {
            Err(fault) => vec![format!("{name}: {fault}")],
            Ok(page) => faults(&page, is_stricter(text)),
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Code and slug of every `Code::…("Lnnn", "slug")` in the sources, tests aside.
fn declared() -> Vec<(String, String)> {
    let mut pending = vec![package().join("src")];
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a readable directory") {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(codes_in(&fs::read_to_string(path).expect("Rust sources are UTF-8")));
            }
        }
    }
    found.sort();
    found
}

fn codes_in(text: &str) -> Vec<(String, String)> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.split("Code::")
        .skip(1)
        .filter_map(|rest| {
            let (constructor, rest) = rest.split_once('(')?;
            if !["error", "warning", "note", "environment"].contains(&constructor) {
                return None;
            }
            let (code, rest) = literal(rest)?;
            let (slug, _) = literal(rest.trim_start().strip_prefix(',')?)?;
            Some((code.to_owned(), slug.to_owned()))
        })
        .collect()
}

/// A string literal without escapes at the start of the text, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('"')?.split_once('"')
}

#[test]
fn every_code_has_its_page_and_every_page_its_code() {
    let declared: BTreeSet<String> =
        declared().into_iter().map(|(code, slug)| format!("{code} {slug}")).collect();
    let mut described = BTreeSet::new();
    for (name, text) in pages() {
        let page = Page::parse(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(name, format!("{}.md", page.code), "a page is named after its code");
        described.insert(format!("{} {}", page.code, page.slug));
    }
    let without_page: Vec<_> = declared.difference(&described).collect();
    let without_code: Vec<_> = described.difference(&declared).collect();
    assert!(without_page.is_empty(), "codes without a page of this heading: {without_page:?}");
    assert!(without_code.is_empty(), "pages of no code: {without_code:?}");
}

#[test]
fn the_page_on_coverage_lists_what_is_stricter_than_gardener() {
    let coverage = fs::read_to_string(package().join("docs/coverage.md")).expect("a page is UTF-8");
    let (_, rest) = coverage.split_once("each of their pages says so: ").expect("the page has the list");
    let (list, _) = rest.split_once('.').expect("the list ends");
    let listed: BTreeSet<&str> =
        list.split([',', ' ', '\n']).filter(|word| !matches!(*word, "" | "and")).collect();
    let pages = pages();
    let stricter = pages.iter().filter(|(_, text)| is_stricter(text));
    let say_so: BTreeSet<&str> = stricter.filter_map(|(name, _)| name.strip_suffix(".md")).collect();
    assert_eq!(listed, say_so, "the list, and the pages that say so");
}

#[test]
fn codes_and_slugs_are_unique_and_well_formed() {
    let mut codes = BTreeSet::new();
    let mut slugs = BTreeSet::new();
    for (code, slug) in declared() {
        let digits = code.strip_prefix('L').unwrap_or_default();
        let numbered = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        assert!(numbered, "`{code}` is no L and three digits");
        let kebab =
            slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(kebab, "`{slug}` is not in kebab case");
        assert!(codes.insert(code.clone()), "`{code}` is declared twice");
        assert!(slugs.insert(slug.clone()), "`{slug}` is declared twice");
    }
    assert!(!codes.is_empty(), "the scan of the sources finds no code");
}

#[test]
fn codes_are_found_in_every_layout() {
    let text = "const A: Code = Code::error(\"L001\", \"one\");\nCode::note(\n    \"L002\",\n    \"two\",\n);\n\
                #[cfg(test)]\nCode::error(\"L003\", \"three\")";
    let expected = [("L001", "one"), ("L002", "two")].map(|(code, slug)| (code.to_owned(), slug.to_owned()));
    assert_eq!(codes_in(text), expected);
}
