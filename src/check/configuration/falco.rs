//! Configuration of the Falco extension.

use std::collections::HashSet;

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L932", "falco-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(&[kind("falco.extensions.gardener.cloud", "FalcoServiceConfig")], falco),
}];

const WHY: &str = "the shoot-falco-service extension refuses the shoot";

/// Upstream: gardener-extension-shoot-falco-service, pkg/admission/validator/shoot_validator.go, validateShoot.
fn falco(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    let destinations = root.get("destinations").map(Node::items).unwrap_or_default();
    inspection.unique(destinations, "name");
    let mut enabled = HashSet::new();
    for destination in destinations {
        let on = destination.get("enabled").and_then(Node::as_bool) != Some(false);
        let name = destination.get("name").and_then(Node::as_str).unwrap_or_default();
        if on && matches!(name, "custom" | "splunk") {
            inspection.required(destination, "resourceSecretName");
        }
        if on {
            enabled.insert(name);
        }
    }
    if enabled.contains("logging") && enabled.contains("custom") {
        inspection
            .refuse_field(root, "destinations", "events go to `logging` and to `custom`")
            .help("leave one of the two out");
    }
    resources(&mut inspection);
}

fn resources(inspection: &mut Inspection<'_, '_>) {
    let Some(resources) = inspection.root.at(&["falcoConfig", "resources"]) else {
        return;
    };
    for (resource, lowest, highest) in [("cpu", "1n", "1000"), ("memory", "1Mi", "1Ti")] {
        let bound = |text: &str| text.parse::<Quantity>().expect("the bounds are quantities");
        let allowed = bound(lowest)..=bound(highest);
        let amount = |node: &Node| node.as_str().and_then(|text| text.parse::<Quantity>().ok());
        let request = resources.at(&["requests", resource]);
        let limit = resources.at(&["limits", resource]);
        for given in [request, limit].into_iter().flatten() {
            if !amount(given).is_some_and(|amount| allowed.contains(&amount)) {
                inspection
                    .refuse(given, format!("this is no amount of {resource} for Falco"))
                    .help(format!("set {lowest} to {highest}"));
            }
        }
        let (Some(request), Some(limit)) = (request, limit) else {
            continue;
        };
        if amount(request) > amount(limit) {
            inspection
                .refuse(request, format!("Falco requests more {resource} than its limit"))
                .related(limit, "the limit is set here")
                .help("lower the request, or raise the limit");
        }
    }
}
