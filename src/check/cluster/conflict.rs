//! Settings of a component that contradict each other.

use super::{CONFIGURING, parts};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L520", "settings-contradict"),
    upstream: &["SH-AUTHN", "SH-AUTHZ", "SH-CA", "SH-KPROXY", "SH-KUBELET", "GA-KAS"],
    judge: Judge::Kinds(CONFIGURING, contradict),
}];

/// Upstream: pkg/api/core/validation/shoot.go; each component names its function.
fn contradict(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        if let Some(conflicts) = part.component.conflicts {
            conflicts(part, findings);
        }
    });
}
