//! Views of seeds, as a Seed object, inside a Gardenlet or inside a ManagedSeed, and of what holds their backups.

use super::{GardenletConfiguration, NamedItem, NamedResource, ObjectReference, Taint, TypedItem, view};
use crate::landscape::Object;

view! {
    object
    /// A ManagedSeed.
    ManagedSeed {
        /// The shoot that becomes a seed.
        shoot: text "spec" "shoot" "name",
        /// Whether the gardenlet takes what it is not told from the gardenlet that deploys it; true when left out.
        merges_with_parent: flag "spec" "gardenlet" "mergeWithParent",
    }
    object
    /// A BackupBucket.
    BackupBucket {
        /// The seed whose backups it holds.
        seed_name: text "spec" "seedName",
        /// The provider type.
        provider_type: text "spec" "provider" "type",
        /// The credentials.
        credentials: one ObjectReference "spec" "credentialsRef",
    }
    object
    /// A BackupEntry.
    BackupEntry {
        /// The seed that writes it.
        seed_name: text "spec" "seedName",
        /// The BackupBucket it is in.
        bucket_name: text "spec" "bucketName",
    }
    object
    /// What a seed is made of: a Seed, or the part of another object that becomes one.
    SeedTemplate {
        /// The provider type.
        provider_type: text "spec" "provider" "type",
        /// The region.
        region: text "spec" "provider" "region",
        /// The zones.
        zones: texts "spec" "provider" "zones",
        /// The range of the pods.
        pods: text "spec" "networks" "pods",
        /// The range of the services.
        services: text "spec" "networks" "services",
        /// The range of the nodes.
        nodes: text "spec" "networks" "nodes",
        /// The address families.
        families: texts "spec" "networks" "ipFamilies",
        /// The range that the pods of a shoot get when it asks for none.
        shoot_pods: text "spec" "networks" "shootDefaults" "pods",
        /// The range that the services of a shoot get when it asks for none.
        shoot_services: text "spec" "networks" "shootDefaults" "services",
        /// Objects that the extensions of the seed may refer to.
        resources: many NamedResource "spec" "resources",
        /// The credentials for the backups.
        backup_credentials: one ObjectReference "spec" "backup" "credentialsRef",
        /// The provider type of the backups.
        backup_provider: text "spec" "backup" "provider",
        /// The labels.
        labels: node "metadata" "labels",
        /// `true` while no shoot of the seed is reconciled.
        emergency_stop: text "metadata" "annotations" "shoot.gardener.cloud/emergency-stop-reconciliations",
        /// Whether the scheduler considers it; true when left out.
        visible: flag "spec" "settings" "scheduling" "visible",
        /// Whether shoots must or should share a zone with it: `Enforce` or `Prefer`.
        zone_selection: text "spec" "settings" "zoneSelection" "mode",
        /// What keeps shoots away that do not tolerate it.
        taints: many Taint "spec" "taints",
        /// The access restrictions it supports.
        access_restrictions: many NamedItem "spec" "accessRestrictions",
        /// The ranges that shoots get when they ask for none.
        shoot_defaults: node "spec" "networks" "shootDefaults",
        /// What the ingress of the seed is made of.
        ingress: node "spec" "ingress",
        /// What writes the DNS records of the seed itself.
        dns_provider: one SeedDnsProvider "spec" "dns" "provider",
        /// The domain that the control planes of shoots have among themselves.
        internal_domain: one SeedDnsProvider "spec" "dns" "internal",
        /// The domains that shoots without one of their own get theirs from.
        default_domains: many SeedDnsProvider "spec" "dns" "defaults",
        /// The extensions of the seed itself.
        extensions: many TypedItem "spec" "extensions",
        /// How many shoots a running seed says it has room for.
        allocatable: amount "status" "allocatable" "shoots",
    }
    part
    /// A domain of a seed, and what writes its records.
    SeedDnsProvider {
        /// The type of the DNS provider.
        type_name: text "type",
        /// The domain.
        domain: text "domain",
    }
}

impl<'a> SeedTemplate<'a> {
    /// What the seed of an object is made of, be the object a Seed or one that registers seeds.
    pub fn in_object(object: &'a Object) -> Option<Self> {
        let path: &[&str] = match (object.identity.group(), &*object.identity.kind) {
            ("core.gardener.cloud", "Seed") => &[],
            ("seedmanagement.gardener.cloud", "Gardenlet") => &["spec", "config", "seedConfig"],
            ("seedmanagement.gardener.cloud", "ManagedSeed") => {
                &["spec", "gardenlet", "config", "seedConfig"]
            }
            ("seedmanagement.gardener.cloud", "ManagedSeedSet") => {
                &["spec", "template", "spec", "gardenlet", "config", "seedConfig"]
            }
            _ => return None,
        };
        object.root.at(path).map(|root| Self::within(object, root))
    }
}

impl<'a> GardenletConfiguration<'a> {
    /// The configuration of the gardenlet that an object deploys.
    pub fn in_object(object: &'a Object) -> Option<Self> {
        let path: &[&str] = match (object.identity.group(), &*object.identity.kind) {
            ("seedmanagement.gardener.cloud", "Gardenlet") => &["spec", "config"],
            ("seedmanagement.gardener.cloud", "ManagedSeed") => &["spec", "gardenlet", "config"],
            ("seedmanagement.gardener.cloud", "ManagedSeedSet") => {
                &["spec", "template", "spec", "gardenlet", "config"]
            }
            _ => return None,
        };
        object.root.at(path).map(|root| Self::within(object, root))
    }
}
