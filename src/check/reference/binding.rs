//! References of bindings: the credentials they give access to, and the quotas they set.

use super::{Referent, namespace_of};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::view::{BackupBucket, Binding, ObjectReference, Quota, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L340", "credentials-not-declared"),
        upstream: &["XR-REF-BINDCRED", "XR-REF-BB"],
        judge: Judge::Object(credentials),
    },
    Rule {
        code: Code::error("L341", "quota-not-declared"),
        upstream: &["XR-REF-QUOTA"],
        judge: Judge::Object(quotas),
    },
    Rule {
        code: Code::error("L342", "quota-scope-repeated"),
        upstream: &["XR-REF-QUOTA"],
        judge: Judge::Object(quota_scopes),
    },
];

fn binding_of(object: &Object) -> Option<Binding<'_>> {
    let binding = object.identity.is("security.gardener.cloud", "CredentialsBinding")
        || object.identity.is("core.gardener.cloud", "SecretBinding");
    binding.then(|| Binding::of(object))
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBindingReferences and
/// ensureBackupBucketReferences.
fn credentials(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let own = namespace_of(object);
    let referent = if let Some(binding) = binding_of(object) {
        let secret = binding.secret().and_then(|secret| Referent::of(secret, "Secret", own));
        secret.or_else(|| any_credentials(binding.credentials()?, own))
    } else if object.identity.is("core.gardener.cloud", "BackupBucket") {
        let credentials = BackupBucket::of(object).credentials();
        credentials.and_then(|credentials| any_credentials(credentials, own))
    } else {
        None
    };
    if let Some(referent) = referent {
        let why = "Gardener's API server refuses an object whose credentials do not exist";
        referent.require(object, scope, findings, why);
    }
}

fn any_credentials<'a>(reference: ObjectReference<'a>, own: &'a str) -> Option<Referent<'a>> {
    let kind = reference.kind().map(Text::as_str);
    let kind = kind.filter(|kind| matches!(*kind, "Secret" | "InternalSecret" | "WorkloadIdentity"))?;
    Referent::of(reference, kind, own)
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBindingReferences.
fn quotas(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let quotas = binding_of(object).into_iter().flat_map(Binding::quotas);
    for referent in quotas.filter_map(|quota| Referent::of(quota, "Quota", namespace_of(object))) {
        let why = "Gardener's API server refuses a binding whose quotas do not all exist";
        referent.require(object, scope, findings, why);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBindingReferences.
fn quota_scopes(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let mut seen: Vec<(&str, ObjectReference<'_>)> = Vec::new();
    for reference in binding_of(object).into_iter().flat_map(Binding::quotas) {
        let referent = Referent::of(reference, "Quota", namespace_of(object));
        let quota = referent.and_then(|quota| scope.landscape.find("Quota", quota.namespace, &quota.name));
        let Some(kind) = quota.and_then(|quota| Quota::of(quota).scope()?.kind()) else {
            continue;
        };
        let limited = match kind.as_str() {
            "Project" => "the project",
            "Secret" | "WorkloadIdentity" => "the credentials",
            _ => continue,
        };
        if let Some((_, first)) = seen.iter().find(|(earlier, _)| *earlier == limited) {
            findings
                .at(
                    object,
                    reference.node(),
                    format!("a second quota that limits {limited}"),
                )
                .related(first.node(), "the first one is referred to here")
                .why("Gardener's API server refuses a binding with more than one quota for the project or for the credentials")
                .help("remove one of the two, or change the scope of its quota");
        }
        seen.push((limited, reference));
    }
}
