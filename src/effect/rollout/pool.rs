//! What a change does to the nodes of a pool.

use super::{at_most, first_few, sleeps, when};
use crate::change::{same, same_or_absent};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::{Node, Value};
use crate::version;
use crate::view::{Shoot, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L760", "pool-rolled"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(rolled),
    },
    Rule {
        code: Code::warning("L761", "pool-updated-in-place"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(updated_in_place),
    },
    Rule {
        code: Code::warning("L762", "pool-removed"),
        impact: Impact::Destructive,
        upstream: &[],
        judge: Judge::Shoot(removed),
    },
    Rule {
        code: Code::warning("L763", "pool-leaves-zone"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(leaves_zone),
    },
    Rule {
        code: Code::warning("L764", "pool-shrinks"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(shrinks),
    },
    Rule {
        code: Code::warning("L765", "pool-may-roll"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(may_roll),
    },
    Rule {
        code: Code::note("L766", "kubelets-restart"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Shoot(kubelets_restart),
    },
];

/// Something about the nodes of a pool that differs.
struct Cause<'a> {
    what: &'static str,
    before: Option<&'a Node>,
    after: Option<&'a Node>,
}

impl<'a> Cause<'a> {
    /// A value that differs, of one that is on both sides or on either.
    fn of(what: &'static str, values: Both<Option<&'a Node>>) -> Option<Self> {
        let Both { before, after } = values;
        (!same_or_absent(before, after)).then_some(Self { what, before, after })
    }

    fn told(&self) -> String {
        match (self.before.and_then(short), self.after.and_then(short)) {
            (Some(before), Some(after)) => format!("{} ({before} → {after})", self.what),
            _ => self.what.to_owned(),
        }
    }
}

/// A plain value, as it is written.
fn short(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// A pool that is there on both sides, with its shoot.
#[derive(Clone, Copy)]
struct Pool<'a> {
    shoot: Shoot<'a>,
    worker: Worker<'a>,
}

impl<'a> Pool<'a> {
    fn name(self) -> &'a str {
        self.worker.name().map_or("", |name| name.as_str())
    }

    /// The Kubernetes version of its nodes.
    fn version(self) -> Option<&'a Node> {
        let own = self.worker.kubernetes_version();
        own.or(self.shoot.kubernetes_version()).map(|version| version.node)
    }

    /// The minor version of its nodes.
    fn minor(self) -> Option<(u64, u64)> {
        let version = version::parse(self.version()?.as_str()?)?;
        Some((version.major, version.minor))
    }

    /// The kubelet's configuration: that of the pool, or else that of the shoot.
    ///
    /// Upstream: pkg/api/core/v1beta1/helper/shoot.go, CalculateEffectiveKubeletConfiguration.
    fn kubelet(self) -> Option<&'a Node> {
        self.worker.kubelet().or(self.shoot.kubelet()).map(|kubelet| kubelet.node())
    }

    fn within_kubelet(self, field: &str) -> Option<&'a Node> {
        self.kubelet()?.get(field)
    }

    /// Whether nodes have a DNS server of their own in a way that only new nodes can take over.
    ///
    /// Upstream: pkg/component/extensions/operatingsystemconfig/operatingsystemconfig.go, Key.
    fn node_local_dns(self) -> bool {
        let root = self.shoot.node();
        let enabled = root.at(&["spec", "systemComponents", "nodeLocalDNS", "enabled"]);
        let mode = root.at(&["spec", "kubernetes", "kubeProxy", "mode"]).and_then(Node::as_str);
        let tied = mode == Some("IPVS") || self.minor().is_some_and(|minor| minor < (1, 34));
        tied && enabled.and_then(Node::as_bool) == Some(true)
    }
}

/// The pools that are there on both sides, by name; none of a shoot that sleeps on both.
fn pools(shoots: Both<Shoot<'_>>) -> Vec<Both<Pool<'_>>> {
    let Both { before, after } = shoots;
    if sleeps(before) && sleeps(after) {
        return Vec::new();
    }
    let twin = |name: &str| before.workers().find(|worker| worker.name().is_some_and(|own| *own == *name));
    let pairs = after.workers().filter_map(|worker| {
        let earlier = twin(&worker.name()?)?;
        Some(Both { before: Pool { shoot: before, worker: earlier }, after: Pool { shoot: after, worker } })
    });
    pairs.filter(|pool| pool.before.worker.most() > 0).collect()
}

/// What of a pool only other nodes can have.
///
/// Upstream: pkg/component/extensions/operatingsystemconfig/operatingsystemconfig.go, Key; pkg/utils/gardener/shoot.go,
/// CalculateDataStringForKubeletConfiguration.
fn causes(pool: Both<Pool<'_>>) -> Vec<Cause<'_>> {
    let field = |way: &'static [&'static str]| pool.map(|pool| pool.worker.node().at(way));
    let kubelet = |field: &'static str| pool.map(|pool| pool.within_kubelet(field));
    let minors = pool.map(Pool::minor);
    let local_dns = pool.map(Pool::node_local_dns);
    let node_local_dns = pool.map(|pool| pool.shoot.node().at(&["spec", "systemComponents", "nodeLocalDNS"]));
    let versions = pool.map(Pool::version);
    let both_set = |values: Both<Option<_>>| values.before.is_some() && values.after.is_some();
    [
        Cause::of("the Kubernetes version", versions).filter(|_| minors.before != minors.after),
        Cause::of("the machine type", field(&["machine", "type"])),
        Cause::of("the machine image", field(&["machine", "image", "name"]))
            .filter(|_| both_set(field(&["machine", "image", "name"]))),
        Cause::of("the version of the machine image", field(&["machine", "image", "version"]))
            .filter(|_| both_set(field(&["machine", "image", "version"]))),
        Cause::of("the size of the volume", field(&["volume", "size"])),
        Cause::of("the type of the volume", field(&["volume", "type"])),
        Cause::of("the container runtime", field(&["cri", "name"]))
            .filter(|_| both_set(field(&["cri", "name"]))),
        Cause::of("the node-local DNS", node_local_dns).filter(|_| local_dns.before != local_dns.after),
        Cause::of("what the kubelet reserves", kubelet("kubeReserved")),
        Cause::of("when the kubelet evicts", kubelet("evictionHard")),
        Cause::of("how the kubelet shares processors out", kubelet("cpuManagerPolicy")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Raises one finding for all causes, at the first of them.
fn raise(pool: Both<Pool<'_>>, causes: &[Cause<'_>], fate: &str, findings: &mut Findings) {
    let Some(first) = causes.first() else { return };
    let Pool { shoot, worker } = pool.after;
    let name = pool.after.name();
    let told: Vec<String> = causes.iter().map(Cause::told).collect();
    let message = format!("the pool `{name}` {fate}: {}", told.join(", "));
    let object = shoot.object;
    let mut raised = match first.after {
        Some(node) if object.root.path_to(node).is_some() => findings.at(object, node, message),
        _ => findings.at(object, worker.node(), message),
    };
    for cause in causes {
        if let Some(before) = cause.before {
            raised = raised.related(before, format!("{}, as it is in the base", cause.what));
        }
    }
    raised.why(format!("only other nodes can have that; it begins {}", when(shoot)));
}

/// Upstream: as [`causes`].
fn rolled(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pool in pools(shoots).into_iter().filter(|pool| !pool.after.worker.updates_in_place()) {
        let fate = format!("is rolled, {}", at_most(pool.before.worker.most()));
        raise(pool, &causes(pool), &fate, findings);
    }
}

/// Upstream: pkg/utils/gardener/shoot.go, CalculateWorkerPoolHashForInPlaceUpdate.
fn updated_in_place(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pool in pools(shoots).into_iter().filter(|pool| pool.after.worker.updates_in_place()) {
        let fate = format!("is drained and updated node by node, {}", at_most(pool.before.worker.most()));
        raise(pool, &causes(pool), &fate, findings);
    }
}

/// What the extension of the provider may put into the machines: it alone knows.
fn may_roll(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for pool in pools(shoots) {
        if !causes(pool).is_empty() {
            continue;
        }
        let field = |way: &'static [&'static str]| pool.map(|pool| pool.worker.node().at(way));
        let causes: Vec<Cause<'_>> = [
            Cause::of("the configuration for its provider", field(&["providerConfig"])),
            Cause::of("the further volumes", field(&["dataVolumes"])),
            Cause::of("whether the volume is encrypted", field(&["volume", "encrypted"])),
            Cause::of("the architecture", field(&["machine", "architecture"])),
            Cause::of("the machine image", field(&["machine", "image"])),
        ]
        .into_iter()
        .flatten()
        .collect();
        let fate = format!("may be rolled, {}", at_most(pool.before.worker.most()));
        raise(pool, &causes, &fate, findings);
    }
}

fn removed(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots;
    if sleeps(before) {
        return;
    }
    let stays = |name: &str| after.workers().any(|worker| worker.name().is_some_and(|own| *own == *name));
    for worker in before.workers() {
        let Some(name) = worker.name().filter(|name| !stays(name)) else { continue };
        let message = format!("the pool `{name}` is removed with its nodes, {}", at_most(worker.most()));
        let object = after.object;
        let raised = match after.worker_list() {
            Some(list) => findings.at(object, list, message),
            None => findings.lacking(object, after.node(), &["spec", "provider", "workers"], message),
        };
        raised
            .related(worker.node(), "the pool, as it is in the base")
            .why(format!(
                "its nodes are drained and deleted with what is on their disks; a pool of another name is a new \
                 one; it begins {}",
                when(after)
            ))
            .help("where pods still need a place, add the new pool first, and remove this one once they have moved");
    }
}

fn leaves_zone(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for Both { before, after } in pools(shoots) {
        let stays = |zone: &str| after.worker.zones().any(|own| *own == *zone);
        let gone: Vec<_> = before.worker.zones().filter(|zone| !stays(zone)).collect();
        let (Some(first), Some(list)) = (gone.first(), after.worker.zone_list()) else { continue };
        let name = after.name();
        let zones = first_few(gone.iter().map(|zone| zone.as_str()));
        findings
            .at(after.shoot.object, list, format!("the pool `{name}` leaves the zone {zones}"))
            .related(first.node, "as it is in the base")
            .why(format!(
                "its nodes there are drained and deleted; volumes of that zone cannot follow their pods; it begins {}",
                when(after.shoot)
            ));
    }
}

fn shrinks(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for Both { before, after } in pools(shoots) {
        let (Some(old), Some(new)) = (before.worker.maximum(), after.worker.maximum()) else { continue };
        if new.value < old.value {
            let name = after.name();
            let message =
                format!("the pool `{name}` shrinks to {} nodes, from {} at most", new.value, old.value);
            findings.at(after.shoot.object, new.node, message).related(old.node, "as it is in the base").why(
                format!(
                    "where more nodes than that run, some are drained and deleted; it begins {}",
                    when(after.shoot)
                ),
            );
        }
    }
}

/// Upstream: docs/usage/shoot-operations/shoot_updates.md; a patch version and the rest of the kubelet's configuration are
/// taken over by the nodes that are there.
fn kubelets_restart(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let mut names = Vec::new();
    let mut shown = None;
    for pool in pools(shoots) {
        let restarts = [pool.map(Pool::version), pool.map(Pool::kubelet)];
        let differs = |values: &Both<Option<&Node>>| {
            !values.before.zip(values.after).is_some_and(|(one, other)| same(one, other))
                && (values.before.is_some() || values.after.is_some())
        };
        let Some(values) = restarts.iter().find(|values| differs(values)) else { continue };
        if causes(pool).is_empty() {
            names.extend(pool.after.worker.name());
            shown = shown.or(values.after);
        }
    }
    if names.is_empty() {
        return;
    }
    let Shoot { object, .. } = shoots.after;
    let node = shown.filter(|node| object.root.path_to(node).is_some()).unwrap_or(shoots.after.node());
    let pools = first_few(names.iter().map(|name| name.as_str()));
    findings
        .at(object, node, format!("the kubelets of the pool {pools} restart"))
        .why(format!("the nodes and their pods stay; it begins {}", when(shoots.after)));
}
