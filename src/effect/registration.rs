//! Registrations of extensions: which one is responsible, and whether one may go.

use std::collections::HashMap;

use super::plain::kept;
use super::usage::Users;
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::{Findings, users_of};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::view::{Supplier, Supply};

pub(super) static RULES: &[Rule] = &[
    kept(&["UP-CR"], Judge::Changed(&[kind::CONTROLLER_REGISTRATION, kind::EXTENSION], responsibility)),
    Rule {
        code: Code::error("L738", "extension-in-use-removed"),
        impact: Impact::Rejected,
        upstream: &["UP-OE-DEL"],
        judge: Judge::Removed(&[kind::EXTENSION], removed),
    },
];

/// Kind and type tell the resources of an extension apart; upper and lower case of a type do not.
fn name(supply: Supply<'_>) -> Option<(String, String)> {
    Some((supply.kind()?.to_string(), supply.type_name()?.to_lowercase()))
}

/// Upstream: pkg/api/core/validation/controllerregistration.go, ValidateControllerResourcesUpdate;
/// pkg/api/operator/v1alpha1/validation/extension.go, validateControllerResourcesUpdate.
fn responsibility(objects: Both<&Object>, _: &Sides<'_>, findings: &mut Findings) {
    let before: HashMap<_, _> =
        Supplier::of(objects.before).supplies().filter_map(|supply| Some((name(supply)?, supply))).collect();
    for after in Supplier::of(objects.after).supplies() {
        let Some(before) = name(after).and_then(|name| before.get(&name)) else {
            continue;
        };
        let primary = |supply: Supply<'_>| supply.primary().unwrap_or(true);
        if primary(*before) != primary(after) {
            let message = "whether the extension is the responsible one cannot be changed";
            findings
                .lacking(objects.after, after.node(), &["primary"], message)
                .related(before.node().get("primary").unwrap_or(before.node()), "as it is in the base")
                .why("two extensions could act on the same resources in between; the server refuses the change")
                .help("keep the value; an extension that takes over is registered under another type");
        }
    }
}

/// Upstream: pkg/operator/webhook/validation/extension/handler.go, ValidateDelete.
fn removed(object: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    let extension = Supplier::of(object);
    let users: Users<'_> = users_of(extension, &sides.after).into_iter().collect();
    if users.is_empty() {
        return;
    }
    let name = &object.identity.name;
    let message = format!("the extension `{name}` is removed while in use by {users}");
    users
        .shown(findings.at(object, object.name_node(), message))
        .why("the webhook of the gardener-operator refuses to delete an extension that is required")
        .help("remove what uses it first, and the extension once that is gone");
}
