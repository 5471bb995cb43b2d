//! ManagedSeedSets: the templates that ManagedSeeds and their shoots are made after, and the labels they are known by.

use crate::check::selector::{is_empty, is_sound, unmet};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{LabelSelector, ManagedSeedSet, SeedTemplate};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L478", "seed-set-selector-mismatch"),
        upstream: &["MT-SEL"],
        judge: Judge::Kinds(&[kind::MANAGED_SEED_SET], selector),
    },
    Rule {
        code: Code::error("L479", "seed-set-template-invalid"),
        upstream: &["MT-TPL"],
        judge: Judge::Kinds(&[kind::MANAGED_SEED_SET], template),
    },
];

const WHY: &str =
    "Gardener's API server refuses a ManagedSeedSet that would not know its own ManagedSeeds and shoots";

/// Upstream: pkg/api/seedmanagement/validation/managedseedset.go, ValidateManagedSeedSetSpec and validateTemplateLabels.
fn selector(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let set = ManagedSeedSet::of(object);
    let selector = set.selector().filter(|selector| selector.as_mapping().is_some());
    let Some(selector) = selector.map(LabelSelector::of) else {
        return;
    };
    let fault = if is_empty(selector) {
        let help = "set `selector.matchLabels` to labels of the templates";
        Some(("the selector of the ManagedSeedSet selects nothing in particular", help))
    } else if is_sound(selector) {
        None
    } else {
        let message = "no labels can be matched with the selector of the ManagedSeedSet";
        Some((message, "correct its keys, operators and values"))
    };
    if let Some((message, help)) = fault {
        let spec = object.root.get("spec").unwrap_or(&object.root);
        findings.at_field(object, spec, "selector", message).why(WHY).help(help);
        return;
    }
    let spec = object.root.get("spec");
    let template = spec.and_then(|spec| spec.get("template"));
    let shoot_template = spec.and_then(|spec| spec.get("shootTemplate"));
    let seed = SeedTemplate::in_object(object).map(SeedTemplate::node);
    for owner in [template, shoot_template, seed].into_iter().flatten() {
        let labels = owner.at(&["metadata", "labels"]);
        let label = |name: &str| labels.and_then(|labels| labels.get(name)).and_then(Node::as_str);
        if owner.as_mapping().is_none() || unmet(selector, label).is_none() {
            continue;
        }
        let message = "the selector of the ManagedSeedSet does not match these labels";
        let raised = match owner.get("metadata") {
            Some(metadata) => findings.at_field(object, metadata, "labels", message),
            None => findings.missing(object, owner, "metadata.labels", message),
        };
        raised
            .related(selector.node(), "the selector is set here")
            .why(WHY)
            .help("give it the labels of the selector");
    }
}

/// Upstream: pkg/api/seedmanagement/validation/managedseedset.go, ValidateManagedSeedSetSpec,
/// ValidateManagedSeedTemplateForManagedSeedSet and validateIfWorkerless.
fn template(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let set = ManagedSeedSet::of(object);
    let why = "Gardener's API server refuses the ManagedSeedSet";
    for number in [set.replicas(), set.revision_history_limit(), set.partition()].into_iter().flatten() {
        if number.value < 0 {
            let raised = findings.at(object, number.node, format!("`{}` is below zero", number.value));
            raised.why(why).help("use zero or more");
        }
    }
    if let Some(shoot) = set.shoot() {
        let template = object.root.at(&["spec", "template", "spec"]).unwrap_or(shoot);
        findings
            .at_field(object, template, "shoot", "the template of a ManagedSeedSet names a shoot")
            .why("each ManagedSeed gets a shoot of its own, made after `shootTemplate`")
            .help("remove `shoot`");
    }
    let path = ["spec", "template", "spec", "gardenlet", "config", "seedConfig"];
    let raised = object.root.at(&["spec", "template"]).and_then(|_| {
        findings.require(object, &object.root, &path, "the ManagedSeedSet does not describe its seeds")
    });
    raised.map(|raised| raised.why(why).help("set `seedConfig`, with the labels of the selector"));
    let template = set.shoot_template().filter(|template| template.as_mapping().is_some());
    let Some(template) = template else { return };
    let path = ["spec", "provider", "workers"];
    let message = "the shoots of a ManagedSeedSet have no worker pools";
    let raised = match set.workers() {
        Some(workers) if workers.as_str().is_none() && workers.items().is_empty() => {
            let provider = template.at(&["spec", "provider"]).unwrap_or(template);
            Some(findings.at_field(object, provider, "workers", message))
        }
        Some(_) => None,
        None => findings.require(object, template, &path, message),
    };
    raised.map(|raised| raised.why("a seed runs on the nodes of its shoot").help("list a worker pool"));
}
