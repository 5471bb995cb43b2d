//! No input makes the compiler panic or stay silent: the example landscapes, broken in thousands of ways.
//!
//! The ways are drawn from a fixed seed, so that every run tries the same ones.
#![expect(clippy::disallowed_methods, reason = "the example landscapes are read from the disk")]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use landscape::cli::output::{Format, Style, render};
use landscape::diagnostic::{Report, Reported};
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

const SEED: u64 = 0x6c61_6e64_7363_6170;
/// Texts that mean something to some part of the compiler.
const TOKENS: [&str; 56] = [
    "${{",
    "}}",
    "${{ item.name }}",
    "${{ vars }}",
    "${{ 1 / 0 }}",
    "${{ [1] * 9 }}",
    "&a ",
    "*a",
    "<<: *a\n",
    "<<: 1\n",
    "\t",
    "\n\t",
    "\0",
    "- ",
    "- - - ",
    "? ",
    "!!str ",
    "!!binary ",
    "!x ",
    "---\n",
    "...\n",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    ": ",
    ":",
    "|\n",
    ">-\n",
    "%YAML 1.1\n",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\r",
    "null",
    "~",
    "yes",
    "0o17",
    "1_0",
    "1e999",
    ".nan",
    "99999999999999999999",
    "-1",
    "1.30",
    "$patch: delete\n",
    "kind: ForEach\n",
    "kind: List\n",
    "sops: {mac: ENC[x]}\n",
    "extends: .\n",
    "\\",
    "\"\\ud800\"",
    "10.0.0.0/8",
    "2001:db8::/32",
    "::/0",
];

/// Numbers that look random and are the same in every run; upstream: Vigna, "xorshift64*".
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, or zero.
    fn below(&mut self, limit: usize) -> usize {
        let drawn = self.next() % u64::try_from(limit.max(1)).expect("a small number");
        usize::try_from(drawn).expect("below a small number")
    }

    /// Two places in a text of this length, the first one first.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let (one, other) = (self.below(length + 1), self.below(length + 1));
        (one.min(other), one.max(other))
    }
}

/// Breaks a file in one way.
fn mutate(bytes: &mut Vec<u8>, draw: &mut Draw) {
    match draw.below(8) {
        0 => {
            let at = draw.below(bytes.len());
            let bit = 1 << draw.below(8);
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
        }
        1 => bytes.truncate(draw.below(bytes.len())),
        2 => {
            let (start, end) = draw.range(bytes.len());
            bytes.drain(start..end.min(start + 64));
        }
        3 => {
            let (start, end) = draw.range(bytes.len());
            let copied: Vec<u8> = bytes.get(start..end).unwrap_or_default().to_vec();
            let at = draw.below(bytes.len());
            bytes.splice(at..at, copied);
        }
        4 => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let (one, other) = (draw.below(lines.len()), draw.below(lines.len()));
            if lines.len() > 1 {
                lines.swap(one, other);
            }
            *bytes = lines.concat();
        }
        5 => {
            // A value of another type behind a key.
            let colons = bytes.windows(2).enumerate().filter(|(_, pair)| pair == b": ");
            let places: Vec<usize> = colons.map(|(at, _)| at + 2).collect();
            if let Some(at) = places.get(draw.below(places.len())).copied() {
                let rest = bytes.get(at..).unwrap_or_default();
                let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let token = TOKENS.get(draw.below(TOKENS.len())).copied().unwrap_or_default();
                bytes.splice(at..end, token.bytes());
            }
        }
        _ => {
            let at = draw.below(bytes.len() + 1);
            let token = TOKENS.get(draw.below(TOKENS.len())).copied().unwrap_or_default();
            bytes.splice(at..at, token.bytes());
        }
    }
}

/// The files of an example landscape, under their paths in the repository.
fn example(name: &str) -> BTreeMap<RelPath, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    let mut pending = vec![root.join("landscapes").join(name)];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("an example") {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let inside = path.strip_prefix(root).ok().and_then(Path::to_str);
            let inside = inside.and_then(|path| RelPath::parse(path).ok()).expect("a plain path");
            files.insert(inside, fs::read(path).expect("a readable file"));
        }
    }
    files
}

fn path(text: &str) -> RelPath {
    RelPath::parse(text).expect("a plain path")
}

/// Runs the compiler and tells what it found the way people and programs are told.
fn compile(
    files: BTreeMap<RelPath, Vec<u8>>,
    work: impl FnOnce(&Compiler<'_>, &mut Report) -> Result<(), Reported>,
) {
    let workspace = Memory(files);
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let mut report = Report::default();
    let result = work(&compiler, &mut report);
    assert_eq!(
        result.is_err(),
        report.reported().is_err(),
        "an error and no finding, or a finding and no error"
    );
    let style = Style { color: false, width: 100, verbose: true, quiet: false };
    for format in [Format::Human, Format::Json, Format::Sarif] {
        render(&report, format, &style);
    }
}

/// Tries many broken forms of the files; a panic is told with the file that caused it.
fn try_broken(
    files: &BTreeMap<RelPath, Vec<u8>>,
    times: usize,
    seed: u64,
    attempt: impl Fn(&RelPath, Vec<u8>),
) {
    let names: Vec<&RelPath> = files.keys().collect();
    let mut draw = Draw(seed);
    for time in 0..times {
        let name = names.get(draw.below(names.len())).copied().expect("there are files");
        let mut bytes = files.get(name).cloned().unwrap_or_default();
        for _ in 0..=draw.below(3) {
            mutate(&mut bytes, &mut draw);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(name, bytes)));
        assert!(outcome.is_ok(), "attempt {time}: {name} broke the compiler:\n{text}");
    }
}

#[test]
fn a_broken_file_never_breaks_the_compiler() {
    let mut files = example("local");
    files.extend(example("base"));
    files.extend(example("demo"));
    try_broken(&files, 2500, SEED, |name, bytes| {
        compile(BTreeMap::from([(name.clone(), bytes)]), |compiler, report| {
            compiler.check_loose(&[RelPath::root()], true, report).map(drop)
        });
    });
}

#[test]
fn a_landscape_with_a_broken_file_never_breaks_the_compiler() {
    let files = example("local");
    try_broken(&files, 300, SEED + 1, |name, bytes| {
        let mut files = files.clone();
        files.insert(name.clone(), bytes);
        compile(files, |compiler, report| compiler.render(&path("landscapes/local"), report).map(drop));
    });
}

#[test]
fn a_layered_landscape_with_a_broken_file_never_breaks_the_compiler() {
    let mut files = example("base");
    files.extend(example("demo"));
    let whole = files.clone();
    files.retain(|path, _| path.name() == Some("landscape.yaml") || path.as_str().contains("/shoots/edge/"));
    try_broken(&files, 60, SEED + 2, |name, bytes| {
        let mut files = whole.clone();
        files.insert(name.clone(), bytes);
        compile(files, |compiler, report| compiler.render(&path("landscapes/demo"), report).map(drop));
    });
}
