//! The bytes of artifacts and charts, and what makes them change.

use std::io::Read as _;

use super::*;
use crate::chart::Chart;
use crate::diagnostic::Report;
use crate::oci::{Index, Manifest, REFERENCE_NAME};

fn files(files: &[(&str, &str)]) -> Files {
    files
        .iter()
        .map(|(path, text)| (RelPath::parse(path).expect("inside"), text.as_bytes().to_vec().into()))
        .collect()
}

const CHART: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        concat!(
            "apiVersion: v2\n",
            "type: application\n",
            "version: 1.2.3+build.4\n",
            "name: hello\n",
            "description: Says <hello>\n",
            "deprecated: false\n",
            "home: https://example.org\n",
            "sources: [https://example.org/git, https://example.org/mirror]\n",
            "maintainers: [{name: Team, email: team@example.org}, {name: Other}]\n",
            "annotations: {team: garden, org.opencontainers.image.title: forged}\n",
            "dependencies: [{name: sub, version: 0.1.0}]\n",
        ),
    ),
    ("README.md", "hello\n"),
    ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
    ("templates/b.yaml", "b: 1\n"),
    ("templates/a.yaml", "a: 1\n"),
    ("templates/.swap", "never packed\n"),
    ("values.yaml", "{}\n"),
];

fn chart(changes: &[(&str, &str)]) -> (Option<Chart>, Report) {
    let mut all: BTreeMap<&str, &str> = CHART.iter().copied().collect();
    all.extend(changes.iter().copied());
    let all: Vec<_> = all.into_iter().filter(|(_, text)| *text != "-").collect();
    let mut report = Report::default();
    let chart = Chart::read("charts/hello", &files(&all), &mut report).ok();
    (chart, report)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings().iter().map(|finding| finding.code.id).collect()
}

fn manifest(image: &Image) -> Manifest {
    let bytes = image.blobs.get(&image.descriptor.digest).expect("its own manifest");
    serde_json::from_slice(bytes).expect("a manifest")
}

fn entries(image: &Image) -> Vec<(String, u32, u64)> {
    let layer = manifest(image).layers.first().expect("one layer").digest;
    let gzip = image.blobs.get(&layer).expect("the layer");
    assert_eq!(
        gzip.get(..10),
        Some(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff][..]),
        "no name and no time in the header"
    );
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(&**gzip).read_to_end(&mut tar).expect("gzip");
    tar::Archive::new(&*tar)
        .entries()
        .expect("a tar")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let header = entry.header();
            assert_eq!((header.uid().expect("uid"), header.gid().expect("gid")), (0, 0));
            (
                String::from_utf8(entry.path_bytes().into_owned()).expect("UTF-8"),
                header.mode().expect("mode"),
                header.mtime().expect("mtime"),
            )
        })
        .collect()
}

#[test]
fn a_chart_is_packed_as_helm_packs_it() {
    let (chart, report) = chart(&[]);
    assert_eq!(codes(&report), [""; 0]);
    let packed = chart.expect("a sound chart").pack();
    let image = packed.image();
    let names: Vec<String> = entries(image)
        .into_iter()
        .map(|(name, mode, mtime)| {
            assert_eq!((mode, mtime), (0o644, 0), "{name}");
            name
        })
        .collect();
    assert_eq!(
        names,
        [
            "hello/Chart.yaml",
            "hello/values.yaml",
            "hello/templates/a.yaml",
            "hello/templates/b.yaml",
            "hello/README.md",
            "hello/charts/sub/Chart.yaml",
        ]
    );
    let manifest = manifest(image);
    let config = image.blobs.get(&manifest.config.digest).expect("the configuration");
    assert_eq!(
        std::str::from_utf8(config).expect("JSON"),
        concat!(
            r#"{"name":"hello","home":"https://example.org","#,
            r#""sources":["https://example.org/git","https://example.org/mirror"],"version":"1.2.3+build.4","#,
            r#""description":"Says \u003chello\u003e","#,
            r#""maintainers":[{"name":"Team","email":"team@example.org"},{"name":"Other"}],"apiVersion":"v2","#,
            r#""annotations":{"org.opencontainers.image.title":"forged","team":"garden"},"#,
            r#""dependencies":[{"name":"sub","version":"0.1.0","repository":""}],"type":"application"}"#,
        )
    );
    let annotations: Vec<_> =
        manifest.annotations.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        annotations,
        [
            "org.opencontainers.image.authors=Team (team@example.org), Other",
            "org.opencontainers.image.description=Says <hello>",
            "org.opencontainers.image.source=https://example.org/git",
            "org.opencontainers.image.title=hello",
            "org.opencontainers.image.url=https://example.org",
            "org.opencontainers.image.version=1.2.3+build.4",
            "team=garden",
        ]
    );
    let reference = packed.reference("registry.example.org/landscapes/local");
    let expected =
        format!("registry.example.org/landscapes/local/charts/hello:1.2.3_build.4@{}", packed.digest());
    assert_eq!(reference, expected);
}

#[test]
fn the_digest_of_a_chart_changes_with_its_files_only() {
    let digest = |changes: &[(&str, &str)]| chart(changes).0.expect("sound").pack().digest();
    let plain = digest(&[]);
    assert_eq!(plain, digest(&[]));
    assert_eq!(plain, digest(&[("templates/.swap", "another hidden file\n")]));
    assert_ne!(plain, digest(&[("values.yaml", "{a: 1}\n")]));
    assert_ne!(plain, digest(&[("templates/b.yaml", "-")]));
}

#[test]
fn faults_of_a_chart_are_found() {
    let yaml = |text: &'static str| chart(&[("Chart.yaml", text)]);
    for (text, code) in [
        ("-", "L804"),
        ("[]\n", "L804"),
        ("apiVersion: v2\nname: hello\n", "L804"),
        ("apiVersion: v2\nname: hello\nversion: one\n", "L804"),
        ("apiVersion: v3\nname: hello\nversion: 1.0.0\n", "L804"),
        ("apiVersion: v2\nname: other\nversion: 1.0.0\n", "L804"),
        ("apiVersion: v2\nname: Hello\nversion: 1.0.0\n", "L804"),
        ("apiVersion: v2\nname: hello\nversion: 1.0.0\nappVersion: 1.0\n", "L804"),
        ("apiVersion: v2\nname: hello\nversion: 1.0.0\ntype: app\n", "L804"),
        (
            "apiVersion: v2\nname: hello\nversion: 1.0.0\ndependencies: [{name: far, version: 1.0.0}]\n",
            "L804",
        ),
    ] {
        let (chart, report) = yaml(text);
        assert!(chart.is_none(), "{text}");
        assert!(codes(&report).contains(&code), "{text}: {:?}", codes(&report));
    }
    let (chart, report) = yaml("apiVersion: v2\nname: hello\nversion: 1.0.0\nappversion: '1'\n");
    assert!(chart.is_some(), "a warning refuses nothing");
    assert_eq!(codes(&report), ["L806"]);
}

#[test]
fn a_chart_that_helm_would_not_load_is_refused() {
    let large = "x".repeat((5 << 20) + 1);
    let (packed, report) = chart(&[("files/large.txt", &large)]);
    assert!(packed.is_none());
    assert_eq!(codes(&report), ["L805"]);
    let (packed, report) = chart(&[(".helmignore", "*.txt\n!keep.txt\n")]);
    assert!(packed.is_none());
    assert_eq!(codes(&report), ["L807"]);
    // What is ignored is not packed, and counts for nothing.
    let (packed, report) = chart(&[("files/large.txt", &large), (".helmignore", "files/\n")]);
    assert!(packed.is_some());
    assert_eq!(codes(&report), [""; 0]);
}

fn input(files: &Files) -> PackInput<'_> {
    static TAGS: std::sync::LazyLock<[String; 1]> = std::sync::LazyLock::new(|| ["v1".to_owned()]);
    PackInput {
        files,
        charts: &[],
        repository: "registry.example.org/landscapes/local",
        tags: &*TAGS,
        created: "2026-01-02T03:04:05Z",
        source: "https://example.org/git",
        revision: "main@sha1:c0ffee",
    }
}

#[test]
fn the_manifests_are_packed_as_flux_reads_them() {
    let tree = files(&[
        ("digests.json", "{}\n"),
        ("objects/virtual-garden/seeds/x.yaml", "never shipped\n"),
        ("runtime/garden/a.yaml", "a: 1\n"),
        ("runtime/garden-x.yaml", "b: 1\n"),
    ]);
    let mut report = Report::default();
    let artifact = pack(&input(&tree), &mut report).expect("sound");
    assert_eq!(codes(&report), [""; 0]);
    let [image] = &*artifact.images else {
        panic!("one image");
    };
    let listed: Vec<_> =
        entries(image).into_iter().map(|(name, mode, mtime)| format!("{name} {mode:o} {mtime}")).collect();
    assert_eq!(
        listed,
        [
            "digests.json 644 0",
            "runtime/ 755 0",
            "runtime/garden-x.yaml 644 0",
            "runtime/garden/ 755 0",
            "runtime/garden/a.yaml 644 0",
        ]
    );
    let bytes = image.blobs.get(&image.descriptor.digest).expect("the manifest");
    let layer = manifest(image).layers.first().expect("one").clone();
    let config = manifest(image).config;
    assert_eq!(
        std::str::from_utf8(bytes).expect("JSON"),
        format!(
            concat!(
                r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#,
                r#""config":{{"mediaType":"application/vnd.cncf.flux.config.v1+json","size":{},"digest":"{}"}},"#,
                r#""layers":[{{"mediaType":"application/vnd.cncf.flux.content.v1.tar+gzip","size":{},"digest":"{}"}}],"#,
                r#""annotations":{{"org.opencontainers.image.created":"2026-01-02T03:04:05Z","#,
                r#""org.opencontainers.image.revision":"main@sha1:c0ffee","#,
                r#""org.opencontainers.image.source":"https://example.org/git"}}}}"#,
            ),
            config.size, config.digest, layer.size, layer.digest
        )
    );
}

#[test]
fn a_layout_lists_every_image_and_holds_every_blob_once() {
    let tree = files(&[("a.yaml", "a: 1\n")]);
    let charts = [chart(&[]).0.expect("sound").pack()];
    let mut report = Report::default();
    let input = PackInput { charts: &charts, ..input(&tree) };
    let artifact = pack(&input, &mut report).expect("sound");
    let layout = artifact.layout();
    assert_eq!(layout, pack(&input, &mut report).expect("sound").layout());
    let index = layout.get(&RelPath::parse("index.json").expect("inside")).expect("an index");
    let index: Index = serde_json::from_slice(index).expect("an index");
    let names: Vec<_> =
        index.manifests.iter().filter_map(|entry| entry.annotations.get(REFERENCE_NAME)).collect();
    assert_eq!(names, ["v1", "charts/hello:1.2.3_build.4"]);
    for (path, bytes) in layout.iter().filter(|(path, _)| path.as_str().starts_with("blobs/")) {
        let name = format!("blobs/sha256/{}", Digest::of(bytes).hex());
        assert_eq!(path.as_str(), name);
    }
    assert_eq!(layout.len(), 2 + 6, "index and marker, and three blobs for each image");
}

#[test]
fn names_that_flux_ignores_are_a_warning() {
    for name in ["cloudbuild.yaml", "codeship-x.yml", "logo.png", ".github/x.yaml", "x.tar.gz"] {
        let tree = files(&[(&format!("runtime/{name}"), "a: 1\n")]);
        let mut report = Report::default();
        pack(&input(&tree), &mut report).expect("a warning refuses nothing");
        assert_eq!(codes(&report), ["L809"], "{name}");
    }
}

#[test]
fn a_name_no_registry_takes_is_refused() {
    let tree = files(&[("a.yaml", "a: 1\n")]);
    let plain = input(&tree);
    for (repository, tag) in [
        ("registry.example.org/Landscapes", "v1"),
        ("landscapes/local", "v1"),
        ("oci://registry.example.org/landscapes", "v1"),
        ("registry.example.org/landscapes", ""),
        ("registry.example.org/landscapes", "a b"),
        ("registry.example.org/landscapes", "v1@sha256"),
    ] {
        let mut report = Report::default();
        let tags = [tag.to_owned()];
        let input = PackInput { repository, tags: &tags, ..plain };
        assert!(pack(&input, &mut report).is_err(), "{repository}:{tag}");
        assert_eq!(codes(&report), ["L808"]);
    }
    let mut report = Report::default();
    for repository in ["localhost:5000/x", "registry.local.gardener.cloud:5001/landscapes/local"] {
        let input = PackInput { repository, ..plain };
        assert!(pack(&input, &mut report).is_ok(), "{repository}");
    }
}
