//! Settings that need workers, in a cluster that has none.

use super::{CONFIGURING, Owner, Part, parts};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::syntax::Value;
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L509", "setting-needs-workers"),
    upstream: &["SH-WLESS-K8S", "SH-KCM", "GA-KAS"],
    judge: Judge::Kinds(CONFIGURING, needs_workers),
}];

/// Components that run on nodes, or because of them.
const COMPONENTS: [&str; 5] =
    ["kubeScheduler", "kubeProxy", "kubelet", "clusterAutoscaler", "verticalPodAutoscaler"];

/// Upstream: pkg/api/core/validation/shoot.go, validateKubernetesForWorkerlessShoot and ValidateKubeControllerManager.
fn needs_workers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    if let Some(shoot) = Shoot::in_object(object) {
        components(shoot, findings);
    }
    parts(object, &mut |part| {
        for field in part.component.worker_fields.iter().filter(|_| part.workerless) {
            if let Some(node) = part.node.get(field) {
                let cluster = match part.owner {
                    Owner::Garden => "the virtual garden has no workers",
                    _ => "this shoot has no workers",
                };
                part.at(findings, node, format!("`{field}` is about nodes, and {cluster}"))
                    .why("Gardener refuses settings that could have no effect")
                    .help("remove it");
            }
        }
    });
}

fn components(shoot: Shoot<'_>, findings: &mut Findings) {
    let Some(kubernetes) = shoot.kubernetes().filter(|_| shoot.kubernetes_version().is_some()) else {
        return;
    };
    let workers = shoot.node().at(&["spec", "provider", "workers"]);
    if workers
        .is_some_and(|workers| !workers.items().is_empty() || !matches!(workers.value, Value::Sequence(_)))
    {
        return;
    }
    for field in COMPONENTS.iter().filter(|field| kubernetes.get(field).is_some()) {
        findings
            .at_field(
                shoot.object,
                kubernetes,
                field,
                format!("`{field}` is configured, and the shoot has no workers"),
            )
            .why("Gardener deploys it for shoots with workers only, and refuses the setting elsewhere")
            .help("remove it, or give the shoot a pool of workers");
    }
}

impl Part<'_> {
    /// Whether a field of the component makes sense only in a cluster with workers.
    pub(super) fn needs_workers(&self, field: &str) -> bool {
        self.component.worker_fields.contains(&field)
    }
}
