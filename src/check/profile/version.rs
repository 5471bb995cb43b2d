//! The versions a profile lists: there must be some, each must be one, none twice, and the newest must last.

use super::{INCOMPLETE, Profile, judge, name_of, text_of};
use crate::check::lifecycle::Stage;
use crate::check::{Findings, Rule};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::version::{self, Constraint, Version};
use crate::view::{ExpirableVersion, ImageVersion, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: INCOMPLETE, upstream: &["CP-TYPE", "CP-IMG"], judge: judge!(missing) },
    Rule {
        code: Code::error("L561", "profile-version-malformed"),
        upstream: &["CP-K8S", "CP-IMG", "CP-IMG-KVC"],
        judge: judge!(malformed),
    },
    Rule {
        code: Code::error("L563", "latest-kubernetes-version-expires"),
        upstream: &["CP-K8S"],
        judge: judge!(latest),
    },
    Rule {
        code: Code::warning("L576", "expired-version-listed"),
        upstream: &["CP-EXPIRED"],
        judge: judge!(expired),
    },
];

/// What a CloudProfile without a `spec` lacks; of one that has it, the schema knows most of this.
const REQUIRED: [&str; 5] =
    ["spec.type", "spec.kubernetes.versions", "spec.machineImages", "spec.machineTypes", "spec.regions"];

/// Upstream: pkg/api/core/validation/cloudprofile.go, ValidateCloudProfileSpec and validateCloudProfileKubernetesSettings;
/// utils.go, ValidateMachineImage.
pub(super) fn missing(profile: Profile<'_>, findings: &mut Findings) {
    let (object, view) = (profile.object(), profile.view);
    if profile.is_part() {
        return;
    }
    let Some(spec) = view.spec() else {
        for path in REQUIRED {
            let message = format!("the CloudProfile has no `{path}`");
            findings.missing(object, &object.root, path, message).help(format!("add `{path}`"));
        }
        return;
    };
    if profile.kubernetes_versions().next().is_none() {
        let message =
            none_left("the CloudProfile", "Kubernetes version", view.kubernetes_versions().next().is_some());
        let at = view.kubernetes().and_then(|kubernetes| kubernetes.get("versions"));
        match (at, view.kubernetes()) {
            (Some(_), Some(kubernetes)) => findings.at_field(object, kubernetes, "versions", message),
            (_, kubernetes) => {
                let (parent, field) =
                    kubernetes.map_or((spec, "kubernetes.versions"), |kubernetes| (kubernetes, "versions"));
                findings.missing(object, parent, field, message)
            }
        }
        .why(NONE_LEFT)
        .help("add a version that shoots may choose");
    }
    for image in profile.images().filter(|image| image.versions.is_empty()) {
        let what = format!("the machine image `{}`", name_of(image.view.name()));
        let message = none_left(&what, "version", image.view.versions().next().is_some());
        findings
            .at_field(object, image.view.node(), "versions", message)
            .why(NONE_LEFT)
            .help("add a version, or remove the image");
    }
}

const NONE_LEFT: &str =
    "Gardener's API server drops expired versions of a new CloudProfile, and refuses a list without any";

fn none_left(what: &str, noun: &str, listed: bool) -> String {
    let rest = if listed { " that has not expired" } else { "" };
    format!("{what} has no {noun}{rest}")
}

/// Upstream: pkg/api/core/validation/utils.go, validateKubernetesVersions, ValidateMachineImages and
/// ValidateMachineImageVersion.
pub(super) fn malformed(profile: Profile<'_>, findings: &mut Findings) {
    let (object, view) = (profile.object(), profile.view);
    let unread = |node: &Node| text_of(node, "version").is_some_and(|text| version::parse(text).is_none());
    for listed in profile.kubernetes_versions() {
        let node = listed.node();
        let Some(text) = text_of(node, "version").filter(|text| !is_kubernetes_version(text)) else {
            continue;
        };
        let shown = listed.version().map_or(node, |version| version.node);
        let message = if text.is_empty() {
            "a Kubernetes version is empty".to_owned()
        } else {
            format!("`{text}` is not a version of Kubernetes")
        };
        findings
            .about(object, node, shown, message)
            .why(REFUSED)
            .help("write major, minor and patch: `1.34.2`");
    }
    if !profile.is_part() && profile.kubernetes_versions().any(|listed| unread(listed.node())) {
        unordered(profile, (view.kubernetes(), "versions"), "Kubernetes version", findings);
    }
    let mut unordered_images = false;
    for version in profile.images().flat_map(|image| image.versions) {
        unordered_images |= unread(version.node());
        image_version(profile, version, findings);
    }
    if unordered_images {
        unordered(profile, (view.spec(), "machineImages"), "version of a machine image", findings);
    }
}

const REFUSED: &str = "Gardener's API server refuses what it cannot read as a version";

/// A list whose newest version cannot be told, because one of them is none.
fn unordered(
    profile: Profile<'_>,
    (parent, field): (Option<&Node>, &str),
    what: &str,
    findings: &mut Findings,
) {
    if let Some(parent) = parent {
        findings
            .at_field(profile.object(), parent, field, format!("the newest {what} cannot be told"))
            .why("shoots that leave the version out get the newest one, so every version must have its place in the order")
            .help("mend the version that is none");
    }
}

fn image_version(profile: Profile<'_>, listed: ImageVersion<'_>, findings: &mut Findings) {
    let object = profile.object();
    let expirable = listed.expirable();
    // The schema asks for a version that is not empty.
    if let Some(text) = expirable.version().filter(|text| version::parse(text).is_none()) {
        findings.at(object, text.node, format!("`{text}` is not a semantic version")).why(REFUSED).help(
            "write numbers with dots: `1592.5.0`; the provider's configuration maps them to names of its own",
        );
    }
    let from = listed.in_place_from().and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, text)) = from.filter(|(_, text)| version::parse(text).is_none()) {
        let path = object.root.path_to(listed.node()).unwrap_or_default();
        let message = format!("`minVersionForUpdate` is no semantic version: `{text}`");
        findings
            .named(object, node, format!("{path}.minVersionForInPlaceUpdate"), message)
            .why(REFUSED)
            .help("write the oldest version of this image that can be updated to this one");
    }
    let constraint = listed.kubelet_constraint_node().and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, text)) = constraint.filter(|(_, text)| Constraint::parse(text).is_none()) {
        findings
            .at(object, node, format!("`{text}` is not a version constraint"))
            .why("Gardener's API server refuses a constraint that it cannot hold against a kubelet")
            .help("write comparisons, as `>= 1.33, < 1.36`");
    }
}

/// Upstream: pkg/api/core/validation/utils.go, k8sVersionCPRegex.
pub(super) fn is_kubernetes_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(digits)
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCloudProfileKubernetesSettings.
pub(super) fn latest(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    let mut newest: Option<(Version, ExpirableVersion<'_>)> = None;
    for listed in profile.kubernetes_versions() {
        let Some(version) = listed.version().and_then(|version| version::parse(&version)) else { return };
        if newest.as_ref().is_none_or(|(newest, _)| version > *newest) {
            newest = Some((version, listed));
        }
    }
    let Some((_, newest)) = newest else { return };
    let last =
        newest.lifecycle().last().filter(|stage| stage.classification().is_some_and(|it| *it == *"expired"));
    let ends = [
        (newest.expiration().map(|expiration| expiration.node), "expirationDate"),
        (last.map(|stage| stage.node()), "lifecycle"),
    ];
    for (node, field) in ends {
        let Some(node) = node else { continue };
        let message = format!("the newest Kubernetes version, `{}`, is to expire", name_of(newest.version()));
        findings
            .named(profile.object(), node, format!("spec.kubernetes.versions[].{field}"), message)
            .why("Gardener's API server refuses it: shoots of that version could never be updated")
            .help("add a newer version first, or let this one stay");
    }
}

/// Upstream: pkg/apiserver/registry/core/cloudprofile/strategy.go, dropInactiveVersions.
fn expired(profile: Profile<'_>, findings: &mut Findings) {
    let view = profile.view;
    let gone = |listed: &ExpirableVersion<'_>| !Stage::of(*listed, profile.at).active();
    let kubernetes: Vec<_> = view.kubernetes_versions().filter(gone).filter_map(|it| it.version()).collect();
    if let Some(parent) = view.kubernetes() {
        report_expired(profile, (parent, "versions"), "Kubernetes", &kubernetes, findings);
    }
    for image in view.machine_images() {
        let versions = image.versions().filter(|version| !profile.keeps(*version));
        let versions: Vec<_> = versions.filter_map(|version| version.expirable().version()).collect();
        let what = format!("the machine image `{}`", name_of(image.name()));
        report_expired(profile, (image.node(), "versions"), &what, &versions, findings);
    }
}

/// One finding a list: old versions come in dozens.
fn report_expired(
    profile: Profile<'_>,
    (parent, field): (&Node, &str),
    what: &str,
    versions: &[Text<'_>],
    findings: &mut Findings,
) {
    let Some((first, others)) = versions.split_first() else { return };
    let path = profile.object().root.path_to(parent).unwrap_or_default();
    let more = match others.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("of {what}, `{first}`{more} cannot be chosen on {}", profile.at);
    let mut raised = findings
        .named(profile.object(), first.node, format!("{path}.{field}"), message)
        .why(
            "Gardener's API server drops such versions from a new object without a word, and takes them again when the object \
             is applied for the second time",
        )
        .help("remove versions that no shoot uses any more");
    for other in others.iter().take(4) {
        raised = raised.related(other.node, "this one, too");
    }
}
