//! How Flux reaches the registry of a landscape, and what it verifies what it finds there with.

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

/// Everything that makes a difference to how the registry is reached.
const ACCESS: [&str; 6] = [
    "certSecretRef: {name: ca}",
    "insecure: true",
    "provider: aws",
    "proxySecretRef: {name: proxy}",
    "secretRef: {name: pull}",
    "verify: {secretRef: {name: keys}}",
];
/// How that reads in the spec of an OCIRepository, without what is said of the revision.
const REACHED: &str = "\
spec:
  certSecretRef:
    name: ca
  insecure: true
  interval: 10m
";
/// A layer that is unpacked on the way is compared with nothing.
const COPIED: &str = "  layerSelector:
    mediaType: application/vnd.cncf.flux.content.v1.tar+gzip
    operation: copy
";
const VERIFIED: &str = "  verify:
    provider: cosign
    secretRef:
      name: keys
";

const UPSTREAM: &str = "registry.example.com/charts/operator:v1.148.4";
const OWN: &str = "registry.example.org/tiny/charts/operator:0.1.0";

/// A landscape with a chart of its own.
fn files(delivery: &[&str], operator: &str) -> [(&'static str, String); 3] {
    let landscape = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1
kind: Landscape
metadata: {{name: tiny}}
spec:
  gardener: {{version: v1.148.4}}
  operator: {{chart: {{ref: \"{operator}\"}}}}
  projects: [projects.yaml]
  delivery:
    registry: oci://registry.example.org/tiny
    {}
",
        delivery.join("\n    ")
    );
    let project = "apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: {name: dev}
spec: {namespace: garden-dev}
";
    let chart = "apiVersion: v2\nname: operator\nversion: 0.1.0\n";
    [
        ("landscape.yaml", landscape),
        ("projects.yaml", project.to_owned()),
        ("charts/operator/Chart.yaml", chart.to_owned()),
    ]
}

/// A file of what a landscape compiles to.
fn rendered(delivery: &[&str], operator: &str, file: &str) -> String {
    let files = files(delivery, operator);
    let workspace = Memory::new(files.iter().map(|(name, text)| (*name, &**text)));
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let rendered = compiler.render(&RelPath::root(), &mut Report::default()).expect("a sound landscape");
    let path = RelPath::parse(file).expect("a plain path");
    let text = rendered.files.get(&path).unwrap_or_else(|| panic!("{file} is rendered"));
    String::from_utf8(text.to_vec()).expect("UTF-8")
}

/// What is found of L622.
fn codes(delivery: &[&str]) -> Vec<&'static str> {
    let files = files(delivery, UPSTREAM);
    let workspace = Memory::new(files.iter().map(|(name, text)| (*name, &**text)));
    let mut report = Report::default();
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let outcome = compiler.check(&RelPath::root(), &mut report);
    assert_eq!(outcome.map(drop), report.reported());
    report.findings().iter().map(|finding| finding.code.id).filter(|id| *id == "L622").collect()
}

#[test]
fn the_artifact_is_reached_as_the_delivery_says() {
    let with_flux = [&ACCESS[..], &["flux: {minVersion: '2.9'}"]].concat();
    let bootstrap = rendered(&with_flux, UPSTREAM, "flux/bootstrap.yaml");
    let (source, _) = bootstrap.split_once("---\n").expect("two objects");
    let expected = format!(
        "apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: landscape
  namespace: flux-system
{REACHED}{COPIED}  provider: aws
  proxySecretRef:
    name: proxy
  ref:
    tag: latest
  secretRef:
    name: pull
  url: oci://registry.example.org/tiny
{VERIFIED}"
    );
    assert_eq!(source, expected);
}

#[test]
fn an_operator_of_the_own_registry_is_reached_and_verified_like_the_artifact() {
    let with_flux = [&ACCESS[..], &["flux: {minVersion: '2.9'}"]].concat();
    let source = rendered(
        &with_flux,
        OWN,
        "runtime/gardener-operator/ocirepository_flux-system_gardener-operator.yaml",
    );
    for part in [REACHED, VERIFIED, "  url: oci://registry.example.org/tiny/charts/operator\n"] {
        assert!(source.contains(part), "{part}\nin\n{source}");
    }
    assert!(source.contains("  ref:\n    digest: sha256:"), "{source}");
    let release =
        rendered(&with_flux, OWN, "runtime/gardener-operator/helmrelease_garden_gardener-operator.yaml");
    let chart = "  chartRef:
    kind: OCIRepository
    name: gardener-operator
    namespace: flux-system
";
    assert!(
        release.contains(chart),
        "the Secrets are in the namespace of Flux, and so is the chart:\n{release}"
    );
}

#[test]
fn an_operator_of_another_registry_is_reached_without_any_secret() {
    let with_flux = [&ACCESS[..], &["flux: {minVersion: '2.9'}"]].concat();
    let source = rendered(
        &with_flux,
        UPSTREAM,
        "runtime/gardener-operator/ocirepository_garden_gardener-operator.yaml",
    );
    for absent in ["insecure", "ecretRef", "provider", "verify"] {
        assert!(!source.contains(absent), "{absent} in\n{source}");
    }
}

#[test]
fn a_private_registry_needs_a_flux_that_verifies_there() {
    let verify = "verify: {secretRef: {name: keys}}";
    for private in ["insecure: true", "certSecretRef: {name: ca}"] {
        assert_eq!(codes(&[private, verify]), ["L622"], "{private}: Flux 2.8 by default");
        assert_eq!(codes(&[private, verify, "flux: {minVersion: '2.9'}"]), [""; 0], "{private}");
        assert_eq!(codes(&[private]), [""; 0], "{private}: nothing is verified");
    }
    assert_eq!(
        codes(&["secretRef: {name: pull}", verify]),
        [""; 0],
        "a public authority vouches for the registry"
    );
}
