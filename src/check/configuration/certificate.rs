//! Configuration of the certificate extension.

use std::net::IpAddr;

use fluent_uri::Uri;

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L927", "certificate-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(&[kind("service.cert.extensions.gardener.cloud", "CertConfig")], certificate),
}];

const WHY: &str = "the shoot-cert-service extension refuses the object";
/// Fields that only a shoot has a use for.
const OF_SHOOTS: [&str; 5] =
    ["alerting", "dnsChallengeOnShoot", "issuers", "precheckNameservers", "shootIssuers"];

/// Upstream: gardener-extension-shoot-cert-service, pkg/apis/service/validation/validation.go, ValidateCertConfig.
fn certificate(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    if &*configuration.object.identity.kind == "Garden" {
        for field in OF_SHOOTS.into_iter().filter(|field| root.get(field).is_some()) {
            inspection
                .refuse_field(root, field, format!("`{field}` is for shoots alone"))
                .help("set it in the values of the extension for the runtime cluster");
        }
        return;
    }
    let issuers = root.get("issuers").map(Node::items).unwrap_or_default();
    inspection.unique(issuers, "name");
    for issuer in issuers {
        self::issuer(&mut inspection, issuer);
    }
    if let Some(challenge) = root.get("dnsChallengeOnShoot")
        && challenge.get("enabled").and_then(Node::as_bool) == Some(true)
    {
        inspection.required(challenge, "namespace");
    }
    if let Some(servers) = root.get("precheckNameservers") {
        let text = servers.as_str().unwrap_or_default();
        if !text.split(',').all(is_server) {
            inspection
                .refuse(servers, format!("`{text}` is no list of name servers"))
                .help("write addresses or DNS names with commas between them");
        }
    }
}

fn issuer(inspection: &mut Inspection<'_, '_>, issuer: &Node) {
    inspection.required(issuer, "name");
    if let Some(server) = inspection.required(issuer, "server") {
        let text = server.as_str().unwrap_or_default();
        if Uri::parse(text).is_err() && !text.starts_with('/') {
            inspection
                .refuse(server, format!("`{text}` is no URL"))
                .help("write the address of the ACME directory");
        }
    }
    if let Some(email) = inspection.required(issuer, "email") {
        let text = email.as_str().unwrap_or_default();
        let valid = text.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace)
        });
        if !valid {
            inspection
                .refuse(email, format!("`{text}` is no e-mail address"))
                .help("write one: `team@example.org`");
        }
    }
    let binding = issuer.get("externalAccountBinding");
    if let Some(binding) = binding {
        inspection.required(binding, "keyID");
    }
    let skips = issuer.get("skipDNSChallengeValidation").filter(|node| node.as_bool() == Some(true));
    if let Some(skips) = skips.filter(|_| binding.is_none()) {
        inspection
            .refuse(skips, "only an issuer with an external account binding may skip the challenge")
            .help("add `externalAccountBinding`, or leave this out");
    }
    let quota = issuer.get("requestsPerDayQuota");
    if let Some(quota) = quota.filter(|quota| quota.as_i64().is_some_and(|quota| quota < 1)) {
        inspection.refuse(quota, "the issuer may request nothing").help("set 1 or more");
    }
    for server in issuer.get("precheckNameservers").map(Node::items).unwrap_or_default() {
        let text = server.as_str().unwrap_or_default();
        if !is_server(text) {
            inspection
                .refuse(server, format!("`{text}` is no name server"))
                .help("write an address or a DNS name, with a port where it needs one");
        }
    }
}

fn is_server(text: &str) -> bool {
    let host = match text.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() && !host.contains(':') => host,
        Some((host, port)) if port.parse::<u16>().is_ok() && host.starts_with('[') => {
            host.trim_matches(['[', ']'])
        }
        _ => text,
    };
    host.parse::<IpAddr>().is_ok() || is_dns_subdomain(host)
}
