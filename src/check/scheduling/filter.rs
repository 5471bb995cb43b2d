//! The filters of the scheduler, in its own order: which seeds are left, and what kept each of the others away.
//!
//! Upstream: pkg/scheduler/controller/shoot/reconciler.go, DetermineSeed. What only a running seed tells, such as its
//! readiness, counts as given.

use super::candidate::{Candidate, Seeds, unmet};
use super::demand::{Demand, selectors};
use crate::check::Scope;
use crate::check::selector::Unmet;
use crate::syntax::Node;
use crate::view::{CloudProfile, HostingGarden, HostingProfile, SeedSelector, SeedTaint, Shoot, Text};

/// The zones that a control plane needs to survive the loss of one.
pub(super) const ZONES: usize = 3;

/// A filter of the scheduler, in the order they are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Visible,
    ProfileSelector,
    ShootSelector,
    Provider,
    ControlPlaneZones,
    PoolZones,
    AccessRestrictions,
    Domain,
    Reconciled,
    Eligible,
    Strategy,
}

/// What kept a seed away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason<'a> {
    /// It does not exist before the shoot.
    MadeOfShoot,
    /// Its settings keep it from the scheduler.
    Invisible,
    /// A label that the CloudProfile asks for.
    ProfileLabel(Unmet<'a>),
    /// A label that the shoot or its ExposureClass asks for.
    ShootLabel(Unmet<'a>),
    /// Its provider type.
    Provider(&'a str),
    /// The number of its zones.
    TooFewZones(usize),
    /// A zone that the control plane is pinned to.
    ZoneMissing(&'a str),
    /// None of its zones is one of the pools'.
    NoCommonZone,
    /// Another seed has zones of the pools.
    ZonesOfAnother,
    /// An access restriction of the shoot.
    AccessRestriction(&'a str),
    /// The default domain of the shoot is not its own.
    Domain,
    /// Somebody stopped its reconciliations.
    Stopped,
    /// A range of the shoot is its own too.
    Network,
    /// A taint that the shoot does not tolerate.
    Taint(&'a str),
    /// The number of shoots it has room for.
    Full(i128),
    /// Its region.
    OtherRegion,
}

/// What became of the seeds.
pub(super) struct Verdict<'a> {
    /// The seeds that may be chosen.
    pub(super) left: Vec<usize>,
    /// The others, each with what kept it away first.
    pub(super) out: Vec<(usize, Stage, Reason<'a>)>,
    /// The last filter that was applied.
    pub(super) stage: Stage,
}

/// What the scheduler knows beside the shoot.
pub(super) struct Circumstances<'s, 'a> {
    /// The seeds.
    pub(super) seeds: &'s Seeds<'a>,
    /// How many shoots are on each of them.
    pub(super) usage: &'s [usize],
    /// Whether a seed in the region of the shoot is asked for.
    pub(super) same_region: bool,
}

impl<'s, 'a> Circumstances<'s, 'a> {
    /// The circumstances of a landscape. Without a Garden, nobody knows how a seed is chosen among those that suit.
    pub(super) fn of(scope: &Scope<'a>, seeds: &'s Seeds<'a>, usage: &'s [usize]) -> Self {
        let garden = scope.landscape.of_kind("Garden").next().map(HostingGarden::of);
        let same_region =
            garden.is_some_and(|garden| garden.strategy().is_none_or(|strategy| &*strategy == "SameRegion"));
        Self { seeds, usage, same_region }
    }

    /// Whether a seed has no room for another shoot.
    pub(super) fn full(&self, position: usize) -> Option<i128> {
        let room = self.seeds.candidates.get(position)?.room.as_ref()?;
        let used = self.usage.get(position).copied().unwrap_or_default();
        (i128::try_from(used).ok()? >= room.shoots).then_some(room.shoots)
    }

    /// Applies all filters to all seeds, on behalf of a shoot that stands for all that demand the same.
    pub(super) fn choose(&self, demand: &Demand<'a>, shoot: Shoot<'a>, scope: &Scope<'a>) -> Verdict<'a> {
        let left = (0..self.seeds.candidates.len()).collect();
        let verdict = Verdict { left, out: Vec::new(), stage: Stage::Visible };
        let mut sieve = Sieve { seeds: self.seeds, verdict };
        let selector = scope.cloud_profile(shoot).and_then(|profile| seed_selector(profile, scope));
        let wanted: Vec<_> = selectors(shoot, scope).collect();
        sieve.visible(demand);
        sieve.labels(Stage::ProfileSelector, selector.as_slice(), Reason::ProfileLabel);
        sieve.labels(Stage::ShootSelector, &wanted, Reason::ShootLabel);
        sieve.provider(demand, selector);
        sieve.control_plane_zones(demand);
        sieve.pool_zones(demand);
        sieve.access_restrictions(demand);
        sieve.domain(demand);
        sieve.keep(Stage::Reconciled, |_, candidate| {
            let stopped = candidate.hosting.emergency_stop().is_some_and(|value| &*value == "true");
            stopped.then_some(Reason::Stopped)
        });
        sieve.keep(Stage::Eligible, |position, candidate| {
            let taint = demand.tolerations.untolerated(candidate.seed.taints()).and_then(|taint| taint.key());
            let taint = taint.map(|key| Reason::Taint(key.as_str()));
            taint.or_else(|| self.full(position).map(Reason::Full))
        });
        sieve.strategy(demand, self.same_region);
        sieve.verdict
    }
}

/// The seed selector that a CloudProfile has, or takes from its parent.
pub(super) fn seed_selector<'a>(profile: CloudProfile<'a>, scope: &Scope<'a>) -> Option<SeedSelector<'a>> {
    let parent = profile.parent().and_then(|parent| parent.name());
    let parent =
        parent.and_then(|name| scope.landscape.find("CloudProfile", "", &name)).map(CloudProfile::of);
    HostingProfile::of_profile(parent.unwrap_or(profile)).selector()
}

struct Sieve<'s, 'a> {
    seeds: &'s Seeds<'a>,
    verdict: Verdict<'a>,
}

impl<'s, 'a> Sieve<'s, 'a> {
    /// Applies a filter, unless no seed is left for it.
    fn keep(&mut self, stage: Stage, reason: impl Fn(usize, &'s Candidate<'a>) -> Option<Reason<'a>>) {
        let Verdict { left, out, stage: last } = &mut self.verdict;
        if left.is_empty() {
            return;
        }
        *last = stage;
        let candidates = &self.seeds.candidates;
        left.retain(|position| {
            let Some(candidate) = candidates.get(*position) else {
                return false;
            };
            let reason = reason(*position, candidate);
            out.extend(reason.map(|reason| (*position, stage, reason)));
            reason.is_none()
        });
    }

    /// The seeds that are left.
    fn left(&self) -> impl Iterator<Item = &'s Candidate<'a>> {
        self.verdict.left.iter().filter_map(|position| self.seeds.candidates.get(*position))
    }

    /// Upstream: filterUsableSeeds. A seed that is made of the shoot is not there yet.
    fn visible(&mut self, demand: &Demand<'a>) {
        self.keep(Stage::Visible, |position, candidate| {
            let own = demand.own.contains(&position).then_some(Reason::MadeOfShoot);
            own.or((candidate.hosting.visibility().and_then(Node::as_bool) == Some(false))
                .then_some(Reason::Invisible))
        });
    }

    /// Upstream: filterSeedsMatchingLabelSelector.
    fn labels(&mut self, stage: Stage, selectors: &[SeedSelector<'a>], reason: fn(Unmet<'a>) -> Reason<'a>) {
        if !selectors.is_empty() {
            self.keep(stage, |_, candidate| {
                selectors.iter().find_map(|selector| unmet(*selector, candidate.seed)).map(reason)
            });
        }
    }

    /// Upstream: filterSeedsMatchingProviders.
    fn provider(&mut self, demand: &Demand<'a>, selector: Option<SeedSelector<'a>>) {
        let enabled: Vec<&str> =
            selector.into_iter().flat_map(SeedSelector::provider_types).map(Text::as_str).collect();
        self.keep(Stage::Provider, |_, candidate| {
            let provider = candidate.seed.provider_type()?.as_str();
            let suits = match &enabled[..] {
                [] => demand.provider == Some(provider),
                enabled => enabled.iter().any(|enabled| matches!(*enabled, "*") || *enabled == provider),
            };
            (!suits).then_some(Reason::Provider(provider))
        });
    }

    /// Upstream: filterSeedsForZonalShootControlPlanes.
    fn control_plane_zones(&mut self, demand: &Demand<'a>) {
        if demand.across_zones {
            self.keep(Stage::ControlPlaneZones, |_, candidate| {
                let zones = candidate.zones.len();
                (zones < ZONES).then_some(Reason::TooFewZones(zones))
            });
        }
    }

    /// Upstream: filterSeedsForZoneSelection.
    fn pool_zones(&mut self, demand: &Demand<'a>) {
        if demand.across_zones {
            return;
        }
        if !demand.pinned.is_empty() {
            self.keep(Stage::PoolZones, |_, candidate| {
                let missing = demand.pinned.iter().find(|zone| !candidate.zones.contains(zone));
                missing.map(|zone| Reason::ZoneMissing(zone))
            });
            return;
        }
        let shares = |candidate: &Candidate<'_>| {
            demand.zones.is_empty() || demand.zones.iter().any(|zone| candidate.zones.contains(zone))
        };
        let selects = |candidate: &Candidate<'_>, mode: &str| {
            candidate.hosting.zone_selection().is_some_and(|own| &*own == mode)
        };
        let apart = |mode| move |candidate: &Candidate<'_>| selects(candidate, mode) && !shares(candidate);
        let (enforced, preferred) = (apart("Enforce"), apart("Prefer"));
        self.keep(Stage::PoolZones, |_, candidate| enforced(candidate).then_some(Reason::NoCommonZone));
        if self.left().any(|candidate| !preferred(candidate)) {
            self.keep(Stage::PoolZones, |_, candidate| {
                preferred(candidate).then_some(Reason::ZonesOfAnother)
            });
        }
    }

    /// Upstream: filterSeedsForAccessRestrictions.
    fn access_restrictions(&mut self, demand: &Demand<'a>) {
        if let Some(last) = demand.restrictions.last() {
            self.keep(Stage::AccessRestrictions, |_, candidate| {
                let lacking = demand.restrictions.iter().find(|name| !candidate.restrictions.contains(name));
                let too_many = demand.restrictions.len() > candidate.restrictions.len();
                lacking.or(too_many.then_some(last)).map(|name| Reason::AccessRestriction(name))
            });
        }
    }

    /// Upstream: filterSeedsMatchingDomain.
    fn domain(&mut self, demand: &Demand<'a>) {
        let above = |candidate: &Candidate<'_>, exact: bool| {
            candidate.default_domains().any(|own| {
                let own = own.as_str();
                demand.domains.iter().any(|(domain, is_exact)| *domain == own && (*is_exact || !exact))
            })
        };
        if !demand.domains.is_empty() && self.left().any(|candidate| above(candidate, false)) {
            self.keep(Stage::Domain, |_, candidate| (!above(candidate, true)).then_some(Reason::Domain));
        }
    }

    /// Upstream: applyStrategy. `MinimalDistance` always finds a nearest seed.
    fn strategy(&mut self, demand: &Demand<'a>, same_region: bool) {
        if !demand.testing && !same_region {
            return;
        }
        self.keep(Stage::Strategy, |_, candidate| {
            let (provider, region) = (candidate.seed.provider_type()?, candidate.seed.region()?);
            if demand.provider != Some(provider.as_str()) {
                return Some(Reason::Provider(provider.as_str()));
            }
            let here = demand.testing || demand.region == Some(region.as_str());
            (!here).then_some(Reason::OtherRegion)
        });
    }
}

impl<'a> Reason<'a> {
    /// What is said about the seeds it kept away.
    pub(super) fn text(self) -> String {
        match self {
            Self::MadeOfShoot => "made of this shoot".to_owned(),
            Self::Invisible => "not visible to the scheduler".to_owned(),
            Self::ProfileLabel(Unmet { key, .. }) => {
                format!("outside of the CloudProfile's selector for the label `{key}`")
            }
            Self::ShootLabel(Unmet { key, .. }) => {
                format!("outside of the shoot's selector for the label `{key}`")
            }
            Self::Provider(provider) => format!("of the provider type `{provider}`"),
            Self::TooFewZones(1) => "in one zone only".to_owned(),
            Self::TooFewZones(zones) => format!("in {zones} zones only"),
            Self::ZoneMissing(zone) => format!("without the zone `{zone}`"),
            Self::NoCommonZone => "without a zone of the pools".to_owned(),
            Self::ZonesOfAnother => "passed over for seeds with zones of the pools".to_owned(),
            Self::AccessRestriction(name) => format!("without the access restriction `{name}`"),
            Self::Domain => "without the default domain of the shoot".to_owned(),
            Self::Stopped => "with its reconciliations stopped".to_owned(),
            Self::Network => "with a network of the shoot".to_owned(),
            Self::Taint(key) => format!("with the taint `{key}`, which the shoot does not tolerate"),
            Self::Full(shoots) => format!("full with {shoots} shoots"),
            Self::OtherRegion => "in another region".to_owned(),
        }
    }

    /// Where one sees it.
    pub(super) fn node(self, candidate: &Candidate<'a>) -> &'a Node {
        let (seed, hosting) = (candidate.seed, candidate.hosting);
        let text = |text: Option<Text<'a>>| text.map(|text| text.node);
        let node = match self {
            Self::Invisible => hosting.visibility(),
            Self::ProfileLabel(Unmet { key, .. }) | Self::ShootLabel(Unmet { key, .. }) => {
                hosting.labels().and_then(|labels| labels.get(key))
            }
            Self::Provider(_) => text(seed.provider_type()),
            Self::Stopped => text(hosting.emergency_stop()),
            Self::Taint(key) => text(seed.taints().filter_map(SeedTaint::key).find(|taint| **taint == *key)),
            Self::Full(_) => candidate.room.as_ref().map(|room| room.written.node),
            Self::OtherRegion => text(seed.region()),
            // A list is shown badly as a place.
            _ => None,
        };
        node.unwrap_or_else(|| candidate.object().name_node())
    }
}
