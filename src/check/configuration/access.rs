//! Configuration of the extension that limits who reaches an API server.

use super::{Findings, Inspection, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Configuration, Shoot};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L925", "access-control-configuration-invalid"),
    upstream: &[],
    judge: Judge::ShootTemplate(access),
}];

/// The configuration says neither its version nor its kind: only the extension's type tells what it is.
const EXTENSION: &str = "acl";
const WHY: &str = "the acl extension stops with an error, and anybody still reaches the API server";

/// Upstream: gardener-extension-acl, pkg/controller/actuator.go, ValidateExtensionSpec.
fn access(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for extension in shoot.extensions() {
        let is_meant = extension.type_name().as_deref() == Some(EXTENSION);
        if is_meant && extension.disabled() != Some(true) {
            rule(shoot.object, extension.node(), findings);
        }
    }
}

fn rule(object: &Object, extension: &Node, findings: &mut Findings) {
    let Some(node) = extension.get("providerConfig") else {
        findings
            .missing(object, extension, "providerConfig", "the acl extension has no rule")
            .why(WHY)
            .help("add `providerConfig.rule` with `action`, `type` and `cidrs`");
        return;
    };
    let mut inspection = Inspection::new(Configuration { object, node }, findings, WHY);
    let Some(rule) = inspection.required(node, "rule") else {
        return;
    };
    for (field, allowed) in
        [("action", &["allow", "deny"][..]), ("type", &["direct_remote_ip", "remote_ip", "source_ip"])]
    {
        let Some(given) = inspection.required(rule, field) else {
            continue;
        };
        let text = given.as_str().unwrap_or_default();
        if !allowed.contains(&text.to_lowercase().as_str()) {
            inspection.item_of(given, field, allowed);
        }
    }
    for range in inspection.some_of(rule, "cidrs") {
        inspection.network(range);
    }
}
