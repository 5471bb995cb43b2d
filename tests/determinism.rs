//! The same landscape gives the same bytes: wherever it lies, whatever its files are called, however its YAML is written,
//! and whatever the machine around it is like.
#![expect(
    clippy::disallowed_methods,
    reason = "the landscapes are compiled in directories of their own, with the built binary"
)]

mod scratch;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use landscape::diagnostic::Report;
use landscape::spec::is_sealed;
use landscape::syntax::{self, Node, Value};
use landscape::workspace::{self, Memory};
use scratch::{Scratch, difference};

const EXAMPLES: [&str; 2] = ["local", "demo"];

/// The YAML files below a directory, charts aside.
fn manifests(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() && !path.ends_with("charts") {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    found
}

/// The documents of a file.
fn documents(text: &str) -> Vec<Node> {
    let mut report = Report::default();
    let files = Memory::new([("a.yaml", text)]);
    let sources =
        workspace::read(&files, &landscape::path::RelPath::root(), &workspace::Known::new(), &mut report)
            .expect("one file");
    let documents = syntax::parse(&sources, &mut report).documents;
    documents.into_iter().map(|document| document.root).collect()
}

/// The same document in another hand: keys from the last to the first, in braces, with comments and wild indentation.
fn rewritten(node: &Node) -> String {
    let mut text = String::from("# rewritten\n");
    write_node(node, 1, &mut text);
    text.push('\n');
    text
}

fn write_node(node: &Node, depth: usize, text: &mut String) {
    let indentation = " ".repeat(3 * depth % 17 + 1);
    match &node.value {
        Value::Mapping(mapping) => {
            text.push_str("{ # a mapping\n");
            for entry in mapping.entries().iter().rev() {
                let key = serde_json::Value::from(entry.key.name.as_str());
                write!(text, "{indentation}{key}: ").expect("a string takes every write");
                write_node(&entry.value, depth + 1, text);
                text.push_str(",\n");
            }
            write!(text, "{indentation}}}").expect("a string takes every write");
        }
        Value::Sequence(items) => {
            text.push('[');
            for item in items {
                write!(text, "\n{indentation}").expect("a string takes every write");
                write_node(item, depth + 1, text);
                text.push_str(", # an item\n");
            }
            write!(text, "{indentation}]").expect("a string takes every write");
        }
        _ => text.push_str(&node.to_json().to_string()),
    }
}

/// Rewrites every file of a landscape, and renames those that are named by a glob; SOPS protects its files byte by byte.
fn disguise(directory: &Path) {
    for (index, path) in manifests(directory).into_iter().enumerate() {
        let text = fs::read_to_string(&path).expect("an example is UTF-8");
        let documents = documents(&text);
        let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let renamed = if ["landscape.yaml", "garden.yaml"].contains(&name) {
            path.clone()
        } else {
            path.with_file_name(format!("{:02}-{name}", 99 - index % 100))
        };
        if documents.iter().any(is_sealed) {
            fs::rename(&path, renamed).expect("a writable directory");
            continue;
        }
        fs::remove_file(&path).expect("a writable directory");
        let documents: Vec<String> = documents.iter().rev().map(rewritten).collect();
        let disguised = documents.join("---\n");
        assert_ne!(disguised, text, "the disguise is one");
        fs::write(renamed, disguised).expect("a writable directory");
    }
}

#[test]
fn the_hand_it_is_written_in_does_not_matter() {
    for name in EXAMPLES {
        let (plain, disguised) = (Scratch::with_example(name), Scratch::with_example(name));
        disguise(&disguised.path(name));
        disguise(&disguised.path("base"));
        for scratch in [&plain, &disguised] {
            let (status, _, findings) = scratch.run(&["render", name, "--out", "out"]);
            assert_eq!(status, 0, "{name}: {findings}");
        }
        assert_eq!(difference(&plain.tree("out"), &disguised.tree("out")), None, "{name}");
    }
}

#[test]
fn the_place_it_lies_at_does_not_matter() {
    let scratch = Scratch::with_example("local");
    fs::create_dir_all(scratch.path("deep/down")).expect("a writable directory");
    fs::rename(scratch.path("local"), scratch.path("deep/down/somewhere else"))
        .expect("a writable directory");
    let (status, _, findings) =
        scratch.run(&["-C", "deep/down", "render", "somewhere else", "--out", "../../one"]);
    assert_eq!(status, 0, "{findings}");
    let other = Scratch::with_example("local");
    let (status, _, findings) = other.run(&["-C", "local", "render"]);
    assert_eq!(status, 0, "{findings}");
    // The second run finds the output of the first one below the landscape, and takes no notice.
    let (status, _, findings) = other.run(&["-C", "local", "render"]);
    assert_eq!(status, 0, "{findings}");
    assert_eq!(difference(&scratch.tree("one"), &other.tree("local/out/local")), None);
}

#[test]
fn the_machine_does_not_matter() {
    let scratch = Scratch::with_example("demo");
    let machines: [&[(&str, &str)]; 3] = [
        &[("TZ", "UTC"), ("LC_ALL", "C"), ("RAYON_NUM_THREADS", "1")],
        &[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("RAYON_NUM_THREADS", "8")],
        &[("TZ", "America/St_Johns"), ("LANG", "C"), ("HOME", "/nonexistent"), ("NO_COLOR", "1")],
    ];
    for (index, machine) in machines.iter().enumerate() {
        let mut command = scratch.command(&["render", "demo", "--out", &format!("out-{index}")]);
        command.env_clear().envs(machine.iter().copied());
        let output = command.output().expect("the binary runs");
        assert!(output.status.success(), "{machine:?}");
    }
    let first = scratch.tree("out-0");
    for name in ["out-1", "out-2"] {
        assert_eq!(difference(&first, &scratch.tree(name)), None, "{name}");
    }
}

/// Commits everything in a directory to a new repository.
fn commit_all(directory: &Path) {
    let repository = git2::Repository::init(directory).expect("an empty repository");
    let mut index = repository.index().expect("an index");
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).expect("readable files");
    index.write().expect("a writable index");
    let tree = repository.find_tree(index.write_tree().expect("a tree")).expect("just written");
    let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).expect("a name");
    repository.commit(Some("HEAD"), &author, &author, "all", &tree, &[]).expect("a commit");
}

#[test]
fn an_artifact_tells_of_changes_in_every_layer() {
    let scratch = Scratch::with_example("demo");
    commit_all(&scratch.path(""));
    let revision = |out: &str| {
        let (status, ..) = scratch.run(&["pack", "demo", "--out", out]);
        assert_eq!(status, 0);
        let blobs = scratch.tree(out);
        let texts: Vec<_> =
            blobs.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
        let name = "org.opencontainers.image.revision\":\"";
        let after = texts.iter().find_map(|text| text.split_once(name)).expect("a manifest").1.to_owned();
        after.split_once('"').expect("a value").0.to_owned()
    };
    assert!(!revision("packed-clean").ends_with("-dirty"));
    fs::write(scratch.path("base/extensions/acl.yaml.md"), "a note").expect("writable");
    assert!(revision("packed-dirty").ends_with("-dirty"), "the lower layer differs from the commit");
}
