//! Views of what decides on where a shoot lives: what it asks of a seed, and what a seed asks of it.
//!
//! The same objects have further views; these hold the fields that only the scheduler and its likes read.

use super::{CloudProfile, NamedItem, SeedTemplate, Shoot, TypedItem, view};
use crate::landscape::Object;

view! {
    object
    /// A shoot that looks for a seed, or has one.
    PlacedShoot {
        /// The seeds it may live on.
        selector: one SeedSelector "spec" "seedSelector",
        /// The taints of seeds it tolerates.
        tolerations: many KeepOut "spec" "tolerations",
        /// What its control plane survives: the loss of a `node` or of a `zone`.
        failure_tolerance: text "spec" "controlPlane" "highAvailability" "failureTolerance" "type",
        /// The zones of its control plane.
        zones: texts "spec" "controlPlane" "zones",
        /// The list of those zones.
        zone_list: node "spec" "controlPlane" "zones",
        /// The list of its access restrictions.
        restriction_list: node "spec" "accessRestrictions",
        /// Who chooses its seed.
        scheduler: text "spec" "schedulerName",
        /// The extensions it uses.
        extensions: many TypedItem "spec" "extensions",
        /// The seed that it lives on while it runs.
        current_seed: text "status" "seedName",
    }
    object
    /// A seed that shoots look for.
    HostingSeed {
        /// The labels.
        labels: node "metadata" "labels",
        /// `true` while no shoot of the seed is reconciled.
        emergency_stop: text "metadata" "annotations" "shoot.gardener.cloud/emergency-stop-reconciliations",
        /// Whether the scheduler considers it; true when left out.
        visible: flag "spec" "settings" "scheduling" "visible",
        /// Where that is said.
        visibility: node "spec" "settings" "scheduling" "visible",
        /// Whether shoots must or should share a zone with it: `Enforce` or `Prefer`.
        zone_selection: text "spec" "settings" "zoneSelection" "mode",
        /// What keeps shoots away that do not tolerate it.
        taints: many KeepOut "spec" "taints",
        /// The access restrictions it supports.
        access_restrictions: many NamedItem "spec" "accessRestrictions",
        /// The ranges that shoots get when they ask for none.
        shoot_defaults: node "spec" "networks" "shootDefaults",
        /// What the ingress of the seed is made of.
        ingress: node "spec" "ingress",
        /// What writes the DNS records of the seed itself.
        dns_provider: one ServedDomain "spec" "dns" "provider",
        /// The domain that the control planes of shoots have among themselves.
        internal_domain: one ServedDomain "spec" "dns" "internal",
        /// The domains that shoots without one of their own get theirs from.
        default_domains: many ServedDomain "spec" "dns" "defaults",
        /// The extensions of the seed itself.
        extensions: many TypedItem "spec" "extensions",
        /// The provider type of the backups.
        backup_provider: text "spec" "backup" "provider",
        /// How many shoots a running seed says it has room for.
        allocatable: amount "status" "allocatable" "shoots",
    }
    object
    /// A CloudProfile whose shoots look for seeds.
    HostingProfile {
        /// The seeds that its shoots may live on.
        selector: one SeedSelector "spec" "seedSelector",
        /// Whether shoots may choose the zones of their control planes.
        zone_pinning: flag "spec" "controlPlane" "allowZonePinning",
    }
    object
    /// An ExposureClass whose shoots look for seeds.
    HostingExposure {
        /// The seeds that shoots of the class may live on.
        selector: one SeedSelector "scheduling" "seedSelector",
        /// What shoots of the class tolerate.
        tolerations: many KeepOut "scheduling" "tolerations",
    }
    object
    /// A Project whose shoots look for seeds.
    HostingProject {
        /// What its shoots tolerate without saying so.
        tolerations: many KeepOut "spec" "tolerations" "defaults",
    }
    object
    /// A Garden whose scheduler looks for seeds.
    HostingGarden {
        /// How the scheduler chooses; `SameRegion` when left out.
        strategy: text "spec" "virtualCluster" "gardener" "gardenerScheduler" "strategy",
        /// The admission plugins of Gardener's API server.
        plugins: many PluginSettings "spec" "virtualCluster" "gardener" "gardenerAPIServer" "admissionPlugins",
    }
    object
    /// A gardenlet, where an object deploys one.
    GardenletSetup {
        /// Whether it takes what it is not told from the gardenlet that deploys it; true when left out.
        merges: flag "mergeWithParent",
        /// How many shoots its seed has room for.
        capacity: amount "config" "resources" "capacity" "shoots",
        /// How many of them are kept back.
        reserved: amount "config" "resources" "reserved" "shoots",
        /// The feature gates.
        feature_gates: node "config" "featureGates",
        /// The chart that installs it.
        chart: one TaggedImage "deployment" "helm" "ociRepository",
        /// The image that it is run from, in place of the chart's.
        image: one TaggedImage "deployment" "image",
    }
    part
    /// The settings of an admission plugin.
    PluginSettings {
        /// The name.
        name: text "name",
        /// What every shoot tolerates, for the plugin that decides on tolerations.
        tolerations: many KeepOut "config" "defaults",
    }
    part
    /// A choice of seeds.
    SeedSelector {
        /// Labels that a seed must have, with their values.
        labels: node "matchLabels",
        /// Further requirements on labels.
        requirements: many SelectorRequirement "matchExpressions",
        /// The provider types that a seed may have; any when there are none.
        provider_types: texts "providerTypes",
        /// The list of those types.
        provider_type_list: node "providerTypes",
    }
    part
    /// A requirement on a label.
    SelectorRequirement {
        /// The key.
        key: text "key",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
        operator: text "operator",
        /// The values; an empty one counts.
        values: node "values",
    }
    part
    /// A taint of a seed, or a toleration of one.
    KeepOut {
        /// The key.
        key: text "key",
        /// The value; an empty one counts.
        value: node "value",
    }
    part
    /// A domain, and what writes its records.
    ServedDomain {
        /// The type of the DNS provider.
        type_name: text "type",
        /// The domain.
        domain: text "domain",
    }
    part
    /// What a tag says the version of.
    TaggedImage {
        /// The whole reference.
        reference: text "ref",
        /// The repository.
        repository: text "repository",
        /// The tag.
        tag: text "tag",
    }
}

impl<'a> PlacedShoot<'a> {
    /// How a shoot is placed.
    pub fn of_shoot(shoot: Shoot<'a>) -> Self {
        Self::within(shoot.object, shoot.node())
    }
}

impl<'a> HostingSeed<'a> {
    /// How a seed takes shoots.
    pub fn of_seed(seed: SeedTemplate<'a>) -> Self {
        Self::within(seed.object, seed.node())
    }
}

impl<'a> HostingProfile<'a> {
    /// How the shoots of a CloudProfile are placed.
    pub fn of_profile(profile: CloudProfile<'a>) -> Self {
        Self::within(profile.object, profile.node())
    }
}

impl<'a> GardenletSetup<'a> {
    /// The gardenlet that an object deploys.
    pub fn in_object(object: &'a Object) -> Option<Self> {
        let path: &[&str] = match (object.identity.group(), &*object.identity.kind) {
            ("seedmanagement.gardener.cloud", "Gardenlet") => &["spec"],
            ("seedmanagement.gardener.cloud", "ManagedSeed") => &["spec", "gardenlet"],
            ("seedmanagement.gardener.cloud", "ManagedSeedSet") => &["spec", "template", "spec", "gardenlet"],
            _ => return None,
        };
        object.root.at(path).map(|root| Self::within(object, root))
    }
}
