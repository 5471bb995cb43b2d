//! The command line as scripts see it: who must act, by the exit status; what is said, and on which stream; what is
//! written, and what never is.
#![expect(clippy::disallowed_methods, reason = "the binary runs in directories of its own")]

mod scratch;

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use scratch::{Scratch, difference};
use serde_json::Value;

/// The array that a run printed for programs; it must be alone on standard output.
fn array(stdout: &str) -> Vec<Value> {
    serde_json::from_str(stdout).unwrap_or_else(|error| panic!("no JSON array: {error}\n{stdout}"))
}

fn codes(stdout: &str) -> Vec<String> {
    let code = |finding: &Value| finding.get("code").and_then(Value::as_str).map(str::to_owned);
    array(stdout).iter().filter_map(code).collect()
}

/// Replaces a text that must be there in a file.
fn edit(scratch: &Scratch, name: &str, from: &str, to: &str) {
    let path = scratch.path(name);
    let text = fs::read_to_string(&path).expect("a file of the example");
    assert!(text.contains(from), "{name} holds `{from}`");
    fs::write(path, text.replacen(from, to, 1)).expect("a writable directory");
}

const SHOOT: &str = "local/shoots/local-wl.yaml";

#[test]
fn the_exit_status_says_who_must_act() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["check", "local"]).0, 0, "nobody");
    assert_eq!(scratch.run(&["check", "nowhere"]).0, 3, "whoever looks after the machine");
    assert_eq!(scratch.run(&["chekc", "local"]).0, 2, "whoever typed the verb");
    assert_eq!(scratch.run(&["check", "--frobnicate"]).0, 2, "whoever typed the flag");
    assert_eq!(scratch.run(&[]).0, 2, "whoever typed nothing");
    assert_eq!(scratch.run(&["--help"]).0, 0, "help was asked for");
    edit(&scratch, SHOOT, "kind: Shoot", "kind: Shoot\nkind: Shoot");
    assert_eq!(scratch.run(&["check", "local"]).0, 1, "the author");
}

#[test]
fn a_fault_of_the_machine_outweighs_one_of_the_author() {
    let scratch = Scratch::with_example("local");
    edit(&scratch, SHOOT, "kind: Shoot", "kind: Shoot\nkind: Shoot");
    let (status, stdout, _) = scratch.run(&["check", "nowhere", "local/shoots", "--format", "json"]);
    assert_eq!((status, codes(&stdout)), (3, vec!["L104".to_owned(), "L050".to_owned()]));
}

#[test]
fn people_read_findings_on_standard_error_and_results_on_standard_output() {
    let scratch = Scratch::with_example("local");
    let (_, stdout, stderr) = scratch.run(&["check", "local"]);
    assert_eq!(stdout, "landscape `local`: no errors\n");
    assert!(stderr.contains("warning L705") && !stderr.contains("error"), "{stderr}");
    edit(&scratch, SHOOT, "kind: Shoot", "kind: Shoot\nkind: Shoot");
    let (_, stdout, stderr) = scratch.run(&["check", "local"]);
    assert_eq!(stdout, "");
    assert!(stderr.contains("L104") && stderr.contains("local-wl.yaml:3:1"), "{stderr}");
}

#[test]
fn programs_read_one_array_and_nothing_else() {
    let scratch = Scratch::with_example("local");
    fs::create_dir(scratch.path("foreign")).expect("a writable directory");
    fs::write(scratch.path("foreign/file"), "").expect("a writable directory");
    for (words, expected) in [
        (&["check", "local"][..], &["L705"][..]),
        (&["render", "local", "--out", "out"], &["L705"]),
        (&["render", "local", "--out", "out", "--check"], &["L705"]),
        (&["render", "local", "--out", "foreign"], &["L052", "L705"]),
        (&["check", "nowhere"], &["L050"]),
        (&["render", "foreign"], &["L210"]),
    ] {
        let (_, stdout, stderr) = scratch.run(&[&["--format", "json"], words].concat());
        let mut codes = codes(&stdout);
        codes.dedup();
        assert_eq!(codes, expected, "{words:?}");
        assert_eq!(stderr, "", "{words:?}");
    }
}

#[test]
fn quiet_leaves_errors_alone() {
    let scratch = Scratch::with_example("local");
    fs::write(scratch.path("light.yaml"), "apiVersion: example.org/v1\nkind: Light\nmetadata: {name: a}\n")
        .expect("a writable directory");
    let (status, stdout, stderr) = scratch.run(&["check", "light.yaml"]);
    assert!(status == 0 && !stdout.is_empty() && stderr.contains("L209"), "{stderr}");
    let silent = (0, String::new(), String::new());
    assert_eq!(scratch.run(&["check", "light.yaml", "--quiet"]), silent, "a note is no error");
    let (status, stdout, stderr) = scratch.run(&["check", "nowhere", "--quiet"]);
    assert!(status == 3 && stdout.is_empty() && stderr.contains("L050"), "{stderr}");
}

#[test]
fn a_run_can_start_elsewhere() {
    let scratch = Scratch::with_example("local");
    edit(&scratch, SHOOT, "kind: Shoot", "kind: Shoot\nkind: Shoot");
    let (status, _, stderr) = scratch.run(&["-C", "local/shoots", "check", "local-wl.yaml"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("[local-wl.yaml:3:1]"), "paths are told from there: {stderr}");
    assert_eq!(scratch.run(&["check", "-C", "nowhere"]).0, 3);
}

#[test]
fn a_day_is_written_like_one() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["check", "local", "--at", "2026-11-21"]).0, 0);
    for day in ["2026-02-30", "21.11.2026", "tomorrow", ""] {
        let (status, _, stderr) = scratch.run(&["check", "local", "--at", day]);
        assert!(status == 2 && stderr.contains("2026-11-21"), "{day}: {stderr}");
    }
}

#[test]
fn a_comparison_names_what_an_edit_changes() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let before = scratch.tree("out");
    assert_eq!(scratch.run(&["render", "local", "--out", "out", "--check"]).0, 0);
    edit(&scratch, SHOOT, "purpose: evaluation", "purpose: testing");
    let (status, stdout, stderr) = scratch.run(&["render", "local", "--out", "out", "--check"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("L640") && stderr.contains("Shoot garden-local/local-wl"), "{stderr}");
    assert!(stdout.contains("-  purpose: evaluation\n+  purpose: testing\n"), "{stdout}");
    assert_eq!(difference(&before, &scratch.tree("out")), None, "nothing is written");
}

#[test]
fn an_output_is_replaced_as_a_whole_or_not_at_all() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let before = scratch.tree("out");

    edit(&scratch, "local/garden.yaml", "kind: Garden", "kind: [");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 1);
    assert_eq!(difference(&before, &scratch.tree("out")), None, "a broken spec changes nothing");
    edit(&scratch, "local/garden.yaml", "kind: [", "kind: Garden");

    fs::write(scratch.path("out/mine.txt"), "mine").expect("a writable directory");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 3);
    let mine = fs::read_to_string(scratch.path("out/mine.txt")).expect("a foreign file stays");
    assert_eq!(mine, "mine");
    fs::remove_file(scratch.path("out/mine.txt")).expect("a writable directory");

    fs::remove_file(scratch.path(SHOOT)).expect("a file of the example");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let gone = difference(&before, &scratch.tree("out")).expect("a shoot less");
    assert!(
        !scratch.path("out/virtual-garden/shoots-local/shoot_garden-local_local-wl.yaml").exists(),
        "{gone}"
    );

    let names = fs::read_dir(scratch.path("")).expect("a readable directory");
    let names: Vec<_> = names.map(|entry| entry.expect("a readable directory").file_name()).collect();
    assert_eq!(names.len(), 3, "nothing temporary stays: {names:?}");
}

#[test]
fn an_output_below_a_file_is_refused() {
    let scratch = Scratch::with_example("local");
    fs::write(scratch.path("taken"), "mine").expect("a writable directory");
    assert_eq!(scratch.run(&["render", "local", "--out", "taken"]).0, 3);
    assert_eq!(scratch.run(&["render", "local", "--out", "taken/out"]).0, 3);
    let taken = fs::read_to_string(scratch.path("taken")).expect("a foreign file stays");
    assert_eq!(taken, "mine");
}

#[test]
fn single_files_are_checked_whatever_they_are_called() {
    let scratch = Scratch::with_example("local");
    fs::create_dir_all(scratch.path("charts/a")).expect("a writable directory");
    let broken = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndate: {}\n";
    for name in ["plain", "a.yaml", "charts/a/b.yaml"] {
        fs::write(scratch.path(name), broken).expect("a writable directory");
        let (status, stdout, _) = scratch.run(&["check", name, "--format", "json"]);
        assert_eq!((status, codes(&stdout)), (1, vec!["L201".to_owned()]), "{name}");
    }
    let (_, stdout, _) = scratch.run(&["check", "plain", "a.yaml", "charts", "a.yaml", "--format", "json"]);
    assert_eq!(codes(&stdout).len(), 3, "each file once");
}

#[test]
fn a_reader_that_leaves_is_no_fault() {
    let scratch = Scratch::with_example("local");
    // More than a pipe holds, so that the program is still writing when its reader leaves.
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndate: {}\n";
    fs::write(scratch.path("many.yaml"), vec![object; 1000].join("---\n")).expect("a writable directory");
    let mut child = scratch
        .command(&["check", "many.yaml", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut first = [0];
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut first).expect("it begins to write");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_a_fault_of_the_machine() {
    let scratch = Scratch::with_example("local");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let status = scratch.command(&["schema", "Shoot"]).stdout(full).stderr(Stdio::null()).status();
    assert_eq!(status.expect("the binary runs").code(), Some(3));
}

#[test]
fn a_new_landscape_is_complete_and_never_written_over_another() {
    let scratch = Scratch::with_example("local");
    let (status, stdout, _) = scratch.run(&["init", "mine"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("landscape.yaml") && stdout.contains("landscape check mine"), "{stdout}");
    let (status, stdout, _) = scratch.run(&["check", "mine"]);
    assert_eq!((status, stdout.as_str()), (0, "landscape `mine`: no errors\n"));
    let (_, stdout, _) = scratch.run(&["check", "mine", "--format", "json"]);
    assert!(codes(&stdout).iter().all(|code| code == "L705"), "all but the lock: {stdout}");
    assert_eq!(scratch.run(&["render", "mine", "--out", "out"]).0, 0);

    let before = scratch.tree("mine");
    assert_eq!(scratch.run(&["init", "mine"]).0, 2, "a landscape is there");
    assert_eq!(difference(&before, &scratch.tree("mine")), None);

    fs::create_dir_all(scratch.path("half")).expect("a writable directory");
    fs::write(scratch.path("half/garden.yaml"), "mine").expect("a writable directory");
    assert_eq!(scratch.run(&["init", "half"]).0, 2, "one of the files is there");
    assert_eq!(scratch.tree("half").len(), 1, "none of the others was written");
}

#[test]
fn what_is_hidden_in_an_output_is_found() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let put = |name: &str| {
        let path = scratch.path(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a writable directory");
        fs::write(path, "kind: ConfigMap\n").expect("a writable directory");
    };
    let verify = ["verify", "out", "--source", "local", "--format", "json"];
    let check = ["render", "local", "--out", "out", "--check"];
    put("out/.git/HEAD");
    assert_eq!((scratch.run(&verify).0, scratch.run(&check).0), (0, 0), "the history of a checkout");
    put("out/runtime/.x/evil.yaml");
    let (status, stdout, _) = scratch.run(&verify);
    assert_eq!(status, 1);
    assert!(codes(&stdout).contains(&"L816".to_owned()), "{stdout}");
    let (status, stdout, _) = scratch.run(&check);
    assert_eq!(status, 1);
    assert!(stdout.contains("runtime/.x/evil.yaml"), "{stdout}");
}

#[test]
fn a_name_cannot_speak_to_the_terminal() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["pack", "local", "--out", "layout"]).0, 0);
    edit(&scratch, "layout/index.json", r#"ref.name":""#, r#"ref.name":"\u001b]0;x\u0007"#);
    let (status, stdout, stderr) = scratch.run(&["verify", "layout"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("L813") && stdout.contains("␛]0;x␇"), "{stdout}{stderr}");
    assert!(!stdout.contains(['\u{1b}', '\u{7}']) && !stderr.contains(['\u{1b}', '\u{7}']));
}

#[test]
fn a_place_to_publish_to_is_typed_right_or_told_why_not() {
    let scratch = Scratch::with_example("local");
    let publish = |words: &[&str]| {
        let (status, stdout, stderr) = scratch.run(&[&["publish", "local", "--key", "none"], words].concat());
        assert_eq!((status, stdout.as_str()), (2, ""), "{words:?}: {stderr}");
        stderr
    };
    for (to, why) in [
        ("127.0.0.1:1/live", "it must begin with `oci://`"),
        ("oci://127.0.0.1:1/live:latest", "tags go to `--tag`"),
        ("oci://127.0.0.1:1/Live", "a repository is lower-case, as in `oci://127.0.0.1:1/live`"),
        ("oci://127.0.0.1:1", "it must be a host and a repository"),
    ] {
        assert!(publish(&["--to", to]).contains(why), "{to}");
    }
    let digest = format!("v1@sha256:{}", "0".repeat(64));
    for tag in ["", "a b", "a:b", "a/b", ".a", "-a", &digest, &"a".repeat(129)] {
        let told = publish(&["--to", "oci://127.0.0.1:1/live", &format!("--tag={tag}")]);
        assert!(told.contains("'--tag <TAG>': a tag has 1 to 128"), "{tag}: {told}");
    }
    let longest = "a".repeat(128);
    for tag in ["v1.0.0", "_a-b.C", &longest] {
        let (status, _, told) = scratch.run(&[
            "publish",
            "local",
            "--key",
            "none",
            "--to",
            "oci://127.0.0.1:1/live",
            "--tag",
            tag,
        ]);
        assert_eq!(status, 3, "there is no key, which is asked for next: {told}");
    }
}

#[test]
fn an_artifact_without_its_scheme_is_recognised() {
    let scratch = Scratch::with_example("local");
    let (status, _, stderr) = scratch.run(&["verify", "127.0.0.1:1/live:latest"]);
    assert!(status == 3 && stderr.contains("`oci://127.0.0.1:1/live:latest`"), "{stderr}");
    let (status, _, stderr) = scratch.run(&["verify", "nowhere"]);
    assert!(status == 3 && !stderr.contains("oci://"), "{stderr}");
    let (status, ..) = scratch.run(&["verify", "oci://127.0.0.1:1/live:a b"]);
    assert_eq!(status, 2);
}

#[test]
fn seals_that_were_not_checked_are_not_counted() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let (status, stdout, _) = scratch.run(&["verify", "out"]);
    assert!(status == 0 && stdout.ends_with(" ManagedResources, whose seals were not checked\n"), "{stdout}");
}

#[test]
fn a_directory_with_nothing_to_check_is_no_success() {
    let scratch = Scratch::with_example("local");
    fs::create_dir(scratch.path("empty")).expect("a writable directory");
    let (status, stdout, _) = scratch.run(&["check", "empty", "--format", "json"]);
    assert_eq!((status, codes(&stdout)), (1, vec!["L210".to_owned()]));
    assert_eq!(scratch.run(&["render", "local", "--out", "out"]).0, 0);
    let (status, _, stderr) = scratch.run(&["check", "out/virtual-garden", "empty"]);
    assert_eq!(status, 0, "what was rendered has objects: {stderr}");
}

#[test]
fn a_public_key_is_no_private_one_that_others_can_read() {
    let scratch = Scratch::with_example("local");
    assert_eq!(scratch.run(&["keygen", "--out", "keys"]).0, 0);
    let pack = ["pack", "local", "--out", "layout", "--key", "keys/landscape.pub", "--format", "json"];
    let (status, stdout, _) = scratch.run(&pack);
    assert_eq!((status, codes(&stdout)), (3, vec!["L801".to_owned()]));
}

#[test]
fn a_document_that_is_encrypted_as_a_whole_is_one_fault() {
    let scratch = Scratch::with_example("local");
    let value = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]";
    for (index, identity) in [
        format!("apiVersion: {value}\nkind: {value}\nmetadata:\n  name: {value}\n"),
        format!("apiVersion: v1\nkind: {value}\nmetadata:\n  name: dns\n"),
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {value}\n"),
    ]
    .iter()
    .enumerate()
    {
        let text = format!("{identity}data:\n  a: {value}\nsops:\n  mac: {value}\n");
        fs::write(scratch.path("local/shoots/secret.yaml"), text).expect("a writable directory");
        for target in ["local", "local/shoots/secret.yaml"] {
            let (status, stdout, _) = scratch.run(&["check", target, "--format", "json"]);
            let mut codes = codes(&stdout);
            codes.retain(|code| code != "L705");
            assert_eq!((status, codes), (1, vec!["L222".to_owned()]), "{index}: {target}");
        }
    }
}
