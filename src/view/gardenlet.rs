//! Views of gardenlets: how they are deployed and configured, in a Gardenlet, a ManagedSeed or a ManagedSeedSet.

use super::{Int, Period, view};
use crate::landscape::Object;

view! {
    object
    /// A Gardenlet.
    Gardenlet {
        /// The Secret with the kubeconfig for the cluster that is to become a seed.
        kubeconfig_secret: node "spec" "kubeconfigSecretRef",
    }
    object
    /// A ManagedSeedSet.
    ManagedSeedSet {
        /// How many ManagedSeeds it makes.
        replicas: int "spec" "replicas",
        /// How many earlier states it keeps.
        revision_history_limit: int "spec" "revisionHistoryLimit",
        /// Which of the ManagedSeeds it leaves as they are.
        partition: int "spec" "updateStrategy" "rollingUpdate" "partition",
        /// Which objects are its own.
        selector: node "spec" "selector",
        /// What its ManagedSeeds are called and labelled with.
        metadata: node "spec" "template" "metadata",
        /// The shoot that its ManagedSeeds must not name.
        shoot: node "spec" "template" "spec" "shoot",
        /// What the shoots of its ManagedSeeds are made after.
        shoot_template: node "spec" "shootTemplate",
        /// What the shoots of its ManagedSeeds are called and labelled with.
        shoot_metadata: node "spec" "shootTemplate" "metadata",
        /// The worker pools of the shoots.
        workers: node "spec" "shootTemplate" "spec" "provider" "workers",
    }
    object
    /// How a gardenlet is deployed and configured, wherever that is said.
    GardenletInstallation {
        /// How it is deployed.
        deployment: one GardenletDeployment "deployment",
        /// How it is configured.
        configuration: one GardenletConfiguration "config",
        /// How it gets its first credentials for the garden, in a ManagedSeed or a ManagedSeedSet.
        bootstrap: node "bootstrap",
        /// Whether what it does not say is that of the gardenlet which deploys it.
        merge_with_parent: flag "mergeWithParent",
    }
    part
    /// How a gardenlet is deployed.
    GardenletDeployment {
        /// The number of pods.
        replicas: int "replicaCount",
        /// How many earlier states are kept.
        revision_history_limit: int "revisionHistoryLimit",
        /// The ServiceAccount.
        service_account: node "serviceAccountName",
        /// The chart that installs it.
        chart: one ContainerImage "helm" "ociRepository",
        /// The image that it is run from, in place of the chart's.
        image: one ContainerImage "image",
        /// Labels of the pods.
        pod_labels: node "podLabels",
        /// Annotations of the pods.
        pod_annotations: node "podAnnotations",
    }
    part
    /// An image or a chart in a registry.
    ContainerImage {
        /// The whole reference.
        reference: node "ref",
        /// The repository.
        repository: node "repository",
        /// The tag.
        tag: node "tag",
    }
    part
    /// The configuration of a gardenlet.
    GardenletConfiguration {
        /// The feature gates.
        feature_gates: node "featureGates",
        /// What it connects to the garden with.
        garden_connection: one GardenConnection "gardenClientConnection",
        /// What it connects to its seed with.
        seed_connection: one ClientConnection "seedClientConnection",
        /// What it connects to shoots with.
        shoot_connection: one ClientConnection "shootClientConnection",
        /// How its replicas agree on a leader.
        leader_election: one LeaderElection "leaderElection",
        /// Its controllers.
        controllers: one GardenletControllers "controllers",
        /// What the seed has, by resource.
        capacity: node "resources" "capacity",
        /// What of it is kept from shoots, by resource.
        reserved: node "resources" "reserved",
        /// The address of the ingress gateway.
        external_address: node "sni" "ingress" "serviceExternalIP",
        /// The ways in which it can expose control planes.
        exposure_class_handlers: many ExposureClassHandler "exposureClassHandlers",
        /// The name of the seed, which it must not have.
        seed_name: text "seedConfig" "metadata" "name",
        /// How long pods stay on a node that is not ready.
        not_ready_seconds: int "nodeToleration" "defaultNotReadyTolerationSeconds",
        /// How long pods stay on a node that cannot be reached.
        unreachable_seconds: int "nodeToleration" "defaultUnreachableTolerationSeconds",
    }
    part
    /// A connection to an API server.
    ClientConnection {
        /// How many requests may come at once.
        burst: int "burst",
    }
    part
    /// The connection to the garden.
    GardenConnection {
        /// How many requests may come at once.
        burst: int "burst",
        /// The kubeconfig, as a file.
        kubeconfig: text "kubeconfig",
        /// The Secret with the first kubeconfig.
        bootstrap_kubeconfig: node "bootstrapKubeconfig",
        /// The Secret that the kubeconfig is kept in.
        kubeconfig_secret: node "kubeconfigSecret",
        /// How long a kubeconfig is valid.
        validity: duration "kubeconfigValidity" "validity",
        /// The smallest part of that time after which it is renewed, in per cent.
        jitter_minimum: int "kubeconfigValidity" "autoRotationJitterPercentageMin",
        /// The largest part of that time after which it is renewed, in per cent.
        jitter_maximum: int "kubeconfigValidity" "autoRotationJitterPercentageMax",
    }
    part
    /// How replicas agree on a leader.
    LeaderElection {
        /// Whether they do.
        enabled: flag "leaderElect",
        /// How long a lead lasts without being renewed.
        lease_duration: duration "leaseDuration",
        /// How long the leader tries to renew it.
        renew_deadline: duration "renewDeadline",
        /// How long they wait between tries.
        retry_period: duration "retryPeriod",
    }
    part
    /// The controllers of a gardenlet.
    GardenletControllers {
        /// How long DNS records may be cached, in seconds.
        dns_ttl: int "shoot" "dnsEntryTTLSeconds",
        /// How long conditions of shoots may be false.
        condition_thresholds: many ConditionThreshold "shootCare" "conditionThresholds",
        /// The namespaces that network policies are made for, beyond its own.
        namespace_selectors: node "networkPolicy" "additionalNamespaceSelectors",
        /// How long backups outlive their shoot.
        grace_hours: int "backupEntry" "deletionGracePeriodHours",
        /// Which shoots have backups that outlive them.
        grace_purposes: node "backupEntry" "deletionGracePeriodShootPurposes",
        /// What becomes of backups.
        backup_entry: node "backupEntry",
    }
    part
    /// How long a condition may be false.
    ConditionThreshold {
        /// The time.
        duration: duration "duration",
    }
    part
    /// A way in which a gardenlet can expose control planes.
    ExposureClassHandler {
        /// The name that ExposureClasses refer to.
        name: text "name",
        /// The class of the service of type LoadBalancer.
        class: node "loadBalancerService" "class",
        /// The address of the ingress gateway.
        external_address: node "sni" "ingress" "serviceExternalIP",
    }
}

impl<'a> GardenletInstallation<'a> {
    /// What an object says of a gardenlet.
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

impl<'a> GardenletControllers<'a> {
    /// The numbers that must not be negative.
    pub fn counts(self) -> impl Iterator<Item = Int<'a>> {
        let controllers = ["bastion", "managedSeed", "networkPolicy", "shoot", "shootCare"];
        let counts = controllers.map(|controller| self.node.at(&[controller, "concurrentSyncs"]));
        counts.into_iter().flatten().filter_map(Int::of)
    }

    /// The times that must not be negative.
    pub fn periods(self) -> impl Iterator<Item = Period<'a>> {
        let paths: [&[&str]; 10] = [
            &["managedSeed", "syncJitterPeriod"],
            &["managedSeed", "syncPeriod"],
            &["managedSeed", "waitSyncPeriod"],
            &["shoot", "progressReportPeriod"],
            &["shoot", "retryDuration"],
            &["shoot", "syncPeriod"],
            &["shootCare", "managedResourceProgressingThreshold"],
            &["shootCare", "staleExtensionHealthChecks", "threshold"],
            &["shootCare", "syncPeriod"],
            &["tokenRequestorWorkloadIdentity", "tokenExpirationDuration"],
        ];
        let periods = paths.map(|path| self.node.at(path).and_then(Period::of));
        let conditions = self.condition_thresholds().filter_map(ConditionThreshold::duration);
        periods.into_iter().flatten().chain(conditions)
    }
}
