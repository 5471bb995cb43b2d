//! The scheduler finds a seed for every shoot: each of its filters, in its own order.

use super::{Fixture, MANIFEST, Mode, findings, told};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["scheduling", "domains", "placement"];

const LANDSCAPE: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden }
spec:
  virtualCluster:
    gardener:
      gardenerScheduler: { strategy: SameRegion }
---
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
  regions:
  - { name: here, accessRestrictions: [{ name: eu-access-only }] }
  - { name: there }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  config:
    seedConfig:
      metadata: { labels: { tier: gold } }
      spec:
        provider: { type: local, region: here, zones: [a, b, c] }
        networks: { ipFamilies: [IPv4, IPv6], pods: 2001:db8:1::/48, services: 10.2.0.0/16 }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: base }
  region: here
  purpose: evaluation
  provider: { type: local }
";

const PROVIDER: (&str, &str) = ("provider: { type: local, region: here, zones: [a, b, c] }", "");
const SHOOT: (&str, &str) = ("  purpose: evaluation\n", "");

fn landscape() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, LANDSCAPE)
}

/// The seed with another beginning of its spec.
fn seed(spec: &'static str) -> (&'static str, &'static str) {
    (PROVIDER.0, spec)
}

/// The shoot with more in its spec.
fn shoot(spec: &'static str) -> (&'static str, &'static str) {
    (SHOOT.0, spec)
}

#[test]
fn a_part_of_a_landscape_may_have_other_seeds() {
    let changed = landscape().changed(&[seed("provider: { type: other, region: here }")]);
    assert_eq!(findings(ABOUT, Mode::Part, &changed), [""; 0]);
    assert_eq!(findings(ABOUT, Mode::Complete, &changed), ["L385 spec.provider.type"]);
}

#[test]
fn a_landscape_without_seeds_has_them_from_elsewhere() {
    let (before, rest) = LANDSCAPE.split_once("apiVersion: seedmanagement").expect("the seed is there");
    let (_, shoot) = rest.split_once("---").expect("the shoot follows");
    assert_eq!(findings(ABOUT, Mode::Complete, &format!("{before}{shoot}")), [""; 0]);
}

#[test]
fn shoots_that_others_schedule_wait_for_nobody() {
    let elsewhere = seed("provider: { type: local, region: there }");
    landscape().finds(&["L385 spec.region"], &[elsewhere]);
    landscape().accepts(&[elsewhere, shoot("  schedulerName: my-scheduler\n")]);
    landscape().accepts(&[elsewhere, shoot("  seedName: north\n  networking: { services: 10.4.0.0/16 }\n")]);
    landscape().finds(&["L385 spec.region"], &[elsewhere, shoot("  schedulerName: default-scheduler\n")]);
}

#[test]
fn visibility() {
    let visible = |text| seed(text);
    landscape().finds(
        &["L385 metadata.name"],
        &[visible(
            "settings: { scheduling: { visible: false } }\n        provider: { type: local, region: here }",
        )],
    );
    landscape().accepts(&[visible(
        "settings: { scheduling: { visible: true } }\n        provider: { type: local, region: here }",
    )]);
}

#[test]
fn selectors() {
    let selector = |text| shoot(text);
    landscape().accepts(&[selector("  seedSelector: { matchLabels: { tier: gold } }\n")]);
    landscape().finds(
        &["L385 spec.seedSelector"],
        &[selector("  seedSelector: { matchLabels: { tier: silver } }\n")],
    );
    for accepted in [
        "  seedSelector: { matchLabels: { seed.gardener.cloud/region: here, gardener.cloud/role: seed } }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: In, values: [gold, silver] }] }\n",
        "  seedSelector: { matchExpressions: [{ key: zone, operator: NotIn, values: [gold] }] }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: Exists }] }\n",
        "  seedSelector: { matchExpressions: [{ key: zone, operator: DoesNotExist }] }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: Exists, values: [x] }], matchLabels: { a: b } }\n",
    ] {
        landscape().accepts(&[selector(accepted)]);
    }
    for refused in [
        "  seedSelector: { matchLabels: { seed.gardener.cloud/provider: other } }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: In, values: [silver] }] }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: NotIn, values: [gold] }] }\n",
        "  seedSelector: { matchExpressions: [{ key: zone, operator: Exists }] }\n",
        "  seedSelector: { matchExpressions: [{ key: tier, operator: DoesNotExist }] }\n",
    ] {
        landscape().finds(&["L385 spec.seedSelector"], &[selector(refused)]);
    }
    let profile = |text| ("  type: local\n", text);
    landscape().finds(
        &["L385 metadata.name"],
        &[profile("  type: local\n  seedSelector: { matchLabels: { tier: silver } }\n")],
    );
    landscape().accepts(&[profile("  type: local\n  seedSelector: { matchLabels: { tier: gold } }\n")]);
}

#[test]
fn the_selector_of_a_namespaced_profile_is_its_parents() {
    let silver = ("  type: local\n", "  type: local\n  seedSelector: { matchLabels: { tier: silver } }\n");
    let own = (
        "---\napiVersion: seedmanagement",
        "---\napiVersion: core.gardener.cloud/v1beta1\nkind: NamespacedCloudProfile\n\
         metadata: { name: own, namespace: garden-dev }\nspec: { parent: { kind: CloudProfile, name: base } }\n\
         ---\napiVersion: seedmanagement",
    );
    let named = ("cloudProfile: { name: base }", "cloudProfile: { kind: NamespacedCloudProfile, name: own }");
    landscape().accepts(&[own, named]);
    landscape().finds(&["L385 metadata.name"], &[own, named, silver]);
}

#[test]
fn exposure_classes_add_their_selector() {
    let class = (
        "---\napiVersion: seedmanagement",
        "---\napiVersion: core.gardener.cloud/v1beta1\nkind: ExposureClass\nmetadata: { name: internet }\n\
         scheduling: { seedSelector: { matchLabels: { tier: silver } } }\n---\napiVersion: seedmanagement",
    );
    landscape().accepts(&[class]);
    landscape().finds(&["L385 spec.exposureClassName"], &[class, shoot("  exposureClassName: internet\n")]);
}

#[test]
fn provider_types() {
    let other = seed("provider: { type: other, region: here }");
    let minimal = ("strategy: SameRegion", "strategy: MinimalDistance");
    let enabled = |text| ("  type: local\n", text);
    landscape().finds(&["L385 spec.provider.type"], &[other]);
    landscape().finds(&["L385 spec.provider.type"], &[other, minimal]);
    for types in ["other", "'*'"] {
        let types = match types {
            "other" => enabled("  type: local\n  seedSelector: { providerTypes: [other] }\n"),
            _ => enabled("  type: local\n  seedSelector: { providerTypes: ['*'] }\n"),
        };
        landscape().accepts(&[other, minimal, types]);
        // The strategy compares the types once more, and no selector relaxes that.
        landscape().finds(&["L385 spec.region"], &[other, types]);
    }
    landscape().finds(
        &["L385 spec.provider.type"],
        &[minimal, enabled("  type: local\n  seedSelector: { providerTypes: [third] }\n")],
    );
}

#[test]
fn zones_for_a_control_plane_that_survives_the_loss_of_one() {
    let tolerance = "  controlPlane: { highAvailability: { failureTolerance: { type: zone } } }\n";
    let two = seed("provider: { type: local, region: here, zones: [a, b] }");
    landscape().accepts(&[shoot(tolerance)]);
    landscape()
        .finds(&["L385 spec.controlPlane.highAvailability.failureTolerance.type"], &[shoot(tolerance), two]);
    landscape().accepts(&[
        two,
        shoot("  controlPlane: { highAvailability: { failureTolerance: { type: node } } }\n"),
    ]);
}

#[test]
fn zones_of_the_pools() {
    let workers = |text| ("  provider: { type: local }\n", text);
    let there = workers("  provider: { type: local, workers: [{ name: a, zones: [d] }] }\n");
    let partly = workers("  provider: { type: local, workers: [{ name: a, zones: [d, c] }] }\n");
    let enforce = "settings: { zoneSelection: { mode: Enforce } }\n        provider: { type: local, region: here, zones: [a, c] }";
    let prefer = "settings: { zoneSelection: { mode: Prefer } }\n        provider: { type: local, region: here, zones: [a, c] }";
    let unknown = "L402 spec.provider.workers[0].zones[0]";
    let known = ("  - { name: here, ", "  - { name: here, zones: [{ name: c }, { name: d }], ");
    landscape().accepts(&[there, known]);
    landscape().finds(&["L385 metadata.name"], &[there, known, seed(enforce)]);
    landscape().accepts(&[partly, known, seed(enforce)]);
    landscape().accepts(&[there, known, seed(prefer)]);
    landscape().accepts(&[known, seed(enforce)]);
    landscape().finds(&["L385 metadata.name", unknown], &[there, seed(enforce)]);
}

#[test]
fn zones_that_a_control_plane_is_pinned_to() {
    let allowed = ("  type: local\n", "  type: local\n  controlPlane: { allowZonePinning: true }\n");
    landscape().accepts(&[allowed, shoot("  controlPlane: { zones: [a] }\n")]);
    landscape()
        .finds(&["L385 spec.controlPlane.zones"], &[allowed, shoot("  controlPlane: { zones: [a, d] }\n")]);
}

#[test]
fn access_restrictions() {
    let asked = shoot("  accessRestrictions: [{ name: eu-access-only }]\n");
    landscape().finds(&["L385 spec.accessRestrictions"], &[asked]);
    landscape().accepts(&[
        asked,
        seed(
            "accessRestrictions: [{ name: eu-access-only }]\n        provider: { type: local, region: here }",
        ),
    ]);
}

#[test]
fn default_domains() {
    let defaults = seed(
        "dns: { defaults: [{ type: local, domain: apps.example.org }] }\n        provider: { type: local, region: here }",
    );
    landscape().accepts(&[defaults, shoot("  dns: { domain: one.dev.apps.example.org }\n")]);
    landscape().accepts(&[defaults, shoot("  dns: { domain: shop.example.org }\n")]);
    // Every seed has this default domain, so that the API server will refuse the shoot as soon as it has one.
    landscape()
        .finds(&["L396 spec.dns.domain"], &[defaults, shoot("  dns: { domain: one.apps.example.org }\n")]);
    let second = (
        "---\napiVersion: core.gardener.cloud/v1beta1\nkind: Shoot",
        "---\napiVersion: core.gardener.cloud/v1beta1\nkind: Seed\nmetadata: { name: south }\n\
         spec: { provider: { type: local, region: here } }\n\
         ---\napiVersion: core.gardener.cloud/v1beta1\nkind: Shoot",
    );
    landscape().finds(
        &["L385 spec.dns.domain"],
        &[defaults, second, shoot("  dns: { domain: one.apps.example.org }\n")],
    );
}

#[test]
fn an_emergency_stop() {
    let stopped = (
        "metadata: { labels: { tier: gold } }",
        "metadata: { annotations: { shoot.gardener.cloud/emergency-stop-reconciliations: 'true' } }",
    );
    landscape().finds(&["L385 metadata.name"], &[stopped]);
}

#[test]
fn networks_of_ipv6() {
    let meets = shoot("  networking: { ipFamilies: [IPv6], nodes: '2001:db8:1:1::/64' }\n");
    landscape().finds(&["L385 metadata.name"], &[meets]);
    landscape().accepts(&[shoot("  networking: { ipFamilies: [IPv6], nodes: '2001:db8:2:1::/64' }\n")]);
    landscape().accepts(&[shoot("  networking: { nodes: 10.2.0.0/24 }\n")]);
}

#[test]
fn taints() {
    let tainted =
        seed("taints: [{ key: team, value: blue }]\n        provider: { type: local, region: here }");
    landscape().finds(&["L385 metadata.name"], &[tainted]);
    landscape().accepts(&[tainted, shoot("  tolerations: [{ key: team, value: blue }]\n")]);
    landscape().finds(&["L385 metadata.name"], &[tainted, shoot("  tolerations: [{ key: team }]\n")]);
    let project = |text| ("spec: { namespace: garden-dev }", text);
    landscape().accepts(&[
        tainted,
        project("spec: { namespace: garden-dev, tolerations: { defaults: [{ key: team, value: blue }] } }"),
    ]);
    let globally = (
        "      gardenerScheduler: { strategy: SameRegion }\n",
        "      gardenerAPIServer: { admissionPlugins: [{ name: ShootTolerationRestriction, config: { defaults: [{ key: \
         team, value: blue }] } }] }\n",
    );
    landscape().accepts(&[tainted, globally]);
}

#[test]
fn capacity() {
    let room = |text| ("    seedConfig:\n", text);
    let second = "---\napiVersion: core.gardener.cloud/v1beta1\nkind: Shoot\nmetadata: { name: two, namespace: garden-dev }\n\
                  spec:\n  cloudProfile: { name: base }\n  region: here\n  provider: { type: local }\n";
    let placed = "  networking: { services: 10.4.0.0/16 }\n  seedName: north\n";
    let one = room("    resources: { capacity: { shoots: '1' } }\n    seedConfig:\n");
    let none =
        room("    resources: { capacity: { shoots: '1' }, reserved: { shoots: '1' } }\n    seedConfig:\n");
    landscape().accepts(&[one]);
    landscape().finds(&["L385 metadata.name"], &[none]);
    let crowded = format!("{}{second}", landscape().changed(&[one]));
    assert_eq!(findings(ABOUT, Mode::Complete, &crowded), ["L393 metadata.name"]);
    let occupied = format!("{}{second}{placed}", landscape().changed(&[one]));
    assert_eq!(findings(ABOUT, Mode::Complete, &occupied), ["L385 metadata.name"]);
    let over = format!(
        "{}{second}{placed}",
        landscape().changed(&[one, shoot("  seedName: north\n  networking: { services: 10.4.0.0/16 }\n")])
    );
    assert_eq!(findings(ABOUT, Mode::Complete, &over), ["L393 spec.seedName"]);
    assert_eq!(findings(ABOUT, Mode::Part, &over), ["L393 spec.seedName"]);
}

#[test]
fn the_strategy() {
    let elsewhere = seed("provider: { type: local, region: there }");
    let minimal = ("strategy: SameRegion", "strategy: MinimalDistance");
    landscape().finds(&["L385 spec.region"], &[elsewhere]);
    landscape().accepts(&[elsewhere, minimal]);
    landscape().accepts(&[elsewhere, shoot("  purpose: testing\n")]);
    // Nobody knows the strategy of a Garden that is not here.
    let (_, without_garden) = LANDSCAPE.split_once("---\n").expect("the garden comes first");
    let without_garden = without_garden.replace(PROVIDER.0, elsewhere.1);
    assert_eq!(findings(ABOUT, Mode::Complete, &without_garden), [""; 0]);
}

#[test]
fn a_seed_is_not_there_before_the_shoot_it_is_made_of() {
    let objects = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: garden }
spec: { namespace: garden }
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: base }
spec: { type: local, regions: [{ name: here }] }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeed
metadata: { name: managed, namespace: garden }
spec:
  shoot: { name: ground }
  gardenlet: { config: { seedConfig: { spec: { provider: { type: local, region: here } } } } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: ground, namespace: garden }
spec:
  cloudProfile: { name: base }
  region: here
  provider: { type: local }
  dns: { domain: ground.example.org }
";
    let found = told(ABOUT, Mode::Complete, MANIFEST, objects);
    let told = |(place, message): &(String, String)| {
        place.starts_with("L385") && message.contains("made of this shoot")
    };
    assert!(found.iter().any(told), "{found:?}");
}

#[test]
fn what_keeps_each_seed_away_is_told_by_kind_the_nearest_first() {
    let seed = |number: usize| {
        let provider = if number < 10 { "other" } else { "local" };
        format!(
            "apiVersion: core.gardener.cloud/v1beta1\nkind: Seed\nmetadata: {{ name: s{number:02} }}\n\
             spec: {{ provider: {{ type: {provider}, region: there }} }}\n---\n"
        )
    };
    let seeds = (0..12).map(seed).collect::<Vec<_>>().concat();
    let (before, rest) = LANDSCAPE.split_once("apiVersion: seedmanagement").expect("the seed is there");
    let (_, shoot) = rest.split_once("---\n").expect("the shoot follows");
    let found = told(ABOUT, Mode::Complete, MANIFEST, &format!("{before}{seeds}{shoot}"));
    let expected = "no seed takes this shoot: `s10`, `s11` (in another region), `s00`, `s01`, `s02` and 7 \
                    more (of the provider type `other`)";
    assert_eq!(found, [("L385 spec.region".to_owned(), expected.to_owned())]);
}

#[test]
fn both_ranges_that_a_seed_hands_out_or_neither() {
    let defaults =
        |text| ("networks: { ipFamilies: [IPv4, IPv6], pods: 2001:db8:1::/48, services: 10.2.0.0/16 }", text);
    landscape()
        .accepts(&[defaults("networks: { shootDefaults: { pods: 10.3.0.0/16, services: 10.4.0.0/16 } }")]);
    landscape().finds(
        &["L387 spec.config.seedConfig.spec.networks.shootDefaults.services"],
        &[defaults("networks: { shootDefaults: { pods: 10.3.0.0/16 } }")],
    );
}
