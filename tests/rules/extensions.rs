//! Every type that an object names is one that an extension takes care of.

use super::{Fixture, MANIFEST, Mode, findings, told};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["extensions"];

const OBJECTS: &str = "
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
  - { kind: ContainerRuntime, type: gvisor }
  - { kind: DNSRecord, type: records }
  - { kind: BackupBucket, type: store }
  - { kind: BackupEntry, type: store }
---
apiVersion: operator.gardener.cloud/v1alpha1
kind: Extension
metadata: { name: things }
spec:
  deployment: { extension: { helm: { ociRepository: { ref: registry.example.org/things:v1 } } } }
  resources:
  - { kind: Extension, type: shoot-things, workerlessSupported: true }
  - { kind: Extension, type: seed-things, clusterCompatibility: [seed] }
---
apiVersion: core.gardener.cloud/v1beta1
kind: BackupBucket
metadata: { name: bucket }
spec:
  provider: { type: store }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata: { name: north }
spec:
  provider: { type: local, region: here }
  backup: { provider: store }
  ingress: { domain: ingress.example.org }
  dns:
    provider: { type: records }
    internal: { type: records, domain: internal.example.org }
    defaults: [{ type: records, domain: apps.example.org }]
  extensions: [{ type: seed-things }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  seedName: north
  networking: { type: calico, pods: 10.3.0.0/16, services: 10.4.0.0/16 }
  dns:
    domain: one.example.org
    providers: [{ type: records, primary: true }]
  extensions:
  - { type: shoot-things }
  provider:
    type: local
    workers:
    - name: pool
      machine: { type: small, image: { name: linux, version: 1.0.0 } }
      cri: { name: containerd, containerRuntimes: [{ type: gvisor }] }
";

fn objects() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, OBJECTS)
}

#[test]
fn every_type_of_a_shoot() {
    for (path, from, to) in [
        ("spec.networking.type", "networking: { type: calico", "networking: { type: other"),
        ("spec.dns.providers[0].type", "{ type: records, primary: true }", "{ type: other, primary: true }"),
        ("spec.extensions[0].type", "  - { type: shoot-things }\n", "  - { type: other }\n"),
        ("spec.provider.workers[0].machine.image.name", "name: linux, version", "name: other, version"),
        ("spec.provider.workers[0].cri.containerRuntimes[0].type", "[{ type: gvisor }]", "[{ type: other }]"),
        ("spec.provider.type", "    type: local\n    workers:", "    type: other\n    workers:"),
    ] {
        objects().finds(&[&format!("L399 {path}")], &[(from, to)]);
    }
    objects().accepts(&[("{ type: records, primary: true }", "{ type: other }")]);
    objects().accepts(&[("{ type: records, primary: true }", "{ type: unmanaged, primary: true }")]);
}

#[test]
fn every_type_of_a_seed_and_of_its_backups() {
    let seed = "  provider: { type: local, region: here }\n";
    for (path, from, to) in [
        ("spec.provider.type", seed, "  provider: { type: other, region: here }\n"),
        ("spec.backup.provider", "backup: { provider: store }", "backup: { provider: other }"),
        ("spec.dns.provider.type", "    provider: { type: records }\n", "    provider: { type: other }\n"),
        ("spec.extensions[0].type", "[{ type: seed-things }]", "[{ type: shoot-things }]"),
        ("spec.provider.type", "  provider: { type: store }\n", "  provider: { type: other }\n"),
    ] {
        objects().finds(&[&format!("L399 {path}")], &[(from, to)]);
    }
    objects().accepts(&[
        ("    provider: { type: records }\n", "    provider: { type: other }\n"),
        ("  ingress: { domain: ingress.example.org }\n", ""),
    ]);
}

#[test]
fn both_kinds_are_needed_for_backups() {
    objects().finds(&["L399 spec.backup.provider"], &[("  - { kind: BackupEntry, type: store }\n", "")]);
}

#[test]
fn only_who_is_responsible_counts() {
    let second = ("{ kind: Network, type: calico }", "{ kind: Network, type: calico, primary: false }");
    objects().finds(&["L399 spec.networking.type"], &[second]);
}

#[test]
fn an_extension_is_for_the_clusters_it_names() {
    let shoots = |to| ("type: shoot-things, workerlessSupported: true }", to);
    objects().accepts(&[shoots("type: shoot-things, clusterCompatibility: [shoot, seed] }")]);
    // What is left when the Garden is taken out is nothing, which means shoots.
    objects().accepts(&[shoots("type: shoot-things, clusterCompatibility: [garden] }")]);
    let found = told(
        ABOUT,
        Mode::Complete,
        MANIFEST,
        &objects().changed(&[shoots("type: shoot-things, clusterCompatibility: [seed] }")]),
    );
    let expected = "the extension type `shoot-things` is not for a shoot";
    assert_eq!(found, [("L399 spec.extensions[0].type".to_owned(), expected.to_owned())]);
}

#[test]
fn an_extension_without_a_chart_registers_nothing() {
    let admission = ("deployment: { extension: { helm: ", "deployment: { admission: { helm: ");
    let found = findings(ABOUT, Mode::Complete, &objects().changed(&[admission]));
    assert_eq!(found, ["L399 spec.extensions[0].type", "L399 spec.extensions[0].type"]);
}

#[test]
fn shoots_without_workers() {
    let (before, _) = OBJECTS.split_once("    workers:").expect("the pools come last");
    assert_eq!(findings(ABOUT, Mode::Complete, before), [""; 0]);
    // A network needs no extension where there are no nodes.
    let without = before.replace("networking: { type: calico", "networking: { type: other");
    assert_eq!(findings(ABOUT, Mode::Complete, &without), [""; 0]);
    let unsupported = before.replace(", workerlessSupported: true", "");
    assert_eq!(findings(ABOUT, Mode::Complete, &unsupported), ["L443 spec.extensions[0].type"]);
    assert_eq!(findings(ABOUT, Mode::Part, &unsupported), ["L443 spec.extensions[0].type"]);
    let unknown = before.replace("  - { type: shoot-things }\n", "  - { type: other }\n");
    assert_eq!(findings(ABOUT, Mode::Complete, &unknown), ["L399 spec.extensions[0].type"]);
}

#[test]
fn the_domains_of_a_seed_are_a_warning() {
    let internal =
        ("{ type: records, domain: internal.example.org }", "{ type: other, domain: internal.example.org }");
    objects().finds(&["L444 spec.dns.internal.type"], &[internal]);
    let default =
        ("{ type: records, domain: apps.example.org }", "{ type: other, domain: apps.example.org }");
    objects().finds(&["L444 spec.dns.defaults[0].type"], &[default]);
    // The same type is told of once.
    let provider = ("    provider: { type: records }\n", "    provider: { type: other }\n");
    objects().finds(&["L399 spec.dns.provider.type"], &[internal, default, provider]);
}

#[test]
fn a_part_of_a_landscape_may_have_its_registrations_elsewhere() {
    let network = ("networking: { type: calico", "networking: { type: other");
    let changed = objects().changed(&[network]);
    // The others of its types are registered here, and other networks too.
    assert_eq!(findings(ABOUT, Mode::Part, &changed), ["L399 spec.networking.type"]);
    let none = objects().changed(&[network, ("  - { kind: Network, type: calico }\n", "")]);
    assert_eq!(findings(ABOUT, Mode::Part, &none), [""; 0]);
    let (_, unregistered) = changed.split_once("kind: BackupBucket\n").expect("the registrations come first");
    let unregistered = format!("apiVersion: core.gardener.cloud/v1beta1\nkind: BackupBucket\n{unregistered}");
    assert_eq!(findings(ABOUT, Mode::Complete, &unregistered), [""; 0]);
}
