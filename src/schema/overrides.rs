//! What the published schemas say wrongly about the aggregated API server.

/// Definition and field -> the definition of what is in the field, where upstream's schema leaves it open.
pub(super) const EMBEDDED: &[(&str, &str, &str)] = &[
    (
        "seedmanagement.v1alpha1.GardenletConfig",
        "config",
        GARDENLET_CONFIGURATION,
    ),
    (
        "seedmanagement.v1alpha1.GardenletSpec",
        "config",
        GARDENLET_CONFIGURATION,
    ),
];

const GARDENLET_CONFIGURATION: &str = "config.gardenlet.v1alpha1.GardenletConfiguration";

/// Fields that are listed as required though an object without them is accepted: the server or an admission plugin fills
/// them in, or takes the zero value (upstream: `pkg/apis/core/v1beta1/defaults_*.go`, `plugin/pkg/shoot/mutator`,
/// `plugin/pkg/managedseed/validator`). What a seed lacks only when it is no managed one is left to the rules.
pub(super) const OPTIONAL: &[(&str, &[&str])] = &[
    ("core.v1beta1.Backup", &["provider"]),
    ("core.v1beta1.CloudProfileReference", &["kind"]),
    ("core.v1beta1.ControllerDeployment", &["providerConfig"]),
    ("core.v1beta1.CoreDNSAutoscaling", &["mode"]),
    ("core.v1beta1.DualApprovalForDeletion", &["selector"]),
    ("core.v1beta1.EncryptionConfig", &["provider"]),
    ("core.v1beta1.Ingress", &["controller", "domain"]),
    ("core.v1beta1.MachineImage", &["versions"]),
    ("core.v1beta1.MachineType", &["cpu", "gpu", "memory"]),
    ("core.v1beta1.MachineTypeStorage", &["class", "type"]),
    ("core.v1beta1.ProjectMember", &["role"]),
    ("core.v1beta1.QuotaSpec", &["metrics"]),
    ("core.v1beta1.SeedNetworks", &["pods", "services"]),
    ("core.v1beta1.SeedProvider", &["region", "type"]),
    ("core.v1beta1.SeedSpec", &["dns", "networks", "provider"]),
    ("core.v1beta1.ShootSpec", &["kubernetes"]),
    ("seedmanagement.v1alpha1.ManagedSeedSpec", &["gardenlet"]),
];
