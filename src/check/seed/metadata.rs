//! Operations on seeds and gardenlets, and the labels of what is made after their templates.

use crate::check::label::{LABEL_MALFORMED, judge_annotations_in, judge_labels_in, judge_selector};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::view::{
    GardenletConfiguration, GardenletControllers, GardenletDeployment, GardenletInstallation, ManagedSeedSet,
    SeedTemplate, Text,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L590", "operation-unknown"),
        upstream: &[],
        judge: Judge::Kinds(&[kind::SEED, kind::GARDENLET, kind::MANAGED_SEED], operation),
    },
    Rule {
        code: LABEL_MALFORMED,
        upstream: &["MT-SEL"],
        judge: Judge::Kinds(&[kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET], labels),
    },
];

const OPERATION: &str = "gardener.cloud/operation";

/// Upstream: pkg/api/core/validation/seed.go, validateSeedOperation; pkg/api/seedmanagement/validation/managedseed.go,
/// validateOperation.
fn operation(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let known: &[&str] = match &*object.identity.kind {
        "Seed" => &[
            "reconcile",
            "renew-garden-access-secrets",
            "renew-kubeconfig",
            "renew-workload-identity-tokens",
        ],
        "Gardenlet" => &["force-redeploy", "reconcile", "renew-kubeconfig"],
        _ => &["reconcile", "renew-kubeconfig"],
    };
    let operation = object.root.at(&["metadata", "annotations", OPERATION]).and_then(Text::of);
    if let Some(operation) = operation.filter(|operation| !known.contains(&operation.as_str())) {
        let message = format!("a {} has no operation `{operation}`", object.identity.kind);
        findings
            .at(object, operation.node, message)
            .why("Gardener's API server refuses an operation that it does not know")
            .help(help_with_names(&operation, known.iter().copied()));
    }
}

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedTemplate; pkg/api/seedmanagement/validation,
/// ValidateGardenletDeployment, ValidateManagedSeedTemplate and ValidateManagedSeedSetSpec;
/// pkg/api/config/gardenlet/v1alpha1/validation/validation.go, validateNetworkPolicyControllerConfiguration.
fn labels(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let mut owners = vec![SeedTemplate::in_object(object).and_then(SeedTemplate::metadata)];
    let set = object.identity.is(kind::MANAGED_SEED_SET.group, kind::MANAGED_SEED_SET.kind);
    if let Some(set) = set.then(|| ManagedSeedSet::of(object)) {
        owners.push(set.metadata());
        if let Some(selector) = set.selector() {
            judge_selector(object, selector, findings);
        }
    }
    for owner in owners.into_iter().flatten() {
        judge_labels_in(object, owner, "labels", findings);
        judge_annotations_in(object, owner, "annotations", findings);
    }
    let Some(installation) = GardenletInstallation::in_object(object) else {
        return;
    };
    if let Some(deployment) = installation.deployment().map(GardenletDeployment::node) {
        judge_labels_in(object, deployment, "podLabels", findings);
        judge_annotations_in(object, deployment, "podAnnotations", findings);
    }
    let controllers = installation.configuration().and_then(GardenletConfiguration::controllers);
    let selectors = controllers.and_then(GardenletControllers::namespace_selectors);
    for selector in selectors.into_iter().flat_map(|selectors| selectors.items()) {
        judge_selector(object, selector, findings);
    }
}
