//! What the infrastructures of several providers say alike: their VPC, its zones and the ranges of the nodes.

use super::Inspection;
use crate::syntax::Node;

/// The zones that an infrastructure has networks in.
pub(super) fn zones(root: &Node) -> &[Node] {
    root.at(&["networks", "zones"]).map(Node::items).unwrap_or_default()
}

/// The ranges of nodes; the first field is the old name of the second.
pub(super) fn ranges_of_nodes(parent: Option<&Node>) -> impl Iterator<Item = &Node> {
    let written = |node: &&Node| node.as_str().is_some_and(|text| !text.is_empty());
    ["worker", "workers"].into_iter().filter_map(move |field| parent?.get(field)).filter(written)
}

/// Refuses a VPC that is neither there already nor to be made, or both; gives the id of one that is there.
pub(super) fn judge<'a>(inspection: &mut Inspection<'a, '_>) -> Option<&'a Node> {
    let vpc = inspection.root.at(&["networks", "vpc"]);
    let field = |name| vpc.and_then(|vpc| vpc.get(name));
    match (field("id"), field("cidr")) {
        (None, None) => {
            inspection
                .lacking(&["networks", "vpc"], "there is neither an id of a VPC nor a range for one")
                .help("set `id` of a VPC that is there, or `cidr` for a new one");
        }
        (Some(_), Some(range)) => {
            inspection.refuse(range, "a VPC that is there has a range already").help("set `id` or `cidr`");
        }
        (Some(id), None) => return Some(id),
        (None, Some(range)) => inspection.range(range),
    }
    None
}

/// The range of a VPC that is to be made.
pub(super) fn new_range(root: &Node) -> Option<&Node> {
    let vpc = root.at(&["networks", "vpc"])?;
    vpc.get("cidr").filter(|_| vpc.get("id").is_none())
}
