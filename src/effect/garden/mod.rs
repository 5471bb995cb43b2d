//! What the gardener-operator refuses to change about a Garden.

pub(super) mod encryption;
pub(super) mod network;
pub(super) mod version;

use super::immutable::{Field, Keeps};
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::{Findings, Raised};
use crate::diagnostic::Code;
use crate::view::{DiscoveryServer, Garden, GardenDomain, Text};

pub(super) static RULES: &[Rule] = &[
    kept(&["UP-GA-CID", "UP-GA-BKP", "UP-GA-HA", "UP-GA-DISC"], Judge::Garden(immutable)),
    kept(&["UP-GA-ING", "UP-GA-DNS"], Judge::Garden(first_domains)),
    kept(&["UP-GA-DISC"], Judge::Garden(discovery)),
];

const fn kept(upstream: &'static [&'static str], judge: Judge) -> Rule {
    let code = Code::error("L736", "garden-field-immutable");
    Rule { code, impact: Impact::Rejected, upstream, judge }
}

const MAIN: &[&str] = &["spec", "virtualCluster", "etcd", "main"];
const BACKUP: &[&str] = &["spec", "virtualCluster", "etcd", "main", "backup"];
const VIRTUAL: &[&str] = &["spec", "virtualCluster"];
const SERVER: &[&str] = &["spec", "virtualCluster", "gardener", "gardenerDiscoveryServer"];

/// The rules in the CRD compare what is there on both sides, and nothing else.
const IMMUTABLE: [Field; 7] = [
    Field::new(Keeps::Written, &["gardener", "clusterIdentity"], "the identity of the garden")
        .within(VIRTUAL),
    Field::new(Keeps::Written, &["provider"], "the provider of the backups").within(BACKUP),
    Field::new(Keeps::Written, &["region"], "the region of the backups").within(BACKUP),
    Field::new(Keeps::Always, &["bucketName"], "the bucket of the backups").within(BACKUP),
    Field::new(Keeps::Present, &["backup"], "the backup of the virtual garden").within(MAIN),
    Field::new(
        Keeps::Present,
        &["controlPlane", "highAvailability"],
        "the high availability of the virtual garden",
    )
    .within(VIRTUAL),
    Field::new(Keeps::Present, SERVER, "the discovery server"),
];

fn explained(raised: Raised<'_>) {
    raised
        .why("clusters, tokens and backups that exist depend on it; the gardener-operator refuses the change")
        .help("take the change back");
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualClusterUpdate;
/// pkg/apis/operator/v1alpha1/types_garden.go, Gardener and Backup.
fn immutable(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for field in &IMMUTABLE {
        let object = gardens.map(|garden| garden.object);
        if let Some(raised) = field.judge(object, gardens.map(Garden::node), findings) {
            explained(raised);
        }
    }
}

fn first_name<'a>(mut domains: impl Iterator<Item = GardenDomain<'a>>) -> Option<Text<'a>> {
    domains.next().and_then(GardenDomain::name)
}

/// Upstream names the first domain of the ingress as a whole, and of the other one the name.
///
/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateRuntimeClusterUpdate and
/// validateVirtualClusterUpdate.
fn first_domains(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let object = gardens.after.object;
    let text = |domain: GardenDomain<'_>| domain.name().map(|name| name.to_string());
    if let Some(first) = gardens.map(|garden| garden.ingress_domains().next()).transpose()
        && let Some(before) = first.before.name()
        && text(first.before) != text(first.after)
    {
        let message = format!("the first domain of the ingress, `{before}`, cannot be changed");
        let whole = first.after.node();
        let shown = first.after.name().map_or(whole, |name| name.node);
        explained(findings.about(object, whole, shown, message).related(before.node, BASE));
    }
    if let Some(first) = gardens.map(|garden| garden.virtual_domains().next()).transpose()
        && let Some(before) = first.before.name()
        && text(first.before) != text(first.after)
    {
        let message = format!("the first domain of the virtual garden, `{before}`, cannot be changed");
        let raised = findings.lacking(object, first.after.node(), &["name"], message);
        explained(raised.related(before.node, BASE));
    }
}

const BASE: &str = "as it is in the base";

/// A server without a domain of its own has one below the ingress's first.
///
/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualClusterUpdate;
/// pkg/api/operator/v1alpha1/helper/garden.go, DiscoveryServerDomain.
fn discovery(gardens: Both<Garden<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(servers) = gardens.map(Garden::discovery_server).transpose() else {
        return;
    };
    let own = servers.map(DiscoveryServer::domain);
    if own.before.is_none() && own.after.is_none() {
        return;
    }
    let name = |garden: Garden<'_>, server: DiscoveryServer<'_>| match server.domain() {
        Some(domain) => domain.name().map(|name| name.to_string()),
        None => first_name(garden.ingress_domains()).map(|name| format!("discovery.{name}")),
    };
    let before = name(gardens.before, servers.before);
    if before != name(gardens.after, servers.after) {
        let message = match before {
            Some(before) => format!("the domain of the discovery server, `{before}`, cannot be changed"),
            None => "the domain of the discovery server cannot be changed".to_owned(),
        };
        let shown = own.before.map_or(servers.before.node(), GardenDomain::node);
        let raised = findings.lacking(gardens.after.object, servers.after.node(), &["domain"], message);
        explained(raised.related(shown, BASE));
    }
}
