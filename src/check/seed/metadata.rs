//! Names, labels, annotations and operations of seeds and of what registers them.

use crate::check::{Findings, Judge, Rule, Scope, label};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::name::{is_dns_label, is_dns_subdomain};
use crate::view::{
    GardenletConfiguration, GardenletControllers, GardenletInstallation, ManagedSeedSet, SeedTemplate, Text,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L590", "operation-unknown"),
        upstream: &[],
        judge: Judge::Kinds(&[kind::SEED, kind::GARDENLET, kind::MANAGED_SEED], operation),
    },
    Rule {
        code: Code::error("L598", "seed-name-invalid"),
        upstream: &["GL-NS"],
        judge: Judge::Kinds(kind::SEEDS, name),
    },
    Rule {
        code: Code::error("L599", "label-malformed"),
        upstream: &["MT-SEL"],
        judge: Judge::Kinds(kind::SEEDS, labels),
    },
];

const OPERATION: &str = "gardener.cloud/operation";

/// Upstream: pkg/api/core/validation/seed.go, validateSeedOperation; pkg/api/seedmanagement/validation/managedseed.go,
/// validateOperation.
fn operation(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let known: &[&str] = match &*object.identity.kind {
        "Seed" => &["reconcile", "renew-garden-access-secrets", "renew-kubeconfig", "renew-workload-identity-tokens"],
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

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeed; pkg/api/seedmanagement/validation, ValidateGardenlet,
/// ValidateManagedSeed and ValidateManagedSeedSetWithOps.
fn name(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let identity = &object.identity;
    let (sound, help) = if &*identity.kind == "ManagedSeedSet" {
        (is_dns_subdomain(&identity.name), "use lower-case letters, digits, `-` and `.`")
    } else {
        (is_dns_label(&identity.name), "use up to 63 lower-case letters, digits and `-`")
    };
    if !sound {
        let message = format!("`{}` is no name for a {}", identity.name, identity.kind);
        findings
            .at(object, object.name_node(), message)
            .why("Gardener's API server refuses it: names of namespaces and domains are made of it")
            .help(format!("{help}, with a letter or digit at both ends"));
    }
}

/// Upstream: k8s.io/apimachinery/pkg/api/validation, ValidateObjectMeta; pkg/api/core/validation/seed.go,
/// ValidateSeedTemplate; pkg/api/seedmanagement/validation, ValidateGardenletDeployment, ValidateManagedSeedTemplate and
/// ValidateManagedSeedSetSpec.
fn labels(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let mut owners = vec![object.root.get("metadata")];
    owners.extend(SeedTemplate::in_object(object).filter(|seed| seed.is_template()).map(SeedTemplate::metadata));
    let set = object.identity.is(kind::MANAGED_SEED_SET.group, kind::MANAGED_SEED_SET.kind);
    if let Some(set) = set.then(|| ManagedSeedSet::of(object)) {
        owners.push(set.metadata());
        if let Some(selector) = set.selector() {
            label::selector(object, selector, findings);
        }
    }
    for owner in owners {
        label::labels(object, owner, "labels", findings);
        label::annotations(object, owner, "annotations", findings);
    }
    let Some(installation) = GardenletInstallation::in_object(object) else {
        return;
    };
    let deployment = installation.deployment().map(|deployment| deployment.node());
    label::labels(object, deployment, "podLabels", findings);
    label::annotations(object, deployment, "podAnnotations", findings);
    let controllers = installation.configuration().and_then(GardenletConfiguration::controllers);
    let selectors = controllers.and_then(GardenletControllers::namespace_selectors);
    for selector in selectors.into_iter().flat_map(|selectors| selectors.items()) {
        label::selector(object, selector, findings);
    }
}
