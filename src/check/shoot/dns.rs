//! The DNS providers of shoots: one serves the domain of the shoot, the others need credentials of their own.

use std::collections::HashMap;

use super::{REFUSED, is_before, is_from};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::{DnsProvider, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L539", "dns-providers-inconsistent"),
    upstream: &["SH-DNS-DOM", "SH-DNS-PROV", "SH-DNS-135"],
    judge: Judge::ShootTemplate(inconsistent),
}];

/// The type of a provider that makes no records.
const UNMANAGED: &str = "unmanaged";

/// The credentials of a provider as the API server sees them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Credentials<'a> {
    version: &'a str,
    kind: &'a str,
    name: &'a str,
}

impl<'a> Credentials<'a> {
    /// The credentials that a provider refers to, or those of the Secret it names in the older field.
    ///
    /// Upstream: pkg/apiserver/registry/core/shoot/strategy.go, SyncDNSProviderCredentials.
    pub(super) fn of(shoot: Shoot<'_>, provider: DnsProvider<'a>) -> Option<Self> {
        let text = |text: Option<Text<'a>>| text.map_or("", Text::as_str);
        if let Some(reference) = provider.credentials() {
            let (version, kind) = (text(reference.api_version()), text(reference.kind()));
            return Some(Self { version, kind, name: text(reference.name()) });
        }
        let secret = provider.written_secret_name().filter(|_| synchronized(shoot))?;
        Some(Self { version: "v1", kind: "Secret", name: secret.as_str() })
    }

    fn is_secret(self) -> bool {
        (self.version, self.kind) == ("v1", "Secret")
    }
}

/// Whether the API server fills in the older and the newer field for credentials from each other.
fn synchronized(shoot: Shoot<'_>) -> bool {
    !shoot.is_template() && !is_from(shoot, 35)
}

/// Upstream: pkg/api/core/validation/shoot.go, validateDNS.
fn inconsistent(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(dns) = shoot.dns() else { return };
    let is_primary = |provider: &DnsProvider<'_>| provider.primary() == Some(true);
    let primary = dns.providers().find(is_primary);
    let managed =
        primary.and_then(|primary| primary.written_type()).filter(|name| name.as_str() != UNMANAGED);
    if let Some(name) = managed.filter(|_| dns.domain().is_none()) {
        findings
            .missing(shoot.object, dns.node(), "domain", "the shoot has a primary DNS provider and no domain")
            .related(name.node, "the provider is set here")
            .why("the provider has no domain to make records in")
            .help("set `spec.dns.domain`");
    }
    let mut used = HashMap::new();
    for provider in dns.providers() {
        secret_name(shoot, provider, findings);
        let credentials = Credentials::of(shoot, provider);
        // What is wrong in one of these ways is not looked at any further.
        if repeated(shoot, provider, credentials, &mut used, findings)
            || second_primary(shoot, provider, primary, findings)
            || unmanaged_with_credentials(shoot, provider, credentials, findings)
        {
            continue;
        }
        if credentials.is_some() && provider.written_type().is_none() {
            findings
                .missing(
                    shoot.object,
                    provider.node(),
                    "type",
                    "the DNS provider has credentials and no type",
                )
                .why(REFUSED)
                .help("set the `type` that the credentials are for");
        }
        if credentials.is_none() && !is_primary(&provider) {
            let message = "a DNS provider that is not the primary one has no credentials";
            findings
                .missing(shoot.object, provider.node(), "credentialsRef", message)
                .why("it would do nothing")
                .help("refer to a Secret in `credentialsRef`, or remove the provider");
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateDNSCredentialsRef.
fn secret_name(shoot: Shoot<'_>, provider: DnsProvider<'_>, findings: &mut Findings) {
    let secret = provider.written_secret_name();
    let (message, help) = match Credentials::of(shoot, provider) {
        None if secret.is_some() && is_before(shoot, 35) => {
            ("`secretName` is set without `credentialsRef`", "refer to the Secret in `credentialsRef`, too")
        }
        Some(credentials) if credentials.is_secret() => {
            let same = secret.map_or(synchronized(shoot), |secret| secret.as_str() == credentials.name);
            if same || !is_before(shoot, 35) {
                return;
            }
            ("`secretName` and `credentialsRef` name two Secrets", "remove `secretName`")
        }
        Some(_) if secret.is_some_and(|secret| !secret.is_empty()) => {
            ("`secretName` is set although the credentials are no Secret", "remove `secretName`")
        }
        _ => return,
    };
    findings
        .lacking(shoot.object, provider.node(), &["secretName"], message)
        .why("the two fields mean the same; until Kubernetes 1.35 they must agree")
        .help(help);
}

fn repeated<'a>(
    shoot: Shoot<'_>,
    provider: DnsProvider<'a>,
    credentials: Option<Credentials<'a>>,
    used: &mut HashMap<(&'a str, Credentials<'a>), DnsProvider<'a>>,
    findings: &mut Findings,
) -> bool {
    let Some((name, credentials)) = provider.written_type().zip(credentials) else {
        return false;
    };
    let Some(first) = used.get(&(name.as_str(), credentials)) else {
        used.insert((name.as_str(), credentials), provider);
        return false;
    };
    findings
        .at(
            shoot.object,
            provider.node(),
            format!("the DNS provider `{name}` is listed twice with one credential"),
        )
        .related(first.node(), "it is listed here first")
        .why(REFUSED)
        .help("remove one of the two; `domains` and `zones` of a provider take lists");
    true
}

fn second_primary(
    shoot: Shoot<'_>,
    provider: DnsProvider<'_>,
    first: Option<DnsProvider<'_>>,
    findings: &mut Findings,
) -> bool {
    let Some(first) = first.filter(|first| !std::ptr::eq(first.node(), provider.node())) else {
        return false;
    };
    if provider.primary() != Some(true) {
        return false;
    }
    findings
        .at_field(shoot.object, provider.node(), "primary", "a second DNS provider is the primary one")
        .related(first.node(), "the first one is here")
        .why("one provider serves the domain of the shoot")
        .help("remove `primary` from one of the two");
    true
}

fn unmanaged_with_credentials(
    shoot: Shoot<'_>,
    provider: DnsProvider<'_>,
    credentials: Option<Credentials<'_>>,
    findings: &mut Findings,
) -> bool {
    let unmanaged = provider.written_type().filter(|name| name.as_str() == UNMANAGED);
    if unmanaged.is_none() || credentials.is_none() {
        return false;
    }
    let message = format!("a DNS provider of the type `{UNMANAGED}` has credentials");
    findings
        .at_field(shoot.object, provider.node(), "credentialsRef", message)
        .why("Gardener makes no records for it, so it needs none")
        .help("remove the credentials, or name the type they are for");
    true
}
