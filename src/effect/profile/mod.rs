//! What a CloudProfile must go on offering: what shoots and NamespacedCloudProfiles use.
//!
//! Upstream's answers name no field. Here they stand at the list that something is missing from.

pub(super) mod image;
pub(super) mod limit;
pub(super) mod namespaced;
pub(super) mod unguarded;

use std::collections::BTreeSet;

use super::usage::{Users, shoots_of};
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::{Class, Findings, Scope, Stage};
use crate::diagnostic::Code;
use crate::kind::{CLOUD_PROFILE, NAMESPACED_CLOUD_PROFILE};
use crate::syntax::Node;
use crate::view::{CloudProfile, ExpirableVersion, ImageVersion};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: VERSION_REMOVED,
        impact: Impact::Rejected,
        upstream: &["UP-CP-K8S"],
        judge: Judge::CloudProfile(kubernetes),
    },
    Rule {
        code: Code::error("L749", "version-made-unavailable"),
        impact: Impact::Rejected,
        upstream: &["UP-CP-UNAVAIL"],
        judge: Judge::CloudProfile(unavailable),
    },
];

/// A version of Kubernetes or of an image is gone that something uses.
const VERSION_REMOVED: Code = Code::error("L743", "version-in-use-removed");

const WHY: &str = "Gardener's API server refuses to take away what is in use";
const RETIRE: &str = "let the version expire first, move whatever uses it to another one, and remove it then";

/// The NamespacedCloudProfiles that extend a CloudProfile.
fn children_of<'a>(profile: CloudProfile<'_>, scope: &Scope<'a>) -> Vec<CloudProfile<'a>> {
    let name = &profile.object.identity.name;
    let children = scope.landscape.of_kind(NAMESPACED_CLOUD_PROFILE.kind).map(CloudProfile::of);
    let extends = |child: &CloudProfile<'_>| {
        let parent = child.parent();
        let kind = parent.and_then(|parent| parent.kind());
        parent.and_then(|parent| parent.name()).is_some_and(|own| *own == **name)
            && kind.is_none_or(|kind| &*kind == CLOUD_PROFILE.kind)
    };
    children.filter(extends).collect()
}

/// The versions of a list that the same list lacks later on, each with its name.
fn removed<'a>(
    before: impl Iterator<Item = ExpirableVersion<'a>>,
    after: impl Iterator<Item = ExpirableVersion<'a>>,
) -> Vec<(&'a str, &'a Node)> {
    let kept: BTreeSet<&str> =
        after.filter_map(ExpirableVersion::version).map(|version| version.as_str()).collect();
    let before = before.filter_map(ExpirableVersion::version);
    before.map(|version| (version.as_str(), version.node)).filter(|(name, _)| !kept.contains(name)).collect()
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate.
fn kubernetes(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = profiles.map(CloudProfile::kubernetes_versions);
    let gone = removed(before, after);
    if gone.is_empty() {
        return;
    }
    let shoots = shoots_of(profiles.after.object, &sides.after);
    let children = children_of(profiles.after, &sides.after);
    for (name, node) in gone {
        let by_shoots = shoots.iter().filter_map(|shoot| {
            Some((shoot.object, shoot.kubernetes_version().filter(|version| **version == *name)?.node))
        });
        let by_children = children.iter().filter_map(|child| {
            let mut versions = child.kubernetes_versions().filter_map(ExpirableVersion::version);
            Some((child.object, versions.find(|version| **version == *name)?.node))
        });
        let users: Users<'_> = by_shoots.chain(by_children).collect();
        if !users.is_empty() {
            let message = format!("Kubernetes `{name}` is removed while in use by {users}");
            let parent = profiles.after.kubernetes().unwrap_or(profiles.after.node());
            let raised = findings.at_field(profiles.after.object, parent, "versions", message);
            users.shown(raised.related(node, "the base offers it here")).why(WHY).help(RETIRE);
        }
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, ValidateCloudProfileExpirableVersionsUpdate.
fn unavailable(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let kubernetes = profiles.map(|profile| profile.kubernetes_versions().collect::<Vec<_>>());
    withdrawn(profiles.after, Both { before: &kubernetes.before, after: &kubernetes.after }, sides, findings);
    for image in profiles.after.machine_images() {
        let name = image.name().map(|name| name.as_str());
        let same =
            profiles.before.machine_images().filter(|own| own.name().map(|name| name.as_str()) == name);
        if let Some(earlier) = same.last() {
            let versions = Both { before: earlier, after: image }
                .map(|image| image.versions().map(ImageVersion::expirable).collect::<Vec<_>>());
            withdrawn(
                profiles.after,
                Both { before: &versions.before, after: &versions.after },
                sides,
                findings,
            );
        }
    }
}

fn withdrawn(
    profile: CloudProfile<'_>,
    versions: Both<&Vec<ExpirableVersion<'_>>>,
    sides: &Sides<'_>,
    findings: &mut Findings,
) {
    let at = sides.after.at;
    for after in versions.after {
        let name = |version: &ExpirableVersion<'_>| version.version().map(|name| name.to_string());
        let Some(before) = versions.before.iter().rev().find(|before| name(before) == name(after)) else {
            continue;
        };
        let was_there = Stage::of(*before, at).class != Class::Unavailable;
        if was_there && Stage::of(*after, at).class == Class::Unavailable {
            let name = name(after).unwrap_or_default();
            findings
                .at(profile.object, after.node(), format!("the version `{name}` becomes unavailable again"))
                .related(before.node(), "in the base it is available")
                .why("shoots may use it already; Gardener's API server refuses to go back to a time before it was offered")
                .help("let the version expire");
        }
    }
}
