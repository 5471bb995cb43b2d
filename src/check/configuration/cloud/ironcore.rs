//! `IronCore`.

use super::image::{self, Form, any_spelling};
use super::{Inspection, Scope};
use crate::name::is_dns_label;
use crate::syntax::Node;

const IMAGES: Form = Form {
    required: false,
    of_region: None,
    fields: &["image"],
    architecture: true,
    beside_capabilities: true,
    spelling: any_spelling,
};

/// Upstream: gardener-extension-provider-ironcore, pkg/apis/ironcore/validation/cloudprofile.go,
/// ValidateCloudProfileConfig.
pub(super) fn cloud_profile(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>) {
    image::judge(inspection, scope, &IMAGES);
    let classes = inspection.root.get("storageClasses");
    let default = classes.and_then(|classes| classes.get("default"));
    let additional = classes.and_then(|classes| classes.get("additional"));
    for class in default.into_iter().chain(additional.map(Node::items).unwrap_or_default()) {
        label(inspection, class, "storage class");
    }
}

/// A name that is a label of a DNS name.
fn label(inspection: &mut Inspection<'_, '_>, parent: &Node, noun: &str) {
    let Some((node, text)) =
        inspection.required(parent, "name").and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if !text.is_empty() && !is_dns_label(text) {
        inspection
            .refuse(node, format!("`{text}` is no name of a {noun}"))
            .help("use at most 63 lower-case letters, digits and `-`");
    }
}

/// Upstream: gardener-extension-provider-ironcore, pkg/apis/ironcore/validation/infrastructure.go,
/// ValidateInfrastructureConfig.
pub(super) fn infrastructure(inspection: &mut Inspection<'_, '_>) {
    const MOST: i64 = 32_768;
    let root = inspection.root;
    if let Some(network) = root.get("networkRef") {
        label(inspection, network, "network");
    }
    let ports = root.get("natPortsPerNetworkInterface");
    let Some((node, number)) = ports.and_then(|node| Some((node, node.as_i64()?))) else {
        return;
    };
    if number <= 0 || number & (number - 1) != 0 || number > MOST {
        inspection
            .refuse(node, format!("{number} ports are no power of two that a gateway has"))
            .help(format!("use a power of two up to {MOST}"));
    }
}
