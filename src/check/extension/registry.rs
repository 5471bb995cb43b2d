//! What is registered: kinds and types of resources, and the extensions that take care of them.

use std::collections::BTreeMap;

use crate::kind;
use crate::landscape::Landscape;
use crate::syntax::Node;
use crate::view::{Supplier, Supply, Text};

/// A kind and type that an extension takes care of.
pub(super) struct Registered<'a> {
    /// Whether it is the one that is responsible.
    pub(super) primary: bool,
    /// Whether it may be used without workers.
    pub(super) workerless: bool,
    /// The kinds of clusters it is for; all of them when there are none.
    clusters: Vec<&'a str>,
    /// Where it is written.
    pub(super) node: &'a Node,
}

impl<'a> Registered<'a> {
    /// Upstream: pkg/apis/core/v1beta1/defaults_controllerregistration.go, SetDefaults_ControllerResource.
    fn of(supply: Supply<'a>) -> Self {
        let mut clusters: Vec<&str> = supply.clusters().map(Text::as_str).collect();
        // The gardener-operator keeps what is for a Garden to itself.
        clusters.retain(|cluster| *cluster != "garden");
        if clusters.is_empty() && supply.kind().is_some_and(|kind| &*kind == EXTENSION) {
            clusters.push("shoot");
        }
        Self {
            primary: supply.primary().unwrap_or(true),
            workerless: supply.workerless().unwrap_or_default(),
            clusters,
            node: supply.type_name().map_or(supply.node(), |name| name.node),
        }
    }

    /// Whether it is for a kind of cluster.
    pub(super) fn is_for(&self, cluster: &str) -> bool {
        cluster.is_empty() || self.clusters.is_empty() || self.clusters.contains(&cluster)
    }
}

/// The kind of extensions that do nothing of the other kinds.
const EXTENSION: &str = "Extension";

/// All that is registered in a landscape.
pub(super) struct Registry<'a> {
    by_kind: BTreeMap<&'a str, BTreeMap<&'a str, Vec<Registered<'a>>>>,
}

impl<'a> Registry<'a> {
    /// What the ControllerRegistrations register, and the Extensions that become some.
    ///
    /// Upstream: pkg/utils/gardener/operator/extension.go, ControllerRegistrationForExtension.
    pub(super) fn of(landscape: &'a Landscape) -> Self {
        let mut registry = Self { by_kind: BTreeMap::new() };
        let registrations = landscape.of_kind(kind::CONTROLLER_REGISTRATION.kind).map(Supplier::of);
        let extensions = landscape.of_kind(kind::EXTENSION.kind).map(Supplier::of).filter(|extension| {
            extension.object.identity.group() == kind::EXTENSION.group && extension.chart().is_some()
        });
        for supply in registrations.chain(extensions).flat_map(Supplier::supplies) {
            registry.add(supply);
        }
        registry
    }

    fn add(&mut self, supply: Supply<'a>) {
        if let (Some(kind), Some(name)) = (supply.kind(), supply.type_name()) {
            let by_type = self.by_kind.entry(kind.as_str()).or_default();
            by_type.entry(name.as_str()).or_default().push(Registered::of(supply));
        }
    }

    /// Whether nothing is registered; it is elsewhere then.
    pub(super) fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// Whether any type of a kind is registered.
    pub(super) fn knows(&self, kind: &str) -> bool {
        self.by_kind.contains_key(kind)
    }

    /// The extensions for a kind and type.
    pub(super) fn all(&self, kind: &str, name: &str) -> impl Iterator<Item = &Registered<'a>> + Clone {
        self.by_kind.get(kind).and_then(|by_type| by_type.get(name)).into_iter().flatten()
    }

    /// Whether an extension is responsible for a kind and type in a kind of cluster.
    pub(super) fn has(&self, kind: &str, name: &str, cluster: &str) -> bool {
        self.all(kind, name).any(|registered| registered.primary && registered.is_for(cluster))
    }

    /// The types of a kind that are registered for a kind of cluster.
    pub(super) fn types(&self, kind: &str, cluster: &str) -> Vec<&'a str> {
        let by_type = self.by_kind.get(kind).into_iter().flatten();
        let suits = |registered: &Registered<'_>| registered.primary && registered.is_for(cluster);
        by_type.filter(|(_, all)| all.iter().any(suits)).map(|(name, _)| *name).collect()
    }
}
