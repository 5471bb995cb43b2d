//! Domains: each shoot has one of its own, and what lies below a default domain is named as Gardener names it.

mod unique;

use super::project::NAMES_LIMIT;
use super::reference::namespace_of;
use super::scheduling::Seeds;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, Cluster, GARDEN_NAMESPACE};
use crate::landscape::{Landscape, Object};
use crate::syntax::Node;
use crate::view::{DnsProvider, Shoot, Text};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L395", "domain-of-another-shoot"),
        upstream: &["XS-DNS-UNIQ"],
        judge: Judge::Landscape(unique::judge),
    },
    Rule {
        code: Code::error("L396", "domain-not-of-default-scheme"),
        upstream: &["XS-DNS-DEF"],
        judge: Judge::Shoot(scheme),
    },
    Rule {
        code: Code::error("L397", "primary-provider-for-default-domain"),
        upstream: &["XS-DNS-PRIM"],
        judge: Judge::Shoot(primary_provider),
    },
    Rule {
        code: Code::error("L398", "default-domain-incomplete"),
        upstream: &["XS-DNS-DEF"],
        judge: Judge::Kinds(&[kind::SECRET], incomplete),
    },
];

const DOMAIN: &str = "dns.gardener.cloud/domain";
const PROVIDER: &str = "dns.gardener.cloud/provider";
const PRIORITY: &str = "dns.gardener.cloud/domain-default-priority";

/// The domains that shoots get theirs from, as far as they do not depend on the seed.
pub(super) struct DefaultDomains<'a> {
    /// Those of the Secrets, in the order in which they are tried.
    secrets: Vec<Text<'a>>,
    /// Those that every seed has. A shoot without a seed will come to live on one of them.
    common: Vec<Text<'a>>,
}

impl<'a> DefaultDomains<'a> {
    /// The default domains of a landscape.
    ///
    /// Upstream: plugin/pkg/shoot/dns/admission.go, getDefaultDomains.
    pub(super) fn of(landscape: &'a Landscape, seeds: &Seeds<'a>) -> Self {
        let mut secrets: Vec<&Object> =
            landscape.of_kind("Secret").filter(|secret| is_default_domain(secret)).collect();
        secrets.sort_by_key(|secret| {
            let priority = secret.annotation(PRIORITY).and_then(|priority| priority.parse::<i64>().ok());
            std::cmp::Reverse(priority.unwrap_or_default())
        });
        let domain = |secret: &'a Object| {
            let node = secret.root.at(&["metadata", "annotations", DOMAIN])?;
            Text::of(node).filter(|domain| !domain.starts_with("ENC["))
        };
        let seeds = &seeds.candidates;
        let common = seeds.first().filter(|_| landscape.complete).into_iter();
        let common = common
            .flat_map(|first| first.default_domains())
            .filter(|domain| seeds.iter().all(|seed| seed.default_domains().any(|own| *own == **domain)));
        Self { secrets: secrets.into_iter().filter_map(domain).collect(), common: common.collect() }
    }

    /// Those of the Secrets, in the order in which they are tried.
    pub(super) fn of_secrets(&self) -> impl Iterator<Item = &'a str> {
        self.secrets.iter().map(|domain| domain.as_str())
    }
}

/// Whether an object tells of a domain that shoots get theirs from.
fn is_default_domain(object: &Object) -> bool {
    object.label("gardener.cloud/role") == Some("default-domain")
        && namespace_of(object) == GARDEN_NAMESPACE
        && object.cluster() == Cluster::VirtualGarden
}

/// The domains that a shoot may get its own from, in the order in which they are tried.
fn default_domains<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Vec<Text<'a>> {
    let known = scope.default_domains();
    let Some(name) = shoot.seed_name() else {
        return known.secrets.iter().chain(&known.common).copied().collect();
    };
    let Some(seed) = scope.seeds().named(&name) else {
        return Vec::new();
    };
    let own: Vec<_> = seed.default_domains().collect();
    if own.is_empty() { known.secrets.clone() } else { own }
}

/// Whether a domain lies below another.
fn is_below(domain: &str, other: &str) -> bool {
    domain.strip_suffix(other).is_some_and(|rest| rest.ends_with('.'))
}

/// The domain that Gardener gives to a shoot below a default domain.
fn given(shoot: Shoot<'_>, default: &str, scope: &Scope<'_>) -> Option<String> {
    let project = scope.project(namespace_of(shoot.object))?;
    let (project, shoot) = (&project.object.identity.name, &shoot.object.identity.name);
    // A name that is refused itself says nothing of the domain that its successor will have.
    (project.len() + shoot.len() <= NAMES_LIMIT).then(|| format!("{shoot}.{project}.{default}"))
}

/// Whether a domain lies below one that a shoot may get its own from.
pub(super) fn is_below_default(shoot: Shoot<'_>, domain: &str, scope: &Scope<'_>) -> bool {
    default_domains(shoot, scope).iter().any(|default| is_below(domain, default))
}

/// The domains that Gardener may give to a shoot without one.
///
/// Upstream: plugin/pkg/shoot/dns/admission.go, assignDefaultDomainIfNeeded.
pub(super) fn given_domains(shoot: Shoot<'_>, scope: &Scope<'_>) -> Vec<String> {
    default_domains(shoot, scope).iter().filter_map(|default| given(shoot, default, scope)).collect()
}

/// The default domains of seeds above the domain of a shoot, each with whether the domain is the given one.
pub(super) fn above<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Vec<(&'a str, bool)> {
    let Some(domain) = shoot.domain() else {
        return Vec::new();
    };
    let defaults = parents(&domain).filter_map(|parent| scope.seeds().default_domain(parent));
    let project =
        scope.project(namespace_of(shoot.object)).map(|project| project.object.identity.name.as_str());
    let own =
        domain.strip_prefix(shoot.object.identity.name.as_str()).and_then(|rest| rest.strip_prefix('.'));
    let given = own.zip(project).and_then(|(rest, project)| rest.strip_prefix(project)?.strip_prefix('.'));
    defaults.map(|default| (default, given == Some(default))).collect()
}

/// The domains above a domain, the nearest first.
fn parents<'a>(domain: &Text<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let domain = domain.as_str();
    domain.match_indices('.').filter_map(|(dot, _)| domain.get(dot + 1..)).filter(|parent| !parent.is_empty())
}

/// Whether the API server would refuse a shoot for what it says of its domain.
pub(super) fn is_refused(shoot: Shoot<'_>, scope: &Scope<'_>) -> bool {
    misnamed(shoot, scope).is_some() || primaries(shoot, scope).next().is_some()
}

/// The default domain above the domain of a shoot that is not named after shoot and project.
fn misnamed<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Option<(Text<'a>, String)> {
    let domain = shoot.domain().filter(|_| !is_unmanaged(shoot))?;
    let mut defaults = default_domains(shoot, scope).into_iter();
    let default = defaults.find(|default| is_below(&domain, default))?;
    let given = given(shoot, &default, scope).filter(|given| *given != *domain)?;
    Some((default, given))
}

/// Whether nobody manages the records of a shoot.
///
/// Upstream: pkg/api/core/helper/shoot.go, ShootUsesUnmanagedDNS.
fn is_unmanaged(shoot: Shoot<'_>) -> bool {
    let primary = shoot.dns_providers().find(|provider| provider.primary() == Some(true));
    let provider = primary.or(shoot.dns_providers().next());
    provider.and_then(DnsProvider::type_name).is_some_and(|name| &*name == "unmanaged")
}

/// Upstream: plugin/pkg/shoot/dns/admission.go, checkDefaultDomainFormat.
fn scheme(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let (Some(domain), Some((default, given))) = (shoot.domain(), misnamed(shoot, scope)) else {
        return;
    };
    findings
        .at(
            shoot.object,
            domain.node,
            format!("the domain `{domain}` lies below a default domain and is not `{given}`"),
        )
        .related(default.node, "the default domain is set here")
        .why("below a default domain Gardener's API server takes no domain but the one of shoot and project")
        .help(format!("write `{given}`, or choose a domain of your own"));
}

/// The primary providers of a shoot whose domain is Gardener's to serve, with that default domain.
fn primaries<'a, 's>(
    shoot: Shoot<'s>,
    scope: &Scope<'a>,
) -> impl Iterator<Item = (&'s Node, Text<'a>)> + use<'a, 's> {
    let mut primaries = shoot
        .dns_providers()
        .filter(|provider| provider.primary() == Some(true))
        .filter_map(|provider| provider.node().get("primary"))
        .peekable();
    let any = primaries.peek().is_some();
    let default = shoot.domain().filter(|_| any).and_then(|domain| {
        default_domains(shoot, scope).into_iter().find(|default| is_below(&domain, default))
    });
    primaries.filter_map(move |primary| Some((primary, default?)))
}

/// Upstream: plugin/pkg/shoot/dns/admission.go, checkPrimaryDNSProvider.
fn primary_provider(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    for (primary, default) in primaries(shoot, scope) {
        findings
            .at(
                shoot.object,
                primary,
                format!("a primary DNS provider for a domain below the default domain `{default}`"),
            )
            .related(default.node, "the default domain is set here")
            .why("Gardener serves the domain itself, and its API server refuses a primary provider beside it")
            .help("remove `primary`, or choose a domain of your own");
    }
}

/// Upstream: pkg/utils/gardener/dns.go, GetDomainInfoFromAnnotations.
fn incomplete(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    if !is_default_domain(object) {
        return;
    }
    let metadata = object.root.get("metadata").unwrap_or(&object.root);
    for (annotation, what) in [(DOMAIN, "the domain"), (PROVIDER, "the type of the DNS provider")] {
        if object.annotation(annotation).is_some_and(|value| !value.is_empty()) {
            continue;
        }
        let message = format!("the default domain does not tell {what} in the annotation `{annotation}`");
        findings
            .missing(object, metadata, &format!("annotations[{annotation}]"), message)
            .why("Gardener's API server reads it with every new shoot, and refuses them all without it")
            .help(format!("set the annotation `{annotation}`"));
    }
}

/// All shoots with a domain, in the order of their files.
fn domains(landscape: &Landscape) -> Vec<(Shoot<'_>, Text<'_>)> {
    let shoots = landscape.of_kind("Shoot").map(Shoot::of);
    let mut domains: Vec<_> = shoots.filter_map(|shoot| Some((shoot, shoot.domain()?))).collect();
    domains.sort_by_key(|(_, domain)| (domain.node.span.file, domain.node.span.start));
    domains
}
