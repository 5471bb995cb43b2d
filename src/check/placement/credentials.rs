//! The credentials of a shoot: they must be the provider's.

use super::mismatch;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::view::{Binding, Shoot, Text, WorkloadIdentity};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L406", "binding-of-another-provider"),
        upstream: &["XS-PROV-BIND"],
        judge: Judge::Shoot(binding),
    },
    Rule {
        code: Code::error("L407", "workload-identity-of-another-provider"),
        upstream: &["XS-WI-TYPE"],
        judge: Judge::Object(workload_identity),
    },
];

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateProviderType.
fn binding(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let another = |offer| mismatch(shoot, offer).is_some();
    let Some(asked) = shoot.provider_type().filter(|_| !scope.offer(shoot).is_some_and(another)) else {
        return;
    };
    let namespace = shoot.object.identity.namespace.as_deref().unwrap_or_default();
    let bindings =
        [("CredentialsBinding", shoot.credentials_binding()), ("SecretBinding", shoot.secret_binding())];
    for (kind, name) in bindings {
        let object = name.and_then(|name| scope.landscape.find(kind, namespace, &name));
        // A binding that contradicts its own identity says nothing about the shoot.
        let Some(object) = object.filter(|object| contradiction(object, scope).is_none()) else {
            continue;
        };
        let Some(types) = Binding::of(object).provider_type() else {
            continue;
        };
        // Only a SecretBinding may serve several providers.
        let serves = match kind {
            "SecretBinding" => types.split(',').any(|one| one == asked.as_str()),
            _ => *types == *asked,
        };
        if !serves {
            let name = &object.identity.name;
            let message = format!("the {kind} `{name}` is for the provider type `{types}`");
            findings
                .at(shoot.object, asked.node, message)
                .related(types.node, "its provider type is set here")
                .why("Gardener's API server refuses a shoot with another provider's credentials")
                .help(format!("name a {kind} for the provider type `{asked}`"));
        }
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, ensureBindingReferences.
fn workload_identity(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((provider, target, name)) = contradiction(object, scope) else {
        return;
    };
    let message = format!("the WorkloadIdentity `{name}` is for the provider type `{target}`");
    findings
        .at(object, provider.node, message)
        .related(target.node, "its target system is set here")
        .why("Gardener's API server refuses a binding to another provider's identity")
        .help(format!("set `{target}`, or refer to a WorkloadIdentity for `{provider}`"));
}

/// The provider types of a CredentialsBinding and of the WorkloadIdentity it refers to, when they differ, and the
/// identity's name.
fn contradiction<'a>(object: &'a Object, scope: &Scope<'a>) -> Option<(Text<'a>, Text<'a>, Text<'a>)> {
    if !object.identity.is("security.gardener.cloud", "CredentialsBinding") {
        return None;
    }
    let binding = Binding::of(object);
    let (provider, credentials) = (binding.provider_type()?, binding.credentials()?);
    let name =
        credentials.name().filter(|_| credentials.kind().is_some_and(|kind| *kind == *"WorkloadIdentity"))?;
    let own = object.identity.namespace.as_deref().unwrap_or_default();
    let namespace = credentials.namespace().map_or(own, Text::as_str);
    let identity = scope.landscape.find("WorkloadIdentity", namespace, &name)?;
    let target = WorkloadIdentity::of(identity).target_type()?;
    (*target != *provider).then_some((provider, target, name))
}
