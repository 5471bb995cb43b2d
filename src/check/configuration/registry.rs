//! Configurations of the registry cache and of registry mirrors.

use super::inspection::Address;
use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::name::{is_dns_label, is_dns_subdomain};
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Configuration, Period};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L922", "registry-cache-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(&[kind("registry.extensions.gardener.cloud", "RegistryConfig")], caches),
    },
    Rule {
        code: Code::error("L923", "registry-mirror-configuration-invalid"),
        upstream: &[],
        judge: Judge::Configuration(&[kind("mirror.extensions.gardener.cloud", "MirrorConfig")], mirrors),
    },
];

const WHY: &str = "the registry-cache extension refuses the shoot";
/// What is left of a label when the extension has put `registry-` before it.
const SUFFIX_LIMIT: usize = 54;
const HTTP: Address<'_> = Address { schemes: &["https", "http"], path: false, dns_name: true };
const HTTP_WITH_PATH: Address<'_> = Address { schemes: &["https", "http"], path: true, dns_name: true };

/// Upstream: gardener-extension-registry-cache, pkg/apis/registry/validation/validation.go, ValidateRegistryConfig.
fn caches(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let caches = inspection.some_of(configuration.node, "caches");
    inspection.unique(caches, "upstream");
    inspection.unique(caches, "serviceNameSuffix");
    for cache in caches {
        if let Some(upstream) = inspection.required(cache, "upstream") {
            inspection.host_and_port(upstream);
        }
        let addresses = [&["remoteURL"][..], &["proxy", "httpProxy"], &["proxy", "httpsProxy"]];
        for address in addresses.into_iter().filter_map(|path| cache.at(path)) {
            inspection.address(address, &HTTP);
        }
        storage(&mut inspection, cache);
        if let Some(suffix) = cache.get("serviceNameSuffix") {
            let text = suffix.as_str().unwrap_or_default();
            if !is_dns_label(text) || text.len() > SUFFIX_LIMIT {
                inspection
                    .refuse(suffix, format!("`{text}` is no suffix of a service's name"))
                    .help(format!("use at most {SUFFIX_LIMIT} lower-case letters, digits and `-`"));
            }
        }
    }
}

fn storage(inspection: &mut Inspection<'_, '_>, cache: &Node) {
    let size = cache.at(&["volume", "size"]).and_then(Amount::of);
    if let Some(size) = size.filter(|size| size.quantity <= Quantity::default()) {
        inspection.refuse(size.node, "the volume of a cache has no size").help("set one above zero");
    }
    if let Some(class) = cache.at(&["volume", "storageClassName"]) {
        let text = class.as_str().unwrap_or_default();
        if !is_dns_subdomain(text) {
            inspection
                .refuse(class, format!("`{text}` is no name of a storage class"))
                .help("use lower-case letters, digits, `-` and `.`");
        }
    }
    let kept = cache.at(&["garbageCollection", "ttl"]).and_then(Period::of);
    if let Some(kept) = kept.filter(|kept| kept.duration < Duration::ZERO) {
        inspection
            .refuse(kept.node, format!("`{kept}` is below zero"))
            .help("set how long an image is kept; `0s` keeps it for ever");
    }
}

/// Upstream: gardener-extension-registry-cache, pkg/apis/mirror/validation/validation.go, ValidateMirrorConfig.
fn mirrors(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let mirrors = inspection.some_of(configuration.node, "mirrors");
    inspection.unique(mirrors, "upstream");
    for mirror in mirrors {
        if let Some(upstream) = inspection.required(mirror, "upstream") {
            inspection.host_and_port(upstream);
        }
        let hosts = inspection.some_of(mirror, "hosts");
        inspection.unique(hosts, "host");
        for host in hosts {
            if let Some(address) = inspection.required(host, "host") {
                inspection.address(address, &HTTP_WITH_PATH);
            }
            capabilities(&mut inspection, host);
        }
    }
}

fn capabilities(inspection: &mut Inspection<'_, '_>, host: &Node) {
    let capabilities = host.get("capabilities").map(Node::items).unwrap_or_default();
    for capability in capabilities {
        inspection.item_of(capability, "capabilities", &["pull", "resolve"]);
    }
    inspection.distinct(capabilities);
}
