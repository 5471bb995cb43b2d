//! Credentials: the bindings that let shoots use them, the identities that stand in for them, what is in Secrets.

pub(super) mod backup;
pub(super) mod identity;
pub(super) mod kubeconfig;
pub(super) mod secret;

use super::metadata::NAME_INVALID;
use super::name_form::NameForm;
use super::reference::namespace_of;
use super::{Findings, Judge, Rule, Scope, object_reference};
use crate::diagnostic::Code;
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::view::{BackupBucket, Binding, ObjectReference, Text, WorkloadIdentity};

/// Credentials that lack what finds them, or that no provider takes.
pub(super) const CREDENTIALS_INVALID: Code = Code::error("L380", "credentials-invalid");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: CREDENTIALS_INVALID,
        upstream: &["CB-PROV", "SB-PROV", "BB-OWNER"],
        judge: Judge::Kinds(WITH_CREDENTIALS, references),
    },
    Rule {
        code: CREDENTIALS_INVALID,
        upstream: &["CB-PROV", "SB-PROV", "WI-AUD"],
        judge: Judge::Kinds(
            &[kind::CREDENTIALS_BINDING, kind::SECRET_BINDING, kind::WORKLOAD_IDENTITY],
            providers,
        ),
    },
    Rule {
        code: NAME_INVALID,
        upstream: &["CB-PROV", "SB-PROV"],
        judge: Judge::Kinds(WITH_CREDENTIALS, names),
    },
];

const WITH_CREDENTIALS: &[GroupKind] =
    &[kind::CREDENTIALS_BINDING, kind::SECRET_BINDING, kind::BACKUP_BUCKET];

const WHY: &str = "Gardener's API server refuses an object whose credentials cannot be found";

/// Upstream: pkg/api/core/validation/utils.go, ValidateCredentialsRef and ValidateObjectReferenceNameAndNamespace;
/// secretbinding.go, validateSecretReferenceOptionalNamespace.
fn references(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    match &*object.identity.kind {
        "CredentialsBinding" => {
            // The namespace of the binding stands in for a missing one.
            credentials(object, Binding::of(object).credentials(), "credentialsRef", true, findings);
        }
        "BackupBucket" => match BackupBucket::of(object).credentials() {
            Some(reference) => credentials(object, Some(reference), "", false, findings),
            None => missing_credentials(object, findings),
        },
        _ => {
            let secret = Binding::of(object).secret();
            if secret.is_none_or(|secret| secret.name().is_none()) {
                missing(object, secret, "secretRef", "name", findings);
            }
        }
    }
    for quota in Binding::of(object).quotas().filter(|quota| quota.name().is_none()) {
        missing(object, Some(quota), "", "name", findings);
    }
}

fn missing_credentials(object: &Object, findings: &mut Findings) {
    let spec = object.root.get("spec");
    let path = if spec.is_some() { "credentialsRef" } else { "spec.credentialsRef" };
    findings
        .missing(object, spec.unwrap_or(&object.root), path, "a BackupBucket without credentials")
        .why(WHY)
        .help("refer to a Secret or to a WorkloadIdentity");
}

/// Reports a field that a reference lacks; `path` is where the reference would stand if it is missing as a whole.
fn missing(
    object: &Object,
    reference: Option<ObjectReference<'_>>,
    path: &str,
    field: &str,
    findings: &mut Findings,
) {
    let message = format!("the reference has no `{field}`");
    match reference {
        // Of another type, which is the schema's business.
        Some(reference) if is_mistyped(reference, field) => return,
        Some(reference) => findings.missing(object, reference.node(), field, message),
        None => findings.missing(object, &object.root, &format!("{path}.{field}"), message),
    }
    .why(WHY)
    .help(format!("add `{field}`"));
}

fn is_mistyped(reference: ObjectReference<'_>, field: &str) -> bool {
    reference.node().get(field).is_some_and(|node| node.as_str().is_none())
}

fn credentials(
    object: &Object,
    reference: Option<ObjectReference<'_>>,
    path: &str,
    defaulted: bool,
    findings: &mut Findings,
) {
    let text = |field: Option<Text<'_>>| field.map(|field| field.as_str().to_owned()).unwrap_or_default();
    let version = text(reference.and_then(ObjectReference::api_version));
    let kind = text(reference.and_then(ObjectReference::kind));
    let name = text(reference.and_then(ObjectReference::name));
    for (field, value) in [("apiVersion", &version), ("kind", &kind), ("name", &name)] {
        if value.is_empty() {
            missing(object, reference, path, field, findings);
        }
    }
    let Some(reference) = reference else {
        return;
    };
    let inherits = defaulted && own_namespace(object).is_some();
    if !inherits && reference.namespace().is_none() {
        missing(object, Some(reference), path, "namespace", findings);
    }
    let mistyped = is_mistyped(reference, "apiVersion") || is_mistyped(reference, "kind");
    if !mistyped && !object_reference::CREDENTIALS.contains(&(&version, &kind)) {
        findings
            .at(object, reference.node(), format!("a `{kind}` of `{version}` holds no credentials"))
            .why(WHY)
            .help(
                "refer to `Secret` of `v1`, to `WorkloadIdentity` of `security.gardener.cloud/v1alpha1`, or to \
                 `InternalSecret` of `core.gardener.cloud/v1beta1`",
            );
    }
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateCredentialsRef and ValidateObjectReferenceNameAndNamespace;
/// secretbinding.go, validateSecretReferenceOptionalNamespace.
fn names(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let binding = Binding::of(object);
    let (reference, namespace) = match &*object.identity.kind {
        "CredentialsBinding" => (binding.credentials(), NameForm::Subdomain),
        "BackupBucket" => (BackupBucket::of(object).credentials(), NameForm::Subdomain),
        _ => (binding.secret(), NameForm::Label),
    };
    let credentials = reference.map(|reference| (reference, namespace));
    let quotas = binding.quotas().map(|quota| (quota, NameForm::Label));
    for (reference, form) in credentials.into_iter().chain(quotas) {
        if let Some(name) = reference.name() {
            NameForm::Subdomain.require(object, name, "the name", findings);
        }
        match reference.namespace() {
            Some(namespace) => form.require(object, namespace, "the namespace", findings),
            None => inherited(object, reference, form, findings),
        }
    }
}

/// A reference without a namespace takes that of the binding, and a malformed one with it.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_secretbinding.go, SetDefaults_SecretBinding, and its twin.
fn inherited(object: &Object, reference: ObjectReference<'_>, form: NameForm, findings: &mut Findings) {
    let own = object.root.at(&["metadata", "namespace"]).and_then(Text::of);
    let Some(own) = own.filter(|own| object.identity.kind != "BackupBucket" && !form.accepts(own)) else {
        return;
    };
    findings
        .missing(
            object,
            reference.node(),
            "namespace",
            format!("the namespace `{own}` of the binding holds here too"),
        )
        .related(own.node, "the namespace of the binding")
        .why(WHY)
        .help("correct the namespace of the binding");
}

/// Upstream: pkg/api/security/validation/credentialsbinding.go, ValidateCredentialsBindingProvider;
/// workloadidentity.go, validateTargetSystem; pkg/api/core/validation/secretbinding.go, ValidateSecretBindingProvider.
fn providers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let provider = match &*object.identity.kind {
        "SecretBinding" => {
            if Binding::of(object).provider().is_none() {
                findings
                    .missing(object, &object.root, "provider", "a SecretBinding without a provider")
                    .why("Gardener's API server refuses credentials of which nobody knows who takes them")
                    .help("add `provider: {type: …}`");
            }
            // Only a SecretBinding may be for several.
            None
        }
        "CredentialsBinding" => Binding::of(object).provider_type(),
        _ => WorkloadIdentity::of(object).target_type(),
    };
    if let Some(provider) = provider.filter(|provider| provider.contains(',')) {
        findings
            .at(object, provider.node, format!("`{provider}` names several provider types"))
            .why("Gardener's API server takes one; only a SecretBinding can be for several")
            .help(format!("write one {} for each provider", object.identity.kind));
    }
}

/// The namespace an object is in; nothing where that is not written.
pub(super) fn own_namespace(object: &Object) -> Option<&str> {
    Some(namespace_of(object)).filter(|namespace| !namespace.is_empty())
}
