//! The way of a control plane from one seed to another: what both seeds need for it.
//!
//! A changed seed is refused as an update in any case. What these rules say would be in the way of a migration, too.

use crate::check::{Findings, cloud_profile_of, is_true};
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{ControlPlane, Hibernation, SeedDomain, SeedTemplate, Shoot, Text};

const IMPOSSIBLE: Code = Code::error("L719", "migration-impossible");

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: IMPOSSIBLE,
        impact: Impact::Rejected,
        upstream: &["UP-SH-RESCHED"],
        judge: Judge::Shoot(rescheduled),
    },
    Rule { code: IMPOSSIBLE, impact: Impact::Rejected, upstream: &["UP-SH-LIVE"], judge: Judge::Shoot(live) },
];

/// The seeds that a shoot moves between, each with its name; nothing of a seed that is not here.
#[derive(Clone, Copy)]
struct Move<'s, 'a> {
    names: Both<Text<'s>>,
    seeds: Both<Option<SeedTemplate<'a>>>,
}

impl<'s, 'a> Move<'s, 'a> {
    fn of(shoots: Both<Shoot<'s>>, sides: &Sides<'a>) -> Option<Self> {
        let names = shoots.map(Shoot::seed_name).transpose()?;
        let seeds = Both {
            before: sides.before.seed_template(&names.before),
            after: sides.after.seed_template(&names.after),
        };
        (*names.before != *names.after).then_some(Self { names, seeds })
    }

    fn refuse(self, shoot: Shoot<'_>, message: String, help: &str, findings: &mut Findings) {
        findings
            .at(shoot.object, self.names.after.node, message)
            .related(self.names.before.node, "the shoot moves away from here")
            .why("Gardener's API server refuses the move by `shoots/binding` too")
            .help(help);
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling and validateDefaultDomainCompatibilityForRescheduling.
fn rescheduled(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Some(moved) = Move::of(shoots, sides) else { return };
    let shoot = shoots.after;
    let Both { before: from, after: to } = moved.names;
    for (name, seed) in [(from, moved.seeds.before), (to, moved.seeds.after)] {
        if seed.is_some_and(|seed| seed.backup().is_none()) {
            let message =
                format!("the control plane cannot move from `{from}` to `{to}`: `{name}` has no backups");
            moved.refuse(shoot, message, "give both seeds a `spec.backup` first", findings);
        }
    }
    let Some(seeds) = moved.seeds.transpose() else { return };
    let internal = seeds.map(|seed| seed.internal_domain().and_then(SeedDomain::domain).map(Text::as_str));
    if internal.before != internal.after {
        let said =
            |domain: Option<&str>| domain.map_or_else(|| "none".to_owned(), |domain| format!("`{domain}`"));
        let message = format!(
            "the control plane cannot move from `{from}` to `{to}`: the internal domain would change from {} to {}",
            said(internal.before),
            said(internal.after)
        );
        moved.refuse(shoot, message, "choose a seed with the same `spec.dns.internal.domain`", findings);
    }
    let defaults = |seed: SeedTemplate<'_>| -> Vec<String> {
        seed.default_domains().filter_map(SeedDomain::domain).map(|domain| domain.to_string()).collect()
    };
    let Some(domain) = shoot.domain() else { return };
    let below =
        |default: &String| domain.strip_suffix(default.as_str()).is_some_and(|rest| rest.ends_with('.'));
    let used = defaults(seeds.before).into_iter().find(below);
    if let Some(used) = used.filter(|used| !defaults(seeds.after).contains(used)) {
        let message = format!(
            "the control plane cannot move from `{from}` to `{to}`, which lacks the default domain `{used}`"
        );
        moved.refuse(shoot, message, "choose a seed that has the default domain of the shoot", findings);
    }
}

const ANNOTATION: &str = "migration.gardener.cloud/live-migrate";
const GATE: &str = "LiveControlPlaneMigration";

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateLiveMigrationPrerequisites. Which versions the gardenlets have,
/// only the seeds themselves tell.
fn live(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let shoot = shoots.after;
    let Some(asked) = shoot.annotation(ANNOTATION).filter(|node| node.as_str().is_some_and(is_true)) else {
        return;
    };
    if let Some((false, place)) = sides.after.feature_gate(GATE) {
        findings
            .at(shoot.object, asked, "the control plane cannot move while it runs")
            .related(place, format!("the feature gate `{GATE}` is not set to true here"))
            .why("Gardener's API server refuses the annotation while the feature gate is off")
            .help("remove the annotation, or switch the feature gate on for the gardener-apiserver first");
        return;
    }
    let Some(moved) = Move::of(shoots, sides) else { return };
    let what = "the control plane cannot move while it runs";
    if shoot.control_plane().and_then(ControlPlane::high_availability).is_none() {
        let message = format!("{what}: it is not highly available");
        moved.refuse(shoot, message, "set `spec.controlPlane.highAvailability` first", findings);
    }
    if shoot.hibernation().and_then(Hibernation::enabled) == Some(true) {
        moved.refuse(shoot, format!("{what}: it sleeps"), "wake the shoot up first", findings);
    }
    let Some(seeds) = moved.seeds.transpose() else { return };
    let types = seeds.map(|seed| seed.provider_type().map(Text::as_str));
    if types.before != types.after {
        let message = format!("{what}: the seeds are of different providers");
        moved.refuse(shoot, message, "choose a seed of the same provider type", findings);
    }
    if let Some(distance) = distance(shoot, seeds, sides) {
        let message = format!("{what}: {distance}");
        let help =
            "choose a nearer seed, or set the annotation `migration.gardener.cloud/allow-distant-regions`";
        moved.refuse(shoot, message, help, findings);
    }
}

const NEAR: i64 = 180;
const DISTANT: &str = "migration.gardener.cloud/allow-distant-regions";
const THRESHOLD: &str = "migration.gardener.cloud/inter-region-distance-threshold";

/// What is wrong with the distance between two seeds, as far as the landscape tells it.
///
/// Upstream: plugin/pkg/shoot/validator/admission.go, validateInterRegionDistance.
fn distance(shoot: Shoot<'_>, seeds: Both<SeedTemplate<'_>>, sides: &Sides<'_>) -> Option<String> {
    let Both { before: from, after: to } = seeds.map(SeedTemplate::region).transpose()?;
    let allowed = shoot.annotation(DISTANT).and_then(Node::as_str).is_some_and(is_true);
    if *from == *to || allowed {
        return None;
    }
    let (_, _, profile) = cloud_profile_of(shoot)?;
    let objects = sides.after.landscape.of_kind("ConfigMap");
    let Some(regions) = objects.into_iter().find(|object| is_region_map(object, profile)) else {
        let unknown = || format!("nothing tells how far it is from {from} to {to}");
        return sides.after.complete().then(unknown);
    };
    let threshold = regions.annotation(THRESHOLD).map_or(Some(NEAR), |written| written.parse().ok())?;
    let distances = regions.root.at(&["data", from.as_str()]).and_then(Node::as_str);
    let Some(distance) = distances.and_then(|distances| distance_in(distances, &to)) else {
        return Some(format!("`{}` does not tell how far it is from {from} to {to}", regions.identity.name));
    };
    (distance > threshold)
        .then(|| format!("it is {distance} from {from} to {to}, which is more than {threshold}"))
}

fn is_region_map(object: &Object, profile: &str) -> bool {
    let names = object.annotation("scheduling.gardener.cloud/cloudprofiles").unwrap_or_default();
    object.label("scheduling.gardener.cloud/purpose") == Some("region-config")
        && object.identity.namespace.as_deref() == Some(GARDEN_NAMESPACE)
        && names.split(',').any(|name| name.trim() == profile)
}

/// The number beside a region in a list of regions, one a line.
fn distance_in(distances: &str, region: &str) -> Option<i64> {
    let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    distances
        .lines()
        .filter_map(|line| line.rsplit_once(':'))
        .find_map(|(name, distance)| (plain(name) == region).then(|| plain(distance).parse().ok()).flatten())
}
