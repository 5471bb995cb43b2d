//! How the ranges of an infrastructure lie to each other and to those of the shoot.

use ipnet::IpNet;

use super::Inspection;
use crate::check::network::overlap;
use crate::syntax::Node;
use crate::view::{Configuration, Networking, Shoot};

/// A range of addresses, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    node: &'a Node,
    net: IpNet,
    owner: &'static str,
}

impl<'a> Block<'a> {
    /// The range at a node, when one can be read there.
    pub(super) fn of(node: Option<&'a Node>, owner: &'static str) -> Option<Self> {
        let node = node?;
        Some(Self { node, net: node.as_str()?.parse().ok()?, owner })
    }
}

/// The ranges of an infrastructure. What cannot be read is left out: it is reported as such.
pub(super) struct Plan<'a> {
    /// The range of the shoot's nodes.
    pub(super) nodes: Option<Block<'a>>,
    pods: Option<Block<'a>>,
    services: Option<Block<'a>>,
    /// What the shoot's nodes and all subnets lie in.
    pub(super) hull: Option<Block<'a>>,
    /// What lies in the hull, in this order.
    pub(super) inside_hull: Vec<Block<'a>>,
    /// What lies in the range of the shoot's nodes.
    pub(super) inside_nodes: Vec<Block<'a>>,
    /// What has no common address, each with those after it.
    pub(super) disjoint: Vec<Block<'a>>,
    /// What has no address of the shoot's pods or services.
    pub(super) apart: Vec<Block<'a>>,
}

impl<'a> Plan<'a> {
    /// The plan of a shoot without any range of the infrastructure.
    pub(super) fn of(configuration: Configuration<'a>) -> Self {
        let networking = Shoot::in_object(configuration.object).and_then(Shoot::networking);
        let networking = networking.map(Networking::node);
        let range = |field, owner| Block::of(networking.and_then(|node| node.get(field)), owner);
        Self {
            nodes: range("nodes", "shoot's nodes"),
            pods: range("pods", "shoot's pods"),
            services: range("services", "shoot's services"),
            hull: None,
            inside_hull: Vec::new(),
            inside_nodes: Vec::new(),
            disjoint: Vec::new(),
            apart: Vec::new(),
        }
    }

    /// A subnet of nodes that lies in the hull, too, and has its addresses for itself.
    pub(super) fn subnet_of_nodes(&mut self, node: Option<&'a Node>) {
        if let Some(block) = self.subnet(node) {
            self.inside_nodes.push(block);
        }
    }

    /// A subnet that lies in the hull and has its addresses for itself.
    pub(super) fn subnet(&mut self, node: Option<&'a Node>) -> Option<Block<'a>> {
        let block = Block::of(node, "subnet")?;
        self.inside_hull.push(block);
        self.disjoint.push(block);
        self.apart.push(block);
        Some(block)
    }

    /// Refuses ranges that lie where they must not, each once.
    pub(super) fn judge(&self, inspection: &mut Inspection<'_, '_>) {
        let mut faults = Faults { said: Vec::new() };
        if let Some(nodes) = self.nodes {
            self.inside_nodes.iter().for_each(|block| faults.outside(inspection, *block, nodes));
        }
        if let Some(hull) = self.hull {
            let nodes = self.nodes.filter(|nodes| !hull.net.contains(&nodes.net));
            // What lies in the range of the nodes is outside with them.
            let entailed = |block: &&Block<'_>| nodes.is_some_and(|nodes| nodes.net.contains(&block.net));
            let subnets = self.inside_hull.iter().filter(|block| !entailed(block));
            nodes.iter().chain(subnets).for_each(|block| faults.outside(inspection, *block, hull));
            let apart = [self.pods, self.services].into_iter().flatten();
            apart.for_each(|block| faults.overlapping(inspection, block, hull));
        }
        for (index, block) in self.disjoint.iter().enumerate() {
            for later in self.disjoint.iter().skip(index + 1) {
                faults.overlapping(inspection, *later, *block);
            }
        }
        for other in [self.pods, self.services].into_iter().flatten() {
            self.apart.iter().for_each(|block| faults.overlapping(inspection, *block, other));
        }
    }
}

/// What was refused already: a range that is wrong once is not wrong twice.
struct Faults<'a> {
    said: Vec<&'a Node>,
}

impl<'a> Faults<'a> {
    fn outside(&mut self, inspection: &mut Inspection<'_, '_>, block: Block<'a>, hull: Block<'a>) {
        if !hull.net.contains(&block.net) && !std::ptr::eq(hull.node, block.node) && self.is_new(block) {
            let (own, around) = (text(block), text(hull));
            inspection
                .refuse(
                    block.node,
                    format!("`{own}` of the {} is not in `{around}` of the {}", block.owner, hull.owner),
                )
                .related(hull.node, "the range around it is set here")
                .help(format!("choose a range in `{around}`, or widen that"));
        }
    }

    fn overlapping(&mut self, inspection: &mut Inspection<'_, '_>, block: Block<'a>, other: Block<'a>) {
        if overlap(block.net, other.net) && self.is_new(block) {
            let (own, taken) = (text(block), text(other));
            inspection
                .refuse(
                    block.node,
                    format!("`{own}` of the {} overlaps `{taken}` of the {}", block.owner, other.owner),
                )
                .related(other.node, "the other range is set here")
                .help("choose ranges without a common address");
        }
    }

    fn is_new(&mut self, block: Block<'a>) -> bool {
        let new = self.said.iter().all(|said| !std::ptr::eq(*said, block.node));
        self.said.push(block.node);
        new
    }
}

fn text(block: Block<'_>) -> &str {
    block.node.as_str().unwrap_or_default()
}
