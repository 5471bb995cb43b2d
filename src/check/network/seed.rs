//! The networks of seeds, among each other and against those they hand to shoots.

use super::{IPV4, IPV6, Networks, Range, of_seed};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
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

/// The seed of an object, if every range of it is one and of the right family.
fn sound_seed(object: &Object) -> Option<SeedTemplate<'_>> {
    let seed = SeedTemplate::in_object(object)?;
    let (networks, ranges) = of_seed(object)?;
    let only = networks.only_family();
    let fits =
        |range: &Range<'_>| range.family().is_some_and(|family| only.is_none_or(|only| only == family));
    ranges.iter().all(fits).then_some(seed)
}

/// Upstream: pkg/api/core/validation/seed.go, validateSeedNetworks.
fn overlap(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(seed) = sound_seed(object) else { return };
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
    let services = SeedTemplate::in_object(object).and_then(|seed| Networks::of_seed(seed).services);
    let Some(services) = services.filter(|services| services.family() == Some(IPV4)) else {
        return;
    };
    if services.net().is_some_and(|net| net.prefix_len() < LARGEST_SERVICES) {
        let message = format!("`{}` is too large a range for the services of a seed", services.text);
        findings
            .at(object, services.text.node, message)
            .why("shoots see the services of their seed in a range of that size")
            .help(format!("choose a range with a prefix of {LARGEST_SERVICES} or more"));
    }
}
