//! Plan: Checked -> Plan. Which unit applies which object, on which cluster, by which way, after which other unit.
//!
//! Units and their names follow the ones that Gardener's landscape kit uses, so that a running landscape can be taken over
//! without deleting anything. Objects that must not be applied together are in different units.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;

use crate::check::Checked;
use crate::identity::Identity;
use crate::kind::{Cluster, Delivery, GARDEN_NAMESPACE, delivery};
use crate::landscape::{Landscape, Object, Operator, Settings};
use crate::order;
use crate::source::Span;
use crate::spec::Section;
use crate::syntax::Node;
use crate::view::Project;

/// The Secret through which Flux reaches the virtual garden.
pub const ACCESS_SECRET: &str = "shoot-access-virtual-garden-flux";
/// The unit whose objects the root Kustomization applies itself.
pub const ROOT_UNIT: &str = "landscape";

const OPERATOR: &str = "gardener-operator";
const ACCESS: &str = "virtual-garden-access";
const ACCESS_RIGHTS: &str = "virtual-garden-access-flux";
/// The ServiceAccount that Flux uses in the virtual garden; the resource-manager creates it with the token.
const ACCESS_ACCOUNT: &str = "gardener.cloud.system.gardener-landscape-kit.flux";

/// The units of a landscape in the order they become ready.
#[derive(Debug)]
pub struct Plan<'a> {
    /// What `landscape.yaml` says.
    pub settings: &'a Settings,
    /// The units.
    pub units: Vec<Unit<'a>>,
}

/// Objects that are applied together.
#[derive(Debug)]
pub struct Unit<'a> {
    /// The name of its Kustomization.
    pub name: String,
    /// Where its objects live.
    pub cluster: Cluster,
    /// How they get there.
    pub delivery: Delivery,
    /// The units that must be ready before.
    pub depends_on: Vec<String>,
    /// The objects, ordered by identity.
    pub objects: Vec<Cow<'a, Object>>,
}

/// The kinds of units, in the order they become ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Root,
    Operator,
    RuntimeResources,
    Extension,
    Garden,
    AccessRights,
    Access,
    CloudProfiles,
    GardenResources,
    GardenConfig,
    Projects,
    ProjectSecrets,
    ProjectResources,
    ProjectBindings,
    Seeds,
    Shoots,
    ManagedSeeds,
}

/// Sorts units: stage by stage, but shoots and managed seeds storey by storey.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    storey: usize,
    stage: Stage,
    name: String,
}

/// Plans a landscape.
pub fn plan(checked: &Checked) -> Plan<'_> {
    let landscape = checked.landscape();
    let planner = Planner::new(landscape);
    let mut units: BTreeMap<Key, Vec<Cow<'_, Object>>> = BTreeMap::new();
    for object in &landscape.objects {
        units
            .entry(planner.key(object))
            .or_default()
            .push(Cow::Borrowed(object));
    }
    planner.derive(&mut units);
    let edges: Vec<(Key, BTreeSet<Key>)> = units
        .keys()
        .map(|key| (key.clone(), ground(key, units.keys())))
        .collect();
    let reach = reachable(&edges);
    let units = units
        .into_iter()
        .zip(edges)
        .map(|((key, mut objects), (_, ground))| {
            objects.sort_by(|one, other| one.identity.cmp(&other.identity));
            let (cluster, delivery) = key.stage.way();
            Unit {
                name: key.name,
                cluster,
                delivery,
                depends_on: direct(&ground, &reach),
                objects,
            }
        })
        .collect();
    Plan {
        settings: &landscape.settings,
        units,
    }
}

impl Stage {
    /// Where the objects of such a unit live, and how they get there.
    fn way(self) -> (Cluster, Delivery) {
        match self {
            Self::Root
            | Self::Operator
            | Self::RuntimeResources
            | Self::Extension
            | Self::Garden
            | Self::Access => (Cluster::Runtime, Delivery::Flux),
            Self::GardenConfig | Self::Projects | Self::ProjectSecrets | Self::Shoots => {
                (Cluster::VirtualGarden, Delivery::Flux)
            }
            Self::AccessRights
            | Self::CloudProfiles
            | Self::GardenResources
            | Self::ProjectResources
            | Self::ProjectBindings
            | Self::Seeds
            | Self::ManagedSeeds => (Cluster::VirtualGarden, Delivery::Bundle),
        }
    }

    /// The stages that must be ready before this one.
    fn after(self) -> &'static [Self] {
        match self {
            Self::Root | Self::Operator => &[],
            Self::RuntimeResources | Self::Extension => &[Self::Operator],
            Self::Garden => &[Self::Operator, Self::RuntimeResources],
            Self::AccessRights | Self::CloudProfiles | Self::GardenResources => &[Self::Garden],
            // Taken over from the landscape kit, the rights must have changed hands before their old unit is pruned.
            Self::Access => &[Self::Garden, Self::AccessRights],
            Self::GardenConfig => &[Self::Access, Self::Garden],
            Self::Projects => &[Self::Access, Self::GardenResources],
            Self::ProjectSecrets => &[Self::Access, Self::GardenConfig, Self::Projects],
            Self::ProjectResources => &[
                Self::Garden,
                Self::GardenConfig,
                Self::Projects,
                Self::CloudProfiles,
            ],
            Self::ProjectBindings => &[
                Self::ProjectSecrets,
                Self::ProjectResources,
                Self::Projects,
                Self::Garden,
            ],
            Self::Seeds => &[
                Self::Garden,
                Self::GardenConfig,
                Self::GardenResources,
                Self::ProjectSecrets,
                Self::ProjectResources,
            ],
            Self::Shoots => &[
                Self::Access,
                Self::CloudProfiles,
                Self::GardenResources,
                Self::GardenConfig,
                Self::Projects,
                Self::ProjectBindings,
                Self::Seeds,
                Self::ManagedSeeds,
            ],
            Self::ManagedSeeds => &[
                Self::Garden,
                Self::ProjectSecrets,
                Self::ProjectResources,
                Self::Shoots,
            ],
        }
    }
}

struct Planner<'a> {
    landscape: &'a Landscape,
    /// The project of every namespace.
    projects: HashMap<&'a str, &'a str>,
    storeys: HashMap<Identity, usize>,
}

impl<'a> Planner<'a> {
    fn new(landscape: &'a Landscape) -> Self {
        let projects = landscape.of_kind("Project").filter_map(|object| {
            let namespace = Project::of(object).namespace()?.as_str();
            Some((namespace, object.identity.name.as_str()))
        });
        let storeys = order::storeys(landscape).expect("a checked landscape has no cycle");
        Self {
            landscape,
            projects: projects.collect(),
            storeys,
        }
    }

    fn key(&self, object: &Object) -> Key {
        let identity = &object.identity;
        let storey = self.storeys.get(identity).copied().unwrap_or_default();
        let (stage, name) = match cluster_of(object) {
            Cluster::Runtime => runtime_unit(object),
            Cluster::VirtualGarden => self.virtual_unit(object),
        };
        let name = if storey == 0 {
            name
        } else {
            format!("{name}-{}", storey + 1)
        };
        Key { storey, stage, name }
    }

    fn virtual_unit(&self, object: &Object) -> (Stage, String) {
        let identity = &object.identity;
        let namespace = identity.namespace.as_deref().unwrap_or_default();
        let forced = object.annotation("landscape.gardener.cloud/delivery") == Some("bundle");
        let named = |stage, name: &str| (stage, name.to_owned());
        match &*identity.kind {
            "CloudProfile" => named(Stage::CloudProfiles, "cloud-profiles"),
            "Project" | "Namespace" if &*identity.name == GARDEN_NAMESPACE => {
                named(Stage::GardenConfig, "garden-config")
            }
            "Project" if !forced => named(Stage::Projects, "projects"),
            "Shoot" if !forced => {
                let project = self.projects.get(namespace).copied();
                let project = project.unwrap_or_else(|| namespace.trim_start_matches("garden-"));
                (Stage::Shoots, format!("shoots-{project}"))
            }
            "Secret" | "InternalSecret" => named(Stage::ProjectSecrets, "project-secrets"),
            _ if object.sealed.is_some() => named(Stage::ProjectSecrets, "project-secrets"),
            "CredentialsBinding" | "SecretBinding" => named(Stage::ProjectBindings, "project-bindings"),
            "Gardenlet" => named(Stage::Seeds, "seeds"),
            "ManagedSeed" | "ManagedSeedSet" => named(Stage::ManagedSeeds, "managed-seeds"),
            _ if namespace.is_empty() => named(Stage::GardenResources, "garden-resources"),
            _ => named(Stage::ProjectResources, "project-resources"),
        }
    }

    /// Adds what the landscape needs and nobody writes: the operator, the namespace, the way into the virtual garden.
    fn derive(&self, units: &mut BTreeMap<Key, Vec<Cow<'a, Object>>>) {
        let mut add = |stage, name: &str, object: serde_json::Value| {
            let key = Key {
                storey: 0,
                stage,
                name: name.to_owned(),
            };
            let objects = units.entry(key).or_default();
            let object = derived(&object);
            if !objects.iter().any(|known| known.identity == object.identity) {
                objects.push(Cow::Owned(object));
            }
        };
        add(
            Stage::Root,
            ROOT_UNIT,
            json!({
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": GARDEN_NAMESPACE},
            }),
        );
        if let Some(operator) = &self.landscape.settings.operator {
            for object in operator_objects(operator, &self.landscape.settings.delivery.interval) {
                add(Stage::Operator, OPERATOR, object);
            }
        }
        let reaches_virtual_garden = self
            .landscape
            .objects
            .iter()
            .any(|object| self.key(object).stage.way() == (Cluster::VirtualGarden, Delivery::Flux));
        if reaches_virtual_garden {
            add(Stage::Access, ACCESS, access_secret());
            add(Stage::AccessRights, ACCESS_RIGHTS, access_rights());
        }
    }
}

/// The annotation, then the kind, then the section decide on the cluster.
fn cluster_of(object: &Object) -> Cluster {
    match object.annotation("landscape.gardener.cloud/cluster") {
        Some("runtime") => return Cluster::Runtime,
        Some("virtual-garden") => return Cluster::VirtualGarden,
        _ => {}
    }
    // These kinds live on either cluster.
    let shared = matches!(
        object.identity.group(),
        "" | "networking.k8s.io" | "rbac.authorization.k8s.io"
    );
    match delivery(&object.identity) {
        Some((cluster, _)) if !shared => cluster,
        _ if matches!(object.section, Some(Section::Garden | Section::Extensions)) => Cluster::Runtime,
        _ => Cluster::VirtualGarden,
    }
}

/// The unit of an object in the runtime cluster.
fn runtime_unit(object: &Object) -> (Stage, String) {
    let identity = &object.identity;
    if identity.is("operator.gardener.cloud", "Extension") {
        return (Stage::Extension, format!("extension-{}", identity.name));
    }
    if object.section == Some(Section::Garden) || identity.is("operator.gardener.cloud", "Garden") {
        return (Stage::Garden, "garden".to_owned());
    }
    if identity.is("", "Namespace") && identity.name == GARDEN_NAMESPACE {
        return (Stage::Root, ROOT_UNIT.to_owned());
    }
    (Stage::RuntimeResources, "runtime-resources".to_owned())
}

fn derived(object: &serde_json::Value) -> Object {
    let root = Node::from_json(object, Span::default());
    Object::derived(root)
}

/// The chart of the operator, and the release of it.
fn operator_objects(operator: &Operator, interval: &str) -> [serde_json::Value; 2] {
    let reference = operator.chart.as_str().unwrap_or_default();
    let (repository, version) = split_reference(reference);
    let source = json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": OPERATOR, "namespace": GARDEN_NAMESPACE},
        "spec": {
            "interval": interval,
            "layerSelector": {
                "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                "operation": "copy",
            },
            "ref": version,
            "url": format!("oci://{repository}"),
        },
    });
    let release = json!({
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": OPERATOR, "namespace": GARDEN_NAMESPACE},
        "spec": {
            "chartRef": {"kind": "OCIRepository", "name": OPERATOR},
            "install": {"crds": "CreateReplace"},
            "interval": interval,
            "upgrade": {"crds": "CreateReplace"},
            "values": operator.values.as_ref().map_or_else(|| json!({}), Node::to_json),
        },
    });
    [source, release]
}

/// Repository, and tag or digest as Flux names them; a digest wins.
fn split_reference(reference: &str) -> (&str, serde_json::Value) {
    let reference = reference.trim_start_matches("oci://");
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    let version = match (digest, tag) {
        (Some(digest), _) => json!({"digest": digest}),
        (None, Some(tag)) => json!({"tag": tag}),
        (None, None) => json!({}),
    };
    (repository, version)
}

/// The Secret into which the resource-manager writes a token for Flux.
///
/// Flux creates it and leaves it alone from then on: applied again, it would take the token away every time.
fn access_secret() -> serde_json::Value {
    let kubeconfig = "\
apiVersion: v1
kind: Config
clusters:
- name: virtual-garden
  cluster:
    server: https://virtual-garden-kube-apiserver.garden.svc.cluster.local.
contexts:
- name: virtual-garden
  context:
    cluster: virtual-garden
    user: flux
current-context: virtual-garden
users:
- name: flux
  user: {}
";
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "annotations": {
                "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent",
                "serviceaccount.resources.gardener.cloud/inject-ca-bundle": "true",
                "serviceaccount.resources.gardener.cloud/name": ACCESS_ACCOUNT,
                "serviceaccount.resources.gardener.cloud/namespace": "kube-system",
                "serviceaccount.resources.gardener.cloud/token-expiration-duration": "3h",
            },
            "labels": {
                "resources.gardener.cloud/class": "shoot",
                "resources.gardener.cloud/purpose": "token-requestor",
            },
            "name": ACCESS_SECRET,
            "namespace": GARDEN_NAMESPACE,
        },
        "stringData": {"kubeconfig": kubeconfig},
        "type": "Opaque",
    })
}

/// Flux applies objects of every kind, so it is an administrator of the virtual garden.
fn access_rights() -> serde_json::Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "gardener.cloud:system:gardener-landscape-kit:flux"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": ACCESS_ACCOUNT, "namespace": "kube-system"}],
    })
}

/// The units that must be ready before a unit: those of earlier stages, as far up as its storey.
fn ground<'k>(key: &Key, all: impl Iterator<Item = &'k Key>) -> BTreeSet<Key> {
    all.filter(|other| {
        let before = key.stage.after().contains(&other.stage);
        match (key.stage, other.stage) {
            // A shoot of a storey stands on the managed seeds of the one below, those on the shoots of their own.
            (Stage::Shoots, Stage::ManagedSeeds) => before && other.storey < key.storey,
            (Stage::ManagedSeeds, Stage::Shoots) => {
                before && other.storey == key.storey && other.name.starts_with("shoots-garden")
            }
            _ => before,
        }
    })
    .cloned()
    .collect()
}

/// Everything below each unit; the units come in an order in which the ground comes first.
fn reachable(edges: &[(Key, BTreeSet<Key>)]) -> BTreeMap<Key, BTreeSet<Key>> {
    let mut reach: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    for (key, ground) in edges {
        let mut all = ground.clone();
        all.extend(ground.iter().filter_map(|key| reach.get(key)).flatten().cloned());
        reach.insert(key.clone(), all);
    }
    reach
}

/// The ground without what another part of the ground stands on already.
fn direct(ground: &BTreeSet<Key>, reach: &BTreeMap<Key, BTreeSet<Key>>) -> Vec<String> {
    let implied = |key: &Key| {
        ground
            .iter()
            .filter_map(|other| reach.get(other))
            .any(|below| below.contains(key))
    };
    let mut names: Vec<String> = ground
        .iter()
        .filter(|key| !implied(key))
        .map(|key| key.name.clone())
        .collect();
    names.sort();
    names
}
