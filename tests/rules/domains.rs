//! Every shoot has a domain of its own, and a default domain is Gardener's.

use super::{Fixture, MANIFEST, Mode, findings, told};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["domains"];

const OBJECTS: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: v1
kind: Secret
metadata:
  name: global
  namespace: garden
  labels: { gardener.cloud/role: default-domain }
  annotations:
    dns.gardener.cloud/domain: global.example.org
    dns.gardener.cloud/provider: local
---
apiVersion: core.gardener.cloud/v1beta1
kind: Seed
metadata: { name: north }
spec:
  provider: { type: local, region: here }
  dns:
    defaults: [{ type: local, domain: apps.example.org }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  networking: { services: 10.4.0.0/16 }
  seedName: north
  dns:
    domain: one.example.org
    providers: [{ type: local, primary: true }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: two, namespace: garden-other }
spec:
  dns:
    domain: two.example.org
";

fn objects() -> Fixture {
    Fixture::new(ABOUT, Mode::Part, OBJECTS)
}

/// The first shoot with another domain.
fn one(domain: &'static str) -> (&'static str, &'static str) {
    ("domain: one.example.org", domain)
}

/// The second shoot with another domain.
fn two(domain: &'static str) -> (&'static str, &'static str) {
    ("domain: two.example.org", domain)
}

#[test]
fn domains_are_compared_label_by_label() {
    let primary = ("primary: true", "primary: false");
    for (first, second) in [
        ("domain: a.example.net", "domain: a.example.net"),
        ("domain: a.example.net", "domain: b.a.example.net"),
        ("domain: b.a.example.net", "domain: a.example.net"),
        ("domain: d.c.b.a.example.net", "domain: a.example.net"),
    ] {
        // Between two the later one is told of.
        let changed = objects().changed(&[one(first), two(second), primary]);
        let found = told(ABOUT, Mode::Part, MANIFEST, &changed);
        assert_eq!(found.len(), 1, "{first} {second}: {found:?}");
        assert!(
            found.iter().all(|(place, message)| place == "L395 spec.dns.domain" && message.contains("`one`"))
        );
    }
    for (first, second) in [
        ("domain: a.example.net", "domain: b.example.net"),
        ("domain: a.example.net", "domain: ba.example.net"),
        ("domain: a.example.net", "domain: example.org"),
    ] {
        let accepted = objects().changed(&[one(first), two(second), primary]);
        assert_eq!(findings(ABOUT, Mode::Part, &accepted), [""; 0], "{first} {second}");
    }
}

#[test]
fn many_domains_below_one_are_one_finding() {
    let shoot = |name: &str, domain: &str| {
        format!(
            "apiVersion: core.gardener.cloud/v1beta1\nkind: Shoot\nmetadata: {{ name: {name}, namespace: garden-dev }}\n\
             spec: {{ dns: {{ domain: {domain} }} }}\n---\n"
        )
    };
    let below = (0..100).map(|number| shoot(&format!("s{number}"), &format!("s{number}.example.org")));
    let all: String = below.chain([shoot("above", "example.org")]).collect();
    let found = told(ABOUT, Mode::Part, MANIFEST, &all);
    let expected =
        "the domain `example.org` lies above that of the shoot `s0`, and clashes with those of 99 others";
    assert_eq!(found, [("L395 spec.dns.domain".to_owned(), expected.to_owned())]);
}

#[test]
fn a_domain_below_a_default_domain_is_named_after_shoot_and_project() {
    let primary = ("primary: true", "primary: false");
    objects().accepts(&[one("domain: one.dev.apps.example.org"), primary]);
    for wrong in [
        "domain: one.apps.example.org",
        "domain: one.ops.apps.example.org",
        "domain: two.dev.apps.example.org",
        "domain: a.one.dev.apps.example.org",
    ] {
        objects().finds(&["L396 spec.dns.domain"], &[one(wrong), primary]);
    }
    objects().accepts(&[one("domain: apps.example.org"), primary]);
    objects().accepts(&[
        one("domain: one.apps.example.org"),
        ("providers: [{ type: local, primary: true }]", "providers: [{ type: unmanaged }]"),
    ]);
}

#[test]
fn the_defaults_of_the_seed_stand_in_for_those_of_the_secrets() {
    let primary = ("primary: true", "primary: false");
    objects().accepts(&[one("domain: one.global.example.org"), primary]);
    let without = ("    defaults: [{ type: local, domain: apps.example.org }]\n", "    internal: {}\n");
    objects().finds(&["L396 spec.dns.domain"], &[one("domain: one.global.example.org"), primary, without]);
    let unassigned = ("  seedName: north\n", "");
    objects().finds(&["L396 spec.dns.domain"], &[one("domain: one.global.example.org"), primary, unassigned]);
    objects().accepts(&[one("domain: one.apps.example.org"), primary, unassigned]);
}

#[test]
fn the_secret_of_the_highest_priority_comes_first() {
    let primary = ("primary: true", "primary: false");
    let both = (
        "---\napiVersion: core.gardener.cloud/v1beta1\nkind: Seed",
        "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: wide\n  namespace: garden\n  labels: { gardener.cloud/role: \
         default-domain }\n  annotations:\n    dns.gardener.cloud/domain: example.net\n    dns.gardener.cloud/provider: \
         local\n    dns.gardener.cloud/domain-default-priority: '7'\n\
         ---\napiVersion: core.gardener.cloud/v1beta1\nkind: Seed",
    );
    let narrow = ("domain: global.example.org", "domain: apps.example.net");
    let unassigned = ("  seedName: north\n", "");
    let domain = one("domain: one.dev.apps.example.net");
    objects().accepts(&[primary, narrow, unassigned, domain]);
    objects().finds(&["L396 spec.dns.domain"], &[primary, narrow, unassigned, domain, both]);
}

#[test]
fn gardener_alone_serves_a_default_domain() {
    objects().finds(&["L397 spec.dns.providers[0].primary"], &[one("domain: one.dev.apps.example.org")]);
    objects().accepts(&[one("domain: one.example.net")]);
    objects().finds(
        &["L397 spec.dns.providers[0].primary"],
        &[one("domain: one.dev.global.example.org"), ("  seedName: north\n", "")],
    );
}

#[test]
fn a_default_domain_tells_what_it_is() {
    objects().finds(
        &["L398 metadata.annotations[dns.gardener.cloud/domain]"],
        &[("    dns.gardener.cloud/domain: global.example.org\n", "")],
    );
    objects().finds(
        &["L398 metadata.annotations[dns.gardener.cloud/provider]"],
        &[("dns.gardener.cloud/provider: local", "dns.gardener.cloud/provider: ''")],
    );
    objects().accepts(&[
        ("  namespace: garden\n", "  namespace: garden-dev\n"),
        ("dns.gardener.cloud/provider: local", "a: b"),
    ]);
}
