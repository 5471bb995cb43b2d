//! Configurations of the network extensions.

use std::net::IpAddr;

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::name::is_dns_subdomain;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Configuration, Networking, Shoot};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L920", "calico-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[kind("calico.networking.extensions.gardener.cloud", "NetworkConfig")],
            calico,
        ),
    },
    Rule {
        code: Code::error("L921", "cilium-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(
            &[kind("cilium.networking.extensions.gardener.cloud", "NetworkConfig")],
            cilium,
        ),
    },
];

const WHY: &str = "the network extension refuses the shoot";
const MODES: &[&str] = &["Always", "CrossSubnet", "Never", "Off"];
const MODES_OF_VXLAN: &[&str] = &["Always", "Never"];

/// Upstream: gardener-extension-networking-calico, pkg/apis/calico/validation/networkconfig.go, ValidateNetworkConfig.
fn calico(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    inspection.one_of(root, "backend", &["bird", "none", "vxlan"]);
    inspection.one_of(root, "ipip", MODES);
    inspection.one_of(root, "serviceLoopPrevention", &["Disabled", "Drop", "Reject"]);
    if let Some(method) = root.get("ipAutoDetectionMethod") {
        detection(&mut inspection, method);
    }
    if let Some(mtu) = root.get("vethMTU") {
        let text = mtu.as_str().unwrap_or_default();
        if text.parse::<u32>().is_err() {
            inspection
                .refuse(mtu, format!("`{text}` is no size of a packet"))
                .help("write a number of bytes: `\"1440\"`");
        }
    }
    for family in [root.get("ipv4"), root.get("ipv6")].into_iter().flatten() {
        addresses(&mut inspection, family);
    }
    calico_ipam(&mut inspection);
    calico_autoscaling(&mut inspection);
}

fn calico_ipam(inspection: &mut Inspection<'_, '_>) {
    let Some(ipam) = inspection.root.get("ipam") else {
        return;
    };
    let given = ipam.get("type").filter(|node| node.as_str().is_some_and(|text| !text.is_empty()));
    if let Some(given) = given {
        inspection.item_of(given, "type", &["calico-ipam", "host-local"]);
        let families = Shoot::in_object(inspection.object).and_then(Shoot::networking);
        let families = families.and_then(Networking::family_list).map(Node::items).unwrap_or_default();
        let ipv6 = families.iter().any(|family| family.as_str() == Some("IPv6"));
        if ipv6 && given.as_str() == Some("calico-ipam") {
            inspection
                .refuse(given, "`calico-ipam` serves shoots with IPv4 alone")
                .help("use `host-local`, or leave IPv6 out of `spec.networking.ipFamilies`");
        }
    }
    let range = ipam
        .get("cidr")
        .filter(|node| node.as_str().is_some_and(|text| !text.eq_ignore_ascii_case("usepodcidr")));
    if let Some(range) = range {
        inspection.network(range);
    }
}

fn addresses(inspection: &mut Inspection<'_, '_>, family: &Node) {
    inspection.one_of(family, "pool", &["ipip", "vxlan"]);
    let vxlan = family.get("pool").and_then(Node::as_str) == Some("vxlan");
    inspection.one_of(family, "mode", if vxlan { MODES_OF_VXLAN } else { MODES });
    let method = family.get("autoDetectionMethod").filter(|method| method.as_str() != Some(""));
    if let Some(method) = method {
        detection(inspection, method);
    }
}

/// How a node finds its own address.
fn detection(inspection: &mut Inspection<'_, '_>, node: &Node) {
    let Some(text) = node.as_str() else { return };
    let (option, parameter) = match text.split_once('=') {
        Some((option, parameter)) => (option, Some(parameter)),
        None => (text, None),
    };
    let valid = match option {
        "first-found" | "kubernetes-internal-ip" => parameter.is_none(),
        "cidr" => parameter.is_some_and(|range| range.parse::<ipnet::IpNet>().is_ok()),
        "can-reach" => parameter.is_some_and(|host| host.parse::<IpAddr>().is_ok() || is_dns_subdomain(host)),
        "interface" | "skip-interface" => parameter.is_some_and(|pattern| !pattern.is_empty()),
        _ => false,
    };
    if !valid {
        inspection.refuse(node, format!("`{text}` is no way to detect an address")).help(
            "use `first-found`, `kubernetes-internal-ip`, `can-reach=HOST`, `interface=PATTERN`, \
             `skip-interface=PATTERN` or `cidr=RANGE`",
        );
    }
}

fn calico_autoscaling(inspection: &mut Inspection<'_, '_>) {
    let Some(autoscaling) = inspection.root.get("autoScaling") else {
        return;
    };
    if inspection.required(autoscaling, "mode").is_some() {
        inspection.one_of(autoscaling, "mode", &["cluster-proportional", "static", "vpa"]);
    }
    for component in ["node", "typha"] {
        let amounts = autoscaling.at(&["resources", component]).map(Node::entries).unwrap_or_default();
        for entry in amounts {
            let name = &entry.key.name;
            if !matches!(name.as_str(), "cpu" | "memory") {
                inspection
                    .refuse(&entry.value, format!("`{name}` is no resource of a component"))
                    .help("allowed: `cpu`, `memory`");
            } else if Amount::of(&entry.value).is_some_and(|amount| amount.quantity <= Quantity::default()) {
                inspection
                    .refuse(&entry.value, format!("the {name} of a component is not above zero"))
                    .help("set an amount above zero, or leave it out");
            }
        }
    }
}

/// Upstream: gardener-extension-networking-cilium, pkg/apis/cilium/validation/networkconfig.go, ValidateNetworkConfig.
fn cilium(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    const DEVICE_LIMIT: usize = 15;
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    inspection.one_of(root, "tunnel", &["disabled", "geneve", "vxlan"]);
    inspection.one_of(root, "store", &["kubernetes"]);
    inspection.one_of(root, "loadBalancingMode", &["dsr", "hybrid", "snat"]);
    if let Some(mtu) = root.get("mtu").filter(|mtu| mtu.as_i64().is_some_and(|mtu| mtu < 0)) {
        inspection.refuse(mtu, "the size of a packet is below zero").help("set a number of bytes");
    }
    let devices = root.get("devices").map(Node::items).unwrap_or_default();
    for device in devices.iter().chain(root.get("directRoutingDevice")) {
        let Some(name) = device.as_str() else { continue };
        let malformed = name.contains('/') || name.contains(char::is_whitespace);
        if name.is_empty() || name.len() > DEVICE_LIMIT || malformed {
            inspection
                .refuse(device, format!("`{name}` is no name of a network device"))
                .help(format!("use at most {DEVICE_LIMIT} characters, no `/` and no space"));
        }
    }
    if let Some(host) = root.at(&["kubeproxy", "k8sServiceHost"]) {
        let text = host.as_str().unwrap_or_default();
        if text.parse::<IpAddr>().is_err() && !is_dns_subdomain(text) {
            inspection
                .refuse(host, format!("`{text}` is neither an address nor a DNS name"))
                .help("name the host of the API server");
        }
    }
    let port = root.at(&["kubeproxy", "k8sServicePort"]).filter(|port| port.as_i64().is_some());
    if let Some(port) = port.filter(|port| !(1..=65_535).contains(&port.as_i64().unwrap_or_default())) {
        inspection.refuse(port, "there is no such port").help("use 1 to 65535");
    }
    let Some(encryption) = root.get("encryption") else {
        return;
    };
    let on = |field: &str| encryption.get(field).and_then(Node::as_bool) == Some(true);
    if on("enabled") && on("strictMode") && encryption.get("mode").and_then(Node::as_str) != Some("wireguard")
    {
        inspection
            .refuse_field(encryption, "mode", "only `wireguard` has a strict mode")
            .help("set `mode: wireguard`, or `strictMode: false`");
    }
}
