//! Microsoft Azure.

use super::image::{self, Form};
use super::plan::{Block, Plan};
use super::{Inspection, Scope, Spelling, pool};
use crate::syntax::Node;
use crate::view::{CloudProfile, Configuration, Worker};

const IMAGES: Form = Form {
    required: true,
    of_region: None,
    fields: &["urn", "id", "communityGalleryImageID", "sharedGalleryImageID"],
    architecture: true,
    beside_capabilities: true,
    spelling: image_ids,
};

static RESOURCE_GROUP: Spelling =
    Spelling::new("name of a resource group", "my-group", "^[A-Za-z0-9_().-]{1,89}[A-Za-z0-9_()-]$", 1, 90);
static VNET: Spelling =
    Spelling::new("name of a virtual network", "my-vnet", "^[A-Za-z0-9][0-9A-Za-z_.-]*[0-9A-Za-z_]$", 2, 64);
static NAME: Spelling = Spelling::new("name", "my-identity", "^[A-Za-z0-9][0-9A-Za-z_-]*$", 3, 120);
static PUBLIC_ADDRESS: Spelling =
    Spelling::new("name of a public IP address", "my-address", "^[A-Za-z0-9][0-9A-Za-z_-]*$", 1, 80);
static ENDPOINT: Spelling =
    Spelling::new("service endpoint", "Microsoft.Storage", r"^Microsoft\.[A-Za-z0-9.]+$", 9, 120);
static RESOURCE: Spelling = Spelling::new(
    "id of a resource",
    "/subscriptions/…/resourceGroups/my-group/providers/Microsoft.Network/ddosProtectionPlans/my-plan",
    "^/[^/]+/[^/]+",
    1,
    usize::MAX,
);
static RESERVATION: Spelling = Spelling::new(
    "id of a group of capacity reservations",
    "/subscriptions/…/resourceGroups/my-group/providers/Microsoft.Compute/capacityReservationGroups/nodes",
    "^/[^/]+/.*/(?i-u:capacityReservationGroups)/[^/]+$",
    1,
    usize::MAX,
);
static STORAGE: Spelling = Spelling::new(
    "address of a storage account",
    "https://myaccount.blob.core.windows.net/diagnostics",
    r"^https://[a-z0-9-]{3,24}\.blob\.core[^\t\n\x0c\r ]+/[^\t\n\x0c\r ]+$",
    1,
    usize::MAX,
);
static URN: Spelling = Spelling::new(
    "URN of an image",
    "sap:gardenlinux:greatest:1877.9.2",
    "^[0-9A-Za-z_-]+:[0-9A-Za-z_-]+:[0-9A-Za-z_.-]+:[0-9A-Za-z_.-]+$",
    1,
    256,
);
static ANY_URN: Spelling = Spelling::new(
    "URN of an image",
    "sap:gardenlinux:greatest:1877.9.2",
    "^[^:]*(:[^:]*){3}$",
    1,
    usize::MAX,
);
static COMMUNITY: Spelling = Spelling::new(
    "id of an image in a community gallery",
    "/CommunityGalleries/gardenlinux-13e998fe/Images/gardenlinux/Versions/1877.9.2",
    "^/(?i-u:CommunityGalleries)(/[^/]*){5}$",
    1,
    usize::MAX,
);
static SHARED: Spelling = Spelling::new(
    "id of an image in a shared gallery",
    "/SharedGalleries/my-gallery/Images/gardenlinux/Versions/1877.9.2",
    "^/(?i-u:SharedGalleries)(/[^/]*){5}$",
    1,
    usize::MAX,
);
static GUID: Spelling = Spelling::new(
    "GUID",
    "6f0b4e7c-3c1b-4b6e-9a54-0d1a2b3c4d5e",
    "^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$",
    1,
    36,
);

fn image_ids(inspection: &mut Inspection<'_, '_>, parent: &Node) {
    inspection.spelled(parent.get("urn"), &ANY_URN);
    inspection.spelled(parent.get("communityGalleryImageID"), &COMMUNITY);
    inspection.spelled(parent.get("sharedGalleryImageID"), &SHARED);
    if parent.get("id").is_some() {
        inspection.required(parent, "id");
    }
}

/// Upstream: gardener-extension-provider-azure, pkg/apis/azure/validation/cloudprofile.go, ValidateCloudProfileConfig.
pub(super) fn cloud_profile(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    image::judge(inspection, scope, &IMAGES);
    if CloudProfile::of(inspection.object).parent().is_some() {
        return;
    }
    for list in ["countFaultDomains", "countUpdateDomains"] {
        for domain in inspection.some_at(&[list]) {
            inspection.required(domain, "region");
            inspection.bounded(domain, "count", 0..=i64::MAX);
        }
    }
}

/// Upstream: gardener-extension-provider-azure, pkg/apis/azure/validation/infrastructure.go, ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    inspection.forbid(root, "resourceGroup", "of your own cannot be used yet");
    if let Some(identity) = root.get("identity") {
        let group = inspection.required(identity, "resourceGroup");
        inspection.spelled(group, &RESOURCE_GROUP);
        let name = inspection.required(identity, "name");
        inspection.spelled(name, &NAME);
    }
    let networks = root.get("networks");
    let zones = networks.and_then(|networks| networks.get("zones")).map(Node::items).unwrap_or_default();
    let Some((networks, workers)) = networks
        .map(|networks| (networks, networks.get("workers")))
        .filter(|(_, workers)| workers.is_some() || !zones.is_empty())
    else {
        inspection
            .lacking(&["networks", "workers"], "the nodes have no network")
            .help("set `networks.workers` to its range, or `networks.zones` with one for each zone");
        return;
    };
    if workers.is_some() && !zones.is_empty() {
        inspection.forbid(networks, "workers", "does not go with `zones`");
        return;
    }
    vnet(inspection, networks);
    match workers {
        Some(range) => {
            inspection.range(range);
            if let Some(gateway) = networks.get("natGateway") {
                nat_gateway(inspection, gateway);
            }
            endpoints(inspection, networks);
        }
        None => zoned(inspection, networks, zones),
    }
}

fn endpoints(inspection: &mut Inspection<'_, '_>, parent: &Node) {
    for endpoint in parent.get("serviceEndpoints").map(Node::items).unwrap_or_default() {
        inspection.spelled(Some(endpoint), &ENDPOINT);
    }
}

/// The virtual network, which may be there already.
fn vnet(inspection: &mut Inspection<'_, '_>, networks: &Node) {
    let vnet = networks.get("vnet");
    let field = |name| vnet.and_then(|vnet| vnet.get(name));
    if let (Some(vnet), true) = (vnet, field("name").is_some() != field("resourceGroup").is_some()) {
        inspection
            .refuse(vnet, "a virtual network that is there has a name and a resource group")
            .help("set both `name` and `resourceGroup`, or none of them");
        return;
    }
    inspection.spelled(field("ddosProtectionPlanID"), &RESOURCE);
    match (vnet, field("name"), field("cidr")) {
        (Some(vnet), Some(name), _) => {
            inspection.spelled(Some(name), &VNET);
            inspection.spelled(field("resourceGroup"), &RESOURCE_GROUP);
            for own in ["cidr", "ddosProtectionPlanID"] {
                inspection.forbid(vnet, own, "cannot be set for a virtual network that is there");
            }
        }
        (_, None, None) if networks.get("workers").is_none() => {
            inspection
                .lacking(&["networks", "vnet", "cidr"], "the networks of the zones have none around them")
                .help("set `vnet.cidr`, or `vnet.name` and `vnet.resourceGroup` of one that is there");
        }
        (_, None, Some(range)) => inspection.range(range),
        _ => {}
    }
}

/// A network for each zone.
fn zoned(inspection: &mut Inspection<'_, '_>, networks: &Node, zones: &[Node]) {
    if inspection.root.get("zoned").and_then(Node::as_bool) != Some(true) {
        inspection.forbid(networks, "zones", "needs `zoned: true`");
    }
    for field in ["natGateway", "serviceEndpoints"] {
        inspection.forbid(networks, field, "stands in each of the zones, where there are zones");
    }
    let mut seen = Vec::new();
    for zone in zones {
        if let Some(number) = zone.get("name").and_then(Node::as_i64) {
            if seen.contains(&number) {
                inspection
                    .refuse_field(zone, "name", format!("the zone {number} is listed twice"))
                    .help("leave one of them out");
            }
            seen.push(number);
        }
        if let Some(range) = inspection.required(zone, "cidr") {
            inspection.range(range);
        }
        endpoints(inspection, zone);
        if let Some(gateway) = zone.get("natGateway") {
            zoned_nat_gateway(inspection, gateway);
        }
    }
}

/// Whether a gateway is switched on; refuses settings of one that is not.
fn gateway_is_on(inspection: &mut Inspection<'_, '_>, gateway: &Node) -> bool {
    const LONGEST: i64 = 120;
    if gateway.get("enabled").and_then(Node::as_bool) != Some(true) {
        for field in ["zone", "idleConnectionTimeoutMinutes", "ipAddresses", "sku"] {
            inspection.forbid(gateway, field, "needs `enabled: true`");
        }
        return false;
    }
    inspection.bounded(gateway, "idleConnectionTimeoutMinutes", 4..=LONGEST);
    true
}

fn public_addresses<'n>(inspection: &mut Inspection<'_, '_>, gateway: &'n Node) -> &'n [Node] {
    let addresses = gateway.get("ipAddresses").map(Node::items).unwrap_or_default();
    for address in addresses {
        for (field, spelling) in [("resourceGroup", &RESOURCE_GROUP), ("name", &PUBLIC_ADDRESS)] {
            let text = inspection.required(address, field);
            inspection.spelled(text, spelling);
        }
    }
    addresses
}

fn nat_gateway(inspection: &mut Inspection<'_, '_>, gateway: &Node) {
    if !gateway_is_on(inspection, gateway) {
        return;
    }
    inspection.one_of(gateway, "sku", &["Standard", "StandardV2"]);
    let addresses = gateway.get("ipAddresses").map(Node::items).unwrap_or_default();
    let zone = gateway.get("zone").and_then(Node::as_i64);
    match gateway.get("sku").and_then(Node::as_str) {
        Some("StandardV2") => {
            for part in std::iter::once(gateway).chain(addresses) {
                inspection.forbid(part, "zone", "does not go with `StandardV2`, which spans all zones");
            }
        }
        None | Some("Standard") => match zone {
            None if !addresses.is_empty() => {
                inspection
                    .refuse_field(gateway, "zone", "a gateway with addresses of its own is in no zone")
                    .help("set the `zone` of the addresses");
            }
            None => {}
            Some(zone) => {
                for address in public_addresses(inspection, gateway) {
                    if address.get("zone").and_then(Node::as_i64).is_some_and(|own| own != zone) {
                        inspection
                            .refuse_field(address, "zone", format!("the gateway is in the zone {zone}"))
                            .help("use an address in the zone of the gateway");
                    }
                }
            }
        },
        Some(_) => {}
    }
}

fn zoned_nat_gateway(inspection: &mut Inspection<'_, '_>, gateway: &Node) {
    if gateway_is_on(inspection, gateway) {
        public_addresses(inspection, gateway);
        inspection.one_of(gateway, "sku", &["Standard"]);
    }
}

/// Upstream: as [`infrastructure`].
pub(super) fn plan(configuration: Configuration<'_>) -> Plan<'_> {
    let mut plan = Plan::of(configuration);
    let Some(networks) = configuration.node.get("networks") else {
        return plan;
    };
    let vnet = |field| networks.at(&["vnet", field]);
    let there = vnet("name").is_some() || vnet("resourceGroup").is_some();
    let zones = networks.get("zones").map(Node::items).unwrap_or_default();
    let workers = Block::of(networks.get("workers"), "subnet");
    if networks.get("workers").is_some() {
        plan.inside_nodes.extend(workers);
        plan.inside_hull.extend(workers);
    } else {
        for zone in zones {
            plan.subnet_of_nodes(zone.get("cidr"));
        }
    }
    plan.hull = match (there, vnet("cidr")) {
        (true, _) => None,
        (false, Some(range)) => Block::of(Some(range), "virtual network"),
        (false, None) => workers,
    };
    plan
}

/// Upstream: gardener-extension-provider-azure, pkg/apis/azure/validation/worker.go, ValidateWorkerConfig.
pub(super) fn worker(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>) {
    let root = inspection.root;
    inspection.spelled(root.at(&["diagnosticsProfile", "storageURI"]), &STORAGE);
    let volumes = root.get("dataVolumes").map(Node::items).unwrap_or_default();
    for (volume, image) in volumes.iter().filter_map(|volume| Some((volume, volume.get("imageRef")?))) {
        let name = volume.get("name").and_then(Node::as_str).unwrap_or_default();
        if pool::data_volume(worker, name).is_none() {
            inspection
                .refuse_field(volume, "name", format!("the pool has no data volume `{name}`"))
                .help("name a volume of `dataVolumes` of the pool");
        }
        if IMAGES.fields.iter().all(|field| image.get(field).is_none()) {
            inspection
                .refuse(image, "there is no image")
                .help(format!("set one of `{}`", IMAGES.fields.join("`, `")));
        }
        inspection.spelled(image.get("urn"), &URN);
        inspection.spelled(image.get("communityGalleryImageID"), &COMMUNITY);
        inspection.spelled(image.get("sharedGalleryImageID"), &SHARED);
        inspection.spelled(image.get("id"), &RESOURCE);
    }
    if let Some(volume) = root.get("volume") {
        inspection.one_of(volume, "caching", &["None", "ReadOnly", "ReadWrite"]);
    }
    inspection.spelled(root.at(&["capacityReservation", "capacityReservationGroupID"]), &RESERVATION);
}

/// Upstream: gardener-extension-provider-azure, pkg/apis/azure/validation/workloadidentity.go,
/// ValidateWorkloadIdentityConfig.
pub(super) fn identity(inspection: &mut Inspection<'_, '_>) {
    for field in ["clientID", "tenantID", "subscriptionID"] {
        let id = inspection.required(inspection.root, field);
        inspection.spelled(id, &GUID);
    }
}

/// All of them, to see that their patterns are sound.
#[cfg(test)]
pub(super) static SPELLINGS: &[&Spelling] = &[
    &RESOURCE_GROUP,
    &VNET,
    &NAME,
    &PUBLIC_ADDRESS,
    &ENDPOINT,
    &RESOURCE,
    &RESERVATION,
    &STORAGE,
    &URN,
    &ANY_URN,
    &COMMUNITY,
    &SHARED,
    &GUID,
];
