//! The networks of seeds, among each other and against those they hand to shoots.

use super::{IPV4, IPV6, Networks, Range, of_seed};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::SeedTemplate;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L459", "seed-networks-overlap"),
        upstream: &["SD-NET"],
        judge: Judge::Object(overlap),
    },
    Rule {
        code: Code::error("L460", "seed-services-too-large"),
        upstream: &["SD-NET"],
        judge: Judge::Object(services),
    },
];

/// The prefix of the largest range that the services of a seed may have: that of the reserved range it is mapped to.
const LARGEST_SERVICES: u8 = 8;

/// The ranges that a seed hands to shoots without any.
pub(super) fn shoot_defaults(seed: SeedTemplate<'_>) -> impl Iterator<Item = Range<'_>> {
    let pods = Range::of(seed.shoot_pods(), "shoots' pods");
    let services = Range::of(seed.shoot_services(), "shoots' services");
    [pods, services].into_iter().flatten()
}

/// Whether every range of a seed is one, of the right family and size; only then are they compared.
pub(super) fn is_sound(seed: SeedTemplate<'_>) -> bool {
    let Some((networks, ranges)) = of_seed(seed.object) else {
        return false;
    };
    let only = networks.only_family();
    let fits =
        |range: &Range<'_>| range.family().is_some_and(|family| only.is_none_or(|only| only == family));
    let complete = seed.is_template() || networks.pods.is_some() && networks.services.is_some();
    let fitting = networks.services.is_none_or(|services| !is_too_large(services));
    let written = empty_ranges(seed).next().is_none();
    complete && fitting && written && has_sound_families(seed) && ranges.iter().all(fits)
}

/// Whether the address families of a seed are ones, each listed once; its ranges are not looked at otherwise.
pub(super) fn has_sound_families(seed: SeedTemplate<'_>) -> bool {
    let families: Vec<&str> = seed.families().map(|family| family.as_str()).collect();
    let known = families.iter().all(|family| matches!(*family, IPV4 | IPV6));
    known && !matches!(families[..], [one, other] if one == other) && families.len() <= 2
}

/// The ranges of a seed that are there and empty, where that is not the same as not to be there.
pub(super) fn empty_ranges(seed: SeedTemplate<'_>) -> impl Iterator<Item = &Node> {
    let networks = seed.networks();
    let at = |path: &[&str]| networks.and_then(|networks| networks.at(path));
    let ranges = [at(&["nodes"]), at(&["shootDefaults", "pods"]), at(&["shootDefaults", "services"])];
    ranges.into_iter().flatten().filter(|range| range.as_str() == Some(""))
}

/// Upstream: pkg/api/core/validation/seed.go, validateSeedNetworks.
fn overlap(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(seed) = SeedTemplate::in_object(object).filter(|seed| is_sound(*seed)) else {
        return;
    };
    let networks = Networks::of_seed(seed);
    let own: Vec<Range<'_>> =
        [networks.pods, networks.services, networks.nodes].into_iter().flatten().collect();
    let (routed, mapped): (Vec<Range<'_>>, Vec<Range<'_>>) =
        shoot_defaults(seed).partition(|range| range.family() == Some(IPV6));
    let why = "an address of both could not be told apart";
    for ranges in [&own, &routed, &mapped] {
        for (index, range) in ranges.iter().enumerate() {
            for earlier in ranges.iter().take(index) {
                range.keep_apart(earlier, object, findings, why);
            }
        }
    }
    // Ranges of IPv4 are mapped between seed and shoot, those of IPv6 are routed as they are.
    for range in routed {
        for other in &own {
            range.keep_apart(other, object, findings, why);
        }
    }
}

/// Upstream: pkg/api/core/validation/seed.go, validateSeedNetworks.
fn services(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let seed = SeedTemplate::in_object(object).filter(|seed| has_sound_families(*seed));
    let services = seed.and_then(|seed| Networks::of_seed(seed).services);
    if let Some(services) = services.filter(|services| is_too_large(*services)) {
        let message = format!("`{}` is too large a range for the services of a seed", services.text);
        findings
            .at(object, services.text.node, message)
            .why("shoots see the services of their seed in a range of that size")
            .help(format!("choose a range with a prefix of {LARGEST_SERVICES} or more"));
    }
}

/// Whether a range is too large for the services of a seed; of IPv6 any will do.
fn is_too_large(services: Range<'_>) -> bool {
    services.family() == Some(IPV4) && services.net().is_some_and(|net| net.prefix_len() < LARGEST_SERVICES)
}
