//! A shoot against its CloudProfile: what it asks for must be offered.
//!
//! One fault, one finding: what cannot be judged because something else is wrong is not judged. A missing CloudProfile
//! silences the family, another provider's silences the pools, an unknown region the zones, an unknown machine type all
//! that depends on the machine.

pub(super) mod credentials;
pub(super) mod image;
pub(super) mod kubernetes;
pub(super) mod machine;
pub(super) mod volume;

use super::{Findings, Judge, Offer, Raised, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::view::{NamedItem, Region, Shoot, Text, Worker, Zone};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L400", "provider-type-mismatch"),
        upstream: &["XS-PROV"],
        judge: Judge::Shoot(provider_type),
    },
    Rule {
        code: Code::error("L401", "region-not-offered"),
        upstream: &["XS-REGION"],
        judge: Judge::Shoot(region),
    },
    Rule {
        code: Code::error("L402", "zone-not-offered"),
        upstream: &["XS-ZONES"],
        judge: Judge::Shoot(zones),
    },
    Rule {
        code: Code::error("L403", "zone-repeated"),
        upstream: &["XS-ZONES"],
        judge: Judge::Shoot(repeated_zones),
    },
    Rule {
        code: Code::error("L404", "access-restriction-not-offered"),
        upstream: &["XS-ACCESS"],
        judge: Judge::Shoot(access_restrictions),
    },
    Rule { code: Code::error("L405", "too-many-nodes"), upstream: &["XS-LIMIT"], judge: Judge::Shoot(nodes) },
];

/// The pools of a shoot and what they may ask for; nothing when that CloudProfile is another provider's.
fn pools<'a, 's>(
    shoot: Shoot<'a>,
    scope: &'s Scope<'_>,
) -> Option<(&'s Offer, impl Iterator<Item = Worker<'a>>)> {
    let offer = scope.offer(shoot).filter(|offer| mismatch(shoot, offer).is_none())?;
    Some((offer, shoot.workers()))
}

/// The provider types of a shoot and its CloudProfile, when they differ.
fn mismatch<'a>(shoot: Shoot<'a>, offer: &'a Offer) -> Option<(Text<'a>, Text<'a>)> {
    let asked = shoot.provider_type()?;
    let offered = offer.profile().provider_type()?;
    (*asked != *offered).then_some((asked, offered))
}

/// Points at the CloudProfile.
fn declared<'a>(raised: Raised<'a>, offer: &Offer) -> Raised<'a> {
    raised.related(offer.name_node(), "the CloudProfile is declared here")
}

/// Points at the name of one thing a CloudProfile offers.
fn offered<'a>(raised: Raised<'a>, name: Option<Text<'_>>) -> Raised<'a> {
    match name {
        Some(name) => raised.related(name.node, "offered here"),
        None => raised,
    }
}

/// Reports a name that the CloudProfile does not list, or lists as not usable.
fn not_offered<'f, 'k>(
    shoot: Shoot<'_>,
    offer: &Offer,
    (what, asked): (&str, Text<'_>),
    listed: Option<Text<'_>>,
    known: impl Iterator<Item = &'k str>,
    findings: &'f mut Findings,
) -> Raised<'f> {
    if listed.is_some() {
        let message = format!("the {what} `{asked}` is not usable");
        offered(findings.at(shoot.object, asked.node, message), listed).help(help_with_others(known))
    } else {
        let message = format!("the CloudProfile `{}` has no {what} `{asked}`", offer.name());
        declared(findings.at(shoot.object, asked.node, message), offer).help(help_with_names(&asked, known))
    }
}

/// The texts of names, as help shows them.
fn names<'a>(names: impl Iterator<Item = Option<Text<'a>>>) -> impl Iterator<Item = &'a str> {
    names.flatten().map(Text::as_str)
}

/// The region of a shoot, where the CloudProfile offers it.
fn region_of<'s>(shoot: Shoot<'_>, offer: &'s Offer) -> Option<Region<'s>> {
    offer.region(&shoot.region()?)
}

/// The zones of a pool, as the CloudProfile describes them.
fn zones_of<'a>(worker: Worker<'a>, region: Region<'a>) -> impl Iterator<Item = Zone<'a>> {
    let used =
        move |zone: &Zone<'_>| zone.name().is_some_and(|name| worker.zones().any(|used| *used == *name));
    region.zones().filter(used)
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateProviderType.
fn provider_type(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(offer) = scope.offer(shoot) else { return };
    let Some((asked, offered)) = mismatch(shoot, offer) else {
        return;
    };
    findings
        .at(
            shoot.object,
            asked.node,
            format!("the CloudProfile `{}` is one of the provider type `{offered}`", offer.name()),
        )
        .related(offered.node, "its provider type is set here")
        .why("Gardener's API server refuses a shoot whose CloudProfile is another provider's")
        .help(format!("set `{offered}`, or name a CloudProfile of the provider type `{asked}`"));
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateRegion.
fn region(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let (Some(offer), Some(region)) = (scope.offer(shoot), shoot.region()) else {
        return;
    };
    if offer.region(&region).is_some() {
        return;
    }
    let regions = names(offer.profile().regions().map(Region::name));
    let message = format!("the CloudProfile `{}` has no region `{region}`", offer.name());
    declared(findings.at(shoot.object, region.node, message), offer)
        .why("Gardener's API server refuses a shoot in a region that its CloudProfile does not list")
        .help(help_with_names(&region, regions));
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateZones.
fn zones(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    let Some(region) = region_of(shoot, offer) else {
        return;
    };
    let Some(region_name) = region.name() else { return };
    let known: Vec<&str> = names(region.zones().map(Zone::name)).collect();
    for zone in workers.flat_map(Worker::zones).filter(|zone| !known.contains(&zone.as_str())) {
        let (message, help) = if known.is_empty() {
            let message = format!("the region `{region_name}` has no zones");
            (message, "leave `zones` out".to_owned())
        } else {
            let message = format!("the region `{region_name}` has no zone `{zone}`");
            (message, help_with_names(&zone, known.iter().copied()))
        };
        findings
            .at(shoot.object, zone.node, message)
            .related(region_name.node, "the region is offered here")
            .why("Gardener's API server refuses a pool in a zone that its CloudProfile does not list")
            .help(help);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateZones.
fn repeated_zones(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((_, workers)) = pools(shoot, scope) else {
        return;
    };
    for worker in workers {
        let mut seen: Vec<Text<'_>> = Vec::new();
        for zone in worker.zones() {
            if let Some(first) = seen.iter().find(|first| ***first == *zone) {
                findings
                    .at(shoot.object, zone.node, format!("the zone `{zone}` is listed twice"))
                    .related(first.node, "first listed here")
                    .why("Gardener's API server refuses a pool that lists a zone twice")
                    .help("remove one of the two");
            }
            seen.push(zone);
        }
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateAccessRestrictions.
fn access_restrictions(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(region) = scope.offer(shoot).and_then(|offer| region_of(shoot, offer)) else {
        return;
    };
    let Some(region_name) = region.name() else { return };
    let known: Vec<&str> = names(region.access_restrictions().map(NamedItem::name)).collect();
    for restriction in shoot.access_restrictions() {
        let name = restriction.name().map(Text::as_str).unwrap_or_default();
        if known.contains(&name) {
            continue;
        }
        let message = format!("the region `{region_name}` has no access restriction `{name}`");
        let help = if known.is_empty() {
            "choose another region, or remove the access restriction".to_owned()
        } else {
            help_with_names(name, known.iter().copied())
        };
        findings
            .at(shoot.object, restriction.node(), message)
            .related(region_name.node, "the region is offered here")
            .why("Gardener's API server refuses an access restriction that the region does not list")
            .help(help);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMaxNodesTotal.
fn nodes(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let offer = scope.offer(shoot);
    let limit = offer.and_then(|offer| offer.profile().max_nodes_total());
    // A limit that is none is a fault of the CloudProfile.
    let Some(limit) = limit.filter(|limit| limit.value > 0) else {
        return;
    };
    let least = shoot
        .workers()
        .filter_map(|worker| worker.minimum())
        .fold(0_i64, |sum, minimum| sum.saturating_add(minimum.value));
    let Some(provider) = shoot.provider().filter(|_| least > limit.value) else {
        return;
    };
    let message = format!("the pools have at least {least} nodes, more than the limit of {}", limit.value);
    findings
        .at_field(shoot.object, provider, "workers", message)
        .related(limit.node, "the CloudProfile sets the limit here")
        .why("Gardener's API server refuses a shoot whose pools have more nodes at minimum than its CloudProfile allows")
        .help("lower `minimum` of some pools");
}
