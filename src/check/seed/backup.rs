//! The backups of seeds: where they are stored, and as whom.

use super::managed::Filled;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::view::{BackupBucket, SeedBackup, SeedTemplate, WorkloadIdentity};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L584", "seed-backup-without-region"),
        upstream: &["SD-BKP"],
        judge: Judge::Seed(region),
    },
    Rule {
        code: Code::error("L596", "backup-identity-of-another-provider"),
        upstream: &["XS-WI-BACKUP"],
        judge: Judge::Kinds(
            &[kind::SEED, kind::GARDENLET, kind::MANAGED_SEED, kind::MANAGED_SEED_SET, kind::BACKUP_BUCKET],
            identity,
        ),
    },
];

/// Upstream: pkg/api/core/validation/seed.go, validateSeedBackup.
fn region(seed: SeedTemplate<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let backup = seed.backup().filter(|backup| backup.node().as_mapping().is_some());
    let Some(backup) = backup.filter(|backup| backup.region().is_none_or(|it| it.as_str() == Some("")))
    else {
        return;
    };
    let filled = Filled::of(seed, scope);
    let own = filled.text(seed.node().at(&["spec", "provider", "type"]), |shoot| shoot.provider_type());
    let others = filled.text(backup.node().get("provider"), |shoot| shoot.provider_type());
    let (Some(own), Some(others)) = (own, others) else { return };
    if own != others {
        let message = match others {
            "" => "the backups of a seed without a provider of their own have no region".to_owned(),
            others => format!("the backups of the seed at another provider, `{others}`, have no region"),
        };
        let raised = findings.require(seed.object, backup.node(), &["region"], message);
        raised.map(|raised| {
            raised
                .why("the region of the seed is one of its own provider; Gardener's API server refuses the seed")
                .help("set `backup.region`, or use the provider of the seed")
        });
    }
}

/// Upstream: plugin/pkg/seed/validator/admission.go and plugin/pkg/backupbucket/validator/admission.go,
/// validateCredentialsRef.
fn identity(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let (reference, provider) = match SeedTemplate::in_object(object) {
        Some(seed) => (seed.backup_credentials(), seed.backup().and_then(SeedBackup::provider)),
        None => (BackupBucket::of(object).credentials(), BackupBucket::of(object).provider_type()),
    };
    let reference = reference.filter(|reference| {
        reference.kind().is_some_and(|kind| &*kind == "WorkloadIdentity")
            && reference.api_version().is_some_and(|version| &*version == "security.gardener.cloud/v1alpha1")
    });
    let (Some(reference), Some(provider)) = (reference, provider) else {
        return;
    };
    let (Some(namespace), Some(name)) = (reference.namespace(), reference.name()) else {
        return;
    };
    let identity = scope.landscape.find("WorkloadIdentity", &namespace, &name).map(WorkloadIdentity::of);
    let target = identity.and_then(WorkloadIdentity::target_type);
    let Some(target) = target.filter(|target| **target != *provider) else {
        return;
    };
    let message =
        format!("the WorkloadIdentity `{name}` is one for `{target}`, the backups are at `{provider}`");
    findings
        .at(object, reference.node(), message)
        .related(target.node, "the type of the identity is set here")
        .why("Gardener's API server refuses backups with an identity that their provider does not trust")
        .help(format!("refer to a WorkloadIdentity whose `targetSystem.type` is `{provider}`"));
}
