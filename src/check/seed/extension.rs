//! What the extensions of a seed are, and the objects they may refer to.

use super::SEED_INCOMPLETE;
use crate::check::metadata::NAME_INVALID;
use crate::check::name_form::NameForm;
use crate::check::repetition::{self, DUPLICATE_ENTRY};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::view::{NamedResource, SeedTemplate, TypedItem};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: DUPLICATE_ENTRY, upstream: &["SH-RES-NAME", "SH-EXT-DUP"], judge: Judge::Seed(repeated) },
    Rule { code: NAME_INVALID, upstream: &["SH-EXT-DUP"], judge: Judge::Seed(names) },
    Rule { code: SEED_INCOMPLETE, upstream: &["SH-RES-NAME"], judge: Judge::Seed(incomplete) },
];

/// Upstream: pkg/api/core/validation/utils.go, validateExtensions and ValidateResources.
fn repeated(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let types = seed.extensions().filter_map(TypedItem::type_name);
    repetition::of_texts(seed.object, types, "extension", findings);
    let names = seed.resources().filter_map(NamedResource::name);
    repetition::of_texts(seed.object, names, "resource", findings);
}

/// Upstream: pkg/api/core/validation/utils.go, validateExtensions.
fn names(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for name in seed.extensions().filter_map(TypedItem::type_name) {
        NameForm::Label.require(seed.object, name, "the type of the extension", findings);
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateCrossVersionObjectReference.
fn incomplete(seed: SeedTemplate<'_>, _: &Scope<'_>, findings: &mut Findings) {
    const REFERENCE: &str = "resourceRef";
    for resource in seed.resources() {
        // The schema asks for the kind and the name of a reference that is there.
        let fields: &[&str] = match resource.reference() {
            Some(_) => &["apiVersion"],
            None => &["apiVersion", "kind", "name"],
        };
        for field in fields {
            let message = format!("the reference to the resource has no `{field}`");
            let raised = findings.require(seed.object, resource.node(), &[REFERENCE, field], message);
            raised.map(|raised| {
                raised
                    .why("Gardener's API server refuses a reference that does not tell which object is meant")
                    .help(format!("set `{REFERENCE}.{field}`"))
            });
        }
    }
}
