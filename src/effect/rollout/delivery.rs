//! Objects that change hands: whoever lets go of one deletes it, though another one has it too.

use crate::change::{Change, Placed};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind::{self, Delivery};
use crate::landscape::Object;
use crate::view::ManagedResource;

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L787", "managed-resource-changes-class"),
        impact: Impact::Destructive,
        upstream: &["UP-MR-CLASS"],
        judge: Judge::Changed(&[kind::MANAGED_RESOURCE], class),
    },
    Rule {
        code: Code::warning("L788", "object-deleted-by-move"),
        impact: Impact::Destructive,
        upstream: &["UP-MR-MOVE"],
        judge: Judge::Moved(deleted),
    },
    Rule {
        code: Code::error("L789", "move-refused"),
        impact: Impact::Rejected,
        upstream: &["UP-MR-MOVE"],
        judge: Judge::Moved(refused),
    },
];

/// On an object: it stays when its ManagedResource lets go of it.
const KEEP: &str = "resources.gardener.cloud/keep-object";
/// On an object: it stays when its Kustomization lets go of it.
const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";
/// On an object: it may be deleted.
const CONFIRMED: &str = "confirmation.gardener.cloud/deletion";

/// The class that a ManagedResource without one has.
///
/// Upstream: pkg/resourcemanager/predicate/class_filter.go, NewClassFilter.
const DEFAULT_CLASS: &str = "resources";

/// Upstream: pkg/resourcemanager/predicate/class_filter.go, IsTransferringResponsibility.
fn class(resources: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let classes = resources.map(ManagedResource::of).map(ManagedResource::class);
    let [before, after] =
        [classes.before, classes.after].map(|class| class.map_or(DEFAULT_CLASS, |class| class.as_str()));
    if before == after {
        return;
    }
    let object = resources.after;
    findings
        .lacking(object, &object.root, &["spec", "class"], format!("the class goes from `{before}` to `{after}`"))
        .why(
            "the resource-manager of the old class deletes every object in it before the one of the new class makes \
             them again",
        )
        .help("annotate the objects with `resources.gardener.cloud/keep-object: \"true\"` in a change before this one");
}

/// Whether whoever delivered an object leaves it alone when it lets go of it.
///
/// Upstream: pkg/resourcemanager/controller/managedresource/reconciler.go, cleanOldResources, asks the object in the
/// cluster; so does Flux's kustomize-controller.
fn is_kept(before: Placed<'_>) -> bool {
    match before.unit {
        Some((_, Delivery::Bundle)) => before.object.annotation(KEEP) == Some("true"),
        _ => before.object.annotation(PRUNE) == Some("disabled"),
    }
}

/// Whether the server refuses to delete an object of this kind that nobody has confirmed the deletion of.
///
/// Upstream: plugin/pkg/global/deletionconfirmation/admission.go.
fn is_guarded(object: &Object) -> bool {
    let guarded = object.identity.group() == "core.gardener.cloud"
        && matches!(&*object.identity.kind, "Project" | "Shoot");
    guarded && object.annotation(CONFIRMED) != Some("true")
}

fn way(placed: Placed<'_>) -> String {
    match placed.unit {
        Some((unit, Delivery::Bundle)) => format!("the bundle `{unit}`"),
        Some((unit, Delivery::Flux)) => format!("the Kustomization `{unit}`"),
        None => "nobody".to_owned(),
    }
}

/// Upstream: pkg/resourcemanager/controller/managedresource/reconciler.go, cleanOldResources.
fn deleted(change: &Change<'_>, _: &Sides<'_>, findings: &mut Findings) {
    let (Some(before), Some(after)) = (change.before, change.after) else { return };
    if is_kept(before) || is_guarded(before.object) {
        return;
    }
    let object = after.object;
    let (marker, value) = match before.unit {
        Some((_, Delivery::Bundle)) => (KEEP, "\"true\""),
        _ => (PRUNE, "disabled"),
    };
    findings
        .at(object, object.name_node(), format!("it goes from {} to {}, and is deleted on the way", way(before), way(after)))
        .why("whoever lets go of an object deletes it, and the other one notices only when it next looks")
        .help(format!("annotate the object with `{marker}: {value}` in a change before this one, and take that off later"));
}

fn refused(change: &Change<'_>, _: &Sides<'_>, findings: &mut Findings) {
    let (Some(before), Some(after)) = (change.before, change.after) else { return };
    if is_kept(before) || !is_guarded(before.object) {
        return;
    }
    let object = after.object;
    findings
        .at(object, object.name_node(), format!("{} cannot let go of it: the server refuses to delete it", way(before)))
        .why("the deletion is not confirmed, so the old unit hangs in its attempt for ever, and tries again")
        .help(format!("annotate the object with `{PRUNE}: disabled` in a change before this one, and take that off later"));
}
