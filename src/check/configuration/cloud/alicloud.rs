//! Alibaba Cloud.

use std::collections::HashSet;

use super::Inspection;
use super::image::{Form, OfRegion, any_spelling};
use super::plan::{Block, Plan};
use super::vpc::{self, ranges_of_nodes, zones};
use crate::diagnostic::help_with_others;
use crate::syntax::Node;
use crate::view::{Configuration, Shoot};

pub(super) const IMAGES: Form = Form {
    required: true,
    of_region: Some(OfRegion { field: "id", required: true }),
    fields: &[],
    architecture: false,
    beside_capabilities: true,
    spelling: any_spelling,
};

/// Upstream: gardener-extension-provider-alicloud, pkg/apis/alicloud/validation/infrastructure.go,
/// ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    let zones = inspection.some_at(&["networks", "zones"]);
    for zone in zones {
        ranges_of_nodes(Some(zone)).for_each(|range| inspection.range(range));
        if let Some(gateway) = zone.get("natGateway") {
            inspection.required(gateway, "eipAllocationID");
        }
    }
    vpc::judge(inspection);
    own_route_table(inspection);
    let dual_stack = inspection.root.at(&["dualStack", "enabled"]);
    if let Some(dual_stack) = dual_stack.filter(|enabled| enabled.as_bool() == Some(true)) {
        both_families(inspection, zones, dual_stack);
    }
}

/// What a VPC that is there already needs beside a route table of its own.
fn own_route_table(inspection: &mut Inspection<'_, '_>) {
    let vpc = inspection.root.at(&["networks", "vpc"]);
    let Some(vpc) = vpc.filter(|vpc| vpc.get("id").is_some()) else {
        return;
    };
    let is_on = |name| vpc.get(name).and_then(Node::as_bool) == Some(true);
    if is_on("useCustomRouteTable") && !is_on("gardenerManagedNATGateway") {
        let name = "gardenerManagedNATGateway";
        inspection
            .refuse_field(vpc, name, "a route table of its own needs a NAT gateway of its own")
            .help(format!("set `{name}` to `true`"));
    }
}

/// Regions with load balancers for IPv6.
const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "cn-beijing",
    "cn-chengdu",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-heyuan",
    "cn-hongkong",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shenzhen",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "eu-central-1",
    "eu-west-1",
    "na-south-1",
    "us-east-1",
    "us-west-1",
];

fn both_families(inspection: &mut Inspection<'_, '_>, zones: &[Node], dual_stack: &Node) {
    const BLOCKS: i64 = 256;
    let region = Shoot::in_object(inspection.object).and_then(Shoot::region);
    if let Some(region) = region.filter(|region| !REGIONS.contains(&region.as_str())) {
        inspection
            .refuse(dual_stack, format!("the region `{region}` has no load balancers for IPv6"))
            .related(region.node, "the region is set here")
            .help(help_with_others(REGIONS.iter().copied()));
    }
    let own_vpc = inspection.root.at(&["networks", "vpc", "id"]).is_some();
    let mut seen = HashSet::new();
    for (index, zone) in (0_i64..).zip(zones) {
        let name = "ipv6CidrBlock";
        let block = match zone.get(name).map(Node::as_i64) {
            Some(None) => continue,
            None if own_vpc => {
                inspection
                    .refuse_field(zone, name, "a zone in a VPC that is there has no block for IPv6")
                    .help(format!("set `{name}`"));
                continue;
            }
            None => index,
            Some(Some(block)) => block,
        };
        if !(0..BLOCKS).contains(&block) {
            inspection.bounded(zone, name, 0..=BLOCKS - 1);
        } else if !seen.insert(block) {
            inspection
                .refuse_field(zone, name, format!("the block {block} for IPv6 is used twice"))
                .help(format!("set another `{name}` in each zone"));
        }
    }
}

/// Upstream: as [`infrastructure`].
pub(super) fn plan(configuration: Configuration<'_>) -> Plan<'_> {
    let mut plan = Plan::of(configuration);
    for zone in zones(configuration.node) {
        ranges_of_nodes(Some(zone)).for_each(|range| plan.subnet_of_nodes(Some(range)));
    }
    plan.hull = Block::of(vpc::new_range(configuration.node), "VPC");
    plan
}
