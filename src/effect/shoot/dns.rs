//! The domain of a shoot and the provider that serves it.

use super::{HELP, SHOOT_FIELD_KEPT, WHY, WITH_A_SEED};
use crate::check::{Findings, Raised, Scope};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::{DnsProvider, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-DNS"],
        judge: Judge::ShootTemplate(domain),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-DNS"],
        judge: Judge::ShootTemplate(primary_of_scheduled),
    },
    Rule {
        code: WITH_A_SEED,
        impact: Impact::InPlace,
        upstream: &["UP-SH-DNS"],
        judge: Judge::Shoot(primary_of_unscheduled),
    },
];

const DNS: [&str; 2] = ["spec", "dns"];
const DOMAIN: [&str; 3] = ["spec", "dns", "domain"];
const PROVIDERS: [&str; 3] = ["spec", "dns", "providers"];

/// The domain that a shoot has because of its seed, or may have if its files do not name one.
fn given(shoot: Shoot<'_>, scope: &Scope<'_>) -> Vec<String> {
    if shoot.is_template() || is_unmanaged(shoot) { Vec::new() } else { scope.given_domains(shoot) }
}

/// Upstream: pkg/api/core/helper/shoot.go, ShootUsesUnmanagedDNS.
fn is_unmanaged(shoot: Shoot<'_>) -> bool {
    let provider = explicit(shoot).or(shoot.dns_providers().next());
    provider.and_then(DnsProvider::type_name).is_some_and(|name| &*name == "unmanaged")
}

fn explicit(shoot: Shoot<'_>) -> Option<DnsProvider<'_>> {
    shoot.dns_providers().find(|provider| provider.primary() == Some(true))
}

/// Upstream: pkg/api/core/validation/shoot.go, validateDNSUpdate; what is left out, plugin/pkg/shoot/dns/admission.go, Admit
/// fills in for a shoot that has a seed.
fn domain(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots;
    let domains = shoots.map(Shoot::written_domain);
    let is_refilled = |old: Text<'_>| given(after, &sides.after).iter().any(|given| *given == *old);
    if before.dns().is_some() && after.dns().is_none() && (after.is_template() || after.seed_name().is_none())
    {
        if !domains.before.is_some_and(is_refilled) || explicit(before).is_some() {
            explain(shoots.field(&DNS).raise("the DNS of a shoot", findings));
        }
        return;
    }
    match (domains.before, domains.after) {
        (Some(old), Some(new)) if *old == *new => {}
        (Some(old), None) if is_refilled(old) => {}
        (Some(_), _) => explain(shoots.field(&DOMAIN).raise("the domain of a shoot", findings)),
        (None, Some(new)) => {
            let has = given(before, &sides.before);
            if before.seed_name().is_some() && !has.is_empty() && !has.iter().any(|given| *given == *new) {
                let given = has.join("` or `");
                let message = format!("the shoot has the domain `{given}` already, which cannot be changed");
                explain(findings.at(after.object, new.node, message));
            }
        }
        (None, None) => {}
    }
}

fn explain(raised: Raised<'_>) {
    raised.why(WHY).help(HELP);
}

/// The provider that serves the domain: the one that says so, the one that did so before, or the first, if the domain is
/// not Gardener's to serve.
///
/// Upstream: plugin/pkg/shoot/dns/admission.go, Admit and setPrimaryDNSProvider.
fn primary<'a>(
    shoot: Shoot<'a>,
    scope: &Scope<'_>,
    before: Option<DnsProvider<'_>>,
) -> Option<DnsProvider<'a>> {
    if shoot.is_template() {
        return explicit(shoot);
    }
    let kind = |provider: DnsProvider<'_>| provider.written_type().map(|name| name.to_string());
    let again = || {
        let before = before?;
        shoot.dns_providers().find(|provider| kind(*provider) == kind(before))
    };
    let first = || {
        let is_own = shoot.domain().is_some_and(|domain| !scope.is_below_default(shoot, &domain));
        shoot.dns_providers().next().filter(|_| is_own)
    };
    explicit(shoot).or_else(again).or_else(first)
}

/// What is wrong with the primary provider, if anything is.
///
/// Upstream: pkg/api/core/validation/shoot.go, validateDNSUpdate.
fn fault(shoots: Both<Shoot<'_>>, sides: &Sides<'_>) -> Option<&'static str> {
    let old = primary(shoots.before, &sides.before, None)?;
    shoots.before.dns()?;
    // Of a template without any DNS that is the fault.
    shoots.after.dns().or(shoots.before.dns().filter(|_| !shoots.is_template()))?;
    let Some(new) = primary(shoots.after, &sides.after, Some(old)) else {
        return Some("the primary DNS provider cannot be removed");
    };
    match (old.written_type(), new.written_type()) {
        (Some(_), None) => Some("the type of the primary DNS provider cannot be removed"),
        (Some(old), Some(new)) if *old != *new => {
            Some("the type of the primary DNS provider cannot be changed")
        }
        _ => None,
    }
}

const RECORDS: &str =
    "the records of the shoot are the provider's; Gardener's API server refuses to leave them there";

fn primary_of_scheduled(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    if shoots.after.seed_name().is_some()
        && let Some(message) = fault(shoots, sides)
    {
        shoots
            .refuse(&PROVIDERS, message, findings)
            .why(RECORDS)
            .help("keep the provider and its type; its credentials may change");
    }
}

fn primary_of_unscheduled(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    // Without any DNS the shoot is refused for that.
    if shoots.after.seed_name().is_none()
        && shoots.after.dns().is_some()
        && let Some(message) = fault(shoots, sides)
    {
        shoots
            .refuse(&PROVIDERS, format!("{message} once the shoot lives on a seed"), findings)
            .why(RECORDS)
            .help("keep the provider and its type, unless the shoot still waits for a seed");
    }
}
