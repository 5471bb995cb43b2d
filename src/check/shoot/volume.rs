//! The volumes of pools.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::view::{Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L554", "pool-volume-invalid"),
    upstream: &["SH-WK-VOL"],
    judge: Judge::ShootTemplate(invalid),
}];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker.
fn invalid(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for worker in shoot.workers() {
        let volumes = worker.volume().into_iter().chain(worker.data_volumes());
        for size in volumes.filter_map(|volume| volume.size()).filter(|size| !is_size(size)) {
            findings
                .at(shoot.object, size.node, format!("`{size}` is no size of a volume"))
                .why(REFUSED)
                .help("write a whole number of gibibytes, as `50Gi`");
        }
        kubelet_volume(shoot, worker, findings);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, volumeSizeRegex.
fn is_size(text: &str) -> bool {
    let digits = text.strip_suffix("Gi").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn kubelet_volume(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let Some(name) = worker.kubelet_data_volume() else { return };
    let known = || worker.data_volumes().filter_map(|volume| volume.name()).map(Text::as_str);
    if known().any(|known| known == name.as_str()) {
        return;
    }
    findings
        .at(shoot.object, name.node, format!("the pool has no further volume `{name}` for the kubelet"))
        .why("the kubelet would have nowhere to keep its data")
        .help(help_with_names(&name, known()));
}
