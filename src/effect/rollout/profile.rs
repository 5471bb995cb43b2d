//! Whom a change of a CloudProfile reaches.

use super::{count, first_few};
use crate::check::{Findings, end_of};
use crate::diagnostic::Code;
use crate::effect::usage::shoots_of;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind;
use crate::landscape::Object;
use crate::view::{ExpirableVersion, Shoot, Text};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::note("L780", "profile-reaches-shoots"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Changed(&[kind::CLOUD_PROFILE, kind::NAMESPACED_CLOUD_PROFILE], reaches),
    },
    Rule {
        code: Code::warning("L781", "version-ends-sooner"),
        impact: Impact::Disruptive,
        upstream: &[],
        judge: Judge::Changed(&[kind::CLOUD_PROFILE, kind::NAMESPACED_CLOUD_PROFILE], ends_sooner),
    },
];

fn reaches(profiles: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let shoots = shoots_of(profiles.after, &sides.after);
    if shoots.is_empty() {
        return;
    }
    let names: Vec<String> = shoots.iter().map(|shoot| shoot.object.identity.full_name()).collect();
    let shown = first_few(names.iter().map(String::as_str));
    let profile = profiles.after;
    findings
        .at(profile, profile.name_node(), format!("{} made after the profile: {shown}", are(shoots.len())))
        .why("Gardener looks at the profile again when it next works on each of them, and in their maintenance windows");
}

fn are(shoots: usize) -> String {
    let verb = if shoots == 1 { "is" } else { "are" };
    format!("{} {verb}", count(shoots, "shoot"))
}

/// A version of Kubernetes, or of the machine image of this name.
type Offered<'a> = (Option<Text<'a>>, ExpirableVersion<'a>);

/// All versions that a profile lists.
fn offered(profile: &Object) -> Vec<Offered<'_>> {
    let profile = crate::view::CloudProfile::of(profile);
    let kubernetes = profile.kubernetes_versions().map(|version| (None, version));
    let images = profile
        .machine_images()
        .flat_map(|image| image.versions().map(move |version| (image.name(), version.expirable())));
    kubernetes.chain(images).collect()
}

fn is_used(shoot: Shoot<'_>, image: Option<Text<'_>>, version: &str) -> bool {
    let is = |text: Option<Text<'_>>, wanted: &str| text.is_some_and(|text| *text == *wanted);
    match image {
        None => {
            is(shoot.kubernetes_version(), version)
                || shoot.workers().any(|worker| is(worker.kubernetes_version(), version))
        }
        Some(image) => shoot
            .workers()
            .any(|worker| is(worker.image_name(), &image) && is(worker.image_version(), version)),
    }
}

/// Upstream: docs/usage/shoot/shoot_maintenance.md: a shoot whose version has expired is updated whether it wants to or not.
fn ends_sooner(profiles: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let before = offered(profiles.before);
    let shoots = shoots_of(profiles.after, &sides.after);
    for (image, listed) in offered(profiles.after) {
        let (Some(version), Some((said, end))) = (listed.version(), end_of(listed)) else { continue };
        let same = |(other_image, other): &&Offered<'_>| {
            let names = (other_image.map(|name| name.to_string()), image.map(|name| name.to_string()));
            names.0 == names.1 && other.version().is_some_and(|other| *other == *version)
        };
        let earlier = before.iter().find(same).map(|(_, earlier)| end_of(*earlier));
        let sooner = match earlier {
            Some(Some((_, earlier))) => end < earlier,
            Some(None) => true,
            None => false,
        };
        let users: Vec<String> = shoots
            .iter()
            .filter(|shoot| is_used(**shoot, image, &version))
            .map(|shoot| shoot.object.identity.full_name())
            .collect();
        if !sooner || users.is_empty() {
            continue;
        }
        let what = image
            .map_or_else(|| format!("Kubernetes {version}"), |image| format!("the image {image} {version}"));
        let shown = first_few(users.iter().map(String::as_str));
        findings
            .at(profiles.after, said.node, format!("{what} now ends on {}, and {} on it: {shown}", end.date(), are(users.len())))
            .why("from then on they are updated in their maintenance windows whether they want to or not, and a pool that gets another image is rolled")
            .help("move them to another version before, at a time of your choice");
    }
}
