//! `landscape lock` and `landscape images`, with a registry in this process.

use std::fs;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::server::{Server, Turn};

const MANIFEST: &str = "apiVersion: landscape.gardener.cloud/v1alpha1
kind: Landscape
metadata: {name: tiny}
spec:
  gardener: {version: v1.148.4}
  delivery: {registry: 'oci://r.example.org/tiny', verify: {secretRef: {name: keys}}}
  resources: [objects.yaml]
";

/// A registry with the chart `meter` in two versions, each with an image of its own.
fn registry() -> Server {
    let server = Server::start(true);
    for version in ["1.0.0", "2.0.0"] {
        let scratch = Scratch::new();
        write(&scratch, "landscape.yaml", MANIFEST);
        write(&scratch, "objects.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n");
        write(
            &scratch,
            "charts/meter/Chart.yaml",
            &format!("apiVersion: v2\nname: meter\nversion: {version}\n"),
        );
        let image = format!("{}/publisher/charts/meter:{version}", server.host());
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n"
        );
        write(&scratch, "charts/meter/templates/pod.yaml", &pod);
        assert_eq!(scratch.run(&["keygen", "--out", "keys"]).0, 0);
        let to = format!("oci://{}/publisher", server.host());
        let words = ["publish", ".", "--to", &to, "--key", "keys/landscape.key", "--allow-older"];
        let (status, _, stderr) = scratch.run(&words);
        assert_eq!(status, 0, "{stderr}");
    }
    server
}

fn write(scratch: &Scratch, path: &str, text: &str) {
    let path = scratch.path(path);
    fs::create_dir_all(path.parent().expect("in the directory")).expect("writable");
    fs::write(path, text).expect("writable");
}

fn lock_text(scratch: &Scratch) -> Option<String> {
    fs::read_to_string(scratch.path("landscape.lock")).ok()
}

/// A landscape that installs `meter` in these versions.
fn user(server: &Server, versions: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    write(&scratch, "landscape.yaml", MANIFEST);
    install(&scratch, server, versions);
    scratch
}

fn install(scratch: &Scratch, server: &Server, versions: &[&str]) {
    let deployments = versions.iter().map(|version| {
        format!(
            "apiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: meter-{}}}\nhelm: \
             {{ociRepository: {{ref: '{}/publisher/charts/meter:{version}'}}}}\n---\n",
            version.replace('.', "-"),
            server.host()
        )
    });
    write(scratch, "objects.yaml", &deployments.collect::<String>());
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn pointer<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

#[test]
fn a_landscape_is_locked_and_then_nothing_is_asked_any_more() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    assert_eq!(scratch.run(&["check", "--locked"]).0, 1, "not locked yet");
    let (status, stdout, stderr) = scratch.run(&["lock"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert!(stdout.ends_with("wrote landscape.lock: 1 chart, 1 image\n"), "{stdout}");
    let (digest, _) = server.store().manifest("publisher/charts/meter", "1.0.0").expect("published");
    let text = lock_text(&scratch).expect("written");
    assert_eq!(text.matches(&digest.to_string()).count(), 2, "{text}");

    server.direct(|_| Turn::CutBefore);
    let written = fs::metadata(scratch.path("landscape.lock")).expect("there").modified().expect("a time");
    let (status, stdout, _) = scratch.run(&["lock"]);
    assert_eq!((status, stdout.as_str()), (0, "landscape.lock is up to date: 1 chart, 1 image\n"));
    let later = fs::metadata(scratch.path("landscape.lock")).expect("there").modified().expect("a time");
    assert_eq!(written, later, "a file that does not change is not written");
    let (status, _, stderr) = scratch.run(&["render", "--locked", "--out", "out"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    let rendered = scratch.tree("out");
    let pinned = format!("meter:1.0.0@{digest}");
    assert!(rendered.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&pinned)));
}

#[test]
fn what_moved_is_told_to_people_and_programs() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    assert_eq!(scratch.run(&["lock"]).0, 0);
    install(&scratch, &server, &["2.0.0"]);
    let (status, stdout, _) = scratch.run(&["lock", "--format", "json"]);
    assert_eq!(status, 0);
    let outcome = json(&stdout);
    let changes = pointer(&outcome, "/changes").as_array().expect("a list");
    let told: Vec<String> = changes
        .iter()
        .map(|change| format!("{} {}", pointer(change, "/change"), pointer(change, "/kind")).replace('"', ""))
        .collect();
    assert_eq!(told, ["removed chart", "added chart", "removed image", "added image"]);
    assert_eq!(
        (pointer(&outcome, "/written"), pointer(&outcome, "/findings")),
        (&true.into(), &Value::Array(vec![]))
    );

    // Somebody moves the tag.
    let (old, _) = server.store().manifest("publisher/charts/meter", "2.0.0").expect("published");
    let (new, _) = server.store().manifest("publisher/charts/meter", "1.0.0").expect("published");
    server.store().tags.insert(("publisher/charts/meter".to_owned(), "2.0.0".to_owned()), new);
    assert!(scratch.run(&["lock"]).1.contains("up to date"), "what is locked stays");
    let (_, stdout, _) = scratch.run(&["lock", "--update", "meter"]);
    let moved = format!("moved chart {}/publisher/charts/meter:2.0.0 {old} → {new}\n", server.host());
    assert!(stdout.contains(&moved), "{stdout}");
}

#[test]
fn a_fault_leaves_the_lock_as_it_was() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    assert_eq!(scratch.run(&["lock"]).0, 0);
    let before = lock_text(&scratch);
    install(&scratch, &server, &["1.0.0", "3.0.0", "4.0.0", "2.0.0"]);
    let (status, stdout, _) = scratch.run(&["lock", "--format", "json"]);
    assert_eq!((status, lock_text(&scratch)), (1, before));
    let findings = json(&stdout);
    let told = findings.as_array().expect("a list").iter();
    let told: Vec<_> = told
        .map(|found| (pointer(found, "/code").as_str(), pointer(found, "/object/name").as_str()))
        .collect();
    assert_eq!(told, [(Some("L755"), Some("meter-3-0-0")), (Some("L755"), Some("meter-4-0-0"))]);
}

#[test]
fn a_name_that_means_nothing_is_wrong_usage() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    let (status, _, stderr) = scratch.run(&["lock", "--update", "metre"]);
    assert_eq!((status, lock_text(&scratch)), (2, None));
    assert!(stderr.contains("did you mean `meter`?"), "{stderr}");
}

#[test]
fn everything_is_listed_without_a_registry() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    let (_, stdout, _) = scratch.run(&["images"]);
    assert!(stdout.starts_with("KIND") && stdout.contains("not locked"), "{stdout}");
    assert_eq!(scratch.run(&["lock"]).0, 0);
    server.direct(|_| Turn::CutBefore);
    let (status, stdout, _) = scratch.run(&["images", "--format", "json"]);
    let listing = json(&stdout);
    let (digest, _) = server.store().manifest("publisher/charts/meter", "1.0.0").expect("published");
    for (path, expected) in [
        ("/charts/0/digest", digest.to_string()),
        ("/images/0/digest", digest.to_string()),
        ("/images/0/uses/0/object/name", "meter-1-0-0".to_owned()),
        ("/images/0/uses/0/inside", format!("the chart {}/publisher/charts/meter:1.0.0", server.host())),
        ("/charts/0/uses/0/path", "helm.ociRepository.ref".to_owned()),
    ] {
        assert_eq!(pointer(&listing, path).as_str(), Some(&*expected), "{path}");
    }
    assert_eq!(status, 0);
}

#[test]
fn a_landscape_is_published_with_all_charts_that_it_needs() {
    let server = registry();
    let scratch = user(&server, &["1.0.0"]);
    assert_eq!(scratch.run(&["lock"]).0, 0);
    assert_eq!(scratch.run(&["keygen", "--out", "keys"]).0, 0);
    let to = format!("oci://{}/isolated", server.host());
    let words = ["publish", ".", "--to", &to, "--key", "keys/landscape.key", "--relocate", "--locked"];
    let (status, stdout, stderr) = scratch.run(&words);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let store = server.store();
    let (digest, _) = store.manifest("publisher/charts/meter", "1.0.0").expect("published");
    let (copy, _) = store.manifest("isolated/charts/meter", "1.0.0").expect("copied");
    assert_eq!(copy, digest, "the digest stays");
    assert!(store.is_signed("isolated/charts/meter", copy, true), "Flux verifies it like the rest");
    assert_eq!(store.violations, [""; 0]);
    drop(store);
    let artifact = format!("{to}:latest");
    let words = ["verify", &artifact, "--key", "keys/landscape.pub", "--source", ".", "--relocate"];
    let (status, stdout, stderr) = scratch.run(&words);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains(&format!("charts/meter:1.0.0 {digest}")), "{stdout}");
    assert_eq!(scratch.run(words.get(..6).expect("without the flag")).0, 1, "other references");
}
