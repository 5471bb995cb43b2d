//! Gardener's own components: what they are configured with, they know.

use super::REFUSED;
use crate::check::registration::{given, items};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::duration::Duration;
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::release::group_resource;
use crate::syntax::Node;
use crate::view::{Garden, GardenerApiServer, VirtualApiServer};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L489", "gardener-encryption-invalid"),
        upstream: &["GA-ENC"],
        judge: Judge::Kinds(&[GARDEN], encryption),
    },
    Rule {
        code: Code::error("L490", "kubeconfig-expiration-out-of-range"),
        upstream: &["GA-AKC"],
        judge: Judge::Kinds(&[GARDEN], expiration),
    },
    Rule {
        code: Code::error("L492", "gardener-feature-gate-invalid"),
        upstream: &["XG-FG"],
        judge: Judge::Kinds(&[GARDEN], feature_gates),
    },
    Rule {
        code: Code::warning("L493", "feature-gate-of-another-component"),
        upstream: &["XG-FG"],
        judge: Judge::Kinds(&[GARDEN], other_component),
    },
];

/// How resources are encrypted where nothing else is said.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_KubeAPIServerConfig.
const DEFAULT_ENCRYPTION: &str = "aescbc";

/// The settings of Gardener's API server; nothing when a plugin without a name ends the validation.
pub(in crate::check) fn api_server(object: &Object) -> Option<GardenerApiServer<'_>> {
    let garden = Garden::of(object);
    let unnamed = garden.admission_plugins().any(|plugin| plugin.name().is_none());
    garden.api_server().filter(|_| !unnamed)
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerAPIServerConfig;
/// pkg/operator/webhook/defaulting/garden/handler.go, Default.
fn encryption(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(server) = api_server(object) else { return };
    let resources = items(server.encrypted_resources());
    for (index, node) in resources.iter().enumerate() {
        let Some(text) = node.as_str() else { continue };
        let is_same = |other: &str| group_resource(other) == group_resource(text);
        let mut before = resources.iter().take(index).filter_map(Node::as_str);
        let (message, help) = if text.to_lowercase() != text {
            (format!("the resource `{text}` is not in lower case"), "write it in lower case")
        } else if text.contains('*') {
            (format!("`{text}` is a wildcard"), "list the resources one by one")
        } else if before.any(is_same) {
            (format!("the resource `{text}` is listed twice"), "list it once")
        } else if scope.release.gardener.always_encrypts(text) {
            (format!("the resource `{text}` is always encrypted"), "remove it")
        } else if !scope.release.gardener.serves(text) {
            (
                format!("Gardener's API server does not serve `{text}`"),
                "write it with its group, as in `shoots.core.gardener.cloud`; other resources belong to \
                 `spec.virtualCluster.kubernetes.kubeAPIServer.encryptionConfig`",
            )
        } else {
            continue;
        };
        findings.at(object, node, message).why(REFUSED).help(help);
    }
    let other = Garden::of(object).kube_api_server().and_then(VirtualApiServer::encryption_type);
    let other = given(other);
    let wanted = other.and_then(Node::as_str).unwrap_or(DEFAULT_ENCRYPTION);
    let written = given(server.encryption_type()).and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, text)) = written.filter(|(_, text)| *text != wanted) {
        let message =
            format!("Gardener's API server encrypts with `{text}`, the one of Kubernetes with `{wanted}`");
        let raised = findings
            .at(object, node, message)
            .why("both share the keys in etcd, and change them together; the operator refuses the Garden")
            .help(format!("set it to `{wanted}`, or leave it out"));
        if let Some(other) = other {
            raised.related(other, "the other one is set here");
        }
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerAPIServerConfig.
fn expiration(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    const LEAST: Duration = Duration::hours(1);
    const MOST: Duration = Duration::seconds(1 << 32);
    let expiration = api_server(object).and_then(GardenerApiServer::kubeconfig_expiration);
    let outside = expiration.filter(|period| !(LEAST..=MOST).contains(&period.duration));
    if let Some(period) = outside {
        findings
            .at(object, period.node, format!("a kubeconfig cannot be valid for `{period}`"))
            .why(REFUSED)
            .help("choose something between one hour and 2^32 seconds");
    }
}

/// The components whose feature gates a Garden sets, each with its settings.
fn components(garden: Garden<'_>) -> [(&'static str, Option<&Node>); 3] {
    [
        ("gardener-apiserver", garden.api_server().map(GardenerApiServer::node)),
        ("gardener-controller-manager", garden.controller_manager()),
        ("gardener-scheduler", garden.scheduler()),
    ]
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerFeatureGates.
fn feature_gates(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let known = &scope.release.gardener.feature_gates;
    for (_, component) in components(Garden::of(object)) {
        let Some(gates) = component.and_then(|component| component.get("featureGates")) else {
            continue;
        };
        let gates_path = object.root.path_to(gates).unwrap_or_default();
        for entry in gates.entries() {
            let name = entry.key.name.as_str();
            let (message, help) = match (known.get(name), entry.value.as_bool()) {
                (None, _) => (
                    format!("Gardener v{} has no feature gate `{name}`", scope.schemas.minor()),
                    help_with_names(name, known.keys().map(String::as_str)),
                ),
                (Some(gate), Some(value)) if gate.locked && value != gate.default => {
                    (format!("the feature gate `{name}` is always {}", gate.default), "remove it".to_owned())
                }
                _ => continue,
            };
            // Upstream puts the name into the path as it is.
            let path =
                if name.is_empty() { format!("{gates_path}[]") } else { format!("{gates_path}.{name}") };
            findings.named(object, &entry.value, path, message).why(REFUSED).help(help);
        }
    }
}

/// Upstream: pkg/apiserver/features, pkg/controllermanager/features and pkg/scheduler/features, RegisterFeatureGates.
fn other_component(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let gardener = &scope.release.gardener;
    for (component, settings) in components(Garden::of(object)) {
        let gates = settings.and_then(|settings| settings.get("featureGates"));
        for entry in gates.map(Node::entries).unwrap_or_default() {
            let name = entry.key.name.as_str();
            if !gardener.feature_gates.contains_key(name) || gardener.registers(component, name) {
                continue;
            }
            let others: Vec<String> = gardener.registering(name).map(|other| format!("`{other}`")).collect();
            findings
                .at(object, &entry.value, format!("the {component} does not know the feature gate `{name}`"))
                .why("stricter than Gardener, which takes every gate for every component: this one does not start with it")
                .help(format!("remove it; {} know{} it", others.join(", "), if others.len() == 1 { "s" } else { "" }));
        }
    }
}
