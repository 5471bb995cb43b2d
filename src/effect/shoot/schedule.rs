//! Where the control plane of a shoot lives, and who decides that.

use super::{SHOOT_FIELD_KEPT, WITH_A_SEED};
use crate::change::same_or_absent;
use crate::check::{Findings, selects};
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::{PlacedShoot, SeedSelector, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-SCHED"],
        judge: Judge::ShootTemplate(scheduler),
    },
    Rule {
        code: Code::error("L718", "seed-changed-by-update"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-SEED"],
        judge: Judge::Shoot(seed),
    },
    Rule {
        code: WITH_A_SEED,
        impact: Impact::InPlace,
        upstream: &["UP-SH-SEED"],
        judge: Judge::Shoot(seed_named),
    },
    Rule {
        code: Code::error("L720", "seed-selector-excludes-seed"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-SEEDSEL"],
        judge: Judge::Shoot(selector),
    },
    Rule {
        code: WITH_A_SEED,
        impact: Impact::InPlace,
        upstream: &["UP-SH-SEEDSEL"],
        judge: Judge::Shoot(selector_of_unscheduled),
    },
];

const DEFAULT_SCHEDULER: &str = "default-scheduler";
const SELECTOR: [&str; 2] = ["spec", "seedSelector"];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate. A shoot that names no scheduler has the default one.
fn scheduler(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if shoots.gains_or_loses_workers() {
        return;
    }
    let filled_in = (!shoots.is_template()).then_some(DEFAULT_SCHEDULER);
    let names = shoots.map(|shoot| shoot.scheduler_name().map(Text::as_str).or(filled_in));
    if names.before == names.after || names.before.is_none() && names.after == Some(DEFAULT_SCHEDULER) {
        return;
    }
    shoots
        .field(&["spec", "schedulerName"])
        .raise("the scheduler of a shoot", findings)
        .why("who places a shoot is decided when it is made; Gardener's API server refuses the change")
        .help("keep the value");
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
fn seed(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let names = shoots.map(Shoot::written_seed_name);
    let Some(before) = names.before else { return };
    if names.after.as_deref() == Some(&*before) {
        return;
    }
    let (message, help) = match names.after {
        Some(after) => (
            format!("the shoot cannot move from the seed `{before}` to `{after}` by an update"),
            "set `spec.seedName` by the subresource `shoots/binding` first, and write it here once the control plane moves",
        ),
        None => (format!("the shoot cannot leave the seed `{before}`"), "keep `seedName`"),
    };
    shoots
        .refuse(&["spec", "seedName"], message, findings)
        .why("a control plane moves by a migration, which an update of the shoot does not begin; Gardener's API server refuses it")
        .help(help);
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateScheduling.
fn seed_named(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if shoots.before.written_seed_name().is_none()
        && let Some(after) = shoots.after.written_seed_name()
    {
        findings
            .at(shoots.after.object, after.node, format!("the shoot is refused unless it lives on the seed `{after}`"))
            .why("the scheduler has chosen a seed, or will; an update may repeat the choice, and neither make nor change it")
            .help("name the seed that the status of the shoot names");
    }
}

/// The selectors, if they differ.
fn selectors(shoots: Both<Shoot<'_>>) -> Option<Both<Option<SeedSelector<'_>>>> {
    let selectors = shoots.map(|shoot| PlacedShoot::of_shoot(shoot).selector());
    let nodes = selectors.map(|selector| selector.map(SeedSelector::node));
    (!same_or_absent(nodes.before, nodes.after)).then_some(selectors)
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, Validate.
fn selector(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let (Some(selectors), Some(name)) = (selectors(shoots), shoots.after.seed_name()) else { return };
    let object = shoots.after.object;
    let Some(selector) = selectors.after else {
        shoots
            .field(&SELECTOR)
            .raise("the seed selector of a shoot that lives on a seed", findings)
            .why("Gardener's API server refuses to drop what the seed was chosen by")
            .help("keep a selector that chooses the seed");
        return;
    };
    let Some(seed) = sides.after.seed_template(&name) else { return };
    let why = "the shoot lives on that seed; Gardener's API server takes only a selector that chooses it";
    if !selects(selector, seed) {
        findings
            .at(
                object,
                selector.node(),
                format!("the selector does not choose the seed `{name}` by its labels"),
            )
            .related(name.node, "the seed is named here")
            .why(why)
            .help("ask for labels that the seed has");
    }
    let Some(provider) = seed.provider_type() else { return };
    let mut types = selector.provider_types().peekable();
    if types.peek().is_some() && !types.any(|kind| *kind == *provider) {
        findings
            .lacking(
                object,
                selector.node(),
                &["providerTypes"],
                format!("the selector does not choose the seed `{name}`, which is one of {provider}"),
            )
            .related(name.node, "the seed is named here")
            .why(why)
            .help(format!("add `{provider}`"));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, Validate, for a shoot whose files do not tell its seed.
fn selector_of_unscheduled(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if shoots.after.seed_name().is_some() || selectors(shoots).is_none() {
        return;
    }
    let message = match shoots.after.seed_selector() {
        Some(_) => "the seed selector is refused unless it chooses the seed that the shoot lives on",
        None => "the seed selector cannot be removed once the shoot lives on a seed",
    };
    shoots
        .refuse(&SELECTOR, message, findings)
        .why("the scheduler has chosen a seed, or will; Gardener's API server takes only a selector that chooses it")
        .help("compare the selector with the seed that the status of the shoot names");
}
