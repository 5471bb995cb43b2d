//! What rules may ask about the landscape around the object they judge.

use std::collections::HashMap;
use std::sync::OnceLock;

use ecow::EcoString;
use rayon::prelude::*;

use super::domain::{self, DefaultDomains};
use super::offer::Offer;
use super::policy::Policies;
use super::quota::usage::Usage;
use super::scheduling::Seeds;
use super::{shoot, structure};
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::{Landscape, Object};
use crate::release::Release;
use crate::schema::Schemas;
use crate::syntax::Node;
use crate::view::{CloudProfile, Configuration, Project, SeedTemplate, Shoot};

/// The landscape, the day, and what many rules look up.
pub struct Scope<'a> {
    /// All objects.
    pub landscape: &'a Landscape,
    /// The day that versions must be valid on.
    pub at: time::Date,
    /// The schemas of the landscape's Gardener version.
    pub schemas: Schemas,
    /// What that version knows by name and by version of Kubernetes.
    pub release: &'static Release,
    /// What CloudProfiles offer, by kind, namespace and name; worked out when a rule first asks for one.
    offers: HashMap<(EcoString, EcoString, EcoString), OnceLock<Option<Offer>>>,
    /// The project of each namespace; the first, should several claim it.
    projects: HashMap<&'a str, Project<'a>>,
    /// What all shoots take out of all quotas; summed up when a shoot with a quota first asks.
    usage: OnceLock<Usage>,
    /// Which ConfigMaps are policies, and of whom; worked out when a ConfigMap first asks.
    policies: OnceLock<Policies>,
    /// What each object carries for extensions, in the order of the objects.
    pub(super) configurations: Vec<Vec<Configuration<'a>>>,
    /// The seeds.
    seeds: Seeds<'a>,
    /// The domains that shoots get theirs from.
    default_domains: DefaultDomains<'a>,
}

/// The kinds of objects that bring a seed of their own name into being.
const SEED_KINDS: [(&str, &str); 3] =
    [("Seed", ""), ("Gardenlet", GARDEN_NAMESPACE), ("ManagedSeed", GARDEN_NAMESPACE)];

impl<'a> Scope<'a> {
    /// What rules may ask about a landscape on a day.
    pub fn new(landscape: &'a Landscape, at: time::Date, schemas: Schemas) -> Self {
        let profiles = landscape.of_kind("CloudProfile").chain(landscape.of_kind("NamespacedCloudProfile"));
        let key = |Object { identity, .. }: &Object| {
            let namespace = identity.namespace.clone().unwrap_or_default();
            (identity.kind.clone(), namespace, identity.name.clone())
        };
        let mut projects = HashMap::new();
        for project in landscape.of_kind("Project").map(Project::of) {
            if let Some(namespace) = project.namespace() {
                projects.entry(namespace.as_str()).or_insert(project);
            }
        }
        let seeds = Seeds::of(landscape);
        let configurations =
            landscape.objects.par_iter().map(|object| Configuration::in_object(object).collect());
        Self {
            landscape,
            at,
            schemas,
            release: Release::of(schemas),
            projects,
            configurations: configurations.collect(),
            usage: OnceLock::new(),
            policies: OnceLock::new(),
            default_domains: DefaultDomains::of(landscape, &seeds),
            seeds,
            offers: profiles.map(|profile| (key(profile), OnceLock::new())).collect(),
        }
    }

    /// What rules may ask about a landscape of which the structure has been judged.
    pub fn of(landscape: &'a Landscape, at: time::Date) -> Self {
        Self::new(landscape, at, structure::schemas(landscape, &mut Vec::new()))
    }

    /// Whether an object that is not here is missing; in a part of a landscape it may be elsewhere.
    pub fn complete(&self) -> bool {
        self.landscape.complete
    }

    /// The project that a namespace belongs to.
    pub fn project(&self, namespace: &str) -> Option<Project<'a>> {
        self.projects.get(namespace).copied()
    }

    /// What all shoots take out of all quotas.
    pub(super) fn usage(&self) -> &Usage {
        self.usage.get_or_init(|| Usage::of(self))
    }

    /// Which ConfigMaps are policies.
    pub(super) fn policies(&self) -> &Policies {
        self.policies.get_or_init(|| Policies::of(self))
    }

    /// The object that brings a seed into being.
    pub fn seed(&self, name: &str) -> Option<&'a Object> {
        SEED_KINDS
            .iter()
            .find_map(|(kind, namespace)| self.landscape.find(kind, namespace, name))
            .or_else(|| self.seed_set(name))
    }

    /// What a seed is made of.
    pub fn seed_template(&self, name: &str) -> Option<SeedTemplate<'a>> {
        self.seed(name).and_then(SeedTemplate::in_object)
    }

    /// Whether a feature gate of Gardener's API server that is off by default is on, and what says so; nothing without a
    /// Garden.
    pub fn feature_gate(&self, name: &str) -> Option<(bool, &'a Node)> {
        shoot::update::gate(self.landscape, name)
    }

    /// The domains that Gardener may give to a shoot without one.
    pub fn given_domains(&self, shoot: Shoot<'_>) -> Vec<String> {
        domain::given_domains(shoot, self)
    }

    /// Whether a domain lies below one that shoots get theirs from.
    pub fn is_below_default(&self, shoot: Shoot<'_>, name: &str) -> bool {
        domain::is_below_default(shoot, name, self)
    }

    /// All seeds, as the scheduler sees them.
    pub(super) fn seeds(&self) -> &Seeds<'a> {
        &self.seeds
    }

    /// The domains that shoots without one of their own get theirs from.
    pub(super) fn default_domains(&self) -> &DefaultDomains<'a> {
        &self.default_domains
    }

    /// The default domains that Secrets tell of, for all seeds that have none of their own.
    pub fn global_domains(&self) -> impl Iterator<Item = &'a str> {
        self.default_domains.of_secrets()
    }

    /// The names of all seeds, as far as they are known before a ManagedSeedSet has counted its own.
    pub fn seed_names(&self) -> impl Iterator<Item = &'a str> {
        SEED_KINDS
            .iter()
            .flat_map(|(kind, _)| self.landscape.of_kind(kind))
            .map(|object| object.identity.name.as_str())
    }

    /// The ManagedSeedSet that makes a seed: it appends a number to its own name.
    fn seed_set(&self, name: &str) -> Option<&'a Object> {
        let (set, number) = name.rsplit_once('-')?;
        number.parse::<u32>().ok()?;
        self.landscape.find("ManagedSeedSet", GARDEN_NAMESPACE, set)
    }

    /// The CloudProfile a shoot is made after, as it is declared.
    pub fn cloud_profile(&self, shoot: Shoot<'_>) -> Option<CloudProfile<'a>> {
        let (kind, namespace, name) = cloud_profile_of(shoot)?;
        self.landscape.find(kind, namespace, name).map(CloudProfile::of)
    }

    /// What the CloudProfile of a shoot offers; nothing when it, or the parent it extends, is not here.
    pub fn offer(&self, shoot: Shoot<'_>) -> Option<&Offer> {
        let (kind, namespace, name) = cloud_profile_of(shoot)?;
        self.offer_of(kind, namespace, name)
    }

    /// What a CloudProfile, or a NamespacedCloudProfile with its parent, offers; nothing when one of them is not here.
    pub fn offer_of(&self, kind: &str, namespace: &str, name: &str) -> Option<&Offer> {
        let offer = self.offers.get(&(kind.into(), namespace.into(), name.into()))?;
        let offer = offer.get_or_init(|| {
            let profile = self.landscape.find(kind, namespace, name)?;
            if kind == "CloudProfile" {
                return Some(Offer::of(profile));
            }
            Some(Offer::of_both(self.parent(CloudProfile::of(profile))?.object, profile))
        });
        offer.as_ref()
    }

    /// The CloudProfile that a NamespacedCloudProfile extends.
    pub fn parent(&self, profile: CloudProfile<'_>) -> Option<CloudProfile<'a>> {
        let name = profile.parent()?.name()?;
        self.landscape.find("CloudProfile", "", &name).map(CloudProfile::of)
    }
}

/// Kind, namespace and name of the CloudProfile that a shoot refers to.
///
/// Upstream: pkg/utils/gardener/cloudprofile.go, BuildCoreCloudProfileReference.
pub fn cloud_profile_of(shoot: Shoot<'_>) -> Option<(&str, &str, &str)> {
    let reference = shoot.cloud_profile();
    let kind = reference.and_then(|reference| reference.kind());
    let name = reference.and_then(|reference| reference.name()).or(shoot.cloud_profile_name())?;
    let kind = kind.map_or("CloudProfile", |kind| kind.as_str());
    let namespace = match kind {
        "CloudProfile" => "",
        _ => shoot.object.identity.namespace.as_deref().unwrap_or_default(),
    };
    Some((kind, namespace, name.as_str()))
}
