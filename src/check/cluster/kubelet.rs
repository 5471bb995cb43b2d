//! The kubelet, of all pools or of one.

use super::amount::Amount;
use super::choice::Choice;
use super::limit::{Number, Period};
use super::spelling::{Grammar, Spelling};
use super::{Component, Gates, Lived, Owner, Part};
use crate::check::Findings;
use crate::duration::Duration;
use crate::syntax::Node;

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeletConfig.
pub(super) static COMPONENT: Component = Component { conflicts: Some(conflicts_of_all), ..KUBELET };

/// The kubelet of one pool; fewer of its fields have defaults.
pub(super) static POOL: Component = KUBELET;

const KUBELET: Component = Component {
    gates: Some(Gates::Kubernetes),
    numbers: NUMBERS,
    periods: PERIODS,
    amounts: AMOUNTS,
    choices: &[
        Choice::inherited(&["cpuManagerPolicy"], &["none", "static"]),
        Choice::inherited(&["memorySwap", "swapBehavior"], &["LimitedSwap", "NoSwap"]),
        Choice::inherited(
            &["imagePullCredentialsVerificationPolicy"],
            &["AlwaysVerify", "NeverVerify", "NeverVerifyAllowlistedImages", "NeverVerifyPreloadedImages"],
        ),
    ],
    spellings: &[Spelling { path: &["preloadedImagesVerificationAllowlist", "*"], grammar: Grammar::Image }],
    lifetimes: &[Lived::added(&["imagePullCredentialsVerificationPolicy"], 35, "remove it")],
    conflicts: Some(conflicts),
    ..Component::named("the kubelet")
};

const NUMBERS: &[Number] = &[
    Number::at_least(&["maxPods"], 0),
    Number::wide_at_least(&["podPidsLimit"], 100),
    Number::at_least(&["evictionMaxPodGracePeriod"], 0),
    Number::between(&["imageGCHighThresholdPercent"], 0, 100),
    Number::between(&["imageGCLowThresholdPercent"], 0, 100),
    Number::at_least(&["registryPullQPS"], 0),
    Number::at_least(&["registryBurst"], 0),
    Number::at_least(&["containerLogMaxFiles"], 2),
    Number::at_least(&["maxParallelImagePulls"], 1),
];

// Upstream looks at the inodes of the image file system twice, and never at those of the node's.
const PERIODS: &[Period] = &[
    Period::not_negative(&["evictionPressureTransitionPeriod"]),
    Period::not_negative(&["evictionSoftGracePeriod", "memoryAvailable"]),
    Period::not_negative(&["evictionSoftGracePeriod", "imageFSAvailable"]),
    Period::not_negative(&["evictionSoftGracePeriod", "imageFSInodesFree"]),
    Period::not_negative(&["evictionSoftGracePeriod", "nodeFSAvailable"]),
    Period::whole_seconds(&["imageMinimumGCAge"]),
    Period::whole_seconds(&["imageMaximumGCAge"]),
    Period::between(&["streamingConnectionIdleTimeout"], Duration::seconds(30), Duration::hours(4)),
];

const AMOUNTS: &[Amount] = &[
    Amount::or_percentage(&["evictionHard", "memoryAvailable"]),
    Amount::or_percentage(&["evictionHard", "imageFSAvailable"]),
    Amount::or_percentage(&["evictionHard", "imageFSInodesFree"]),
    Amount::or_percentage(&["evictionHard", "nodeFSAvailable"]),
    Amount::or_percentage(&["evictionSoft", "memoryAvailable"]),
    Amount::or_percentage(&["evictionSoft", "imageFSAvailable"]),
    Amount::or_percentage(&["evictionSoft", "imageFSInodesFree"]),
    Amount::or_percentage(&["evictionSoft", "nodeFSAvailable"]),
    Amount::not_negative(&["evictionMinimumReclaim", "memoryAvailable"]),
    Amount::not_negative(&["evictionMinimumReclaim", "imageFSAvailable"]),
    Amount::not_negative(&["evictionMinimumReclaim", "imageFSInodesFree"]),
    Amount::not_negative(&["evictionMinimumReclaim", "nodeFSAvailable"]),
    Amount::not_negative(&["kubeReserved", "cpu"]),
    Amount::not_negative(&["kubeReserved", "memory"]),
    Amount::not_negative(&["kubeReserved", "ephemeralStorage"]),
    Amount::not_negative(&["kubeReserved", "pid"]),
    Amount::not_negative(&["containerLogMaxSize"]),
];

/// What the API server fills in for the kubelet of a shoot.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_shoot.go, SetDefaults_Shoot.
const GC_HIGH: i64 = 50;
const GC_LOW: i64 = 40;

fn conflicts_of_all(part: Part<'_>, findings: &mut Findings) {
    let default = |value: i64| Some(value).filter(|_| part.owner == Owner::Shoot);
    thresholds(part, default(GC_HIGH), default(GC_LOW), findings);
    settings(part, findings);
}

fn conflicts(part: Part<'_>, findings: &mut Findings) {
    thresholds(part, None, None, findings);
    settings(part, findings);
}

fn thresholds(part: Part<'_>, high: Option<i64>, low: Option<i64>, findings: &mut Findings) {
    let high_node = part.node.get("imageGCHighThresholdPercent");
    let low_node = part.node.get("imageGCLowThresholdPercent");
    let value = |node: Option<&Node>, default| node.map_or(default, Node::as_i64);
    let (Some(high), Some(low)) = (value(high_node, high), value(low_node, low)) else {
        return;
    };
    if low < high {
        return;
    }
    let message = format!("the collection of images would begin at {high} % and stop at {low} %");
    let raised = match (low_node, high_node) {
        (Some(low), _) => part.at(findings, low, message),
        (None, Some(high)) => part.below(findings, part.node, "imageGCLowThresholdPercent", high, message),
        (None, None) => part.missing(findings, "imageGCLowThresholdPercent", message),
    };
    raised
        .why("the kubelet removes unused images from the high threshold on, until it is below the low one")
        .help(format!("let `imageGCLowThresholdPercent` be below {high}"));
}

fn settings(part: Part<'_>, findings: &mut Findings) {
    swap(part, findings);
    image_pulls(part, findings);
    credentials(part, findings);
}

fn swap(part: Part<'_>, findings: &mut Findings) {
    let Some(swap) = part.node.get("memorySwap") else {
        return;
    };
    let fails = part
        .node
        .get("failSwapOn")
        .map_or(part.owner == Owner::Shoot, |fails| fails.as_bool().unwrap_or_default());
    if fails {
        part.at(findings, swap, "`memorySwap` is set, and `failSwapOn` is true")
            .why("a kubelet that refuses to start on a node with swap has no use for it; that is the default")
            .help("set `failSwapOn: false`, or remove `memorySwap`");
    } else if swap.get("swapBehavior").is_some() && part.gate("NodeSwap") != Some(true) {
        part.at(findings, swap, "`swapBehavior` needs the feature gate `NodeSwap`")
            .why("the kubelet reads it only when the feature gate is on")
            .help("set `featureGates: {NodeSwap: true}`, or remove `swapBehavior`");
    }
}

fn image_pulls(part: Part<'_>, findings: &mut Findings) {
    let Some(parallel) = part.node.get("maxParallelImagePulls") else {
        return;
    };
    let serialized = part.node.get("serializeImagePulls").and_then(Node::as_bool) == Some(true);
    if let Some(pulls) = parallel.as_i64().filter(|pulls| serialized && *pulls > 1) {
        part.at(
            findings,
            parallel,
            format!("{pulls} pulls of images at a time, and `serializeImagePulls` is true"),
        )
        .why("a kubelet that pulls one image after the other pulls one at a time")
        .help("set `serializeImagePulls: false`, or remove `maxParallelImagePulls`");
    }
}

fn credentials(part: Part<'_>, findings: &mut Findings) {
    const POLICY: &str = "imagePullCredentialsVerificationPolicy";
    const ALLOWLIST: &str = "preloadedImagesVerificationAllowlist";
    const GATE: &str = "KubeletEnsureSecretPulledImages";
    let policy = part.node.get(POLICY);
    if let Some(policy) = policy.filter(|_| part.gate(GATE) == Some(false)) {
        part.at(findings, policy, format!("`{POLICY}` needs the feature gate `{GATE}`, which is off"))
            .why("the kubelet does not start with the one and without the other")
            .help(format!("remove `{GATE}` from `featureGates`, or remove the policy"));
    }
    let allowlisted = policy.is_some_and(|policy| policy.as_str() == Some("NeverVerifyAllowlistedImages"));
    if let Some(allowlist) = part.node.get(ALLOWLIST).filter(|_| !allowlisted) {
        part.at(findings, allowlist, "images are listed for a policy that is not chosen")
            .why(format!("the kubelet reads `{ALLOWLIST}` under one policy only"))
            .help(format!("set `{POLICY}: NeverVerifyAllowlistedImages`, or remove the list"));
    }
}
