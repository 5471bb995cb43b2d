//! Release: a Gardener minor -> what its validation knows by name, and by version of Kubernetes.
//!
//! The tables are data, read out of Gardener itself by `schemas/dump`. A rule asks them, and names no version of its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::schema::Schemas;
use crate::version;

/// The Gardener minors with tables, oldest first: those with a schema pack.
static RELEASES: [(&str, LazyLock<Release>); 3] = [
    ("1.148", LazyLock::new(|| parse(include_str!("../schemas/gardener-v1.148-tables.json")))),
    ("1.149", LazyLock::new(|| parse(include_str!("../schemas/gardener-v1.149-tables.json")))),
    ("1.150", LazyLock::new(|| parse(include_str!("../schemas/gardener-v1.150-tables.json")))),
];

fn parse(text: &str) -> Release {
    serde_json::from_str(text).expect("a test reads all committed tables")
}

/// The tables of a Gardener minor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// What Gardener itself brings.
    pub gardener: Gardener,
    /// What it knows of Kubernetes.
    pub kubernetes: Kubernetes,
}

impl Release {
    /// The tables that belong to the schemas of a Gardener minor.
    pub fn of(schemas: Schemas) -> &'static Self {
        let [.., (_, newest)] = &RELEASES;
        let own = RELEASES.iter().find(|(minor, _)| *minor == schemas.minor());
        own.map_or(newest, |(_, release)| release)
    }
}

/// What Gardener's own components know and do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gardener {
    /// The admission plugins of the gardener-apiserver, in the order it calls them.
    pub admission_plugins: Vec<String>,
    /// The feature gates that each component registers; it does not start with another one, unless that is one of a
    /// library it is built on. A component without a field for feature gates is not listed.
    pub components: BTreeMap<String, Vec<String>>,
    /// The resources that the gardener-apiserver encrypts whatever is configured, each as `resource.group`.
    pub encrypted_by_default: Vec<String>,
    /// All feature gates of all components.
    pub feature_gates: BTreeMap<String, GardenerFeatureGate>,
    /// The groups of the resources that the gardener-apiserver serves.
    pub served_groups: Vec<String>,
}

impl Gardener {
    /// Whether a component knows a feature gate.
    pub fn registers(&self, component: &str, gate: &str) -> bool {
        self.components.get(component).is_some_and(|gates| gates.iter().any(|known| known == gate))
    }

    /// Whether the gardener-apiserver serves a resource, written as `resource.group`.
    pub fn serves(&self, resource: &str) -> bool {
        let (_, group) = group_resource(resource);
        self.served_groups.iter().any(|served| served == group)
    }

    /// The components that know a feature gate.
    pub fn registering(&self, gate: &str) -> impl Iterator<Item = &str> {
        self.components.keys().map(String::as_str).filter(move |component| self.registers(component, gate))
    }

    /// Whether a resource, written as `resource.group`, is encrypted whatever is configured.
    pub fn always_encrypts(&self, resource: &str) -> bool {
        lists_resource(&self.encrypted_by_default, resource)
    }
}

/// A resource and its group, which is empty for the core group.
///
/// Upstream: k8s.io/apimachinery/pkg/runtime/schema, ParseGroupResource.
pub fn group_resource(text: &str) -> (&str, &str) {
    text.split_once('.').unwrap_or((text, ""))
}

fn lists_resource(list: &[String], resource: &str) -> bool {
    list.iter().any(|listed| group_resource(listed) == group_resource(resource))
}

/// A feature gate of Gardener.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GardenerFeatureGate {
    /// Whether it is on when nothing is said.
    pub default: bool,
    /// Whether it cannot be set to anything else.
    #[serde(default)]
    pub locked: bool,
}

/// What Gardener knows of Kubernetes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kubernetes {
    /// The admission plugins of the kube-apiserver.
    pub admission_plugins: BTreeMap<String, AdmissionPlugin>,
    /// The versions of API groups: `apps/v1`, `v1`.
    pub api_group_versions: BTreeMap<String, Api>,
    /// The resources in them: `apps/v1/deployments`, `v1/pods`.
    pub api_resources: BTreeMap<String, Api>,
    /// The fields of the cluster-autoscaler that list taints.
    pub cluster_autoscaler_taints: BTreeMap<String, Lifetime>,
    /// The resources that a kube-apiserver of Gardener encrypts whatever is configured, each as `resource.group`.
    pub encrypted_by_default: Vec<String>,
    /// The ways of encrypting resources in etcd.
    pub encryption_providers: Vec<String>,
    /// The feature gates of all components of Kubernetes.
    pub feature_gates: BTreeMap<String, FeatureGate>,
    /// The minors that Gardener supports, oldest first.
    pub supported: Vec<Minor>,
    /// The feature gates of the vertical pod autoscaler.
    pub vpa_feature_gates: Vec<String>,
}

impl Kubernetes {
    /// Whether Gardener supports a minor.
    pub fn supports(&self, minor: Minor) -> bool {
        self.supported.contains(&minor)
    }

    /// Whether a resource, written as `resource.group`, is encrypted whatever is configured.
    pub fn always_encrypts(&self, resource: &str) -> bool {
        lists_resource(&self.encrypted_by_default, resource)
    }
}

/// The minors of Kubernetes that know something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Lifetime {
    /// The first minor, if Gardener knows of any without it.
    pub added: Option<Minor>,
    /// The first minor without it again.
    pub removed: Option<Minor>,
}

impl Lifetime {
    /// Whether a minor knows it.
    pub fn contains(self, minor: Minor) -> bool {
        self.added.is_none_or(|added| added <= minor) && self.removed.is_none_or(|removed| minor < removed)
    }
}

/// Written as what follows `exists`: `since Kubernetes 1.29`.
impl fmt::Display for Lifetime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.added, self.removed) {
            (Some(added), None) => write!(formatter, "since Kubernetes {added}"),
            (None, Some(removed)) => write!(formatter, "before Kubernetes {removed}"),
            (Some(added), Some(removed)) => {
                write!(formatter, "from Kubernetes {added} until before {removed}")
            }
            (None, None) => formatter.write_str("in every version of Kubernetes"),
        }
    }
}

/// A feature gate of Kubernetes.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct FeatureGate {
    /// The minors that know it.
    #[serde(flatten)]
    pub lifetime: Lifetime,
    /// From when on it can have only one value.
    pub locked: Option<Lock>,
}

/// A feature gate that can have only one value.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The first minor that holds it.
    pub since: Minor,
    /// The value.
    pub to: bool,
}

/// An admission plugin of the kube-apiserver.
#[expect(clippy::struct_excessive_bools, reason = "four independent columns of a table")]
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct AdmissionPlugin {
    /// The minors that know it.
    #[serde(flatten)]
    pub lifetime: Lifetime,
    /// Whether it reads a configuration.
    #[serde(default)]
    pub configurable: bool,
    /// Whether Gardener does not let it be used.
    #[serde(default)]
    pub forbidden: bool,
    /// Whether it calls webhooks, for which it may be given a kubeconfig.
    #[serde(default)]
    pub kubeconfig: bool,
    /// Whether it cannot be disabled.
    #[serde(default)]
    pub required: bool,
}

/// A version of an API group, or a resource in it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// The minors that know it.
    #[serde(flatten)]
    pub lifetime: Lifetime,
    /// Whether a cluster with workers cannot be without it.
    #[serde(default)]
    pub required: bool,
    /// Whether a cluster without workers cannot be without it.
    #[serde(default)]
    pub required_workerless: bool,
}

/// A minor version of Kubernetes: `1.34`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Minor {
    major: u64,
    minor: u64,
}

impl Minor {
    /// The minor version of this number.
    pub const fn new(major: u64, minor: u64) -> Self {
        Self { major, minor }
    }

    /// The minor of a version, whatever its suffix; nothing for what is no version.
    ///
    /// Upstream: pkg/utils/version/version.go, Normalize.
    pub fn of(text: &str) -> Option<Self> {
        let bare = if text.contains('v') { Cow::Owned(text.replace('v', "")) } else { Cow::Borrowed(text) };
        let bare = bare.split(['-', '+', '~']).next().unwrap_or_default();
        version::parse(bare).map(|version| Self::new(version.major, version.minor))
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

impl TryFrom<String> for Minor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::of(&text).ok_or_else(|| format!("`{text}` is no version"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_gardener_with_schemas_has_tables() {
        let minors: Vec<&str> = RELEASES.iter().map(|(minor, _)| *minor).collect();
        assert_eq!(minors, Schemas::supported());
        for (minor, release) in &RELEASES {
            assert!(release.kubernetes.supports(Minor::new(1, 34)), "{minor}");
        }
    }

    #[test]
    fn packs_and_tables_know_the_same_names() {
        for (minor, release) in &RELEASES {
            let schemas = Schemas::for_gardener(minor).expect("there is a pack for each release");
            let allowed = |kind: &str, group: &str, pointer: &str| -> BTreeSet<String> {
                let document = schemas.document(group, kind).expect("the pack has the kind");
                let names = document.pointer(pointer).and_then(|names| names.as_array().cloned());
                names.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
            };
            let plugins = allowed(
                "Garden",
                "operator.gardener.cloud/v1alpha1",
                "/$defs/operator.gardener.cloud.v1alpha1.Garden/properties/spec/properties/virtualCluster\
                 /properties/gardener/properties/gardenerAPIServer/properties/admissionPlugins/items\
                 /properties/name/enum",
            );
            assert_eq!(plugins, release.gardener.admission_plugins.iter().cloned().collect(), "{minor}");
            let providers = allowed(
                "Shoot",
                "core.gardener.cloud/v1beta1",
                "/$defs/core.v1beta1.EncryptionProvider/properties/type/enum",
            );
            assert_eq!(
                providers,
                release.kubernetes.encryption_providers.iter().cloned().collect(),
                "{minor}"
            );
        }
    }

    #[test]
    fn the_newest_tables_stand_in_for_unknown_ones() {
        let [.., (_, newest)] = &RELEASES;
        assert!(std::ptr::eq(Release::of(Schemas::newest()), &raw const **newest));
    }

    #[test]
    fn a_lifetime_ends_before_the_minor_that_removes() {
        let lifetime = Lifetime { added: Minor::of("1.32"), removed: Minor::of("1.35") };
        let contains = |text: &str| Minor::of(text).map(|minor| lifetime.contains(minor));
        assert_eq!(contains("v1.32.0-rc.1"), Some(true));
        assert_eq!(contains("1.34.9"), Some(true));
        assert_eq!(contains("1.35.0"), Some(false));
        assert_eq!(contains("1.31.9"), Some(false));
        assert_eq!(contains("latest"), None);
        assert_eq!(lifetime.to_string(), "from Kubernetes 1.32 until before 1.35");
    }

    #[test]
    fn components_know_their_own_gates_only() {
        let gardener = &Release::of(Schemas::newest()).gardener;
        assert!(gardener.registers("gardenlet", "DefaultSeccompProfile"));
        assert!(!gardener.registers("gardener-apiserver", "DefaultSeccompProfile"));
        assert!(gardener.serves("shoots.core.gardener.cloud") && !gardener.serves("secrets"));
    }
}
