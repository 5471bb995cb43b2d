//! Fields of which only one may be set.

use super::{REFUSED, is_from};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L532", "exclusive-fields-set"),
    upstream: &["SH-BIND", "SH-CPREF2", "SH-SELF-BKP"],
    judge: Judge::ShootTemplate(both_set),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, ValidateWorkerControlPlane;
/// plugin/pkg/shoot/mutator/admission.go, Admit.
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
    // From Kubernetes 1.34 on, the older field is one that was removed.
    if let (false, Some(old), Some(new)) =
        (shoot.is_template() || is_from(shoot, 34), shoot.cloud_profile_name(), shoot.cloud_profile())
    {
        findings
            .at(shoot.object, old.node, "the shoot names its CloudProfile in two fields")
            .related(new.node(), "the other is here")
            .why("Gardener's API server refuses a new shoot with both")
            .help("remove `cloudProfileName`");
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
