//! metal-stack.

use std::collections::HashSet;
use std::net::IpAddr;

use super::{Inspection, Scope, profile_of, region};
use crate::diagnostic::{help_with_names, help_with_others};
use crate::syntax::{Entry, Node};
use crate::view::{CloudProfile, Region, Shoot, Text, Zone};

/// Upstream: gardener-extension-provider-metal, pkg/apis/metal/validation/cloudprofile.go, ValidateCloudProfileConfig.
pub(super) fn cloud_profile(inspection: &mut Inspection<'_, '_>) {
    let profile = CloudProfile::of(inspection.object);
    if profile.parent().is_some() {
        return;
    }
    let zones: Vec<&str> =
        profile.regions().flat_map(Region::zones).filter_map(Zone::name).map(Text::as_str).collect();
    for control_plane in inspection.root.get("metalControlPlanes").map(Node::entries).unwrap_or_default() {
        let control_plane = &control_plane.value;
        let versions = control_plane.get("firewallControllerVersions").map(Node::items).unwrap_or_default();
        inspection.unique(versions, "version");
        for version in versions {
            inspection.one_of(version, "classification", &["deprecated", "preview", "supported"]);
        }
        for partition in control_plane.get("partitions").map(Node::entries).unwrap_or_default() {
            partition_of(inspection, partition, &zones);
        }
    }
}

/// As many DNS servers as a resolver asks.
const MOST_DNS_SERVERS: usize = 3;

fn partition_of(inspection: &mut Inspection<'_, '_>, partition: &Entry, zones: &[&str]) {
    let name = &*partition.key.name;
    if !zones.contains(&name) {
        inspection.refuse(&partition.value, format!("the partition `{name}` is a zone of no region")).help(
            format!(
                "add it to the zones of a region, or rename it; {}",
                help_with_names(name, zones.iter().copied())
            ),
        );
    }
    let Some(isolation) = partition.value.get("networkIsolation") else {
        return;
    };
    let servers = addresses(inspection, isolation, "dnsServers");
    if servers > MOST_DNS_SERVERS {
        inspection
            .refuse_field(isolation, "dnsServers", format!("{servers} servers are too many"))
            .help(format!("list {MOST_DNS_SERVERS} at most"));
    }
    addresses(inspection, isolation, "ntpServers");
    match isolation.get("allowedNetworks") {
        Some(networks) => {
            for field in ["egress", "ingress"] {
                for network in inspection.some_of(networks, field) {
                    inspection.network(network);
                }
            }
        }
        None => {
            inspection
                .refuse_field(isolation, "allowedNetworks", "no networks are allowed")
                .help("list some in `egress` and `ingress`");
        }
    }
    for mirror in inspection.some_of(isolation, "registryMirrors") {
        registry_mirror(inspection, mirror);
    }
}

/// How many addresses a list has, which must have one.
fn addresses(inspection: &mut Inspection<'_, '_>, parent: &Node, field: &str) -> usize {
    let items = inspection.some_of(parent, field);
    for item in items {
        address(inspection, item);
    }
    items.len()
}

fn address(inspection: &mut Inspection<'_, '_>, node: &Node) {
    let Some(text) = node.as_str() else { return };
    if text.parse::<IpAddr>().is_err() {
        inspection.refuse(node, format!("`{text}` is no IP address")).help("write it like `10.0.0.53`");
    }
}

fn registry_mirror(inspection: &mut Inspection<'_, '_>, mirror: &Node) {
    inspection.required(mirror, "name");
    let endpoint = inspection.required(mirror, "endpoint").and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, text)) = endpoint
        && !text.is_empty()
        && !["http://", "https://"].iter().any(|scheme| text.starts_with(scheme))
    {
        inspection.refuse(node, format!("`{text}` is no URL")).help("write `https://` and a host");
    }
    if let Some(node) = inspection.required(mirror, "ip") {
        address(inspection, node);
    }
    if inspection.required(mirror, "port").is_some_and(|port| port.as_i64() == Some(0)) {
        inspection.refuse_field(mirror, "port", "there is no port 0").help("set the port of the mirror");
    }
    for registry in inspection.some_of(mirror, "mirrorOf") {
        let text = registry.as_str().unwrap_or_default();
        if text.is_empty() || text.contains(['/', '?', '#', '@', ' ']) {
            inspection
                .refuse(registry, format!("`{text}` is no host of a registry"))
                .help("write it like `quay.io`");
        }
    }
}

/// Upstream: gardener-extension-provider-metal, pkg/apis/metal/validation/infrastructure.go, ValidateInfrastructureConfig
/// and, as far as the CloudProfile is not needed, ValidateInfrastructureConfigAgainstCloudProfile.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    inspection.required(root, "projectID");
    inspection.required(root, "partitionID");
    let Some(firewall) = root.get("firewall") else {
        inspection
            .lacking(&["firewall"], "the cluster has no firewall")
            .help("set `image`, `size` and `networks` of one");
        return;
    };
    inspection.required(firewall, "image");
    inspection.required(firewall, "size");
    let networks = inspection.some_of(firewall, "networks");
    for network in networks.iter().filter(|network| network.as_str() == Some("")) {
        inspection.refuse(network, "a network has no name").help("write its name");
    }
    let names: HashSet<&str> = networks.iter().filter_map(Node::as_str).collect();
    if names.is_empty() {
        return;
    }
    for field in ["rateLimits", "egressRules"] {
        for rule in firewall.get(field).map(Node::items).unwrap_or_default() {
            firewall_rule(inspection, rule, field, &names);
        }
    }
}

fn firewall_rule(inspection: &mut Inspection<'_, '_>, rule: &Node, field: &str, networks: &HashSet<&str>) {
    let network = inspection.required(rule, "networkID").and_then(|node| Some((node, node.as_str()?)));
    let Some((node, text)) = network.filter(|(_, text)| !text.is_empty()) else {
        return;
    };
    if !networks.contains(text) {
        inspection
            .refuse(node, format!("the firewall is not in the network `{text}`"))
            .help(help_with_names(text, networks.iter().copied()));
    } else if field == "egressRules" {
        inspection.some_of(rule, "ips").iter().for_each(|ip| address(inspection, ip));
    }
}

/// A control plane of metal-stack, and one of its partitions.
fn partition<'a>(profile: CloudProfile<'a>, name: &str) -> Option<(&'a Node, &'a Node)> {
    let control_planes = profile.configuration()?.get("metalControlPlanes")?.entries();
    control_planes.iter().find_map(|entry| Some((&entry.value, entry.value.at(&["partitions", name])?)))
}

/// The CloudProfile of the shoot, where it says what there is.
fn profile<'a>(inspection: &Inspection<'_, '_>, scope: &Scope<'a>) -> Option<CloudProfile<'a>> {
    profile_of(inspection, scope).filter(|profile| profile.configuration().is_some())
}

/// Upstream: gardener-extension-provider-metal, pkg/apis/metal/validation/infrastructure.go,
/// ValidateInfrastructureConfigAgainstCloudProfile.
pub(super) fn not_in_cloud_profile(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    let root = inspection.root;
    let Some((node, name)) = root.get("partitionID").and_then(|node| Some((node, Text::of(node)?))) else {
        return;
    };
    let zones = region::offered(inspection, scope);
    if let Some(zones) = zones.filter(|zones| zones.iter().all(|zone| **zone != *name)) {
        inspection
            .refuse(node, format!("the region of the shoot has no partition `{name}`"))
            .help(help_with_names(&name, zones.iter().map(String::as_str)));
        return;
    }
    let Some(profile) = profile(inspection, scope) else {
        return;
    };
    let Some((control_plane, partition)) = partition(profile, &name) else {
        inspection
            .refuse(node, format!("no control plane of the CloudProfile has a partition `{name}`"))
            .help("add it to `metalControlPlanes` of the CloudProfile, or use another one");
        return;
    };
    let Some(firewall) = root.get("firewall") else { return };
    for (field, allowed) in
        [("image", control_plane.get("firewallImages")), ("size", partition.get("firewallTypes"))]
    {
        let allowed: Vec<&str> =
            allowed.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
        if !allowed.is_empty() && firewall.get(field).is_some_and(|node| node.as_str() != Some("")) {
            inspection.one_of(firewall, field, &allowed);
        }
    }
    controller_version(inspection, firewall, control_plane);
}

fn controller_version(inspection: &mut Inspection<'_, '_>, firewall: &Node, control_plane: &Node) {
    let versions = control_plane.get("firewallControllerVersions").map(Node::items).unwrap_or_default();
    let names = versions.iter().filter_map(|version| version.get("version").and_then(Node::as_str));
    let given = firewall.get("controllerVersion").and_then(|node| Some((node, node.as_str()?)));
    match given.filter(|(_, text)| !matches!(*text, "" | "auto")) {
        Some((node, text)) if !names.clone().any(|known| known == text) => {
            inspection
                .refuse(node, format!("the CloudProfile has no firewall controller `{text}`"))
                .help(help_with_others(names));
        }
        None if !versions.iter().any(is_supported) => {
            let message = "the CloudProfile has no supported version of the firewall controller";
            inspection
                .refuse_field(firewall, "controllerVersion", message)
                .help("set one of `firewallControllerVersions`, or classify one of them as `supported`");
        }
        _ => {}
    }
}

fn is_supported(version: &Node) -> bool {
    version.get("classification").and_then(Node::as_str) == Some("supported")
}

/// Upstream: gardener-extension-provider-metal, pkg/apis/metal/validation/network_access.go,
/// ValidateControlPlaneConfigNetworkAccess.
pub(super) fn control_plane(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    let Some(access) = inspection.root.get("networkAccessType") else {
        return;
    };
    inspection.item_of(access, "networkAccessType", &["baseline", "forbidden", "restricted"]);
    if !matches!(access.as_str(), Some("forbidden" | "restricted")) {
        return;
    }
    let shoot = Shoot::in_object(inspection.object);
    let name = ["spec", "provider", "infrastructureConfig", "partitionID"];
    let name = shoot.and_then(|shoot| shoot.node().at(&name)).and_then(Text::of);
    let found = profile(inspection, scope).zip(name).and_then(|(profile, name)| partition(profile, &name));
    if let Some((_, partition)) = found.filter(|(_, partition)| partition.get("networkIsolation").is_none()) {
        inspection
            .refuse(access, "the partition of the shoot has no isolated network")
            .related(partition, "the partition is declared here")
            .help("use `baseline`, or set `networkIsolation` of the partition");
    }
}
