//! What the published schemas say wrongly about the aggregated API server.

/// Definition and field -> the definition of what is in the field, where upstream's schema leaves it open.
pub(super) const EMBEDDED: &[(&str, &str, &str)] = &[
    ("seedmanagement.v1alpha1.GardenletConfig", "config", GARDENLET_CONFIGURATION),
    ("seedmanagement.v1alpha1.GardenletSpec", "config", GARDENLET_CONFIGURATION),
];

const GARDENLET_CONFIGURATION: &str = "config.gardenlet.v1alpha1.GardenletConfiguration";

/// Fields that are listed as required though an object without them is accepted: the server or an admission plugin fills
/// them in, or takes the zero value (upstream: `pkg/apis/core/v1beta1/defaults_*.go`, `plugin/pkg/shoot/mutator`,
/// `plugin/pkg/managedseed/validator`). What a seed lacks only when it is no managed one is left to the rules, and so is a
/// missing part whose own required fields upstream names instead.
pub(super) const OPTIONAL: &[(&str, &[&str])] = &[
    ("core.v1beta1.AccessRestriction", &["name"]),
    ("core.v1beta1.AccessRestrictionWithOptions", &["name"]),
    ("core.v1beta1.AuthorizerKubeconfigReference", &["authorizerName", "secretName"]),
    ("core.v1beta1.Backup", &["provider"]),
    ("core.v1beta1.BackupBucket", &["metadata"]),
    ("core.v1beta1.BackupEntry", &["metadata"]),
    ("core.v1beta1.CRI", &["name"]),
    ("core.v1beta1.CapabilityDefinition", &["name", "values"]),
    ("core.v1beta1.CloudProfileReference", &["kind"]),
    ("core.v1beta1.CloudProfileSpec", &["kubernetes"]),
    ("core.v1beta1.ControllerDeployment", &["providerConfig", "type"]),
    ("core.v1beta1.CoreDNSAutoscaling", &["mode"]),
    ("core.v1beta1.DualApprovalForDeletion", &["selector"]),
    ("core.v1beta1.EncryptionConfig", &["provider"]),
    ("core.v1beta1.ExpirableVersion", &["version"]),
    ("core.v1beta1.HighAvailability", &["failureTolerance"]),
    ("core.v1beta1.Ingress", &["controller", "domain"]),
    ("core.v1beta1.LifecycleStage", &["classification"]),
    ("core.v1beta1.MachineImage", &["versions"]),
    ("core.v1beta1.MachineType", &["cpu", "gpu", "memory"]),
    ("core.v1beta1.MachineTypeStorage", &["class", "type"]),
    ("core.v1beta1.MaintenanceTimeWindow", &["begin", "end"]),
    ("core.v1beta1.NamedResourceReference", &["resourceRef"]),
    ("core.v1beta1.NamespacedCloudProfileSpec", &["parent"]),
    ("core.v1beta1.ProjectMember", &["role"]),
    ("core.v1beta1.QuotaSpec", &["metrics"]),
    ("core.v1beta1.SecretBinding", &["secretRef"]),
    ("core.v1beta1.SeedDNSProviderConfig", &["credentialsRef"]),
    ("core.v1beta1.SeedNetworks", &["pods", "services"]),
    ("core.v1beta1.SeedProvider", &["region", "type"]),
    ("core.v1beta1.SeedSpec", &["dns", "networks", "provider"]),
    ("core.v1beta1.ShootSpec", &["kubernetes", "provider"]),
    ("core.v1beta1.StructuredAuthorization", &["kubeconfigs"]),
    ("core.v1beta1.Worker", &["machine"]),
    ("seedmanagement.v1alpha1.GardenletHelm", &["ociRepository"]),
    ("seedmanagement.v1alpha1.GardenletSelfDeployment", &["helm"]),
    ("seedmanagement.v1alpha1.GardenletSpec", &["deployment"]),
    ("seedmanagement.v1alpha1.ManagedSeedSpec", &["gardenlet"]),
];

/// Definition, field and the values its validation takes, where upstream's schema says no more than `string`; of a list
/// it is the values of its items. A field of a CRD has its whole path, which goes through the items of lists. Only what
/// holds whatever else the object says, and in every minor with a pack (upstream: the `available*` and `supported*` sets
/// of `pkg/api/*/validation`).
pub(super) const ENUMERATIONS: &[(&str, &str, &[&str])] = &[
    ("api.core.v1.Toleration", "effect", &["", "NoExecute", "NoSchedule", "PreferNoSchedule"]),
    ("api.core.v1.Toleration", "operator", &["", "Equal", "Exists", "Gt", "Lt"]),
    (
        "config.gardenlet.v1alpha1.BackupEntryControllerConfiguration",
        "deletionGracePeriodShootPurposes",
        PURPOSES,
    ),
    (
        "config.gardenlet.v1alpha1.GardenletConfiguration",
        "apiVersion",
        &["", "gardenlet.config.gardener.cloud/v1alpha1"],
    ),
    ("config.gardenlet.v1alpha1.GardenletConfiguration", "kind", &["", "GardenletConfiguration"]),
    ("config.gardenlet.v1alpha1.GardenletConfiguration", "logFormat", &["", "json", "text"]),
    ("config.gardenlet.v1alpha1.GardenletConfiguration", "logLevel", &["", "debug", "error", "info"]),
    ("core.v1beta1.CloudProfileReference", "kind", &["", "CloudProfile", "NamespacedCloudProfile"]),
    (
        "core.v1beta1.ControllerRegistrationDeployment",
        "policy",
        &["Always", "AlwaysExceptNoShoots", "OnDemand"],
    ),
    ("core.v1beta1.ControllerResource", "autoEnable", &["seed", "shoot"]),
    ("core.v1beta1.ControllerResource", "clusterCompatibility", &["seed", "shoot"]),
    ("core.v1beta1.ControllerResource", "kind", EXTENSION_KINDS),
    ("core.v1beta1.ControllerResourceLifecycle", "delete", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    ("core.v1beta1.ControllerResourceLifecycle", "migrate", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    (
        "core.v1beta1.ControllerResourceLifecycle",
        "reconcile",
        &["AfterKubeAPIServer", "AfterWorker", "BeforeKubeAPIServer"],
    ),
    ("core.v1beta1.DualApprovalForDeletion", "resource", &["shoots"]),
    ("core.v1beta1.EncryptionProvider", "type", &["aescbc", "aesgcm", "secretbox"]),
    ("core.v1beta1.FailureTolerance", "type", &["node", "zone"]),
    ("core.v1beta1.KubeAPIServerConfig", "tlsMinVersion", &["VersionTLS12", "VersionTLS13"]),
    ("core.v1beta1.IngressController", "kind", &["nginx"]),
    ("core.v1beta1.KubeProxyConfig", "mode", &["IPTables", "IPVS", "NFTables"]),
    ("core.v1beta1.KubeSchedulerConfig", "profile", &["balanced", "bin-packing"]),
    ("core.v1beta1.KubeletConfig", "cpuManagerPolicy", &["none", "static"]),
    (
        "core.v1beta1.KubeletConfig",
        "imagePullCredentialsVerificationPolicy",
        &["AlwaysVerify", "NeverVerify", "NeverVerifyAllowlistedImages", "NeverVerifyPreloadedImages"],
    ),
    ("core.v1beta1.Machine", "architecture", ARCHITECTURES),
    ("core.v1beta1.MachineImage", "updateStrategy", &["major", "minor", "patch"]),
    ("core.v1beta1.MachineImageVersion", "architectures", ARCHITECTURES),
    ("core.v1beta1.MachineType", "architecture", &["", "amd64", "arm64"]),
    ("core.v1beta1.MemorySwapConfiguration", "swapBehavior", &["LimitedSwap", "NoSwap"]),
    ("core.v1beta1.Networking", "ipFamilies", &["IPv4", "IPv6"]),
    ("core.v1beta1.SeedNetworks", "ipFamilies", &["IPv4", "IPv6"]),
    ("core.v1beta1.SeedSettingZoneSelection", "mode", &["Enforce", "Prefer"]),
    ("core.v1beta1.ShootSpec", "purpose", PURPOSES),
    (
        "core.v1beta1.Worker",
        "updateStrategy",
        &["AutoInPlaceUpdate", "AutoRollingUpdate", "ManualInPlaceUpdate"],
    ),
    ("seedmanagement.v1alpha1.GardenletConfig", "bootstrap", &["BootstrapToken", "None", "ServiceAccount"]),
    ("seedmanagement.v1alpha1.UpdateStrategy", "type", &["RollingUpdate"]),
    (EXTENSION, "spec.resources.autoEnable", &["garden", "seed", "shoot"]),
    (EXTENSION, "spec.resources.clusterCompatibility", &["garden", "seed", "shoot"]),
    (EXTENSION, "spec.resources.kind", EXTENSION_KINDS),
    (EXTENSION, "spec.resources.lifecycle.delete", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    (EXTENSION, "spec.resources.lifecycle.migrate", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    (
        EXTENSION,
        "spec.resources.lifecycle.reconcile",
        &["AfterKubeAPIServer", "AfterWorker", "BeforeKubeAPIServer"],
    ),
    (
        GARDEN,
        "spec.runtimeCluster.settings.loadBalancerServices.externalTrafficPolicy",
        &["Cluster", "Local"],
    ),
    (GARDEN, "spec.virtualCluster.gardener.gardenerAPIServer.admissionPlugins.name", ADMISSION_PLUGINS),
    (
        GARDEN,
        "spec.virtualCluster.gardener.gardenerAdmissionController.resourceAdmissionConfiguration.operationMode",
        &["block", "log"],
    ),
    (
        GARDEN,
        "spec.virtualCluster.gardener.gardenerAdmissionController.resourceAdmissionConfiguration.unrestrictedSubjects.kind",
        &["Group", "ServiceAccount", "User"],
    ),
];

/// Definition and field of a CRD that its validation cannot do without, though its schema can.
pub(super) const REQUIRED: &[(&str, &str)] = &[(GARDEN, "spec")];

/// Definition and required field of a CRD whose empty text its validation takes for a missing one.
pub(super) const NOT_EMPTY: &[(&str, &str)] = &[
    (EXTENSION, "spec.resources.type"),
    (
        GARDEN,
        "spec.virtualCluster.gardener.gardenerControllerManager.defaultProjectQuotas.projectSelector.matchExpressions.key",
    ),
    (
        GARDEN,
        "spec.virtualCluster.gardener.gardenerControllerManager.defaultProjectQuotas.projectSelector.matchExpressions.operator",
    ),
];

/// Definition and field of a CRD that is a duration to the operator, where its schema says no more than `string`.
pub(super) const DURATIONS: &[(&str, &str)] = &[
    (EXTENSION, "spec.resources.reconcileTimeout"),
    (GARDEN, "spec.virtualCluster.gardener.gardenerAPIServer.shootAdminKubeconfigMaxExpiration"),
    (GARDEN, "spec.virtualCluster.kubernetes.kubeAPIServer.eventTTL"),
    (GARDEN, "spec.virtualCluster.kubernetes.kubeAPIServer.serviceAccountConfig.maxTokenExpiration"),
    (GARDEN, "spec.virtualCluster.kubernetes.kubeControllerManager.nodeMonitorGracePeriod"),
    (GARDEN, "spec.virtualCluster.kubernetes.kubeControllerManager.podEvictionTimeout"),
    (
        GARDEN,
        "spec.virtualCluster.kubernetes.kubeControllerManager.horizontalPodAutoscaler.cpuInitializationPeriod",
    ),
    (
        GARDEN,
        "spec.virtualCluster.kubernetes.kubeControllerManager.horizontalPodAutoscaler.downscaleStabilization",
    ),
    (
        GARDEN,
        "spec.virtualCluster.kubernetes.kubeControllerManager.horizontalPodAutoscaler.initialReadinessDelay",
    ),
    (GARDEN, "spec.virtualCluster.kubernetes.kubeControllerManager.horizontalPodAutoscaler.syncPeriod"),
];

const EXTENSION: &str = "operator.gardener.cloud.v1alpha1.Extension";
const GARDEN: &str = "operator.gardener.cloud.v1alpha1.Garden";

/// Upstream: `pkg/apis/extensions/v1alpha1/types.go`, `AllExtensionKinds`.
const EXTENSION_KINDS: &[&str] = &[
    "BackupBucket",
    "BackupEntry",
    "Bastion",
    "ContainerRuntime",
    "ControlPlane",
    "DNSRecord",
    "Extension",
    "Infrastructure",
    "Network",
    "OperatingSystemConfig",
    "SelfHostedShootExposure",
    "Worker",
];

/// Upstream: `plugin/pkg/plugins.go`, `AllOrderedPluginNames`.
const ADMISSION_PLUGINS: &[&str] = &[
    "BackupBucketValidator",
    "Bastion",
    "ControllerRegistrationResources",
    "CustomVerbAuthorizer",
    "DeletionConfirmation",
    "ExtensionLabels",
    "ExtensionValidator",
    "FinalizerRemoval",
    "ManagedSeed",
    "ManagedSeedShoot",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "NamespaceLifecycle",
    "NamespacedCloudProfileValidator",
    "ProjectMutator",
    "ResourceQuota",
    "ResourceReferenceManager",
    "SeedMutator",
    "SeedValidator",
    "ShootDNS",
    "ShootDNSRewriting",
    "ShootExposureClass",
    "ShootManagedSeed",
    "ShootMutator",
    "ShootNodeLocalDNSEnabledByDefault",
    "ShootQuotaValidator",
    "ShootResourceReservation",
    "ShootTolerationRestriction",
    "ShootVPAEnabledByDefault",
    "ShootValidator",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
];

const ARCHITECTURES: &[&str] = &["amd64", "arm64"];
const PURPOSES: &[&str] = &["development", "evaluation", "infrastructure", "production", "testing"];
