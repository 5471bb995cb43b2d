//! Fields of small kinds that are decided when the object is made.

use super::immutable::{Field, Keeps};
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;

/// What is decided when an object is made.
pub(super) const FIELD_KEPT: Code = Code::error("L730", "field-immutable");

pub(super) static RULES: &[Rule] = &[
    kept(&["UP-NP-PARENT"], Judge::Changed(&[kind::NAMESPACED_CLOUD_PROFILE], parent)),
    kept(&["UP-PJ"], Judge::Changed(&[kind::PROJECT], project)),
    kept(&["UP-QU"], Judge::Changed(&[kind::QUOTA], quota)),
    kept(&["UP-WI"], Judge::Changed(&[kind::WORKLOAD_IDENTITY], identity)),
    kept(&["UP-EC"], Judge::Changed(&[kind::EXPOSURE_CLASS], exposure_class)),
    kept(&["UP-BB"], Judge::Changed(&[kind::BACKUP_BUCKET], bucket)),
    kept(&["UP-MS"], Judge::Changed(&[kind::MANAGED_SEED], managed_seed)),
    kept(&["UP-MT"], Judge::Changed(&[kind::MANAGED_SEED_SET], managed_seed_set)),
    kept(&[], Judge::Changed(&[kind::SEED], self_hosted)),
];

/// A row about fields that keep their values.
pub(super) const fn kept(upstream: &'static [&'static str], judge: Judge) -> Rule {
    Rule { code: FIELD_KEPT, impact: Impact::Rejected, upstream, judge }
}

const WHY: &str = "it is decided when the object is made; Gardener's API server refuses the change";

/// Tells of each field that does not keep its value.
fn judge(fields: &[Field], objects: Both<&Object>, help: &str, findings: &mut Findings) {
    for field in fields {
        if let Some(raised) = field.judge(objects, objects.map(|object| &object.root), findings) {
            raised.why(WHY).help(help);
        }
    }
}

/// Upstream: pkg/api/core/validation/namespacedcloudprofile.go, ValidateNamespacedCloudProfileSpecUpdate.
fn parent(profiles: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [Field::new(Keeps::Always, &["spec", "parent"], "the CloudProfile that is extended")];
    judge(
        &fields,
        profiles,
        "add a NamespacedCloudProfile of another name, and let the shoots use that",
        findings,
    );
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectUpdate.
fn project(projects: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [
        Field::new(Keeps::OnceSet, &["spec", "createdBy"], "who made the project"),
        Field::new(Keeps::OnceSet, &["spec", "namespace"], "the namespace of a project"),
        Field::new(Keeps::Present, &["spec", "owner"], "the owner of a project"),
    ];
    judge(&fields, projects, "keep the value; the owner may give way to another one", findings);
}

/// Upstream: pkg/api/core/validation/quota.go, ValidateQuotaUpdate.
fn quota(quotas: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [Field::new(Keeps::Always, &["spec", "scope"], "the scope of a quota")];
    judge(&fields, quotas, "add a Quota of another name, and bindings that name it", findings);
}

/// The subject that upstream keeps too is in the status, which nobody but the server writes.
///
/// Upstream: pkg/api/security/validation/workloadidentity.go, ValidateWorkloadIdentityUpdate.
fn identity(identities: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let way = &["spec", "targetSystem", "type"];
    let fields = [Field::new(Keeps::Always, way, "the type of the system that the identity is for")];
    judge(&fields, identities, "add a WorkloadIdentity of another name for the other system", findings);
}

/// Upstream: pkg/api/core/validation/exposureclass.go, ValidateExposureClassUpdate.
fn exposure_class(classes: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [
        Field::new(Keeps::Always, &["handler"], "the handler of an ExposureClass"),
        Field::new(Keeps::Always, &["scheduling"], "the seeds of an ExposureClass"),
    ];
    judge(&fields, classes, "add an ExposureClass of another name; shoots that are new may use it", findings);
}

/// Upstream: pkg/api/core/validation/backupbucket.go, ValidateBackupBucketSpecUpdate.
fn bucket(buckets: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [
        Field::new(Keeps::Always, &["spec", "provider"], "the provider of a bucket"),
        Field::new(Keeps::Always, &["spec", "seedName"], "the seed of a bucket"),
    ];
    judge(&fields, buckets, "add a BackupBucket of another name", findings);
}

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, ValidateManagedSeedSpecUpdate and validateGardenletUpdate.
fn managed_seed(seeds: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let fields = [
        Field::new(Keeps::Always, &["spec", "shoot"], "the shoot of a ManagedSeed"),
        Field::new(Keeps::Always, &["spec", "gardenlet", "bootstrap"], BOOTSTRAP).or("\"BootstrapToken\""),
        Field::new(Keeps::Always, &["spec", "gardenlet", "mergeWithParent"], MERGED).or("true"),
    ];
    judge(&fields, seeds, "keep the value; make another shoot a seed under another name", findings);
}

const BOOTSTRAP: &str = "the way in which the gardenlet gets its first credentials";
const MERGED: &str = "whether the configuration of the gardenlet is merged with its parent's";

/// Upstream: pkg/api/seedmanagement/validation/managedseedset.go, ValidateManagedSeedSetSpecUpdate;
/// managedseed.go, ValidateManagedSeedTemplateUpdate.
fn managed_seed_set(sets: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    const GARDENLET: &[&str] = &["spec", "template", "spec", "gardenlet"];
    let fields = [
        Field::new(Keeps::Always, &["spec", "selector"], "the selector of a ManagedSeedSet"),
        Field::new(Keeps::Always, &["spec", "revisionHistoryLimit"], "the number of states that are kept")
            .or("10"),
        Field::new(Keeps::Always, &["spec", "template", "spec", "shoot"], "the shoot of a template"),
        // What a ManagedSeed has when it is left out, a template has not.
        Field::new(Keeps::Always, &["bootstrap"], BOOTSTRAP).within(GARDENLET),
        Field::new(Keeps::Always, &["mergeWithParent"], MERGED).within(GARDENLET),
    ];
    judge(&fields, sets, "keep the value, or add a ManagedSeedSet of another name", findings);
}

/// Upstream: plugin/pkg/seed/validator/admission.go, validateSeedUpdate.
fn self_hosted(seeds: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let way = &["metadata", "labels", "seed.gardener.cloud/self-hosted-shoot-cluster"];
    let fields = [Field::new(Keeps::Present, way, "the label of a seed in a self-hosted shoot")];
    judge(&fields, seeds, "keep the label as long as there is the seed", findings);
}
