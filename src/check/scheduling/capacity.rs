//! How many shoots seeds have room for: no more may be put on them, and no more may wait for them.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::Seeds;
use super::filter::Circumstances;
use super::{Verdicts, shoots_waiting};
use crate::check::{Findings, Scope};
use crate::view::{PlacedShoot, Shoot, Text};

/// The seeds that a shoot takes room on: the one it is to live on, and the one it still lives on.
///
/// Upstream: pkg/api/core/v1beta1/helper/seed.go, CalculateSeedUsage.
fn taken(shoot: Shoot<'_>) -> impl Iterator<Item = Text<'_>> {
    let (asked, current) = (shoot.seed_name(), PlacedShoot::of_shoot(shoot).current_seed());
    let moved = current.filter(|current| asked.is_none_or(|asked| *asked != **current));
    asked.into_iter().chain(moved)
}

/// How many shoots are on each seed.
pub(super) fn usage(scope: &Scope<'_>, seeds: &Seeds<'_>) -> Vec<usize> {
    let mut usage = vec![0; seeds.candidates.len()];
    for name in scope.landscape.of_kind("Shoot").map(Shoot::of).flat_map(taken) {
        let used = seeds.position(&name).and_then(|position| usage.get_mut(position));
        if let Some(used) = used {
            *used += 1;
        }
    }
    usage
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
pub(super) fn exceeded(scope: &Scope<'_>, findings: &mut Findings) {
    let seeds = scope.seeds();
    if seeds.candidates.iter().all(|candidate| candidate.room.is_none()) {
        return;
    }
    let usage = usage(scope, seeds);
    for (position, candidate) in seeds.candidates.iter().enumerate() {
        let (Some(room), Some(used)) = (&candidate.room, usage.get(position).copied()) else {
            continue;
        };
        let allowed = usize::try_from(room.shoots).unwrap_or_default();
        if used <= allowed {
            continue;
        }
        let mut named = scope.landscape.of_kind("Shoot").map(Shoot::of).filter_map(|shoot| {
            let name = shoot.seed_name().filter(|name| **name == *candidate.name)?;
            Some((shoot, name))
        });
        if let Some((shoot, name)) = named.by_ref().nth(allowed).or_else(|| named.next()) {
            let message =
                format!("the seed `{name}` has room for {allowed} shoots, and {used} are put on it");
            findings
                .at(shoot.object, name.node, message)
                .related(room.written.node, "what it has room for is set here")
                .why("Gardener's API server refuses a shoot on a seed that is full")
                .help("put shoots on another seed, or raise `resources.capacity.shoots` of the gardenlet");
        }
    }
    crowded(scope, seeds, &usage, findings);
}

/// More shoots wait for some seeds than these have room for: some will stay without.
fn crowded(scope: &Scope<'_>, seeds: &Seeds<'_>, usage: &[usize], findings: &mut Findings) {
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
        let free: Option<i128> = choice
            .iter()
            .map(|position| {
                let room = seeds.candidates.get(*position)?.room.as_ref()?;
                Some(room.shoots - i128::try_from(*usage.get(*position)?).ok()?)
            })
            .sum();
        let Some(free) = free.and_then(|free| usize::try_from(free).ok()) else {
            continue;
        };
        let confined = by_choice.iter().filter(|(other, _)| other.is_subset(choice));
        let confined: Vec<Shoot<'_>> = confined.flat_map(|(_, shoots)| shoots).copied().collect();
        let Some(first) = confined.get(free) else {
            continue;
        };
        let names: Vec<_> = choice.iter().filter_map(|position| seeds.candidates.get(*position)).collect();
        let listed = names.iter().take(super::NAMED).map(|candidate| format!("`{}`", candidate.name));
        let listed = listed.collect::<Vec<_>>().join(", ");
        let message = format!(
            "{} shoots wait for a seed that only {listed} can be, with room for {free} more",
            confined.len()
        );
        let mut raised = findings
            .at(first.object, first.object.name_node(), message)
            .why("Gardener's scheduler leaves the shoots without a seed that none has room for")
            .help("register another seed, or raise `resources.capacity.shoots` of a gardenlet");
        for room in names.iter().take(super::NAMED).filter_map(|candidate| candidate.room.as_ref()) {
            raised = raised.related(room.written.node, "what the seed has room for is set here");
        }
    }
}
