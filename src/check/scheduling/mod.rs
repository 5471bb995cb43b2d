//! Scheduling: every shoot finds a seed that takes it.
//!
//! The scheduler looks for a seed only after the shoot was accepted, and a shoot that none suits waits for ever. So all its
//! filters are run here, once for all shoots that demand the same.

mod candidate;
mod capacity;
mod demand;
mod filter;
pub(super) mod placed;

use std::collections::HashMap;

use ipnet::Ipv6Net;
use rayon::prelude::*;

pub use candidate::selects;
pub(super) use candidate::{Seeds, unmet};

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::syntax::Node;
use crate::view::{HostingSeed, PlacedShoot, SeedTemplate, Shoot, Text};
use candidate::Candidate;
use demand::Demand;
use filter::{Circumstances, Reason, Stage, Verdict, ZONES};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L385", "no-seed-for-shoot"),
        upstream: &[
            "XS-SCHED-ANY",
            "XS-SCHED-STRAT",
            "XS-SCHED-PROV",
            "XS-SCHED-ZONE",
            "XS-SCHED-VIS",
            "XS-DNS-SEED",
        ],
        judge: Judge::Landscape(waiting),
    },
    Rule {
        code: Code::warning("L387", "shoot-defaults-incomplete"),
        upstream: &["XS-SCHED-DEF"],
        judge: Judge::Seed(shoot_defaults),
    },
    Rule {
        code: Code::error("L393", "seed-over-capacity"),
        upstream: &["XS-SEED-CAP"],
        judge: Judge::Landscape(capacity::exceeded),
    },
];

/// Seeds that are named in one breath.
const NAMED: usize = 3;
/// Kinds of reasons that a finding spells out, and places it shows.
const TOLD: usize = 6;

/// The shoots that wait for a seed, each with what it asks for.
type Waiting<'a> = Vec<(Shoot<'a>, Demand<'a>)>;

/// What became of each demand, for all shoots with it.
struct Verdicts<'s, 'a> {
    circumstances: Circumstances<'s, 'a>,
    waiting: &'s Waiting<'a>,
    by_demand: HashMap<&'s Demand<'a>, Verdict<'a>>,
}

/// The shoots that wait for a seed, where all seeds are known. A landscape without any has them from elsewhere.
fn shoots_waiting<'a>(scope: &Scope<'a>, seeds: &Seeds<'a>) -> Waiting<'a> {
    if !scope.complete() || !seeds.known || seeds.candidates.is_empty() {
        return Vec::new();
    }
    let shoots: Vec<Shoot<'a>> = scope.landscape.of_kind("Shoot").map(Shoot::of).collect();
    let demand = |shoot: &Shoot<'a>| Some((*shoot, Demand::of(*shoot, scope, seeds)?));
    shoots.par_iter().filter_map(demand).collect()
}

impl<'s, 'a> Verdicts<'s, 'a> {
    fn of(scope: &Scope<'a>, circumstances: Circumstances<'s, 'a>, waiting: &'s Waiting<'a>) -> Self {
        let mut first: HashMap<&Demand<'a>, Shoot<'a>> = HashMap::new();
        for (shoot, demand) in waiting {
            first.entry(demand).or_insert(*shoot);
        }
        let judged =
            first.into_par_iter().map(|(demand, shoot)| (demand, circumstances.choose(demand, shoot, scope)));
        let by_demand = judged.collect();
        Self { circumstances, waiting, by_demand }
    }

    /// Whether the networks of all seeds that are left meet the shoot's.
    ///
    /// Upstream: pkg/scheduler/controller/shoot/reconciler.go, networksAreDisjointed. Ranges that Gardener keeps for
    /// itself are a fault of their own.
    fn all_meet(&self, shoot: Shoot<'_>, verdict: &Verdict<'a>) -> bool {
        let Some(networking) = shoot.networking() else {
            return false;
        };
        let ranges = [networking.nodes(), networking.services(), networking.pods()].into_iter().flatten();
        let ranges: Vec<Ipv6Net> = ranges.filter_map(|range| range.parse().ok()).collect();
        let meets = |candidate: &Candidate<'_>| {
            let overlap = |own: &Ipv6Net, range: &Ipv6Net| {
                own.contains(&range.network()) || range.contains(&own.network())
            };
            candidate.routed.iter().any(|own| ranges.iter().any(|range| overlap(own, range)))
        };
        let candidates = &self.circumstances.seeds.candidates;
        let mut left = verdict.left.iter().filter_map(|position| candidates.get(*position));
        !ranges.is_empty() && left.all(meets)
    }
}

/// Upstream: pkg/scheduler/controller/shoot/reconciler.go, DetermineSeed.
fn waiting(scope: &Scope<'_>, findings: &mut Findings) {
    let seeds = scope.seeds();
    let waiting = shoots_waiting(scope, seeds);
    if waiting.is_empty() {
        return;
    }
    let usage = capacity::usage(scope, seeds);
    let verdicts = Verdicts::of(scope, Circumstances::of(scope, seeds, &usage), &waiting);
    let mut refusals: HashMap<&Demand<'_>, Refusal<'_>> = HashMap::new();
    for (shoot, demand) in verdicts.waiting {
        let Some(verdict) = verdicts.by_demand.get(demand) else {
            continue;
        };
        let lost = verdict.left.is_empty();
        if (lost || verdicts.all_meet(*shoot, verdict)) && !demand::is_sound(*shoot, scope) {
            continue;
        }
        if lost {
            let refusal = refusals.entry(demand).or_insert_with(|| Refusal::of(demand, verdict, seeds));
            refusal.report(*shoot, demand, findings);
        } else if verdicts.all_meet(*shoot, verdict) {
            let met = verdict.left.iter().map(|position| (*position, Stage::Eligible, Reason::Network));
            let out = verdict.out.iter().copied().chain(met).collect();
            let verdict = Verdict { left: Vec::new(), out, stage: Stage::Eligible };
            Refusal::of(demand, &verdict, seeds).report(*shoot, demand, findings);
        }
    }
}

/// What is said to a shoot that no seed takes.
struct Refusal<'a> {
    message: String,
    help: String,
    stage: Stage,
    related: Vec<(&'a Node, String)>,
}

impl<'a> Refusal<'a> {
    fn of(demand: &Demand<'a>, verdict: &Verdict<'a>, seeds: &Seeds<'a>) -> Self {
        let groups = groups(verdict, seeds);
        let told = groups.iter().take(TOLD).map(|(text, members)| format!("{} ({text})", names(members)));
        let mut told: Vec<String> = told.collect();
        let untold: usize = groups.iter().skip(TOLD).map(|(_, members)| members.len()).sum();
        if untold > 0 {
            told.push(format!("and {untold} more"));
        }
        let shown = groups.iter().take(NAMED).filter_map(|(text, members)| {
            let (candidate, reason) = members.first()?;
            Some((reason.node(candidate), format!("the seed `{}` is {text}", candidate.name)))
        });
        Self {
            message: format!("no seed takes this shoot: {}", told.join(", ")),
            help: help(demand, verdict.stage, seeds),
            stage: verdict.stage,
            related: shown.collect(),
        }
    }

    fn report(&self, shoot: Shoot<'_>, demand: &Demand<'_>, findings: &mut Findings) {
        let mut raised = findings
            .at(shoot.object, place(shoot, demand, self.stage), self.message.clone())
            .why("the API server accepts the shoot, and Gardener's scheduler never finds a seed for it")
            .help(self.help.clone());
        for (node, text) in &self.related {
            raised = raised.related(node, text.clone());
        }
    }
}

/// The seeds that something kept away, by what that was, those first that came nearest to being chosen.
fn groups<'s, 'a>(
    verdict: &Verdict<'a>,
    seeds: &'s Seeds<'a>,
) -> Vec<(String, Vec<(&'s Candidate<'a>, Reason<'a>)>)> {
    let mut out: Vec<_> = verdict.out.iter().collect();
    out.sort_by_key(|(position, stage, _)| (std::cmp::Reverse(*stage), *position));
    let mut groups: Vec<(String, Vec<_>)> = Vec::new();
    for (position, _, reason) in out {
        let Some(candidate) = seeds.candidates.get(*position) else {
            continue;
        };
        let text = reason.text();
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, members)) => members.push((candidate, *reason)),
            None => groups.push((text, vec![(candidate, *reason)])),
        }
    }
    groups
}

/// The first names, and how many there are beside them.
fn names(members: &[(&Candidate<'_>, Reason<'_>)]) -> String {
    let named = members.iter().take(NAMED).map(|(candidate, _)| format!("`{}`", candidate.name));
    let named = named.collect::<Vec<_>>().join(", ");
    match members.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// What the shoot says about what the last filter looked at.
fn place<'a>(shoot: Shoot<'a>, demand: &Demand<'_>, stage: Stage) -> &'a Node {
    let placed = PlacedShoot::of_shoot(shoot);
    let text = |text: Option<Text<'a>>| text.map(|text| text.node);
    let node = match stage {
        Stage::ShootSelector => {
            placed.selector().map(|selector| selector.node()).or(text(shoot.exposure_class()))
        }
        Stage::Provider => text(shoot.provider_type()),
        Stage::ControlPlaneZones => text(placed.failure_tolerance()),
        Stage::PoolZones => placed.zone_list(),
        Stage::AccessRestrictions => placed.restriction_list(),
        Stage::Domain => text(shoot.domain()),
        Stage::Strategy if demand.testing => text(shoot.purpose()),
        Stage::Strategy => text(shoot.region()),
        Stage::Visible | Stage::ProfileSelector | Stage::Reconciled | Stage::Eligible => None,
    };
    node.unwrap_or_else(|| shoot.object.name_node())
}

fn help(demand: &Demand<'_>, stage: Stage, seeds: &Seeds<'_>) -> String {
    let provider = demand.provider.unwrap_or_default();
    match stage {
        Stage::Visible => {
            "set `spec.settings.scheduling.visible: true` of a seed, or name the seed in `spec.seedName`".to_owned()
        }
        Stage::ProfileSelector => "label a seed as the `seedSelector` of the CloudProfile asks".to_owned(),
        Stage::ShootSelector => {
            "label a seed as the `seedSelector` of the shoot and of its ExposureClass ask, or change the selector"
                .to_owned()
        }
        Stage::Provider => format!(
            "register a seed of the provider type `{provider}`, or list those of other seeds in \
             `spec.seedSelector.providerTypes` of the CloudProfile"
        ),
        Stage::ControlPlaneZones => {
            format!("register a seed with {ZONES} zones, or set the failure tolerance `node`")
        }
        Stage::PoolZones => "choose zones that a seed has".to_owned(),
        Stage::AccessRestrictions => "list the access restriction in `spec.accessRestrictions` of a seed".to_owned(),
        Stage::Domain => {
            "write the domain as `<shoot>.<project>.<default domain>`, or add the default domain to a seed".to_owned()
        }
        Stage::Reconciled => "remove the annotation that stops a seed's reconciliations".to_owned(),
        Stage::Eligible => {
            "let the shoot tolerate the taints, make room on a seed, or register another seed".to_owned()
        }
        Stage::Strategy => {
            let here = |candidate: &&Candidate<'_>| {
                candidate.seed.provider_type().is_some_and(|own| &*own == provider)
            };
            let regions = seeds.candidates.iter().filter(here).filter_map(|candidate| candidate.seed.region());
            match demand.region.filter(|_| !demand.testing) {
                Some(region) => format!(
                    "{}; with the strategy `MinimalDistance` the scheduler takes the nearest region",
                    help_with_names(region, regions.map(Text::as_str))
                ),
                None => format!("register a seed of the provider type `{provider}`"),
            }
        }
    }
}

/// Upstream: pkg/scheduler/controller/shoot/reconciler.go, networksAreDisjointed. Stricter than upstream, where the
/// scheduler fails at the first shoot that leaves the missing range to the seed.
fn shoot_defaults(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(defaults) = HostingSeed::of_seed(seed).shoot_defaults() else {
        return;
    };
    let ranges = [("pods", seed.shoot_pods()), ("services", seed.shoot_services())];
    for ((missing, _), (given, _)) in ranges
        .into_iter()
        .zip(ranges.into_iter().rev())
        .filter(|((_, missing), (_, given))| missing.is_none() && given.is_some())
    {
        findings
            .missing(seed.object, defaults, missing, format!("the seed has a default range for `{given}` and none for `{missing}`"))
            .why("Gardener's scheduler reads both without asking, and fails on every shoot; stricter than Gardener's API server")
            .help(format!("set `{missing}` too, or neither"));
    }
}
