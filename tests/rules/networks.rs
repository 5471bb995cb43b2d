//! Ranges are ranges, and do not overlap where that does harm.

use super::{Fixture, Mode};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["networks", "scheduling"];

const SHOOT: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  seedName: north
  provider: { workers: [{ name: a }] }
  networking:
    ipFamilies: [IPv4]
    nodes: 10.250.0.0/16
    pods: 100.96.0.0/11
    services: 100.64.0.0/13
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  config:
    seedConfig:
      spec:
        networks:
          ipFamilies: [IPv4, IPv6]
          nodes: 2001:db8:1::/48
          pods: 2001:db8:2::/48
          services: 10.241.0.0/17
";

fn shoot() -> Fixture {
    Fixture::new(ABOUT, Mode::Part, SHOOT)
}

#[test]
fn what_is_no_range_is_reported_once() {
    let shoot = shoot();
    for text in ["10.250.0.0", "10.250.0.0/33", "nodes", "2001:db8::/129"] {
        let to = format!("nodes: {text}\n    pods: 100");
        shoot.finds(&["L450 spec.networking.nodes"], &[("nodes: 10.250.0.0/16\n    pods: 100", &to)]);
    }
    shoot.finds(
        &["L450 spec.config.seedConfig.spec.networks.services"],
        &[("services: 10.241.0.0/17", "services: none")],
    );
}

#[test]
fn address_families() {
    let shoot = shoot();
    shoot.accepts(&[("    ipFamilies: [IPv4]\n    nodes", "    nodes")]);
    shoot.accepts(&[("[IPv4]", "[IPv6, IPv4]")]);
    shoot.finds(&["L451 spec.networking.ipFamilies[1]"], &[("[IPv4]", "[IPv4, IPv4]")]);
    shoot.finds(&["L452 spec.networking.nodes"], &[("10.250.0.0/16", "2001:db8:9::/48")]);
    shoot.finds(
        &["L452 spec.networking.nodes", "L452 spec.networking.pods", "L452 spec.networking.services"],
        &[("[IPv4]", "[IPv6]")],
    );
}

#[test]
fn reserved_ranges() {
    let shoot = shoot();
    for range in ["240.0.0.0/16", "244.1.0.0/16", "192.0.0.0/2"] {
        shoot.finds(&["L453 spec.networking.nodes"], &[("10.250.0.0/16", range)]);
    }
    shoot.accepts(&[("10.250.0.0/16", "245.0.0.0/16")]);
    // A self-hosted shoot has no tunnel to a seed.
    shoot.accepts(&[("10.250.0.0/16", "240.0.0.0/16"), ("{ name: a }", "{ name: a, controlPlane: {} }")]);
    shoot.finds(
        &["L453 spec.config.seedConfig.spec.networks.nodes"],
        &[("2001:db8:1::/48", "fd8f:6d53:b97a:1::/64")],
    );
}

#[test]
fn ranges_begin_at_their_first_address() {
    let shoot = shoot();
    shoot.finds(&["L454 spec.networking.nodes"], &[("10.250.0.0/16", "10.250.1.0/16")]);
    shoot.accepts(&[("10.241.0.0/17", "10.241.1.0/17")]);
}

#[test]
fn the_networks_of_a_shoot_are_apart() {
    let shoot = shoot();
    shoot.finds(&["L455 spec.networking.pods"], &[("10.250.0.0/16", "100.96.0.0/16")]);
    shoot.finds(&["L455 spec.networking.services"], &[("10.250.0.0/16", "100.64.0.0/16")]);
    shoot.finds(&["L455 spec.networking.services"], &[("100.64.0.0/13", "100.96.0.0/13")]);
}

#[test]
fn a_shoot_may_overlap_its_seed_in_ipv4_only() {
    let shoot = shoot();
    shoot.accepts(&[("10.250.0.0/16", "10.241.0.0/16")]);
    shoot.finds(
        &["L456 spec.networking.nodes"],
        &[("[IPv4]", "[IPv4, IPv6]"), ("10.250.0.0/16", "2001:db8:2:1::/64")],
    );
}

#[test]
fn overlaps_that_upstream_leaves_alone_are_warnings() {
    let ipv6 = [
        ("[IPv4]", "[IPv6]"),
        ("10.250.0.0/16", "2001:db8:a::/48"),
        ("100.96.0.0/11", "2001:db8:b::/48"),
        ("100.64.0.0/13", "2001:db8:c::/112"),
    ];
    let shoot = shoot();
    shoot.accepts(&ipv6);
    let [family, _, pods, services] = ipv6;
    let own = [family, ("10.250.0.0/16", "2001:db8:b:1::/64"), pods, services];
    shoot.finds(&["L457 spec.networking.pods"], &own);
    let seed = [family, ("10.250.0.0/16", "2001:db8:1::/64"), pods, services];
    shoot.finds(&["L457 spec.networking.nodes"], &seed);
}

#[test]
fn a_shoot_on_a_seed_has_its_ranges() {
    let shoot = shoot();
    let pods = ("    pods: 100.96.0.0/11\n", "");
    let services = ("    services: 100.64.0.0/13\n", "");
    let unassigned = ("  seedName: north\n", "");
    let workerless = ("{ workers: [{ name: a }] }", "{}");
    shoot.finds(&["L458 spec.networking.pods"], &[pods]);
    shoot.finds(&["L458 spec.networking.services"], &[services]);
    shoot.accepts(&[pods, services, unassigned]);
    shoot.accepts(&[pods, workerless]);
    let defaults =
        "services: 10.241.0.0/17\n          shootDefaults: { pods: 10.1.0.0/16, services: 10.2.0.0/16 }";
    shoot.accepts(&[pods, services, ("services: 10.241.0.0/17", defaults)]);
    let ipv6 = "services: 10.241.0.0/17\n          shootDefaults: { services: '2001:db8:5::/112' }";
    let half = "L387 spec.config.seedConfig.spec.networks.shootDefaults.pods";
    shoot.finds(&["L458 spec.networking.services", half], &[services, ("services: 10.241.0.0/17", ipv6)]);
}

const SEED: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata: { name: north }
spec:
  networks:
    nodes: 10.240.0.0/16
    pods: 10.241.128.0/17
    services: 10.241.0.0/17
    shootDefaults: { pods: 100.96.0.0/11, services: 100.64.0.0/13 }
";

#[test]
fn the_networks_of_a_seed_are_apart() {
    let seed = Fixture::new(ABOUT, Mode::Part, SEED);
    seed.finds(
        &["L459 spec.networks.nodes", "L459 spec.networks.nodes"],
        &[("10.240.0.0/16", "10.240.0.0/15")],
    );
    seed.finds(&["L459 spec.networks.services"], &[("10.241.0.0/17", "10.241.0.0/16")]);
    seed.finds(&["L459 spec.networks.shootDefaults.services"], &[("100.64.0.0/13", "100.96.0.0/13")]);
    seed.accepts(&[("100.96.0.0/11", "10.240.0.0/16")]);
    seed.finds(&["L460 spec.networks.services"], &[("10.241.0.0/17", "16.0.0.0/7")]);
    seed.accepts(&[("10.241.0.0/17", "16.0.0.0/8")]);
}

#[test]
fn ranges_of_ipv6_that_a_seed_hands_out_are_apart_from_its_own() {
    let change = [
        ("    nodes:", "    ipFamilies: [IPv4, IPv6]\n    nodes:"),
        ("10.240.0.0/16", "2001:db8:1::/48"),
        ("100.96.0.0/11", "'2001:db8:1:5::/64'"),
    ];
    Fixture::new(ABOUT, Mode::Part, SEED).finds(&["L459 spec.networks.shootDefaults.pods"], &change);
}

const GARDEN: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden }
spec:
  runtimeCluster:
    networking: { nodes: [172.18.0.0/24], pods: [10.1.0.0/16], services: [10.2.0.0/16] }
  virtualCluster:
    networking: { services: [100.64.0.0/13] }
";

#[test]
fn the_networks_of_a_garden_are_apart() {
    let garden = Fixture::new(ABOUT, Mode::Part, GARDEN);
    garden.finds(
        &["L450 spec.runtimeCluster.networking.pods[0]", "L462 spec.virtualCluster.networking.services[0]"],
        &[("[10.1.0.0/16]", "[10.1.0.0]")],
    );
    garden.finds(&["L461 spec.runtimeCluster.networking.nodes[0]"], &[("172.18.0.0/24", "10.1.5.0/24")]);
    garden.finds(&["L461 spec.runtimeCluster.networking.pods[0]"], &[("[10.1.0.0/16]", "[10.2.0.0/17]")]);
    for range in ["10.1.64.0/24", "10.2.0.0/24", "172.18.0.128/25"] {
        garden.finds(&["L462 spec.virtualCluster.networking.services[0]"], &[("100.64.0.0/13", range)]);
    }
}

#[test]
fn the_virtual_garden_has_one_range_a_family() {
    let garden = Fixture::new(ABOUT, Mode::Part, GARDEN);
    let path = "L463 spec.virtualCluster.networking.services";
    garden.accepts(&[("[100.64.0.0/13]", "[100.64.0.0/13, '2001:db8::/112']")]);
    garden.finds(&[path], &[("[100.64.0.0/13]", "[100.64.0.0/13, 100.80.0.0/13]")]);
    garden.finds(&[path], &[("[100.64.0.0/13]", "[100.64.0.0/13, '2001:db8::/112', 100.80.0.0/13]")]);
}
