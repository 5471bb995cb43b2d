//! Who is in charge: each kind and type of extension resources has one owner.
//!
//! Gardener compares a resource only with the last one of its kind, here and in every other registration, so that some
//! second owners slip through and fight with the first.

use std::collections::BTreeMap;

use super::{REGISTRATIONS, resources};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{CONTROLLER_REGISTRATION, EXTENSION};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{ControllerResource, Extension, Text};

const REGISTERED_TWICE: Code = Code::error("L370", "extension-registered-twice");
const CLAIMED_TWICE: Code = Code::warning("L371", "extension-claimed-twice");

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: REGISTERED_TWICE,
        upstream: &["CR-RES"],
        judge: Judge::Kinds(REGISTRATIONS, refused_within),
    },
    Rule { code: REGISTERED_TWICE, upstream: &["XS-EXT-PRIM"], judge: Judge::Landscape(refused_across) },
    Rule { code: CLAIMED_TWICE, upstream: &["CR-RES"], judge: Judge::Kinds(REGISTRATIONS, unnoticed_within) },
    Rule { code: CLAIMED_TWICE, upstream: &["XS-EXT-PRIM"], judge: Judge::Landscape(unnoticed_across) },
];

const STRICTER: &str = "stricter than Gardener, which compares with the last resource of each kind only: two controllers would fight";

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerResources.
fn refused_within(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    within(object, true, findings);
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerResources.
fn unnoticed_within(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    within(object, false, findings);
}

/// Reports resources that the object lists twice, either those that upstream sees or the others.
fn within(object: &Object, refused: bool, findings: &mut Findings) {
    let resources = resources(object);
    let names: Vec<(&str, &str)> = resources.iter().map(|resource| kind_and_type(*resource)).collect();
    for (index, (resource, name)) in resources.iter().zip(&names).enumerate() {
        let mut before = resources.iter().zip(&names).take(index).rev();
        let last_of_kind = before.clone().find(|(_, (kind, _))| *kind == name.0);
        let Some((first, _)) = before.find(|(_, other)| *other == name) else {
            continue;
        };
        if last_of_kind.is_some_and(|(_, last)| last == name) != refused {
            continue;
        }
        let (kind, extension_type) = name;
        findings
            .at(object, resource.node(), format!("the {kind} `{extension_type}` is listed twice"))
            .related(first.node(), "it is listed here already")
            .why(if refused { "Gardener refuses the extension" } else { STRICTER })
            .help("remove one of the two");
    }
}

/// Kind and type; a missing one is empty, as it is to upstream.
fn kind_and_type(resource: ControllerResource<'_>) -> (&str, &str) {
    (resource.kind().map_or("", Text::as_str), resource.extension_type().map_or("", Text::as_str))
}

/// A resource that a controller owns.
#[derive(Clone, Copy)]
struct Claim<'a> {
    owner: &'a Object,
    node: &'a Node,
    kind: &'a str,
    extension_type: &'a str,
}

/// Upstream: plugin/pkg/controllerregistration/resources/admission.go, Validate.
fn refused_across(scope: &Scope<'_>, findings: &mut Findings) {
    across(scope, true, findings);
}

/// Upstream: plugin/pkg/controllerregistration/resources/admission.go, Validate.
fn unnoticed_across(scope: &Scope<'_>, findings: &mut Findings) {
    across(scope, false, findings);
}

/// Reports resources of two owners, either those that upstream sees or the others.
fn across(scope: &Scope<'_>, refused: bool, findings: &mut Findings) {
    let mut by_kind: BTreeMap<&str, Vec<Claim<'_>>> = BTreeMap::new();
    for claim in claims(scope) {
        by_kind.entry(claim.kind).or_default().push(claim);
    }
    for claims in by_kind.values_mut() {
        // As the API server lists registrations.
        claims.sort_by(|one, other| one.owner.identity.name.cmp(&other.owner.identity.name));
        let mut first_of_type: BTreeMap<&str, Claim<'_>> = BTreeMap::new();
        for claim in &*claims {
            let first = *first_of_type.entry(claim.extension_type).or_insert(*claim);
            let taken = first.owner.identity.name != claim.owner.identity.name;
            if taken && (is_refused(*claim, claims) || is_refused(first, claims)) == refused {
                conflict(*claim, first, refused, findings);
            }
        }
    }
}

/// Whether upstream refuses a claim when all others are there already.
fn is_refused(claim: Claim<'_>, claims: &[Claim<'_>]) -> bool {
    let others = claims.iter().rev();
    let last = others.clone().find(|other| other.owner.identity.name != claim.owner.identity.name);
    last.is_some_and(|last| last.extension_type == claim.extension_type)
}

fn conflict(claim: Claim<'_>, first: Claim<'_>, refused: bool, findings: &mut Findings) {
    let Claim { kind, extension_type, .. } = claim;
    let message = format!("the {kind} `{extension_type}` belongs to `{}` already", first.owner.identity.name);
    findings
        .at(claim.owner, claim.node, message)
        .related(first.node, "it is claimed here")
        .why(if refused { "Gardener refuses a second controller for the same resources" } else { STRICTER })
        .help("remove it from one of the two, or set `primary: false` for the one that only joins in");
}

/// Every resource that a controller owns, by registration.
fn claims<'a>(scope: &Scope<'a>) -> impl Iterator<Item = Claim<'a>> {
    let of = |kind: crate::kind::GroupKind| {
        let objects = scope.landscape.of_kind(kind.kind);
        objects.filter(move |object| object.identity.group() == kind.group)
    };
    // Without a chart for its controller, an Extension registers nothing.
    let extensions = of(EXTENSION)
        .filter(|object| Extension::of(object).controller().is_some_and(|it| it.get("helm").is_some()));
    of(CONTROLLER_REGISTRATION).chain(extensions).flat_map(|owner| {
        let owned = resources(owner).into_iter().filter(|resource| resource.primary() != Some(false));
        owned.filter_map(move |resource| {
            let (kind, extension_type) = (resource.kind()?.as_str(), resource.extension_type()?.as_str());
            Some(Claim { owner, node: resource.node(), kind, extension_type })
        })
    })
}
