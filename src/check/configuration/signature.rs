//! Configuration of the extension that checks signatures of images.

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L930", "image-signature-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(&[kind("lakom.extensions.gardener.cloud", "LakomConfig")], lakom),
}];

/// Upstream: gardener-extension-shoot-lakom-service, pkg/admission/validator/lakom/shoot.go, validateScopeType.
fn lakom(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let why = "the shoot-lakom-service extension refuses the shoot";
    let mut inspection = Inspection::new(configuration, findings, why);
    let scopes = ["Cluster", "KubeSystem", "KubeSystemManagedByGardener"];
    inspection.one_of(configuration.node, "scope", &scopes);
}
