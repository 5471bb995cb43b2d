//! Protects the rules that hold a shoot against its CloudProfile: each fires on its fault, at the field Gardener's API
//! server names, and on nothing else.

mod manifests;

use std::fmt::Write as _;

use landscape::diagnostic::{Diagnostic, Report};

const PROFILE: &str = include_str!("placement/profile.yaml");
const SHOOT: &str = include_str!("placement/shoot.yaml");
const CHILD: &str = include_str!("placement/child.yaml");

/// A text that stands once in the fixture, and what stands there instead.
type Change = (&'static str, &'static str);

/// The report on the fixture after some changes.
fn check(changes: &[Change]) -> Report {
    let texts = manifests::changed(&[CHILD, PROFILE, SHOOT], changes);
    let names = ["child.yaml", "profile.yaml", "shoot.yaml"];
    let files: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    manifests::check(&files, false)
}

/// The findings about shoots; what a CloudProfile is by itself is another test's business.
fn about_shoots(report: &Report) -> Vec<&Diagnostic> {
    let by_itself = |finding: &&Diagnostic| {
        let object = finding.place.object.as_ref();
        finding.code.id.starts_with("L5")
            && object.is_some_and(|object| object.kind.ends_with("CloudProfile"))
    };
    report.findings().into_iter().filter(|finding| !by_itself(finding)).collect()
}

/// The findings after some changes, as `code path`, one a line.
fn findings(changes: &[Change]) -> String {
    let report = check(changes);
    let mut text = String::new();
    for finding in about_shoots(&report) {
        writeln!(text, "{} {}", finding.code.id, finding.place.path).expect("a string takes all");
    }
    text
}

fn assert_found(expected: &str, changes: &[Change]) {
    assert_eq!(findings(changes), format!("{expected}\n"), "after {changes:?}");
}

fn assert_clean(changes: &[Change]) {
    assert_eq!(findings(changes), "", "after {changes:?}");
}

/// The shoot is made after the NamespacedCloudProfile.
const BY_CHILD: Change = (
    "cloudProfile: { kind: CloudProfile, name: base }",
    "cloudProfile: { kind: NamespacedCloudProfile, name: child }",
);
/// The CloudProfile describes its machines by capabilities.
const CAPABLE: Change = (
    "machineCapabilities: []",
    "machineCapabilities: [{ name: architecture, values: [amd64, arm64] }, { name: boot, values: [bios, uefi] }]",
);

#[test]
fn the_fixture_is_clean() {
    assert_clean(&[]);
    assert_clean(&[BY_CHILD]);
    assert_clean(&[CAPABLE]);
}

#[test]
fn a_finding_shows_what_is_offered_and_where() {
    let report = check(&[BY_CHILD, ("type: small # one", "type: smal")]);
    let findings = about_shoots(&report);
    let [finding] = findings.as_slice() else {
        panic!("one fault, one finding: {findings:?}");
    };
    assert_eq!(
        finding.help.as_deref(),
        Some("did you mean `small`? allowed: `arm`, `huge`, `large`, `small`")
    );
    let related = finding.related.first().expect("it points at the CloudProfile");
    assert_eq!(report.sources.name(related.span.file), "child.yaml");
    assert_eq!(report.sources.slice(related.span), "child");
}

#[test]
fn the_provider_must_agree() {
    assert_found("L400 spec.provider.type", &[("type: stack # shoot", "type: other")]);
    assert_found(
        "L406 spec.provider.type",
        &[("type: stack # binding", "type: other"), ("type: stack # identity", "type: other")],
    );
    assert_found(
        "L534 spec.secretBindingName\nL406 spec.provider.type",
        &[("type: other,stack", "type: other"), ("credentialsBindingName", "secretBindingName")],
    );
    assert_found("L534 spec.secretBindingName", &[("credentialsBindingName", "secretBindingName")]);
    assert_found("L407 provider.type", &[("type: stack # binding", "type: other")]);
    assert_found("L407 provider.type", &[("type: stack # identity", "type: other")]);
}

#[test]
fn region_and_zones_must_be_offered() {
    assert_found("L401 spec.region", &[("region: north", "region: nort")]);
    assert_found("L402 spec.provider.workers[0].zones[1]", &[("[north-1, north-2]", "[north-1, north-9]")]);
    assert_found(
        "L402 spec.provider.workers[0].zones[0]",
        &[
            ("region: north", "region: flat"),
            ("[north-1, north-2]", "[north-1]"),
            ("zones: [north-1] # two", "zones: []"),
        ],
    );
    assert_found("L403 spec.provider.workers[0].zones[1]", &[("[north-1, north-2]", "[north-1, north-1]")]);
}

#[test]
fn access_restrictions_and_nodes_are_limited() {
    assert_clean(&[("region: north", "region: north\n  accessRestrictions: [{ name: near }]")]);
    assert_found(
        "L404 spec.accessRestrictions[1]",
        &[("region: north", "region: north\n  accessRestrictions: [{ name: near }, { name: far }]")],
    );
    assert_clean(&[("minimum: 1 # one", "minimum: 8")]);
    assert_found("L405 spec.provider.workers", &[("minimum: 1 # one", "minimum: 9")]);
}

#[test]
fn kubernetes_versions_must_be_offered() {
    let control_plane = |version| ("version: 1.34.2 # shoot", version);
    assert_found("L410 spec.kubernetes.version", &[control_plane("version: 1.34.9")]);
    assert_found("L410 spec.kubernetes.version", &[control_plane("version: 1.34.0 # expired")]);
    assert_found(
        "L410 spec.kubernetes.version",
        &[control_plane("version: 1.35.0 # has expired by its lifecycle")],
    );
    assert_found("L410 spec.kubernetes.version", &[control_plane("version: 1.36.0 # begins next year")]);
    assert_clean(&[control_plane("version: 1.35.1 # a preview")]);
    assert_found(
        "L579 spec.kubernetes.version",
        &[control_plane("version: 1.34.1 # expires during that day")],
    );
    assert_found(
        "L411 spec.provider.workers[1].kubernetes.version",
        &[("version: 1.33.5 # two", "version: 1.33.6")],
    );
}

#[test]
fn a_version_is_completed_as_the_api_server_does() {
    let control_plane = |version| ("version: 1.34.2 # shoot", version);
    assert_clean(&[control_plane("version: '1.34'")]);
    assert_clean(&[control_plane("version: '1'")]);
    // What is not asked for at all is completed too, but to what changes with the CloudProfile.
    assert_found("L500 spec.kubernetes.version", &[control_plane("version: ''")]);
    assert_found("L500 spec.kubernetes.version", &[control_plane("{}")]);
    // Every 1.35 is a preview or expired, and the API server chooses neither.
    assert_found("L410 spec.kubernetes.version", &[control_plane("version: '1.35'")]);
    let unreadable = "L526 spec.kubernetes.kubeAPIServer.admissionPlugins\nL550 spec.provider.workers[1].kubernetes.version";
    assert_found(unreadable, &[control_plane("version: 1.34.2.1")]);
    assert_clean(&[("version: 3.1.0 } # one", "version: '3.1' }")]);
    assert_found(
        "L549 spec.provider.workers[0].machine.image.version",
        &[("name: linux, version: 3.1.0 } # one", "name: linux }")],
    );
    assert_found(
        "L549 spec.provider.workers[0].machine.image",
        &[("image: { name: linux, version: 3.1.0 } # one", "# none")],
    );
    assert_found(
        "L430 spec.provider.workers[0].machine.image.version",
        &[("version: 3.1.0 } # one", "version: '4.0' }")],
    );
}

#[test]
fn an_unsupported_version_is_a_warning() {
    let offered = ("version: 1.33.5 # offered", "version: 1.31.5");
    assert_eq!(
        findings(&[offered, ("version: 1.33.5 # two", "version: 1.31.5")]),
        "L413 spec.kubernetes.versions[0].version\nL412 spec.provider.workers[1].kubernetes.version\n"
    );
    assert_clean(&[("version: 1.34.0 # offered", "version: 1.31.0")]);
}

#[test]
fn machine_types_must_be_offered() {
    let machine = |machine| ("type: small # one", machine);
    assert_found("L420 spec.provider.workers[0].machine.type", &[machine("type: smal")]);
    assert_found("L420 spec.provider.workers[0].machine.type", &[machine("type: retired")]);
    assert_found("L421 spec.provider.workers[0].machine.type", &[machine("type: arm")]);
    assert_clean(&[machine("type: arm"), ("architecture: amd64 # one", "architecture: arm64")]);
    assert_clean(&[machine("type: arm"), ("architecture: amd64 # one", "# none")]);
    assert_found(
        "L422 spec.provider.workers[1].machine.type",
        &[("zones: [north-1] # two", "zones: [north-3]")],
    );
}

#[test]
fn a_kubelet_leaves_something_of_its_machine() {
    let reserved = "version: 1.33.5\n        kubelet: { kubeReserved: { memory: 16Gi, cpu: 7500m } }";
    assert_found("L423 spec.provider.workers[1].kubernetes.kubelet", &[("version: 1.33.5 # two", reserved)]);
    assert_found(
        "L574 spec.kubernetes.kubelet",
        &[("version: 1.34.2 # shoot", "version: 1.34.2\n    kubelet: { kubeReserved: { cpu: '4' } }")],
    );
    assert_clean(&[(
        "version: 1.34.2 # shoot",
        "version: 1.34.2\n    kubelet: { kubeReserved: { cpu: 3999m, memory: 8191Mi } }",
    )]);
}

#[test]
fn machine_images_must_be_offered() {
    let image = |image| ("name: linux, version: 3.1.0 } # one", image);
    assert_found(
        "L430 spec.provider.workers[0].machine.image.name",
        &[image("name: linus, version: 3.1.0 }")],
    );
    assert_found(
        "L430 spec.provider.workers[0].machine.image.version",
        &[image("name: linux, version: 9.9.9 }")],
    );
    assert_found(
        "L430 spec.provider.workers[0].machine.image.version",
        &[image("name: linux, version: 3.0.0 }")],
    );
    assert_found(
        "L431 spec.provider.workers[1].machine.image",
        &[("name: linux, version: 3.1.0 } # two", "name: rescue, version: 1.0.0 }")],
    );
    assert_found(
        "L432 spec.provider.workers[0].machine.image",
        &[
            ("updateStrategy: AutoRollingUpdate", "updateStrategy: ManualInPlaceUpdate"),
            image("name: rescue, version: 1.0.0 }"),
        ],
    );
    assert_clean(&[("updateStrategy: AutoRollingUpdate", "updateStrategy: AutoInPlaceUpdate")]);
}

#[test]
fn what_an_image_lacks_cannot_be_asked_for() {
    assert_clean(&[(
        "name: containerd # one",
        "name: containerd\n        containerRuntimes: [{ type: sandbox }]",
    )]);
    assert_found(
        "L434 spec.provider.workers[0].cri.containerRuntimes[1].type",
        &[(
            "name: containerd # one",
            "name: containerd\n        containerRuntimes: [{ type: sandbox }, { type: sandbag }]",
        )],
    );
    assert_found(
        "L435 spec.provider.workers[0].machine.image",
        &[("name: linux, version: 3.1.0 } # one", "name: linux, version: 2.0.0 }")],
    );
    assert_clean(&[("name: linux, version: 3.1.0 } # two", "name: linux, version: 2.0.0 }")]);
}

#[test]
fn capabilities_of_machine_and_image_must_meet() {
    let flavors = |flavors| ("capabilityFlavors: []", flavors);
    let bios = ("capabilities: {} # small", "capabilities: { architecture: [amd64], boot: [bios] }");
    let both = "capabilityFlavors: [{ architecture: [amd64], boot: [uefi] }, { architecture: [arm64] }]";
    assert_clean(&[CAPABLE, flavors(both)]);
    assert_found("L433 spec.provider.workers[0].machine.image.version", &[CAPABLE, flavors(both), bios]);
    assert_clean(&[
        CAPABLE,
        flavors(
            "capabilityFlavors: [{ architecture: [amd64], boot: [uefi, bios] }, { architecture: [arm64] }]",
        ),
        bios,
    ]);
}

#[test]
fn volumes_must_be_offered_and_large_enough() {
    let volume = |volume| ("type: fast, size: 50Gi", volume);
    assert_found("L440 spec.provider.workers[0].volume.type", &[volume("type: fats, size: 50Gi")]);
    assert_found("L440 spec.provider.workers[0].volume.type", &[volume("type: tape, size: 50Gi")]);
    assert_found("L441 spec.provider.workers[0].volume.type", &[volume("type: slow, size: 50Gi")]);
    assert_clean(&[volume("type: slow, size: 50Gi"), ("[north-1, north-2]", "[north-1]")]);
    assert_found("L442 spec.provider.workers[0].volume.size", &[volume("type: fast, size: 19Gi")]);
    assert_found(
        "L442 spec.provider.workers[1].volume.size",
        &[("type: arm # two", "type: large"), ("architecture: arm64 # two", "architecture: amd64")],
    );
    assert_clean(&[volume("type: fast, size: 20Gi")]);
}

#[test]
fn one_root_cause_is_one_finding() {
    // Nothing can be held against a CloudProfile that is elsewhere.
    assert_clean(&[
        (
            "cloudProfile: { kind: CloudProfile, name: base }",
            "cloudProfile: { kind: CloudProfile, name: elsewhere }",
        ),
        ("region: north", "region: nowhere"),
    ]);
    // Zones of an unknown region, machines, images and volumes of another provider: all follow from the first fault.
    assert_found(
        "L401 spec.region",
        &[("region: north", "region: nowhere"), ("[north-1, north-2]", "[nowhere-1]")],
    );
    assert_found(
        "L400 spec.provider.type",
        &[("type: stack # shoot", "type: other"), ("type: small # one", "type: other")],
    );
    assert_found(
        "L420 spec.provider.workers[1].machine.type",
        &[
            ("type: arm # two", "type: unknown"),
            ("name: linux, version: 3.1.0 } # two", "name: rescue, version: 1.0.0 }"),
            ("architecture: arm64 # two", "# none"),
        ],
    );
    assert_found("L410 spec.kubernetes.version", &[("version: 1.34.2 # shoot", "version: 1.34.9")]);
    assert_found(
        "L410 spec.kubernetes.version",
        &[("version: 1.34.2 # shoot", "version: 1.33.9"), ("version: 1.33.5 # two", "version: 1.33.9")],
    );
}

#[test]
fn a_namespaced_cloud_profile_adds_to_its_parent() {
    let machine = |machine| ("type: small # one", machine);
    assert_clean(&[BY_CHILD, machine("type: huge")]);
    assert_found("L420 spec.provider.workers[0].machine.type", &[machine("type: huge")]);
    assert_clean(&[BY_CHILD, ("type: fast, size: 50Gi", "type: glacial, size: 50Gi")]);
    assert_clean(&[BY_CHILD, ("name: linux, version: 3.1.0 } # one", "name: linux, version: 3.2.0 }")]);
    // It prolongs what the parent lets expire, and lowers the limit on nodes.
    assert_clean(&[BY_CHILD, ("version: 1.34.2 # shoot", "version: 1.34.0")]);
    assert_clean(&[BY_CHILD, ("name: linux, version: 3.1.0 } # one", "name: linux, version: 3.0.0 }")]);
    assert_found("L405 spec.provider.workers", &[BY_CHILD, ("minimum: 1 # one", "minimum: 3")]);
    // What the parent alone says still holds.
    assert_found(
        "L402 spec.provider.workers[0].zones[1]",
        &[BY_CHILD, ("[north-1, north-2]", "[north-1, north-9]")],
    );
    // Without its parent nobody knows what it offers.
    assert_clean(&[
        BY_CHILD,
        ("kind: CloudProfile, name: base }", "kind: CloudProfile, name: gone }"),
        machine("type: unknown"),
    ]);
}
