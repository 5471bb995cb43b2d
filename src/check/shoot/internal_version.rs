//! Configurations of extensions in a version that only extensions themselves use.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L559", "internal-api-version"),
    upstream: &["GR-EXT-INTERNAL"],
    judge: Judge::Shoot(internal),
}];

/// Upstream: k8s.io/apimachinery/pkg/runtime/interfaces.go, APIVersionInternal.
const INTERNAL: &str = "__internal";

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateAPIVersionForRawExtensions.
fn internal(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let parts = [shoot.provider(), shoot.networking().map(|networking| networking.node())];
    let runtimes = shoot.workers().flat_map(|worker| worker.container_runtimes());
    let of_workers = shoot.workers().flat_map(|worker| [Some(worker.node()), worker.image()]);
    let parents = parts.into_iter().chain(of_workers).flatten().chain(runtimes.map(|it| it.node()));
    for parent in parents {
        for field in ["infrastructureConfig", "controlPlaneConfig", "providerConfig"] {
            let version = parent.at(&[field, "apiVersion"]).and_then(Text::of);
            if let Some(version) = version.filter(|version| is_internal(version)) {
                findings
                    .at_field(
                        shoot.object,
                        parent,
                        field,
                        format!("the configuration has the internal version `{version}`"),
                    )
                    .related(version.node, "the version is set here")
                    .why("it is the form an extension keeps in memory; nothing reads it from outside")
                    .help("write a version that the extension serves, as in `v1alpha1`");
            }
        }
    }
}

fn is_internal(version: &str) -> bool {
    version.rsplit('/').next() == Some(INTERNAL)
}
