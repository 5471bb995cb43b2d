//! Plan: Checked -> Plan. Which unit applies which object, on which cluster, by which way, after which other unit.
//!
//! Units and their names follow the ones that Gardener's landscape kit uses, so that a running landscape can be taken over
//! without deleting anything. Objects that must not be applied together are in different units.

mod derive;

pub use derive::own_repository;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::check::Checked;
use crate::identity::Identity;
use crate::kind::{self, Cluster, Delivery, GARDEN_NAMESPACE};
use crate::landscape::{DELIVERY_ANNOTATION, Landscape, Object, Settings};
use crate::order;
use crate::spec::Section;
use crate::view::Project;

/// The Secret through which Flux reaches the virtual garden.
pub const ACCESS_SECRET: &str = "shoot-access-virtual-garden-flux";
/// The unit whose objects the root Kustomization applies itself.
pub const ROOT_UNIT: &str = "landscape";
/// The unit of the access Secret.
pub const ACCESS: &str = "virtual-garden-access";

const OPERATOR: &str = "gardener-operator";
const ACCESS_RIGHTS: &str = "virtual-garden-access-flux";

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
    Applied,
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
        units.entry(planner.key(object)).or_default().push(Cow::Borrowed(object));
    }
    planner.derive(&mut units);
    let edges: Vec<(Key, BTreeSet<Key>)> =
        units.keys().map(|key| (key.clone(), ground(key, units.keys()))).collect();
    let reach = reachable(&edges);
    let units = units
        .into_iter()
        .zip(edges)
        .map(|((key, mut objects), (_, ground))| {
            objects.sort_by(|one, other| one.identity.cmp(&other.identity));
            let (cluster, delivery) = key.stage.way();
            Unit { name: key.name, cluster, delivery, depends_on: direct(&ground, &reach), objects }
        })
        .collect();
    Plan { settings: &landscape.settings, units }
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
            Self::GardenConfig | Self::Projects | Self::ProjectSecrets | Self::Applied | Self::Shoots => {
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
            Self::ProjectSecrets | Self::Applied => &[Self::Access, Self::GardenConfig, Self::Projects],
            Self::ProjectResources => {
                &[Self::Garden, Self::GardenConfig, Self::Projects, Self::CloudProfiles]
            }
            Self::ProjectBindings => {
                &[Self::Applied, Self::ProjectSecrets, Self::ProjectResources, Self::Projects, Self::Garden]
            }
            Self::Seeds => &[
                Self::Garden,
                Self::GardenConfig,
                Self::GardenResources,
                Self::ProjectSecrets,
                Self::ProjectResources,
            ],
            Self::Shoots => &[
                Self::Access,
                Self::Applied,
                Self::CloudProfiles,
                Self::GardenResources,
                Self::GardenConfig,
                Self::Projects,
                Self::ProjectBindings,
                Self::Seeds,
                Self::ManagedSeeds,
            ],
            Self::ManagedSeeds => &[Self::Garden, Self::ProjectSecrets, Self::ProjectResources, Self::Shoots],
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
        Self { landscape, projects: projects.collect(), storeys }
    }

    fn key(&self, object: &Object) -> Key {
        let identity = &object.identity;
        let storey = self.storeys.get(identity).copied().unwrap_or_default();
        let (stage, name) = match object.cluster() {
            Cluster::Runtime => runtime_unit(object),
            Cluster::VirtualGarden => self.virtual_unit(object),
        };
        // No project has two hyphens in a row in its name.
        let name = if storey == 0 { name } else { format!("{name}--{}", storey + 1) };
        Key { storey, stage, name }
    }

    fn virtual_unit(&self, object: &Object) -> (Stage, String) {
        let identity = &object.identity;
        let namespace = identity.namespace.as_deref().unwrap_or_default();
        let asked = object.annotation(DELIVERY_ANNOTATION);
        let forced = asked == Some("bundle");
        let named = |stage, name: &str| (stage, name.to_owned());
        // Another group may have a kind of the same name.
        let kind = kind::facts(identity.group(), &identity.kind).map_or("", |facts| facts.kind);
        match kind {
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
            _ if asked == Some("flux") => named(Stage::Applied, "applied-resources"),
            "CloudProfile" => named(Stage::CloudProfiles, "cloud-profiles"),
            "CredentialsBinding" | "SecretBinding" => named(Stage::ProjectBindings, "project-bindings"),
            "Gardenlet" => named(Stage::Seeds, "seeds"),
            "ManagedSeed" | "ManagedSeedSet" => named(Stage::ManagedSeeds, "managed-seeds"),
            _ if namespace.is_empty() => named(Stage::GardenResources, "garden-resources"),
            _ => named(Stage::ProjectResources, "project-resources"),
        }
    }

    /// Adds what the landscape needs and nobody writes, unless somebody did.
    fn derive(&self, units: &mut BTreeMap<Key, Vec<Cow<'a, Object>>>) {
        let mut add = |stage, name: &str, object: Object| {
            let objects = units.entry(Key { storey: 0, stage, name: name.to_owned() }).or_default();
            if !objects.iter().any(|known| known.identity == object.identity) {
                objects.push(Cow::Owned(object));
            }
        };
        add(Stage::Root, ROOT_UNIT, derive::namespace());
        let settings = &self.landscape.settings;
        if let Some(operator) = &settings.operator {
            for object in derive::operator(operator, &settings.delivery) {
                add(Stage::Operator, OPERATOR, object);
            }
        }
        let mut ways = self.landscape.objects.iter().map(|object| self.key(object).stage.way());
        if ways.any(|way| way == (Cluster::VirtualGarden, Delivery::Flux)) {
            add(Stage::Access, ACCESS, derive::access_secret());
            add(Stage::AccessRights, ACCESS_RIGHTS, derive::access_rights());
        }
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
    let implied =
        |key: &Key| ground.iter().filter_map(|other| reach.get(other)).any(|below| below.contains(key));
    let mut names: Vec<String> =
        ground.iter().filter(|key| !implied(key)).map(|key| key.name.clone()).collect();
    names.sort();
    names
}
