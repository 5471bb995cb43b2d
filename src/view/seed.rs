//! Views of seeds, as a Seed object, inside a Gardenlet or inside a ManagedSeed, and of what holds their backups.

use super::{NamedResource, ObjectReference, TypedItem, view};
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
        /// The provider type.
        provider_type: text "spec" "provider" "type",
        /// The seed whose backups it holds.
        seed_name: text "spec" "seedName",
        /// The credentials.
        credentials: one ObjectReference "spec" "credentialsRef",
        /// The shoot whose backups it holds, if it looks after itself.
        shoot: one ObjectReference "spec" "shootRef",
    }
    object
    /// A BackupEntry.
    BackupEntry {
        /// The seed that writes it.
        seed_name: text "spec" "seedName",
        /// The BackupBucket it is in.
        bucket_name: text "spec" "bucketName",
        /// The shoot that writes it, if it looks after itself.
        shoot: one ObjectReference "spec" "shootRef",
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
        /// The networks.
        networks: node "spec" "networks",
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
        /// The extensions.
        extensions: many TypedItem "spec" "extensions",
        /// The credentials for the backups.
        backup_credentials: one ObjectReference "spec" "backup" "credentialsRef",
        /// What the seed is called and labelled with; of a template the labels and annotations count.
        metadata: node "metadata",
        /// The backups.
        backup: one SeedBackup "spec" "backup",
        /// The ingress.
        ingress: one SeedIngress "spec" "ingress",
        /// The provider whose DNS records the ingress gets.
        dns_provider: node "spec" "dns" "provider",
        /// The domain of the API servers as components call them.
        internal_domain: one SeedDomain "spec" "dns" "internal",
        /// The domains of shoots without any of their own.
        default_domains: many SeedDomain "spec" "dns" "defaults",
        /// What repels shoots.
        taints: many SeedTaint "spec" "taints",
        /// The volumes.
        volume: one SeedVolume "spec" "volume",
        /// The list of zones.
        zone_list: node "spec" "provider" "zones",
        /// The settings.
        settings: one SeedSettings "spec" "settings",
    }
    part
    /// The backups of a seed.
    SeedBackup {
        /// The provider type.
        provider: text "provider",
        /// The region.
        region: node "region",
    }
    part
    /// The ingress of a seed.
    SeedIngress {
        /// The domain.
        domain: text "domain",
        /// The controller.
        controller: node "controller",
    }
    part
    /// Where a seed makes DNS records.
    SeedDomain {
        /// The type of the DNS provider.
        type_name: text "type",
        /// The domain.
        domain: text "domain",
    }
    part
    /// A taint of a seed.
    SeedTaint {
        /// The key.
        key: text "key",
        /// The value.
        value: node "value",
    }
    part
    /// What a seed says of volumes.
    SeedVolume {
        /// The size below which none is made.
        minimum_size: amount "minimumSize",
        /// The providers, one for each purpose.
        providers: many SeedVolumeProvider "providers",
    }
    part
    /// The provider of volumes for a purpose.
    SeedVolumeProvider {
        /// The purpose.
        purpose: text "purpose",
    }
    part
    /// The settings of a seed.
    SeedSettings {
        /// The room that is kept free.
        reservations: many SeedReservation "excessCapacityReservation" "configs",
        /// The services of type LoadBalancer.
        load_balancers: one SeedLoadBalancers "loadBalancerServices",
        /// Whether shoots are put into the zones of their seed.
        zone_selection: node "zoneSelection",
        /// Whether traffic stays in its zone.
        topology_aware_routing: node "topologyAwareRouting" "enabled",
        /// Whether the seed brings a Vertical Pod Autoscaler of its own.
        autoscaler: node "verticalPodAutoscaler" "enabled",
        /// Whether the scheduler sees the seed.
        visible: flag "scheduling" "visible",
    }
    part
    /// Room in a seed that is kept free.
    SeedReservation {
        /// How much of what.
        resources: node "resources",
        /// The taints that its pods tolerate.
        tolerations: node "tolerations",
    }
    part
    /// The services of type LoadBalancer in a seed, or in one of its zones.
    SeedLoadBalancers {
        /// The name, of a zone.
        name: text "name",
        /// The annotations.
        annotations: node "annotations",
        /// The class.
        class: node "class",
        /// What differs in a zone.
        zones: many SeedLoadBalancers "zones",
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
