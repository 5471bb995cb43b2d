//! Shoots that go to sleep, or wake up.

use super::{at_most, sleeps, when};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::Shoot;

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L769", "shoot-falls-asleep"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(falls_asleep),
    },
    Rule {
        code: Code::note("L770", "shoot-wakes-up"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Shoot(wakes_up),
    },
];

/// How many nodes a shoot has at most.
fn nodes(shoot: Shoot<'_>) -> i64 {
    shoot.workers().map(|worker| worker.most()).fold(0, i64::saturating_add)
}

/// Upstream: docs/usage/shoot/shoot_hibernate.md.
fn falls_asleep(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots;
    if sleeps(after) && !sleeps(before) {
        let message = format!("the shoot falls asleep: its nodes are deleted, {}", at_most(nodes(before)));
        findings
            .lacking(after.object, after.node(), &["spec", "hibernation", "enabled"], message)
            .why(format!(
                "the control plane is scaled down and nothing runs any more; etcd and the volumes stay; it begins {}",
                when(after)
            ));
    }
}

fn wakes_up(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots;
    if sleeps(before) && !sleeps(after) {
        findings
            .lacking(
                after.object,
                after.node(),
                &["spec", "hibernation", "enabled"],
                "the shoot wakes up: its control plane and its nodes come back",
            )
            .why(format!("what was changed while it slept is taken over as well; it begins {}", when(after)));
    }
}
