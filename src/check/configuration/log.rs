//! Configurations of the extension that forwards the logs of nodes.

use std::net::IpAddr;

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::name::{is_dns_subdomain, is_wildcard_dns_subdomain};
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L929", "log-forwarding-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(
        &[kind("rsyslog-relp.extensions.gardener.cloud", "RsyslogRelpConfig")],
        forwarding,
    ),
}];

const WHY: &str = "the shoot-rsyslog-relp extension refuses the shoot";

/// Upstream: gardener-extension-shoot-rsyslog-relp, pkg/apis/rsyslog/validation/rsyslog_relp.go,
/// ValidateRsyslogRelpConfig.
fn forwarding(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    if let Some(target) = inspection.required(root, "target") {
        let text = target.as_str().unwrap_or_default();
        if text.parse::<IpAddr>().is_err() && !is_dns_subdomain(text) {
            inspection
                .refuse(target, format!("`{text}` is neither an address nor a DNS name"))
                .help("name the host that takes the logs");
        }
    }
    if let Some(port) = root.get("port").filter(|port| port.as_i64().is_some_and(|port| port < 0)) {
        inspection.refuse(port, "there is no such port").help("use 1 to 65535");
    }
    if let Some(tls) = root.get("tls") {
        self::tls(&mut inspection, tls);
    }
    for rule in inspection.some_of(root, "loggingRules") {
        self::rule(&mut inspection, rule);
    }
}

fn tls(inspection: &mut Inspection<'_, '_>, tls: &Node) {
    if tls.get("enabled").and_then(Node::as_bool) == Some(true) {
        inspection.required(tls, "secretReferenceName");
    }
    inspection.one_of(tls, "authMode", &["fingerprint", "name"]);
    inspection.one_of(tls, "tlsLib", &["gnutls", "openssl"]);
    for peer in tls.get("permittedPeer").map(Node::items).unwrap_or_default() {
        let text = peer.as_str().unwrap_or_default();
        let fingerprint = text
            .strip_prefix("SHA1:")
            .is_some_and(|hex| hex.len() == 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !fingerprint && !is_dns_subdomain(text) && !is_wildcard_dns_subdomain(text) {
            inspection
                .refuse(peer, format!("`{text}` names no peer"))
                .help("write a host, one with `*.` before it, or `SHA1:` and 40 hex digits");
        }
    }
}

fn rule(inspection: &mut Inspection<'_, '_>, rule: &Node) {
    let programs = rule.get("programNames").map(Node::items).unwrap_or_default();
    let content = rule.get("messageContent");
    if programs.is_empty() && rule.get("severity").is_none() && content.is_none() {
        inspection
            .refuse(rule, "a rule that says nothing of what to forward")
            .help("set one of `programNames`, `severity` and `messageContent`");
    }
    for program in programs {
        let text = program.as_str().unwrap_or_default();
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || !printable || text.contains(['[', ':', '/']) {
            inspection
                .refuse(program, format!("`{text}` is no name of a program"))
                .help("use printable characters other than `[`, `:` and `/`");
        }
    }
    if let Some(content) = content
        && content.get("regex").is_none()
        && content.get("exclude").is_none()
    {
        inspection
            .refuse(content, "the rule says nothing of the messages to forward")
            .help("set `regex`, `exclude` or both");
    }
}
