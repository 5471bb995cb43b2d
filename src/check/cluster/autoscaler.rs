//! The cluster-autoscaler, of all pools or of one.

use super::amount::Amount;
use super::choice::Choice;
use super::limit::{Number, Period};
use super::spelling::{Grammar, Spelling};
use super::{Component, Lived, Part};
use crate::check::Findings;

/// Upstream: pkg/api/core/validation/shoot.go, ValidateClusterAutoscaler.
pub(super) static CLUSTER: Component = Component {
    numbers: &[
        Number::share(&["scaleDownUtilizationThreshold"]),
        Number::at_least(&["maxGracefulTerminationSeconds"], 0),
        Number::at_least(&["maxEmptyBulkDelete"], 0),
        Number::at_least(&["maxScaleDownParallelism"], 0),
        Number::at_least(&["maxDrainParallelism"], 0),
        Number::at_least(&["verbosity"], 0),
    ],
    periods: &[
        Period::not_negative(&["scaleDownDelayAfterAdd"]),
        Period::not_negative(&["scaleDownDelayAfterDelete"]),
        Period::not_negative(&["scaleDownDelayAfterFailure"]),
        Period::not_negative(&["scaleDownUnneededTime"]),
        Period::not_negative(&["scanInterval"]),
        Period::not_negative(&["maxNodeProvisionTime"]),
        Period::not_negative(&["newPodScaleUpDelay"]),
        Period::not_negative(&["initialNodeGroupBackoffDuration"]),
        Period::not_negative(&["maxNodeGroupBackoffDuration"]),
        Period::not_negative(&["nodeGroupBackoffResetTimeout"]),
        Period::not_negative(&["maxBinpackingTime"]),
    ],
    amounts: &[Amount::minimum(&["autoscaling"], &[("cpu", "10m"), ("memory", "30M")])],
    choices: &[Choice::list(
        &["expander"],
        &["least-nodes", "least-waste", "most-pods", "priority", "random"],
    )],
    spellings: &[
        Spelling { path: &["startupTaints", "*"], grammar: Grammar::TaintKey },
        Spelling { path: &["statusTaints", "*"], grammar: Grammar::TaintKey },
        Spelling { path: &["ignoreTaints", "*"], grammar: Grammar::TaintKey },
    ],
    lifetimes: &[Lived::removed(&["maxEmptyBulkDelete"], 33, "set `maxScaleDownParallelism` instead")],
    conflicts: Some(conflicts),
    ..Component::named("the cluster-autoscaler")
};

/// Upstream: pkg/api/core/validation/shoot.go, ValidateClusterAutoscalerOptions.
pub(super) static POOL: Component = Component {
    numbers: &[
        Number::share(&["scaleDownUtilizationThreshold"]),
        Number::share(&["scaleDownGpuUtilizationThreshold"]),
    ],
    periods: &[
        Period::not_negative(&["scaleDownUnneededTime"]),
        Period::not_negative(&["scaleDownUnreadyTime"]),
        Period::not_negative(&["maxNodeProvisionTime"]),
    ],
    ..Component::named("the cluster-autoscaler")
};

/// Upstream: pkg/api/core/validation/shoot.go, ValidateClusterAutoscaler.
fn conflicts(part: Part<'_>, findings: &mut Findings) {
    let (Some(old), Some(new)) =
        (part.node.get("maxEmptyBulkDelete"), part.node.get("maxScaleDownParallelism"))
    else {
        return;
    };
    if let (Some(old_value), Some(new_value)) = (old.as_i64(), new.as_i64())
        && old_value != new_value
        && !part.lacks(&["maxEmptyBulkDelete"])
    {
        part.at(
            findings,
            old,
            format!("`maxEmptyBulkDelete` is {old_value}, `maxScaleDownParallelism` {new_value}"),
        )
        .related(new, "the other limit is set here")
        .why("both are one limit under an old and a new name")
        .help("keep `maxScaleDownParallelism`, and remove the other");
    }
}
