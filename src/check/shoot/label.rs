//! Labels, taints and selectors in shoots.

use crate::check::{Findings, Judge, Rule, Scope, label};
use crate::diagnostic::Code;
use crate::view::{Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L555", "label-or-taint-invalid"),
    upstream: &["SH-WK-LABEL", "SH-WK-TAINT", "SH-TOL"],
    judge: Judge::ShootTemplate(invalid),
}];

/// Gardener sets and removes it while a node comes up.
///
/// Upstream: pkg/apis/core/v1beta1/constants/types_constants.go, TaintNodeCriticalComponentsNotReady.
const RESERVED: &str = "node.gardener.cloud/critical-components-not-ready";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, ValidateWorker, validateTaints;
/// pkg/api/core/validation/project.go, ValidateTolerations.
fn invalid(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    if let Some(selector) = shoot.seed_selector() {
        label::judge_selector(object, selector, findings);
    }
    for toleration in shoot.tolerations() {
        label::judge_toleration(object, toleration, findings);
    }
    for worker in shoot.workers() {
        label::judge_labels_in(object, worker.node(), "labels", findings);
        label::judge_annotations_in(object, worker.node(), "annotations", findings);
        for taint in worker.taints() {
            if let Some(key) = taint.key().filter(|key| !key.is_empty()) {
                label::judge_key(object, key, findings);
                if key.as_str() == RESERVED {
                    reserved(shoot, key, findings);
                }
            }
            if let Some(value) = taint.value() {
                label::judge_value(object, value.node, findings);
            }
        }
    }
}

fn reserved(shoot: Shoot<'_>, key: Text<'_>, findings: &mut Findings) {
    findings
        .at(shoot.object, key.node, format!("the taint `{RESERVED}` is Gardener's own"))
        .why("Gardener removes it once what a node cannot do without is running there")
        .help("choose another key, or remove the taint");
}
