//! What templates see: `.Values`, `.Release`, `.Chart`, `.Capabilities`, `.Files` and `.Subcharts`.
//!
//! upstream: Helm, pkg/engine/engine.go, recAllTpls

use super::load::Chart;
use super::value::{Entries, Kind, List, Map, Value};
use super::{Capabilities, ChartInput};

/// The API versions that Helm 4.3.1 knows of without a cluster.
pub(super) const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// The object that the templates of the topmost chart see.
pub(super) fn root(chart: &Chart, values: &Map, input: &ChartInput<'_>) -> Map {
    let release = Value::Map(Map::from_pairs(
        Kind::Plain,
        [
            ("Name", Value::text(input.release)),
            ("Namespace", Value::text(input.namespace)),
            ("IsUpgrade", Value::Bool(false)),
            ("IsInstall", Value::Bool(true)),
            ("Revision", Value::Int(1)),
            ("Service", Value::text("Helm")),
        ],
    ));
    let capabilities = capabilities(input.capabilities);
    object(chart, Value::Map(values.retyped(Kind::Values)), &release, &capabilities, true)
}

fn object(chart: &Chart, values: Value, release: &Value, capabilities: &Value, is_root: bool) -> Map {
    let mut below = Entries::new();
    for chart in &chart.charts {
        let inner = match &values {
            Value::Map(values) => values.table(&chart.metadata.name),
            _ => None,
        };
        let inner = inner.unwrap_or_else(|| Map::new(Entries::new()));
        let inner = Value::Map(inner);
        below.insert(
            chart.metadata.name.clone(),
            Value::Map(object(chart, inner, release, capabilities, false)),
        );
    }
    Map::from_pairs(
        Kind::Plain,
        [
            ("Chart", chart.metadata.object(is_root)),
            ("Files", Value::Map(Map::of(Kind::Files, chart.files.clone()))),
            ("Release", release.clone()),
            ("Capabilities", capabilities.clone()),
            ("Values", values),
            ("Subcharts", Value::Map(Map::new(below))),
        ],
    )
}

/// A version of Kubernetes without what a vendor adds.
pub(super) fn normalized(version: &str) -> String {
    let numbers = numbers(version);
    format!("v{}", numbers.map(|number| number.to_string()).join("."))
}

fn numbers(version: &str) -> [u64; 3] {
    let plain = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    let mut parts = plain.split('.').map(|part| part.parse().unwrap_or_default());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

fn capabilities(given: &Capabilities) -> Value {
    let [major, minor, _] = numbers(&given.kubernetes);
    let version = if given.kubernetes.starts_with('v') {
        given.kubernetes.clone()
    } else {
        format!("v{}", given.kubernetes)
    };
    let kubernetes = Map::from_pairs(
        Kind::KubeVersion,
        [
            ("Version", Value::text(version)),
            ("Normalized", Value::text(normalized(&given.kubernetes))),
            ("Major", Value::text(major.to_string())),
            ("Minor", Value::text(minor.to_string())),
        ],
    );
    let helm = Map::from_pairs(Kind::Struct, [("Version", Value::text(given.helm.as_str()))]);
    Value::Map(Map::from_pairs(
        Kind::Struct,
        [
            ("KubeVersion", Value::Map(kubernetes)),
            ("APIVersions", Value::List(List::api_versions(&given.api_versions))),
            ("HelmVersion", Value::Map(helm)),
        ],
    ))
}
