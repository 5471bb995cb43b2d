//! Gardenlets: how they are deployed and configured, in a Gardenlet, a ManagedSeed or a ManagedSeedSet.

pub(super) mod configuration;
pub(super) mod connection;
pub(super) mod deployment;
pub(super) mod exposure;
pub(super) mod label;
pub(super) mod set;

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, Diagnostic, help_with_names};
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::schema::UNKNOWN_FIELD;
use crate::view::{Gardenlet, GardenletConfiguration, GardenletInstallation};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L474", "gardenlet-feature-gate-unknown"),
        upstream: &[],
        judge: Judge::Kinds(INSTALLING, feature_gates),
    },
    Rule {
        code: Code::warning("L593", "kubeconfig-of-gardenlet-in-landscape"),
        upstream: &[],
        judge: Judge::Kinds(&[kind::GARDENLET], kubeconfig),
    },
];

/// An unknown field in the configuration of a gardenlet.
pub(super) const UNKNOWN_IN_CONFIGURATION: Code =
    Code::warning("L586", "unknown-field-in-gardenlet-configuration");

/// The kinds that say how a gardenlet is installed.
const INSTALLING: &[GroupKind] = &[kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET];

/// The feature gates of the gardenlet, with the value of those that are settled; the same in every minor with a pack.
///
/// Upstream: pkg/gardenlet/features/features.go, GetFeatures, and pkg/features/features.go.
const FEATURE_GATES: &[(&str, Option<bool>)] = &[
    ("AllAlpha", None),
    ("AllBeta", None),
    ("CustomDNSServerInNodeLocalDNS", None),
    ("DefaultSeccompProfile", None),
    ("DisableNginxIngressInSeed", None),
    ("DoNotCopyBackupCredentials", Some(true)),
    ("IstioTLSTermination", None),
    ("OpenTelemetryCollector", None),
    ("PrometheusHealthChecks", None),
    ("RemoveHTTPProxyLegacyPort", None),
    ("RemoveVali", None),
    ("VPNBondingModeRoundRobin", None),
    ("VictoriaLogsBackend", None),
];

/// Whether the kind of an object is a certain one.
fn is_of(object: &Object, kind: GroupKind) -> bool {
    object.identity.is(kind.group, kind.kind)
}

/// Upstream: cmd/gardenlet/app/options.go, complete.
fn feature_gates(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let configuration =
        GardenletInstallation::in_object(object).and_then(GardenletInstallation::configuration);
    let gates = configuration.and_then(GardenletConfiguration::feature_gates);
    for entry in gates.into_iter().flat_map(|gates| gates.entries()) {
        let (name, value) = (entry.key.name.as_str(), entry.value.as_bool());
        let (message, help) = match FEATURE_GATES.iter().find(|(known, _)| *known == name) {
            None => {
                let known = FEATURE_GATES.iter().map(|(known, _)| *known);
                (format!("the gardenlet has no feature gate `{name}`"), help_with_names(name, known))
            }
            Some((_, Some(settled))) if value.is_some_and(|value| value != *settled) => (
                format!("the feature gate `{name}` is settled"),
                format!("remove it: it is {settled} for good"),
            ),
            Some(_) => continue,
        };
        findings
            .at(object, &entry.value, message)
            .why("the gardenlet does not start with it; Gardener's API server does not look: stricter than Gardener")
            .help(help);
    }
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
