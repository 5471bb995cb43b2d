//! Encryption in the etcds of a Garden: how, or what, but not both at once.

use std::collections::BTreeSet;

use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::Garden;

pub(in crate::effect) static RULES: &[Rule] = &[Rule {
    code: Code::error("L741", "garden-encryption-changed-at-once"),
    impact: Impact::Rejected,
    upstream: &["UP-GA-ENC"],
    judge: Judge::Garden(encryption),
}];

const KUBERNETES: [&str; 4] = ["spec", "virtualCluster", "kubernetes", "kubeAPIServer"];
const GARDENER: [&str; 4] = ["spec", "virtualCluster", "gardener", "gardenerAPIServer"];

/// The provider that is filled in.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_KubeAPIServerConfig;
/// pkg/operator/webhook/defaulting/garden/handler.go, Default.
const DEFAULT: &str = "aescbc";

fn provider<'a>(garden: Garden<'a>, server: &[&str]) -> Option<&'a Node> {
    garden.node().at(server)?.at(&["encryptionConfig", "provider", "type"])
}

/// The provider of an API server; that of Gardener has the other one's.
fn provider_name<'a>(garden: Garden<'a>, server: &[&str]) -> &'a str {
    let named = provider(garden, server).or_else(|| provider(garden, &KUBERNETES));
    named.and_then(Node::as_str).unwrap_or(DEFAULT)
}

/// What is encrypted; the dot after a resource of the core group means nothing.
fn resources<'a>(garden: Garden<'a>, server: &[&str]) -> BTreeSet<&'a str> {
    let list = garden.node().at(server).and_then(|server| server.at(&["encryptionConfig", "resources"]));
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(Node::as_str).map(|name| name.trim_end_matches('.')).collect()
}

/// What upstream compares with the status beyond this, how far an earlier change has come, no manifest tells.
///
/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateEncryptionConfigUpdate;
/// pkg/api/core/validation/shoot.go, ValidateEncryptionConfigUpdate.
fn encryption(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for server in [KUBERNETES, GARDENER] {
        let names = gardens.map(|garden| provider_name(garden, &server));
        let lists = gardens.map(|garden| resources(garden, &server));
        if names.before == names.after || lists.before == lists.after {
            continue;
        }
        let [spec, cluster, part, component] = server;
        let way = [spec, cluster, part, component, "encryptionConfig", "provider", "type"];
        let message = format!(
            "the encryption changes from `{}` to `{}`, and so do the resources that are encrypted",
            names.before, names.after
        );
        let raised = findings.lacking(gardens.after.object, gardens.after.node(), &way, message);
        let raised = match provider(gardens.before, &server) {
            Some(node) => raised.related(node, "as it is in the base"),
            None => raised,
        };
        raised
            .why("all that is encrypted is written anew for either change; the gardener-operator refuses both at once")
            .help("change the provider first, and the resources once that is rolled out");
    }
}
