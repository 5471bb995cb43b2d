//! The networks of a shoot: ranges, address families, and how much of a range a node gets.

use super::{HELP, SHOOT_FIELD_KEPT, WHY};
use crate::check::{Findings, Scope};
use crate::effect::immutable::Keeps;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::view::{Kubelet, Networking, Shoot, Text, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-NET"],
        judge: Judge::ShootTemplate(networks),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-FAM"],
        judge: Judge::ShootTemplate(families),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-MASK"],
        judge: Judge::ShootTemplate(masks),
    },
];

/// The ranges that are decided when a shoot is made.
const RANGES: [(&str, &[&str], &str); 2] = [
    ("pods", &["spec", "networking", "pods"], "the range of the pods"),
    ("services", &["spec", "networking", "services"], "the range of the services"),
];

/// Upstream: pkg/api/core/validation/shoot.go, validateNetworkingUpdate. A shoot always has networks, were they empty; a
/// template may have none.
fn networks(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let old = shoots.before.networking();
    if shoots.gains_or_loses_workers() || shoots.is_template() && old.is_none() {
        return;
    }
    if shoots.is_template()
        && let Some(raised) =
            shoots.field(&["spec", "networking"]).judge(Keeps::Present, "the networks of a shoot", findings)
    {
        raised.why(WHY).help(HELP);
        return;
    }
    let plugin = shoots.field(&["spec", "networking", "type"]);
    if let Some(raised) = plugin.judge(Keeps::Always, "the network plugin of a shoot", findings) {
        raised.why(WHY).help(HELP);
    }
    for (name, way, what) in RANGES {
        let before = range(shoots.before, name, &sides.before);
        let after = range(shoots.after, name, &sides.after);
        let Some(before) = before.filter(|before| after.is_none_or(|after| *after != **before)) else {
            continue;
        };
        if after.is_none() && may_be_filled_in(shoots.after, name, before, &sides.after) {
            continue;
        }
        let gone = if after.is_none() { "removed" } else { "changed" };
        findings
            .lacking(shoots.after.object, shoots.after.node(), way, format!("{what} cannot be {gone}"))
            .related(before.node, format!("it is {before}, which is said here"))
            .why(WHY)
            .help(HELP);
    }
}

/// A range as the shoot has it: its own, or the one that its seed gives to shoots without any.
///
/// Upstream: plugin/pkg/shoot/mutator/admission.go, defaultPodsNetwork and defaultServicesNetwork.
fn range<'a>(shoot: Shoot<'a>, name: &str, scope: &Scope<'a>) -> Option<Text<'a>> {
    let written = shoot.networking().and_then(|networking| match name {
        "pods" => networking.pods(),
        _ => networking.services(),
    });
    if shoot.is_template() || written.is_some() {
        return written;
    }
    given(&shoot.seed_name()?, shoot, name, scope)
}

fn given<'a>(seed: &str, shoot: Shoot<'_>, name: &str, scope: &Scope<'a>) -> Option<Text<'a>> {
    let seed = scope.seed_template(seed)?;
    let range = match name {
        "pods" => seed.shoot_pods().filter(|_| !shoot.is_workerless())?,
        _ => seed.shoot_services()?,
    };
    let family = if range.contains(':') { "IPv6" } else { "IPv4" };
    family_names(shoot).contains(&family).then_some(range)
}

/// Whether a seed that the shoot may live on has the range that was there for shoots without any.
fn may_be_filled_in(shoot: Shoot<'_>, name: &str, before: Text<'_>, scope: &Scope<'_>) -> bool {
    let unknown = !shoot.is_template() && shoot.seed_name().is_none();
    unknown
        && scope
            .seed_names()
            .any(|seed| given(seed, shoot, name, scope).is_some_and(|given| *given == *before))
}

/// The address families; of a shoot that says none, IPv4.
fn family_names(shoot: Shoot<'_>) -> Vec<&str> {
    let written = shoot.networking().into_iter().flat_map(Networking::families);
    let mut names: Vec<_> = written.map(Text::as_str).collect();
    if names.is_empty() && !shoot.is_template() {
        names.push("IPv4");
    }
    names
}

/// Upstream: pkg/api/core/validation/shoot.go, validateIPFamiliesUpdate.
fn families(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let has_networks = shoots.map(|shoot| !shoot.is_template() || shoot.networking().is_some());
    if shoots.gains_or_loses_workers() || !has_networks.before || !has_networks.after {
        return;
    }
    let names = shoots.map(family_names);
    let (single, dual): (&[&str], &[&str]) = (&["IPv4"], &["IPv4", "IPv6"]);
    let known = |names: &[&str]| names == single || names == dual;
    if names.before == names.after || known(&names.before) && known(&names.after) {
        return;
    }
    let list = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
    let message =
        format!("the address families cannot change from {} to {}", list(&names.before), list(&names.after));
    let way = ["spec", "networking", "ipFamilies"];
    shoots
        .refuse(&way, message, findings)
        .why("Gardener moves a shoot from IPv4 to both families and back, and nowhere else")
        .help("take the change back, or make a new shoot of another name");
}

/// Upstream: pkg/api/core/validation/shoot.go, validateKubeControllerManagerUpdate. What a shoot leaves out is filled in
/// when it is made.
fn masks(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let written = shoots.map(Shoot::node_mask);
    let values =
        shoots.map(|shoot| shoot.node_mask().map_or_else(|| default_mask(shoot), |mask| Some(mask.value)));
    if (written.before.is_some() || written.after.is_some()) && values.before != values.after {
        mask(shoots, "nodeCIDRMaskSize", values, findings);
    }
    let written = shoots.map(Shoot::node_mask_ipv6);
    let values = shoots.map(|shoot| {
        shoot.node_mask_ipv6().map_or_else(|| default_ipv6_mask(shoot), |mask| Some(mask.value))
    });
    let any = written.before.is_some() || written.after.is_some();
    if any && values.before.is_some() && values.before != values.after {
        mask(shoots, "nodeCIDRMaskSizeIPv6", values, findings);
    }
}

const CONTROLLER_MANAGER: [&str; 3] = ["spec", "kubernetes", "kubeControllerManager"];

fn mask(shoots: Both<Shoot<'_>>, field: &str, values: Both<Option<i64>>, findings: &mut Findings) {
    let said = |value: Option<i64>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    let message = format!("`{field}` cannot change from {} to {}", said(values.before), said(values.after));
    let [spec, kubernetes, manager] = CONTROLLER_MANAGER;
    shoots
        .refuse(&[spec, kubernetes, manager, field], message, findings)
        .why("the nodes that exist have their parts of the range of the pods; Gardener's API server refuses the change")
        .help("keep the value, or make a new shoot of another name");
}

/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_Shoot.
fn default_mask(shoot: Shoot<'_>) -> Option<i64> {
    if shoot.is_template() || shoot.is_workerless() {
        return None;
    }
    match family_names(shoot).as_slice() {
        ["IPv4"] | [_, _] => Some(mask_for_pods(shoot)),
        ["IPv6"] => shoot.node_mask_ipv6().is_none().then_some(IPV6_MASK),
        _ => None,
    }
}

fn default_ipv6_mask(shoot: Shoot<'_>) -> Option<i64> {
    let filled_in = !shoot.is_template() && !shoot.is_workerless() && family_names(shoot).len() == 2;
    filled_in.then_some(IPV6_MASK)
}

const IPV6_MASK: i64 = 64;
const PODS: i64 = 110;

/// A node gets twice as many addresses as it may have pods, rounded up to a power of two.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, calculateDefaultNodeCIDRMaskSize.
fn mask_for_pods(shoot: Shoot<'_>) -> i64 {
    let pods = |kubelet: Kubelet<'_>| kubelet.max_pods().map(|pods| pods.value);
    let own = shoot.kubelet().and_then(pods).unwrap_or(PODS);
    let most = shoot.workers().filter_map(Worker::kubelet).filter_map(pods).fold(own, i64::max);
    let mut bits = 0;
    while bits < 32 && (1_i64 << bits) < most.saturating_mul(2) {
        bits += 1;
    }
    32 - bits
}
