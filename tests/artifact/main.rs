//! From a rendered tree to a signed layout and back: what `pack` makes, `verify` accepts, and every tampering it rejects.

mod attestation;
mod layout;
mod tree;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use landscape::artifact::{Artifact, Digests, PackInput, pack};
use landscape::attest::Origin;
use landscape::chart::{Chart, PackedChart};
use landscape::diagnostic::Report;
use landscape::digest::Digest;
use landscape::files::Files;
use landscape::inventory::Inventory;
use landscape::key::{Algorithm, PrivateKey, PublicKey, Signer as _};
use landscape::oci::{Descriptor, Index, REFERENCE_NAME};
use landscape::path::RelPath;
use landscape::source::Span;
use landscape::syntax::{Node, emit};
use landscape::verify::{Target, Verified, verify_directory, verify_layout};
use landscape::{attest, seal, sign};
use serde_json::{Value as Json, json};

const REPOSITORY: &str = "registry.example.org/landscapes/local";
const REVISION: &str = "sha1:c0ffee";
const CREATED: &str = "2026-01-02T03:04:05Z";

/// Files by path, to change them at will.
type Tree = BTreeMap<String, Arc<[u8]>>;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::generate(Algorithm::EcdsaP256, &mut |bytes| bytes.fill(seed))
}

fn files(tree: &Tree) -> Files {
    let path = |name: &str| RelPath::parse(name).expect("inside");
    tree.iter().map(|(name, bytes)| (path(name), bytes.clone())).collect()
}

fn tree(files: &Files) -> Tree {
    files.iter().map(|(path, bytes)| (path.as_str().to_owned(), bytes.clone())).collect()
}

fn node(json: &Json) -> Node {
    let file = Report::default().sources.add(String::new(), "".into());
    Node::from_json(json, Span::new(file, 0, 0))
}

fn brotli(text: &str) -> String {
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 4096, 9, 22).write_all(text.as_bytes()).expect("a buffer");
    STANDARD.encode(compressed)
}

fn secret(name: &str, payload: &str) -> Node {
    node(&json!({
        "apiVersion": "v1", "kind": "Secret", "immutable": true, "type": "Opaque",
        "metadata": {
            "name": name, "namespace": "garden",
            "labels": {"resources.gardener.cloud/garbage-collectable-reference": "true"},
        },
        "data": {"data.yaml.br": payload},
    }))
}

fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: garden\n")
}

/// A tree of one bundle with two Secrets, an object for the runtime cluster and a readable one that is not shipped.
fn rendered(revision: &str, signer: &PrivateKey, charts: &[PackedChart]) -> Tree {
    let secrets = [
        secret("managedresource-seeds-1", &brotli(&format!("{}---\n{}", config_map("a"), config_map("b")))),
        secret("managedresource-seeds-2", &brotli(&config_map("c"))),
    ];
    let mut resource = node(&json!({
        "apiVersion": "resources.gardener.cloud/v1alpha1", "kind": "ManagedResource",
        "metadata": {"name": "seeds", "namespace": "garden"},
        "spec": {
            "keepObjects": true,
            "secretRefs": [{"name": "managedresource-seeds-1"}, {"name": "managedresource-seeds-2"}],
        },
    }));
    seal::seal(&mut resource, &secrets, revision, signer).expect("a sound bundle");
    let mut all = Tree::new();
    let mut put = |path: &str, text: String| all.insert(path.to_owned(), text.into_bytes().into());
    put("bundles/seeds/managedresource-seeds.yaml", emit(&resource));
    for (index, secret) in secrets.iter().enumerate() {
        put(&format!("bundles/seeds/secret-{}.yaml", index + 1), emit(secret));
    }
    put("objects/virtual-garden/seeds/configmap-a.yaml", config_map("a"));
    put("runtime/garden/configmap-x.yaml", config_map("x"));
    let digests =
        Digests::of(&files(&all), charts.iter().map(|chart| (chart.name(), chart.digest()))).to_json();
    all.insert("digests.json".to_owned(), digests.into_bytes().into());
    all
}

fn chart(values: &str) -> PackedChart {
    let yaml = "apiVersion: v2\nname: hello\nversion: 0.1.0\n";
    let all: Tree = [("Chart.yaml", yaml), ("values.yaml", values)]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().into()))
        .into();
    Chart::read("charts/hello", &files(&all), &mut Report::default()).expect("a sound chart").pack()
}

fn packed(tree: &Tree, charts: &[PackedChart], tag: &str) -> Artifact {
    packed_as(tree, charts, &[tag])
}

fn packed_as(tree: &Tree, charts: &[PackedChart], tags: &[&str]) -> Artifact {
    let files = files(tree);
    let input = PackInput {
        files: &files,
        charts,
        repository: REPOSITORY,
        tags: &tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>(),
        created: CREATED,
        source: "https://example.org/git",
        revision: REVISION,
    };
    pack(&input, &mut Report::default()).expect("a sound tree")
}

/// Signs an artifact and what it says of its origin.
fn signed(artifact: Artifact, signer: &PrivateKey) -> Artifact {
    signed_as(artifact, REVISION, true, signer)
}

fn signed_as(artifact: Artifact, revision: &str, legacy: bool, signer: &PrivateKey) -> Artifact {
    let origin = Origin {
        landscape: "local",
        spec: Digest::of(b"the spec"),
        charts: &Files::default(),
        directory: Some("landscapes/local"),
        source: "https://example.org/git",
        revision,
        created: CREATED,
        legacy,
        inventory: &Inventory::default(),
        lock_file: None,
        locked: false,
        relocated: false,
        at: None,
    };
    let attestations = attest::attest(&artifact, &origin);
    sign::sign(artifact, &attestations, legacy, signer)
}

fn layout() -> Tree {
    let charts = [chart("{}\n")];
    let rendered = rendered(REVISION, &key(7), &charts);
    tree(&signed(packed(&rendered, &charts, "v1"), &key(7)).layout())
}

fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.findings().iter().map(|finding| finding.code.id).collect();
    codes.dedup();
    codes
}

fn check_layout(layout: &Tree, key: Option<&PublicKey>) -> (Verified, Report) {
    let mut report = Report::default();
    let files = files(layout);
    let target = Target { name: "layout", repository: None, signed_for: None, files: &files };
    (verify_layout(target, key, &mut report), report)
}

fn check_directory(tree: &Tree, key: Option<&PublicKey>) -> (Verified, Report) {
    let mut report = Report::default();
    let files = files(tree);
    let target = Target { name: "out", repository: None, signed_for: None, files: &files };
    (verify_directory(target, key, &mut report), report)
}

fn layout_codes(layout: &Tree) -> Vec<&'static str> {
    codes(&check_layout(layout, Some(key(7).public_key())).1)
}

fn directory_codes(tree: &Tree) -> Vec<&'static str> {
    codes(&check_directory(tree, Some(key(7).public_key())).1)
}

/// Changes the index of a layout.
fn edit_index(layout: &mut Tree, change: impl FnOnce(&mut Vec<Descriptor>)) {
    let bytes = layout.get("index.json").expect("an index");
    let mut index: Index = serde_json::from_slice(bytes).expect("an index");
    change(&mut index.manifests);
    let bytes = serde_json::to_vec(&index).expect("JSON");
    layout.insert("index.json".into(), bytes.into());
}

/// Changes a file of a tree and lists its new digest, as an attacker without the key would.
fn edit_file(tree: &mut Tree, path: &str, change: impl FnOnce(String) -> String) {
    let bytes = tree.get(path).expect("there").to_vec();
    let before = String::from_utf8(bytes).expect("UTF-8");
    let text = change(before.clone());
    assert_ne!(text, before, "the change changes nothing");
    tree.insert(path.to_owned(), text.into_bytes().into());
    list_again(tree);
}

fn list_again(tree: &mut Tree) {
    let digests = Digests::of(&files(tree), []).to_json();
    tree.insert("digests.json".into(), digests.into_bytes().into());
}

/// The entry of an index with this name.
fn named<'a>(manifests: &'a mut [Descriptor], name: &str) -> &'a mut Descriptor {
    manifests.iter_mut().find(|entry| tag_of(entry) == name).expect(name)
}

fn tag_of(entry: &Descriptor) -> &str {
    entry.annotations.get(REFERENCE_NAME).map_or("", String::as_str)
}

fn rename(entry: &mut Descriptor, name: &str) {
    entry.annotations.insert(REFERENCE_NAME.to_owned(), name.to_owned());
}
