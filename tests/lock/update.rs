//! What is not known is asked for, once; what is known stays; a fault changes nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;

use landscape::diagnostic::{Code, Diagnostic, Place, Report};
use landscape::digest::Digest;
use landscape::files::Files;
use landscape::inventory::Kind;
use landscape::lock::{self, Inquiry, Lock};
use landscape::oci::reference::Reference;
use landscape::path::RelPath;
use landscape::pipeline::{Compiler, Stock};

use crate::{DIGEST, OTHER, landscape, said};

const MISSING: Code = Code::error("L000", "missing");

/// A registry of tags and charts, and what it was asked.
#[derive(Default)]
struct Registry {
    digests: BTreeMap<String, Digest>,
    charts: BTreeMap<String, Files>,
    asked: RefCell<Vec<String>>,
}

impl Registry {
    fn with(tags: &[(&str, &str)]) -> Self {
        let digests =
            tags.iter().map(|(tag, digest)| ((*tag).to_owned(), Digest::parse(digest).expect("a digest")));
        Self { digests: digests.collect(), ..Self::default() }
    }

    /// A chart with one pod, of this image.
    fn chart(mut self, reference: &str, image: &str) -> Self {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: {image}}}]}}\n"
        );
        let files = [
            ("Chart.yaml", &b"apiVersion: v2\nname: one\nversion: 1.0.0\n"[..]),
            ("templates/pod.yaml", pod.as_bytes()),
        ];
        let files = files.map(|(name, bytes)| (RelPath::parse(name).expect("a plain path"), bytes.into()));
        self.charts.insert(reference.to_owned(), files.into_iter().collect());
        self
    }

    fn answer<T: Clone>(
        &self,
        known: &BTreeMap<String, T>,
        references: &[Reference],
    ) -> Vec<Result<T, Diagnostic>> {
        let answer = |reference: &Reference| {
            self.asked.borrow_mut().push(reference.to_string());
            let name = reference.tagged().to_string();
            let missing = || Diagnostic::new(MISSING, format!("no {name}"), Place::default());
            known.get(&name).cloned().ok_or_else(missing)
        };
        references.iter().map(answer).collect()
    }

    /// The lock after an update, with what was asked, or what is wrong.
    fn update(
        &self,
        (stock, mut report): (Stock, Report),
        renew: &str,
    ) -> Result<(Lock, Vec<String>), Vec<String>> {
        let inquiry = Inquiry {
            digests: &|references| self.answer(&self.digests, references),
            charts: &|references| self.answer(&self.charts, references),
        };
        let renew = |_: Kind, reference: &Reference| lock::is_called(reference, renew);
        let updated = lock::update(&stock.known.lock, &stock.inventory, &renew, &inquiry, &mut report);
        let asked = self.asked.take();
        updated.map(|lock| (lock, asked)).map_err(|_| said(&report))
    }
}

fn stock(objects: &str, lock: &str) -> (Stock, Report) {
    let workspace = landscape("", objects, &[("landscape.lock", lock)]);
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let mut report = Report::default();
    let stock = compiler.stock(&RelPath::root(), &mut report);
    (stock.unwrap_or_else(|_| panic!("{:?}", said(&report))), report)
}

fn deployment(name: &str, values: &str) -> String {
    format!(
        "apiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: {name}}}\nhelm: \
         {{ociRepository: {{ref: 'r.example.org/{name}:v1'}}, values: {{{values}}}}}\n---\n"
    )
}

const EMPTY: &str = "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Lock\ncharts: []\nimages: []\n";
const TAGS: [(&str, &str); 2] = [("r.example.org/a:v1", DIGEST), ("r.example.org/pod:v1", OTHER)];

#[test]
fn a_chart_is_locked_with_the_images_that_it_renders_to() {
    let registry =
        Registry::with(&TAGS).chart("r.example.org/a:v1", "'r.example.org/{{ .Values.image }}:v1'");
    let objects = deployment("a", "image: pod");
    let (lock, asked) = registry.update(stock(&objects, EMPTY), "").expect("all is there");
    assert_eq!(
        asked,
        ["r.example.org/a:v1", &format!("r.example.org/a:v1@{DIGEST}"), "r.example.org/pod:v1"]
    );
    let text = lock.to_yaml();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("values:")).collect();
    assert_eq!(
        lines,
        [
            "# Written by `landscape lock`: what each reference of the landscape leads to.",
            "apiVersion: landscape.gardener.cloud/v1alpha1",
            "kind: Lock",
            "charts:",
            "- ref: r.example.org/a:v1",
            &format!("  digest: {DIGEST}"),
            "  images:",
            "  - r.example.org/pod:v1",
            "images:",
            "- ref: r.example.org/pod:v1",
            &format!("  digest: {OTHER}"),
        ],
        "{text}"
    );

    let again = stock(&objects, &text);
    assert_eq!(again.0.known.lock, lock, "what is written is read");
    let (same, asked) = Registry::default().update(again, "").expect("nothing is asked for");
    assert_eq!((same.to_yaml(), asked), (text, Vec::new()));
}

#[test]
fn only_what_is_named_is_looked_up_again() {
    let registry = Registry::with(&TAGS).chart("r.example.org/a:v1", "r.example.org/pod:v1");
    let objects = deployment("a", "");
    let (old, _) = registry.update(stock(&objects, EMPTY), "").expect("all is there");
    let moved = Registry::with(&[("r.example.org/a:v1", OTHER), ("r.example.org/pod:v1", DIGEST)])
        .chart("r.example.org/a:v1", "r.example.org/pod:v1");
    for (name, asked_for, changes) in [
        ("pod", &["r.example.org/pod:v1".to_owned()][..], &["r.example.org/pod:v1"][..]),
        (
            "r.example.org/a",
            &["r.example.org/a:v1".to_owned(), format!("r.example.org/a:v1@{OTHER}")],
            &["r.example.org/a:v1"],
        ),
    ] {
        let (new, asked) = moved.update(stock(&objects, &old.to_yaml()), name).expect("all is there");
        assert_eq!(asked, asked_for);
        let told: Vec<_> = lock::moves(&old, &new).into_iter().map(|change| change.reference).collect();
        assert_eq!(told, changes);
    }
}

#[test]
fn other_values_make_a_chart_be_rendered_again_at_its_digest() {
    let registry = Registry::with(&[TAGS[0], TAGS[1], ("r.example.org/other:v1", OTHER)])
        .chart("r.example.org/a:v1", "'r.example.org/{{ .Values.image }}:v1'");
    let (old, _) = registry.update(stock(&deployment("a", "image: pod"), EMPTY), "").expect("all is there");
    let (new, asked) =
        registry.update(stock(&deployment("a", "image: other"), &old.to_yaml()), "").expect("all is there");
    assert_eq!(asked, [&format!("r.example.org/a:v1@{DIGEST}"), "r.example.org/other:v1"]);
    let moves = lock::moves(&old, &new);
    let moves: Vec<_> = moves.iter().map(|moved| format!("{} {}", moved.change, moved.reference)).collect();
    assert_eq!(moves, ["added r.example.org/other:v1", "removed r.example.org/pod:v1"]);
}

#[test]
fn all_faults_are_told_at_the_places_of_their_references() {
    let objects = deployment("a", "") + &deployment("b", "") + &deployment("c", "");
    let faults = Registry::with(&TAGS[..1]).update(stock(&objects, EMPTY), "").expect_err("two are missing");
    assert_eq!(
        faults,
        [
            "L000 helm.ociRepository.ref: no r.example.org/a:v1",
            "L000 helm.ociRepository.ref: no r.example.org/b:v1",
            "L000 helm.ociRepository.ref: no r.example.org/c:v1",
        ]
    );
}

#[test]
fn what_cannot_be_rendered_is_locked_and_marked() {
    let registry =
        Registry::with(&TAGS).chart("r.example.org/a:v1", "{{ required \"an image\" .Values.image }}");
    let objects = deployment("a", "");
    let (lock, _) = registry.update(stock(&objects, EMPTY), "").expect("all is there");
    let text = lock.to_yaml();
    assert!(text.contains("  incomplete: true\n") && text.ends_with("images: []\n"), "{text}");
    let (_, asked) = Registry::default().update(stock(&objects, &text), "").expect("nothing is asked for");
    assert_eq!(asked, [""; 0], "it would come to the same");
}

#[test]
fn a_digest_of_the_spec_is_the_one_that_is_locked() {
    let pinned = |digest: &str| deployment("a", "").replace("/a:v1", &format!("/a:v1@{digest}"));
    let registry = Registry::with(&TAGS).chart("r.example.org/a:v1", "r.example.org/pod:v1");
    let (lock, asked) = registry.update(stock(&pinned(DIGEST), EMPTY), "").expect("all is there");
    assert_eq!(asked.first().map(String::as_str), Some(&*format!("r.example.org/a:v1@{DIGEST}")));
    let faults = registry.update(stock(&pinned(OTHER), &lock.to_yaml()), "").expect_err("locked otherwise");
    assert_eq!(faults, ["L708 helm.ociRepository.ref: `r.example.org/a:v1` has another digest here"]);
}

#[test]
fn an_image_that_a_chart_holds_to_a_digest_is_held_to_that_one() {
    let pinned = format!("r.example.org/pod:v1@{DIGEST}");
    let alone = format!("r.example.org/pod@{DIGEST}");
    let tags = [("r.example.org/b:v1", DIGEST), ("r.example.org/c:v1", DIGEST)];
    let registry = Registry::with(&[&TAGS[..], &tags].concat())
        .chart("r.example.org/a:v1", "r.example.org/pod:v1")
        .chart("r.example.org/b:v1", &pinned)
        .chart("r.example.org/c:v1", &alone);
    let objects = deployment("a", "") + &deployment("b", "") + &deployment("c", "");
    let (lock, asked) = registry.update(stock(&objects, EMPTY), "").expect("all is there");
    let pods: Vec<_> = asked.iter().filter(|asked| asked.contains("pod")).collect();
    assert_eq!(pods, ["r.example.org/pod:v1"], "the others are known");
    let text = lock.to_yaml();
    assert!(text.contains(&format!("  images:\n  - {pinned}\n")), "{text}");
    let images = format!("\nimages:\n- ref: r.example.org/pod:v1\n  digest: {OTHER}\n");
    assert!(text.ends_with(&images), "{text}");

    let (again, report) = stock(&objects, &text);
    assert_eq!((said(&report), &again.known.lock), (Vec::new(), &lock));
    assert_eq!(lock::judge(&lock, &again.inventory, lock::Strictness::Locked), []);
    let all = lock::completed(&again.inventory, &lock).items;
    let images = all.iter().filter(|item| item.kind == Kind::Image);
    let images: Vec<_> = images
        .map(|item| (item.reference.to_string(), item.digest.map(|digest| digest.to_string())))
        .collect();
    let told = |reference: &str, digest: &str| (reference.to_owned(), Some(digest.to_owned()));
    assert_eq!(images, [told(&alone, DIGEST), told("r.example.org/pod:v1", OTHER), told(&pinned, DIGEST)]);
}

#[test]
fn a_chart_that_is_named_by_its_digest_alone_is_rendered() {
    let alone = format!("r.example.org/a@{DIGEST}");
    let registry = Registry::with(&[(&alone, DIGEST), TAGS[1]]).chart(&alone, "r.example.org/pod:v1");
    let objects = deployment("a", "").replace("r.example.org/a:v1", &alone);
    let (lock, asked) = registry.update(stock(&objects, EMPTY), "").expect("all is there");
    assert_eq!(asked, [&alone, &alone, "r.example.org/pod:v1"]);
    assert!(lock.to_yaml().contains("  - r.example.org/pod:v1\n"), "{}", lock.to_yaml());
}

#[test]
fn values_from_elsewhere_leave_a_chart_incomplete() {
    let release = |spec: &str| {
        format!(
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {{name: a, namespace: garden}}\nspec: \
             {{interval: 1m, url: 'oci://r.example.org/a', ref: {{tag: v1}}}}\n---\napiVersion: \
             helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: a, namespace: garden}}\nspec: {{interval: \
             1m, chartRef: {{kind: OCIRepository, name: a}}{spec}}}\n"
        )
    };
    let registry = Registry::with(&TAGS).chart("r.example.org/a:v1", "r.example.org/pod:v1");
    let (whole, _) = registry.update(stock(&release(", valuesFrom: []"), EMPTY), "").expect("all is there");
    assert!(!whole.to_yaml().contains("incomplete"), "{}", whole.to_yaml());
    let partial = stock(&release(", valuesFrom: [{kind: Secret, name: a}]"), &whole.to_yaml());
    let (lock, _) = registry.update(partial, "").expect("all is there");
    let text = lock.to_yaml();
    assert!(text.contains("  incomplete: true\n") && text.contains("  - r.example.org/pod:v1\n"), "{text}");
}
