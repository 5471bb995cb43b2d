//! Google Cloud.

use super::image::{Form, any_spelling};
use super::plan::{Block, Plan};
use super::vpc::ranges_of_nodes;
use super::{Inspection, Scope, Spelling, pool, region};
use crate::diagnostic::help_with_names;
use crate::quantity::Quantity;
use crate::syntax::{Node, Value};
use crate::view::{Configuration, Shoot, Text, Worker};

pub(super) const IMAGES: Form = Form {
    required: true,
    of_region: None,
    fields: &["image"],
    architecture: true,
    beside_capabilities: true,
    spelling: any_spelling,
};

static NAME: Spelling =
    Spelling::new("name of a resource of Google Cloud", "my-vpc", "^[a-z]([-a-z0-9]*[a-z0-9])?$", 1, 63);
static ACCELERATOR: Spelling =
    Spelling::new("type of an accelerator", "nvidia-tesla-p100", "^[a-z0-9-]+$", 1, 250);
static PLATFORM: Spelling =
    Spelling::new("CPU platform", "Intel Sandy Bridge", "^[A-Za-z0-9\t\n\x0c\r ]+$", 1, 250);
static SOURCE_IMAGE: Spelling = Spelling::new(
    "image of a disk",
    "projects/debian-cloud/global/images/family/debian-12",
    "^[a-z0-9/-]+$",
    1,
    250,
);
static KEY: Spelling = Spelling::new(
    "key of the key management service",
    "projects/my-project/locations/eu/keyRings/nodes/cryptoKeys/disks",
    "^[a-zA-Z0-9_/-]+$",
    1,
    250,
);
static ACCOUNT: Spelling = Spelling::new(
    "e-mail address of a service account",
    "nodes@my-project.iam.gserviceaccount.com",
    r"^[a-zA-Z0-9_.-]+@[a-zA-Z0-9.-]+\.gserviceaccount\.com$",
    1,
    250,
);
static SCOPE: Spelling = Spelling::new(
    "scope of a service account",
    "https://www.googleapis.com/auth/cloud-platform",
    r"^https://www\.googleapis\.com/[a-z0-9./_-]+$",
    1,
    250,
);
static PROJECT: Spelling = Spelling::new("id of a project", "my-project", "^[a-z][a-z0-9-]*[a-z0-9]$", 6, 30);

fn ranges(root: &Node) -> impl Iterator<Item = &Node> {
    ranges_of_nodes(root.get("networks"))
}

fn is_on(node: Option<&Node>) -> bool {
    node.and_then(Node::as_bool) == Some(true)
}

/// Upstream: gardener-extension-provider-gcp, pkg/apis/gcp/validation/infrastructure.go, ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    const MTU: std::ops::RangeInclusive<i64> = 1300..=8896;
    let root = inspection.root;
    if ranges(root).next().is_none() {
        inspection
            .lacking(&["networks", "workers"], "the nodes have no network")
            .help("set `networks.workers` to its range");
    }
    let Some(networks) = root.get("networks") else {
        return;
    };
    ranges(root).chain(networks.get("internal")).for_each(|range| inspection.range(range));
    if let Some(vpc) = networks.get("vpc") {
        inspection.forbid(networks, "mtu", "is a setting of the VPC, which is there already");
        let router = inspection.required(vpc, "cloudRouter");
        let router = router.and_then(|router| inspection.required(router, "name"));
        inspection.spelled(router, &NAME);
        let name = inspection.required(vpc, "name");
        inspection.spelled(name, &NAME);
    }
    inspection.bounded(networks, "mtu", MTU);
    if let Some(logs) = networks.get("flowLogs") {
        flow_logs(inspection, logs);
    }
    if let Some(gateway) = networks.get("cloudNAT") {
        gateway_ports(inspection, gateway);
    }
}

fn flow_logs(inspection: &mut Inspection<'_, '_>, logs: &Node) {
    const FIELDS: [&str; 3] = ["aggregationInterval", "flowSampling", "metadata"];
    if FIELDS.iter().all(|field| logs.get(field).is_none()) {
        inspection
            .refuse(logs, "the logs of the network have no setting")
            .help(format!("set one of `{}`", FIELDS.join("`, `")));
    }
    let intervals = [
        "INTERVAL_10_MIN",
        "INTERVAL_15_MIN",
        "INTERVAL_1_MIN",
        "INTERVAL_30_SEC",
        "INTERVAL_5_MIN",
        "INTERVAL_5_SEC",
    ];
    inspection.one_of(logs, "aggregationInterval", &intervals);
    inspection.one_of(logs, "metadata", &["CUSTOM_METADATA", "EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"]);
    if let Some(node) = logs.get("flowSampling") {
        let Value::Number(number) = &node.value else { return };
        if number.to_string().parse::<f64>().is_ok_and(|share| !(0.0..=1.0).contains(&share)) {
            inspection.refuse(node, format!("`{number}` is no share")).help("set a number from 0 to 1");
        }
    }
}

fn gateway_ports(inspection: &mut Inspection<'_, '_>, gateway: &Node) {
    if gateway.get("natIPNames").is_some_and(Node::is_sequence) {
        for address in inspection.some_of(gateway, "natIPNames") {
            let name = inspection.required(address, "name");
            inspection.spelled(name, &NAME);
        }
    }
    if !is_on(gateway.get("enableDynamicPortAllocation")) {
        inspection.forbid(gateway, "maxPortsPerVM", "needs `enableDynamicPortAllocation: true`");
        return;
    }
    if is_on(gateway.at(&["endpointIndependentMapping", "enabled"])) {
        inspection.forbid(
            gateway,
            "enableDynamicPortAllocation",
            "does not go with `endpointIndependentMapping`",
        );
    }
    let ports = |field| gateway.get(field).and_then(Node::as_i64);
    for field in ["maxPortsPerVM", "minPortsPerVM"] {
        // Zero is none.
        let wrong = ports(field).filter(|ports| *ports != 0 && ports & (ports - 1) != 0);
        if let Some(wrong) = wrong {
            inspection
                .refuse_field(gateway, field, format!("{wrong} ports are no power of two"))
                .help("use a power of two: 64, 128, 256 …");
        }
    }
    if let (Some(least), Some(most)) = (ports("minPortsPerVM"), ports("maxPortsPerVM"))
        && least > most
    {
        inspection
            .refuse_field(gateway, "minPortsPerVM", "the smallest number of ports is above the largest")
            .help(format!("set {most} or less"));
    }
}

/// Upstream: as [`infrastructure`].
pub(super) fn plan(configuration: Configuration<'_>) -> Plan<'_> {
    let mut plan = Plan::of(configuration);
    let workers = Block::of(ranges(configuration.node).last(), "subnet");
    let internal = Block::of(configuration.node.at(&["networks", "internal"]), "internal load balancers");
    plan.inside_nodes.extend(workers);
    plan.disjoint.extend(plan.nodes.or(workers));
    plan.disjoint.extend(internal);
    plan.apart.extend(internal);
    plan
}

/// Upstream: gardener-extension-provider-gcp, pkg/apis/gcp/validation/controlplane.go, ValidateControlPlaneConfig.
pub(super) fn control_plane(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    if let Some(zone) = inspection.required(inspection.root, "zone") {
        control_plane_zone(inspection, zone, scope);
    }
    let Some(storage) = inspection.root.get("storage") else {
        return;
    };
    let disks = [
        ("gce-sc-hd-balanced", "hyperDiskBalanced", true, true),
        ("gce-sc-hd-extreme", "hyperDiskExtreme", true, false),
        ("gce-sc-hd-throughput", "hyperDiskThroughput", false, true),
    ];
    let classes: Vec<&str> =
        ["default", "gce-sc-fast", "gce-sc-hdd"].into_iter().chain(disks.iter().map(|disk| disk.0)).collect();
    inspection.one_of(storage, "defaultStorageClass", &classes);
    for (class, field, operations, throughput) in disks {
        let disk = storage.get(field).filter(|disk| is_on(disk.get("enabled")));
        let default = storage.get("defaultStorageClass").filter(|name| name.as_str() == Some(class));
        match (disk, default) {
            (Some(disk), _) => hyper_disk(inspection, disk, operations, throughput),
            (None, Some(default)) => {
                inspection
                    .refuse(default, format!("the storage class `{class}` is not made"))
                    .help(format!("set `storage.{field}.enabled` to `true`"));
            }
            (None, None) => {}
        }
    }
}

fn control_plane_zone(inspection: &mut Inspection<'_, '_>, zone: &Node, scope: &Scope<'_>) {
    let Some(name) = Text::of(zone) else { return };
    if let Some(offered) =
        region::offered(inspection, scope).filter(|known| known.iter().all(|known| **known != *name))
    {
        inspection
            .refuse(zone, format!("the region of the shoot has no zone `{name}`"))
            .help(help_with_names(&name, offered.iter().map(String::as_str)));
        return;
    }
    let Some(shoot) = Shoot::in_object(inspection.object) else {
        return;
    };
    let used: Vec<&str> = shoot.workers().flat_map(Worker::zones).map(Text::as_str).collect();
    if !used.is_empty() && !used.contains(&name.as_str()) {
        inspection
            .refuse(zone, format!("no pool of the shoot is in the zone `{name}`"))
            .help(help_with_names(&name, used));
    }
}

fn hyper_disk(inspection: &mut Inspection<'_, '_>, disk: &Node, operations: bool, throughput: bool) {
    let fields = [("provisionedIopsOnCreate", operations), ("provisionedThroughputOnCreate", throughput)];
    for (field, allowed) in fields {
        if allowed {
            inspection.required(disk, field);
        } else {
            inspection.forbid(disk, field, "is no setting of this type of disk");
        }
    }
    if operations {
        inspection.bounded(disk, "provisionedIopsOnCreate", 1..=i64::MAX);
    }
    let amount = disk.get("provisionedThroughputOnCreate").filter(|_| throughput);
    if let Some((node, text)) = amount.and_then(|node| Some((node, node.as_str()?)))
        && text.parse::<Quantity>().is_err()
    {
        inspection.refuse(node, format!("`{text}` is no quantity")).help("write it like `140Mi`");
    }
}

/// Upstream: gardener-extension-provider-gcp, pkg/apis/gcp/validation/worker.go, ValidateWorkerConfig.
pub(super) fn worker(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>) {
    let root = inspection.root;
    let configured = root.get("dataVolumes").map(Node::items).unwrap_or_default();
    pool::volume_names(inspection, worker, configured);
    for own in configured {
        inspection.spelled(own.get("sourceImage"), &SOURCE_IMAGE);
        let name = own.get("name").and_then(Node::as_str).unwrap_or_default();
        let kind = pool::data_volume(worker, name).and_then(|volume| volume.get("type"));
        if let Some(kind) = kind.and_then(Node::as_str) {
            disk_settings(inspection, own, kind);
        }
    }
    if let (Some(kind), Some(boot)) = (worker.volume_type(), root.get("bootVolume")) {
        disk_settings(inspection, boot, &kind);
    }
    local_disks(inspection, worker);
    if let Some(accelerator) = root.get("gpu") {
        let kind = inspection.required(accelerator, "acceleratorType");
        inspection.spelled(kind, &ACCELERATOR);
        inspection.required(accelerator, "count");
        inspection.bounded(accelerator, "count", 1..=i64::MAX);
    }
    if let Some(account) = root.get("serviceAccount") {
        let email = inspection.required(account, "email");
        inspection.spelled(email, &ACCOUNT);
        let scopes = inspection.some_of(account, "scopes");
        for scope in scopes {
            inspection.spelled(Some(scope), &SCOPE);
        }
        inspection.distinct(scopes);
    }
    inspection.spelled(root.get("minCpuPlatform"), &PLATFORM);
    if let Some(encryption) = root.at(&["volume", "encryption"]) {
        let key = inspection.required(encryption, "kmsKeyName");
        inspection.spelled(key, &KEY);
        inspection.spelled(encryption.get("kmsKeyServiceAccount"), &ACCOUNT);
    }
}

/// Settings that only some types of disk have.
fn disk_settings(inspection: &mut Inspection<'_, '_>, own: &Node, kind: &str) {
    let operations = ["hyperdisk-balanced", "hyperdisk-extreme", "pd-extreme"];
    let throughput = ["hyperdisk-balanced", "hyperdisk-throughput"];
    for (field, kinds) in [("provisionedIops", &operations[..]), ("provisionedThroughput", &throughput)] {
        if !kinds.contains(&kind) {
            inspection.forbid(own, field, &format!("needs a volume of the type `{}`", kinds.join("` or `")));
        }
    }
}

/// Disks of the machine itself, which are of the type `SCRATCH`.
fn local_disks(inspection: &mut Inspection<'_, '_>, worker: Worker<'_>) {
    let root = inspection.root;
    let volume = root.get("volume");
    if let Some(volume) = volume {
        inspection.one_of(volume, "interface", &["NVME", "SCSI"]);
    }
    let volumes = worker.data_volume_list().map(Node::items).unwrap_or_default();
    if volumes.iter().any(pool::is_local) {
        if volume.is_none_or(|volume| volume.get("interface").is_none()) {
            inspection
                .lacking(&["volume", "interface"], "a volume of the type `SCRATCH` has no interface")
                .help("set `volume.interface` to `NVME` or `SCSI`");
        }
        if let Some(volume) = volume {
            inspection.forbid(volume, "encryption", "does not go with volumes of the type `SCRATCH`");
        }
    }
    if let Some(volume) =
        volume.filter(|_| volumes.iter().any(|data| data.get("type").is_some() && !pool::is_local(data)))
    {
        inspection.forbid(volume, "interface", "is for volumes of the type `SCRATCH` alone");
    }
}

/// Upstream: gardener-extension-provider-gcp, pkg/apis/gcp/validation/workloadidentity.go, ValidateWorkloadIdentityConfig,
/// as far as it does not depend on the configuration of the admission.
pub(super) fn identity(inspection: &mut Inspection<'_, '_>) {
    const REQUIRED: [&str; 5] = ["audience", "subject_token_type", "token_url", "type", "universe_domain"];
    const IMPERSONATION: &str = "service_account_impersonation_url";
    let root = inspection.root;
    inspection.spelled(root.get("projectID").filter(|id| id.as_str() != Some("")), &PROJECT);
    let Some(credentials) = inspection.required(root, "credentialsConfig") else {
        return;
    };
    if credentials.as_mapping().is_none() {
        return;
    }
    for field in REQUIRED {
        inspection.required(credentials, field);
    }
    inspection.one_of(credentials, "type", &["external_account"]);
    inspection.one_of(credentials, "subject_token_type", &["urn:ietf:params:oauth:token-type:jwt"]);
    for entry in credentials.entries() {
        let name = &*entry.key.name;
        if !REQUIRED.contains(&name) && name != IMPERSONATION {
            inspection.forbid(credentials, name, "is no field of these credentials");
        }
    }
    for field in ["token_url", IMPERSONATION] {
        let url = credentials.get(field).and_then(|node| Some((node, node.as_str()?)));
        if let Some((node, text)) = url.filter(|(_, text)| !text.starts_with("https://")) {
            inspection.refuse(node, format!("`{text}` is no address with `https://`")).help("use `https://`");
        }
    }
}

/// All of them, to see that their patterns are sound.
#[cfg(test)]
pub(super) static SPELLINGS: &[&Spelling] =
    &[&NAME, &ACCELERATOR, &PLATFORM, &SOURCE_IMAGE, &KEY, &ACCOUNT, &SCOPE, &PROJECT];
