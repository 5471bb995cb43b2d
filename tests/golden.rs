//! `golden/<name>/` is what `landscapes/<name>/` compiles to, file by file.
//!
//! After a change that is meant: `cargo run --release -- render landscapes/<name> --out golden/<name>`, and read the
//! difference before it is committed.
#![expect(clippy::disallowed_methods, reason = "the names of the landscapes are read from the disk")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use landscape::compare;
use landscape::diagnostic::Report;
use landscape::files::Files;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Disk;

/// The lower layers, which are compiled as a part of others and never alone.
const LAYERS: [&str; 1] = ["base"];

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn path(disk: &Disk, name: &str) -> RelPath {
    disk.path(Path::new(name)).expect("a plain path")
}

/// The directories in a directory of the package.
fn directories(name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(package().join(name)).expect("a directory of the package");
    let paths = entries.map(|entry| entry.expect("a readable directory").path());
    paths
        .filter(|path| path.is_dir())
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect()
}

fn compiled(disk: &Disk, name: &str) -> Files {
    let compiler = Compiler::new(disk, time::macros::date!(2026 - 11 - 21));
    let mut report = Report::default();
    let rendered = compiler.render(&path(disk, &format!("landscapes/{name}")), &mut report);
    let findings: Vec<String> =
        report.findings().iter().map(|finding| format!("{}: {}", finding.code.id, finding.message)).collect();
    rendered.unwrap_or_else(|_| panic!("landscapes/{name} does not compile:\n{}", findings.join("\n"))).files
}

#[test]
fn every_landscape_compiles_to_its_golden_tree() {
    let disk = Disk::new(package());
    let mut faults = Vec::new();
    for name in directories("golden") {
        let golden = disk.tree(&path(&disk, &format!("golden/{name}"))).expect("a readable directory");
        for difference in compare::compare(&compiled(&disk, &name), &golden) {
            let object = difference.object.map_or_else(String::new, |object| format!(" ({object})"));
            faults.push(format!("golden/{name}/{}{object}\n{}", difference.path, difference.text));
        }
    }
    assert!(faults.is_empty(), "{} files differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_landscape_has_a_golden_tree_and_every_tree_a_landscape() {
    let mut landscapes = directories("landscapes");
    landscapes.retain(|name| !LAYERS.contains(&name.as_str()));
    assert_eq!(landscapes, directories("golden"));
}
