//! What is locked is written into the references, and what is not is told.

use landscape::diagnostic::Report;
use landscape::files::Files;
use landscape::lock::Strictness;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;

use crate::{DIGEST, OTHER, landscape, said, with_values};

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
    let spec = format!("{DELIVERY}{spec}");
    rendered_with(&spec, objects, &[("landscape.lock", &with_values(&spec, objects, lock))], strictness)
}

const DELIVERY: &str =
    "  delivery: {registry: oci://r.example.org/tiny, verify: {secretRef: {name: keys}}}\n";

fn rendered_with(
    spec: &str,
    objects: &str,
    files: &[(&str, &str)],
    strictness: Strictness,
) -> (Option<Files>, Vec<String>) {
    let workspace = landscape(spec, objects, files);
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
        (
            sound.replace("'}", &format!("', values: '{DIGEST}'}}")),
            "L752 : one of `values` and `images` stands without the other",
        ),
        (
            sound.replace("'}", "', images: []}"),
            "L752 : one of `values` and `images` stands without the other",
        ),
        (lock(&[CHARTS[0], CHARTS[0]], &[]), "L754 : `r.example.org/a:v1` is locked twice"),
        (sound.replace("kind:", "kind:\nkind:"), "L104"),
    ] {
        let said = judge(&broken);
        assert!(said.iter().any(|said| said.starts_with(finding)), "{broken}\n{said:?}");
    }
}

#[test]
fn a_lock_that_is_emptied_is_told() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";
    for emptied in ["", "# nothing\n", "null\n", "---\n"] {
        let (files, said) = rendered("", namespace, emptied, Strictness::Warn);
        assert!(files.is_none(), "{emptied:?}");
        assert_eq!(said, ["L752 : the file holds no document"], "{emptied:?}");
    }
}

#[test]
fn one_fault_of_a_lock_is_told_once_and_how_to_mend_it() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";
    let chart = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Lock\ncharts: [{{ref: '{}', digest: '{DIGEST}', values: \
         '{DIGEST}', images: ['r.example.org/x:v1']}}]\nimages: [{{ref: 'r.example.org/x:v1', digest: 'sha256:abc'}}]\n",
        CHARTS[0]
    );
    for lock in [chart, lock(&[], &[]).replace("images: []\n", "")] {
        let workspace = landscape("", namespace, &[("landscape.lock", &lock)]);
        let mut report = Report::default();
        let _ = Compiler::new(&workspace, AT).stock(&RelPath::root(), &mut report);
        let helps: Vec<_> = report.findings().iter().map(|found| found.help.clone()).collect();
        let help = "remove the entry, or the whole file, and run `landscape lock`";
        assert_eq!(helps, [Some(help.to_owned())], "{:?}", said(&report));
    }
}

#[test]
fn a_chart_whose_images_are_not_locked_is_stale() {
    let stale = |lock: &str, strictness| {
        let files = [("landscape.lock", lock)];
        rendered_with(&format!("{DELIVERY}{OPERATOR}"), OBJECTS, &files, strictness)
    };
    let only_digests = lock(&CHARTS, &IMAGES);
    let current = with_values(&format!("{DELIVERY}{OPERATOR}"), OBJECTS, &only_digests);
    let other = with_values("", &OBJECTS.replace("v5", "v6"), &only_digests);
    let message =
        |code: &str, chart: &str| format!("{code} : `{chart}` was locked without the values that it gets");
    for (lock, charts) in [
        (&current, &[][..]),
        (&only_digests, &[CHARTS[0], CHARTS[1], CHARTS[3]]),
        (&other, &[CHARTS[1], CHARTS[3]]),
    ] {
        for (strictness, code) in [(Strictness::Warn, "L709"), (Strictness::Locked, "L706")] {
            let (files, said) = stale(lock, strictness);
            assert_eq!(said, charts.iter().map(|chart| message(code, chart)).collect::<Vec<_>>());
            assert_eq!(files.is_some(), charts.is_empty() || strictness == Strictness::Warn);
        }
    }
}

#[test]
fn a_range_is_neither_locked_nor_written_anew() {
    let objects = OBJECTS.replace("ref: {tag: v3}", "ref: {tag: v3, semver: '>=3'}");
    let (files, said) = rendered(OPERATOR, &objects, &lock(&CHARTS, &IMAGES), Strictness::Locked);
    let range = "L751 spec.url: the chart follows a range of versions";
    assert_eq!(said, ["L707 : nothing refers to the chart `r.example.org/c:v3`", range]);
    let runtime = text(&files.expect("a warning and a note"), "runtime");
    assert!(runtime.contains("  ref:\n    semver: \">=3\"\n    tag: v3\n"), "{runtime}");
    let pinned = objects.replace("semver: '>=3'", &format!("semver: '>=3', digest: '{OTHER}'"));
    let pinned = pinned.replace("tag: v3, ", "");
    let (_, said) =
        rendered(OPERATOR, &pinned, &lock(&[CHARTS[0], CHARTS[1], CHARTS[3]], &IMAGES), Strictness::Locked);
    assert_eq!(said, [""; 0], "a digest wins over a range");
}

#[test]
fn a_digest_inside_of_an_own_chart_is_told_with_its_place() {
    let objects = "apiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {name: meter}\n\
                   helm: {ociRepository: {ref: 'r.example.org/tiny/charts/meter:1.0.0'}}\n";
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: meter}}\nspec: {{containers: [{{name: a, image: \
         'r.example.org/d:v4@{OTHER}'}}]}}\n"
    );
    let files = [
        ("charts/meter/Chart.yaml", "apiVersion: v2\nname: meter\nversion: 1.0.0\n"),
        ("charts/meter/templates/pod.yaml", &pod),
        ("landscape.lock", &lock(&[], &IMAGES[..1])),
    ];
    let (_, said) = rendered_with(DELIVERY, objects, &files, Strictness::Warn);
    assert_eq!(
        said,
        [
            "L708 helm.ociRepository.ref: `r.example.org/d:v4` has another digest in Pod meter, spec.containers[0].image"
        ]
    );
}

#[test]
fn the_lock_of_a_lower_layer_is_not_read() {
    let manifest = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Landscape\nmetadata: {{name: tiny}}\nspec:\n  \
         gardener: {{version: v1.148.4}}\n{DELIVERY}"
    );
    let (upper, lower) =
        (format!("{manifest}  extends: ../base\n"), format!("{manifest}  resources: [objects.yaml]\n"));
    let workspace = landscape::workspace::Memory::new([
        ("top/landscape.yaml", upper.as_str()),
        ("base/landscape.yaml", lower.as_str()),
        ("base/objects.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n"),
        (
            "base/landscape.lock",
            "kind: Lock\n<<<<<<< ours\ncharts: []\n=======\nimages: []\n>>>>>>> theirs\n",
        ),
    ]);
    let mut report = Report::default();
    let top = RelPath::parse("top").expect("a plain path");
    let checked = Compiler::new(&workspace, AT).check(&top, &mut report);
    assert!(checked.is_ok() && said(&report).is_empty(), "{:?}", said(&report));
    let base = RelPath::parse("base").expect("a plain path");
    assert!(Compiler::new(&workspace, AT).check(&base, &mut report).is_err());
}

#[test]
fn no_section_takes_the_lock_for_objects() {
    let workspace = landscape("  projects: ['*']\n", "", &[("landscape.lock", &lock(&[], &[]))]);
    let mut report = Report::default();
    let compiler = Compiler::new(&workspace, AT);
    assert!(compiler.check(&RelPath::root(), &mut report).is_err());
    assert!(said(&report).iter().all(|said| !said.contains("landscape.lock")), "{:?}", said(&report));
}
