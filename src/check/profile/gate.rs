//! What needs a feature gate of Gardener's API server that the Garden leaves or switches off.
//!
//! Without a Garden nobody says what the gates are; then only what no default allows is a fault.

use super::{Form, PROFILES, Profile};
use crate::check::truth::is_true;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Garden, Shoot};

const OFF: Code = Code::error("L565", "api-server-feature-gate-off");

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: OFF, upstream: &["CP-LIFE-GATE"], judge: Judge::Kinds(PROFILES, lifecycles) },
    Rule { code: OFF, upstream: &["CP-CAP"], judge: Judge::Kinds(&[kind::CLOUD_PROFILE], capabilities) },
    Rule { code: OFF, upstream: &[], judge: Judge::Shoot(live_migration) },
];

/// A feature gate of Gardener's API server.
#[derive(Clone, Copy)]
pub(super) struct Gate {
    name: &'static str,
    /// The gate of all gates of its maturity.
    all: &'static str,
    default: bool,
}

/// Upstream: pkg/features/features.go.
pub(super) const LIFECYCLES: Gate =
    Gate { name: "VersionClassificationLifecycle", all: "AllAlpha", default: false };
const CAPABILITIES: Gate = Gate { name: "CloudProfileCapabilities", all: "AllBeta", default: true };
const LIVE_MIGRATION: Gate = Gate { name: "LiveControlPlaneMigration", all: "AllAlpha", default: false };

/// Upstream: pkg/apis/core/v1beta1/constants, AnnotationMigrationLiveMigrate.
const LIVE_MIGRATION_ANNOTATION: &str = "migration.gardener.cloud/live-migrate";

/// Whether a gate is on; nothing when no Garden is here to say so.
pub(super) fn enabled(scope: &Scope<'_>, gate: Gate) -> Option<bool> {
    let garden = scope.landscape.of_kind("Garden").next().map(Garden::of)?;
    let set = |name| garden.api_server_gates().and_then(|gates| gates.get(name)).and_then(Node::as_bool);
    Some(set(gate.name).or_else(|| set(gate.all)).unwrap_or(gate.default))
}

fn report(
    object: &Object,
    (parent, field): (&Node, &str),
    gate: Gate,
    scope: &Scope<'_>,
    findings: &mut Findings,
) {
    let name = gate.name;
    let raised = findings
        .at_field(object, parent, field, format!("`{field}` needs the feature gate `{name}`, which is off"))
        .why("Gardener's API server refuses the field while the gate is off")
        .help(format!(
            "set `{name}: true` in `spec.virtualCluster.gardener.gardenerAPIServer.featureGates` of the Garden, or remove \
             `{field}`"
        ));
    if let Some(garden) = scope.landscape.of_kind("Garden").next() {
        raised.related(garden.name_node(), "the Garden is declared here");
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateExpirableVersion.
fn lifecycles(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let profile = Profile::of(object, scope);
    if profile.lifecycles != Some(false) {
        return;
    }
    let kubernetes = profile.kubernetes_versions().map(|version| version.node());
    // Of a NamespacedCloudProfile the images are judged together with the parent's.
    let images = profile.images().filter(|_| profile.form == Form::Whole);
    let images = images.flat_map(|image| image.versions).map(|version| version.node());
    for version in kubernetes.chain(images) {
        if version.get("lifecycle").is_some_and(|stages| !stages.items().is_empty()) {
            report(object, (version, "lifecycle"), LIFECYCLES, scope, findings);
        }
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCapabilityDefinitions.
fn capabilities(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let profile = Profile::of(object, scope);
    let Some(spec) = profile.view.spec().filter(|_| profile.view.capabilities().next().is_some()) else {
        return;
    };
    if enabled(scope, CAPABILITIES) == Some(false) {
        report(object, (spec, "machineCapabilities"), CAPABILITIES, scope, findings);
    }
}

/// A new shoot must not have the annotation whatever the gate says; one that exists may, if the gate is on.
///
/// Upstream: plugin/pkg/shoot/validator/admission.go, validateLiveMigrationPrerequisites.
fn live_migration(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    let asked = object.annotation(LIVE_MIGRATION_ANNOTATION).is_some_and(is_true);
    if asked && enabled(scope, LIVE_MIGRATION) != Some(true) {
        let annotations = object.root.at(&["metadata", "annotations"]).unwrap_or(&object.root);
        let path = format!("metadata.annotations[{LIVE_MIGRATION_ANNOTATION}]");
        let name = LIVE_MIGRATION.name;
        let shown = annotations.get(LIVE_MIGRATION_ANNOTATION).unwrap_or(annotations);
        let message = format!("a live migration needs the feature gate `{name}`, which is off");
        findings
            .named(object, shown, path, message)
            .why("Gardener's API server refuses the annotation while the gate is off, and on every new shoot")
            .help("remove the annotation, or switch the gate on and annotate the shoot when it exists");
    }
}
