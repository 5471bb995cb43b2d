//! Domains of a Garden: each is a name of its own, managed by a provider that is declared.

use super::REFUSED;
use crate::check::registration::given;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::name::is_dns_subdomain;
use crate::view::{Dashboard, DiscoveryServer, Garden, GardenDomain, Text, VirtualApiServer};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L483", "garden-domain-invalid"),
        upstream: &["GA-DOMDUP"],
        judge: Judge::Kinds(&[GARDEN], names),
    },
    Rule {
        code: Code::error("L484", "garden-dns-provider-not-declared"),
        upstream: &["XG-DNSPROV"],
        judge: Judge::Kinds(&[GARDEN], providers),
    },
    Rule {
        code: Code::warning("L485", "garden-dns-provider-declared-twice"),
        upstream: &["GA-DOMDUP"],
        judge: Judge::Kinds(&[GARDEN], providers_twice),
    },
    Rule {
        code: Code::error("L488", "certificate-for-own-api-server"),
        upstream: &["GA-SNI"],
        judge: Judge::Kinds(&[GARDEN], own_api_server),
    },
];

const NAME_HELP: &str =
    "use lower-case letters, digits, `-` and `.`, beginning and ending with a letter or digit";

/// The domains of a Garden, list by list, and those that stand alone.
fn domains(garden: Garden<'_>) -> [Vec<GardenDomain<'_>>; 3] {
    let alone = [
        garden.dashboard().and_then(Dashboard::domain),
        garden.discovery_server().and_then(DiscoveryServer::domain),
    ];
    [
        garden.ingress_domains().collect(),
        garden.virtual_domains().collect(),
        alone.into_iter().flatten().collect(),
    ]
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateDomains, validateGardenerDashboardConfig and
/// validateGardenerDiscoveryServerConfig.
fn names(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let [ingress, virtual_garden, alone] = domains(garden);
    for domains in [ingress, virtual_garden] {
        let names: Vec<Text<'_>> = domains.into_iter().filter_map(GardenDomain::name).collect();
        for (index, name) in names.iter().enumerate() {
            let earlier = names.iter().take(index).find(|earlier| earlier.as_str() == name.as_str());
            if let Some(earlier) = earlier {
                findings
                    .at(object, name.node, format!("the domain `{name}` is listed twice"))
                    .related(earlier.node, "it is listed here already")
                    .why(REFUSED)
                    .help("list it once");
            } else {
                dns_name(object, *name, "domain", findings);
            }
        }
    }
    let names = alone.into_iter().filter_map(GardenDomain::name);
    names.for_each(|name| dns_name(object, name, "domain", findings));
    let secrets = [
        garden.dashboard().and_then(Dashboard::tls_secret),
        garden.discovery_server().and_then(DiscoveryServer::tls_secret),
    ];
    let names = secrets.into_iter().flatten().filter_map(Text::written);
    names.for_each(|name| dns_name(object, name, "name of a Secret", findings));
}

fn dns_name(object: &Object, name: Text<'_>, what: &str, findings: &mut Findings) {
    if !is_dns_subdomain(&name) {
        findings.at(object, name.node, format!("`{name}` is no {what}")).why(REFUSED).help(NAME_HELP);
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateDomain.
fn providers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let Some(dns) = given(garden.dns()).filter(|dns| dns.as_mapping().is_some()) else {
        return;
    };
    let known: Vec<&str> =
        garden.dns_providers().filter_map(|provider| provider.name()).map(Text::as_str).collect();
    for domain in domains(garden).into_iter().flatten().filter(|domain| domain.node().as_mapping().is_some())
    {
        let Some(node) = given(domain.provider()) else {
            findings
                .missing(object, domain.node(), "provider", "the domain does not say who manages its records")
                .related(dns, "the Garden manages DNS records")
                .why(REFUSED)
                .help(format!("set `provider`; {}", help_with_names("", known.iter().copied())));
            continue;
        };
        if let Some(name) = node.as_str().filter(|name| !known.contains(name)) {
            findings
                .at(object, node, format!("no DNS provider `{name}` is declared"))
                .related(dns, "the providers are declared here")
                .why(REFUSED)
                .help(help_with_names(name, known.iter().copied()));
        }
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateDNS, which means to, and forgets the names.
fn providers_twice(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let names: Vec<Text<'_>> =
        Garden::of(object).dns_providers().filter_map(|provider| provider.name()).collect();
    for (index, name) in names.iter().enumerate() {
        let earlier = names.iter().take(index).find(|earlier| earlier.as_str() == name.as_str());
        if let Some(earlier) = earlier {
            findings
                .at(object, name.node, format!("two DNS providers have the name `{name}`"))
                .related(earlier.node, "the name is taken here")
                .why("stricter than Gardener, which takes the first one for every domain that names it")
                .help("give each provider a name of its own");
        }
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualCluster; pkg/api/operator/v1alpha1/helper,
/// GetAPIServerSNIDomains.
fn own_api_server(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let Some(first) = garden.virtual_domains().next().and_then(GardenDomain::name) else {
        return;
    };
    let own = format!("api.{first}");
    let covers = |pattern: &str| match pattern.strip_prefix('*') {
        Some(rest) if rest.starts_with('.') => {
            own.strip_suffix(rest).is_some_and(|label| !label.is_empty() && !label.contains('.'))
        }
        _ => pattern == own,
    };
    let patterns = garden.kube_api_server().into_iter().flat_map(VirtualApiServer::sni_patterns);
    for pattern in patterns.filter(|pattern| covers(pattern)) {
        findings
            .at(object, pattern.node, format!("the certificate for `{pattern}` covers `{own}`"))
            .related(first.node, "the domain is set here")
            .why("gardenlets reach the API server there, and trust the garden's own authority only")
            .help(format!("name a pattern that does not cover `{own}`"));
    }
}
