//! The architecture, as rules that fail when they are broken: the order of the modules, who touches the world, how large
//! a file may grow.
#![expect(clippy::disallowed_methods, reason = "the test reads the sources of the crate")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LINE_LIMIT: usize = 500;

/// A Rust file, its path relative to the package.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The module of `lib.rs` that the file is, or belongs to; nothing for the roots of the crates.
    fn module(&self) -> Option<String> {
        let below = self.path.strip_prefix("src").ok()?;
        let first = below.components().next()?.as_os_str().to_str()?;
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (!matches!(name, "lib" | "main")).then(|| name.to_owned())
    }

    fn is(&self, allowed: &[&str]) -> bool {
        allowed.iter().any(|allowed| self.path.starts_with(allowed))
    }
}

fn sources(directory: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pending = vec![root.join(directory)];
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        let Ok(entries) = fs::read_dir(directory) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("Rust sources are UTF-8");
                let path = path.strip_prefix(root).expect("listed below the root").to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The modules in the order of `lib.rs`.
fn modules() -> Vec<String> {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("a library");
    text.lines()
        .filter_map(|line| line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod ")))
        .filter_map(|rest| rest.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// The text without line comments, whose links may name any module.
fn without_comments(text: &str) -> String {
    let code = |line: &str| {
        let is_comment = line.trim_start().starts_with("//");
        let code = line.split(" // ").next().filter(|_| !is_comment);
        code.unwrap_or_default().to_owned()
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The names after every `crate::`, alone or in braces.
fn used_modules(text: &str) -> BTreeSet<String> {
    let text = without_comments(text);
    let mut used = BTreeSet::new();
    for (offset, found) in text.match_indices("crate::") {
        let before = text.get(..offset).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| is_name(c) || c == '$') {
            continue;
        }
        let rest = text.get(offset + found.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            None => {
                used.insert(rest.chars().take_while(|c| is_name(*c)).collect());
            }
            Some(group) => used.extend(names_of_group(group)),
        }
    }
    used
}

/// The first name of each element of `a, b::{c, d}, e}`.
fn names_of_group(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut elements = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => elements.push(String::new()),
            c if depth == 0 => elements.last_mut().expect("never empty").push(c),
            _ => {}
        }
    }
    let name = |element: &String| element.trim().chars().take_while(|c| is_name(*c)).collect();
    elements.iter().map(name).filter(|name: &String| !name.is_empty()).collect()
}

/// Files whose code mentions one of the words, with the word; the words are whole paths or macro calls.
fn mentions(words: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is(allowed)) {
        let code = without_comments(&source.text);
        for word in words {
            let whole = code.match_indices(word).any(|(offset, _)| {
                let before = code.get(..offset).and_then(|before| before.chars().next_back());
                let after = code.get(offset + word.len()..).and_then(|after| after.chars().next());
                let goes_on = word.ends_with(is_name) && after.is_some_and(is_name);
                !before.is_some_and(is_name) && !goes_on
            });
            if whole {
                found.push(format!("{} mentions {word}", source.path.display()));
            }
        }
    }
    found
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let order = modules();
    let rank = |name: &str| order.iter().position(|module| module == name);
    let mut faults = Vec::new();
    for source in sources("src") {
        let Some(module) = source.module() else {
            continue;
        };
        let own = rank(&module).unwrap_or_else(|| panic!("`{module}` is not declared in src/lib.rs"));
        for used in used_modules(&source.text) {
            if rank(&used).is_some_and(|used| used > own) {
                faults.push(format!("{} uses crate::{used}, which stands below it", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_pipeline_and_the_command_line_stand_last() {
    let order = modules();
    let last = order.split_last().expect("modules");
    assert_eq!(last.0, "cli");
    if order.iter().any(|module| module == "pipeline") {
        assert_eq!(last.1.last().map(String::as_str), Some("pipeline"));
    }
}

#[test]
fn no_file_outgrows_a_reader() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    let long: Vec<String> = all
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > LINE_LIMIT)
        .map(|(lines, path)| format!("{} has {lines} lines, more than {LINE_LIMIT}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_file_is_named_after_nothing() {
    const EMPTY_NAMES: [&str; 9] =
        ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "miscellaneous"];
    for source in sources("src").into_iter().chain(sources("tests")) {
        let name = source.path.with_extension("");
        let named = name.iter().any(|part| EMPTY_NAMES.iter().any(|empty| part == *empty));
        assert!(!named, "{} says nothing: name the noun", source.path.display());
    }
}

#[test]
fn one_file_touches_the_file_system() {
    let found = mentions(&["std::fs", "rustix::fs", "tokio::fs"], &["src/workspace/disk.rs"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn one_file_touches_the_network() {
    let words = ["reqwest", "std::net::TcpStream", "std::net::TcpListener", "tokio::net"];
    let found = mentions(&words, &["src/registry/transport.rs"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_command_line_prints_and_reads_the_environment() {
    let words = [
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "dbg!",
        "stdout()",
        "stderr()",
        "stdin()",
        "std::env",
        "env::var",
    ];
    let found = mentions(&words, &["src/cli", "src/main.rs"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_main_exits() {
    let found = mentions(&["process::exit"], &["src/main.rs"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn uses_are_read_from_every_form() {
    let text = "use crate::{a, b::{c, d}, e as f};\n/// [`crate::comment`]\nlet x = crate::g::h(); // crate::tail\n$crate::i!()";
    let expected = ["a", "b", "e", "g"].map(str::to_owned);
    assert_eq!(used_modules(text), BTreeSet::from(expected));
}
