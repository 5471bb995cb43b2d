//! Protects the rules about CloudProfiles and NamespacedCloudProfiles: each fires on its fault, at the field Gardener's API
//! server names, and on nothing else.

mod manifests;

const PROFILE: &str = include_str!("profiles/profile.yaml");
const CHILD: &str = include_str!("profiles/child.yaml");
const SHOOT: &str = include_str!("profiles/shoot.yaml");

/// A text that stands once in the fixture, and what stands there instead.
type Change = (&'static str, &'static str);

/// The findings on some files after some changes, as `code path`, in alphabetical order.
fn findings(files: &[(&str, &str)], changes: &[Change]) -> Vec<String> {
    let (names, texts): (Vec<_>, Vec<_>) = files.iter().copied().unzip();
    let texts = manifests::changed(&texts, changes);
    let files: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let report = manifests::check(&files, false);
    let told = report.findings().into_iter();
    let mut told: Vec<_> = told.map(|it| format!("{} {}", it.code.id, it.place.path)).collect();
    told.sort();
    told
}

/// The findings on the CloudProfile alone.
fn assert_found(expected: &[&str], changes: &[Change]) {
    let found = findings(&[("profile.yaml", PROFILE)], changes);
    assert_eq!(found, expected, "after {changes:?}");
}

/// The findings on the CloudProfile and a NamespacedCloudProfile.
fn assert_found_with_child(expected: &[&str], changes: &[Change]) {
    let found = findings(&[("profile.yaml", PROFILE), ("child.yaml", CHILD)], changes);
    assert_eq!(found, expected, "after {changes:?}");
}

/// The findings on the CloudProfile and a shoot.
fn assert_found_with_shoot(expected: &[&str], changes: &[Change]) {
    let found = findings(&[("profile.yaml", PROFILE), ("shoot.yaml", SHOOT)], changes);
    assert_eq!(found, expected, "after {changes:?}");
}

/// Capabilities instead of architectures.
const CAPABLE: Change = (
    "machineCapabilities: []",
    "machineCapabilities: [{ name: architecture, values: [amd64, arm64] }, { name: boot, values: [bios, uefi] }]",
);
const FLAVORS: Change = (
    "architectures: [amd64, arm64] # flavors",
    "capabilityFlavors: [{ architecture: [amd64] }, { architecture: [arm64], boot: [uefi] }]",
);

#[test]
fn the_fixture_is_clean() {
    assert_found(&[], &[]);
    assert_found(&[], &[CAPABLE, FLAVORS]);
    assert_found_with_child(&[], &[]);
    assert_found_with_shoot(&[], &[]);
}

#[test]
fn versions_are_versions() {
    assert_found(&["L561 spec.kubernetes.versions[1]"], &[("version: 1.33.5", "version: '1.33'")]);
    assert_found(
        &["L561 spec.kubernetes.versions", "L561 spec.kubernetes.versions[1]"],
        &[("version: 1.33.5", "version: latest")],
    );
    assert_found(
        &["L561 spec.machineImages", "L561 spec.machineImages[0].versions[0].version"],
        &[("version: 3.1.0", "version: new")],
    );
    let version = |text| ("kubeletVersionConstraint: '>= 1.33'", text);
    assert_found(
        &["L561 spec.machineImages[0].versions[0].kubeletVersionConstraint"],
        &[version("kubeletVersionConstraint: '>= 1.33,'")],
    );
    assert_found(
        &["L561 spec.machineImages[0].versions[0].minVersionForInPlaceUpdate"],
        &[version("inPlaceUpdates: { supported: true, minVersionForUpdate: old }")],
    );
}

#[test]
fn something_is_left_when_versions_have_expired() {
    assert_found(
        &["L576 spec.kubernetes.versions"],
        &[("classification: supported # 1.33", "expirationDate: '2026-01-31T00:00:00Z'")],
    );
    assert_found(
        &["L560 spec.machineImages[0].versions", "L576 spec.machineImages[0].versions"],
        &[
            ("classification: supported # linux", "expirationDate: '2026-01-31T00:00:00Z'"),
            ("    machineImage: { name: linux }", ""),
        ],
    );
}

#[test]
fn the_newest_version_stays() {
    assert_found(
        &["L563 spec.kubernetes.versions[].expirationDate"],
        &[("classification: supported # newest", "expirationDate: '2099-01-31T00:00:00Z'")],
    );
    assert_found(
        &["L563 spec.kubernetes.versions[].lifecycle"],
        &[(
            "classification: supported # newest",
            "lifecycle: [{ classification: supported }, { classification: expired, startTime: '2099-01-31T00:00:00Z' }]",
        )],
    );
}

#[test]
fn lives_are_lived_in_order() {
    let life = |text| ("classification: supported # newest", text);
    assert_found(
        &["L566 spec.kubernetes.versions[0]"],
        &[life("classification: supported\n      lifecycle: [{ classification: supported }]")],
    );
    assert_found(
        &["L566 spec.kubernetes.versions[0].lifecycle[1].classification"],
        &[life(
            "lifecycle: [{ classification: supported }, { classification: preview, startTime: '2026-01-01T00:00:00Z' }]",
        )],
    );
    assert_found(
        &["L566 spec.kubernetes.versions[0].lifecycle[1]"],
        &[life("lifecycle: [{ classification: preview }, { classification: supported }]")],
    );
    assert_found(
        &[
            "L566 spec.kubernetes.versions[0].lifecycle[2]",
            "L566 spec.kubernetes.versions[0].lifecycle[2].classification",
        ],
        &[life(
            "lifecycle: [{ classification: preview }, { classification: supported, startTime: '2026-01-01T00:00:00Z' }, \
             { classification: supported, startTime: '2025-01-01T00:00:00Z' }]",
        )],
    );
    assert_found(&["L566 spec.kubernetes.versions[0].classification"], &[life("classification: new")]);
}

#[test]
fn one_version_of_a_minor_is_supported() {
    assert_found(
        &["L564 spec.kubernetes.versions[0]", "L564 spec.kubernetes.versions[1]"],
        &[("version: 1.33.5", "version: 1.34.1")],
    );
}

#[test]
fn names_are_plain_and_occur_once() {
    assert_found(
        &["L567 spec.machineTypes[0].name"],
        &[("{ name: small, a", "{ name: a/small, a"), ("    machineType: { name: small }\n", "")],
    );
    assert_found(&["L567 spec.volumeTypes[0].class"], &[("class: fast", "class: '-'")]);
    assert_found(&["L562 spec.machineTypes[1].name"], &[("{ name: large, ", "{ name: small, ")]);
    assert_found(&["L562 spec.regions[1].name"], &[("- name: south", "- name: north")]);
    assert_found(&["L562 spec.regions[0].zones[1].name"], &[("{ name: north-b }", "{ name: north-a }")]);
    assert_found(
        &["L562 spec.machineImages[0].versions[0].cri[1]"],
        &[("cri: [{ name: containerd }] # linux", "cri: [{ name: containerd }, { name: containerd }]")],
    );
    assert_found(&["L567 spec.regions[0].labels"], &[("example.org/tier: gold", "'a b': gold")]);
    assert_found(
        &["L567 spec.seedSelector.matchExpressions[0].values"],
        &[("values: [north]", "values: []")],
    );
}

#[test]
fn amounts_are_not_negative() {
    assert_found(&["L571 spec.machineTypes[0].cpu"], &[("cpu: '4'", "cpu: '-4'")]);
    assert_found(&["L571 spec.volumeTypes[0].minSize"], &[("minSize: 20Gi", "minSize: -20Gi")]);
    assert_found(&["L571 spec.limits.maxNodesTotal"], &[("maxNodesTotal: 100", "maxNodesTotal: 0")]);
    assert_found(&["L572 spec.machineTypes[1].storage"], &[("minSize: 30Gi", "minSize: 30Gi, size: 30Gi")]);
    assert_found(&["L572 spec.machineTypes[1].storage"], &[(", minSize: 30Gi", "")]);
}

#[test]
fn capabilities_are_used_as_they_are_defined() {
    assert_found(&["L560 spec.machineImages[0].versions[0].capabilityFlavors"], &[CAPABLE]);
    let flavor = |text| ("architectures: [amd64, arm64] # flavors", text);
    assert_found(
        &["L568 spec.machineImages[0].versions[0].capabilityFlavors[0].boot[0]"],
        &[CAPABLE, flavor("capabilityFlavors: [{ architecture: [amd64], boot: [none] }]")],
    );
    assert_found(
        &["L568 spec.machineImages[0].versions[0].capabilityFlavors[0]"],
        &[CAPABLE, flavor("capabilityFlavors: [{ architecture: [amd64], disk: [none] }]")],
    );
    assert_found(
        &["L568 spec.machineImages[0].versions[0].capabilityFlavors[0].architecture"],
        &[CAPABLE, flavor("capabilityFlavors: [{ architecture: [amd64, arm64] }]")],
    );
    assert_found(
        &["L568 spec.machineImages[0].versions[0].architectures"],
        &[CAPABLE, flavor("capabilityFlavors: [{ architecture: [amd64] }]\n      architectures: [arm64]")],
    );
    assert_found(
        &["L568 spec.machineImages[0].versions[0].capabilityFlavors"],
        &[flavor("capabilityFlavors: [{ architecture: [amd64] }]")],
    );
    let small = |text| ("gpu: '0', memory: 8Gi", text);
    assert_found(
        &["L568 spec.machineTypes[0].capabilities"],
        &[small("gpu: '0', memory: 8Gi, capabilities: { boot: [uefi] }")],
    );
    assert_found(
        &["L568 spec.machineTypes[0].architecture"],
        &[CAPABLE, FLAVORS, small("gpu: '0', memory: 8Gi, capabilities: { architecture: [arm64] }")],
    );
}

#[test]
fn capabilities_are_defined_once_and_whole() {
    let defined = |text| ("machineCapabilities: []", text);
    assert_found(
        &[
            "L568 spec.machineImages[0].versions[0].architectures",
            "L568 spec.machineImages[0].versions[0].architectures[0]",
            "L568 spec.machineImages[0].versions[0].architectures[1]",
            "L570 spec.machineCapabilities.architecture",
        ],
        &[
            defined("machineCapabilities: [{ name: boot, values: [uefi] }]"),
            ("    machineType: { name: small }\n", ""),
        ],
    );
    assert_found(
        &["L570 spec.machineCapabilities[1].name"],
        &[
            defined(
                "machineCapabilities: [{ name: architecture, values: [amd64, arm64] }, { name: gardener-a, values: [b] }]",
            ),
            FLAVORS_PLAIN,
        ],
    );
    assert_found(
        &["L570 spec.machineCapabilities.boot"],
        &[
            defined(
                "machineCapabilities: [{ name: architecture, values: [amd64, arm64] }, { name: boot, values: [] }]",
            ),
            FLAVORS_PLAIN,
        ],
    );
}

const FLAVORS_PLAIN: Change = (
    "architectures: [amd64, arm64] # flavors",
    "capabilityFlavors: [{ architecture: [amd64] }, { architecture: [arm64] }]",
);

#[test]
fn bastions_can_be_made() {
    assert_found(
        &["L573 spec.bastion.machineType.name"],
        &[("machineType: { name: small }", "machineType: { name: tiny }")],
    );
    assert_found(
        &["L573 spec.bastion.machineImage.name"],
        &[("machineImage: { name: linux }", "machineImage: { name: tux }")],
    );
    assert_found(
        &["L573 spec.bastion.machineImage.version"],
        &[("machineImage: { name: linux }", "machineImage: { name: linux, version: 1.0.0 }")],
    );
    assert_found(
        &["L573 spec.bastion.machineImage.name"],
        &[("classification: supported # linux", "classification: deprecated")],
    );
}

#[test]
fn a_namespaced_cloud_profile_prolongs_and_adds() {
    let version = |text| ("expirationDate: '2099-03-01T00:00:00Z' # child", text);
    assert_found_with_child(&["L577 spec.kubernetes.versions[0].expirationDate"], &[version("# none")]);
    assert_found_with_child(
        &["L577 spec.kubernetes.versions[0].classification"],
        &[version("expirationDate: '2099-03-01T00:00:00Z'\n      classification: deprecated")],
    );
    assert_found_with_child(
        &["L577 spec.machineImages[0].versions[0].cri"],
        &[(
            "expirationDate: '2099-04-01T00:00:00Z'",
            "expirationDate: '2099-04-01T00:00:00Z'\n      cri: [{ name: containerd }]",
        )],
    );
    assert_found_with_child(
        &["L577 spec.machineImages[0].versions[0].expirationDate"],
        &[("expirationDate: '2099-04-01T00:00:00Z'", "# none")],
    );
    assert_found_with_child(
        &["L577 spec.parent.kind"],
        &[("parent: { kind: CloudProfile, name: base }", "parent: { name: base }")],
    );
    assert_found_with_child(
        &["L577 spec.parent.kind", "L577 spec.parent.name"],
        &[("parent: { kind: CloudProfile, name: base }", "# none")],
    );
}

#[test]
fn what_is_merged_must_hold() {
    assert_found_with_child(
        &["L578 spec.machineImages[1].versions[0].cri"],
        &[("      cri: [{ name: containerd }] # own\n", "")],
    );
    assert_found_with_child(
        &["L578 spec.machineImages[1].updateStrategy"],
        &[("    updateStrategy: major # own\n", "")],
    );
    assert_found_with_child(
        &["L578 spec.kubernetes.versions[].expirationDate"],
        &[("- version: 1.33.5 # child", "- version: 1.34.2")],
    );
    // What the parent says in capabilities, a child may say in architectures.
    assert_found_with_child(&[], &[CAPABLE, FLAVORS]);
}

#[test]
fn versions_in_use_are_watched() {
    let ends = |text| ("classification: supported # 1.33", text);
    assert_found_with_shoot(
        &["L579 spec.kubernetes.version"],
        &[ends("expirationDate: '2026-11-21T10:00:00Z'")],
    );
    assert_found_with_shoot(
        &["L579 spec.kubernetes.version"],
        &[ends("expirationDate: '2026-12-04T23:00:00Z'")],
    );
    assert_found_with_shoot(
        &["L569 spec.kubernetes.version"],
        &[ends("expirationDate: '2026-12-05T00:00:00Z'")],
    );
    assert_found_with_shoot(&[], &[ends("expirationDate: '2026-12-21T00:00:00Z'")]);
    assert_found_with_shoot(
        &["L569 spec.kubernetes.version"],
        &[ends(
            "lifecycle: [{ classification: supported }, { classification: expired, startTime: '2026-12-20T00:00:00Z' }]",
        )],
    );
}
