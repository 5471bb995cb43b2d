//! Gardenlets: how they are deployed and configured, in a Gardenlet, a ManagedSeed or a ManagedSeedSet.

pub(super) mod configuration;
pub(super) mod connection;
pub(super) mod deployment;
pub(super) mod exposure;
pub(super) mod set;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::schema::UNKNOWN_FIELD;
use crate::view::Gardenlet;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::warning("L593", "kubeconfig-of-gardenlet-in-landscape"),
    upstream: &[],
    judge: Judge::Kinds(&[kind::GARDENLET], kubeconfig),
}];

/// An unknown field in the configuration of a gardenlet.
pub(super) const UNKNOWN_IN_CONFIGURATION: Code =
    Code::warning("L586", "unknown-field-in-gardenlet-configuration");

/// The kinds that say how a gardenlet is installed.
const INSTALLING: &[GroupKind] = &[kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET];

/// Whether the kind of an object is a certain one.
fn is_of(object: &Object, kind: GroupKind) -> bool {
    object.identity.is(kind.group, kind.kind)
}

/// Upstream: pkg/operator/controller/gardenlet/reconciler.go, cleanupKubeconfigSecret.
fn kubeconfig(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    if Gardenlet::of(object).kubeconfig_secret().is_none() {
        return;
    }
    let spec = object.root.get("spec").unwrap_or(&object.root);
    let message = "the kubeconfig serves the first deployment of the gardenlet only";
    findings
        .at_field(object, spec, "kubeconfigSecretRef", message)
        .why(
            "once the seed is registered, the gardener-operator deletes the Secret and this field, and whatever delivers the \
             landscape brings them back, again and again; stricter than Gardener",
        )
        .help("remove the field and the Secret once the seed is registered");
}

/// Says of an unknown field in the configuration of a gardenlet what Gardener makes of it.
///
/// Upstream: pkg/apis/seedmanagement/encoding, DecodeGardenletConfiguration, which is not strict.
pub(super) fn soften(object: &Object, finding: Diagnostic) -> Diagnostic {
    let configuration = match &*object.identity.kind {
        _ if object.identity.group() != kind::GARDENLET.group => return finding,
        "Gardenlet" => "spec.config",
        "ManagedSeed" => "spec.gardenlet.config",
        "ManagedSeedSet" => "spec.template.spec.gardenlet.config",
        _ => return finding,
    };
    let below = finding.place.path.strip_prefix(configuration);
    if finding.code != UNKNOWN_FIELD || !below.is_some_and(|rest| rest.starts_with(['.', '['])) {
        return finding;
    }
    let why = "Gardener drops it without a word; stricter than Gardener";
    Diagnostic { code: UNKNOWN_IN_CONFIGURATION, ..finding }.why(why)
}
