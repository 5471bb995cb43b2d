//! What the published schemas say wrongly about the aggregated API server.

/// Definition and field -> the definition of what is in the field, where upstream's schema leaves it open.
pub(super) const EMBEDDED: &[(&str, &str, &str)] = &[
    ("seedmanagement.v1alpha1.GardenletConfig", "config", GARDENLET_CONFIGURATION),
    ("seedmanagement.v1alpha1.GardenletSpec", "config", GARDENLET_CONFIGURATION),
];

const GARDENLET_CONFIGURATION: &str = "config.gardenlet.v1alpha1.GardenletConfiguration";

/// Fields that are listed as required though an object without them is accepted: the server or an admission plugin fills
/// them in, or takes the zero value (upstream: `pkg/apis/core/v1beta1/defaults_*.go`, `plugin/pkg/shoot/mutator`,
/// `plugin/pkg/managedseed/validator`). What a seed lacks only when it is no managed one is left to the rules.
pub(super) const OPTIONAL: &[(&str, &[&str])] = &[
    ("core.v1beta1.AccessRestriction", &["name"]),
    ("core.v1beta1.AccessRestrictionWithOptions", &["name"]),
    ("core.v1beta1.Backup", &["provider"]),
    ("core.v1beta1.CapabilityDefinition", &["name", "values"]),
    ("core.v1beta1.CloudProfileReference", &["kind"]),
    ("core.v1beta1.CloudProfileSpec", &["kubernetes"]),
    ("core.v1beta1.ControllerDeployment", &["providerConfig"]),
    ("core.v1beta1.CoreDNSAutoscaling", &["mode"]),
    ("core.v1beta1.DualApprovalForDeletion", &["selector"]),
    ("core.v1beta1.EncryptionConfig", &["provider"]),
    ("core.v1beta1.Ingress", &["controller", "domain"]),
    ("core.v1beta1.ExpirableVersion", &["version"]),
    ("core.v1beta1.LifecycleStage", &["classification"]),
    ("core.v1beta1.MachineImage", &["versions"]),
    ("core.v1beta1.MachineType", &["cpu", "gpu", "memory"]),
    ("core.v1beta1.MachineTypeStorage", &["class", "type"]),
    ("core.v1beta1.NamespacedCloudProfileSpec", &["parent"]),
    ("core.v1beta1.ProjectMember", &["role"]),
    ("core.v1beta1.QuotaSpec", &["metrics"]),
    ("core.v1beta1.SeedNetworks", &["pods", "services"]),
    ("core.v1beta1.SeedProvider", &["region", "type"]),
    ("core.v1beta1.SeedSpec", &["dns", "networks", "provider"]),
    ("core.v1beta1.ShootSpec", &["kubernetes"]),
    ("seedmanagement.v1alpha1.ManagedSeedSpec", &["gardenlet"]),
];

/// Definition, field and the values its validation takes, where upstream's schema says no more than `string`; of a list
/// it is the values of its items. Only what holds whatever else the object says, and in every minor with a pack
/// (upstream: the `available*` and `supported*` sets of `pkg/api/*/validation`).
pub(super) const ENUMERATIONS: &[(&str, &str, &[&str])] = &[
    ("config.gardenlet.v1alpha1.GardenletConfiguration", "logFormat", &["", "json", "text"]),
    ("config.gardenlet.v1alpha1.GardenletConfiguration", "logLevel", &["", "debug", "error", "info"]),
    ("core.v1beta1.CRI", "name", &["containerd"]),
    ("core.v1beta1.CloudProfileReference", "kind", &["CloudProfile", "NamespacedCloudProfile"]),
    (
        "core.v1beta1.ControllerRegistrationDeployment",
        "policy",
        &["Always", "AlwaysExceptNoShoots", "OnDemand"],
    ),
    ("core.v1beta1.ControllerResourceLifecycle", "delete", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    ("core.v1beta1.ControllerResourceLifecycle", "migrate", &["AfterKubeAPIServer", "BeforeKubeAPIServer"]),
    (
        "core.v1beta1.ControllerResourceLifecycle",
        "reconcile",
        &["AfterKubeAPIServer", "AfterWorker", "BeforeKubeAPIServer"],
    ),
    ("core.v1beta1.EncryptionProvider", "type", &["aescbc", "aesgcm", "secretbox"]),
    ("core.v1beta1.FailureTolerance", "type", &["node", "zone"]),
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
    (
        "core.v1beta1.ShootSpec",
        "purpose",
        &["development", "evaluation", "infrastructure", "production", "testing"],
    ),
    (
        "core.v1beta1.Worker",
        "updateStrategy",
        &["AutoInPlaceUpdate", "AutoRollingUpdate", "ManualInPlaceUpdate"],
    ),
];

const ARCHITECTURES: &[&str] = &["amd64", "arm64"];
