//! Amazon Web Services.

use std::collections::HashSet;

use super::image::{Form, OfRegion, any_spelling};
use super::plan::{Block, Plan};
use super::vpc::{self, zones};
use super::{Inspection, Spelling, pool};
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{Configuration, Networking, Shoot, Worker};

pub(super) const IMAGES: Form = Form {
    required: true,
    of_region: Some(OfRegion { field: "ami", required: true }),
    fields: &[],
    architecture: true,
    beside_capabilities: true,
    spelling: any_spelling,
};

static VPC: Spelling = Spelling::new("id of a VPC", "vpc-064b5b7771f6331aa", "^vpc-[a-z0-9]+$", 1, 255);
static ADDRESS: Spelling =
    Spelling::new("id of an elastic IP", "eipalloc-0676786f3e288044c", "^eipalloc-[a-z0-9]+$", 0, 255);
static SUBNET: Spelling =
    Spelling::new("id of a subnet", "subnet-0676786f3e288044c", "^subnet-[a-z0-9]+$", 1, 255);
static SECURITY_GROUP: Spelling =
    Spelling::new("id of a security group", "sg-0676786f3e288044c", "^sg-[a-z0-9]+$", 1, 255);
static ZONE: Spelling = Spelling::new("name of a zone", "eu-west-1a", "^[a-z0-9-]+$", 0, 255);
static TAG: Spelling = Spelling::new("key of a tag", "team", "^[0-9A-Za-z_ +=.:/@-]+$", 1, 128);
static SNAPSHOT: Spelling =
    Spelling::new("id of a snapshot", "snap-0676786f3e288044c", "^snap-[a-z0-9]+$", 0, 255);
static PROFILE_NAME: Spelling =
    Spelling::new("name of an instance profile", "nodes", "^[0-9A-Za-z_+=,.@-]+$", 1, 128);
static PROFILE: Spelling = Spelling::new(
    "ARN of an instance profile",
    "arn:aws:iam::123456789012:instance-profile/nodes",
    "^arn:[0-9A-Za-z_ +=,.@/:-]+$",
    0,
    255,
);
static RESERVATION: Spelling =
    Spelling::new("id of a capacity reservation", "cr-1234abcd56example", "^cr-[a-z0-9]+$", 1, 255);
static RESERVATION_GROUP: Spelling = Spelling::new(
    "ARN of a group of capacity reservations",
    "arn:aws:resource-groups:eu-west-2:123456789012:group/nodes",
    "^arn:[0-9A-Za-z_-]+:resource-groups:[0-9A-Za-z_+=,.@/:-]+$",
    1,
    255,
);
static ROLE: Spelling = Spelling::new(
    "ARN of a role",
    "arn:aws:iam::123456789012:role/gardener",
    "^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role(/[0-9A-Za-z_+=,.@-]+)*/[0-9A-Za-z_+=,.@-]+$",
    1,
    usize::MAX,
);
static INGRESS_CLASS: Spelling = Spelling::new("name of an ingress class", "alb", "^[a-z0-9.-]+$", 1, 253);

/// Whether the shoot has addresses of a family; nothing is known of one that names none.
fn has_family(configuration: Configuration<'_>, family: &str) -> Option<bool> {
    let families = Shoot::in_object(configuration.object)?.networking().and_then(Networking::family_list)?;
    Some(families.items().iter().any(|known| known.as_str() == Some(family)))
}

/// Upstream: gardener-extension-provider-aws, pkg/apis/aws/validation/infrastructure.go, ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    let zones = inspection.some_at(&["networks", "zones"]);
    let configuration = Configuration { object: inspection.object, node: root };
    let own_subnets = zones.iter().any(|zone| zone.get("workersSubnetID").is_some());
    vpc(inspection, own_subnets);
    one_approach(inspection, zones, own_subnets);
    let ipv4 = has_family(configuration, "IPv4").unwrap_or(true);
    let vpc_given = root.at(&["networks", "vpc", "id"]).is_some();
    for zone in zones {
        inspection.spelled(zone.get("name"), &ZONE);
        workers(inspection, zone, vpc_given);
        for field in ["public", "internal"] {
            zone.get(field).into_iter().for_each(|range| inspection.range(range));
        }
        if let Some(range) = zone.get("workers").filter(|_| ipv4) {
            inspection.range(range);
        }
        inspection.spelled(zone.get("elasticIPAllocationID"), &ADDRESS);
        if zone.get("workers").is_none() || zone.get("public").is_none() {
            inspection.forbid(zone, "elasticIPAllocationID", "needs `workers` and `public`");
        }
    }
    for field in ["elasticIPAllocationID", "workersSubnetID"] {
        inspection.unique(zones, field);
    }
    load_balancer_subnets(inspection, zones);
    if let Some(ignored) = root.get("ignoreTags") {
        ignored_tags(inspection, ignored);
    }
}

fn vpc(inspection: &mut Inspection<'_, '_>, own_subnets: bool) {
    let root = inspection.root;
    let id = vpc::judge(inspection);
    inspection.spelled(id, &VPC);
    let vpc = root.at(&["networks", "vpc"]);
    let field = |name| vpc.and_then(|vpc| vpc.get(name));
    for endpoint in field("gatewayEndpoints").map(Node::items).unwrap_or_default() {
        let text = endpoint.as_str().unwrap_or_default();
        if !is_dns_subdomain(text) {
            inspection.refuse(endpoint, format!("`{text}` is no service of AWS")).help("write it like `s3`");
        }
    }
    if let Some(vpc) = vpc.filter(|_| own_subnets) {
        inspection.forbid(vpc, "gatewayEndpoints", "does not go with `workersSubnetID`");
    }
    let security_group = root.at(&["networks", "nodesSecurityGroupID"]);
    inspection.spelled(security_group, &SECURITY_GROUP);
    if let (Some(networks), None) = (root.get("networks"), field("id")) {
        inspection.forbid(networks, "nodesSecurityGroupID", "needs the id of a VPC that is there");
    }
    if let Some(pool) = field("ipv6IpamPool") {
        ipv6_block(inspection, pool);
    }
}

fn ipv6_block(inspection: &mut Inspection<'_, '_>, pool: &Node) {
    const PREFIX: u8 = 56;
    let Some(block) = pool.get("cidrBlock").filter(|block| block.as_str().is_some()) else {
        return;
    };
    inspection.range(block);
    let configuration = Configuration { object: inspection.object, node: inspection.root };
    if has_family(configuration, "IPv6") != Some(true) {
        inspection.forbid(pool, "cidrBlock", "needs a shoot with IPv6");
    }
    if pool.get("id").is_none() {
        inspection.forbid(pool, "cidrBlock", "needs the `id` of the pool");
    }
    let net = block.as_str().and_then(|text| text.parse::<ipnet::IpNet>().ok());
    if net.is_some_and(|net| net.prefix_len() != PREFIX) {
        inspection.refuse(block, "the range of a VPC has another size").help("use a range with `/56`");
    }
}

/// Either all zones have subnets that are there already, or none has.
fn one_approach(inspection: &mut Inspection<'_, '_>, zones: &[Node], own_subnets: bool) {
    if !own_subnets {
        return;
    }
    for zone in zones.iter().filter(|zone| zone.get("workersSubnetID").is_none()) {
        inspection.forbid(zone, "workers", "does not go with the `workersSubnetID` of another zone");
    }
    let files = inspection.root.get("elasticFileSystem");
    let enabled = files.filter(|files| files.get("enabled").and_then(Node::as_bool) == Some(true));
    if let Some(files) = enabled.filter(|files| files.get("id").is_none()) {
        inspection
            .refuse_field(files, "id", "no file system is made beside subnets that are there already")
            .help("set the `id` of one");
    }
    for field in ["publicSubnetID", "internalSubnetID"] {
        if zones.iter().all(|zone| zone.get(field).is_none()) {
            continue;
        }
        let lacking = zones.iter().filter(|zone| zone.get("workersSubnetID").is_some());
        for zone in lacking.filter(|zone| zone.get(field).is_none()) {
            inspection
                .refuse_field(zone, field, format!("the zone has no `{field}`, and another zone has one"))
                .help(format!("set `{field}` in every zone or in none"));
        }
    }
}

/// The network of the nodes in a zone.
fn workers(inspection: &mut Inspection<'_, '_>, zone: &Node, vpc_given: bool) {
    match (zone.get("workers"), zone.get("workersSubnetID")) {
        (None, None) => {
            inspection
                .refuse(zone, "the zone has no network for nodes")
                .help("set `workers` for a new subnet, or `workersSubnetID` of one that is there");
        }
        (Some(range), Some(_)) => {
            inspection.refuse(range, "a subnet that is there has a range already").help("remove `workers`");
        }
        _ => {}
    }
    let own_subnet = zone.get("workersSubnetID").is_some();
    for field in ["internal", "public"] {
        if own_subnet {
            inspection.forbid(zone, field, "does not go with `workersSubnetID`");
        }
    }
    for field in ["publicSubnetID", "internalSubnetID"] {
        if !own_subnet {
            inspection.forbid(zone, field, "needs `workersSubnetID`");
        }
    }
    for field in ["workersSubnetID", "publicSubnetID", "internalSubnetID"] {
        inspection.spelled(zone.get(field).filter(|_| own_subnet), &SUBNET);
        if own_subnet && !vpc_given {
            inspection.forbid(zone, field, "needs the id of a VPC that is there");
        }
    }
}

fn load_balancer_subnets(inspection: &mut Inspection<'_, '_>, zones: &[Node]) {
    let mut seen = HashSet::new();
    for zone in zones.iter().filter(|zone| zone.get("workersSubnetID").is_some()) {
        for node in ["publicSubnetID", "internalSubnetID"].into_iter().filter_map(|field| zone.get(field)) {
            let Some(text) = node.as_str() else { continue };
            if !seen.insert(text) {
                inspection
                    .refuse(node, format!("the subnet `{text}` is used twice for load balancers"))
                    .help("use a subnet of its own in each zone, and one for each of public and internal");
            }
        }
    }
}

fn ignored_tags(inspection: &mut Inspection<'_, '_>, ignored: &Node) {
    const RESERVED: [&str; 2] = ["kubernetes.io", "gardener.cloud"];
    const NAME: &str = "Name";
    for key in ignored.get("keys").map(Node::items).unwrap_or_default() {
        inspection.spelled(Some(key), &TAG);
        let text = key.as_str().unwrap_or_default();
        if text == NAME || RESERVED.iter().any(|reserved| text.starts_with(reserved)) {
            inspection.refuse(key, format!("the tag `{text}` is Gardener's own")).help("leave it out");
        }
    }
    for prefix in ignored.get("keyPrefixes").map(Node::items).unwrap_or_default() {
        inspection.spelled(Some(prefix), &TAG);
        let text = prefix.as_str().filter(|text| !text.is_empty());
        let Some(text) = text else { continue };
        let own = |reserved: &&str| text.starts_with(reserved) || reserved.starts_with(text);
        if NAME.starts_with(text) || RESERVED.iter().any(own) {
            inspection.refuse(prefix, format!("`{text}` begins tags of Gardener's own")).help("leave it out");
        }
    }
}

/// Upstream: as [`infrastructure`].
pub(super) fn plan(configuration: Configuration<'_>) -> Plan<'_> {
    let mut plan = Plan::of(configuration);
    let ipv4 = has_family(configuration, "IPv4").unwrap_or(true);
    for zone in zones(configuration.node) {
        plan.subnet(zone.get("public"));
        plan.subnet(zone.get("internal"));
        plan.subnet_of_nodes(zone.get("workers").filter(|_| ipv4));
    }
    let ipv6 = has_family(configuration, "IPv6") == Some(true);
    plan.hull = Block::of(vpc::new_range(configuration.node).filter(|_| !ipv6), "VPC");
    plan
}

/// Upstream: gardener-extension-provider-aws, pkg/apis/aws/validation/controlplane.go, ValidateControlPlaneConfig.
pub(super) fn control_plane(inspection: &mut Inspection<'_, '_>) {
    let root = inspection.root;
    inspection.spelled(root.at(&["loadBalancerController", "ingressClassName"]), &INGRESS_CLASS);
}

/// Upstream: gardener-extension-provider-aws, pkg/apis/aws/validation/worker.go, ValidateWorkerConfig.
pub(super) fn worker(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>) {
    let root = inspection.root;
    if let Some(kind) = worker.volume_type() {
        volume(inspection, root.get("volume"), "volume", &kind);
    }
    let configured = root.get("dataVolumes").map(Node::items).unwrap_or_default();
    pool::volume_names(inspection, worker, configured);
    for data in worker.data_volume_list().map(Node::items).unwrap_or_default() {
        let name = data.get("name").and_then(Node::as_str);
        let own = configured.iter().find(|own| own.get("name").and_then(Node::as_str) == name);
        if let Some(kind) = data.get("type").and_then(Node::as_str) {
            volume(inspection, own, "dataVolumes", kind);
        }
    }
    for own in configured {
        inspection.spelled(own.get("snapshotID"), &SNAPSHOT);
    }
    if let Some(profile) = root.get("iamInstanceProfile") {
        if profile.get("name").is_some() == profile.get("arn").is_some() {
            inspection
                .refuse(profile, "an instance profile has a name or an ARN")
                .help("set `name` or `arn`");
        }
        inspection.spelled(profile.get("name"), &PROFILE_NAME);
        inspection.spelled(profile.get("arn"), &PROFILE);
    }
    capacity(inspection);
    instance(inspection);
    for interface in root.get("networkInterfaces").map(Node::items).unwrap_or_default() {
        network_interface(inspection, interface);
    }
}

/// The speed of a volume; `own` is its configuration, which one of the type `io1` must have.
fn volume(inspection: &mut Inspection<'_, '_>, own: Option<&Node>, field: &str, kind: &str) {
    let root = inspection.root;
    let operations = own.and_then(|own| own.get("iops"));
    if kind == "io1" && operations.is_none() {
        let (parent, field) = own.map_or((root, field), |own| (own, "iops"));
        inspection
            .refuse_field(parent, field, "a volume of the type `io1` has no number of operations")
            .help("set `iops`");
    }
    let Some(own) = own else { return };
    inspection.bounded(own, "iops", 1..=i64::MAX);
    inspection.bounded(own, "throughput", 1..=i64::MAX);
}

fn capacity(inspection: &mut Inspection<'_, '_>) {
    const ONLY: &str = "capacity-reservations-only";
    let Some(reservation) = inspection.root.get("capacityReservation") else {
        return;
    };
    let (id, group) = ("capacityReservationId", "capacityReservationResourceGroupArn");
    inspection.one_of(reservation, "capacityReservationPreference", &[ONLY, "none", "open"]);
    let preference = reservation.get("capacityReservationPreference").and_then(Node::as_str);
    if preference.is_some_and(|preference| preference != ONLY) {
        for field in [id, group] {
            inspection.forbid(reservation, field, "needs the preference `capacity-reservations-only`");
        }
    }
    inspection.spelled(reservation.get(id), &RESERVATION);
    inspection.spelled(reservation.get(group), &RESERVATION_GROUP);
    if reservation.get(group).is_some() {
        inspection.forbid(reservation, id, "does not go with a group of reservations");
    }
}

/// How the machines are made.
fn instance(inspection: &mut Inspection<'_, '_>) {
    const HOPS: i64 = 64;
    let root = inspection.root;
    if let Some(metadata) = root.get("instanceMetadataOptions") {
        inspection.bounded(metadata, "httpPutResponseHopLimit", 1..=HOPS);
        inspection.one_of(metadata, "httpTokens", &["optional", "required"]);
    }
    if let Some(cpu) = root.get("cpuOptions") {
        inspection.one_of(cpu, "amdSevSnp", &["disabled", "enabled"]);
        match (cpu.get("coreCount"), cpu.get("threadsPerCore")) {
            (Some(_), None) => drop(inspection.required(cpu, "threadsPerCore")),
            (None, Some(_)) => drop(inspection.required(cpu, "coreCount")),
            (Some(_), Some(_)) => inspection.bounded(cpu, "threadsPerCore", 1..=2),
            (None, None) => {}
        }
    }
    if let Some(placement) = root.get("placement") {
        inspection.one_of(placement, "tenancy", &["dedicated", "default", "host"]);
        inspection.one_of(placement, "affinity", &["default", "host"]);
        inspection.bounded(placement, "partitionNumber", 1..=i64::from(i32::MAX));
        if placement.get("tenancy").and_then(Node::as_str) != Some("host") {
            inspection.forbid(placement, "hostId", "needs `tenancy: host`");
        }
    }
    if let Some(market) = root.get("instanceMarketOptions")
        && inspection.required(market, "marketType").is_some()
    {
        inspection.one_of(
            market,
            "marketType",
            &["capacity-block", "interruptible-capacity-reservation", "spot"],
        );
    }
}

fn network_interface(inspection: &mut Inspection<'_, '_>, interface: &Node) {
    const LARGEST: i64 = i32::MAX as i64;
    inspection.one_of(interface, "type", &["efa", "efa-only", "interface"]);
    inspection.bounded(interface, "networkCardIndex", 0..=LARGEST);
    inspection.bounded(interface, "deviceIndex", 0..=LARGEST);
    let number = |node: Option<&Node>| node.and_then(Node::as_i64).unwrap_or_default();
    let range = interface.get("networkCardIndexRange");
    if let Some(range) = range {
        inspection.forbid(interface, "networkCardIndex", "does not go with `networkCardIndexRange`");
        inspection.bounded(range, "from", 0..=i64::MAX);
        inspection.bounded(range, "to", i64::MIN..=LARGEST);
        if number(range.get("from")) > number(range.get("to")) {
            inspection.refuse(range, "the range ends before it begins").help("set `to` to `from` or more");
        }
    }
    let first = number(range.and_then(|range| range.get("from"))) == 0
        && number(interface.get("networkCardIndex")) == 0
        && number(interface.get("deviceIndex")) == 0;
    let only = interface.get("type").filter(|kind| kind.as_str() == Some("efa-only"));
    if let Some(only) = only.filter(|_| first) {
        inspection
            .refuse(only, "the first interface of a machine carries its traffic")
            .help("use `interface` or `efa`");
    }
}

/// Upstream: gardener-extension-provider-aws, pkg/apis/aws/validation/workloadidentity.go, ValidateWorkloadIdentityConfig.
pub(super) fn identity(inspection: &mut Inspection<'_, '_>) {
    let role = inspection.required(inspection.root, "roleARN");
    inspection.spelled(role, &ROLE);
}

/// All of them, to see that their patterns are sound.
#[cfg(test)]
pub(super) static SPELLINGS: &[&Spelling] = &[
    &VPC,
    &ADDRESS,
    &SUBNET,
    &SECURITY_GROUP,
    &ZONE,
    &TAG,
    &SNAPSHOT,
    &PROFILE_NAME,
    &PROFILE,
    &RESERVATION,
    &RESERVATION_GROUP,
    &ROLE,
    &INGRESS_CLASS,
];
