//! The settings of seeds, their volumes, and the zones that some of them need.

use super::managed::Filled;
use crate::check::label::judge_annotations_in;
use crate::check::{Findings, Judge, Rule, Scope, amount};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::Node;
use crate::view::{Amount, SeedLoadBalancers, SeedSettings, SeedTemplate, SeedVolume};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L585", "seed-setting-needs-zones"),
        upstream: &["SD-LBZ", "SD-ZSEL", "SD-TAR"],
        judge: Judge::Seed(zones),
    },
    Rule {
        code: Code::error("L587", "seed-amount-invalid"),
        upstream: &["SD-VOL", "SD-EXCESS"],
        judge: Judge::Seed(amounts),
    },
    Rule {
        code: Code::error("L588", "reservation-toleration-invalid"),
        upstream: &["SD-EXCESS"],
        judge: Judge::Seed(tolerations),
    },
    Rule {
        code: Code::error("L589", "load-balancer-setting-invalid"),
        upstream: &["SD-LBZ"],
        judge: Judge::Seed(load_balancers),
    },
];

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec.
fn zones(seed: SeedTemplate<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((settings, zones)) = seed.settings().zip(Filled::of(seed, scope).zones(seed)) else {
        return;
    };
    let object = seed.object;
    let why = "Gardener's API server refuses the seed";
    if let Some(balancers) = settings.load_balancers().filter(|balancers| balancers.zones().next().is_some())
    {
        if zones.len() < 2 {
            let message = "the seed has settings for single zones, and fewer than two zones";
            let raised = findings.at_field(object, balancers.node(), "zones", message);
            raised.why(why).help("list the zones under `provider.zones`, or move the settings up");
        }
        let names = balancers.zones().filter_map(SeedLoadBalancers::name);
        for name in names.filter(|name| !zones.contains(&name.as_str())) {
            let raised = findings.at(object, name.node, format!("the seed has no zone `{name}`"));
            raised.why(why).help(help_with_names(&name, zones.iter().copied()));
        }
    }
    if settings.zone_selection().is_some() && zones.is_empty() {
        let message = "the seed selects among its zones, and has none";
        let raised = findings.at_field(object, settings.node(), "zoneSelection", message);
        raised.why(why).help("list the zones under `provider.zones`");
    }
    let routing = settings.topology_aware_routing().filter(|routing| routing.as_bool() == Some(true));
    if let Some(routing) = routing.filter(|_| zones.len() < 2) {
        findings
            .at(object, routing, "the seed keeps traffic in its zone, and has fewer than two zones")
            .why(why)
            .help("list the zones under `provider.zones`, or set `enabled: false`");
    }
}

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec.
fn amounts(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = seed.object;
    if let Some(size) = seed.volume().and_then(SeedVolume::minimum_size) {
        amount::judge(object, "minimumSize", size, findings);
    }
    let reservations = seed.settings().into_iter().flat_map(SeedSettings::reservations);
    for resource in reservations.filter_map(|one| one.resources()).flat_map(Node::entries) {
        if let Some(found) = Amount::of(&resource.value) {
            amount::judge(object, &resource.key.name, found, findings);
        }
    }
}

/// Upstream: pkg/utils/validation/kubernetes/core/validation.go, ValidateTolerations.
fn tolerations(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let reservations = seed.settings().into_iter().flat_map(SeedSettings::reservations);
    for toleration in reservations.filter_map(|one| one.tolerations()).flat_map(Node::items) {
        if toleration.as_mapping().is_some() {
            judge_toleration(seed.object, toleration, findings);
        }
    }
}

fn judge_toleration(object: &Object, toleration: &Node, findings: &mut Findings) {
    let why = "Gardener's API server refuses it: pods with it could not be created";
    let text = |field| toleration.get(field).map_or(Some(""), Node::as_str);
    let (Some(key), Some(operator), Some(value), Some(effect)) =
        (text("key"), text("operator"), text("value"), text("effect"))
    else {
        return;
    };
    let mut fault = |field: &str, message: String, help: &str| {
        findings.at_field(object, toleration, field, message).why(why).help(help);
    };
    if !key.is_empty() && !is_qualified_name(key) {
        let help = "use letters, digits, `-`, `_` and `.`, with a DNS name and `/` before them if need be";
        fault("key", format!("`{key}` is no key of a taint"), help);
    }
    if toleration.get("tolerationSeconds").is_some() && effect != "NoExecute" {
        let message = "only what is tolerated in spite of running is tolerated for a time".to_owned();
        fault("effect", message, "set `effect: NoExecute`, or remove `tolerationSeconds`");
    }
    if key.is_empty() && operator != "Exists" {
        let message = "a toleration without a key tolerates every taint".to_owned();
        fault("operator", message, "set a `key`, or `operator: Exists`");
    } else if matches!(operator, "" | "Equal") && !is_label_value(value) {
        let help = "use up to 63 letters, digits, `-`, `_` and `.`";
        fault("operator", format!("`{value}` is no value of a taint"), help);
    } else if operator == "Exists" && !value.is_empty() {
        let message = "a toleration of any value has a value".to_owned();
        fault("operator", message, "remove `value`, or set `operator: Equal`");
    } else if matches!(operator, "Gt" | "Lt") {
        let message = format!("Gardener has no operator `{operator}` of tolerations");
        fault("operator", message, "allowed: `Equal`, `Exists`");
    }
}

/// Upstream: pkg/api/core/validation/seed.go, ValidateSeedSpec.
fn load_balancers(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(balancers) = seed.settings().and_then(SeedSettings::load_balancers) else {
        return;
    };
    if let Some(class) = balancers.class() {
        judge_class(seed.object, class, findings);
    }
    for settings in std::iter::once(balancers).chain(balancers.zones()) {
        judge_annotations_in(seed.object, settings.node(), "annotations", findings);
    }
}

/// Reports what is no class of a load balancer.
///
/// Upstream: pkg/utils/validation/kubernetes/core/validation.go, ValidateQualifiedName.
pub(in crate::check) fn judge_class(object: &Object, class: &Node, findings: &mut Findings) {
    if let Some(text) = class.as_str().filter(|text| !is_qualified_name(text)) {
        findings
            .at(object, class, format!("`{text}` is no class of a load balancer"))
            .why("Kubernetes refuses a service of that class")
            .help("use letters, digits, `-`, `_` and `.`, with a DNS name and `/` before them if need be");
    }
}
