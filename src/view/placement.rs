//! Views of what decides on where a shoot lives: what it asks of a seed, and what a seed asks of it.
//!
//! The same objects have further views; these hold the fields that nobody but the scheduler and its likes reads.

use super::{CloudProfile, LabelSelector, NamedItem, SeedTemplate, Shoot, TypedItem, view};

view! {
    object
    /// A shoot that looks for a seed, or has one.
    PlacedShoot {
        /// The seeds it may live on.
        selector: one SeedSelector "spec" "seedSelector",
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
        visibility: node "spec" "settings" "scheduling" "visible",
        /// Whether shoots must or should share a zone with it: `Enforce` or `Prefer`.
        zone_selection: text "spec" "settings" "zoneSelection" "mode",
        /// The access restrictions it supports.
        access_restrictions: many NamedItem "spec" "accessRestrictions",
        /// The ranges that shoots get when they ask for none.
        shoot_defaults: node "spec" "networks" "shootDefaults",
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
    /// A Garden whose scheduler looks for seeds.
    HostingGarden {
        /// How the scheduler chooses; `SameRegion` when left out.
        strategy: text "spec" "virtualCluster" "gardener" "gardenerScheduler" "strategy",
    }
    part
    /// A choice of seeds.
    SeedSelector {
        /// The provider types that a seed may have; any when there are none.
        provider_types: texts "providerTypes",
        /// The list of those types.
        provider_type_list: node "providerTypes",
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

impl<'a> SeedSelector<'a> {
    /// The labels that a seed must have.
    pub fn label_selector(self) -> LabelSelector<'a> {
        LabelSelector::of(self.node)
    }
}
