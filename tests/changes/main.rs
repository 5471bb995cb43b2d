//! What `landscape diff` says of pull requests against a repository with a history: every rule about changes comes up on
//! one that was made for it, and not on its accepted twin.
#![expect(clippy::disallowed_methods, reason = "the tests read the example landscapes")]

mod charts;
mod extensions;
mod gardens;
mod history;
mod profiles;
mod rendered;
mod rollout;
mod same;
mod seeds;
mod shoots;
mod small_kinds;
mod units;

use std::collections::BTreeSet;

use history::{Edit, HISTORY};
use landscape::effect;
use landscape::review::Review;
use rayon::prelude::*;

/// A rule, a pull request that it objects to or tells of, and one that it leaves alone.
struct Case {
    /// Its id in the catalogue, or its code when it is in none.
    rule: &'static str,
    /// What the base has beside the demo landscape.
    setup: &'static [Edit],
    /// The pull request the rule is for.
    told: &'static [Edit],
    /// `code path` of what it says of that.
    says: &'static str,
    /// The pull request that is much the same, and nothing to the rule.
    twin: &'static [Edit],
}

/// All cases, family by family.
const CASES: &[&[Case]] = &[
    extensions::CASES,
    gardens::CASES,
    profiles::CASES,
    rollout::CASES,
    seeds::CASES,
    shoots::CASES,
    shoots::cluster::CASES,
    shoots::network::CASES,
    shoots::pool::CASES,
    shoots::removal::CASES,
    shoots::seat::CASES,
    small_kinds::CASES,
];

/// What a rule is called: its ids in the catalogue, or its code when it is in none.
fn ids(rule: &effect::Rule) -> Vec<&'static str> {
    if rule.upstream.is_empty() { vec![rule.code.id] } else { rule.upstream.to_vec() }
}

/// `code path` of all effects.
fn effects(review: &Review) -> BTreeSet<String> {
    let effects = review.objects.iter().flat_map(|object| &object.effects);
    effects.map(|effect| format!("{} {}", effect.finding.code.id, effect.finding.place.path)).collect()
}

impl Case {
    /// What is wrong with the case; nothing when the rule does what it should.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let (code, _) = self.says.split_once(' ').unwrap_or((self.says, ""));
        let found = effects(&HISTORY.pull_request(self.setup, self.told).0);
        if !found.contains(self.says) {
            faults.push(format!("{}: `{}` is not among {found:?}", self.rule, self.says));
        }
        let (review, report) = HISTORY.pull_request(self.setup, self.twin);
        let found = effects(&review);
        if found.iter().any(|effect| effect.starts_with(code)) {
            faults.push(format!("{}: the twin is told of, too: {found:?}", self.rule));
        }
        if review.objects.is_empty() {
            faults.push(format!("{}: the twin changes nothing", self.rule));
        }
        if report.reported().is_err() {
            faults.push(format!("{}: the twin does not compile: {:#?}", self.rule, report.findings()));
        }
        if !effect::rules().any(|rule| rule.code.id == code && ids(rule).contains(&self.rule)) {
            faults.push(format!("{}: {code} does not claim this rule", self.rule));
        }
        faults
    }
}

#[test]
fn every_rule_comes_up_on_its_pull_request_and_not_on_the_twin() {
    let cases: Vec<&Case> = CASES.iter().copied().flatten().collect();
    let faults: Vec<String> = cases.par_iter().flat_map_iter(|case| case.faults()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_rule_has_its_pull_request() {
    let tested: BTreeSet<&str> = CASES.iter().copied().flatten().map(|case| case.rule).collect();
    let claimed: BTreeSet<&str> = effect::rules().flat_map(ids).collect();
    assert_eq!(tested, claimed, "the rules that are tested, and those that rows claim");
}

#[test]
fn the_history_is_one_of_accepted_changes() {
    let commits = &HISTORY.commits;
    assert!(commits.len() >= 15, "{} commits", commits.len());
    for pair in commits.windows(2) {
        let [(_, base), (message, head)] = pair else { continue };
        let (review, report) = HISTORY.review(*base, *head);
        assert_ne!(review.objects.len(), 0, "{message}");
        assert_ne!(review.impact(), effect::Impact::Rejected, "{message}: {:?}", effects(&review));
        assert!(report.reported().is_ok(), "{message}: {:#?}", report.findings());
    }
}
