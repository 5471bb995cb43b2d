//! References of shoots, as far as they can be judged without what they refer to.

use crate::check::{Findings, Judge, Rule, Scope, object_reference};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{ObjectReference, Shoot, Text};

use super::dns::Credentials;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L537", "reference-incomplete"),
        upstream: &["SH-RES-NAME", "SH-DNS-PROV", "SH-SELF-BKP"],
        judge: Judge::ShootTemplate(incomplete),
    },
    Rule {
        code: Code::error("L538", "credentials-not-supported"),
        upstream: &["SH-DNS-PROV", "SH-SELF-BKP"],
        judge: Judge::ShootTemplate(unsupported),
    },
    Rule {
        code: Code::error("L468", "reference-name-malformed"),
        upstream: &["SH-DNS-PROV", "SH-SELF-BKP"],
        judge: Judge::ShootTemplate(misnamed),
    },
];

const CREDENTIALS_FIELD: &str = "credentialsRef";

/// The places that credentials for DNS are named at.
fn dns_credentials(shoot: Shoot<'_>) -> impl Iterator<Item = &Node> {
    let providers = shoot.dns().into_iter().flat_map(|dns| dns.providers());
    let with_credentials = providers.filter(|provider| provider.credentials().is_some());
    with_credentials.map(|provider| provider.node())
}

/// The backups of a self-hosted control plane.
fn backups(shoot: Shoot<'_>) -> impl Iterator<Item = &Node> {
    let hostings = shoot.workers().filter_map(|worker| worker.self_hosting());
    hostings.filter_map(|hosting| hosting.backup()).map(|backup| backup.node())
}

/// Upstream: pkg/api/core/validation/utils.go, validateCrossVersionObjectReference, validateCredentialsRef.
fn incomplete(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    // The schema asks for the kind and the name of a reference without a namespace.
    let (asked, unasked) = (&["apiVersion", "kind", "name"], &["apiVersion"]);
    for resource in shoot.resources() {
        object_reference::incomplete(object, (resource.node(), "resourceRef"), asked, unasked, findings);
    }
    for provider in dns_credentials(shoot) {
        object_reference::incomplete(object, (provider, CREDENTIALS_FIELD), asked, unasked, findings);
    }
    let all = &["apiVersion", "kind", "name", "namespace"];
    for backup in backups(shoot) {
        if backup.get(CREDENTIALS_FIELD).is_some() {
            object_reference::incomplete(object, (backup, CREDENTIALS_FIELD), all, all, findings);
        } else {
            findings
                .lacking(object, backup, &[CREDENTIALS_FIELD], "the backup has no credentials")
                .why("without them nothing can be stored")
                .help("refer to a Secret in `credentialsRef`");
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateCredentialsRef; pkg/api/core/validation/shoot.go,
/// ValidateWorkerControlPlane.
fn unsupported(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let with_credentials = backups(shoot).filter(|backup| backup.get(CREDENTIALS_FIELD).is_some());
    for parent in dns_credentials(shoot).chain(with_credentials) {
        let place = (parent, CREDENTIALS_FIELD);
        object_reference::of_other_kind(shoot.object, place, object_reference::CREDENTIALS, findings);
    }
    let own = super::namespace(shoot);
    for backup in backups(shoot) {
        let namespace = backup.at(&[CREDENTIALS_FIELD, "namespace"]).and_then(Text::of);
        if let Some(namespace) = namespace.filter(|namespace| namespace.as_str() != own) {
            let message = "the credentials of the backup are in another namespace than the shoot";
            findings
                .at(shoot.object, namespace.node, message)
                .why("Gardener's API server lets a shoot use the credentials of its own namespace only")
                .help(format!("set `{own}`"));
        }
        let kind = backup.at(&[CREDENTIALS_FIELD, "kind"]).and_then(Node::as_str);
        let version = backup.at(&[CREDENTIALS_FIELD, "apiVersion"]).and_then(Node::as_str);
        if (version, kind) == (Some("security.gardener.cloud/v1alpha1"), Some("WorkloadIdentity")) {
            let message = "a backup cannot be stored with a WorkloadIdentity yet";
            findings
                .at_field(shoot.object, backup, CREDENTIALS_FIELD, message)
                .why("what makes the backups knows Secrets only")
                .help("refer to a `Secret` of `v1`");
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateCredentialsRef; pkg/api/core/validation/shoot.go,
/// ValidateWorkerControlPlane.
fn misnamed(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    for provider in shoot.dns().into_iter().flat_map(|dns| dns.providers()) {
        if let Some(reference) = provider.credentials() {
            object_reference::misnamed(object, reference, findings);
        } else if let Some(secret) = Credentials::of(shoot, provider).and(provider.written_secret_name())
            && !is_dns_subdomain(&secret)
        {
            // The API server makes a reference out of it, and names that.
            let message = format!("the name of the Secret is no DNS name: `{secret}`");
            findings
                .under(object, secret.node, provider.node(), "credentialsRef.name", message)
                .why("no Secret can have the name")
                .help("name a Secret in the namespace of the shoot");
        }
    }
    for backup in backups(shoot) {
        if let Some(reference) = backup.get(CREDENTIALS_FIELD) {
            object_reference::misnamed(object, ObjectReference::of(reference), findings);
        }
    }
}
