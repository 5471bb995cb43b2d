//! A shoot that names its seed is one that the seed takes.

use super::{Fixture, Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["scheduling", "placement"];

const OBJECTS: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: base }
spec:
  type: local
---
apiVersion: core.gardener.cloud/v1beta1
kind: ExposureClass
metadata: { name: internet }
scheduling:
  seedSelector: { matchLabels: { tier: gold } }
  tolerations: [{ key: internet }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata:
  name: north
  labels: { tier: gold }
spec:
  provider: { type: local, region: here, zones: [a, b, c] }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: base }
  networking: { services: 10.4.0.0/16 }
  seedName: north
";

const SEED: &str = "  provider: { type: local, region: here, zones: [a, b, c] }\n";
const SHOOT: &str = "  seedName: north\n";

fn objects() -> Fixture {
    Fixture::new(ABOUT, Mode::Part, OBJECTS)
}

#[test]
fn a_seed_that_is_not_here_refuses_nothing() {
    let elsewhere =
        ("  seedName: north\n", "  seedName: south\n  seedSelector: { matchLabels: { tier: silver } }\n");
    objects().accepts(&[elsewhere]);
}

#[test]
fn taints() {
    let tainted = (SEED, "  taints: [{ key: internet }]\n  provider: { type: local, region: here }\n");
    objects().finds(&["L388 spec.seedName"], &[tainted]);
    objects().accepts(&[tainted, (SHOOT, "  seedName: north\n  exposureClassName: internet\n")]);
    objects().accepts(&[tainted, (SHOOT, "  seedName: north\n  tolerations: [{ key: internet }]\n")]);
    objects().finds(
        &["L388 spec.seedName"],
        &[tainted, (SHOOT, "  seedName: north\n  tolerations: [{ key: intranet }]\n")],
    );
    // Nobody knows what an ExposureClass tolerates that is not here.
    objects().accepts(&[tainted, (SHOOT, "  seedName: north\n  exposureClassName: intranet\n")]);
}

#[test]
fn shoots_of_the_garden_may_use_protected_seeds() {
    let tainted = (SEED, "  taints: [{ key: seed.gardener.cloud/protected }]\n");
    objects().finds(&["L388 spec.seedName"], &[tainted]);
    let garden = [
        ("spec: { namespace: garden-dev }", "spec: { namespace: garden }"),
        ("name: one, namespace: garden-dev", "name: one, namespace: garden"),
    ];
    objects().accepts(&[tainted, garden[0], garden[1]]);
}

#[test]
fn selectors() {
    let profile = |text| ("  type: local\n", text);
    objects().finds(
        &["L389 spec.seedName"],
        &[profile("  type: local\n  seedSelector: { matchLabels: { tier: silver } }\n")],
    );
    objects().finds(
        &["L389 spec.seedName"],
        &[profile("  type: local\n  seedSelector: { providerTypes: [other] }\n")],
    );
    objects().accepts(&[profile("  type: local\n  seedSelector: { providerTypes: ['*'] }\n")]);
    let shoot = |text| (SHOOT, text);
    objects().finds(
        &["L389 spec.seedSelector"],
        &[shoot("  seedName: north\n  seedSelector: { matchLabels: { tier: silver } }\n")],
    );
    objects().finds(
        &["L389 spec.seedSelector.providerTypes"],
        &[shoot("  seedName: north\n  seedSelector: { providerTypes: ['*'] }\n")],
    );
    objects().accepts(&[shoot("  seedName: north\n  seedSelector: { providerTypes: [local] }\n")]);
    let silver = ("  labels: { tier: gold }\n", "  labels: { tier: silver }\n");
    objects().finds(
        &["L389 spec.exposureClassName"],
        &[silver, shoot("  seedName: north\n  exposureClassName: internet\n")],
    );
}

#[test]
fn zones() {
    let across = (
        SHOOT,
        "  seedName: north\n  controlPlane: { highAvailability: { failureTolerance: { type: zone } } }\n",
    );
    objects().accepts(&[across]);
    objects().finds(
        &["L390 spec.seedName"],
        &[across, (SEED, "  provider: { type: local, region: here, zones: [a, b] }\n")],
    );
    let allowed = ("  type: local\n", "  type: local\n  controlPlane: { allowZonePinning: true }\n");
    let pinned = (SHOOT, "  seedName: north\n  controlPlane: { zones: [a, d, e] }\n");
    // Upstream looks no further where zones may not be chosen at all.
    objects().finds(&["L391 spec.controlPlane.zones"], &[pinned]);
    objects()
        .finds(&["L392 spec.controlPlane.zones[1]", "L392 spec.controlPlane.zones[2]"], &[pinned, allowed]);
}

#[test]
fn access_restrictions() {
    let asked = (SHOOT, "  seedName: north\n  accessRestrictions: [{ name: eu-access-only }]\n");
    objects().finds(&["L394 spec.seedName"], &[asked]);
    let known = (SEED, "  accessRestrictions: [{ name: eu-access-only }]\n");
    objects().accepts(&[asked, known]);
}

#[test]
fn a_running_seed_tells_itself_what_it_has_room_for() {
    let full =
        (SEED, "  provider: { type: local, region: here }\nstatus: { allocatable: { shoots: '0' } }\n");
    objects().finds(&["L393 spec.seedName"], &[full]);
    let another = objects().changed(&[(SEED, "  provider: { type: local, region: here }\n")]);
    let moved = format!("{another}status: {{ seedName: south }}\n");
    let south = "---\napiVersion: core.gardener.cloud/v1beta1\nkind: Seed\nmetadata: { name: south }\n\
                 status: { allocatable: { shoots: '0' } }\n";
    // The shoot still lives on the seed, though no object puts it there any more.
    assert_eq!(findings(ABOUT, Mode::Part, &format!("{moved}{south}")), [""; 0]);
}

#[test]
fn a_gardenlet_takes_its_capacity_from_the_one_that_deploys_it() {
    let objects = "
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  config:
    resources: { capacity: { shoots: '1' } }
    seedConfig: { spec: { provider: { type: local, region: here } } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: ground, namespace: garden }
spec: { seedName: north }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeed
metadata: { name: managed, namespace: garden }
spec:
  shoot: { name: ground }
  gardenlet:
    mergeWithParent: true
    config: { seedConfig: { spec: { provider: { type: local, region: here } } } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec: { seedName: managed }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: two, namespace: garden-dev }
spec: { seedName: managed }
";
    let full = |objects: &str| {
        let found = findings(ABOUT, Mode::Part, objects);
        found.into_iter().filter(|found| found.starts_with("L393")).count()
    };
    assert_eq!(full(objects), 1);
    assert_eq!(full(&objects.replace("mergeWithParent: true", "mergeWithParent: false")), 0);
}
