//! The addons of shoots, which ended with Kubernetes 1.35.

use ipnet::IpNet;

use super::{REFUSED, is_from};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::name::is_config_map_key;
use crate::syntax::{Entry, Node};
use crate::view::{NginxIngress, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L543", "addon-invalid"),
    upstream: &["SH-ADD-135"],
    judge: Judge::ShootTemplate(invalid),
}];

/// What fits into a Secret, and so into the settings of the addon.
const CONFIG_LIMIT: usize = 1024 * 1024;

/// Whether a shoot can have addons at all.
pub(super) fn is_possible(shoot: Shoot<'_>) -> bool {
    !shoot.is_workerless() && !is_from(shoot, 35)
}

/// Upstream: pkg/api/core/validation/shoot.go, validateAddons.
fn invalid(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(addons) = shoot.addons().filter(|_| is_possible(shoot)) else {
        return;
    };
    let nginx = addons.nginx().filter(|_| addons.nginx_enabled() == Some(true));
    let dashboard = addons.dashboard_enabled() == Some(true);
    if nginx.is_some() || dashboard {
        purpose(shoot, findings);
    }
    if let Some(nginx) = nginx {
        ingress(shoot, nginx, findings);
    }
    let authentication = addons.dashboard_authentication().filter(|_| dashboard);
    if let Some(mode) = authentication.filter(|mode| mode.as_str() != "token") {
        findings
            .at(shoot.object, mode.node, format!("people cannot log in to the dashboard by `{mode}`"))
            .why(REFUSED)
            .help("allowed: `token`");
    }
}

fn purpose(shoot: Shoot<'_>, findings: &mut Findings) {
    let other = shoot.purpose().filter(|purpose| purpose.as_str() != "evaluation");
    if let Some((spec, purpose)) = shoot.spec().zip(other) {
        findings
            .at_field(
                shoot.object,
                spec,
                "addons",
                format!("a shoot with the purpose `{purpose}` has addons"),
            )
            .related(purpose.node, "the purpose is set here")
            .why("Gardener offers addons for trying a cluster out, not for operating one")
            .help("remove `addons`, or set `purpose: evaluation`");
    }
}

fn ingress(shoot: Shoot<'_>, nginx: NginxIngress<'_>, findings: &mut Findings) {
    if shoot.is_template() {
        findings
            .lacking(
                shoot.object,
                nginx.node(),
                &["enabled"],
                "a shoot that becomes a seed has the nginx addon",
            )
            .why("a seed has an ingress controller of its own")
            .help("remove the addon");
    }
    let ranges = nginx.source_ranges().map(Node::items).unwrap_or_default();
    for range in ranges.iter().filter_map(Text::written).filter(|range| !is_canonical(range)) {
        findings
            .at(shoot.object, range.node, format!("`{range}` is no range in its plain form"))
            .why(REFUSED)
            .help("write the first address and the length of the prefix, as in `10.250.0.0/16`");
    }
    let Some(config) = nginx.config() else { return };
    for Entry { key, value } in config.entries().iter().filter(|entry| !is_config_map_key(&entry.key.name)) {
        findings
            .under(
                shoot.object,
                value,
                config,
                &format!("[{}]", key.name),
                format!("`{}` is no key", key.name),
            )
            .why("the settings are kept in a ConfigMap")
            .help("use letters, digits, `-`, `_` and `.`");
    }
    let size: usize = config.entries().iter().map(|entry| entry.value.as_str().map_or(0, str::len)).sum();
    if size > CONFIG_LIMIT {
        findings
            .at_field(
                shoot.object,
                nginx.node(),
                "config",
                format!("the settings have {size} bytes, more than {CONFIG_LIMIT}"),
            )
            .why(REFUSED)
            .help("remove some of them");
    }
}

/// Upstream: k8s.io/apimachinery/pkg/util/validation, IsValidCIDR.
fn is_canonical(text: &str) -> bool {
    let mapped = |net: &IpNet| matches!(net, IpNet::V6(net) if net.addr().to_ipv4_mapped().is_some());
    text.parse::<IpNet>()
        .is_ok_and(|net| net.addr() == net.network() && !mapped(&net) && net.to_string() == text)
}
