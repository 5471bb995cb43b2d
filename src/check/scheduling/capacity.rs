//! How many shoots seeds have room for: no more may be put on them, and no more may wait for them.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::Seeds;
use super::demand::is_sound;
use super::filter::Circumstances;
use super::{NAMED, Verdicts, shoots_waiting};
use crate::check::{Findings, Scope};
use crate::view::{PlacedShoot, Shoot, Text};

/// The shoots on each seed.
struct Occupants<'a>(Vec<Vec<Shoot<'a>>>);

impl<'a> Occupants<'a> {
    /// Upstream: pkg/api/core/v1beta1/helper/seed.go, CalculateSeedUsage.
    fn of(scope: &Scope<'a>, seeds: &Seeds<'_>) -> Self {
        let mut occupants = vec![Vec::new(); seeds.candidates.len()];
        for shoot in scope.landscape.of_kind("Shoot").map(Shoot::of) {
            for name in taken(shoot) {
                let others = seeds.position(&name).and_then(|position| occupants.get_mut(position));
                if let Some(others) = others {
                    others.push(shoot);
                }
            }
        }
        Self(occupants)
    }

    fn usage(&self) -> Vec<usize> {
        self.0.iter().map(Vec::len).collect()
    }
}

/// The seeds that a shoot takes room on: the one it is to live on, and the one it still lives on.
fn taken(shoot: Shoot<'_>) -> impl Iterator<Item = Text<'_>> {
    let (asked, current) = (shoot.seed_name(), PlacedShoot::of_shoot(shoot).current_seed());
    let moved = current.filter(|current| asked.is_none_or(|asked| *asked != **current));
    asked.into_iter().chain(moved)
}

/// How many shoots are on each seed.
pub(super) fn usage(scope: &Scope<'_>, seeds: &Seeds<'_>) -> Vec<usize> {
    Occupants::of(scope, seeds).usage()
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
pub(super) fn exceeded(scope: &Scope<'_>, findings: &mut Findings) {
    let seeds = scope.seeds();
    if seeds.candidates.iter().all(|candidate| candidate.room.is_none()) {
        return;
    }
    let occupants = Occupants::of(scope, seeds);
    for (candidate, shoots) in seeds.candidates.iter().zip(&occupants.0) {
        let Some(room) = &candidate.room else { continue };
        let allowed = usize::try_from(room.shoots).unwrap_or_default();
        // The first shoot beyond what there is room for is the one that is refused.
        let named = shoots.iter().filter_map(|shoot| Some((shoot, shoot.seed_name()?)));
        let mut put = named.filter(|(_, name)| **name == *candidate.name);
        if let Some((shoot, name)) = put.nth(allowed) {
            let message = format!(
                "the seed `{name}` has room for {allowed} of the {} shoots that are put on it",
                shoots.len()
            );
            findings
                .at(shoot.object, name.node, message)
                .related(room.written.node, "what it has room for is set here")
                .why("Gardener's API server refuses a shoot on a seed that is full")
                .help("put shoots on another seed, or raise `resources.capacity.shoots` of the gardenlet");
        }
    }
    crowded(scope, seeds, &occupants.usage(), findings);
}

/// More shoots wait for some seeds than these have room for: some will stay without.
fn crowded(scope: &Scope<'_>, seeds: &Seeds<'_>, usage: &[usize], findings: &mut Findings) {
    let free = |position: usize| {
        let room = seeds.candidates.get(position)?.room.as_ref()?;
        let used = i128::try_from(*usage.get(position)?).ok()?;
        usize::try_from(room.shoots.saturating_sub(used)).ok()
    };
    let unassigned =
        scope.landscape.of_kind("Shoot").filter(|shoot| Shoot::of(shoot).seed_name().is_none()).count();
    let frees = (0..seeds.candidates.len()).filter_map(free).filter(|free| *free > 0);
    if frees.min().is_none_or(|least| least >= unassigned) {
        return;
    }
    let waiting = shoots_waiting(scope, seeds);
    let verdicts = Verdicts::of(scope, Circumstances::of(scope, seeds, usage), &waiting);
    let mut by_choice: BTreeMap<BTreeSet<usize>, Vec<Shoot<'_>>> = BTreeMap::new();
    for (shoot, demand) in &waiting {
        let left = verdicts.by_demand.get(demand).map(|verdict| &verdict.left);
        if let Some(left) = left.filter(|left| !left.is_empty()) {
            by_choice.entry(left.iter().copied().collect()).or_default().push(*shoot);
        }
    }
    for choice in by_choice.keys() {
        let all = choice.iter().try_fold(0_usize, |sum, position| sum.checked_add(free(*position)?));
        let Some(free) = all else { continue };
        let confined = by_choice.iter().filter(|(other, _)| other.is_subset(choice));
        let mut confined: Vec<Shoot<'_>> = confined.flat_map(|(_, shoots)| shoots).copied().collect();
        if confined.len() > free {
            confined.retain(|shoot| is_sound(*shoot, scope));
        }
        if let Some(first) = confined.get(free) {
            report(*first, choice, (confined.len(), free), seeds, findings);
        }
    }
}

/// Reports that some seeds have too little room for all shoots that only they can take.
fn report(
    shoot: Shoot<'_>,
    choice: &BTreeSet<usize>,
    (waiting, free): (usize, usize),
    seeds: &Seeds<'_>,
    findings: &mut Findings,
) {
    let candidates: Vec<_> = choice.iter().filter_map(|position| seeds.candidates.get(*position)).collect();
    let named = candidates.iter().take(NAMED).map(|candidate| format!("`{}`", candidate.name));
    let mut named: Vec<String> = named.collect();
    named.extend(
        candidates.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!("{more} more seeds")),
    );
    let message = format!(
        "{waiting} shoots wait for a seed where only {} can be it, with room for {free} of them",
        named.join(", ")
    );
    let mut raised = findings
        .at(shoot.object, shoot.object.name_node(), message)
        .why("Gardener's scheduler leaves the shoots without a seed that none has room for")
        .help("register another seed, or raise `resources.capacity.shoots` of a gardenlet");
    for room in candidates.iter().take(NAMED).filter_map(|candidate| candidate.room.as_ref()) {
        raised = raised.related(room.written.node, "what the seed has room for is set here");
    }
}
