//! `landscape diff` between the revisions of a repository, whatever state that is in.

use std::fs;
use std::path::Path;

use git2::{
    IndexEntry, IndexTime, ObjectType, Oid, Repository, RepositoryInitOptions, Signature, Time, TreeWalkMode,
    TreeWalkResult,
};
use serde_json::Value;

use super::scratch::Scratch;

pub(crate) const LANDSCAPE: &str = "\
apiVersion: landscape.gardener.cloud/v1alpha1
kind: Landscape
metadata: {name: tiny}
spec:
  gardener: {version: v1.148.4}
  delivery: {registry: oci://registry.example.org/tiny, verify: {secretRef: {name: keys}}}
  projects: ['projects/*.yaml']
";

pub(crate) fn project(name: &str, description: &str) -> String {
    format!(
        "apiVersion: core.gardener.cloud/v1beta1\nkind: Project\nmetadata: {{name: {name}}}\n\
         spec: {{namespace: garden-{name}, description: {description}}}\n"
    )
}

/// A directory that is a repository of a tiny landscape.
pub(crate) struct Clone {
    pub(crate) scratch: Scratch,
    repository: Repository,
}

impl Clone {
    /// A repository without a commit.
    pub(crate) fn empty() -> Self {
        let scratch = Scratch::new();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = Repository::init_opts(scratch.path(""), &options).expect("a writable directory");
        Self { scratch, repository }
    }

    /// A repository with one commit of a landscape of two projects.
    pub(crate) fn new() -> Self {
        let clone = Self::empty();
        clone.write("landscape.yaml", LANDSCAPE);
        clone.write("projects/one.yaml", &project("one", "first"));
        clone.write("projects/two.yaml", &project("two", "first"));
        clone.commit("Begin");
        clone
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.scratch.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("a writable directory");
        fs::write(path, text).expect("a writable directory");
    }

    /// Commits all files on top of the branch that is checked out.
    pub(crate) fn commit(&self, message: &str) -> Oid {
        let mut index = self.repository.index().expect("an index");
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).expect("plain files");
        index.update_all(["*"], None).expect("plain files");
        index.write().expect("a writable repository");
        self.commit_index(&mut index, message)
    }

    fn commit_index(&self, index: &mut git2::Index, message: &str) -> Oid {
        let tree = index.write_tree().expect("a writable repository");
        let tree = self.repository.find_tree(tree).expect("just written");
        let parent = self.repository.head().ok().map(|head| head.peel_to_commit().expect("a commit"));
        let who = Signature::new("Operator", "operator@example.org", &Time::new(1_795_000_000, 0));
        let who = who.expect("a name");
        let parents: Vec<_> = parent.iter().collect();
        self.repository
            .commit(Some("HEAD"), &who, &who, message, &tree, &parents)
            .expect("a writable repository")
    }

    /// Commits the files and one entry that is no file.
    fn commit_with(&self, path: &str, mode: u32, id: Oid) -> Oid {
        let mut index = self.repository.index().expect("an index");
        let never = IndexTime::new(0, 0);
        let entry = IndexEntry {
            ctime: never,
            mtime: never,
            dev: 0,
            ino: 0,
            mode,
            uid: 0,
            gid: 0,
            file_size: 0,
            id,
            flags: 0,
            flags_extended: 0,
            path: path.as_bytes().to_vec(),
        };
        index.add(&entry).expect("a plain path");
        self.commit_index(&mut index, "Add something else")
    }

    pub(crate) fn diff(&self, words: &[&str]) -> (i32, String, String) {
        self.scratch.run(&[&["diff", "--at", "2026-11-21"], words].concat())
    }

    /// The review as a program reads it, and the exit status.
    fn json(&self, words: &[&str]) -> (i32, Value) {
        let (status, stdout, stderr) = self.diff(&[&["--format", "json"], words].concat());
        assert_eq!(stderr, "", "programs read one stream");
        (status, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}")))
    }
}

/// `change name` of every object, but those that deliver others.
fn objects(review: &Value) -> Vec<String> {
    let objects = review.get("objects").and_then(Value::as_array).expect("a review");
    let text =
        |object: &Value, name: &str| object.get(name).and_then(Value::as_str).expect("a text").to_owned();
    let projects = objects.iter().filter(|object| text(object, "kind") == "Project");
    projects.map(|object| format!("{} {}", text(object, "change"), text(object, "name"))).collect()
}

fn codes(findings: &Value) -> Vec<&str> {
    let findings = findings.get("findings").unwrap_or(findings).as_array().expect("an array of findings");
    findings.iter().filter_map(|finding| finding.get("code").and_then(Value::as_str)).collect()
}

#[test]
fn a_revision_that_is_not_there_is_a_fault_of_the_machine() {
    let clone = Clone::new();
    for words in [&["--base", "release"][..], &["--base", "main", "--head", "release"]] {
        let (status, stdout, stderr) = clone.diff(words);
        assert_eq!((status, stdout.as_str()), (3, ""), "{stderr}");
        assert!(stderr.contains("L054") && stderr.contains("git fetch origin release"), "{stderr}");
    }
    assert_eq!(codes(&clone.json(&["--base", "release"]).1), ["L054"]);
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let origin = Clone::new();
    origin.write("projects/one.yaml", &project("one", "second"));
    let tip = origin.commit("Change");
    let clone = Clone::empty();
    let (from, to) = (origin.repository.odb().expect("objects"), clone.repository.odb().expect("objects"));
    let copy = |id: Oid| {
        let object = from.read(id).expect("an object of the repository");
        to.write(object.kind(), object.data()).expect("a writable repository");
    };
    let commit = origin.repository.find_commit(tip).expect("just made");
    let tree = commit.tree().expect("a tree");
    for id in [tip, tree.id()] {
        copy(id);
    }
    let walked = tree.walk(TreeWalkMode::PreOrder, |_, entry| {
        if matches!(entry.kind(), Some(ObjectType::Blob | ObjectType::Tree)) {
            copy(entry.id());
        }
        TreeWalkResult::Ok
    });
    walked.expect("a readable repository");
    clone.write(".git/shallow", &format!("{tip}\n"));
    clone.repository.reference("refs/heads/main", tip, true, "").expect("a writable repository");
    for (name, text) in [("landscape.yaml", LANDSCAPE), ("projects/one.yaml", &project("one", "third"))] {
        clone.write(name, text);
    }
    clone.write("projects/two.yaml", &project("two", "first"));
    assert_eq!(objects(&clone.json(&["--base", "main"]).1), ["changed one"], "what is here can be compared");
    for words in [&["--base", "main~1"][..], &["--base", "origin/main", "--merge-base"]] {
        let (status, _, stderr) = clone.diff(words);
        assert_eq!(status, 3, "{stderr}");
        assert!(stderr.contains("L054") && stderr.contains("the clone is shallow"), "{stderr}");
        assert!(stderr.contains("git fetch --unshallow") && stderr.contains("fetch-depth: 0"), "{stderr}");
    }
}

#[test]
fn outside_of_a_repository_directories_can_be_compared() {
    let scratch = Scratch::new();
    let (status, stdout, stderr) = scratch.run(&["diff", "--base", "main"]);
    assert_eq!((status, stdout.as_str()), (3, ""), "{stderr}");
    assert!(stderr.contains("L053") && stderr.contains("--base-path"), "{stderr}");
}

#[test]
fn a_head_may_be_a_revision_and_the_working_tree_is_then_nothing() {
    let clone = Clone::new();
    clone.write("projects/one.yaml", &project("one", "second"));
    clone.commit("Change");
    clone.write("projects/two.yaml", &project("two", "not committed"));
    assert_eq!(objects(&clone.json(&["--base", "main~1", "--head", "main"]).1), ["changed one"]);
    assert_eq!(objects(&clone.json(&["--base", "main~1"]).1), ["changed one", "changed two"]);
    assert_eq!(objects(&clone.json(&["--base", "main", "--head", "main"]).1), [""; 0]);
    let (status, stdout, _) = clone.diff(&["--base", "main", "--head", "main"]);
    assert!(status == 0 && stdout.ends_with(": nothing changes\n"), "{stdout}");
}

#[test]
fn what_happened_on_the_base_meanwhile_is_not_blamed_on_the_head() {
    let clone = Clone::new();
    let parted = clone.repository.head().expect("a branch").peel_to_commit().expect("a commit");
    clone.repository.branch("change", &parted, false).expect("a new branch");
    clone.write("projects/two.yaml", &project("two", "second"));
    clone.commit("Change the base");
    clone.repository.set_head("refs/heads/change").expect("a branch");
    clone.write("projects/two.yaml", &project("two", "first"));
    clone.write("projects/one.yaml", &project("one", "second"));
    clone.commit("Change the head");
    let words = ["--base", "main", "--head", "change"];
    assert_eq!(objects(&clone.json(&words).1), ["changed one", "changed two"]);
    assert_eq!(objects(&clone.json(&[&words[..], &["--merge-base"]].concat()).1), ["changed one"]);
    assert_eq!(
        objects(&clone.json(&["--base", "main", "--merge-base"]).1),
        ["changed one"],
        "the head is checked out"
    );
}

#[test]
fn a_submodule_that_is_not_here_is_named() {
    let clone = Clone::new();
    let unknown = Oid::from_str("1234567890123456789012345678901234567890").expect("a hash");
    clone.commit_with("projects/shared", 0o160_000, unknown);
    let (status, review) = clone.json(&["--base", "main~1", "--head", "main"]);
    let text = review.to_string();
    assert_eq!(status, 3, "{text}");
    assert!(text.contains("git submodule update --init projects/shared"), "{text}");
}

#[test]
fn a_submodule_that_is_here_is_read_at_its_commit() {
    let clone = Clone::new();
    clone.write("landscape.yaml", &LANDSCAPE.replace("projects/*.yaml", "projects/**/*.yaml"));
    clone.commit("Look into directories");
    let shared = Repository::init(clone.scratch.path("projects/shared")).expect("a writable directory");
    let inner = Clone { scratch: Scratch::new(), repository: shared };
    clone.write("projects/shared/three.yaml", &project("three", "first"));
    let earlier = inner.commit("Begin");
    clone.write("projects/shared/three.yaml", &project("three", "second"));
    let later = inner.commit("Go on");
    clone.commit_with("projects/shared", 0o160_000, earlier);
    clone.commit_with("projects/shared", 0o160_000, later);
    let (status, review) = clone.json(&["--base", "main~1", "--head", "main"]);
    assert_eq!((status, objects(&review)), (0, vec!["changed three".to_owned()]), "{review}");
}

#[test]
fn a_symlink_is_followed_inside_and_refused_outside() {
    let clone = Clone::new();
    clone.write("projects/one.yaml", &project("one", "second"));
    clone.commit("Change");
    let inside = clone.repository.blob(b"../landscape.yaml").expect("a writable repository");
    clone.commit_with("projects/link.yaml", 0o120_000, inside);
    let (status, review) = clone.json(&["--base", "main~1", "--head", "main"]);
    assert_eq!(status, 1, "the same document twice: {review}");
    let outside = clone.repository.blob(b"../../elsewhere.yaml").expect("a writable repository");
    clone.commit_with("projects/link.yaml", 0o120_000, outside);
    let (status, review) = clone.json(&["--base", "main~3", "--head", "main"]);
    assert_eq!((status, codes(&review)), (1, vec!["L004"]), "{review}");
    assert_eq!(objects(&review), ["changed one"], "the rest is compared");
}

#[test]
fn a_landscape_that_is_new_is_added_as_a_whole() {
    let clone = Clone::empty();
    clone.write("README.md", "Soon.\n");
    clone.commit("Begin");
    clone.write("landscape.yaml", LANDSCAPE);
    clone.write("projects/one.yaml", &project("one", "first"));
    clone.commit("Add the landscape");
    let (status, review) = clone.json(&["--base", "main~1", "--head", "main"]);
    assert_eq!((status, objects(&review)), (0, vec!["added one".to_owned()]), "{review}");
    assert_eq!(codes(&review), [""; 0], "{review}");
}

#[test]
fn a_base_that_does_not_compile_is_said_and_compared_as_far_as_it_goes() {
    let clone = Clone::new();
    clone.write("projects/one.yaml", "kind: [\n");
    clone.commit("Break it");
    clone.write("projects/one.yaml", &project("one", "first"));
    clone.write("projects/two.yaml", &project("two", "second"));
    clone.commit("Mend it");
    let (status, stdout, stderr) = clone.diff(&["--base", "main~1", "--head", "main"]);
    assert_eq!(status, 0, "nobody has to act: {stderr}");
    assert!(stderr.contains("L702") && stderr.contains("main~1:projects/one.yaml"), "{stderr}");
    assert!(stdout.contains("~ Project two") && !stdout.contains("+ Project one"), "{stdout}");
    assert_eq!(codes(&clone.json(&["--base", "main~1", "--head", "main"]).1), ["L702", "L703"]);
}

#[test]
fn a_head_that_does_not_compile_is_refused_and_still_compared() {
    let clone = Clone::new();
    clone.write("projects/one.yaml", "kind: [\n");
    clone.write("projects/two.yaml", &project("two", "second"));
    clone.write("projects/bad.yaml", &project("bad", "{}"));
    let (status, stdout, stderr) = clone.diff(&["--base", "main"]);
    assert_eq!(status, 1, "{stderr}");
    assert!(stderr.contains("projects/one.yaml:") && stderr.contains("projects/bad.yaml:"), "{stderr}");
    assert!(stdout.contains("~ Project two") && !stdout.contains("- Project one"), "{stdout}");
    assert!(stdout.contains("rejected in") && stdout.contains("+ Project bad"), "{stdout}");
    let (status, review) = clone.json(&["--base", "main"]);
    assert_eq!(status, 1);
    assert!(codes(&review).len() >= 2, "{review}");
    let comment = clone.diff(&["--base", "main", "--format", "markdown"]).1;
    assert!(
        comment.contains("### What does not compile") && comment.contains("`projects/one.yaml:"),
        "{comment}"
    );
}

#[test]
fn the_directory_of_a_landscape_may_be_anywhere_in_the_repository() {
    let clone = Clone::empty();
    clone.write("a/landscape.yaml", LANDSCAPE);
    clone.write("a/projects/one.yaml", &project("one", "first"));
    clone.commit("Begin");
    clone.write("a/projects/one.yaml", &project("one", "second"));
    for (start, directory) in [(".", "a"), ("a", "."), ("a/projects", "..")] {
        let (status, stdout, stderr) =
            clone.scratch.run(&["-C", start, "diff", directory, "--base", "main", "--at", "2026-11-21"]);
        assert!(status == 0 && stdout.contains("~ Project one"), "{start} {directory}: {stdout}{stderr}");
    }
    assert!(Path::new(&clone.scratch.path("a")).is_dir());
}
