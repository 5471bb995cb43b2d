//! Shoots, projects and managed seeds that are removed: what stands in the way of it, and what is lost.
//!
//! What the new landscape lacks, Flux and the resource-manager delete. Neither of them confirms a deletion.

use super::managed_seed::managed_seed;
use crate::check::{Findings, Raised, is_true, matches};
use crate::diagnostic::Code;
use crate::effect::{Impact, Judge, Rule, Sides};
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::view::{Approval, LabelSelector, Project, Shoot};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L724", "removal-not-confirmed"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-DEL"],
        judge: Judge::Removed(CONFIRMED_KINDS, unconfirmed),
    },
    Rule {
        code: Code::error("L725", "removal-of-what-is-in-use"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-DEL"],
        judge: Judge::Removed(&[kind::SHOOT, kind::MANAGED_SEED], in_use),
    },
    Rule {
        code: Code::error("L727", "removal-needs-another-person"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-DEL"],
        judge: Judge::Removed(CONFIRMED_KINDS, unapproved),
    },
    Rule {
        code: Code::warning("L726", "deleted-with-all-it-holds"),
        impact: Impact::Destructive,
        upstream: &["UP-SH-DEL"],
        judge: Judge::Removed(&[kind::SHOOT, kind::PROJECT, kind::MANAGED_SEED], deleted),
    },
];

/// The kinds of which a deletion must be confirmed.
const CONFIRMED_KINDS: &[GroupKind] = &[kind::SHOOT, kind::PROJECT];
const CONFIRMATION: &str = "confirmation.gardener.cloud/deletion";

/// What keeps Flux or the resource-manager from deleting an object that is no longer delivered.
const KEEPING: [(&str, &[&str]); 4] = [
    ("kustomize.toolkit.fluxcd.io/prune", &["disabled"]),
    ("kustomize.toolkit.fluxcd.io/reconcile", &["disabled"]),
    ("resources.gardener.cloud/mode", &["Ignore"]),
    ("resources.gardener.cloud/keep-object", &["true"]),
];

fn stays(object: &Object) -> bool {
    KEEPING.iter().any(|(name, values)| {
        let value = object.annotation(name);
        value.is_some_and(|value| values.iter().any(|keeping| keeping.eq_ignore_ascii_case(value)))
    })
}

/// Upstream: pkg/utils/gardener/deletion_confirmation.go, CheckIfDeletionIsConfirmed.
fn is_confirmed(object: &Object) -> bool {
    object.annotation(CONFIRMATION).is_some_and(is_true)
}

fn what(object: &Object) -> String {
    match &*object.identity.kind {
        "Shoot" => format!("the shoot `{}`", object.identity.name),
        "Project" => format!("the project `{}`", object.identity.name),
        _ => format!("the managed seed `{}`", object.identity.name),
    }
}

/// Says of what looks like a new name that it is another object to the server.
fn with_successor<'f>(raised: Raised<'f>, object: &Object, sides: &Sides<'_>) -> Raised<'f> {
    match sides.successor(object) {
        Some(new) => raised.related(
            new.name_node(),
            "a new name makes a new object: this one is created, and nothing moves over from the old one",
        ),
        None => raised,
    }
}

/// Upstream: plugin/pkg/global/deletionconfirmation/admission.go, check.
fn unconfirmed(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    if is_confirmed(object) || stays(object) {
        return;
    }
    let raised = findings
        .at(object, object.name_node(), format!("{} is removed without a confirmation", what(object)))
        .why(format!(
            "Gardener's API server deletes it only with the annotation `{CONFIRMATION}: \"true\"` on the object that runs, \
             which neither Flux nor the resource-manager sets; it stays, and whatever prunes it fails again and again"
        ))
        .help(format!(
            "set the annotation `{CONFIRMATION}: \"true\"` in one pull request, and remove the object in the next"
        ));
    with_successor(raised, object, sides);
}

/// Upstream: plugin/pkg/shoot/managedseed/admission.go, validateDelete; plugin/pkg/managedseed/shoot/admission.go,
/// validateDelete.
fn in_use(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    if stays(object) {
        return;
    }
    let name = &object.identity.name;
    if object.identity.kind == "Shoot" {
        if let Some(seed) = managed_seed(object, sides.before.landscape) {
            let message = format!("{} is removed while it is a seed", what(object));
            findings
                .at(object, object.name_node(), message)
                .related(seed.name_node(), "the ManagedSeed refers to it")
                .why("Gardener's API server refuses to delete a shoot as long as a ManagedSeed refers to it")
                .help("remove the ManagedSeed first, and the shoot when the seed is gone");
        }
        return;
    }
    let shoots = sides.before.landscape.of_kind("Shoot").map(Shoot::of);
    let on_it: Vec<_> =
        shoots.filter_map(|shoot| shoot.seed_name()).filter(|seed| **seed == **name).collect();
    if let Some(first) = on_it.first() {
        let message = format!("{} is removed while shoots live on it", what(object));
        findings
            .at(object, object.name_node(), message)
            .related(first.node, format!("one of {} that name the seed", on_it.len()))
            .why("Gardener's API server refuses to delete a ManagedSeed as long as shoots use its seed")
            .help("move or delete the shoots first");
    }
}

/// Upstream: plugin/pkg/global/deletionconfirmation/admission.go, checkIfDeletionMustBeDualApproved. Whoever applies the
/// landscape has confirmed the deletion, as the annotation came from there, and is a service account.
fn unapproved(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    if !is_confirmed(object) || stays(object) {
        return;
    }
    let (resource, project) = match &*object.identity.kind {
        "Project" => ("projects", Some(Project::of(object))),
        _ => ("shoots", sides.before.project(object.identity.namespace.as_deref().unwrap_or_default())),
    };
    let Some(project) = project else { return };
    let mut approvals = project.approvals();
    let Some(approval) = approvals.find(|approval| approval.resource().is_some_and(|own| &*own == resource))
    else {
        return;
    };
    let applies = approval.includes_service_accounts() != Some(false) && chooses(approval, object);
    if applies {
        findings
            .at(object, object.name_node(), format!("{} is confirmed and removed by one and the same", what(object)))
            .related(approval.node(), "the project asks for two here")
            .why("Gardener's API server refuses a deletion by whoever has confirmed it, here what applies the landscape")
            .help(format!(
                "let a person set `{CONFIRMATION}` on the object that runs, or delete it, once it is no longer delivered"
            ));
    }
}

/// An empty selector chooses everything.
fn chooses(approval: Approval<'_>, object: &Object) -> bool {
    let selector = approval.selector().map(LabelSelector::of);
    selector.is_none_or(|selector| matches(selector, |key| object.label(key)))
}

/// What happens once the server deletes the object. Of one that it does not delete, that is not said.
fn deleted(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    let must_be_confirmed = object.identity.kind != "ManagedSeed";
    if must_be_confirmed && !is_confirmed(object) || stays(object) {
        return;
    }
    let (why, help) = match &*object.identity.kind {
        "Shoot" => (
            "the cluster goes with its control plane, its nodes and all data in it; backups follow after a while",
            "make sure that nobody needs the cluster any more",
        ),
        "Project" => (
            "its namespace goes with all that is in it, as soon as no shoot is left there",
            "make sure that nobody needs the project any more",
        ),
        _ => (
            "its gardenlet and its Seed go; the shoot remains, and takes no further control planes",
            "make sure that no shoot lives on the seed, be it one whose files do not say so",
        ),
    };
    let raised =
        findings.at(object, object.name_node(), format!("{} is deleted", what(object))).why(why).help(help);
    with_successor(raised, object, sides);
}
