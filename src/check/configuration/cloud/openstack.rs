//! `OpenStack`.

mod offer;

use std::net::IpAddr;

use super::image::{self, Form, OfRegion, any_spelling};
use super::plan::{Block, Plan};
use super::vpc::ranges_of_nodes;
use super::{Inspection, Scope, Spelling, profile_of};
use crate::diagnostic::help_with_names;
use crate::syntax::Node;
use crate::view::{CloudProfile, Configuration, Shoot, Worker};

const IMAGES: Form = Form {
    required: true,
    of_region: Some(OfRegion { field: "id", required: false }),
    fields: &[],
    architecture: true,
    beside_capabilities: true,
    spelling: any_spelling,
};

static NAME: Spelling = Spelling::new("name of a resource of OpenStack", "public", r"^[^{}\[\]\n]+$", 1, 255);
static ID: Spelling = Spelling::new(
    "id of a resource of OpenStack",
    "6f0b4e7c-3c1b-4b6e-9a54-0d1a2b3c4d5e",
    "^(?i-u)(urn:uuid:)?[{]?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}[}]?$",
    1,
    45,
);

const PURPOSES: &[&str] = &["default", "private", "vpn"];

fn ranges(root: &Node) -> impl Iterator<Item = &Node> {
    ranges_of_nodes(root.get("networks"))
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/infrastructure.go,
/// ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    let pool = inspection.required(root, "floatingPoolName");
    inspection.spelled(pool, &NAME);
    inspection.spelled(root.get("floatingPoolSubnetName"), &NAME);
    ranges(root).for_each(|range| inspection.range(range));
    let subnets = root.at(&["networks", "subnetPool"]);
    match (ranges(root).next(), subnets) {
        (None, None) => {
            inspection
                .lacking(&["networks", "workers"], "the nodes have no network")
                .help("set `networks.workers` to its range");
        }
        (Some(_), Some(subnets)) => {
            inspection
                .refuse(subnets, "a range and a pool of ranges do not go together")
                .help("set `workers` or `subnetPool`");
        }
        _ => {}
    }
    let Some(networks) = root.get("networks") else {
        return;
    };
    if let Some(subnets) = subnets {
        const LONGEST: i64 = 32;
        inspection.required(subnets, "id");
        inspection.required(subnets, "prefixLength");
        inspection.bounded(subnets, "prefixLength", 1..=LONGEST);
    }
    inspection.spelled(networks.get("id"), &ID);
    if let Some(router) = networks.get("router") {
        let id = inspection.required(router, "id");
        inspection.spelled(id, &ID);
        if root.get("floatingPoolSubnetName").is_some() {
            inspection.forbid(networks, "router", "does not go with `floatingPoolSubnetName`");
        }
    }
    if let Some(ipv6) = networks.get("ipv6") {
        ipv6_ranges(inspection, ipv6);
    }
}

const IPV6_FIELDS: [&str; 3] = ["nodeCIDR", "podCIDR", "serviceCIDR"];

fn ipv6_ranges(inspection: &mut Inspection<'_, '_>, ipv6: &Node) {
    let written = |field: &str| ipv6.get(field).filter(|node| node.as_str() != Some(""));
    if IPV6_FIELDS.iter().all(|field| written(field).is_none()) {
        if ipv6.get("subnetPoolID").is_none() {
            inspection
                .refuse(ipv6, "there are no ranges of IPv6")
                .help("set `subnetPoolID`, or all of `nodeCIDR`, `podCIDR` and `serviceCIDR`");
        }
        return;
    }
    for field in IPV6_FIELDS {
        let Some(range) = inspection.required(ipv6, field) else {
            continue;
        };
        inspection.range(range);
        let net = range.as_str().and_then(|text| text.parse::<ipnet::IpNet>().ok());
        if let Some(ipnet::IpNet::V4(net)) = net {
            inspection.refuse(range, format!("`{net}` is a range of IPv4")).help("use a range of IPv6");
        }
    }
}

/// Upstream: as [`infrastructure`].
pub(super) fn plan(configuration: Configuration<'_>) -> Plan<'_> {
    let mut plan = Plan::of(configuration);
    plan.inside_nodes.extend(Block::of(ranges(configuration.node).last(), "subnet"));
    let ipv6 = configuration.node.at(&["networks", "ipv6"]);
    let blocks = IPV6_FIELDS.into_iter().filter_map(|field| Block::of(ipv6?.get(field), "IPv6 networks"));
    plan.disjoint.extend(blocks);
    plan
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/infrastructure.go,
/// ValidateInfrastructureConfigAgainstCloudProfile.
pub(super) fn not_in_cloud_profile(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    let Some(profile) = profile_of(inspection, scope) else {
        return;
    };
    let root = inspection.root;
    let name = root.get("floatingPoolName").filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
    if let (Some(name), Some(pools)) = (name, offer::floating_pools(profile)) {
        let text = name.as_str().unwrap_or_default();
        let known = pools.items().iter().filter_map(|pool| pool.get("name").and_then(Node::as_str));
        if !known.clone().any(|pattern| offer::matches(pattern, text)) {
            inspection
                .refuse(name, format!("the CloudProfile has no floating pool `{text}`"))
                .related(pools, "the pools are listed here")
                .help(help_with_names(text, known));
        }
    }
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/controlplane.go,
/// ValidateControlPlaneConfig and ValidateControlPlaneConfigAgainstCloudProfile.
pub(super) fn control_plane(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    let root = inspection.root;
    let provider = inspection.required(root, "loadBalancerProvider");
    let classes = root.get("loadBalancerClasses").map(Node::items).unwrap_or_default();
    load_balancer_classes(inspection, root);
    for class in classes {
        if let Some(purpose) = class.get("purpose").filter(|purpose| purpose.as_str() == Some("vpn")) {
            inspection
                .refuse(purpose, "the load balancers of VPNs are set by the CloudProfile")
                .help("use `default` or `private`, or remove it");
        }
    }
    let shoot = Shoot::in_object(inspection.object);
    let network = ["spec", "provider", "infrastructureConfig", "networks", "shareNetwork", "enabled"];
    let shares = shoot.and_then(|shoot| shoot.node().at(&network)).and_then(Node::as_bool);
    let enabled = root.at(&["storage", "csiManila", "enabled"]);
    if let Some(enabled) = enabled.filter(|node| node.as_bool() == Some(true) && shares != Some(true)) {
        inspection
            .refuse(enabled, "there is no network for shared file systems")
            .help("set `infrastructureConfig.networks.shareNetwork.enabled` to `true`");
    }
    let region = shoot.and_then(Shoot::region);
    if let (Some(provider), Some(region), Some(profile)) = (provider, region, profile_of(inspection, scope)) {
        let text = provider.as_str().unwrap_or_default();
        let known = offer::load_balancer_providers(profile, &region);
        if !text.is_empty() && known.as_ref().is_some_and(|known| !known.contains(&text)) {
            inspection
                .refuse(provider, format!("the CloudProfile has no load balancers of `{text}` in `{region}`"))
                .help(help_with_names(text, known.unwrap_or_default()));
        }
    }
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/cloudprofile.go,
/// ValidateLoadBalancerClasses.
fn load_balancer_classes(inspection: &mut Inspection<'_, '_>, parent: &Node) {
    let classes = parent.get("loadBalancerClasses").map(Node::items).unwrap_or_default();
    inspection.unique(classes, "name");
    for class in classes {
        inspection.one_of(class, "purpose", PURPOSES);
        let name = inspection.required(class, "name");
        inspection.spelled(name, &NAME);
        for field in ["floatingNetworkID", "floatingSubnetID"] {
            inspection.spelled(class.get(field), &ID);
        }
        let ways = ["floatingSubnetID", "floatingSubnetName", "floatingSubnetTags"];
        for field in ways.into_iter().skip(1) {
            inspection.spelled(class.get(field), &NAME);
        }
        if ways.iter().filter(|field| class.get(field).is_some()).count() > 1 {
            inspection
                .refuse(class, "a floating subnet is chosen in more than one way")
                .help(format!("set one of `{}`", ways.join("`, `")));
        }
    }
    for purpose in ["default", "private"] {
        let is = |class: &&Node, field| class.get(field).and_then(Node::as_str) == Some(purpose);
        let of_purpose = classes.iter().filter(|class| is(class, "purpose") || is(class, "name"));
        for second in of_purpose.skip(1) {
            inspection
                .refuse(second, format!("there are two classes of load balancers for `{purpose}`"))
                .help("leave one of them out");
        }
    }
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/worker.go, ValidateWorkerConfig.
pub(super) fn worker(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>, scope: &Scope<'_>) {
    let root = inspection.root;
    let labels = root.get("machineLabels").map(Node::items).unwrap_or_default();
    inspection.unique(labels, "name");
    for label in labels {
        for field in ["name", "value"] {
            let text = inspection.required(label, field);
            inspection.spelled(text, &NAME);
        }
        let Some(name) = label.get("name") else { continue };
        let text = name.as_str().unwrap_or_default();
        if let Some(own) = worker.node().at(&["labels", text]) {
            inspection
                .refuse(name, format!("`{text}` is a label of the pool already"))
                .related(own, "the label of the pool is set here")
                .help("leave one of them out");
        }
    }
    let groups = root.get("additionalSecurityGroups").map(Node::items).unwrap_or_default();
    let (nameless, named): (Vec<&Node>, _) = groups.iter().partition(|group| group.as_str() == Some(""));
    for group in nameless {
        inspection.refuse(group, "a security group has no name").help("write its name");
    }
    inspection.distinct(named);
    if let Some(group) = root.get("serverGroup") {
        server_group(inspection, worker, group, scope);
    }
}

fn server_group(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>, group: &Node, scope: &Scope<'_>) {
    let policy = inspection.required(group, "policy");
    let Some((policy, text)) = policy.and_then(|policy| Some((policy, policy.as_str()?))) else {
        return;
    };
    if let Some(known) = profile_of(inspection, scope).map(offer::server_group_policies)
        && !text.is_empty()
        && !known.contains(&text)
    {
        inspection
            .refuse(policy, format!("the CloudProfile has no policy `{text}` for groups of servers"))
            .help(help_with_names(text, known));
        return;
    }
    if text == "affinity" && worker.zones().count() > 1 {
        inspection
            .refuse(policy, "the servers of such a group run on one host, and the pool has several zones")
            .help("use another policy, or one zone");
    }
}

/// Upstream: gardener-extension-provider-openstack, pkg/apis/openstack/validation/cloudprofile.go,
/// ValidateCloudProfileConfig.
pub(super) fn cloud_profile(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    image::judge(inspection, scope, &IMAGES);
    let root = inspection.root;
    // Only machine images are a NamespacedCloudProfile's to add.
    if CloudProfile::of(inspection.object).parent().is_some() {
        return;
    }
    offer::judge(inspection);
    for server in root.get("dnsServers").map(Node::items).unwrap_or_default() {
        let text = server.as_str().unwrap_or_default();
        if text.parse::<IpAddr>().is_err() {
            inspection.refuse(server, format!("`{text}` is no IP address")).help("write it like `10.0.0.53`");
        }
    }
    if root.get("dhcpDomain").is_some() {
        inspection.required(root, "dhcpDomain");
    }
    for policy in root.get("serverGroupPolicies").map(Node::items).unwrap_or_default() {
        if policy.as_str() == Some("") {
            inspection.refuse(policy, "a policy has no name").help("write its name");
        }
    }
}

/// All of them, to see that their patterns are sound.
#[cfg(test)]
pub(super) static SPELLINGS: &[&Spelling] = &[&NAME, &ID];
