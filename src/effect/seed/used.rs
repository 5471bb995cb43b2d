//! What shoots on a seed count on: its zones, its domains, and that it is there.

use std::collections::BTreeSet;

use super::zone::zones_of_shoot;
use crate::check::{Findings, Scope};
use crate::diagnostic::Code;
use crate::effect::usage::Users;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{PlacedShoot, SeedDomain, SeedTemplate, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule { code: CHANGED, impact: Impact::Rejected, upstream: &["UP-SD-ZONES"], judge: Judge::Seed(zones) },
    Rule {
        code: CHANGED,
        impact: Impact::Rejected,
        upstream: &["UP-SD-INTDOM"],
        judge: Judge::Seed(internal),
    },
    Rule {
        code: CHANGED,
        impact: Impact::Rejected,
        upstream: &["UP-SD-DNSDEF"],
        judge: Judge::Seed(defaults),
    },
    Rule {
        code: Code::error("L734", "seed-in-use-removed"),
        impact: Impact::Rejected,
        upstream: &["UP-SD-DEL"],
        judge: Judge::Removed(&[kind::SEED, kind::MANAGED_SEED], removed),
    },
];

/// A part of a seed is gone that shoots count on.
const CHANGED: Code = Code::error("L733", "seed-in-use-changed");

const WHY: &str =
    "the control planes of shoots stand on it; Gardener's API server refuses to change the seed";

/// The shoots on the seeds that an object registers, with where each names its seed.
///
/// Upstream: plugin/pkg/utils/miscellaneous.go, isSeedUsedByShoot.
fn shoots_on<'a>(object: &Object, scope: &Scope<'a>) -> impl Iterator<Item = (Shoot<'a>, &'a Node)> {
    let is_own = |name: &Text<'_>| {
        let own = &*object.identity.name;
        if !object.identity.is(kind::MANAGED_SEED_SET.group, kind::MANAGED_SEED_SET.kind) {
            return &**name == own;
        }
        let number = name.strip_prefix(own).and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let mut found = Vec::new();
    for shoot in scope.landscape.of_kind(kind::SHOOT.kind).map(Shoot::of) {
        let named = [shoot.seed_name(), PlacedShoot::of_shoot(shoot).current_seed()];
        if let Some(name) = named.into_iter().flatten().find(is_own) {
            found.push((shoot, name.node));
        }
    }
    found.into_iter()
}

fn users<'a>(shoots: impl Iterator<Item = (Shoot<'a>, &'a Node)>) -> Users<'a> {
    shoots.map(|(shoot, node)| (shoot.object, node)).collect()
}

/// Names one after the other.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Upstream: plugin/pkg/utils/miscellaneous.go, ValidateZoneRemovalFromSeeds.
fn zones(seeds: Both<SeedTemplate<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = seeds.map(|seed| seed.zones().map(Text::as_str).collect::<BTreeSet<_>>());
    let before = if before.is_empty() { zones_of_shoot(seeds.before.object, &sides.before) } else { before };
    let filled =
        after.is_empty() && seeds.after.object.identity.is(kind::MANAGED_SEED.group, kind::MANAGED_SEED.kind);
    let gone: Vec<&str> = before.difference(&after).copied().collect();
    let users = users(shoots_on(seeds.after.object, &sides.after));
    if gone.is_empty() || filled || users.is_empty() {
        return;
    }
    let way = ["spec", "provider", "zones"];
    let message = format!("the seed leaves {} while it is home to {users}", list(gone.iter().copied()));
    let raised = findings.lacking(seeds.after.object, seeds.after.node(), &way, message);
    let raised = match seeds.before.zone_list() {
        Some(zones) => raised.related(zones, "as it is in the base"),
        None => raised,
    };
    users.shown(raised).why(WHY).help("keep the zones, or move the shoots to another seed first");
}

/// Upstream: plugin/pkg/utils/miscellaneous.go, ValidateInternalDomainChangeForSeed.
fn internal(seeds: Both<SeedTemplate<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Some(domains) = seeds.map(SeedTemplate::internal_domain).transpose() else {
        return;
    };
    let Both { before, after } = domains.map(SeedDomain::domain);
    let users = users(shoots_on(seeds.after.object, &sides.after));
    if before.map(Text::as_str) == after.map(Text::as_str) || users.is_empty() {
        return;
    }
    let message = format!("the internal domain of the seed changes while it is home to {users}");
    let raised = findings.lacking(seeds.after.object, domains.after.node(), &["domain"], message);
    let raised = raised.related(domains.before.node(), "as it is in the base");
    users.shown(raised).why(WHY).help("keep the domain, or move the shoots to another seed first");
}

/// Upstream: plugin/pkg/utils/miscellaneous.go, ValidateDefaultDomainsChangeForSeed.
fn defaults(seeds: Both<SeedTemplate<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let domains = |seed: SeedTemplate<'_>| -> BTreeSet<String> {
        seed.default_domains().filter_map(SeedDomain::domain).map(|domain| domain.to_string()).collect()
    };
    let Both { before, after } = seeds.map(domains);
    let known: BTreeSet<String> = if before.is_empty() && !after.is_empty() {
        sides.after.global_domains().map(str::to_owned).collect()
    } else {
        before
    };
    let gone: BTreeSet<&str> = known.difference(&after).map(String::as_str).collect();
    // A shoot with a domain below two of them counts on one of them only.
    let mut used = BTreeSet::new();
    let below = |shoot: &Shoot<'_>| {
        let domain = shoot.domain()?;
        gone.iter().copied().find(|gone| domain.strip_suffix(gone).is_some_and(|rest| rest.ends_with('.')))
    };
    let shoots = shoots_on(seeds.after.object, &sides.after).filter(|(shoot, _)| {
        let domain = below(shoot);
        used.extend(domain);
        domain.is_some()
    });
    let users = users(shoots.map(|(shoot, node)| (shoot, shoot.domain().map_or(node, |domain| domain.node))));
    if users.is_empty() {
        return;
    }
    let message = format!("the seed lacks the default domain {}, in use by {users}", list(used));
    let way = ["spec", "dns", "defaults"];
    let raised = findings.lacking(seeds.after.object, seeds.after.node(), &way, message);
    let raised = match seeds.before.node().at(&way) {
        Some(defaults) => raised.related(defaults, "as it is in the base"),
        None => raised,
    };
    users.shown(raised).why(WHY).help("list the domain as long as shoots have names below it");
}

/// The gardenlet that looks after a ManagedSeed deletes the Seed of the same name, and waits for that.
///
/// Upstream: plugin/pkg/seed/validator/admission.go, validateSeedDeletion; pkg/controller/gardenletdeployer/actuator.go,
/// Delete.
fn removed(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    let users = users(shoots_on(object, &sides.after));
    if users.is_empty() {
        return;
    }
    let message = format!("the seed `{}` is removed while it is home to {users}", object.identity.name);
    users
        .shown(findings.at(object, object.name_node(), message))
        .why("the control planes of shoots stand on it; Gardener's API server refuses to delete the Seed")
        .help("move the shoots to another seed or delete them first, and remove the seed once none is left");
}
