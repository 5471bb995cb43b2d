//! The networks of shoots, among each other and against those of the seed.

use super::{IPV4, IPV6, Networks, Range};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::{SeedTemplate, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L454", "network-range-not-canonical"),
        upstream: &["SH-NET-CIDR"],
        judge: Judge::ShootTemplate(not_canonical),
    },
    Rule {
        code: Code::error("L455", "shoot-networks-overlap"),
        upstream: &["XS-NET-SELF"],
        judge: Judge::Shoot(overlap),
    },
    Rule {
        code: Code::error("L456", "shoot-network-overlaps-seed"),
        upstream: &["XS-NET-SEED"],
        judge: Judge::Shoot(seed_overlap),
    },
    Rule {
        code: Code::warning("L457", "ipv6-networks-overlap"),
        upstream: &["XS-NET-SELF", "XS-NET-SEED"],
        judge: Judge::Shoot(ipv6_overlap),
    },
    Rule {
        code: Code::error("L458", "shoot-network-missing"),
        upstream: &["XS-NET-REQ"],
        judge: Judge::Shoot(missing),
    },
];

const OWN_OVERLAP: &str = "an address of both could not be told apart inside of the shoot";
const SEED_OVERLAP: &str = "ranges of IPv6 are routed between seed and shoot as they are";

fn networks(shoot: Shoot<'_>) -> Option<Networks<'_>> {
    shoot.networking().map(Networks::of_shoot)
}

/// What the seed of a shoot is made of, if the shoot names it.
fn seed<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Option<SeedTemplate<'a>> {
    scope.seed_template(shoot.seed_name()?.as_str())
}

/// Upstream: pkg/utils/validation/cidr/helper.go, ValidateCIDRIsCanonical.
fn not_canonical(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let ranges = networks(shoot).filter(Networks::has_sound_families).map(|networks| networks.ranges());
    for range in ranges.into_iter().flatten() {
        let Some(net) = range.net().filter(|net| net.addr() != net.network()) else {
            continue;
        };
        let message = format!("`{}` does not begin at the first address of its range", range.text);
        findings
            .at(shoot.object, range.text.node, message)
            .why("Gardener's API server refuses a range with bits set behind its prefix")
            .help(format!("write `{}`", net.trunc()));
    }
}

/// Upstream: pkg/utils/validation/cidr/disjoint.go, ValidateShootNetworkDisjointedness.
fn overlap(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if let Some(networks) = networks(shoot).filter(|networks| networks.has(IPV4)) {
        own_overlap(shoot, &networks, findings);
    }
}

fn own_overlap(shoot: Shoot<'_>, networks: &Networks<'_>, findings: &mut Findings) {
    let Networks { nodes, pods, services, .. } = networks;
    for (one, other) in [(services, pods), (pods, nodes), (services, nodes)] {
        if let (Some(one), Some(other)) = (one, other) {
            one.keep_apart(other, shoot.object, findings, OWN_OVERLAP);
        }
    }
}

/// Upstream: pkg/utils/validation/cidr/disjoint.go, validateOverlapWithSeed.
fn seed_overlap(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    if let Some(networks) = networks(shoot).filter(|networks| networks.has(IPV4)) {
        routed_overlap(shoot, &networks, scope, findings);
    }
}

fn routed_overlap(shoot: Shoot<'_>, networks: &Networks<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(seed) = seed(shoot, scope).map(Networks::of_seed) else {
        return;
    };
    for range in networks.ranges().filter(|range| range.family() == Some(IPV6)) {
        for other in seed.ranges() {
            range.keep_apart(&other, shoot.object, findings, SEED_OVERLAP);
        }
    }
}

/// Stricter than upstream, which compares only where there are addresses of IPv4 too.
fn ipv6_overlap(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    if let Some(networks) = networks(shoot).filter(|networks| !networks.has(IPV4)) {
        own_overlap(shoot, &networks, findings);
        routed_overlap(shoot, &networks, scope, findings);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateShootNetworks.
fn missing(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((name, spec)) = shoot.seed_name().zip(shoot.object.root.get("spec")) else {
        return;
    };
    let Some(registration) = scope.seed(&name) else {
        return;
    };
    let Some(seed) = SeedTemplate::in_object(registration) else {
        return;
    };
    let networking = shoot.networking();
    let networks = networking.map(Networks::of_shoot);
    if networks.as_ref().is_some_and(|networks| !networks.has(IPV4)) {
        return;
    }
    let handed_out = |default: Option<Text<'_>>| {
        let family = Range::of(default, "shoots").and_then(|range| range.family());
        family.is_some_and(|family| networks.as_ref().map_or(family == IPV4, |networks| networks.has(family)))
    };
    let workerless = shoot.workers().next().is_none();
    let pods = networks.as_ref().is_some_and(|networks| networks.pods.is_some())
        || workerless
        || handed_out(seed.shoot_pods());
    let services = networks.as_ref().is_some_and(|networks| networks.services.is_some())
        || handed_out(seed.shoot_services());
    for (field, there) in [("pods", pods), ("services", services)] {
        if there {
            continue;
        }
        let (parent, path) = match networking {
            Some(networking) => (networking.node(), field.to_owned()),
            None => (spec, format!("networking.{field}")),
        };
        let message = format!("the shoot has no range for its {field}, and the seed `{name}` hands out none");
        findings
            .missing(shoot.object, parent, &path, message)
            .related(registration.name_node(), "the seed is declared here")
            .why("Gardener's API server refuses a shoot that is put on a seed without its ranges")
            .help(format!("set `spec.networking.{field}`, or `spec.networks.shootDefaults` of the seed"));
    }
}
