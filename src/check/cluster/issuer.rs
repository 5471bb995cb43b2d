//! The URLs that tokens of service accounts are issued under.

use super::{CONFIGURING, item, parts};
use crate::check::{Findings, Judge, Rule, Scope, issuer_url};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Dashboard, Garden};

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L517", "issuer-url-invalid"),
    upstream: &["SH-APISRV", "GA-KAS", "GA-DASH-OIDC"],
    judge: Judge::Kinds(CONFIGURING, invalid),
}];

const HELP: &str = "write `https://`, a host and at most a path";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeAPIServer, and
/// pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerDashboardConfig.
fn invalid(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    if object.identity.is(kind::GARDEN.group, kind::GARDEN.kind)
        && let Some(issuer) = Garden::of(object).dashboard().and_then(Dashboard::issuer)
        && let Some(fault) = issuer.as_str().and_then(fault)
    {
        findings
            .at(object, issuer, format!("the URL of the issuer {fault}"))
            .why("the dashboard sends its users there to log in, over HTTPS")
            .help(HELP);
    }
    parts(object, &mut |part| {
        let Some(config) = part.node.get("serviceAccountConfig") else {
            return;
        };
        let accepted = config.get("acceptedIssuers").map(Node::items).unwrap_or_default();
        for node in config.get("issuer").into_iter().chain(accepted) {
            if let Some(fault) = item(node).and_then(fault) {
                part.at(findings, node, format!("the URL of the issuer {fault}"))
                    .why("those who check a token read the keys of its issuer there, over HTTPS")
                    .help(HELP);
            }
        }
    });
}

/// What is wrong with the URL of an issuer that others must reach.
fn fault(url: &str) -> Option<&'static str> {
    issuer_url::fault(url).or_else(|| (!issuer_url::has_host(url)).then_some("has no host"))
}
