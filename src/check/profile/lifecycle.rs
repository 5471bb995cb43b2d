//! The lives of versions: their stages in order, and no two supported ones side by side.

use time::OffsetDateTime;

use super::{Profile, judge, name_of, text_of};
use crate::check::lifecycle::{Class, Stage, moment};
use crate::check::{Findings, Rule};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::syntax::Node;
use crate::version::{self, Version};
use crate::view::{ExpirableVersion, ImageVersion, LifecycleStage, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L564", "supported-versions-overlap"),
        upstream: &["CP-K8S-SUP"],
        judge: judge!(overlap),
    },
    Rule {
        code: Code::error("L566", "version-lifecycle-invalid"),
        upstream: &["CP-LIFE-XOR", "CP-LIFE-ORD"],
        judge: judge!(stages),
    },
];

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateSupportedVersionsConfiguration.
pub(super) fn overlap(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    let kubernetes: Vec<_> = profile.kubernetes_versions().collect();
    overlap_in(profile, &kubernetes, findings);
    for image in profile.images() {
        let versions: Vec<_> = image.versions.iter().map(|version| version.expirable()).collect();
        overlap_in(profile, &versions, findings);
    }
}

fn overlap_in(profile: Profile<'_>, versions: &[ExpirableVersion<'_>], findings: &mut Findings) {
    let candidates = versions.iter().filter(|listed| is_ever_supported(**listed));
    let candidates: Option<Vec<(Version, ExpirableVersion<'_>)>> = candidates
        .map(|listed| Some((version::parse(text_of(listed.node(), "version")?)?, *listed)))
        .collect();
    // A version that cannot be read is a fault of its own, and leaves nothing to compare.
    let Some(candidates) = candidates else { return };
    for listed in versions {
        let supported =
            listed.classification().is_some() && Stage::of(*listed, profile.at).class == Class::Supported;
        let version = listed.version().and_then(|version| version::parse(&version));
        let Some(version) = version.filter(|_| supported) else { continue };
        let minor = |other: &Version| (other.major, other.minor) == (version.major, version.minor);
        let other = candidates
            .iter()
            .filter(|(other, _)| minor(other) && *other != version)
            .find(|(_, other)| lives_overlap(*listed, *other));
        let Some((_, other)) = other else { continue };
        let (name, rival) = (name_of(listed.version()), name_of(other.version()));
        let shown = listed.classification().map_or(listed.node(), |classification| classification.node);
        let message = format!("`{name}` is `supported`, and so is `{rival}` of the same minor version");
        let raised = findings
            .about(profile.object(), listed.node(), shown, message)
            .why("Gardener's API server refuses it: shoots are updated to the one supported version of their minor version")
            .help("classify all but one of them as `deprecated` or `preview`");
        if let Some(classification) = other.classification() {
            raised.related(classification.node, "the other one");
        }
    }
}

/// Upstream: pkg/api/core/helper/cloudprofile.go, FilterVersionsWithClassification.
fn is_ever_supported(listed: ExpirableVersion<'_>) -> bool {
    listed.classification().is_some_and(|it| *it == *"supported") || supported_stage(listed).is_some()
}

fn supported_stage(listed: ExpirableVersion<'_>) -> Option<LifecycleStage<'_>> {
    listed.lifecycle().find(|stage| stage.classification().is_some_and(|it| *it == *"supported"))
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, supportedVersionsOverlapping.
fn lives_overlap(one: ExpirableVersion<'_>, other: ExpirableVersion<'_>) -> bool {
    if one.lifecycle().next().is_none() || other.lifecycle().next().is_none() {
        return true;
    }
    let (Some(start), Some(other_start)) = (supported_stage(one), supported_stage(other)) else {
        return false;
    };
    let end_of = |listed: ExpirableVersion<'_>| {
        let later = |stage: &LifecycleStage<'_>| rank(*stage) > rank_of("supported");
        listed.lifecycle().find(later).map(|stage| stage.start().and_then(moment))
    };
    let begins_before =
        |start: LifecycleStage<'_>, end: Option<OffsetDateTime>| match start.start().and_then(moment) {
            None => start.start().is_none(),
            Some(start) => end.is_some_and(|end| start < end),
        };
    match (end_of(one), end_of(other)) {
        (None, None) => true,
        (None, Some(end)) => begins_before(start, end),
        (Some(end), None) => begins_before(other_start, end),
        (Some(_), Some(_)) => false,
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateExpirableVersion.
pub(super) fn stages(profile: Profile<'_>, findings: &mut Findings) {
    for listed in profile.kubernetes_versions() {
        stages_of(profile, listed, findings);
    }
    // Of a NamespacedCloudProfile the images are judged together with the parent's.
    for version in profile.images().filter(|_| !profile.is_part()).flat_map(|image| image.versions) {
        stages_of(profile, ImageVersion::expirable(version), findings);
    }
}

fn stages_of(profile: Profile<'_>, listed: ExpirableVersion<'_>, findings: &mut Findings) {
    let stages: Vec<_> = listed.lifecycle().collect();
    if !stages.is_empty() && profile.lifecycles == Some(false) {
        return;
    }
    unknown(profile, listed.node(), false, findings);
    for stage in &stages {
        unknown(profile, stage.node(), true, findings);
    }
    if stages.is_empty() {
        return;
    }
    let object = profile.object();
    let legacy = [
        listed.classification().map(|it| (it.node, "classification")),
        listed.expiration().map(|it| (it.node, "expirationDate")),
    ];
    if let Some((node, field)) = legacy.into_iter().flatten().next() {
        let shown = listed.node().get("lifecycle").unwrap_or(node);
        let message = format!("`{}` has a `lifecycle` beside its `{field}`", name_of(listed.version()));
        findings
            .about(object, listed.node(), node, message)
            .related(shown, "the lifecycle is here")
            .why("Gardener's API server refuses both, as they may contradict each other")
            .help(format!("say it in `lifecycle` alone, and remove `{field}`"));
    }
    repeated(profile, &stages, findings);
    order(profile, &stages, findings);
    start_times(profile, &stages, findings);
}

/// Reports a classification that is none; a stage must have one.
///
/// Upstream: pkg/api/core/validation/utils.go, validateLifecycleClassificationsValid.
fn unknown(profile: Profile<'_>, parent: &Node, required: bool, findings: &mut Findings) {
    let why = "Gardener's API server refuses classifications it does not know";
    let Some(node) = parent.get("classification") else {
        if required {
            findings
                .missing(profile.object(), parent, "classification", "the stage does not say what it is")
                .why(why)
                .help(help_with_others(CLASSES));
        }
        return;
    };
    if let Some(text) = node.as_str().filter(|text| rank_of(text) == 0) {
        findings
            .at(profile.object(), node, format!("`{text}` is no classification of a version"))
            .why(why)
            .help(help_with_names(text, CLASSES));
    }
}

/// The stages in the life of a version, in their order.
const CLASSES: [&str; 4] = ["preview", "supported", "deprecated", "expired"];

const ORDER: &str =
    "write `preview`, `supported`, `deprecated`, `expired`, each at most once and in this order";

/// Upstream: pkg/api/core/validation/utils.go, validateLifecycleNoDuplicates.
fn repeated(profile: Profile<'_>, stages: &[LifecycleStage<'_>], findings: &mut Findings) {
    let mut seen: Vec<Text<'_>> = Vec::new();
    for class in stages.iter().filter_map(|stage| stage.classification()) {
        if let Some(first) = seen.iter().find(|first| ***first == *class) {
            findings
                .at(profile.object(), class.node, format!("the stage `{class}` is listed twice"))
                .related(first.node, "first listed here")
                .why("Gardener's API server refuses a version that has a stage twice")
                .help(ORDER);
        } else {
            seen.push(class);
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateLifecycleInOrder.
fn order(profile: Profile<'_>, stages: &[LifecycleStage<'_>], findings: &mut Findings) {
    for (before, stage) in stages.iter().zip(stages.iter().skip(1)) {
        let (Some(earlier), Some(class)) = (before.classification(), stage.classification()) else {
            continue;
        };
        if rank(*before) > rank(*stage) {
            findings
                .at(profile.object(), class.node, format!("the stage `{class}` comes after `{earlier}`"))
                .related(earlier.node, "the later stage stands here")
                .why("Gardener's API server refuses stages that are out of order")
                .help(ORDER);
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateLifecycleStartTimes.
fn start_times(profile: Profile<'_>, stages: &[LifecycleStage<'_>], findings: &mut Findings) {
    let object = profile.object();
    let mut previous: Option<Text<'_>> = None;
    for (position, stage) in stages.iter().enumerate() {
        let Some(start) = stage.start() else {
            if position > 0 {
                findings
                    .about(object, stage.node(), shown(*stage), "the stage has no `startTime`")
                    .why("Gardener's API server refuses it: only the first stage may begin with the version itself")
                    .help("add `startTime: \"2027-01-31T00:00:00Z\"`, with the day it begins");
            }
            continue;
        };
        let begins_before = |earlier: &Text<'_>| {
            moment(start).zip(moment(*earlier)).is_some_and(|(start, earlier)| start < earlier)
        };
        if let Some(earlier) = previous.filter(begins_before) {
            findings
                .about(
                    object,
                    stage.node(),
                    start.node,
                    format!("the stage begins before the one above it, on `{start}`"),
                )
                .related(earlier.node, "that one begins here")
                .why("Gardener's API server refuses stages that do not follow each other")
                .help("let each stage begin after the one above it");
        }
        previous = Some(start);
    }
}

fn shown(stage: LifecycleStage<'_>) -> &Node {
    stage.classification().map_or(stage.node(), |class| class.node)
}

/// Upstream: pkg/apis/core/types_cloudprofile.go, Compare.
fn rank(stage: LifecycleStage<'_>) -> usize {
    stage.classification().map_or(0, |class| rank_of(&class))
}

fn rank_of(class: &str) -> usize {
    CLASSES.iter().position(|known| *known == class).map_or(0, |position| position + 1)
}
