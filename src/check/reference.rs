//! References: every name leads to an object.

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L330", "cloud-profile-not-declared"),
    upstream: &["XR-REF-CP"],
    judge: Judge::Shoot(cloud_profile),
}];

/// Upstream: plugin/pkg/global/resourcereferencemanager, ensureShootReferences.
fn cloud_profile(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let reference = shoot.cloud_profile().and_then(|reference| reference.name());
    let Some(name) = reference.or(shoot.cloud_profile_name()) else {
        return;
    };
    if !scope.complete() || scope.cloud_profile(shoot).is_some() {
        return;
    }
    let known = scope
        .landscape
        .of_kind("CloudProfile")
        .map(|profile| profile.identity.name.as_str());
    findings
        .at(
            shoot.object,
            name.node,
            format!("the CloudProfile `{name}` is not declared"),
        )
        .why("Gardener's API server refuses a shoot whose CloudProfile does not exist")
        .help(help_with_names(&name, known));
}
