//! What a shoot asks of a seed: shoots that ask the same are judged once.

use std::collections::BTreeMap;

use super::candidate::Seeds;
use crate::check::project::NAMES_LIMIT;
use crate::check::reference::namespace_of;
use crate::check::scope::cloud_profile_of;
use crate::check::{Offer, Scope, domain, toleration};
use crate::kind::GARDEN_NAMESPACE;
use crate::syntax::Node;
use crate::view::{ExposureClass, NamedItem, PlacedShoot, SeedSelector, SeedTaint, Shoot, Text, Toleration};

/// The taint that shoots in the namespace `garden` tolerate without saying so.
const PROTECTED: &str = "seed.gardener.cloud/protected";
/// The scheduler that shoots are left to when they name none.
const SCHEDULER: &str = "default-scheduler";

/// What a shoot tolerates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Tolerations<'a> {
    by_key: BTreeMap<&'a str, &'a str>,
    count: usize,
}

impl<'a> Tolerations<'a> {
    /// What a shoot tolerates, with all that admission adds; nothing when not all of that is here.
    ///
    /// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_Shoot; plugin/pkg/shoot/exposureclass/admission.go,
    /// uniteTolerations; plugin/pkg/shoot/tolerationrestriction/admission.go, admitShoot.
    pub(super) fn of(shoot: Shoot<'a>, scope: &Scope<'a>) -> Option<Self> {
        let namespace = namespace_of(shoot.object);
        let project = scope.project(namespace)?;
        let mut own = Self::default();
        own.add(shoot.tolerations());
        if namespace == GARDEN_NAMESPACE && own.by_key.get(PROTECTED) != Some(&"") {
            own.by_key.insert(PROTECTED, "");
            own.count += 1;
        }
        if let Some(class) = exposure_class(shoot, scope)? {
            own.add(class.tolerations());
        }
        let defaults = toleration::everywhere(scope, "defaults").chain(project.default_tolerations());
        let known: Vec<&str> = own.by_key.keys().copied().collect();
        own.add(defaults.filter(|added| !added.key().is_some_and(|key| known.contains(&&*key))));
        Some(own)
    }

    fn add(&mut self, tolerations: impl Iterator<Item = Toleration<'a>>) {
        for toleration in tolerations {
            if let Some(key) = toleration.key() {
                self.by_key
                    .insert(key.as_str(), toleration.value().and_then(Node::as_str).unwrap_or_default());
                self.count += 1;
            }
        }
    }

    /// The first taint of a seed that is not tolerated.
    ///
    /// Upstream: pkg/api/core/v1beta1/helper/seed.go, TaintsAreTolerated.
    pub(super) fn untolerated<'t>(
        &self,
        taints: impl Iterator<Item = SeedTaint<'t>>,
    ) -> Option<SeedTaint<'t>> {
        let taints: Vec<SeedTaint<'t>> = taints.collect();
        let tolerated = |taint: &SeedTaint<'_>| {
            let toleration = taint.key().and_then(|key| self.by_key.get(key.as_str()));
            toleration.is_some_and(|value| {
                taint.value().and_then(Node::as_str).is_none_or(|wanted| wanted == *value)
            })
        };
        // Upstream counts first, so that a taint listed twice needs two tolerations.
        let last = (taints.len() > self.count).then(|| taints.last().copied()).flatten();
        taints.iter().find(|taint| !tolerated(taint)).copied().or(last)
    }
}

/// The ExposureClass of a shoot, if it names one; nothing at all when that one is not here.
#[expect(clippy::option_option, reason = "a class that is missing and none at all are different things")]
pub(super) fn exposure_class<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Option<Option<ExposureClass<'a>>> {
    match shoot.exposure_class() {
        None => Some(None),
        Some(_) => toleration::exposure_class_of(shoot, scope).map(Some),
    }
}

/// What a shoot that waits for a seed asks of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Demand<'a> {
    /// Kind, namespace and name of the CloudProfile.
    profile: (&'a str, &'a str, &'a str),
    exposure: Option<&'a str>,
    /// The selector as JSON.
    selector: Option<String>,
    pub(super) provider: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) testing: bool,
    pub(super) across_zones: bool,
    pub(super) pinned: Vec<&'a str>,
    /// The zones of the pools, where any seed looks at them.
    pub(super) zones: Vec<&'a str>,
    pub(super) restrictions: Vec<&'a str>,
    pub(super) tolerations: Tolerations<'a>,
    /// The default domains above the shoot's, each with whether the shoot's is the one it would be given there.
    pub(super) domains: Vec<(&'a str, bool)>,
    /// The seeds that are made of this shoot.
    pub(super) own: Vec<usize>,
}

impl<'a> Demand<'a> {
    /// What a shoot asks for; nothing when it does not wait for a seed, or names no CloudProfile.
    ///
    /// Upstream: pkg/scheduler/controller/shoot/add.go, AddToManager.
    pub(super) fn of(shoot: Shoot<'a>, scope: &Scope<'a>, seeds: &Seeds<'a>) -> Option<Self> {
        let placed = PlacedShoot::of_shoot(shoot);
        let elsewhere = placed.scheduler().is_some_and(|name| &*name != SCHEDULER);
        if elsewhere || shoot.seed_name().is_some() || shoot.is_self_hosted() {
            return None;
        }
        let zones = shoot.workers().filter(|_| seeds.zonal).flat_map(|worker| worker.zones());
        let tolerations = if seeds.tainted { Tolerations::of(shoot, scope)? } else { Tolerations::default() };
        Some(Self {
            profile: cloud_profile_of(shoot)?,
            exposure: shoot.exposure_class().map(Text::as_str),
            selector: placed.selector().map(|selector| selector.node().to_json().to_string()),
            provider: shoot.provider_type().map(Text::as_str),
            region: shoot.region().map(Text::as_str),
            testing: shoot.purpose().is_some_and(|purpose| &*purpose == "testing"),
            across_zones: is_across_zones(shoot),
            pinned: placed.zones().map(Text::as_str).collect(),
            zones: sorted(zones.map(Text::as_str)),
            restrictions: shoot.access_restrictions().filter_map(NamedItem::name).map(Text::as_str).collect(),
            tolerations,
            domains: domain::above(shoot, scope),
            own: own(shoot, scope, seeds),
        })
    }
}

/// Whether nothing else is wrong with a shoot that decides on its seed: that is told of instead.
pub(super) fn is_sound(shoot: Shoot<'_>, scope: &Scope<'_>) -> bool {
    scope.offer(shoot).is_some_and(|offer| is_offered(shoot, offer))
        && scope.project(namespace_of(shoot.object)).is_some_and(|project| {
            shoot.object.identity.name.len() + project.object.identity.name.len() <= NAMES_LIMIT
        })
        && exposure_class(shoot, scope).is_some()
        && !domain::is_refused(shoot, scope)
}

/// Whether the control plane of a shoot survives the loss of a zone.
pub(super) fn is_across_zones(shoot: Shoot<'_>) -> bool {
    PlacedShoot::of_shoot(shoot).failure_tolerance().is_some_and(|tolerance| &*tolerance == "zone")
}

/// The selectors that the seed of a shoot must match beside its CloudProfile's.
pub(super) fn selectors<'a>(
    shoot: Shoot<'a>,
    scope: &Scope<'a>,
) -> impl Iterator<Item = SeedSelector<'a>> + use<'a> {
    let class = exposure_class(shoot, scope).flatten();
    PlacedShoot::of_shoot(shoot).selector().into_iter().chain(class.and_then(ExposureClass::seed_selector))
}

/// Whether what decides on the seed agrees with the CloudProfile.
fn is_offered(shoot: Shoot<'_>, offer: &Offer) -> bool {
    let profile = offer.profile();
    let provider = shoot
        .provider_type()
        .is_some_and(|asked| profile.provider_type().is_some_and(|offered| *offered == *asked));
    let region = shoot.region().and_then(|region| offer.region(&region));
    provider
        && region.is_some_and(|region| {
            shoot.access_restrictions().filter_map(NamedItem::name).all(|asked| {
                region.access_restrictions().filter_map(NamedItem::name).any(|name| *name == *asked)
            })
        })
}

fn own<'a>(shoot: Shoot<'a>, scope: &Scope<'a>, seeds: &Seeds<'a>) -> Vec<usize> {
    if namespace_of(shoot.object) != GARDEN_NAMESPACE {
        return Vec::new();
    }
    let candidates = seeds.candidates.iter().enumerate();
    let own = candidates.filter(|(_, candidate)| candidate.stands_on(shoot.object, scope.landscape));
    own.map(|(position, _)| position).collect()
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
