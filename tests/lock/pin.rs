//! What is locked is written into the references, and what is not is told.

use landscape::diagnostic::Report;
use landscape::files::Files;
use landscape::lock::Strictness;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;

use crate::{DIGEST, OTHER, landscape, said};

const AT: time::Date = time::macros::date!(2026 - 11 - 21);

/// A lock with these charts and images at [`DIGEST`].
pub(crate) fn lock(charts: &[&str], images: &[&str]) -> String {
    let list = |name: &str, references: &[&str]| {
        let entries =
            references.iter().map(|reference| format!("\n- {{ref: '{reference}', digest: '{DIGEST}'}}"));
        let entries: String = entries.collect();
        format!("{name}:{}\n", if entries.is_empty() { " []" } else { &entries })
    };
    let (charts, images) = (list("charts", charts), list("images", images));
    format!("apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Lock\n{charts}{images}")
}

fn rendered(spec: &str, objects: &str, lock: &str, strictness: Strictness) -> (Option<Files>, Vec<String>) {
    let spec = format!("  delivery: {{registry: oci://r.example.org/tiny}}\n{spec}");
    let workspace = landscape(&spec, objects, &[("landscape.lock", lock)]);
    let compiler = Compiler { strictness, ..Compiler::new(&workspace, AT) };
    let mut report = Report::default();
    let rendered = compiler.render(&RelPath::root(), &mut report);
    // A Deployment has no schema here.
    let said = said(&report).into_iter().filter(|said| !said.starts_with("L209")).collect();
    (rendered.ok().map(|rendered| rendered.files), said)
}

/// The text of all files of a tree below a directory.
pub(crate) fn text(files: &Files, directory: &str) -> String {
    let below = files.below(&RelPath::parse(directory).expect("a plain path"));
    let texts = below.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    texts.collect::<Vec<_>>().join("\n")
}

const OBJECTS: &str = "apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {name: a}
helm: {ociRepository: {ref: 'oci://r.example.org/a:v1'}}
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {name: b}
helm:
  ociRepository: {repository: r.example.org/b, tag: v2}
  values: {image: {repository: r.example.org/value, tag: v5}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: c, namespace: garden, annotations: {landscape.gardener.cloud/cluster: runtime}}
spec:
  interval: 10m
  url: oci://r.example.org/c
  layerSelector: {mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip, operation: copy}
  ref: {tag: v3}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: garden}
spec:
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: a, image: 'r.example.org/first:v1'}, {name: b, image: 'r.example.org/d:v4'}]}
";
const OPERATOR: &str = "  operator: {chart: {ref: 'r.example.org/operator:v1.148.4'}}\n";
const CHARTS: [&str; 4] =
    ["r.example.org/a:v1", "r.example.org/b:v2", "r.example.org/c:v3", "r.example.org/operator:v1.148.4"];
const IMAGES: [&str; 3] = ["r.example.org/d:v4", "r.example.org/first:v1", "r.example.org/value:v5"];

#[test]
fn every_form_of_a_reference_gets_the_locked_digest() {
    let lock = lock(&CHARTS, &IMAGES);
    let (files, said) = rendered(OPERATOR, OBJECTS, &lock, Strictness::Locked);
    assert_eq!(said, [""; 0]);
    let files = files.expect("a complete lock");
    let objects = text(&files, "objects");
    for line in [
        &format!("ref: r.example.org/a:v1@{DIGEST}"),
        &format!("digest: {DIGEST}"),
        "repository: r.example.org/b",
        &format!("image: r.example.org/d:v4@{DIGEST}"),
        &format!("image: r.example.org/first:v1@{DIGEST}"),
        "tag: v5",
    ] {
        assert!(objects.contains(line), "{line} is missing in\n{objects}");
    }
    let runtime = text(&files, "runtime");
    for repository in ["c", "operator"] {
        let line = format!("  ref:\n    digest: {DIGEST}\n  url: oci://r.example.org/{repository}\n");
        assert!(runtime.contains(&line), "{line} is missing in\n{runtime}");
    }
}

#[test]
fn what_is_not_locked_is_told_once_for_each_reference() {
    let twice = OBJECTS.replace("r.example.org/b,", "r.example.org/a,").replace("tag: v2", "tag: v1");
    let (files, said) = rendered("", &twice, &lock(&CHARTS[2..3], &IMAGES), Strictness::Warn);
    assert!(files.is_some(), "a warning stops nothing");
    assert_eq!(said, ["L705 helm.ociRepository.ref: the chart `r.example.org/a:v1` is held to no digest"]);
    let (files, said) = rendered("", &twice, &lock(&CHARTS[2..3], &IMAGES), Strictness::Locked);
    assert!(files.is_none());
    assert_eq!(said, ["L706 helm.ociRepository.ref: the chart `r.example.org/a:v1` is held to no digest"]);
}

#[test]
fn a_digest_in_the_spec_needs_no_lock_and_may_not_contradict_it() {
    let operator = |digest: &str| {
        format!("  operator: {{chart: {{ref: 'r.example.org/operator:v1.148.4@{digest}'}}}}\n")
    };
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";
    let judge = |digest: &str, lock: &str| rendered(&operator(digest), namespace, lock, Strictness::Locked).1;
    assert_eq!(judge(OTHER, &lock(&[], &[])), [""; 0]);
    assert_eq!(judge(DIGEST, &lock(&CHARTS[3..], &[])), [""; 0]);
    assert_eq!(
        judge(OTHER, &lock(&CHARTS[3..], &[])),
        ["L708 spec.operator.chart.ref: `r.example.org/operator:v1.148.4` has another digest here"]
    );
}

#[test]
fn one_tag_has_one_digest_even_without_a_lock() {
    let pinned = |name: &str, digest: &str| {
        format!(
            "apiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: {name}}}\nhelm: \
             {{ociRepository: {{ref: 'r.example.org/a:v1@{digest}'}}}}\n---\n"
        )
    };
    let both = pinned("a", DIGEST) + &pinned("b", OTHER);
    let (_, said) = rendered("", &both, &lock(&[], &[]), Strictness::Warn);
    assert_eq!(said, ["L708 helm.ociRepository.ref: `r.example.org/a:v1` has another digest here"]);
}

#[test]
fn an_entry_in_vain_is_a_note() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";
    let (_, said) = rendered("", namespace, &lock(&CHARTS[..1], &IMAGES[..1]), Strictness::Locked);
    assert_eq!(
        said,
        [
            "L707 : nothing refers to the chart `r.example.org/a:v1`",
            "L707 : nothing refers to the image `r.example.org/d:v4`",
        ]
    );
}

#[test]
fn a_lock_is_read_strictly() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";
    let judge = |lock: &str| rendered("", namespace, lock, Strictness::Warn).1;
    let sound = lock(&CHARTS[..1], &[]);
    for (broken, finding) in [
        (sound.replace("charts:", "chart:"), "L201"),
        (sound.replace("digest: '", "digest: 'x"), "L205"),
        (sound.replace("ref:", "reference:"), "L201"),
        (sound.replace("kind: Lock", "kind: Look"), "L752 : the document is no `Lock`"),
        (sound.replace("images: []", "---\nkind: Lock"), "L752 : the file holds more than one document"),
        (
            sound.replace("/a:v1", "/a"),
            "L752 : `r.example.org/a` leads nowhere: it has neither a tag nor a digest",
        ),
        (
            sound.replace("/a:v1", &format!("/a:v1@{OTHER}")),
            "L752 : the reference names another digest than the one beside it",
        ),
        (
            sound.replace("'}", &format!("', values: '{DIGEST}', images: ['r.example.org/x:v1']}}")),
            "L752 : `r.example.org/x:v1`, an image of the chart `r.example.org/a:v1`, is not among the images",
        ),
        (lock(&[CHARTS[0], CHARTS[0]], &[]), "L754 : `r.example.org/a:v1` is locked twice"),
        (sound.replace("kind:", "kind:\nkind:"), "L104"),
    ] {
        let said = judge(&broken);
        assert!(said.iter().any(|said| said.starts_with(finding)), "{broken}\n{said:?}");
    }
}

#[test]
fn no_section_takes_the_lock_for_objects() {
    let workspace = landscape("  projects: ['*']\n", "", &[("landscape.lock", &lock(&[], &[]))]);
    let mut report = Report::default();
    let compiler = Compiler::new(&workspace, AT);
    assert!(compiler.check(&RelPath::root(), &mut report).is_err());
    assert!(said(&report).iter().all(|said| !said.contains("landscape.lock")), "{:?}", said(&report));
}
