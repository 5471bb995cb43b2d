//! Numbers and durations in shoots that are beyond what they may be.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::view::{Int, Period, Shoot, Worker};

use super::REFUSED;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L540", "shoot-value-out-of-range"),
    upstream: &["SH-AUTOROT", "SH-WK-MINMAX", "SH-WK-MCM", "SH-WK-LABEL"],
    judge: Judge::ShootTemplate(out_of_range),
}];

const SHORTEST_ROTATION: Duration = Duration::minutes(30);
const LONGEST_ROTATION: Duration = Duration::hours(90 * 24);
const LOWEST_PRIORITY: i64 = -1;

/// Upstream: pkg/api/core/validation/shoot.go, validateCredentialAutoRotationPeriod, ValidateWorker.
fn out_of_range(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if let Some(maintenance) = shoot.maintenance() {
        let ssh = maintenance.ssh_rotation().filter(|_| !shoot.is_workerless());
        let rotations = [maintenance.observability_rotation(), ssh, maintenance.etcd_rotation()];
        for period in rotations.into_iter().flatten().filter_map(|rotation| rotation.period()) {
            rotation(shoot, period, findings);
        }
    }
    for worker in shoot.workers() {
        of_worker(shoot, worker, findings);
    }
}

fn rotation(shoot: Shoot<'_>, period: Period<'_>, findings: &mut Findings) {
    let length = period.duration;
    if length != Duration::ZERO && !(SHORTEST_ROTATION..=LONGEST_ROTATION).contains(&length) {
        findings
            .at(shoot.object, period.node, format!("credentials cannot be replaced every `{period}`"))
            .why(REFUSED)
            .help("set `0` to never replace them, or from `30m` to `2160h`, which is 90 days");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker, ValidateMachineControllerManagerSettingsOptions.
fn of_worker(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let mut below = |number: Option<Int<'_>>, least: i64| {
        if let Some(number) = number.filter(|number| number.value < least) {
            findings
                .at(shoot.object, number.node, format!("{} is less than {least}", number.value))
                .why(REFUSED)
                .help(format!("set {least} or more"));
        }
    };
    below(worker.minimum(), 0);
    below(worker.maximum(), 0);
    below(worker.priority(), LOWEST_PRIORITY);
    let Some(settings) = worker.machine_settings() else { return };
    below(settings.max_evict_retries(), 0);
    below(settings.auto_preserve_failed_machine_max(), 0);
    let in_place = settings.in_place_update_timeout().filter(|_| worker.updates_in_place());
    let timeouts = [
        settings.drain_timeout(),
        settings.health_timeout(),
        settings.creation_timeout(),
        settings.preserve_timeout(),
        in_place,
    ];
    for timeout in timeouts.into_iter().flatten().filter(|timeout| timeout.duration < Duration::ZERO) {
        findings
            .at(shoot.object, timeout.node, format!("a time of `{timeout}` is less than none"))
            .why(REFUSED)
            .help("set a duration without a sign, as `10m`");
    }
    if let Some(kept) = settings.auto_preserve_failed_machine_max() {
        preserved(shoot, worker, kept, findings);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateMachineControllerManagerSettingsOptions.
fn preserved(shoot: Shoot<'_>, worker: Worker<'_>, kept: Int<'_>, findings: &mut Findings) {
    let maximum = worker.most();
    let (most, why) = if worker.takes_system_components() && maximum > 0 {
        (maximum - 1, "one machine of the pool must be left for the components of the cluster's own")
    } else {
        (maximum, "the pool never has more machines")
    };
    // A negative number is too small, however small the pool.
    if kept.value < 0 || kept.value <= most {
        return;
    }
    let raised = findings
        .at(shoot.object, kept.node, format!("{} machines that failed cannot be kept", kept.value))
        .why(why)
        .help(format!("set at most {}", most.max(0)));
    if let Some(maximum) = worker.maximum() {
        raised.related(maximum.node, "the largest number of machines is set here");
    }
}
