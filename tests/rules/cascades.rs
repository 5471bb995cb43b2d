//! One root cause, one finding: what follows from a fault is not told beside it.

use super::{Fixture, MANIFEST, Mode, findings, told};

/// The families of rules that are told of.
const ABOUT: &[&str] =
    &["references", "projects", "placement", "scheduling", "extensions", "domains", "networks", "order"];

const LANDSCAPE: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden }
---
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerRegistration
metadata: { name: local }
spec:
  resources:
  - { kind: ControlPlane, type: local }
  - { kind: Infrastructure, type: local }
  - { kind: Worker, type: local }
  - { kind: Network, type: calico }
  - { kind: OperatingSystemConfig, type: linux }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev, tolerations: { whitelist: [{ key: dedicated }] } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: base }
spec:
  type: local
  kubernetes: { versions: [{ version: 1.34.0 }] }
  machineTypes: [{ name: small, cpu: '2', gpu: '0', memory: 4Gi }]
  machineImages: [{ name: linux, versions: [{ version: 1.0.0, architectures: [amd64], cri: [{ name: containerd }] }] }]
  regions: [{ name: here, zones: [{ name: a }] }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata: { name: north }
spec:
  provider: { type: local, region: here, zones: [a] }
  taints: [{ key: dedicated }]
  networks: { pods: 10.1.0.0/16, services: 10.2.0.0/16 }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: base }
  region: here
  tolerations: [{ key: dedicated }]
  kubernetes: { version: 1.34.0 }
  networking: { type: calico, pods: 10.3.0.0/16, services: 10.4.0.0/16 }
  provider:
    type: local
    workers:
    - name: pool
      machine: { type: small, image: { name: linux, version: 1.0.0 } }
      zones: [a]
      minimum: 1
      maximum: 1
";

fn landscape() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, LANDSCAPE)
}

#[test]
fn a_missing_cloud_profile() {
    landscape().finds(
        &["L330 spec.cloudProfile.name"],
        &[("cloudProfile: { name: base }", "cloudProfile: { name: bass }")],
    );
}

#[test]
fn a_missing_seed() {
    landscape().finds(
        &["L331 spec.seedName"],
        &[("  tolerations: [{ key: dedicated }]\n", "  seedName: nroth\n  accessRestrictions: []\n")],
    );
}

#[test]
fn a_missing_project() {
    landscape().finds(
        &["L351 metadata.namespace"],
        &[("{ namespace: garden-dev, tolerations", "{ namespace: garden-ops, tolerations")],
    );
}

#[test]
fn a_name_that_is_too_long() {
    let named = ("name: one, namespace", "name: one-with-a-longer-name, namespace");
    let served = ("  taints: [{ key: dedicated }]\n", "  dns: { defaults: [{ domain: example.org }] }\n");
    let own = (
        "  kubernetes: { version: 1.34.0 }\n",
        "  kubernetes: { version: 1.34.0 }\n  dns: { domain: one.dev.example.org }\n",
    );
    landscape().finds(&["L350 metadata.name"], &[named, served, own]);
}

#[test]
fn a_missing_exposure_class() {
    landscape().finds(
        &["L333 spec.exposureClassName"],
        &[("  tolerations: [{ key: dedicated }]\n", "  exposureClassName: internet\n")],
    );
}

#[test]
fn a_mistyped_provider_type() {
    // The shoot's own: no machine, no extension, no seed of that provider is asked for.
    landscape().finds(
        &["L400 spec.provider.type"],
        &[("    type: local\n    workers:", "    type: locla\n    workers:")],
    );
}

#[test]
fn a_mistyped_region() {
    landscape().finds(&["L401 spec.region"], &[("  region: here\n", "  region: hree\n")]);
}

#[test]
fn a_mistyped_image() {
    landscape().finds(
        &["L430 spec.provider.workers[0].machine.image.name"],
        &[("image: { name: linux, version: 1.0.0 }", "image: { name: lnux, version: 1.0.0 }")],
    );
}

#[test]
fn a_seed_that_says_nothing_of_itself() {
    // Nobody knows whom it would take.
    landscape().accepts(&[("  provider: { type: local, region: here, zones: [a] }\n", "")]);
}

/// The landscape with its shoot a hundred times.
fn hundred(landscape: &str) -> String {
    let (before, shoot) = landscape.split_once("kind: Shoot\n").expect("the shoot comes last");
    let shoots = (0..100).map(|number| {
        let named = shoot.replace("name: one,", &format!("name: s{number},"));
        format!("apiVersion: core.gardener.cloud/v1beta1\nkind: Shoot\n{named}---\n")
    });
    let before =
        before.strip_suffix("apiVersion: core.gardener.cloud/v1beta1\n").expect("an object begins like this");
    before.to_owned() + &shoots.collect::<String>()
}

#[test]
fn an_extension_that_a_hundred_shoots_miss_is_one_finding() {
    assert_eq!(findings(ABOUT, Mode::Complete, &hundred(LANDSCAPE)), [""; 0]);
    let unregistered = hundred(&LANDSCAPE.replace("  - { kind: Network, type: calico }\n", ""));
    let found = told(ABOUT, Mode::Complete, MANIFEST, &unregistered);
    let expected =
        "no extension is registered for the networking type `calico`, which is named 99 times more";
    assert_eq!(found, [("L399 spec.networking.type".to_owned(), expected.to_owned())]);
}

#[test]
fn a_provider_that_nobody_registered_is_one_finding() {
    let unregistered = hundred(
        &LANDSCAPE
            .replace("  - { kind: ControlPlane, type: local }\n", "")
            .replace("  - { kind: Infrastructure, type: local }\n", "")
            .replace("  - { kind: Worker, type: local }\n", ""),
    );
    let found = findings(ABOUT, Mode::Complete, &unregistered);
    // The seed needs it as well as the shoots.
    assert_eq!(found, ["L399 spec.provider.type", "L399 spec.provider.type"]);
}

#[test]
fn every_shoot_that_waits_in_vain_is_told_of() {
    let invisible = LANDSCAPE
        .replace("  taints: [{ key: dedicated }]\n", "  settings: { scheduling: { visible: false } }\n");
    let found = findings(ABOUT, Mode::Complete, &hundred(&invisible));
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|found| found == "L385 metadata.name"));
}
