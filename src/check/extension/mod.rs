//! Extensions: whatever type an object names, some extension takes care of it.
//!
//! An extension that nobody registered is a fault of the landscape, not of each object that needs it: one finding tells of
//! it, at the first of them.

mod need;
mod registry;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Findings, Judge, Rule, Scope, garden};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{
    ControllerResource, Garden, PlacedShoot, SeedDomain, SeedTemplate, Shoot, Supplier, Supply, Text,
    TypedItem,
};
use need::{Need, needs};
use registry::{Registered, Registry};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L399", "extension-not-registered"),
        upstream: &["XS-EXT-SHOOT", "XS-EXT-SEED", "XS-EXT-BB"],
        judge: Judge::Landscape(not_registered),
    },
    Rule {
        code: Code::error("L443", "extension-needs-workers"),
        upstream: &["XS-EXT-WLESS"],
        judge: Judge::Landscape(needs_workers),
    },
    Rule {
        code: Code::warning("L444", "dns-extension-not-registered"),
        upstream: &["XS-EXT-DNSINT"],
        judge: Judge::Landscape(seed_domains),
    },
];

/// Places that a finding shows beside the first.
const SHOWN: usize = 3;

/// An object that names a type, and where.
type Use<'a> = (&'a Object, Text<'a>);
/// An object, and what it needs that nobody supplies.
type Lack<'a> = (&'a Object, Need<'a>);

/// Whether a need that nothing here meets is met by nobody.
///
/// In a part of a landscape it is when the extensions for the same object are here, and others of the same kind.
fn is_missing(need: &Need<'_>, all: &[Need<'_>], registry: &Registry<'_>, scope: &Scope<'_>) -> bool {
    let met = |need: &Need<'_>| need.unmet(registry).next().is_none();
    if need.unmet(registry).next().is_none() {
        return false;
    }
    scope.complete()
        || need.elsewhere(registry).is_some()
        || all.iter().any(met) && need.kinds.iter().all(|kind| registry.knows(kind))
}

/// Upstream: plugin/pkg/global/extensionvalidation/admission.go, Validate.
fn not_registered(scope: &Scope<'_>, findings: &mut Findings) {
    let registry = Registry::of(scope.landscape);
    if registry.is_empty() {
        return;
    }
    let missing: Vec<Lack<'_>> = scope
        .landscape
        .objects
        .par_iter()
        .flat_map_iter(|object| {
            let needs = needs(object, scope);
            let missing = needs.iter().filter(|need| is_missing(need, &needs, &registry, scope));
            missing.map(|need| (object, *need)).collect::<Vec<_>>()
        })
        .collect();
    let mut by_type: BTreeMap<(&str, &str, &str), Vec<Lack<'_>>> = BTreeMap::new();
    for (object, need) in missing {
        by_type.entry((need.what, need.type_name.as_str(), need.cluster)).or_default().push((object, need));
    }
    for uses in by_type.into_values() {
        report(&uses, &registry, findings);
    }
}

fn report(uses: &[Lack<'_>], registry: &Registry<'_>, findings: &mut Findings) {
    let Some(((object, need), others)) = uses.split_first() else {
        return;
    };
    let Need { what, type_name, cluster, .. } = need;
    let elsewhere = need.elsewhere(registry);
    let message = match elsewhere {
        Some(_) => format!("the {what} `{type_name}` is not for a {cluster}{}", more(others.len())),
        None => format!("no extension is registered for the {what} `{type_name}`{}", more(others.len())),
    };
    let kinds: Vec<String> = need.unmet(registry).map(|kind| format!("`{kind}`")).collect();
    let known = need.kinds.first().map(|kind| registry.types(kind, cluster)).unwrap_or_default();
    let mut raised = findings
        .at(object, type_name.node, message)
        .why(format!(
            "Gardener's API server refuses an object whose types nobody takes care of; this needs a registration of {}",
            kinds.join(", ")
        ))
        .help(format!("{}; or add the extension to the landscape", help_with_names(type_name, known)));
    if let Some(registered) = elsewhere {
        raised = raised.related(registered.node, "it is registered here, for other clusters");
    }
    for (_, need) in others.iter().take(SHOWN) {
        raised = raised.related(need.type_name.node, "also named here");
    }
}

/// The objects that need what an extension supplies, each with the value that says so.
///
/// Upstream: pkg/operator/controller/extension/required, virtual/reconciler.go and runtime/reconciler.go.
pub fn users_of<'a>(extension: Supplier<'_>, scope: &Scope<'a>) -> Vec<(&'a Object, &'a Node)> {
    let objects: &'a [Object] = &scope.landscape.objects;
    let uses = objects.par_iter().filter_map(|object| {
        let needs = needs(object, scope).into_iter().filter(|need| !need.is_nothing_yet(object));
        let needs = needs.flat_map(|need| need.kinds.iter().map(move |kind| (*kind, need.type_name)));
        let garden = object.identity.is(kind::GARDEN.group, kind::GARDEN.kind).then(|| Garden::of(object));
        let of_garden = garden.into_iter().flat_map(|garden| {
            let listed = garden.extensions().filter_map(|it| Some(("Extension", it.type_name()?)));
            garden::extension::needs(garden).into_iter().chain(listed)
        });
        let is = |text: Option<Text<'_>>, wanted: &str| text.is_some_and(|text| *text == *wanted);
        let supplied = |(kind, name): &(&str, Text<'_>)| {
            extension.supplies().any(|supply| is(supply.kind(), kind) && is(supply.type_name(), name))
        };
        let named = needs.chain(of_garden).find(supplied).map(|(_, name)| name.node);
        let given = || extension.supplies().any(|supply| gets_unasked(object, supply));
        Some((object, named.or_else(|| given().then(|| object.name_node()))?))
    });
    uses.collect()
}

/// Whether an extension works for an object that does not ask for it.
fn gets_unasked(object: &Object, supply: Supply<'_>) -> bool {
    let enabled = ControllerResource::of(supply.node()).auto_enabled();
    let is_for = |cluster: &str| {
        let mut clusters = enabled.map(Node::items).unwrap_or_default().iter();
        clusters.any(|item| item.as_str() == Some(cluster))
    };
    let is = |kind: kind::GroupKind| object.identity.is(kind.group, kind.kind);
    if is(kind::SHOOT) {
        let shoot = Shoot::of(object);
        let declined = shoot.extensions().any(|entry| {
            entry.disabled() == Some(true)
                && entry.type_name().map(Text::as_str) == supply.type_name().map(Text::as_str)
        });
        let fits = shoot.workers().next().is_some() || supply.workerless() == Some(true);
        return is_for("shoot") && fits && !declined;
    }
    is(kind::GARDEN) && is_for("garden") || SeedTemplate::in_object(object).is_some() && is_for("seed")
}

/// How many others name the same type.
fn more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => ", which is named once more".to_owned(),
        others => format!(", which is named {others} times more"),
    }
}

/// Upstream: plugin/pkg/global/extensionvalidation/admission.go, areSupportedForWorkerlessShoots.
fn needs_workers(scope: &Scope<'_>, findings: &mut Findings) {
    let registry = Registry::of(scope.landscape);
    let mut by_type: BTreeMap<&str, Vec<Use<'_>>> = BTreeMap::new();
    let shoots = scope.landscape.of_kind("Shoot").map(Shoot::of);
    for shoot in shoots.filter(|shoot| shoot.workers().next().is_none()) {
        for name in PlacedShoot::of_shoot(shoot).extensions().filter_map(TypedItem::type_name) {
            by_type.entry(name.as_str()).or_default().push((shoot.object, name));
        }
    }
    for (name, uses) in by_type {
        // One that is not registered for shoots at all is a fault of its own.
        let mut registered = registry.all("Extension", name).peekable();
        let unregistered =
            !registered.clone().any(|registered| registered.primary && registered.is_for("shoot"));
        if unregistered || registered.clone().any(|registered| registered.workerless) {
            continue;
        }
        let (Some(Registered { node, .. }), Some(((object, first), others))) =
            (registered.peek(), uses.split_first())
        else {
            continue;
        };
        let mut raised = findings
            .at(
                object,
                first.node,
                format!(
                    "the extension type `{name}` needs workers, which the shoot has not{}",
                    more(others.len())
                ),
            )
            .related(node, "it is registered here, without `workerlessSupported: true`")
            .why("Gardener's API server refuses a shoot without workers whose extensions need some")
            .help("remove the extension from the shoot");
        for (_, other) in others.iter().take(SHOWN) {
            raised = raised.related(other.node, "also named here");
        }
    }
}

/// Stricter than upstream, which looks at the provider of the seed's own records only.
fn seed_domains(scope: &Scope<'_>, findings: &mut Findings) {
    const KIND: &str = "DNSRecord";
    let registry = Registry::of(scope.landscape);
    if !scope.complete() || registry.is_empty() {
        return;
    }
    let mut by_type: BTreeMap<&str, Vec<Use<'_>>> = BTreeMap::new();
    for object in &scope.landscape.objects {
        let Some(seed) = SeedTemplate::in_object(object) else {
            continue;
        };
        let told = seed.dns_provider().filter(|_| seed.ingress().is_some()).map(SeedDomain::of);
        let told = told.and_then(SeedDomain::type_name);
        let providers = seed.internal_domain().into_iter().chain(seed.default_domains());
        for name in providers.filter_map(SeedDomain::type_name) {
            let reported = told.is_some_and(|told| *told == *name);
            if !reported && !registry.has(KIND, &name, "seed") {
                by_type.entry(name.as_str()).or_default().push((object, name));
            }
        }
    }
    for uses in by_type.into_values() {
        let Some(((object, name), others)) = uses.split_first() else {
            continue;
        };
        let mut raised = findings
            .at(
                object,
                name.node,
                format!(
                    "no extension is registered for DNS records of the type `{name}`{}",
                    more(others.len())
                ),
            )
            .why("the seed is accepted, and no shoot on it ever gets its records; stricter than Gardener")
            .help(format!(
                "{}; or add the extension to the landscape",
                help_with_names(name, registry.types(KIND, "seed"))
            ));
        for (_, other) in others.iter().take(SHOWN) {
            raised = raised.related(other.node, "also named here");
        }
    }
}
