//! The pools of a shoot: what the extension of its provider wants of each, and of the shoot beside them.

use std::net::Ipv4Addr;

use ipnet::IpNet;

use super::{Inspection, Spelling};
use crate::check::network::overlap;
use crate::check::{Findings, Raised, Scope};
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Configuration, Networking, Shoot, Worker};

/// The pool that a configuration belongs to.
pub(super) fn of(configuration: Configuration<'_>) -> Option<Worker<'_>> {
    let shoot = Shoot::in_object(configuration.object)?;
    shoot.workers().find(|worker| {
        worker.node().get("providerConfig").is_some_and(|node| std::ptr::eq(node, configuration.node))
    })
}

/// The further volumes of a pool, by name.
pub(super) fn data_volume<'a>(worker: Worker<'a>, name: &str) -> Option<&'a Node> {
    let volumes = worker.data_volume_list().map(Node::items).unwrap_or_default();
    volumes.iter().find(|volume| volume.get("name").and_then(Node::as_str) == Some(name))
}

/// Refuses the configuration of a further volume that the pool has not, and the second one for the same.
pub(super) fn volume_names(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>, volumes: &[Node]) {
    for name in volumes.iter().filter_map(|volume| volume.get("name")) {
        let text = name.as_str().unwrap_or_default();
        if data_volume(worker, text).is_none() {
            inspection
                .refuse(name, format!("the pool has no data volume `{text}`"))
                .help("name a volume of `dataVolumes` of the pool");
        }
    }
    inspection.unique(volumes, "name");
}

/// Upstream: the function validateNodeTemplate of pkg/apis/…/validation/worker.go in each extension.
pub(super) fn node_template(inspection: &mut Inspection<'_, '_>) {
    let Some(template) = inspection.root.get("nodeTemplate") else {
        return;
    };
    let capacity = ["cpu", "gpu", "memory"].map(|name| (name, template.at(&["capacity", name])));
    let below = |amount: &Amount<'_>| amount.quantity < Quantity::default();
    for (name, node) in capacity {
        if let Some(amount) = node.and_then(Amount::of).filter(below) {
            inspection
                .refuse(amount.node, format!("`{name}` of a node is below zero"))
                .help("set what a node has");
        }
    }
    for entry in template.get("virtualCapacity").map(Node::entries).unwrap_or_default() {
        let Some(amount) = Amount::of(&entry.value) else { continue };
        if below(&amount) || !amount.quantity.is_whole() {
            inspection
                .refuse(
                    amount.node,
                    format!("`{}` of a node is not counted in whole numbers", entry.key.name),
                )
                .help("set a whole number");
        }
    }
}

/// What a provider wants of a shoot.
struct Wants {
    /// The name of the provider type.
    provider: &'static str,
    /// Whether nodes need a range of addresses.
    nodes: bool,
    /// Whether a control plane must be configured.
    control_plane: bool,
    /// What each pool must have.
    pools: Pools,
    /// The largest number of further volumes.
    data_volumes: usize,
    /// Which address families clusters may have.
    families: Families,
}

/// What each pool must have.
#[derive(Clone, Copy, PartialEq)]
enum Pools {
    /// Zones, and a volume with size and type.
    ZonesAndVolume,
    /// A volume with size and type; zones where the infrastructure has them.
    Volume,
    /// Zones.
    Zones,
    /// Neither zones nor volumes.
    Neither,
}

/// Which address families clusters may have.
#[derive(Clone, Copy, PartialEq)]
enum Families {
    Any,
    /// Any with IPv4.
    NotIpv6Alone,
    /// One alone, which is IPv4.
    Ipv4Alone,
}

const UNBOUNDED: usize = usize::MAX;

#[rustfmt::skip]
static PROVIDERS: &[Wants] = &[
    Wants { provider: "alicloud", nodes: true, control_plane: false, pools: Pools::ZonesAndVolume, data_volumes: 64, families: Families::Any },
    Wants { provider: "aws", nodes: true, control_plane: false, pools: Pools::ZonesAndVolume, data_volumes: 11, families: Families::Any },
    Wants { provider: "azure", nodes: true, control_plane: false, pools: Pools::Volume, data_volumes: 64, families: Families::Ipv4Alone },
    Wants { provider: "gcp", nodes: true, control_plane: true, pools: Pools::ZonesAndVolume, data_volumes: UNBOUNDED, families: Families::NotIpv6Alone },
    Wants { provider: "ironcore", nodes: true, control_plane: false, pools: Pools::ZonesAndVolume, data_volumes: UNBOUNDED, families: Families::Any },
    Wants { provider: "metal", nodes: false, control_plane: false, pools: Pools::Neither, data_volumes: UNBOUNDED, families: Families::Any },
    Wants { provider: "openstack", nodes: true, control_plane: true, pools: Pools::Zones, data_volumes: UNBOUNDED, families: Families::NotIpv6Alone },
];

/// A look at a shoot.
struct Look<'a, 'f> {
    shoot: Shoot<'a>,
    findings: &'f mut Findings,
    provider: &'static str,
}

impl Look<'_, '_> {
    fn refuse(&mut self, node: &Node, message: String) -> Raised<'_> {
        let why = self.why();
        self.findings.at(self.shoot.object, node, message).why(why)
    }

    fn lacks(&mut self, parent: &Node, field: &str, message: String) {
        let why = self.why();
        self.findings
            .missing(self.shoot.object, parent, field, message)
            .why(why)
            .help(format!("set `{field}`"));
    }

    fn why(&self) -> String {
        format!("the {} extension refuses the shoot, where Gardener alone takes it", self.provider)
    }
}

/// Upstream: the functions ValidateNetworking, ValidateWorker and ValidateWorkers of pkg/apis/…/validation/shoot.go in
/// each extension. A warning, because Gardener's own API server takes such a shoot.
pub(super) fn shoot(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let wants =
        shoot.provider_type().and_then(|name| PROVIDERS.iter().find(|known| *known.provider == *name));
    let (Some(wants), Some(provider)) = (wants, shoot.provider()) else {
        return;
    };
    // A workerless shoot is nothing to the extension.
    if shoot.workers().next().is_none() {
        return;
    }
    let mut look = Look { shoot, findings, provider: wants.provider };
    let needed = [("infrastructureConfig", true), ("controlPlaneConfig", wants.control_plane)];
    for (field, needed) in needed {
        if needed && provider.get(field).is_none() {
            look.lacks(
                provider,
                field,
                format!("a shoot of the provider `{}` has no `{field}`", wants.provider),
            );
        }
    }
    networking(&mut look, wants);
    for worker in shoot.workers() {
        pool(&mut look, wants, worker);
    }
    if wants.provider == "azure" {
        zones_on_azure(&mut look);
    }
}

fn networking(look: &mut Look<'_, '_>, wants: &Wants) {
    let Some(networking) = look.shoot.networking() else {
        return;
    };
    let families = networking.family_list();
    let names: Vec<&str> =
        families.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    let ipv6 = names.contains(&"IPv6");
    let only_ipv6 = ipv6 && !names.contains(&"IPv4");
    if wants.nodes && networking.nodes().is_none() && !(wants.provider == "aws" && only_ipv6) {
        look.lacks(networking.node(), "nodes", "the nodes have no range of addresses".to_owned());
    }
    let refused = match wants.families {
        Families::Any => false,
        Families::NotIpv6Alone => only_ipv6,
        Families::Ipv4Alone => ipv6,
    };
    if let Some(families) = families.filter(|_| refused) {
        let help = if wants.families == Families::Ipv4Alone { "use IPv4 alone" } else { "add IPv4" };
        look.refuse(families, format!("the provider `{}` has no such networks", wants.provider)).help(help);
    }
    overlay(look, wants, networking, ipv6);
    if wants.provider == "alicloud" {
        reserved_on_alicloud(look, networking);
    }
}

/// Alibaba Cloud has services of its own at addresses of one range.
fn reserved_on_alicloud(look: &mut Look<'_, '_>, networking: Networking<'_>) {
    let reserved = IpNet::new_assert(Ipv4Addr::new(100, 64, 0, 0).into(), 10);
    for range in [networking.nodes(), networking.pods(), networking.services()].into_iter().flatten() {
        let Ok(net) = range.parse::<IpNet>() else { continue };
        if overlap(net, reserved) {
            look.refuse(range.node, format!("`{range}` overlaps `{reserved}`, which is the provider's own"))
                .help("choose another range");
        }
    }
}

/// Whether the pods may have a network on top of the provider's.
fn overlay(look: &mut Look<'_, '_>, wants: &Wants, networking: Networking<'_>, ipv6: bool) {
    let overlay = networking.node().at(&["providerConfig", "overlay"]);
    let enabled = overlay.and_then(|overlay| overlay.get("enabled"));
    let on = enabled.filter(|enabled| enabled.as_bool() == Some(true));
    let calico = networking.type_name().is_some_and(|name| *name == *"calico");
    let with_ipv6 = ipv6 && matches!(wants.provider, "aws" | "gcp");
    if let Some(on) = on.filter(|_| with_ipv6 || calico && wants.provider == "azure") {
        look.refuse(on, "pods cannot have an overlay network here".to_owned()).help("set it to `false`");
    }
    if let (true, None, Some(families)) = (with_ipv6, overlay, networking.family_list()) {
        look.refuse(families, "IPv6 does not go with an overlay network".to_owned())
            .help("set `networking.providerConfig.overlay.enabled` to `false`");
    }
}

fn pool(look: &mut Look<'_, '_>, wants: &Wants, worker: Worker<'_>) {
    let node = worker.node();
    let volume = node.get("volume");
    if matches!(wants.pools, Pools::ZonesAndVolume | Pools::Volume) {
        match volume {
            None => look.lacks(node, "volume", "the nodes of the pool have no volume".to_owned()),
            Some(volume) => complete_volume(look, wants, volume),
        }
        let data = worker.data_volume_list();
        let volumes = data.map(Node::items).unwrap_or_default();
        if let Some(data) = data.filter(|_| volumes.len() > wants.data_volumes) {
            look.refuse(data, format!("a node of the pool has {} data volumes", volumes.len()))
                .help(format!("use at most {}", wants.data_volumes));
        }
        if wants.data_volumes != UNBOUNDED {
            for volume in volumes {
                complete_volume(look, wants, volume);
            }
        }
    }
    let zones = worker.zone_list().filter(|zones| !zones.items().is_empty());
    match (wants.pools, zones) {
        (Pools::ZonesAndVolume | Pools::Zones, None) => {
            look.lacks(node, "zones", "the pool is in no zone".to_owned());
        }
        (Pools::Neither, zones) => {
            for node in zones.into_iter().chain(volume) {
                look.refuse(
                    node,
                    format!("a pool of the provider `{}` has neither zones nor volumes", wants.provider),
                )
                .help("remove it; the partition in `infrastructureConfig` says where machines are");
            }
        }
        _ => {}
    }
    own_wants(look, wants, worker, volume);
}

/// A volume with a size and a type.
fn complete_volume(look: &mut Look<'_, '_>, wants: &Wants, volume: &Node) {
    for field in ["type", "size"] {
        let empty = field == "size" && volume.get(field).and_then(Node::as_str) == Some("");
        if volume.get(field).is_none() || empty {
            look.lacks(volume, field, format!("the volume has no {field}"));
        }
    }
    if let Some(encrypted) = volume.get("encrypted").filter(|_| wants.provider == "azure") {
        look.refuse(encrypted, "the provider `azure` encrypts every volume".to_owned()).help("remove it");
    }
}

/// The name of a further volume on Alibaba Cloud.
static DISK: Spelling = Spelling::new("name of a disk", "data-1", r"^[a-zA-Z][a-zA-Z0-9._:-]+$", 1, 64);

/// What one provider alone wants.
fn own_wants(look: &mut Look<'_, '_>, wants: &Wants, worker: Worker<'_>, volume: Option<&Node>) {
    let kind = worker.volume_type();
    match (wants.provider, kind) {
        ("aws", Some(kind)) if &*kind == "io1" && worker.node().get("providerConfig").is_none() => {
            let message = "a volume of the type `io1` has no number of operations".to_owned();
            look.lacks(worker.node(), "providerConfig", message);
        }
        ("gcp", Some(kind)) if &*kind == "SCRATCH" => {
            look.refuse(kind.node, "no node starts from a volume of the type `SCRATCH`".to_owned())
                .help("use another type of volume");
        }
        ("gcp", _) if worker.node().get("providerConfig").is_none() && has_local_disk(worker) => {
            let message = "a volume of the type `SCRATCH` has no interface".to_owned();
            look.lacks(worker.node(), "providerConfig", message);
        }
        ("openstack", Some(kind)) if volume.is_some_and(|volume| volume.get("size").is_none()) => {
            look.refuse(kind.node, "the volume has a type and no size".to_owned()).help("set its size, too");
        }
        ("alicloud", _) => {
            let volumes = worker.data_volume_list().map(Node::items).unwrap_or_default();
            for name in volumes.iter().filter_map(|volume| volume.get("name")) {
                let text = name.as_str().unwrap_or_default();
                if !DISK.fits(text) {
                    look.refuse(name, format!("`{text}` is no {}", DISK.noun))
                        .help(format!("write it like `{}`", DISK.example));
                }
            }
        }
        _ => {}
    }
}

fn has_local_disk(worker: Worker<'_>) -> bool {
    worker.data_volume_list().map(Node::items).unwrap_or_default().iter().any(is_local)
}

/// Whether a volume on Google Cloud is a disk of the machine itself.
pub(super) fn is_local(volume: &Node) -> bool {
    volume.get("type").and_then(Node::as_str) == Some("SCRATCH")
}

/// On Azure an infrastructure has zones, or it has none.
fn zones_on_azure(look: &mut Look<'_, '_>) {
    let Some(infrastructure) =
        look.shoot.provider().and_then(|provider| provider.get("infrastructureConfig"))
    else {
        return;
    };
    let spread = infrastructure.get("zoned").and_then(Node::as_bool) == Some(true);
    for worker in look.shoot.workers() {
        let zones = worker.zone_list().filter(|zones| !zones.items().is_empty());
        match zones {
            None if spread => look.lacks(worker.node(), "zones", "the pool is in no zone".to_owned()),
            Some(zones) if !spread => {
                look.refuse(zones, "the pool has zones, and the infrastructure has none".to_owned())
                    .related(infrastructure, "the infrastructure is set here")
                    .help("set `infrastructureConfig.zoned` to `true`, or remove the zones");
            }
            _ => {}
        }
    }
}

/// All of them, to see that their patterns are sound.
#[cfg(test)]
pub(super) static SPELLINGS: &[&Spelling] = &[&DISK];
