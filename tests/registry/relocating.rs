//! From a chart in somebody else's registry to a landscape that needs its own registry alone.
#![expect(clippy::disallowed_methods, reason = "the program runs in a directory of its own")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::server::Server;
use super::{push, shipment};

const CHART: &str = "landscapes/demo/charts/usage-meter";

/// A directory that is removed when it goes out of scope.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        // A directory that stays behind harms no result.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the program says, as JSON; it must succeed.
fn run(directory: &Path, words: &[&str]) -> Value {
    let program = Command::new(env!("CARGO_BIN_EXE_landscape"))
        .args(["--format", "json"])
        .args(words)
        .current_dir(directory)
        .env("HOME", directory)
        .output()
        .expect("the program starts");
    let (out, err) = (String::from_utf8_lossy(&program.stdout), String::from_utf8_lossy(&program.stderr));
    assert!(program.status.success(), "{words:?}: {out}{err}");
    serde_json::from_str(&out).unwrap_or(Value::Null)
}

#[test]
fn a_landscape_is_locked_relocated_and_needs_nobody_else() {
    let (theirs, ours) = (Server::start(true), Server::start(false));
    push(&shipment(&theirs)).expect("the registry is sound");
    let directory =
        Directory(std::env::temp_dir().join(format!("landscape-relocating-{}", std::process::id())));
    fs::create_dir_all(&directory.0).expect("a writable temporary directory");
    let (source, to) = (format!("{}/{CHART}:0.3.0", theirs.host()), format!("oci://{}/live", ours.host()));
    let landscape = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Landscape\nmetadata: {{name: live}}\nspec:\n  \
         gardener: {{version: v1.148.4}}\n  operator:\n    chart: {{ref: \"{source}\"}}\n    values: {{image: {{repository: \"{}/landscapes/demo\", tag: latest}}}}\n  \
         delivery: {{registry: \"{to}\"}}\n  resources: [namespace.yaml]\n",
        theirs.host()
    );
    fs::write(directory.0.join("landscape.yaml"), landscape).expect("writable");
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: example\n  annotations: \
                     {landscape.gardener.cloud/cluster: virtual-garden}\n";
    fs::write(directory.0.join("namespace.yaml"), namespace).expect("writable");
    run(&directory.0, &["keygen", "--out", "keys"]);

    let locked = run(&directory.0, &["lock"]);
    assert_eq!(locked.pointer("/changes/0/ref").and_then(Value::as_str), Some(&*source));
    let file = fs::read_to_string(directory.0.join("landscape.lock")).expect("written");
    let (digest, _) = theirs.store().manifest(CHART, "0.3.0").expect("published");
    assert!(file.contains(&digest.to_string()), "{file}");

    let key = ["--key", "keys/landscape.key"];
    let publish = [&["publish", "--relocate", "--locked", "--to", &to, "--tag", "v1.0.0"][..], &key].concat();
    let receipt = run(&directory.0, &publish);
    let chart = format!("{to}/charts/usage-meter@{digest}");
    assert_eq!(receipt.pointer("/charts/0/url").and_then(Value::as_str), Some(&*chart));
    let image = receipt.pointer("/images/0").and_then(Value::as_str).unwrap_or_default();
    assert!(image.contains("/landscapes/demo:latest@sha256:"), "{receipt}");
    let copied = ours.store().manifest("live/charts/usage-meter", "0.3.0").map(|(digest, _)| digest);
    assert_eq!(copied, Some(digest));
    assert!(ours.store().is_signed("live/charts/usage-meter", digest, false));

    // Whatever becomes of their registry.
    let before = theirs.store().log.len();
    let name = format!("{to}:v1.0.0");
    let verify = ["verify", &name, "--key", "keys/landscape.pub", "--source", ".", "--relocate"];
    assert_eq!(run(&directory.0, &verify), Value::Array(Vec::new()));
    assert_eq!(theirs.store().log.len(), before);
}
