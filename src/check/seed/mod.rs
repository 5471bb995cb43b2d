//! Seeds: what a seed consists of, wherever it is described.
//!
//! A Seed says everything itself. A Gardenlet registers its seed as it is written, so that the Seed is refused later for
//! what the Gardenlet lacks. A ManagedSeed takes what it does not say from its shoot.

pub(super) mod backup;
pub(super) mod credentials;
pub(super) mod domain;
pub(super) mod extension;
pub(super) mod managed;
pub(super) mod metadata;
pub(super) mod setting;

use std::collections::HashSet;

use super::repetition::{self, DUPLICATE_ENTRY};
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, GroupKind};
use crate::syntax::Node;
use crate::view::{
    GardenletInstallation, SeedDomain, SeedLoadBalancers, SeedSettings, SeedTaint, SeedTemplate, SeedVolume,
    Text,
};

/// A seed that lacks what every seed needs.
const SEED_INCOMPLETE: Code = Code::error("L580", "seed-incomplete");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: SEED_INCOMPLETE,
        upstream: &["SD-PROV", "SD-NET", "SD-ING", "SD-DNSINT", "SD-BKP"],
        judge: Judge::Seed(incomplete),
    },
    Rule {
        code: Code::warning("L597", "seed-of-gardenlet-incomplete"),
        upstream: &["SD-PROV", "SD-NET", "SD-ING"],
        judge: Judge::Seed(incomplete_in_gardenlet),
    },
    Rule {
        code: DUPLICATE_ENTRY,
        upstream: &["SD-PROV", "SD-TAINT", "SD-VOL", "SD-LBZ", "SD-DNSINT"],
        judge: Judge::Seed(repeated),
    },
];

const REFUSED: &str = "Gardener's API server refuses the seed without it";

/// Whether a seed is described by an object of this kind.
pub(super) fn is_of(seed: SeedTemplate<'_>, kind: GroupKind) -> bool {
    seed.object.identity.is(kind.group, kind.kind)
}

/// What only a Seed must say itself, and the mend.
const OF_SEED: [(&[&str], &str, &str); 5] = [
    (&["spec", "provider", "type"], "provider type", "name the provider, as in its CloudProfile"),
    (&["spec", "provider", "region"], "region", "name the region of the provider"),
    (&["spec", "networks", "pods"], "range for pods", "write it as in `10.250.0.0/16`"),
    (&["spec", "networks", "services"], "range for services", "write it as in `10.251.0.0/16`"),
    (&["spec", "ingress"], "ingress", "set `ingress.domain`, and `ingress.controller.kind: nginx`"),
];

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec, validateSeedNetworks and validateSeedBackup.
fn incomplete(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut require = |path: &[&str], what: &str, help: &str| {
        let message = format!("the seed has no {what}");
        let raised = findings.require(seed.object, seed.node(), path, message);
        raised.map(|raised| raised.why(REFUSED).help(help));
    };
    if is_of(seed, kind::SEED) {
        for (path, what, help) in OF_SEED {
            require(path, what, help);
        }
    }
    let help = "set its `type`, `domain` and `credentialsRef`";
    require(&["spec", "dns", "internal"], "internal domain", help);
    // The admission of a ManagedSeed fills these in.
    let filled_in = is_of(seed, kind::MANAGED_SEED);
    let has = |node: Option<&Node>| node.is_some_and(|node| node.as_mapping().is_some());
    if has(seed.ingress().map(|ingress| ingress.node())) {
        if !filled_in {
            let help = "name the domain that the ingress serves";
            require(&["spec", "ingress", "domain"], "domain for its ingress", help);
            let help = "set its `type` and `credentialsRef`: the ingress needs DNS records";
            require(&["spec", "dns", "provider"], "DNS provider for its ingress", help);
        }
        if seed.ingress().is_some_and(|ingress| ingress.controller().is_none()) {
            let path = ["spec", "ingress", "controller", "kind"];
            require(&path, "controller for its ingress", "set `controller.kind: nginx`");
        }
    }
    let help =
        "refer to a `Secret` or a `WorkloadIdentity` with `apiVersion`, `kind`, `name` and `namespace`";
    if has(seed.backup().map(|backup| backup.node())) {
        if !filled_in {
            let path = ["spec", "backup", "provider"];
            require(&path, "provider for its backups", "name the provider of the storage");
        }
        require(&["spec", "backup", "credentialsRef"], "credentials for its backups", help);
    }
    if has(seed.dns_provider()) {
        require(&["spec", "dns", "provider", "credentialsRef"], "credentials for its DNS provider", help);
    }
}

/// Upstream: pkg/gardenlet/controller/seed, and pkg/api/core/validation/seed.go, ValidateSeedSpec.
///
/// Gardener's API server takes the Gardenlet; the Seed that its gardenlet then registers is refused.
fn incomplete_in_gardenlet(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if !is_of(seed, kind::GARDENLET) {
        return;
    }
    for (path, what, help) in OF_SEED {
        let message = format!("the seed of the gardenlet has no {what}");
        let raised = findings.require(seed.object, seed.node(), path, message);
        raised.map(|raised| {
            raised
                .why("Gardener accepts the Gardenlet and refuses the Seed that its gardenlet registers; stricter than Gardener")
                .help(help)
        });
    }
}

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec.
fn repeated(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = seed.object;
    // Gardener tells of the first zone only.
    let zones: Vec<Text<'_>> = seed.zones().collect();
    let mut known = HashSet::new();
    let until = zones.iter().position(|zone| !known.insert(zone.as_str())).map_or(0, |position| position + 1);
    repetition::of_texts(object, zones.into_iter().take(until), "zone", findings);
    let purposes = seed.volume().into_iter().flat_map(SeedVolume::providers).filter_map(|one| one.purpose());
    repetition::of_texts(object, purposes, "purpose", findings);
    let balancers = seed.settings().and_then(SeedSettings::load_balancers);
    let zones = balancers.into_iter().flat_map(SeedLoadBalancers::zones).filter_map(SeedLoadBalancers::name);
    repetition::of_texts(object, zones, "zone", findings);
    let domains = seed.default_domains().filter_map(SeedDomain::domain);
    repetition::of_texts(object, domains, "default domain", findings);
    let taints = seed.taints().filter_map(|taint| Some((shown(taint)?, taint.node())));
    for (first, again) in repetition::repetitions(taints) {
        repetition::report(object, first, again, "taint", findings);
    }
}

/// A taint as Gardener writes it.
///
/// Upstream: pkg/utils/miscellaneous.go, IDForKeyWithOptionalValue.
fn shown(taint: SeedTaint<'_>) -> Option<String> {
    let key = taint.key()?;
    match taint.value() {
        Some(value) => Some(format!("{key}={}", value.as_str()?)),
        None => Some(key.as_str().to_owned()),
    }
}

/// Whether a gardenlet takes what its object does not say from the gardenlet that deploys it.
pub(super) fn is_merged(installation: GardenletInstallation<'_>) -> bool {
    let gardenlet = installation.object.identity.is(kind::GARDENLET.group, kind::GARDENLET.kind);
    !gardenlet && installation.merge_with_parent().unwrap_or(true)
}
