//! Settings that can be changed at some times, in some shoots or in one direction alone.

use std::collections::BTreeSet;

use super::SHOOT_FIELD_KEPT;
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::release::group_resource;
use crate::syntax::Node;
use crate::version::parse;
use crate::view::{Hibernation, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L721", "encryption-change-refused"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-ENC"],
        judge: Judge::Shoot(encryption),
    },
    Rule {
        code: Code::error("L722", "node-local-dns-switched"),
        impact: Impact::Rejected,
        upstream: &["UP-SH-NLDNS"],
        judge: Judge::Shoot(node_local_dns),
    },
    Rule {
        code: SHOOT_FIELD_KEPT,
        impact: Impact::Rejected,
        upstream: &["UP-SH-ISSUER"],
        judge: Judge::Shoot(issuer),
    },
];

const RESOURCES: [&str; 5] = ["spec", "kubernetes", "kubeAPIServer", "encryptionConfig", "resources"];
const PROVIDER: [&str; 6] = ["spec", "kubernetes", "kubeAPIServer", "encryptionConfig", "provider", "type"];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateEncryptionConfigUpdate. Whether an earlier change or a rotation of the
/// key is still going on, only the status tells.
fn encryption(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let resources = shoots.map(|shoot| -> BTreeSet<(&str, &str)> {
        let list = shoot.encrypted_resources().map(Node::items).unwrap_or_default();
        list.iter().filter_map(Node::as_str).map(group_resource).collect()
    });
    let providers = shoots.map(|shoot| shoot.encryption_provider().map_or("aescbc", Text::as_str));
    let others = resources.before != resources.after;
    let another = providers.before != providers.after;
    let asleep = shoots.after.hibernation().filter(|hibernation| hibernation.enabled() == Some(true));
    if let Some(asleep) = asleep.map(Hibernation::node) {
        let why = "what is stored can be encrypted anew only while the API server runs; Gardener refuses the change";
        if others {
            shoots
                .refuse(&RESOURCES, "a shoot that sleeps cannot encrypt other resources", findings)
                .related(asleep, "the shoot sleeps because of this")
                .why(why)
                .help("wake the shoot up first");
        }
        if another {
            shoots
                .refuse(&PROVIDER, "a shoot that sleeps cannot encrypt in another way", findings)
                .related(asleep, "the shoot sleeps because of this")
                .why(why)
                .help("wake the shoot up first");
        }
    }
    if others && another {
        let message = "other resources and another way of encrypting them in one change";
        let raised = shoots.refuse(&PROVIDER, message, findings);
        let raised = match shoots.after.encrypted_resources() {
            Some(list) => raised.related(list, "the resources change here"),
            None => raised,
        };
        raised
            .why("each makes the API server encrypt anew what is stored; Gardener refuses both at once")
            .help("change the one first, and the other when that is rolled out");
    }
}

/// From here on a node-local DNS can be switched while nodes are updated in place.
///
/// Upstream: pkg/utils/version/version.go, `ConstraintK8sLess134`.
const SWITCHABLE: (u64, u64) = (1, 34);

/// Upstream: pkg/api/core/validation/shoot.go, validateNodeLocalDNSUpdate.
fn node_local_dns(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let enabled = shoots.map(|shoot| shoot.node_local_dns() == Some(true));
    if enabled.before == enabled.after {
        return;
    }
    let old = shoots.before;
    let through_ipvs =
        old.proxy_enabled() != Some(false) && old.proxy_mode().is_some_and(|mode| &*mode == "IPVS");
    let mut pools = old.workers().filter(|pool| pool.updates_in_place());
    let Some(pool) = pools.find(|pool| {
        let version = pool.kubernetes_version().or(old.kubernetes_version());
        let version = version.and_then(|version| parse(&version));
        through_ipvs || version.is_some_and(|version| (version.major, version.minor) < SWITCHABLE)
    }) else {
        return;
    };
    let way = ["spec", "systemComponents", "nodeLocalDNS"];
    let message = "the node-local DNS cannot be switched while nodes are updated in place";
    findings
        .lacking(shoots.after.object, shoots.after.node(), &way, message)
        .related(pool.node(), "the nodes of this pool are")
        .why("before Kubernetes 1.34, and with IPVS, the kubelet of each node would need another DNS server, which only a new node gets")
        .help("take the change back, or replace the pool by one with another `updateStrategy` first");
}

const ISSUER: &str = "authentication.gardener.cloud/issuer";

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateManagedServiceAccountIssuer.
fn issuer(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let message = "a managed issuer of service accounts cannot be given up";
    if let Some(raised) = shoots.withdrawn(ISSUER, |text| text == "managed", message, findings) {
        raised
            .why("whoever trusts the tokens of the cluster trusts this issuer; Gardener's API server refuses to switch it off")
            .help("keep the annotation");
    }
}
