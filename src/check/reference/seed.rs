//! References to and of seeds, of what makes them and of what they store; and of the kinds that register extensions.

use super::{Referent, namespace_of};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::Object;
use crate::view::{
    BackupBucket, BackupEntry, CloudProfile, ControllerRegistration, ManagedSeed, ObjectReference,
    SeedTemplate, Shoot, Text,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L331", "seed-not-declared"),
        upstream: &["XR-REF-SEED", "XR-REF-BB", "XR-REF-BE"],
        judge: Judge::Object(seed),
    },
    Rule {
        code: Code::error("L343", "controller-deployment-not-declared"),
        upstream: &["XR-REF-CRDEP"],
        judge: Judge::Object(controller_deployment),
    },
    Rule {
        code: Code::error("L344", "backup-bucket-not-declared"),
        upstream: &["XR-REF-BE"],
        judge: Judge::Object(backup_bucket),
    },
    Rule {
        code: Code::error("L345", "backup-credentials-kind-not-supported"),
        upstream: &["XR-BKP-ISEC", "XR-REF-BB"],
        judge: Judge::Object(backup_credentials),
    },
    Rule {
        code: Code::error("L346", "parent-cloud-profile-not-declared"),
        upstream: &["XN-PARENT"],
        judge: Judge::Object(parent),
    },
    Rule {
        code: Code::error("L347", "shoot-of-managed-seed-not-declared"),
        upstream: &["XM-SHOOT"],
        judge: Judge::Object(managed_shoot),
    },
    Rule {
        code: Code::error("L348", "shoot-registered-twice"),
        upstream: &["XM-DUP"],
        judge: Judge::Landscape(registered_twice),
    },
    Rule {
        code: Code::error("L349", "seed-of-two-gardenlets"),
        upstream: &["XM-GL-NAME"],
        judge: Judge::Object(two_gardenlets),
    },
];

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureShootReferences,
/// ensureBackupBucketReferences and ensureBackupEntryReferences.
fn seed(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if object.identity.group() != "core.gardener.cloud" {
        return;
    }
    let name = match &*object.identity.kind {
        "Shoot" => Shoot::of(object).seed_name(),
        "BackupBucket" => BackupBucket::of(object).seed_name(),
        "BackupEntry" => BackupEntry::of(object).seed_name(),
        _ => None,
    };
    let Some(name) = name.filter(|name| scope.complete() && scope.seed(name).is_none()) else {
        return;
    };
    findings
        .at(object, name.node, format!("no seed `{name}` is declared"))
        .why("Gardener's API server refuses an object on a seed that does not exist")
        .help(format!(
            "{}; a seed is declared by a `Gardenlet` or `ManagedSeed` of its name",
            help_with_names(&name, scope.seed_names())
        ));
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureControllerRegistrationReferences.
fn controller_deployment(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !object.identity.is("core.gardener.cloud", "ControllerRegistration") {
        return;
    }
    let deployments = ControllerRegistration::of(object).deployments();
    for name in deployments.filter_map(|deployment| deployment.name()) {
        let referent = Referent { kind: "ControllerDeployment", namespace: "", name };
        let why = "Gardener's API server refuses a registration whose controller has no deployment";
        referent.require(object, scope, findings, why);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBackupEntryReferences.
fn backup_bucket(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !object.identity.is("core.gardener.cloud", "BackupEntry") {
        return;
    }
    let Some(name) = BackupEntry::of(object).bucket_name() else {
        return;
    };
    let referent = Referent { kind: "BackupBucket", namespace: "", name };
    let why = "Gardener's API server refuses a backup entry whose bucket does not exist";
    referent.require(object, scope, findings, why);
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBackupBucketReferences.
fn backup_credentials(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let credentials = if object.identity.is("core.gardener.cloud", "BackupBucket") {
        BackupBucket::of(object).credentials()
    } else {
        SeedTemplate::in_object(object).and_then(SeedTemplate::backup_credentials)
    };
    let kind = credentials.and_then(ObjectReference::kind);
    let (Some(credentials), Some("InternalSecret")) = (credentials, kind.map(Text::as_str)) else {
        return;
    };
    findings
        .at(
            object,
            credentials.node(),
            "the credentials of a backup cannot be an `InternalSecret`",
        )
        .why(
            "a seed with them is accepted, but the BackupBucket that its gardenlet then makes is refused: no shoot on it \
             has backups",
        )
        .help("refer to a `Secret` or a `WorkloadIdentity`");
}

/// Upstream: plugin/pkg/namespacedcloudprofile/validator/admission.go, Validate.
fn parent(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !object.identity.is("core.gardener.cloud", "NamespacedCloudProfile") {
        return;
    }
    let parent = CloudProfile::of(object).parent();
    let parent = parent.filter(|parent| parent.kind().is_none_or(|kind| &*kind == "CloudProfile"));
    let Some(name) = parent.and_then(|parent| parent.name()) else {
        return;
    };
    let referent = Referent { kind: "CloudProfile", namespace: "", name };
    let why = "Gardener's API server refuses a NamespacedCloudProfile that extends no CloudProfile";
    referent.require(object, scope, findings, why);
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, fetchManagedSeedShoot.
fn managed_shoot(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !object.identity.is("seedmanagement.gardener.cloud", "ManagedSeed") {
        return;
    }
    // Elsewhere than in `garden` the ManagedSeed itself is refused.
    let namespace = namespace_of(object);
    let name = ManagedSeed::of(object).shoot().filter(|_| namespace == GARDEN_NAMESPACE);
    if let Some(name) = name {
        let referent = Referent { kind: "Shoot", namespace, name };
        let why = "Gardener's API server refuses a ManagedSeed whose shoot does not exist in the namespace `garden`";
        referent.require(object, scope, findings, why);
    }
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, Validate.
fn registered_twice(scope: &Scope<'_>, findings: &mut Findings) {
    let mut seen = std::collections::HashMap::new();
    for seed in scope.landscape.of_kind("ManagedSeed").map(ManagedSeed::of) {
        let Some(shoot) = seed.shoot() else { continue };
        let Some(first) = seen.insert((namespace_of(seed.object), shoot.as_str()), shoot) else {
            continue;
        };
        findings
            .at(seed.object, shoot.node, format!("the shoot `{shoot}` is registered as another seed already"))
            .related(first.node, "it is registered here")
            .why("Gardener's API server refuses a second ManagedSeed for a shoot")
            .help("remove one of the two");
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate.
fn two_gardenlets(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !object.identity.is("seedmanagement.gardener.cloud", "ManagedSeed") {
        return;
    }
    let identity = &object.identity;
    let gardenlet = scope.landscape.find("Gardenlet", namespace_of(object), &identity.name);
    if let Some(gardenlet) = gardenlet {
        findings
            .at(
                object,
                object.name_node(),
                format!("a Gardenlet registers the seed `{}` too", identity.name),
            )
            .related(gardenlet.name_node(), "the Gardenlet is declared here")
            .why("Gardener's API server refuses a ManagedSeed with the name of a Gardenlet, and the other way round")
            .help("rename one of the two: each seed has one gardenlet");
    }
}
