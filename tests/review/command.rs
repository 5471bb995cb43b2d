//! The flags of `landscape diff`: which status it ends with, what it prints and what it writes.

use std::fs;

use serde_json::Value;

use super::git::{Clone, project};
use super::scratch::Scratch;

const SHOOT: &str = "\
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: one, namespace: garden-dev}
spec:
  cloudProfile: {kind: CloudProfile, name: local}
  region: local
  provider: {type: local}
  kubernetes: {version: 1.35.4}
";

/// A repository with a change that is taken over in place.
fn changed() -> Clone {
    let clone = Clone::new();
    clone.write("projects/one.yaml", &project("one", "second"));
    clone
}

/// Two directories with a change that Gardener refuses.
fn refused() -> Scratch {
    let scratch = Scratch::new();
    for (name, text) in
        [("before", SHOOT.to_owned()), ("after", SHOOT.replace("region: local", "region: other"))]
    {
        fs::create_dir_all(scratch.path(name)).expect("a writable directory");
        fs::write(scratch.path(name).join("shoot.yaml"), text).expect("a writable directory");
    }
    scratch
}

const PATHS: [&str; 5] = ["diff", "--base-path", "before", "--head-path", "after"];

#[test]
fn a_difference_is_no_fault_unless_it_is_asked_for() {
    let clone = changed();
    assert_eq!(clone.diff(&["--base", "main"]).0, 0);
    assert_eq!(clone.diff(&["--base", "main", "--exit-code"]).0, 1);
    assert_eq!(clone.diff(&["--base", "main", "--head", "main", "--exit-code"]).0, 0, "nothing differs");
}

#[test]
fn an_impact_that_is_as_bad_as_the_limit_fails() {
    let clone = changed();
    for (limit, status) in
        [("none", 1), ("in-place", 1), ("disruptive", 0), ("destructive", 0), ("rejected", 0)]
    {
        assert_eq!(clone.diff(&["--base", "main", "--fail-on", limit]).0, status, "{limit}");
    }
    assert_eq!(
        clone.diff(&["--base", "main", "--head", "main", "--fail-on", "none"]).0,
        0,
        "nothing differs"
    );
    let scratch = refused();
    assert_eq!(scratch.run(&PATHS).0, 0, "what is refused is told");
    for limit in ["disruptive", "rejected"] {
        assert_eq!(scratch.run(&[&PATHS[..], &["--fail-on", limit]].concat()).0, 1, "{limit}");
    }
    let (status, _, stderr) = clone.diff(&["--base", "main", "--fail-on", "bad"]);
    assert!(status == 2 && stderr.contains("none, in-place, disruptive, destructive, rejected"), "{stderr}");
}

#[test]
fn every_form_can_be_asked_for() {
    let scratch = refused();
    for (form, mark) in [
        ("human", "~ Shoot garden-dev/one"),
        ("text", "~ Shoot garden-dev/one"),
        ("json", "\"impact\": \"rejected\""),
        ("markdown", "<!-- landscape-diff -->\n"),
        ("html", "<!DOCTYPE html>"),
        ("sarif", "\"ruleId\": \"L710\""),
        ("github", "::error file=after/shoot.yaml,line=6,"),
        ("junit", "<failure type=\"shoot-field-immutable\""),
    ] {
        let (status, stdout, stderr) = scratch.run(&[&PATHS[..], &["--format", form]].concat());
        assert!(status == 0 && stdout.contains(mark), "{form}: {stdout}{stderr}");
    }
}

#[test]
fn forms_of_a_review_are_of_no_other_verb() {
    let scratch = refused();
    for words in [&["check", "after"][..], &["render", "after"], &["schema", "Shoot"], &["explain", "L710"]] {
        for form in ["markdown", "html"] {
            let (status, stdout, stderr) = scratch.run(&[words, &["--format", form]].concat());
            assert_eq!((status, stdout.as_str()), (2, ""), "{words:?} {form}");
            assert!(stderr.contains("human, json, sarif, junit, github"), "{stderr}");
        }
        let (status, ..) = scratch.run(&[words, &["--format", "text"]].concat());
        assert_ne!(status, 2, "another name of `human`");
    }
}

#[test]
fn one_run_writes_as_many_forms_as_are_wanted() {
    let scratch = refused();
    let saves =
        ["--save", "markdown=out/comment.md", "--save", "json=review.json", "--save", "html=review.html"];
    fs::write(scratch.path("review.html"), "old").expect("a writable directory");
    let (status, stdout, stderr) = scratch.run(&[&PATHS[..], &saves, &["--exit-code"]].concat());
    assert_eq!((status, stderr.as_str()), (1, ""), "it is written, whatever the status is");
    assert!(stdout.contains("~ Shoot garden-dev/one"), "{stdout}");
    let read = |name: &str| fs::read_to_string(scratch.path(name)).expect("a written file");
    let (_, printed, _) = scratch.run(&[&PATHS[..], &["--format", "markdown"]].concat());
    assert_eq!(read("out/comment.md"), printed);
    assert!(read("review.html").starts_with("<!DOCTYPE html>"));
    let review: Value = serde_json::from_str(&read("review.json")).expect("JSON");
    assert_eq!(review.get("impact").and_then(Value::as_str), Some("rejected"));
    let names = fs::read_dir(scratch.path("")).expect("a readable directory").count();
    assert_eq!(names, 5, "nothing temporary stays");
}

#[test]
fn a_form_that_goes_nowhere_is_wrong_usage() {
    let scratch = refused();
    for (save, told) in [
        ("html=-", "standard output"),
        ("html", "html=review.html"),
        ("html=", "name the file"),
        ("pdf=a.pdf", "human, json, sarif, junit, github, markdown, html"),
    ] {
        let (status, stdout, stderr) = scratch.run(&[&PATHS[..], &["--save", save]].concat());
        assert_eq!((status, stdout.as_str()), (2, ""), "{save}");
        assert!(stderr.contains(told), "{save}: {stderr}");
    }
    let (status, _, stderr) =
        scratch.run(&[&PATHS[..], &["--save", "json=a", "--save", "html=./a"]].concat());
    assert!(status == 2 && stderr.contains("one file"), "{stderr}");
    assert!(!scratch.path("a").exists());
}

#[test]
fn a_file_that_cannot_be_written_is_a_fault_of_the_machine() {
    let scratch = refused();
    fs::create_dir(scratch.path("taken")).expect("a writable directory");
    let saves = ["--save", "json=taken", "--save", "json=before/shoot.yaml/x", "--save", "html=good.html"];
    let (status, stdout, stderr) = scratch.run(&[&PATHS[..], &saves].concat());
    assert_eq!(status, 3, "{stderr}");
    assert_eq!(stderr.matches("error L051").count(), 2, "{stderr}");
    assert!(stdout.contains("~ Shoot") && scratch.path("good.html").exists(), "the rest is written");
    assert!(scratch.path("taken").is_dir());
}

#[test]
fn a_template_makes_the_comment() {
    let scratch = refused();
    let write = |text: &str| fs::write(scratch.path("t.j2"), text).expect("a writable directory");
    write("{{ review.impact }}: {{ review.summary.changed }}\n");
    let markdown = [&PATHS[..], &["--template", "t.j2", "--format", "markdown"]].concat();
    let (status, stdout, _) = scratch.run(&markdown);
    assert_eq!((status, stdout.as_str()), (0, "<!-- landscape-diff -->\n`rejected`: 1\n"));
    write("a\n{{ review.nothing }}\n");
    let (status, stdout, stderr) = scratch.run(&markdown);
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert!(stderr.contains("L660") && stderr.contains("t.j2:2:4"), "{stderr}");
    let saved = [&PATHS[..], &["--template", "t.j2", "--save", "markdown=c.md", "--format", "json"]].concat();
    let (status, stdout, _) = scratch.run(&saved);
    let review: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((status, review.pointer("/findings/0/code").and_then(Value::as_str)), (1, Some("L660")));
    assert!(!scratch.path("c.md").exists(), "half a comment is none");
}

#[test]
fn a_template_that_is_not_used_is_wrong_usage() {
    let scratch = refused();
    let (status, _, stderr) = scratch.run(&[&PATHS[..], &["--template", "t.j2"]].concat());
    assert!(status == 2 && stderr.contains("markdown"), "{stderr}");
    let missing = [&PATHS[..], &["--template", "t.j2", "--format", "markdown"]].concat();
    let (status, _, stderr) = scratch.run(&missing);
    assert!(status == 3 && stderr.contains("L050"), "{stderr}");
    fs::write(scratch.path("t.j2"), [0xff, 0xfe]).expect("a writable directory");
    assert_eq!(scratch.run(&missing).0, 2, "no text");
}

#[test]
fn quiet_leaves_the_status() {
    let scratch = refused();
    let (status, stdout, stderr) = scratch.run(&[&PATHS[..], &["--quiet", "--exit-code"]].concat());
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (1, "", ""));
}

#[test]
fn a_path_that_is_not_there_is_wrong_usage() {
    let scratch = refused();
    for (base, head) in [("before", "nowhere"), ("nowhere", "after")] {
        let (status, stdout, stderr) = scratch.run(&["diff", "--base-path", base, "--head-path", head]);
        assert_eq!((status, stdout.as_str()), (2, ""), "{base} and {head}");
        assert!(stderr.contains("there is nothing at `nowhere`"), "{stderr}");
    }
}
