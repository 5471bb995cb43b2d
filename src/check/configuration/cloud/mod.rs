//! Configurations of the clouds: what the admission of their extensions refuses, alone and beside the rest of the shoot.
//!
//! One file for each provider, and one for each thing that several of them judge alike.

mod alicloud;
mod aws;
mod azure;
mod bucket;
mod gcp;
mod image;
mod ironcore;
mod local;
mod metal;
mod openstack;
mod plan;
mod pool;
mod region;
mod vpc;

use super::spelling::Spelling;
use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::kind::GroupKind;
use crate::view::{CloudProfile, Configuration, Shoot};

pub(super) const ALICLOUD: &str = "alicloud.provider.extensions.gardener.cloud";
pub(super) const AWS: &str = "aws.provider.extensions.gardener.cloud";
pub(super) const AZURE: &str = "azure.provider.extensions.gardener.cloud";
pub(super) const GCP: &str = "gcp.provider.extensions.gardener.cloud";
pub(super) const IRONCORE: &str = "ironcore.provider.extensions.gardener.cloud";
pub(super) const LOCAL: &str = "local.provider.extensions.gardener.cloud";
const METAL: &str = "metal.provider.extensions.gardener.cloud";
pub(super) const OPENSTACK: &str = "openstack.provider.extensions.gardener.cloud";

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L942", "cloud-profile-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[
                kind(ALICLOUD, "CloudProfileConfig"),
                kind(AWS, "CloudProfileConfig"),
                kind(AZURE, "CloudProfileConfig"),
                kind(GCP, "CloudProfileConfig"),
                kind(IRONCORE, "CloudProfileConfig"),
                kind(LOCAL, "CloudProfileConfig"),
                kind(METAL, "CloudProfileConfig"),
                kind(OPENSTACK, "CloudProfileConfig"),
            ],
            cloud_profile,
        ),
    },
    Rule {
        code: Code::error("L943", "infrastructure-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(INFRASTRUCTURES, infrastructure),
    },
    Rule {
        code: Code::error("L944", "infrastructure-networks-disagree"),
        upstream: &[],
        judge: Judge::Configuration(INFRASTRUCTURES, networks),
    },
    Rule {
        code: Code::error("L945", "control-plane-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[
                kind(AWS, "ControlPlaneConfig"),
                kind(GCP, "ControlPlaneConfig"),
                kind(METAL, "ControlPlaneConfig"),
                kind(OPENSTACK, "ControlPlaneConfig"),
            ],
            control_plane,
        ),
    },
    Rule {
        code: Code::error("L946", "worker-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[
                kind(AWS, "WorkerConfig"),
                kind(AZURE, "WorkerConfig"),
                kind(GCP, "WorkerConfig"),
                kind(OPENSTACK, "WorkerConfig"),
            ],
            worker,
        ),
    },
    Rule {
        code: Code::warning("L947", "shoot-not-accepted-by-provider"),
        upstream: &[],
        judge: Judge::ShootTemplate(pool::shoot),
    },
    Rule {
        code: Code::error("L948", "zone-not-in-infrastructure"),
        upstream: &[],
        judge: Judge::Configuration(INFRASTRUCTURES, region::zones_of_pools),
    },
    Rule {
        code: Code::error("L949", "infrastructure-not-in-cloud-profile"),
        upstream: &[],
        judge: Judge::Configuration(INFRASTRUCTURES, not_in_cloud_profile),
    },
    Rule {
        code: Code::error("L950", "backup-bucket-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[
                kind(ALICLOUD, "BackupBucketConfig"),
                kind(AWS, "BackupBucketConfig"),
                kind(AZURE, "BackupBucketConfig"),
                kind(GCP, "BackupBucketConfig"),
            ],
            bucket::bucket,
        ),
    },
    Rule {
        code: Code::error("L952", "workload-identity-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[
                kind(AWS, "WorkloadIdentityConfig"),
                kind(AZURE, "WorkloadIdentityConfig"),
                kind(GCP, "WorkloadIdentityConfig"),
            ],
            identity,
        ),
    },
];

const INFRASTRUCTURES: &[GroupKind] = &[
    kind(ALICLOUD, "InfrastructureConfig"),
    kind(AWS, "InfrastructureConfig"),
    kind(AZURE, "InfrastructureConfig"),
    kind(GCP, "InfrastructureConfig"),
    kind(IRONCORE, "InfrastructureConfig"),
    kind(METAL, "InfrastructureConfig"),
    kind(OPENSTACK, "InfrastructureConfig"),
];

/// The CloudProfile that a shoot is made after, or the parent of its NamespacedCloudProfile: regions, and all of the
/// configuration but images, are the parent's alone.
fn profile_of<'a>(inspection: &Inspection<'_, '_>, scope: &Scope<'a>) -> Option<CloudProfile<'a>> {
    let profile = scope.cloud_profile(Shoot::in_object(inspection.object)?)?;
    if profile.parent().is_some() { scope.parent(profile) } else { Some(profile) }
}

/// What happens to a shoot that is refused.
const WHY: &str = "the provider's extension refuses the shoot";

/// Upstream: the function ValidateCloudProfileConfig of pkg/apis/…/validation/cloudprofile.go in each extension.
fn cloud_profile(configuration: Configuration<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    const WHY: &str = "the provider's extension refuses the CloudProfile";
    let mut inspection = Inspection::new(configuration, findings, WHY);
    match configuration.group() {
        Some(ALICLOUD) => image::judge(&mut inspection, scope, &alicloud::IMAGES),
        Some(AWS) => image::judge(&mut inspection, scope, &aws::IMAGES),
        Some(AZURE) => azure::cloud_profile(&mut inspection, scope),
        Some(GCP) => image::judge(&mut inspection, scope, &gcp::IMAGES),
        Some(IRONCORE) => ironcore::cloud_profile(&mut inspection, scope),
        Some(LOCAL) => image::judge(&mut inspection, scope, &local::IMAGES),
        Some(METAL) => metal::cloud_profile(&mut inspection),
        Some(OPENSTACK) => openstack::cloud_profile(&mut inspection, scope),
        _ => {}
    }
}

/// Upstream: the function ValidateInfrastructureConfig of pkg/apis/…/validation/infrastructure.go in each extension.
fn infrastructure(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    match configuration.group() {
        Some(ALICLOUD) => alicloud::infrastructure(&mut inspection),
        Some(AWS) => aws::infrastructure(&mut inspection),
        Some(AZURE) => azure::infrastructure(&mut inspection),
        Some(GCP) => gcp::infrastructure(&mut inspection),
        Some(IRONCORE) => ironcore::infrastructure(&mut inspection),
        Some(METAL) => metal::infrastructure(&mut inspection),
        Some(OPENSTACK) => openstack::infrastructure(&mut inspection),
        _ => {}
    }
}

/// Upstream: as [`infrastructure`], as far as ranges of addresses are compared.
fn networks(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let plan = match configuration.group() {
        Some(ALICLOUD) => alicloud::plan(configuration),
        Some(AWS) => aws::plan(configuration),
        Some(AZURE) => azure::plan(configuration),
        Some(GCP) => gcp::plan(configuration),
        Some(OPENSTACK) => openstack::plan(configuration),
        _ => return,
    };
    plan.judge(&mut Inspection::new(configuration, findings, WHY));
}

/// Upstream: the function ValidateInfrastructureConfigAgainstCloudProfile of pkg/apis/…/validation/infrastructure.go in
/// each extension.
fn not_in_cloud_profile(configuration: Configuration<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    match configuration.group() {
        Some(AWS | AZURE) => region::zones_of_infrastructure(&mut inspection, scope),
        Some(METAL) => metal::not_in_cloud_profile(&mut inspection, scope),
        Some(OPENSTACK) => openstack::not_in_cloud_profile(&mut inspection, scope),
        _ => {}
    }
}

/// Upstream: the function ValidateControlPlaneConfig of pkg/apis/…/validation/controlplane.go in each extension.
fn control_plane(configuration: Configuration<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    match configuration.group() {
        Some(AWS) => aws::control_plane(&mut inspection),
        Some(GCP) => gcp::control_plane(&mut inspection, scope),
        Some(METAL) => metal::control_plane(&mut inspection, scope),
        Some(OPENSTACK) => openstack::control_plane(&mut inspection, scope),
        _ => {}
    }
}

/// Upstream: the function ValidateWorkerConfig of pkg/apis/…/validation/worker.go in each extension.
fn worker(configuration: Configuration<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let Some(worker) = pool::of(configuration) else {
        return;
    };
    pool::node_template(&mut inspection);
    match configuration.group() {
        Some(AWS) => aws::worker(&mut inspection, worker),
        Some(AZURE) => azure::worker(&mut inspection, worker),
        Some(GCP) => gcp::worker(&mut inspection, worker),
        Some(OPENSTACK) => openstack::worker(&mut inspection, worker, scope),
        _ => {}
    }
}

/// Upstream: the function ValidateWorkloadIdentityConfig of pkg/apis/…/validation/workloadidentity.go in each extension.
fn identity(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection =
        Inspection::new(configuration, findings, "the provider's extension refuses the WorkloadIdentity");
    match configuration.group() {
        Some(AWS) => aws::identity(&mut inspection),
        Some(AZURE) => azure::identity(&mut inspection),
        Some(GCP) => gcp::identity(&mut inspection),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{aws, azure, gcp, openstack, pool};

    #[test]
    fn examples_are_spelled_well_and_other_texts_are_not() {
        let all = [aws::SPELLINGS, azure::SPELLINGS, gcp::SPELLINGS, openstack::SPELLINGS, pool::SPELLINGS];
        for spelling in all.into_iter().flatten().copied() {
            assert!(spelling.fits(spelling.example), "{}: {}", spelling.noun, spelling.example);
            assert!(!spelling.fits("{\n"), "{}", spelling.noun);
        }
    }
}
