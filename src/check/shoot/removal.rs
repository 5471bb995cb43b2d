//! Fields that a version of Kubernetes took away.

use super::{is_before, is_from, operation};
use crate::check::{Findings, Judge, Raised, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L534", "removed-with-kubernetes-version"),
    upstream: &["SH-CPREF", "SH-SB134", "SH-ADD-135", "SH-DNS-135", "SH-OP"],
    judge: Judge::ShootTemplate(removed),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateCloudProfileReference, ValidateShootSpec, validateAddons,
/// validateDNS, validateShootOperation.
fn removed(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if is_from(shoot, 34) {
        since_34(shoot, findings);
    }
    // Upstream takes a version that cannot be read for a new one here.
    if !shoot.is_template() && !is_before(shoot, 34) {
        operations(shoot, findings);
    }
    if is_from(shoot, 35) {
        since_35(shoot, findings);
    }
}

fn since_34(shoot: Shoot<'_>, findings: &mut Findings) {
    let object = shoot.object;
    if let Some(name) = shoot.cloud_profile_name() {
        let raised = findings.at(object, name.node, gone("`cloudProfileName`", 34));
        related(raised, shoot).why(GONE).help(format!(
            "write `cloudProfile: {{kind: CloudProfile, name: {name}}}` instead of `cloudProfileName`"
        ));
    }
    let binding = shoot.secret_binding().filter(|_| !shoot.is_workerless() && !shoot.is_self_hosted());
    if let Some(binding) = binding {
        let raised = findings.at(object, binding.node, gone("`secretBindingName`", 34));
        related(raised, shoot)
            .why(GONE)
            .help("name a CredentialsBinding in `credentialsBindingName`, and remove `secretBindingName`");
    }
}

fn operations(shoot: Shoot<'_>, findings: &mut Findings) {
    let object = shoot.object;
    for (annotation, operation) in operation::removed(shoot) {
        // Upstream names this annotation, whichever of the two it is.
        let metadata = shoot.metadata().unwrap_or(shoot.node());
        let field = format!("annotations[{}]", operation::IMMEDIATE);
        let message = gone(&format!("the operation `{operation}`"), 34);
        let raised = findings.under(object, annotation, metadata, &field, message);
        related(raised, shoot)
            .why("the key that encrypts in etcd is replaced in one operation since then")
            .help("use `rotate-etcd-encryption-key`");
    }
}

fn since_35(shoot: Shoot<'_>, findings: &mut Findings) {
    let object = shoot.object;
    let addons = shoot.addons().filter(|_| !shoot.is_workerless());
    if let Some(spec) = addons.and(shoot.spec()) {
        let raised = findings.at_field(object, spec, "addons", gone("`addons`", 35));
        related(raised, shoot).why(GONE).help("install what you need of them yourself, and remove `addons`");
    }
    let providers = shoot.dns().into_iter().flat_map(|dns| dns.providers());
    for secret in providers.filter_map(|provider| provider.written_secret_name()) {
        let raised = findings.at(object, secret.node, gone("`secretName`", 35));
        related(raised, shoot).why(GONE).help(format!(
            "write `credentialsRef: {{apiVersion: v1, kind: Secret, name: {secret}}}` instead"
        ));
    }
}

const GONE: &str = "Gardener's API server refuses a shoot of that version with the field";

fn gone(what: &str, minor: u64) -> String {
    format!("{what} was removed with Kubernetes 1.{minor}")
}

fn related<'f>(raised: Raised<'f>, shoot: Shoot<'_>) -> Raised<'f> {
    match shoot.kubernetes_version() {
        Some(version) => raised.related(version.node, "the version is set here"),
        None => raised,
    }
}
