//! Fields of which only one may be set.

use super::{REFUSED, is_from};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L532", "exclusive-fields-set"),
        upstream: &["SH-BIND", "SH-SELF-BKP"],
        judge: Judge::ShootTemplate(both_set),
    },
    Rule {
        code: Code::warning("L466", "cloud-profile-named-twice"),
        upstream: &["SH-CPREF2"],
        judge: Judge::Shoot(named_twice),
    },
];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, ValidateWorkerControlPlane.
fn both_set(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let with_bindings = !shoot.is_workerless() && !shoot.is_self_hosted();
    if let (true, Some(old), Some(new)) = (with_bindings, shoot.secret_binding(), shoot.credentials_binding())
    {
        findings
            .at(shoot.object, old.node, "the shoot names both a SecretBinding and a CredentialsBinding")
            .related(new.node, "the CredentialsBinding is named here")
            .why(REFUSED)
            .help("remove `secretBindingName`");
    }
    for worker in shoot.workers() {
        let exposure = worker.self_hosting().and_then(|hosting| hosting.exposure());
        let both = exposure.filter(|exposure| exposure.dns().is_some() && exposure.extension().is_some());
        if let Some((hosting, exposure)) = worker.self_hosting().zip(both) {
            let message = "the control plane is exposed both by DNS and by an extension";
            let raised = findings.at_field(shoot.object, hosting.node(), "exposure", message);
            let raised = match exposure.dns() {
                Some(dns) => raised.related(dns, "the exposure by DNS is here"),
                None => raised,
            };
            raised.why(REFUSED).help("remove `dns` or `extension`");
        }
    }
}

/// Upstream: plugin/pkg/shoot/mutator/admission.go, Admit, which refuses a new shoot with both fields. One that exists has
/// both, because the API server fills in the one from the other.
fn named_twice(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let both = shoot.cloud_profile_name().zip(shoot.cloud_profile());
    // From Kubernetes 1.34 on, the older field is one that was removed.
    if let Some((old, new)) = both.filter(|_| !is_from(shoot, 34)) {
        findings
            .at(shoot.object, old.node, "the shoot names its CloudProfile in two fields")
            .related(new.node(), "the other is here")
            .why("Gardener's API server refuses a new shoot with both")
            .help("remove `cloudProfileName`");
    }
}
