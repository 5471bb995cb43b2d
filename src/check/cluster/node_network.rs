//! The part of the pod network that a node gets: large enough for its pods, of a size that is possible.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::syntax::{Node, Value};
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L521", "node-network-too-small"),
        upstream: &["SH-MASK"],
        judge: Judge::ShootTemplate(too_small),
    },
    Rule {
        code: Code::error("L522", "node-network-mask-invalid"),
        upstream: &["SH-MASK-RANGE"],
        judge: Judge::ShootTemplate(invalid),
    },
];

/// How many pods a node takes when nothing is said.
const DEFAULT_PODS: i32 = 110;
/// The bits of a part of an IPv6 network when nothing is said.
const DEFAULT_IPV6_MASK: i32 = 64;

const MASK: &str = "nodeCIDRMaskSize";
const MASK_IPV6: &str = "nodeCIDRMaskSizeIPv6";
const CONTROLLER_MANAGER: &str = "kubeControllerManager";

/// What the networks of a shoot are of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ipv4,
    Ipv6,
    Both,
}

/// What bears on the networks of nodes.
struct Nodes<'a> {
    shoot: Shoot<'a>,
    kubernetes: &'a Node,
    family: Family,
    workers: &'a [Node],
    /// Whether the API server fills in what is missing.
    defaults: bool,
}

impl<'a> Nodes<'a> {
    fn of(shoot: Shoot<'a>) -> Option<Self> {
        let networking = shoot.node().at(&["spec", "networking"]);
        let defaults = !shoot.is_template();
        // Upstream leaves a template without networks alone.
        if networking.is_none() && !defaults {
            return None;
        }
        let families = networking.and_then(|networking| networking.get("ipFamilies"));
        let workers = shoot.node().at(&["spec", "provider", "workers"]);
        if workers.is_some_and(|workers| !matches!(workers.value, Value::Sequence(_))) {
            return None;
        }
        let family = match families.map(Node::items).unwrap_or_default() {
            [] => Family::Ipv4,
            [one] if one.as_str() == Some("IPv4") => Family::Ipv4,
            [one] if one.as_str() == Some("IPv6") => Family::Ipv6,
            _ => Family::Both,
        };
        Some(Self {
            shoot,
            kubernetes: shoot.kubernetes()?,
            family,
            workers: workers.map(Node::items).unwrap_or_default(),
            defaults,
        })
    }

    fn controller_manager(&self) -> Option<&'a Node> {
        self.kubernetes.get(CONTROLLER_MANAGER)
    }

    fn field(&self, name: &str) -> Option<&'a Node> {
        self.controller_manager()?.get(name)
    }

    /// The size of the part that a node gets, and where it is set; without a place, upstream works it out.
    ///
    /// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_Shoot.
    fn mask(&self) -> Option<(i32, Option<&'a Node>)> {
        if let Some(node) = self.field(MASK) {
            let mask = i32::try_from(node.as_i64()?).ok()?;
            return Some((mask, Some(node)));
        }
        if self.workers.is_empty() || !self.defaults {
            return None;
        }
        match self.family {
            Family::Ipv6 => self.field(MASK_IPV6).is_none().then_some((DEFAULT_IPV6_MASK, None)),
            Family::Ipv4 | Family::Both => Some((default_mask(self.pods(DEFAULT_PODS).0), None)),
        }
    }

    /// The most pods that a node takes, beginning from a default, and where that is set.
    fn pods(&self, default: i32) -> (i32, Option<&'a Node>) {
        let read = |kubelet: Option<&'a Node>| {
            let node = kubelet?.get("maxPods")?;
            Some((i32::try_from(node.as_i64()?).ok()?, node))
        };
        let of_shoot = read(self.kubernetes.get("kubelet")).filter(|_| !self.workers.is_empty());
        let mut most = of_shoot.map_or((default, None), |(pods, node)| (pods, Some(node)));
        for (pods, node) in
            self.workers.iter().filter_map(|worker| read(worker.at(&["kubernetes", "kubelet"])))
        {
            if pods > most.0 {
                most = (pods, Some(node));
            }
        }
        most
    }

    fn raise<'f>(
        &self,
        findings: &'f mut Findings,
        node: Option<&Node>,
        message: String,
    ) -> crate::check::Raised<'f> {
        let object = self.shoot.object;
        match (node, self.controller_manager()) {
            (Some(node), _) => findings.at(object, node, message),
            (None, Some(controller_manager)) => findings.missing(object, controller_manager, MASK, message),
            (None, None) => {
                findings.missing(object, self.kubernetes, &format!("{CONTROLLER_MANAGER}.{MASK}"), message)
            }
        }
    }
}

/// The size that leaves about twice the addresses that a node has pods.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, calculateDefaultNodeCIDRMaskSize; with what its arithmetic makes of
/// numbers that are no numbers of pods.
fn default_mask(pods: i32) -> i32 {
    let addresses = pods.wrapping_mul(2);
    let bits = match u32::try_from(addresses) {
        Ok(addresses @ 1..) => {
            i32::try_from(addresses.next_power_of_two().trailing_zeros()).unwrap_or(i32::MIN)
        }
        _ => i32::MIN,
    };
    32_i32.wrapping_sub(bits)
}

/// Upstream: pkg/api/core/validation/shoot.go, validateProvider and ValidateNodeCIDRMaskWithMaxPod.
fn too_small(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(nodes) = Nodes::of(shoot) else {
        return;
    };
    let Some((mask, place)) = nodes.mask() else {
        return;
    };
    let (pods, pods_place) = match nodes.pods(0) {
        (0, _) => (DEFAULT_PODS, None),
        (pods, node) => (pods, node),
    };
    let bits: i32 = if nodes.family == Family::Ipv6 { 128 } else { 32 };
    let available = match u32::try_from(bits.wrapping_sub(mask)) {
        Ok(free) => 1_i128.checked_shl(free).filter(|_| free < 127).unwrap_or(i128::MAX) - 2,
        Err(_) => -1,
    };
    // What the range of the field forbids is found there.
    if available >= i128::from(pods) || (place.is_none() && nodes.is_out_of_range(mask)) {
        return;
    }
    let left = available.max(0);
    let message =
        format!("a node gets {left} addresses with a mask of {mask} bits, and takes up to {pods} pods");
    let raised = nodes
        .raise(findings, place, message)
        .why("each pod needs an address out of the part of the pod network that its node gets")
        .help(format!("set a mask of at most {} bits, or lower `maxPods`", largest_mask(bits, pods)));
    if let Some(pods) = pods_place {
        raised.related(pods, "the number of pods is set here");
    }
}

/// The mask with the fewest addresses that still suffice.
fn largest_mask(bits: i32, pods: i32) -> i32 {
    let needed = u64::try_from(pods).unwrap_or_default() + 2;
    bits - i32::try_from(needed.next_power_of_two().trailing_zeros()).unwrap_or(bits)
}

impl Nodes<'_> {
    /// Whether a mask of the first family is none that upstream takes.
    fn is_out_of_range(&self, mask: i32) -> bool {
        match self.family {
            Family::Ipv4 => !(16..=28).contains(&mask),
            Family::Ipv6 => !(64..=124).contains(&mask),
            Family::Both => false,
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeControllerManager.
fn invalid(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let nodes = Nodes::of(shoot).filter(|nodes| !nodes.workers.is_empty());
    let Some(nodes) = nodes.filter(|_| shoot.kubernetes_version().is_some()) else {
        return;
    };
    let why = "Gardener refuses a part of the pod network that no node, or hardly any, could be given";
    if let Some((mask, place)) = nodes.mask().filter(|(mask, _)| nodes.is_out_of_range(*mask)) {
        let allowed = if nodes.family == Family::Ipv6 { "64 to 124" } else { "16 to 28" };
        match place {
            Some(_) => {
                nodes
                    .raise(findings, place, format!("`{MASK}` is {mask}"))
                    .why(why)
                    .help(format!("allowed: {allowed}"));
            }
            None => {
                let (pods, pods_place) = nodes.pods(DEFAULT_PODS);
                let message = format!("no part of the pod network has a size for {pods} pods on a node");
                let raised = nodes
                    .raise(findings, None, message)
                    .why("Gardener gives a node about twice as many addresses as it may have pods")
                    .help(format!("change `maxPods`, or set `{MASK}`: allowed are {allowed}"));
                if let Some(pods) = pods_place {
                    raised.related(pods, "the number of pods is set here");
                }
            }
        }
    }
    both_masks(&nodes, findings);
    ipv6_mask(&nodes, why, findings);
}

fn both_masks(nodes: &Nodes<'_>, findings: &mut Findings) {
    if let (Family::Ipv6, Some(mask), Some(other)) = (nodes.family, nodes.field(MASK), nodes.field(MASK_IPV6))
    {
        nodes
            .raise(findings, Some(mask), format!("`{MASK}` is set beside `{MASK_IPV6}`"))
            .related(other, "the other size is set here")
            .why("the pods of this shoot have addresses of IPv6 only, so there is one size")
            .help(format!("remove `{MASK}`"));
    }
}

fn ipv6_mask(nodes: &Nodes<'_>, why: &str, findings: &mut Findings) {
    let Some(node) = nodes.field(MASK_IPV6) else {
        return;
    };
    let Some(mask) = node.as_i64().filter(|mask| i32::try_from(*mask).is_ok()) else {
        return;
    };
    if nodes.family == Family::Ipv4 {
        nodes
            .raise(findings, Some(node), format!("`{MASK_IPV6}` is set in a network of IPv4"))
            .why("the pods of this shoot have no addresses of IPv6")
            .help(format!("remove it, or set `{MASK}`"));
    } else if !(64..=124).contains(&mask) {
        nodes
            .raise(findings, Some(node), format!("`{MASK_IPV6}` is {mask}"))
            .why(why)
            .help("allowed: 64 to 124");
    }
}
