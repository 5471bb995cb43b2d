//! The components of Gardener are of versions that work together, and know what they are given.

use super::{Mode, told};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["components"];

const GARDENLET: &str = "
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  deployment:
    helm: { ociRepository: { ref: 'registry.example.org/charts/gardenlet:v1.149.1' } }
  config:
    featureGates: {}
";

const MANIFEST: &str = "
apiVersion: landscape.gardener.cloud/v1alpha1
kind: Landscape
metadata: { name: test }
spec:
  gardener: { version: v1.149.1 }
  operator:
    chart: { ref: 'registry.example.org/charts/operator:v1.149.1' }
    values: { config: { featureGates: {} } }
  delivery: { registry: oci://registry.example.org/test }
  resources: [objects.yaml]
";

/// The findings after some changes of texts that stand in the manifest or in the gardenlet.
fn found(changes: &[(&str, &str)]) -> Vec<String> {
    let change = |text: &str| changes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    told(ABOUT, Mode::Landscape, &change(MANIFEST), &change(GARDENLET))
        .into_iter()
        .map(|(place, _)| place)
        .collect()
}

const CHART: &str = "registry.example.org/charts/gardenlet:v1.149.1";

#[test]
fn a_gardenlet_is_not_newer_than_the_garden() {
    const REFERENCE: &str = "L445 spec.deployment.helm.ociRepository.ref";
    for (reference, expected) in [
        (CHART, &[][..]),
        ("registry.example.org/charts/gardenlet:v1.149.0", &[]),
        ("registry.example.org/charts/gardenlet:v1.149.2", &[REFERENCE]),
        ("registry.example.org/charts/gardenlet:v1.150.0", &[REFERENCE]),
        ("oci://registry.example.org:5000/charts/gardenlet:1.150.0", &[REFERENCE]),
        ("registry.example.org/charts/gardenlet:v1.149.1-dev", &[]),
        // A chart of one's own has a version of its own, and a digest tells of none.
        ("registry.example.org/charts/my-gardenlet:v1.150.0", &[]),
        ("registry.example.org/charts/gardenlet:v7.0.0", &[]),
        ("registry.example.org/charts/gardenlet@sha256:0", &[]),
    ] {
        assert_eq!(found(&[(CHART, reference)]), expected, "{reference}");
    }
    let digest = "registry.example.org/charts/gardenlet:v1.150.0@sha256:\
                  0000000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(found(&[(CHART, digest)]), [REFERENCE]);
}

#[test]
fn the_newest_that_is_known_of_the_garden_counts() {
    let newer = (CHART, "registry.example.org/charts/gardenlet:v1.150.0");
    let operator = ("charts/operator:v1.149.1", "charts/operator:v1.150.0");
    let garden = ("version: v1.149.1", "version: v1.150.0");
    assert_eq!(found(&[newer, operator]), ["L447 spec.operator.chart.ref"]);
    assert_eq!(found(&[newer, operator, garden]), [""; 0]);
}

#[test]
fn an_image_of_its_own_is_what_runs() {
    let image = ("  deployment:\n", "  deployment:\n    image: { tag: v1.150.0 }\n");
    assert_eq!(found(&[image]), ["L445 spec.deployment.image.tag"]);
    let repository = (
        "  deployment:\n",
        "  deployment:\n    image: { repository: registry.example.org/own, tag: v1.150.0 }\n",
    );
    assert_eq!(found(&[repository]), [""; 0]);
    let split = (
        "{ ref: 'registry.example.org/charts/gardenlet:v1.149.1' }",
        "{ repository: registry.example.org/charts/gardenlet, tag: v1.150.0 }",
    );
    assert_eq!(found(&[split]), ["L445 spec.deployment.helm.ociRepository.tag"]);
}

#[test]
fn a_gardenlet_is_at_most_two_minors_behind() {
    let old = |version: &'static str| found(&[(CHART, version), ("1.149.1", "1.150.0")]);
    assert_eq!(old("registry.example.org/charts/gardenlet:v1.148.9"), [""; 0]);
    let too_old = found(&[(CHART, "registry.example.org/charts/gardenlet:v1.146.9")]);
    assert_eq!(too_old, ["L446 spec.deployment.helm.ociRepository.ref"]);
    let just = found(&[(CHART, "registry.example.org/charts/gardenlet:v1.147.0")]);
    assert_eq!(just, [""; 0]);
}

#[test]
fn feature_gates_belong_to_components() {
    let gate = |gates| ("  config:\n    featureGates: {}\n", gates);
    let of_gardenlet = |gates| found(&[gate(gates)]);
    assert_eq!(of_gardenlet("  config: { featureGates: { RemoveVali: true, AllAlpha: false } }\n"), [""; 0]);
    let unknown = "L448 spec.config.featureGates.InPlaceNodeUpdates";
    assert_eq!(of_gardenlet("  config: { featureGates: { InPlaceNodeUpdates: true } }\n"), [unknown]);
    // Libraries bring gates of Kubernetes along.
    assert_eq!(of_gardenlet("  config: { featureGates: { APIServerTracing: true } }\n"), [""; 0]);
    let locked = "L449 spec.config.featureGates.DoNotCopyBackupCredentials";
    assert_eq!(of_gardenlet("  config: { featureGates: { DoNotCopyBackupCredentials: false } }\n"), [locked]);
    let operator = |gates| ("values: { config: { featureGates: {} } }", gates);
    let path = "spec.operator.values.config.featureGates";
    for (gates, expected) in [
        ("values: { config: { featureGates: { BackupEntryForGarden: true } } }", String::new()),
        (
            "values: { config: { featureGates: { VPNBondingModeRoundRobin: true } } }",
            format!("L448 {path}.VPNBondingModeRoundRobin"),
        ),
        (
            "values: { config: { featureGates: { DoNotCopyBackupCredentials: false } } }",
            format!("L449 {path}.DoNotCopyBackupCredentials"),
        ),
    ] {
        let expected: Vec<String> =
            Some(expected).filter(|expected| !expected.is_empty()).into_iter().collect();
        assert_eq!(found(&[operator(gates)]), expected, "{gates}");
    }
}

#[test]
fn nobody_knows_the_gates_of_an_unknown_version() {
    let gate = ("  config:\n    featureGates: {}\n", "  config: { featureGates: { SomeOldGate: true } }\n");
    assert_eq!(found(&[gate]), ["L448 spec.config.featureGates.SomeOldGate"]);
    let old = found(&[gate, (CHART, "registry.example.org/charts/gardenlet:v1.147.0")]);
    assert_eq!(old, [""; 0]);
}
