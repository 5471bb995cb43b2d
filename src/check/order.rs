//! The landscape as a whole: an order to apply it in, and a place to deliver it to.

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, Place};
use crate::landscape::{Delivery, Object};
use crate::order;
use crate::syntax::Node;
use crate::view::{ManagedSeed, Shoot, Text};

pub(super) static RULES: &[Rule] = &[
    Rule { code: Code::error("L620", "dependency-cycle"), upstream: &[], judge: Judge::Landscape(cycle) },
    Rule { code: Code::error("L621", "registry-not-set"), upstream: &[], judge: Judge::Landscape(registry) },
    Rule { code: Code::error("L622", "flux-too-old"), upstream: &[], judge: Judge::Landscape(flux) },
    Rule {
        code: Code::note("L623", "delivery-not-verified"),
        upstream: &[],
        judge: Judge::Landscape(verification),
    },
];

/// The first Flux with `source.toolkit.fluxcd.io/v1` OCIRepositories, the youngest of what every landscape is made of:
/// health expressions came with 2.5, `proxySecretRef` with 2.4, charts of OCIRepositories with 2.3.
///
/// Upstream: fluxcd/source-controller v1.6.0, which Flux 2.6 ships.
const OLDEST_FLUX: (u32, u32) = (2, 6);
/// The first Flux that reads bundles; older ones read the legacy form alone.
///
/// Upstream: fluxcd/source-controller v1.8.0, which Flux 2.8 ships.
const OLDEST_TO_VERIFY_BUNDLES: (u32, u32) = (2, 8);
/// The first Flux that finds the bundles of a registry with plain HTTP or a CA of its own; 2.8 looks for them and fails.
///
/// Upstream: fluxcd/source-controller v1.9.0, pull request 2061, which Flux 2.9 ships.
const OLDEST_TO_VERIFY_PRIVATELY: (u32, u32) = (2, 9);

fn cycle(scope: &Scope<'_>, findings: &mut Findings) {
    let Err(mut members) = order::storeys(scope.landscape) else {
        return;
    };
    // Where the walk came upon the cycle is chance; the finding begins at the member whose identity is the least.
    let order = members.iter().enumerate();
    let least = order.min_by_key(|(_, object)| &object.identity).map(|(index, _)| index);
    members.rotate_left(least.unwrap_or_default());
    let Some((first, others)) = members.split_first() else {
        return;
    };
    let names: Vec<String> =
        members.iter().chain([first]).map(|object| format!("`{}`", object.identity)).collect();
    let message = format!("nothing can come first: {}", names.join(" needs "));
    let mut raised = findings
        .at(first, reference(first), message)
        .why("a shoot runs on a seed that exists, and a ManagedSeed is made of a shoot that runs")
        .help("let one of the shoots run on another seed, such as one that a Gardenlet registers");
    for object in others {
        raised = raised.related(reference(object), format!("`{}` names it here", object.identity));
    }
}

/// The value by which a shoot names its seed, or a ManagedSeed its shoot.
fn reference(object: &Object) -> &Node {
    let name: Option<Text<'_>> = if object.identity.kind == "Shoot" {
        Shoot::of(object).seed_name()
    } else {
        ManagedSeed::of(object).shoot()
    };
    name.map_or(object.name_node(), |name| name.node)
}

fn registry(scope: &Scope<'_>, findings: &mut Findings) {
    let delivery = &scope.landscape.settings.delivery;
    if is_loose(scope) || has_registry(delivery) {
        return;
    }
    let place = Place { path: "spec.delivery.registry".to_owned(), ..delivery.span.into() };
    findings
        .at_place(place, "the landscape has no registry to be delivered from")
        .why("Flux pulls the compiled landscape from there; without it nothing is ever applied")
        .help("set `spec.delivery.registry`, like `oci://registry.example.org/landscapes/NAME`");
}

/// Loose manifests are delivered by somebody else.
fn is_loose(scope: &Scope<'_>) -> bool {
    scope.landscape.objects.iter().all(|object| object.section.is_none())
}

fn has_registry(delivery: &Delivery) -> bool {
    delivery.registry.as_deref().is_some_and(|name| !name.is_empty())
}

fn verification(scope: &Scope<'_>, findings: &mut Findings) {
    let delivery = &scope.landscape.settings.delivery;
    if is_loose(scope) || !has_registry(delivery) || delivery.verification.is_some() {
        return;
    }
    let place = Place { path: "spec.delivery.verify".to_owned(), ..delivery.span.into() };
    findings
        .at_place(place, "nothing verifies the signature of what is delivered")
        .why("Flux applies whatever stands under the tag, whoever put it there")
        .help(
            "name the Secret with the public key in `spec.delivery.verify.secretRef.name`; \
             `landscape keygen` makes the pair of keys",
        );
}

fn flux(scope: &Scope<'_>, findings: &mut Findings) {
    let delivery = &scope.landscape.settings.delivery;
    let is_private = delivery.access.insecure || delivery.access.certificates.is_some();
    let (oldest, what, why) = if is_private && delivery.verification.is_some() {
        (
            OLDEST_TO_VERIFY_PRIVATELY,
            "cannot verify what comes from a registry with plain HTTP or certificates of its own",
            "Flux 2.8 looks for signatures there as if the registry were a public one, and refuses the artifact",
        )
    } else if !delivery.legacy && delivery.verification.is_some() {
        (
            OLDEST_TO_VERIFY_BUNDLES,
            "cannot verify what is signed in bundles alone",
            "it reads the legacy form, which `spec.delivery.verify.legacy` leaves out",
        )
    } else {
        (
            OLDEST_FLUX,
            "does not understand what a landscape compiles to",
            "it has no OCIRepositories of the version that the landscape is delivered with",
        )
    };
    let asked = delivery.flux;
    if asked >= oldest {
        return;
    }
    let place = Place { path: "spec.delivery.flux.minVersion".to_owned(), ..delivery.flux_span.into() };
    findings.at_place(place, format!("Flux {}.{} {what}", asked.0, asked.1)).why(why).help(format!(
        "run Flux {}.{} or newer, and say so in `spec.delivery.flux.minVersion`",
        oldest.0, oldest.1
    ));
}
