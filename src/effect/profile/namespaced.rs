//! NamespacedCloudProfiles: what they extend the life of for a shoot, and ends that lie in the past.

use std::collections::BTreeSet;

use super::image::pools_with;
use super::{RETIRE, VERSION_REMOVED, WHY, removed};
use crate::check::{Class, Findings, Stage, moment};
use crate::diagnostic::Code;
use crate::effect::usage::{Users, shoots_of};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind::NAMESPACED_CLOUD_PROFILE;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{CloudProfile, ExpirableVersion, ImageVersion, MachineImage};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: VERSION_REMOVED,
        impact: Impact::Rejected,
        upstream: &["UP-NP-K8S"],
        judge: Judge::Changed(&[NAMESPACED_CLOUD_PROFILE], kubernetes),
    },
    Rule {
        code: VERSION_REMOVED,
        impact: Impact::Rejected,
        upstream: &["UP-NP-IMG"],
        judge: Judge::Changed(&[NAMESPACED_CLOUD_PROFILE], images),
    },
    Rule {
        code: Code::error("L750", "expiration-in-the-past"),
        impact: Impact::Rejected,
        upstream: &["UP-NP-PAST"],
        judge: Judge::Changed(&[NAMESPACED_CLOUD_PROFILE], past),
    },
];

/// A version that is removed, and the places that tell of it.
struct Gone<'a> {
    what: String,
    /// Where the base has it.
    node: &'a Node,
    users: Users<'a>,
}

impl Gone<'_> {
    /// Tells of it at a list of the head, when something uses it.
    fn tell(&self, object: &Object, parent: &Node, way: &[&str], findings: &mut Findings) {
        if !self.users.is_empty() {
            let message = format!("{} is removed while in use by {}", self.what, self.users);
            let raised = findings.lacking(object, parent, way, message);
            self.users.shown(raised.related(self.node, "the base extends it here")).why(WHY).help(RETIRE);
        }
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, validateShootForRemovedKubernetesVersions.
fn kubernetes(objects: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let profiles = objects.map(CloudProfile::of);
    let Some(parent) = sides.after.parent(profiles.after) else {
        return;
    };
    let gone = removed(profiles.before.kubernetes_versions(), profiles.after.kubernetes_versions());
    for (name, node) in gone {
        let expired = parent.kubernetes_versions().any(|version| {
            version.version().is_some_and(|own| *own == *name)
                && Stage::of(version, sides.after.at).class == Class::Expired
        });
        let shoots = shoots_of(objects.after, &sides.after).into_iter().filter(|_| expired);
        let uses = shoots.filter_map(|shoot| {
            Some((shoot.object, shoot.kubernetes_version().filter(|own| **own == *name)?.node))
        });
        let gone = Gone { what: format!("Kubernetes `{name}`"), node, users: uses.collect() };
        gone.tell(objects.after, &objects.after.root, &["spec", "kubernetes", "versions"], findings);
    }
}

/// The image of a name.
fn named<'a>(profile: CloudProfile<'a>, name: &str) -> Option<MachineImage<'a>> {
    profile.machine_images().find(|image| image.name().is_some_and(|own| *own == *name))
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go,
/// validateShootWorkersForRemovedMachineImageVersions.
fn images(objects: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let profiles = objects.map(CloudProfile::of);
    let Some(parent) = sides.after.parent(profiles.after) else {
        return;
    };
    let shoots = shoots_of(objects.after, &sides.after);
    for before in profiles.before.machine_images() {
        let Some(name) = before.name() else { continue };
        let after = named(profiles.after, &name);
        let active: BTreeSet<&str> = named(parent, &name)
            .into_iter()
            .flat_map(MachineImage::versions)
            .filter(|version| Stage::of(version.expirable(), sides.after.at).class != Class::Expired)
            .filter_map(|version| Some(version.version()?.as_str()))
            .collect();
        let gone = removed(
            before.versions().map(ImageVersion::expirable),
            after.into_iter().flat_map(MachineImage::versions).map(ImageVersion::expirable),
        );
        for (version, node) in gone.into_iter().filter(|(version, _)| !active.contains(version)) {
            let users = pools_with(&shoots, &name, version).collect();
            let gone = Gone { what: format!("the machine image `{name}` `{version}`"), node, users };
            match after {
                Some(after) => gone.tell(objects.after, after.node(), &["versions"], findings),
                None => gone.tell(objects.after, &objects.after.root, &["spec", "machineImages"], findings),
            }
        }
    }
}

/// An end may lie in the past as long as it is the one that was in force.
///
/// Upstream: plugin/pkg/namespacedcloudprofile/validator/admission.go, validateKubernetesVersionOverrides and
/// validateMachineImageOverrides.
fn past(objects: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let profile = CloudProfile::of(objects.after);
    let identity = &objects.before.identity;
    let namespace = identity.namespace.as_deref().unwrap_or_default();
    let (Some(parent), Some(merged)) =
        (sides.after.parent(profile), sides.before.offer_of(&identity.kind, namespace, &identity.name))
    else {
        return;
    };
    for listed in profile.kubernetes_versions() {
        let Some(version) = listed.version() else { continue };
        ended(objects.after, listed, merged.kubernetes_version(&version), sides, findings);
    }
    for image in profile.machine_images() {
        let Some(name) = image.name() else { continue };
        let of_parent: BTreeSet<&str> = named(parent, &name)
            .into_iter()
            .flat_map(MachineImage::versions)
            .filter_map(|version| Some(version.version()?.as_str()))
            .collect();
        for listed in image.versions() {
            if let Some(version) = listed.version().filter(|version| of_parent.contains(version.as_str())) {
                let earlier = merged.image_version(&name, &version).map(ImageVersion::expirable);
                ended(objects.after, listed.expirable(), earlier, sides, findings);
            }
        }
    }
}

/// Tells of a version that has come to an end, when the end was another one.
fn ended(
    object: &Object,
    listed: ExpirableVersion<'_>,
    earlier: Option<ExpirableVersion<'_>>,
    sides: &Sides<'_>,
    findings: &mut Findings,
) {
    let end = |version: ExpirableVersion<'_>| version.expiration().map(moment);
    let expired = Stage::of(listed, sides.after.at).class == Class::Expired;
    if !expired || earlier.is_some_and(|earlier| end(earlier) == end(listed)) {
        return;
    }
    let name = listed.version().map(|version| version.to_string()).unwrap_or_default();
    let message = format!("the version `{name}` gets an end that lies in the past");
    let raised = findings.lacking(object, listed.node(), &["expirationDate"], message);
    let raised = match earlier.and_then(ExpirableVersion::expiration) {
        Some(expiration) => raised.related(expiration.node, "its end in the base"),
        None => raised,
    };
    raised
        .why("Gardener's API server refuses to end a version in the past, other than when a NamespacedCloudProfile is made")
        .help("name a day to come, or remove the version: the end that the CloudProfile says counts then");
}
