//! What a CloudProfile offers of an `OpenStack`: where its API is, floating pools, load balancers.

use std::collections::HashSet;

use super::{Inspection, load_balancer_classes};
use crate::syntax::Node;
use crate::view::CloudProfile;

/// The list of floating pools.
pub(super) fn floating_pools(profile: CloudProfile<'_>) -> Option<&Node> {
    profile.configuration()?.at(&["constraints", "floatingPools"]).filter(|pools| !pools.items().is_empty())
}

/// Whether a name fits one that may have a `*`.
///
/// Upstream: gardener-extension-provider-openstack, pkg/utils, SimpleMatch.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => {
            let tail = tail.trim_start_matches('*');
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
    }
}

/// The providers of load balancers in a region: its own, or those of all regions when it has none.
pub(super) fn load_balancer_providers<'a>(profile: CloudProfile<'a>, region: &str) -> Option<Vec<&'a str>> {
    let providers = profile.configuration()?.at(&["constraints", "loadBalancerProviders"])?.items();
    let in_region = |wanted: Option<&str>| -> Vec<&'a str> {
        let of_region =
            providers.iter().filter(|provider| provider.get("region").and_then(Node::as_str) == wanted);
        of_region.filter_map(|provider| provider.get("name").and_then(Node::as_str)).collect()
    };
    let own = in_region(Some(region));
    Some(if own.is_empty() { in_region(None) } else { own })
}

/// The policies of groups of servers.
pub(super) fn server_group_policies(profile: CloudProfile<'_>) -> Vec<&str> {
    let policies = profile.configuration().and_then(|node| node.get("serverGroupPolicies"));
    policies.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect()
}

/// Judges what is offered.
pub(super) fn judge(inspection: &mut Inspection<'_, '_>) {
    let pools = inspection.some_at(&["constraints", "floatingPools"]);
    once(inspection, pools, &["name", "domain", "region"]);
    for pool in pools {
        load_balancer_classes(inspection, pool);
    }
    let providers = inspection.some_at(&["constraints", "loadBalancerProviders"]);
    once(inspection, providers, &["name", "region"]);
    let root = inspection.root;
    let urls = root.get("keystoneURLs").map(Node::items).unwrap_or_default();
    let single = root.get("keystoneURL").filter(|url| url.as_str() != Some(""));
    if urls.is_empty() && single.is_none() {
        inspection
            .refuse_field(root, "keystoneURL", "there is no address of the identity service")
            .help("set `keystoneURL`, or `keystoneURLs` with one for each region");
    }
    inspection.unique(urls, "region");
    for url in urls {
        inspection.required(url, "region");
        inspection.required(url, "url");
        certificate(inspection, url.get("caCert"));
    }
    certificate(inspection, root.get("keystoneCACert"));
}

/// Refuses the second item with the same values in these fields, of which all but the first may be left out.
fn once(inspection: &mut Inspection<'_, '_>, items: &[Node], fields: &[&str]) {
    let mut seen = HashSet::new();
    for item in items {
        inspection.required(item, "name");
        let key: Vec<Option<&str>> =
            fields.iter().map(|field| item.get(field).and_then(Node::as_str)).collect();
        let narrowed = fields.iter().skip(1).filter(|field| item.get(field).is_some());
        let narrowed: Vec<&str> = narrowed.copied().collect();
        for field in &narrowed {
            inspection.required(item, field);
        }
        let name = item.get("name").filter(|_| !narrowed.is_empty() && !seen.insert(key));
        if let Some(name) = name {
            let text = name.as_str().unwrap_or_default();
            inspection.refuse(name, format!("`{text}` is listed twice")).help("leave one of them out");
        }
    }
}

fn certificate(inspection: &mut Inspection<'_, '_>, node: Option<&Node>) {
    let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    if !text.is_empty() && !text.contains("-----BEGIN CERTIFICATE-----") {
        inspection.refuse(node, "the text is no certificate").help("write it in PEM format");
    }
}
