//! The networks of the runtime cluster and of the virtual garden.

use super::{IPV4, IPV6, Range};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Garden, RuntimeNetworks, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L461", "runtime-networks-overlap"),
        upstream: &["XG-NET"],
        judge: Judge::Object(runtime),
    },
    Rule {
        code: Code::error("L462", "virtual-services-overlap-runtime"),
        upstream: &["XG-NET-VIRT"],
        judge: Judge::Object(virtual_services),
    },
    Rule {
        code: Code::error("L463", "virtual-services-of-one-family"),
        upstream: &["XG-NET-VIRT"],
        judge: Judge::Object(virtual_families),
    },
];

/// The API server of the virtual garden takes one range a family.
const SERVICE_RANGES: usize = 2;

fn garden(object: &Object) -> Option<Garden<'_>> {
    let garden = object.identity.is("operator.gardener.cloud", "Garden");
    garden.then(|| Garden::of(object))
}

/// What a list holds where ranges belong; an empty text is none either.
fn all<'a>(list: Option<&'a Node>, owner: &'static str) -> Vec<Range<'a>> {
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| Range::of(Text::written(item), owner)).collect()
}

fn nodes(networks: RuntimeNetworks<'_>) -> Vec<Range<'_>> {
    all(networks.nodes(), "runtime cluster's nodes")
}

fn pods(networks: RuntimeNetworks<'_>) -> Vec<Range<'_>> {
    all(networks.pods(), "runtime cluster's pods")
}

fn services(networks: RuntimeNetworks<'_>) -> Vec<Range<'_>> {
    all(networks.services(), "runtime cluster's services")
}

fn services_of_virtual_garden(garden: Garden<'_>) -> Vec<Range<'_>> {
    all(garden.virtual_services(), "virtual garden's services")
}

/// Everything in a Garden that stands where a range belongs.
pub(super) fn ranges(object: &Object) -> Vec<Range<'_>> {
    let Some(garden) = garden(object) else {
        return Vec::new();
    };
    let mut ranges = services_of_virtual_garden(garden);
    if let Some(networks) = garden.runtime_networks().filter(|networks| has_sound_families(*networks)) {
        ranges.extend([nodes(networks), pods(networks), services(networks)].concat());
    }
    ranges
}

/// Whether upstream finds no fault with the address families, and so looks at the ranges.
fn has_sound_families(networks: RuntimeNetworks<'_>) -> bool {
    let families = families_of(networks);
    let known = families.iter().all(|family| matches!(family.as_str(), IPV4 | IPV6));
    let twice = families.iter().enumerate().any(|(index, family)| {
        let mut before = families.iter().take(index);
        before.any(|before| before.as_str() == family.as_str())
    });
    known && !twice
}

/// The address families of the runtime cluster.
pub(super) fn families(object: &Object) -> Vec<Text<'_>> {
    let networks = garden(object).and_then(Garden::runtime_networks);
    networks.map_or_else(Vec::new, families_of)
}

/// An empty text is no family either.
fn families_of(networks: RuntimeNetworks<'_>) -> Vec<Text<'_>> {
    let items = networks.families().map(Node::items).unwrap_or_default();
    items.iter().filter_map(Text::written).collect()
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateRuntimeClusterNetworking.
fn runtime(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(networks) = garden(object).and_then(Garden::runtime_networks) else {
        return;
    };
    let (nodes, pods, services) = (nodes(networks), pods(networks), services(networks));
    let readable = [&nodes, &pods, &services].into_iter().flatten().all(|range| range.net().is_some());
    if !readable || !has_sound_families(networks) {
        return;
    }
    for (ranges, others) in [(&nodes, &services), (&nodes, &pods), (&pods, &services)] {
        keep_apart(ranges, others, object, findings);
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualCluster.
fn virtual_services(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(garden) = garden(object) else { return };
    let Some(networks) = garden.runtime_networks() else {
        return;
    };
    let runtime = [pods(networks), services(networks), nodes(networks)].concat();
    let services = services_of_virtual_garden(garden);
    keep_apart(&services, &runtime, object, findings);
    // Upstream takes a range for overlapping when it cannot read the other one.
    let Some(unreadable) = runtime.iter().find(|range| range.net().is_none()) else {
        return;
    };
    for range in services.iter().filter(|range| range.net().is_some()) {
        let Range { text, owner } = unreadable;
        findings
            .at(
                object,
                range.text.node,
                format!("`{}` cannot be told apart from what is no range", range.text),
            )
            .related(text.node, format!("this is no range for {owner}"))
            .why("the gardener-operator takes ranges that it cannot compare for overlapping")
            .help("correct the other range");
    }
}

fn keep_apart(ranges: &[Range<'_>], others: &[Range<'_>], object: &Object, findings: &mut Findings) {
    for range in ranges {
        for other in others {
            let why = "an address of both could not be told apart in the runtime cluster, which runs the virtual garden";
            range.keep_apart(other, object, findings, why);
        }
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualCluster.
fn virtual_families(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(garden) = garden(object) else { return };
    let services = services_of_virtual_garden(garden);
    let message = match &services[..] {
        [one, other] if one.family().is_some() && one.family() == other.family() => {
            "the virtual garden has two ranges of one address family for its services"
        }
        more if more.len() > SERVICE_RANGES => "the virtual garden has more than two ranges for its services",
        _ => return,
    };
    let Some(networks) = garden.virtual_networks() else {
        return;
    };
    findings
        .at_field(object, networks, "services", message)
        .why("Kubernetes takes one range of each address family for services")
        .help("leave one range of IPv4, one of IPv6, or one of each");
}
