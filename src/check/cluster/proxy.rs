//! The kube-proxy.

use super::choice::Choice;
use super::{Component, Gates, Part};
use crate::check::Findings;

/// Upstream: pkg/api/core/validation/shoot.go, validateKubeProxy.
pub(super) static COMPONENT: Component = Component {
    gates: Some(Gates::Kubernetes),
    choices: &[Choice::in_template(&["mode"], &["IPTables", "IPVS", "NFTables"])],
    conflicts: Some(conflicts),
    ..Component::named("the kube-proxy")
};

fn conflicts(part: Part<'_>, findings: &mut Findings) {
    let Some(mode) = part.node.get("mode").filter(|mode| mode.as_str() == Some("NFTables")) else {
        return;
    };
    if part.gate("NFTablesProxyMode") == Some(false) {
        let gate = part.node.at(&["featureGates", "NFTablesProxyMode"]).unwrap_or(mode);
        part.at(
            findings,
            mode,
            "the mode `NFTables` needs the feature gate `NFTablesProxyMode`, which is off",
        )
        .related(gate, "it is switched off here")
        .why("the kube-proxy does not start in a mode that it may not use")
        .help("remove the feature gate, or choose another mode");
    }
}
