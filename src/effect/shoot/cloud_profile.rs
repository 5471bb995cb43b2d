//! The CloudProfile of a shoot: it changes within one family, and what is in use must be in the new one, too.

use crate::check::{Findings, Scope, cloud_profile_of};
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::syntax::Node;
use crate::view::{CloudProfile, CloudProfileReference, Shoot, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[Rule {
    code: Code::error("L723", "cloud-profile-change-refused"),
    impact: Impact::Rejected,
    upstream: &["UP-SH-CPROFILE"],
    judge: Judge::Shoot(changed),
}];

/// Upstream: pkg/utils/gardener/cloudprofile.go, ValidateCloudProfileChanges.
fn changed(shoots: Both<Shoot<'_>>, sides: &Sides<'_>, findings: &mut Findings) {
    let names = shoots.map(cloud_profile_of);
    let Some(Both { before: old, after: new }) = names.transpose() else { return };
    if (old.0, old.2) == (new.0, new.2) {
        return;
    }
    let (from, to) = (old.2, new.2);
    let roots = (root(shoots.before, &sides.before), root(shoots.after, &sides.after));
    let (Some(old_root), Some(new_root)) = roots else { return };
    let place = shoots.map(written);
    if old_root != new_root {
        let under = |name: &str, root: &str| {
            if name == root { format!("`{name}`") } else { format!("`{name}` below `{root}`") }
        };
        let message = format!(
            "the CloudProfile cannot change from {} to {}",
            under(from, old_root),
            under(to, new_root)
        );
        findings
            .at(shoots.after.object, place.after, message)
            .related(place.before, super::IN_BASE)
            .why("a shoot stays with one CloudProfile and the NamespacedCloudProfiles below it; Gardener's API server refuses any other")
            .help("take the change back, or make a new shoot of another name");
        return;
    }
    for worker in shoots.after.workers() {
        for lack in lacks(worker, shoots, sides) {
            let name = worker.name().map(|name| name.to_string()).unwrap_or_default();
            findings
                .at(
                    shoots.after.object,
                    place.after,
                    format!("`{to}` does not have {lack}, which the pool `{name}` uses"),
                )
                .related(worker.node(), "the pool")
                .why("Gardener's API server refuses a CloudProfile without what the shoot is made of")
                .help("add it to the CloudProfile first, or let the pool use something else first");
        }
    }
}

/// The CloudProfile at the root of the family; nothing when it is not here.
fn root<'a>(shoot: Shoot<'a>, scope: &Scope<'a>) -> Option<&'a str> {
    let (kind, namespace, name) = cloud_profile_of(shoot)?;
    if kind == "CloudProfile" {
        return Some(name);
    }
    let profile = CloudProfile::of(scope.landscape.find(kind, namespace, name)?);
    profile.parent().and_then(CloudProfileReference::name).map(crate::view::Text::as_str)
}

fn written(shoot: Shoot<'_>) -> &Node {
    let name = shoot.cloud_profile().and_then(CloudProfileReference::name).or(shoot.cloud_profile_name());
    name.map_or(shoot.node(), |name| name.node)
}

/// What a pool uses that the new CloudProfile does not have; of images, what the old one had.
fn lacks(worker: Worker<'_>, shoots: Both<Shoot<'_>>, sides: &Sides<'_>) -> Vec<String> {
    let offers = Both { before: sides.before.offer(shoots.before), after: sides.after.offer(shoots.after) };
    let Some(offers) = offers.transpose() else { return Vec::new() };
    let mut lacks = Vec::new();
    if let Some((image, version)) = worker.image_name().zip(worker.image_version()) {
        let known = offers.map(|offer| offer.image_version(&image, &version).is_some());
        if known.before && !known.after {
            lacks.push(format!("version {version} of the machine image `{image}`"));
        }
    }
    let machine_type = worker.machine_type().filter(|name| offers.after.machine_type(name).is_none());
    lacks.extend(machine_type.map(|name| format!("the machine type `{name}`")));
    let volume_type = worker.volume_type().filter(|name| offers.after.volume_type(name).is_none());
    lacks.extend(volume_type.map(|name| format!("the volume type `{name}`")));
    lacks
}
