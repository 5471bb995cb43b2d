//! What a change does to the control plane of a shoot, and to all of its nodes.

use super::{first_few, when};
use crate::change::same_or_absent;
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::version::{minors_ahead, parse};
use crate::view::{ControlPlane, ExtensionEntry, Shoot};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::note("L767", "control-plane-restarts"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Shoot(restarts),
    },
    Rule {
        code: Code::warning("L768", "kubernetes-minor-rises"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(minor_rises),
    },
    Rule {
        code: Code::warning("L771", "control-plane-becomes-highly-available"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(becomes_highly_available),
    },
    Rule {
        code: Code::warning("L774", "extension-leaves-shoot"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(extension_leaves),
    },
    Rule {
        code: Code::warning("L775", "address-family-changes"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Shoot(address_family),
    },
];

/// The components that a field of `spec.kubernetes` configures.
const COMPONENTS: [(&str, &str); 6] = [
    ("clusterAutoscaler", "cluster-autoscaler"),
    ("etcd", "etcd"),
    ("kubeAPIServer", "kube-apiserver"),
    ("kubeControllerManager", "kube-controller-manager"),
    ("kubeScheduler", "kube-scheduler"),
    ("verticalPodAutoscaler", "vertical-pod-autoscaler"),
];

/// Upstream: docs/usage/shoot-operations/shoot_updates.md; each component is a deployment that takes a change over pod by pod.
fn restarts(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let of =
        |field: &str| shoots.map(|shoot| shoot.kubernetes().and_then(|kubernetes| kubernetes.get(field)));
    let differs = |field: &str| {
        let Both { before, after } = of(field);
        !same_or_absent(before, after)
    };
    let object = shoots.after.object;
    let why = format!("its pods are replaced one after another; it begins {}", when(shoots.after));
    if let (true, Some(version)) = (differs("version"), of("version").after) {
        findings.at(object, version, "the whole control plane restarts, for its new version").why(why);
        return;
    }
    let changed: Vec<(&str, &str)> = COMPONENTS.into_iter().filter(|(field, _)| differs(field)).collect();
    if let Some((field, _)) = changed.first() {
        let names = first_few(changed.iter().map(|(_, component)| *component));
        findings
            .lacking(
                object,
                shoots.after.node(),
                &["spec", "kubernetes", field],
                format!("{names} of the shoot restart"),
            )
            .why(why);
    }
}

/// Upstream: docs/usage/shoot-operations/shoot_updates.md.
fn minor_rises(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Some(Both { before, after }) = shoots.map(Shoot::kubernetes_version).transpose() else {
        return;
    };
    let Some((old, new)) = parse(&before).zip(parse(&after)) else { return };
    if minors_ahead(&new, &old).is_some_and(|ahead| ahead > 0) {
        let message =
            format!("the shoot goes to Kubernetes {}.{}, and cannot come back", new.major, new.minor);
        findings
            .at(shoots.after.object, after.node, message)
            .related(before.node, "as it is in the base")
            .why("a minor version may drop API versions and feature gates that objects in the shoot still use")
            .help("look for deprecated APIs in the shoot first; pools that follow the control plane are told of apart");
    }
}

/// Upstream: docs/usage/high-availability/shoot_high_availability.md.
fn becomes_highly_available(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } =
        shoots.map(|shoot| shoot.control_plane().and_then(ControlPlane::failure_tolerance));
    if let (None, Some(tolerance)) = (before, after) {
        let message =
            format!("the control plane becomes highly available, to survive the loss of a {tolerance}");
        findings
            .at(shoots.after.object, tolerance.node, message)
            .why(format!(
                "etcd goes from one member to three, and the API server is away for a moment; it begins {}",
                when(shoots.after)
            ))
            .help("this cannot be taken back");
    }
}

fn extension_leaves(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = shoots;
    let works = |entry: &ExtensionEntry<'_>| entry.disabled() != Some(true);
    for entry in before.extensions().filter(works) {
        let Some(name) = entry.type_name() else { continue };
        let same = |other: &ExtensionEntry<'_>| other.type_name().is_some_and(|own| *own == *name);
        if after.extensions().any(|other| works(&other) && same(&other)) {
            continue;
        }
        let message = format!("the extension `{name}` leaves the shoot");
        let raised = match after.extensions().find(same) {
            Some(disabled) => findings.at(after.object, disabled.node(), message),
            None => findings.lacking(after.object, after.node(), &["spec", "extensions"], message),
        };
        raised
            .related(entry.node(), "as it is in the base")
            .why(format!("what it made in the shoot and for it is deleted; it begins {}", when(after)));
    }
}

/// Upstream: docs/usage/networking/dual-stack-networking-migration.md.
fn address_family(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let lists = shoots.map(|shoot| shoot.networking().and_then(|networks| networks.family_list()));
    let Both { before: Some(before), after: Some(after) } = lists else { return };
    if same_or_absent(Some(before), Some(after)) {
        return;
    }
    let families =
        |list: &Node| list.items().iter().filter_map(Node::as_str).collect::<Vec<_>>().join(" and ");
    findings
        .at(shoots.after.object, after, format!("the shoot goes from {} to {}", families(before), families(after)))
        .related(before, "as it is in the base")
        .why("the migration ends once every node has been replaced, which nobody does by itself")
        .help("annotate the shoot with `gardener.cloud/operation: rollout-workers=*`, or wait for the next update of its pools");
}
