//! Views of seeds, as a Seed object, inside a Gardenlet or inside a ManagedSeed, and of what holds their backups.

use super::{NamedResource, ObjectReference, view};
use crate::landscape::Object;

view! {
    object
    /// A ManagedSeed.
    ManagedSeed {
        /// The shoot that becomes a seed.
        shoot: text "spec" "shoot" "name",
    }
    object
    /// A BackupBucket.
    BackupBucket {
        /// The seed whose backups it holds.
        seed_name: text "spec" "seedName",
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
