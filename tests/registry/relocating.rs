//! From a chart in somebody else's registry to a landscape that needs its own registry alone.
#![expect(clippy::disallowed_methods, reason = "the program runs in a directory of its own")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use landscape::digest::Digest;
use landscape::oci::{Manifest, compress};
use serde_json::Value;

use super::fetching::tar;
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

fn program(directory: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_landscape"))
        .args(["--format", "json"])
        .args(words)
        .current_dir(directory)
        .env("HOME", directory)
        .output()
        .expect("the program starts")
}

/// What the program says, as JSON; it must succeed.
fn run(directory: &Path, words: &[&str]) -> Value {
    let program = program(directory, words);
    let (out, err) = (String::from_utf8_lossy(&program.stdout), String::from_utf8_lossy(&program.stderr));
    assert!(program.status.success(), "{words:?}: {out}{err}");
    serde_json::from_str(&out).unwrap_or(Value::Null)
}

/// What a run says that ends with errors.
fn refused(directory: &Path, words: &[&str]) -> String {
    let program = program(directory, words);
    let said = String::from_utf8_lossy(&program.stdout).into_owned();
    assert_eq!(program.status.code(), Some(1), "{words:?}: {said}");
    said
}

/// A landscape whose operator's chart, and the image of it, lie in a registry; delivered from another host.
fn landscape(theirs: &Server, ours: &str) -> Directory {
    let name = format!("landscape-relocating-{}-{}", std::process::id(), theirs.address.port());
    let directory = Directory(std::env::temp_dir().join(name));
    fs::create_dir_all(&directory.0).expect("a writable temporary directory");
    let host = theirs.host();
    let landscape = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Landscape\nmetadata: {{name: live}}\nspec:\n  \
         gardener: {{version: v1.148.4}}\n  operator:\n    chart: {{ref: \"{host}/{CHART}:0.3.0\"}}\n    \
         values: {{image: {{repository: \"{host}/landscapes/demo\", tag: latest}}}}\n  \
         delivery: {{registry: \"oci://{ours}/live\", verify: {{secretRef: {{name: keys}}}}}}\n  resources: [namespace.yaml]\n"
    );
    fs::write(directory.0.join("landscape.yaml"), landscape).expect("writable");
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: example\n  annotations: \
                     {landscape.gardener.cloud/cluster: virtual-garden}\n";
    fs::write(directory.0.join("namespace.yaml"), namespace).expect("writable");
    directory
}

/// Puts another chart of a version beside the published one, without a tag.
fn add_version(server: &Server, version: &str) -> Digest {
    let mut store = server.store();
    let (_, manifest) = store.manifest(CHART, "0.3.0").expect("published");
    let mut manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
    let blobs = store.blobs.get_mut(CHART).expect("the repository");
    let mut config: Value = serde_json::from_slice(&blobs[&manifest.config.digest]).expect("JSON");
    let fields = config.as_object_mut().expect("a mapping");
    fields.extend(
        [("version", version), ("description", "another one")].map(|(k, v)| (k.to_owned(), v.into())),
    );
    let config = serde_json::to_vec(&config).expect("JSON");
    (manifest.config.digest, manifest.config.size) = (Digest::of(&config), config.len() as u64);
    blobs.insert(Digest::of(&config), config);
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    let digest = Digest::of(&bytes);
    store.manifests.get_mut(CHART).expect("the repository").insert(digest, bytes);
    digest
}

/// Adds an extension whose chart is a version, known by its digest alone.
fn refer_to(directory: &Directory, theirs: &Server, digest: Digest) {
    let object = format!(
        "---\napiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: meter}}\n\
         helm:\n  ociRepository: {{ref: \"{host}/{CHART}@{digest}\"}}\n  \
         values: {{image: {{repository: \"{host}/landscapes/demo\", tag: latest}}}}\n",
        host = theirs.host()
    );
    let path = directory.0.join("namespace.yaml");
    let objects = fs::read_to_string(&path).expect("written");
    fs::write(path, objects + &object).expect("writable");
}

/// Locks a landscape that needs another chart of a version as well, and makes its key.
fn lock_with(directory: &Directory, theirs: &Server, version: &str) -> Digest {
    let digest = add_version(theirs, version);
    refer_to(directory, theirs, digest);
    run(&directory.0, &["keygen", "--out", "keys"]);
    run(&directory.0, &["lock"]);
    digest
}

#[test]
fn two_versions_of_a_chart_are_relocated_signed_and_verified() {
    let (theirs, ours) = (Server::start(true), Server::start(true));
    push(&shipment(&theirs)).expect("the registry is sound");
    let directory = landscape(&theirs, &ours.host());
    let digest = lock_with(&directory, &theirs, "0.4.0+old");
    let to = format!("oci://{}/live", ours.host());
    run(
        &directory.0,
        &["publish", "--relocate", "--to", &to, "--tag", "v1.0.0", "--key", "keys/landscape.key"],
    );
    let copied = ours.store().manifest("live/charts/usage-meter", "0.4.0_old").map(|(digest, _)| digest);
    assert_eq!(copied, Some(digest), "it has its version for a tag");
    assert!(ours.store().is_signed("live/charts/usage-meter", digest, true));

    let name = format!("{to}:v1.0.0");
    let verify = ["verify", &name, "--key", "keys/landscape.pub"];
    assert_eq!(run(&directory.0, &verify), Value::Array(Vec::new()));
    ours.store().manifests.get_mut("live/charts/usage-meter").expect("copied").remove(&digest);
    let said = refused(&directory.0, &verify);
    assert!(said.contains(&format!("the chart `usage-meter@{digest}` is not in the layout")), "{said}");
}

#[test]
fn two_charts_of_one_tag_are_not_relocated() {
    let (theirs, ours) = (Server::start(true), Server::start(true));
    push(&shipment(&theirs)).expect("the registry is sound");
    let directory = landscape(&theirs, &ours.host());
    lock_with(&directory, &theirs, "0.3.0");
    let to = format!("oci://{}/live", ours.host());
    let publish = ["publish", "--relocate", "--to", &to, "--tag", "v1.0.0", "--key", "keys/landscape.key"];
    let said = refused(&directory.0, &publish);
    assert!(said.contains("L759") && said.contains("would both have the tag `0.3.0`"), "{said}");
    assert!(!ours.store().log.iter().any(super::server::Request::writes), "nothing was sent");
}

#[test]
fn what_is_no_chart_is_not_relocated() {
    for tag in [":latest", ""] {
        let (theirs, ours) = (Server::start(true), Server::start(true));
        push(&shipment(&theirs)).expect("the registry is sound");
        let directory = landscape(&theirs, &ours.host());
        let (digest, _) = theirs.store().manifest("landscapes/demo", "latest").expect("published");
        let object = format!(
            "---\napiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: meter}}\n\
             helm: {{ociRepository: {{ref: \"{}/landscapes/demo{tag}@{digest}\"}}}}\n",
            theirs.host()
        );
        run(&directory.0, &["keygen", "--out", "keys"]);
        run(&directory.0, &["lock"]);
        let path = directory.0.join("namespace.yaml");
        let objects = fs::read_to_string(&path).expect("written");
        fs::write(path, objects + &object).expect("writable");
        let to = format!("oci://{}/live", ours.host());
        let publish =
            ["publish", "--relocate", "--to", &to, "--tag", "v1.0.0", "--key", "keys/landscape.key"];
        let said = refused(&directory.0, &publish);
        assert!(said.contains("L756"), "{said}");
        assert!(!ours.store().log.iter().any(super::server::Request::writes), "nothing was sent");
    }
}

/// Puts other bytes in the place of the layer of the chart, under its tag.
fn exchange_chart(server: &Server, archive: Vec<u8>) {
    let mut store = server.store();
    let (_, manifest) = store.manifest(CHART, "0.3.0").expect("published");
    let mut manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
    for layer in &mut manifest.layers {
        (layer.digest, layer.size) = (Digest::of(&archive), archive.len() as u64);
    }
    let bytes = serde_json::to_vec(&manifest).expect("JSON");
    store.blobs.get_mut(CHART).expect("the repository").insert(Digest::of(&archive), archive);
    store.tags.insert((CHART.to_owned(), "0.3.0".to_owned()), Digest::of(&bytes));
    store.manifests.get_mut(CHART).expect("the repository").insert(Digest::of(&bytes), bytes);
}

#[test]
fn a_layout_without_an_artifact_is_not_published() {
    let server = Server::start(true);
    let directory = landscape(&server, &server.host());
    let layout = directory.0.join("layout");
    fs::create_dir_all(layout.join("blobs/sha256")).expect("writable");
    fs::write(layout.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("writable");
    fs::write(layout.join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#).expect("writable");
    let program =
        program(&directory.0, &["publish", "layout", "--to", &format!("oci://{}/x", server.host())]);
    let said = String::from_utf8_lossy(&program.stdout).into_owned();
    assert_eq!(program.status.code(), Some(1), "{said}");
    assert!(said.contains("L834") && said.contains("holds no artifact"), "{said}");
}

#[test]
fn a_blob_that_changed_on_its_way_is_the_fault_of_the_layout() {
    let server = Server::start(true);
    let directory = landscape(&server, &server.host());
    run(&directory.0, &["keygen", "--out", "keys"]);
    program(&directory.0, &["pack", "--out", "layout", "--key", "keys/landscape.key"]);
    let blobs = fs::read_dir(directory.0.join("layout/blobs/sha256")).expect("packed").flatten();
    let largest = blobs.max_by_key(|blob| blob.metadata().map_or(0, |found| found.len())).expect("blobs");
    let mut bytes = fs::read(largest.path()).expect("readable");
    bytes.reverse();
    fs::write(largest.path(), bytes).expect("writable");
    let program =
        program(&directory.0, &["publish", "layout", "--to", &format!("oci://{}/x", server.host())]);
    let said = String::from_utf8_lossy(&program.stdout).into_owned();
    assert_eq!(program.status.code(), Some(1), "{said}");
    assert!(said.contains("L834") && said.contains("are others") && said.contains("layout/blobs"), "{said}");
}

#[test]
fn without_tls_is_only_the_registry_that_the_landscape_says_it_of() {
    let (theirs, proxy) = (Server::start(true), Server::start(true));
    let directory = landscape(&theirs, "lab.example.org");
    let path = directory.0.join("landscape.yaml");
    let spec = fs::read_to_string(&path).expect("written");
    fs::write(&path, spec.replace("delivery: {", "delivery: {insecure: true, flux: {minVersion: \"2.9\"}, "))
        .expect("writable");
    run(&directory.0, &["keygen", "--out", "keys"]);
    let asked_of = |host: &str| {
        let before = proxy.store().log.len();
        let to = format!("oci://{host}/live");
        Command::new(env!("CARGO_BIN_EXE_landscape"))
            .args(["publish", "--to", &to, "--key", "keys/landscape.key", "--attempts", "1"])
            .current_dir(&directory.0)
            .env("HTTP_PROXY", format!("http://{}", proxy.host()))
            .output()
            .expect("the program starts");
        proxy.store().log.len() - before
    };
    assert!(asked_of("lab.example.org") > 0, "it is reached without TLS");
    assert_eq!(asked_of("registry.example.org"), 0, "of this one nothing is said");
}

#[test]
fn a_chart_on_the_same_host_is_taken_over_there() {
    let server = Server::start(true);
    push(&shipment(&server)).expect("the registry is sound");
    let directory = landscape(&server, &server.host());
    run(&directory.0, &["keygen", "--out", "keys"]);
    run(&directory.0, &["lock"]);
    let to = format!("oci://{}/live", server.host());
    run(
        &directory.0,
        &["publish", "--relocate", "--to", &to, "--tag", "v1.0.0", "--key", "keys/landscape.key"],
    );
    let store = server.store();
    let (digest, manifest) = store.manifest(CHART, "0.3.0").expect("published");
    assert_eq!(store.manifest("live/charts/usage-meter", "0.3.0").map(|(digest, _)| digest), Some(digest));
    let manifest: Manifest = serde_json::from_slice(&manifest).expect("a manifest");
    let layer = manifest.layers.first().expect("a layer").digest.to_string().replace(':', "%3A");
    let pushed: Vec<&str> = store
        .log
        .iter()
        .filter(|request| {
            request.writes() && request.path.starts_with("/v2/live/charts") && request.path.contains(&layer)
        })
        .map(|request| &*request.path)
        .collect();
    let from = "from=landscapes%2Fdemo%2Fcharts%2Fusage-meter";
    assert!(matches!(&*pushed, [mount] if mount.contains("mount=") && mount.ends_with(from)), "{pushed:?}");
}

#[test]
fn charts_that_mean_harm_are_not_locked() {
    let archives = [
        ("chart/../../x", tar("chart/../../x", tar::EntryType::Regular, b"x")),
        ("chart/link", tar("chart/link", tar::EntryType::Symlink, b"")),
        ("more than 104857600 bytes", tar("chart/zeros", tar::EntryType::Regular, &vec![0; 101 << 20])),
    ];
    for (told, archive) in archives {
        let server = Server::start(true);
        push(&shipment(&server)).expect("the registry is sound");
        exchange_chart(&server, compress(&archive));
        let directory = landscape(&server, "registry.example.org");
        let said = refused(&directory.0, &["lock"]);
        assert!(said.contains("L756") && said.contains(told), "{said}");
        assert!(!directory.0.join("landscape.lock").exists());
    }
}

#[test]
fn a_landscape_is_locked_relocated_and_needs_nobody_else() {
    let (theirs, ours) = (Server::start(true), Server::start(false));
    push(&shipment(&theirs)).expect("the registry is sound");
    let directory = landscape(&theirs, &ours.host());
    let (source, to) = (format!("{}/{CHART}:0.3.0", theirs.host()), format!("oci://{}/live", ours.host()));
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
    let forgotten = program(&directory.0, verify.split_last().expect("words").1);
    let said = String::from_utf8_lossy(&forgotten.stdout).into_owned();
    assert!(said.contains("L640") && said.contains("verify with `--relocate`"), "{said}");
}
