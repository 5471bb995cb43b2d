//! The dashboard: someone can sign in, and it trusts the API server it speaks to.

use crate::check::registration::given;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN;
use crate::landscape::Object;
use crate::view::{Garden, VirtualApiServer};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L494", "dashboard-configuration-incomplete"),
    upstream: &["GA-DASH-OIDC", "GA-DASH-CA"],
    judge: Judge::Kinds(&[GARDEN], dashboard),
}];

const API_SERVER: &str = "spec.virtualCluster.kubernetes.kubeAPIServer";

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerDashboardConfig.
fn dashboard(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let garden = Garden::of(object);
    let Some(dashboard) = garden.dashboard() else { return };
    let oidc = given(dashboard.oidc());
    let server = garden.kube_api_server();
    let sni = server.and_then(VirtualApiServer::sni);
    let authentication = server.and_then(VirtualApiServer::structured_authentication);
    let token_login = dashboard.token_login().filter(|node| node.as_bool() == Some(false));
    if let Some(node) = token_login.filter(|_| oidc.is_none()) {
        findings
            .at(object, node, "nobody can sign in to the dashboard")
            .why("without tokens and without OpenID Connect there is no way; the operator refuses the Garden")
            .help("set `oidcConfig`, or leave `enableTokenLogin` on");
    }
    let propagates = dashboard.propagates_authorities().filter(|node| node.as_bool() == Some(true));
    if let Some(node) = propagates.filter(|_| given(sni).is_none()) {
        findings
            .at(object, node, "the dashboard cannot trust certificates that the API server does not have")
            .why("the operator refuses the Garden")
            .help(format!("set `{API_SERVER}.sni`, or remove this"));
    }
    let Some(oidc) = oidc.filter(|oidc| oidc.as_mapping().is_some()) else {
        return;
    };
    if given(authentication).is_none() {
        findings
            .at_field(
                object,
                dashboard.node(),
                "oidcConfig",
                "the API server does not know the issuer of the dashboard's tokens",
            )
            .why("whoever signs in to the dashboard could see nothing; the operator refuses the Garden")
            .help(format!("set `{API_SERVER}.structuredAuthentication`"));
    }
    for (field, node) in [("issuerURL", dashboard.issuer()), ("clientIDPublic", dashboard.client())] {
        if given(node).is_none() {
            findings
                .missing(object, oidc, field, format!("the dashboard does not know its `{field}`"))
                .why("nobody could sign in; the operator refuses the Garden")
                .help(format!("set `{field}`"));
        }
    }
}
