//! Shoots that name their seed: it must be one that takes them.
//!
//! Upstream asks when a shoot is put on a seed. Nothing here needs the whole landscape, only the seed.

use super::candidate::{Candidate, unmet};
use super::demand::{Tolerations, exposure_class, is_across_zones, selectors};
use super::filter::{ZONES, seed_selector};
use crate::check::{Findings, Judge, Offer, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::view::{HostingProfile, NamedItem, PlacedShoot, SeedSelector, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L388", "seed-taint-not-tolerated"),
        upstream: &["XS-SEED-TAINT"],
        judge: Judge::Shoot(taints),
    },
    Rule {
        code: Code::error("L389", "seed-outside-of-selector"),
        upstream: &["XS-SEED-SELCP", "XS-SEED-SELSH"],
        judge: Judge::Shoot(outside_of_selector),
    },
    Rule {
        code: Code::error("L390", "seed-with-too-few-zones"),
        upstream: &["XS-SEED-HA"],
        judge: Judge::Shoot(too_few_zones),
    },
    Rule {
        code: Code::error("L391", "zone-pinning-not-allowed"),
        upstream: &["XS-SEED-CPZ"],
        judge: Judge::Shoot(zone_pinning),
    },
    Rule {
        code: Code::error("L392", "control-plane-zone-not-in-seed"),
        upstream: &["XS-SEED-CPZ"],
        judge: Judge::Shoot(zone_not_in_seed),
    },
    Rule {
        code: Code::error("L394", "access-restriction-not-of-seed"),
        upstream: &["XS-ACCESS"],
        judge: Judge::Shoot(access_restrictions),
    },
];

/// The seed that a shoot names, where the shoot is not one that needs none.
fn placed<'s, 'a>(shoot: Shoot<'a>, scope: &'s Scope<'a>) -> Option<(Text<'a>, &'s Candidate<'a>)> {
    let name = shoot.seed_name()?;
    Some((name, scope.seeds().named(&name)?))
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
fn taints(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let tainted = |(_, candidate): &(Text<'_>, &Candidate<'_>)| candidate.seed.taints().next().is_some();
    let Some((name, candidate)) = placed(shoot, scope).filter(tainted) else {
        return;
    };
    let Some(tolerations) = Tolerations::of(shoot, scope) else {
        return;
    };
    let taint = tolerations.untolerated(candidate.seed.taints());
    if let Some((taint, key)) = taint.and_then(|taint| Some((taint, taint.key()?))) {
        findings
            .at(
                shoot.object,
                name.node,
                format!("the seed `{name}` has the taint `{key}`, which the shoot does not tolerate"),
            )
            .related(taint.key().map_or(taint.node(), |key| key.node), "the seed is tainted here")
            .why("Gardener's API server refuses a shoot that does not tolerate the taints of its seed")
            .help(format!("add the key `{key}` to `spec.tolerations` of the shoot, or name another seed"));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling and Validate.
fn outside_of_selector(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((name, candidate)) = placed(shoot, scope) else {
        return;
    };
    let Some(provider) = candidate.seed.provider_type().filter(|_| candidate.seed.region().is_some()) else {
        return;
    };
    let profile = scope.offer(shoot).and(scope.cloud_profile(shoot));
    if let Some(selector) = profile.and_then(|profile| seed_selector(profile, scope)) {
        let listed = types(selector).any(|own| own == "*" || own == &*provider);
        let other = types(selector).next().is_some() && !listed;
        let fault = match unmet(selector, candidate.seed) {
            Some(unmet) => Some((unmet.node, format!("for the label `{}`", unmet.key))),
            None => other.then(|| (selector.node(), format!("for the provider type `{provider}`"))),
        };
        if let Some((node, what)) = fault {
            findings
                .at(
                    shoot.object,
                    name.node,
                    format!("the seed `{name}` is outside of the CloudProfile's selector {what}"),
                )
                .related(node, "the CloudProfile selects seeds here")
                .why("Gardener's API server refuses a shoot on a seed that its CloudProfile does not select")
                .help("name a seed that the `seedSelector` of the CloudProfile selects");
        }
    }
    let selects = exposure_class(shoot, scope).is_some();
    let wanted: Vec<SeedSelector<'_>> = selectors(shoot, scope).filter(|_| selects).collect();
    let own = wanted.first().map(|selector| selector.node());
    let place = PlacedShoot::of_shoot(shoot).selector().map(|selector| selector.node());
    let place = place.or(shoot.exposure_class().map(|class| class.node)).or(own).unwrap_or(name.node);
    if let Some(unmet) = wanted.iter().find_map(|selector| unmet(*selector, candidate.seed)) {
        let message =
            format!("the selector of the shoot leaves its seed `{name}` out for the label `{}`", unmet.key);
        related(findings, shoot, place, message, unmet.node, candidate);
    }
    // A `*` means nothing here: these are united, not matched.
    let types: Vec<&str> = wanted.iter().flat_map(|selector| types(*selector)).collect();
    if !types.is_empty() && !types.contains(&&*provider) {
        let list = PlacedShoot::of_shoot(shoot).selector().and_then(SeedSelector::provider_type_list);
        let place = list.unwrap_or(place);
        let message = format!(
            "the selector of the shoot leaves its seed `{name}` out for the provider type `{provider}`"
        );
        related(findings, shoot, place, message, provider.node, candidate);
    }
}

fn types(selector: SeedSelector<'_>) -> impl Iterator<Item = &str> {
    selector.provider_types().map(Text::as_str)
}

fn related(
    findings: &mut Findings,
    shoot: Shoot<'_>,
    place: &crate::syntax::Node,
    message: String,
    explains: &crate::syntax::Node,
    candidate: &Candidate<'_>,
) {
    let raised = findings
        .at(shoot.object, place, message)
        .related(candidate.object().name_node(), "the seed is declared here")
        .why("Gardener's API server refuses a `seedSelector` that the seed of the shoot does not match")
        .help("name another seed, or change the selector");
    if !std::ptr::eq(explains, place) {
        raised.related(explains, "this is what it does not match");
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateSeedSelectionForMultiZonalShoot.
fn too_few_zones(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((name, candidate)) = placed(shoot, scope).filter(|_| is_across_zones(shoot)) else {
        return;
    };
    let zones = candidate.zones.len();
    if zones < ZONES {
        let message =
            format!("the seed `{name}` has {zones} of the {ZONES} zones that the control plane needs");
        let raised = findings
            .at(shoot.object, name.node, message)
            .related(candidate.object().name_node(), "the seed is declared here")
            .why("Gardener's API server refuses a control plane that must survive the loss of a zone on such a seed")
            .help("name a seed with more zones, or set the failure tolerance `node`");
        if let Some(tolerance) = PlacedShoot::of_shoot(shoot).failure_tolerance() {
            raised.related(tolerance.node, "the failure tolerance is set here");
        }
    }
}

fn allows_pinning(offer: &Offer) -> bool {
    HostingProfile::of_profile(offer.profile()).zone_pinning() == Some(true)
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateControlPlaneZones.
fn zone_pinning(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let zones = PlacedShoot::of_shoot(shoot).zone_list();
    let (Some(zones), Some(offer)) = (zones.filter(|zones| !zones.items().is_empty()), scope.offer(shoot))
    else {
        return;
    };
    if !allows_pinning(offer) {
        let message = format!(
            "the CloudProfile `{}` does not let shoots choose the zones of their control planes",
            offer.name()
        );
        findings
            .at(shoot.object, zones, message)
            .related(offer.name_node(), "the CloudProfile is declared here")
            .why("Gardener's API server refuses the zones of a control plane unless the CloudProfile allows them")
            .help("remove `zones`, or set `spec.controlPlane.allowZonePinning: true` in the CloudProfile");
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateControlPlaneZones.
fn zone_not_in_seed(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let allowed = scope.offer(shoot).is_some_and(allows_pinning);
    let Some((name, candidate)) = placed(shoot, scope).filter(|_| allowed) else {
        return;
    };
    for zone in PlacedShoot::of_shoot(shoot).zones().filter(|zone| !candidate.zones.contains(&zone.as_str()))
    {
        findings
            .at(shoot.object, zone.node, format!("the seed `{name}` has no zone `{zone}`"))
            .related(candidate.object().name_node(), "the seed is declared here")
            .why("Gardener's API server refuses a control plane in a zone that its seed does not have")
            .help(help_with_names(&zone, candidate.zones.iter().copied()));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
fn access_restrictions(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((name, candidate)) = placed(shoot, scope) else {
        return;
    };
    let asked: Vec<Text<'_>> = shoot.access_restrictions().filter_map(NamedItem::name).collect();
    let lacking = asked.iter().find(|asked| !candidate.restrictions.contains(&asked.as_str()));
    // Upstream counts first, so that one listed twice needs two.
    let last = (asked.len() > candidate.restrictions.len()).then(|| asked.last()).flatten();
    if let Some(restriction) = lacking.or(last) {
        findings
            .at(
                shoot.object,
                name.node,
                format!("the seed `{name}` does not support the access restriction `{restriction}`"),
            )
            .related(restriction.node, "the shoot asks for it here")
            .related(candidate.object().name_node(), "the seed is declared here")
            .why("Gardener's API server refuses a shoot on a seed that lacks its access restrictions")
            .help(format!("name another seed; {}", help_with_others(candidate.restrictions.iter().copied())));
    }
}
