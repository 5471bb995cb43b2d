//! The seeds of a landscape as the scheduler sees them.
//!
//! Worked out once: a landscape has few seeds and many shoots.

use std::collections::{HashMap, HashSet};

use ipnet::Ipv6Net;

use crate::check::seed::is_merged;
use crate::check::selector::{self, Unmet};
use crate::kind::{self, GARDEN_NAMESPACE, GroupKind};
use crate::landscape::{Landscape, Object};
use crate::syntax::Node;
use crate::view::{
    Amount, GardenletConfiguration, GardenletInstallation, HostingSeed, ManagedSeed, NamedItem, SeedDomain,
    SeedSelector, SeedTemplate, Shoot, Text,
};

/// How many gardenlets may have deployed each other, one the next.
const STOREYS: usize = 16;

/// A seed that shoots may be put on.
pub(in crate::check) struct Candidate<'a> {
    /// The name; of a ManagedSeedSet, the one its seeds' names begin with.
    pub(in crate::check) name: &'a str,
    /// What it is made of.
    pub(in crate::check) seed: SeedTemplate<'a>,
    /// Whom it takes.
    pub(in crate::check) hosting: HostingSeed<'a>,
    /// The zones.
    pub(super) zones: Vec<&'a str>,
    /// The access restrictions it supports.
    pub(super) restrictions: Vec<&'a str>,
    /// Its ranges of IPv6; those of IPv4 are mapped, and may be a shoot's too.
    pub(super) routed: Vec<Ipv6Net>,
    /// How many shoots it has room for, if it says so.
    pub(super) room: Option<Room<'a>>,
}

/// How many shoots a seed has room for.
pub(super) struct Room<'a> {
    /// The number of shoots.
    pub(super) shoots: i128,
    /// Where it is written.
    pub(super) written: Amount<'a>,
}

impl<'a> Candidate<'a> {
    fn of(object: &'a Object, landscape: &'a Landscape) -> Option<Self> {
        let seed = SeedTemplate::in_object(object)?;
        let hosting = HostingSeed::of_seed(seed);
        let ranges = [seed.nodes(), seed.pods(), seed.services()].into_iter().flatten();
        let routed = ranges.filter_map(|range| range.parse().ok());
        Some(Self {
            name: &object.identity.name,
            seed,
            hosting,
            zones: seed.zones().map(Text::as_str).collect(),
            restrictions: hosting
                .access_restrictions()
                .filter_map(NamedItem::name)
                .map(Text::as_str)
                .collect(),
            routed: routed.collect(),
            room: room(object, landscape),
        })
    }

    /// The object that brings it into being.
    pub(in crate::check) fn object(&self) -> &'a Object {
        self.seed.object
    }

    /// The domains that shoots without one of their own get theirs from.
    pub(in crate::check) fn default_domains(&self) -> impl Iterator<Item = Text<'a>> + use<'a> {
        self.seed.default_domains().filter_map(SeedDomain::domain)
    }

    /// Whether it is made of a shoot, directly or because one of the shoots below it is.
    pub(super) fn stands_on(&self, shoot: &Object, landscape: &Landscape) -> bool {
        let mut object = self.object();
        for _ in 0..STOREYS {
            let Some(ground) = ground(object, landscape) else {
                return false;
            };
            if std::ptr::eq(ground, shoot) {
                return true;
            }
            let Some(below) = Shoot::of(ground).seed_name().and_then(|name| managed(&name, landscape)) else {
                return false;
            };
            object = below;
        }
        false
    }
}

/// The value of a label of a seed, among them those that Gardener adds.
///
/// Upstream: pkg/apiserver/registry/core/seed/strategy.go, Canonicalize; cmd/gardenlet/app/app.go, registerSeed.
fn label_of<'a>(seed: SeedTemplate<'a>, key: &str) -> Option<&'a str> {
    match key {
        "seed.gardener.cloud/provider" => seed.provider_type().map(Text::as_str),
        "seed.gardener.cloud/region" => seed.region().map(Text::as_str),
        _ => {
            let labels = HostingSeed::of_seed(seed).labels();
            let own = labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
            let registered = key == "gardener.cloud/role" && seed.is_template();
            own.or(registered.then_some("seed"))
        }
    }
}

/// The first requirement of a selector that the labels of a seed do not meet.
pub(in crate::check) fn unmet<'a>(selector: SeedSelector<'a>, seed: SeedTemplate<'_>) -> Option<Unmet<'a>> {
    selector::unmet(selector.label_selector(), |key| label_of(seed, key))
}

/// Whether the labels of a seed are those that a selector asks for.
pub fn selects(selector: SeedSelector<'_>, seed: SeedTemplate<'_>) -> bool {
    unmet(selector, seed).is_none()
}

fn managed<'a>(seed: &str, landscape: &'a Landscape) -> Option<&'a Object> {
    landscape.find("ManagedSeed", GARDEN_NAMESPACE, seed)
}

/// The shoot that a ManagedSeed makes a seed of.
fn ground<'a>(object: &Object, landscape: &'a Landscape) -> Option<&'a Object> {
    let managed = object.identity.kind == "ManagedSeed";
    let shoot = managed.then(|| ManagedSeed::of(object).shoot())??;
    landscape.find("Shoot", GARDEN_NAMESPACE, &shoot)
}

/// How many shoots the seed of an object has room for.
///
/// Upstream: pkg/gardenlet/controller/seed/seed/reconciler.go, updateStatusOperationStart;
/// pkg/controller/gardenletdeployer/valueshelper.go, MergeGardenletConfiguration.
fn room<'a>(object: &'a Object, landscape: &'a Landscape) -> Option<Room<'a>> {
    if object.identity.kind == "ManagedSeedSet" {
        return None;
    }
    let told = SeedTemplate::in_object(object).map(HostingSeed::of_seed).and_then(HostingSeed::allocatable);
    if let Some(written) = told {
        return Some(Room { shoots: written.quantity.ceiling(), written });
    }
    let (mut capacity, mut reserved) = (None, None);
    let mut next = Some(object);
    for _ in 0..STOREYS {
        let Some(object) = next else { break };
        let configuration =
            GardenletInstallation::in_object(object).and_then(GardenletInstallation::configuration);
        let shoots = |resources: Option<&'a Node>| resources?.get("shoots").and_then(Amount::of);
        capacity = capacity.or(shoots(configuration.and_then(GardenletConfiguration::capacity)));
        reserved = reserved.or(shoots(configuration.and_then(GardenletConfiguration::reserved)));
        next = parent(object, landscape);
    }
    let written = capacity?;
    let left = reserved.map_or(written.quantity, |reserved| written.quantity.less(reserved.quantity));
    Some(Room { shoots: left.ceiling(), written })
}

/// What deploys the gardenlet that deploys this one, if this one takes over what it is not told.
fn parent<'a>(object: &Object, landscape: &'a Landscape) -> Option<&'a Object> {
    let merges = GardenletInstallation::in_object(object).is_none_or(is_merged);
    let seed = Shoot::of(ground(object, landscape).filter(|_| merges)?).seed_name()?;
    managed(&seed, landscape).or_else(|| landscape.find("Gardenlet", GARDEN_NAMESPACE, &seed))
}

/// All seeds of a landscape.
pub(in crate::check) struct Seeds<'a> {
    /// Them, by the kinds that bring them into being, then by name.
    pub(in crate::check) candidates: Vec<Candidate<'a>>,
    /// Whether each object that brings a seed into being says what it is made of.
    pub(super) known: bool,
    /// Whether any of them looks at the zones of a shoot's pools.
    pub(super) zonal: bool,
    /// Whether any of them has a taint.
    pub(super) tainted: bool,
    by_name: HashMap<&'a str, usize>,
    default_domains: HashSet<&'a str>,
}

/// A seed that runs is told of by the Seed object first.
const KINDS: [GroupKind; 4] = [kind::SEED, kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET];

impl<'a> Seeds<'a> {
    /// The seeds of a landscape.
    pub(in crate::check) fn of(landscape: &'a Landscape) -> Self {
        let mut seeds = Self {
            candidates: Vec::new(),
            known: true,
            zonal: false,
            tainted: false,
            by_name: HashMap::new(),
            default_domains: HashSet::new(),
        };
        let objects = KINDS.iter().flat_map(|kind| landscape.of_kind(kind.kind));
        for object in objects {
            if object.identity.kind != "ManagedSeedSet" && seeds.by_name.contains_key(&*object.identity.name)
            {
                continue;
            }
            let Some(candidate) = Candidate::of(object, landscape) else {
                seeds.known = false;
                continue;
            };
            seeds.tainted |= candidate.seed.taints().next().is_some();
            seeds.zonal |= candidate.hosting.zone_selection().is_some();
            seeds.default_domains.extend(candidate.default_domains().map(Text::as_str));
            if object.identity.kind != "ManagedSeedSet" {
                seeds.by_name.insert(candidate.name, seeds.candidates.len());
            }
            seeds.candidates.push(candidate);
        }
        seeds
    }

    /// The default domain of any seed, if a domain is one.
    pub(in crate::check) fn default_domain(&self, domain: &str) -> Option<&'a str> {
        self.default_domains.get(domain).copied()
    }

    /// The position of a seed by its own name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// A seed by name, be it one of a ManagedSeedSet.
    pub(in crate::check) fn named(&self, name: &str) -> Option<&Candidate<'a>> {
        if let Some(position) = self.position(name) {
            return self.candidates.get(position);
        }
        let (set, number) = name.rsplit_once('-')?;
        number.parse::<u32>().ok()?;
        let of_set = |candidate: &&Candidate<'_>| candidate.object().identity.kind == "ManagedSeedSet";
        self.candidates.iter().filter(of_set).find(|candidate| candidate.name == set)
    }
}
