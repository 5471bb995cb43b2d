//! Machine images of a CloudProfile that something uses, or that a NamespacedCloudProfile has already.

use std::collections::{BTreeMap, BTreeSet};

use super::{RETIRE, VERSION_REMOVED, WHY, children_of, removed};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::usage::{Users, shoots_of};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{CloudProfile, ImageVersion, MachineImage, Shoot, Text, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: VERSION_REMOVED,
        impact: Impact::Rejected,
        upstream: &["UP-CP-IMG"],
        judge: Judge::CloudProfile(images),
    },
    Rule {
        code: Code::error("L745", "machine-image-of-child-added"),
        impact: Impact::Rejected,
        upstream: &["UP-CP-IMGADD"],
        judge: Judge::CloudProfile(added),
    },
    Rule {
        code: Code::error("L746", "capability-in-use-removed"),
        impact: Impact::Rejected,
        upstream: &["UP-CP-CAP"],
        judge: Judge::CloudProfile(capabilities),
    },
];

/// The images of a CloudProfile by name; the last one counts.
fn by_name(profile: CloudProfile<'_>) -> BTreeMap<&str, MachineImage<'_>> {
    profile.machine_images().filter_map(|image| Some((image.name()?.as_str(), image))).collect()
}

/// The pools of shoots that have a version of an image.
pub(super) fn pools_with<'a>(
    shoots: &[Shoot<'a>],
    image: &str,
    version: &str,
) -> impl Iterator<Item = (&'a Object, &'a Node)> {
    let uses = |worker: Worker<'a>| {
        let named = worker.image_name().is_some_and(|name| *name == *image);
        worker.image_version().filter(|own| named && **own == *version).map(|own| own.node)
    };
    shoots.iter().filter_map(move |shoot| Some((shoot.object, shoot.workers().find_map(uses)?)))
}

/// An image of a NamespacedCloudProfile.
fn named<'a>(child: CloudProfile<'a>, name: &str) -> Option<MachineImage<'a>> {
    by_name(child).get(name).copied()
}

/// An image of a CloudProfile, as it is on both sides.
struct Pair<'a> {
    profile: CloudProfile<'a>,
    name: &'a str,
    before: MachineImage<'a>,
    after: Option<MachineImage<'a>>,
}

impl Pair<'_> {
    /// Tells of what is gone at the list that lacks it, when something uses it.
    fn tell(&self, what: &str, gone: &Node, users: &Users<'_>, findings: &mut Findings) {
        if users.is_empty() {
            return;
        }
        let message = format!("the machine image {what} is removed while in use by {users}");
        let object = self.profile.object;
        let raised = match (self.after, self.profile.spec()) {
            (Some(after), _) => findings.at_field(object, after.node(), "versions", message),
            (None, Some(spec)) => findings.at_field(object, spec, "machineImages", message),
            (None, None) => findings.at(object, self.profile.node(), message),
        };
        users.shown(raised.related(gone, "the base offers it here")).why(WHY).help(RETIRE);
    }

    /// NamespacedCloudProfiles that have the image, which is gone as a whole.
    fn whole(&self, children: &[CloudProfile<'_>], findings: &mut Findings) {
        let uses =
            children.iter().filter_map(|child| Some((child.object, named(*child, self.name)?.name()?.node)));
        self.tell(&format!("`{}`", self.name), self.before.node(), &uses.collect(), findings);
    }

    /// Shoots and NamespacedCloudProfiles that have a version which is gone.
    fn versions(&self, shoots: &[Shoot<'_>], children: &[CloudProfile<'_>], findings: &mut Findings) {
        let after = self.after.into_iter().flat_map(MachineImage::versions);
        let before = self.before.versions().map(ImageVersion::expirable);
        for (version, node) in removed(before, after.map(ImageVersion::expirable)) {
            let by_children = children.iter().filter_map(|child| {
                let mut versions = named(*child, self.name)?.versions().filter_map(ImageVersion::version);
                Some((child.object, versions.find(|own| **own == *version)?.node))
            });
            let users: Users<'_> = pools_with(shoots, self.name, version).chain(by_children).collect();
            self.tell(&format!("`{}` `{version}`", self.name), node, &users, findings);
        }
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate;
/// pkg/api/core/helper/cloudprofile.go, GetMachineImageDiff.
fn images(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let kept = by_name(profiles.after);
    let shoots = shoots_of(profiles.after.object, &sides.after);
    let children = children_of(profiles.after, &sides.after);
    for (name, before) in by_name(profiles.before) {
        let pair = Pair { profile: profiles.after, name, before, after: kept.get(name).copied() };
        if pair.after.is_none() {
            pair.whole(&children, findings);
        }
        pair.versions(&shoots, &children, findings);
    }
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate.
fn added(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let known = by_name(profiles.before);
    let children = children_of(profiles.after, &sides.after);
    for (name, image) in by_name(profiles.after) {
        if known.contains_key(name) || image.versions().next().is_none() {
            continue;
        }
        let owners =
            children.iter().filter_map(|child| Some((child.object, named(*child, name)?.name()?.node)));
        let users: Users<'_> = owners.collect();
        if let Some(shown) = image.name().filter(|_| !users.is_empty()) {
            let message = format!("the machine image `{name}` is added while defined by {users}");
            users
                .shown(findings.about(profiles.after.object, image.node(), shown.node, message))
                .why("Gardener's API server refuses an image that a NamespacedCloudProfile has defined otherwise")
                .help("give the image another name, or remove it from the NamespacedCloudProfile first");
        }
    }
}

/// The capabilities with the values that are gone.
fn removed_capabilities(profiles: Both<CloudProfile<'_>>) -> BTreeMap<&str, BTreeSet<&str>> {
    let Both { before, after } = profiles.map(|profile| {
        let definitions = profile.capabilities();
        definitions
            .filter_map(|one| Some((one.name()?.as_str(), one.values().map(Text::as_str).collect())))
            .collect::<BTreeMap<&str, BTreeSet<&str>>>()
    });
    let gone = before.into_iter().filter_map(|(name, values)| match after.get(name) {
        None => Some((name, values)),
        Some(kept) if values.is_subset(kept) => None,
        Some(kept) => Some((name, values.difference(kept).copied().collect())),
    });
    gone.collect()
}

/// Where a NamespacedCloudProfile speaks of capabilities of its images and machine types.
fn capabilities_in(child: CloudProfile<'_>) -> impl Iterator<Item = &Node> {
    let flavors = child.machine_images().flat_map(MachineImage::versions).flat_map(ImageVersion::flavors);
    let of_types = child.machine_types().filter_map(|machine| machine.capabilities());
    flavors.map(|flavor| flavor.node()).chain(of_types)
}

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate, getRemovedMachineCapabilities and
/// namespacedCloudProfilesUseOnlyArchitectureCapability.
fn capabilities(profiles: Both<CloudProfile<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let children = children_of(profiles.after, &sides.after);
    let mut named = children.iter().flat_map(|child| capabilities_in(*child)).flat_map(Node::entries);
    // The fields for architectures do for those that speak of nothing else.
    if named.all(|entry| entry.key.name == "architecture") {
        return;
    }
    for (name, values) in removed_capabilities(profiles) {
        let names_one = |child: &CloudProfile<'_>| {
            let lists = capabilities_in(*child).filter_map(|capabilities| capabilities.get(name));
            let mut items = lists.flat_map(Node::items);
            items.any(|item| item.as_str().is_some_and(|value| values.contains(value)))
        };
        let users: Users<'_> = children
            .iter()
            .filter(|child| names_one(child))
            .map(|child| (child.object, child.object.name_node()))
            .collect();
        if users.is_empty() {
            continue;
        }
        let spec = profiles.after.spec().unwrap_or(profiles.after.node());
        let message = format!("values of the capability `{name}` are removed while in use by {users}");
        let mut definitions = profiles.after.capabilities();
        let kept = definitions.find(|definition| definition.name().is_some_and(|own| *own == *name));
        let raised = match kept {
            Some(kept) => findings.at_field(profiles.after.object, kept.node(), "values", message),
            None => findings.at_field(profiles.after.object, spec, "machineCapabilities", message),
        };
        let raised = match profiles.before.capability_list() {
            Some(list) => raised.related(list, "as they are in the base"),
            None => raised,
        };
        users.shown(raised).why(WHY).help("remove the values from the NamespacedCloudProfile first");
    }
}
