//! The machines that image versions are built for: their architectures and the flavors of their capabilities.

use super::capability::{Capabilities, UNDEFINED};
use super::{CAPABILITY_INVALID, Form, INCOMPLETE, Profile, judge, name_of};
use crate::check::architecture::{ARCHITECTURE, is_known};
use crate::check::{Findings, Rule, runtime_interface};
use crate::diagnostic::help_with_others;
use crate::syntax::Node;
use crate::view::{ImageVersion, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: INCOMPLETE, upstream: &["CP-IMG-ARCH", "CP-IMG-CRI"], judge: judge!(incomplete) },
    Rule { code: CAPABILITY_INVALID, upstream: &["CP-CAP", "CP-IMG-ARCH"], judge: judge!(flavors) },
    Rule { code: runtime_interface::UNKNOWN, upstream: &["CP-IMG-CRI"], judge: judge!(runtimes) },
];

/// What no default fills in: an image for several architectures says for which ones it is. Of a profile put together of
/// two, nothing is filled in, as the API server fills in for CloudProfiles only.
///
/// Upstream: pkg/api/core/validation/utils.go, validateMachineImageVersionArchitecture; cloudprofile.go,
/// ValidateCloudProfileMachineImages and ValidateMachineImageAdditionalConfig.
pub(super) fn incomplete(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    let (object, several) = (profile.object(), Capabilities::of(profile).architectures().len() > 1);
    for image in profile.images() {
        let name = name_of(image.view.name());
        if profile.form == Form::Merged && image.view.update_strategy().is_none() {
            let message = format!("the machine image `{name}` has no `updateStrategy`");
            findings
                .missing(object, image.view.node(), "updateStrategy", message)
                .why("in a NamespacedCloudProfile the API server fills in no default")
                .help("set `patch`, `minor` or `major`");
        }
        for version in &image.versions {
            let said = format!("the machine image `{name}` `{}`", name_of(version.expirable().version()));
            if several && version.flavors().next().is_none() {
                findings
                    .at_field(object, version.node(), "capabilityFlavors", format!("{said} says not for which machines it is"))
                    .why("Gardener's API server asks for it where a profile has machines of several architectures")
                    .help("add a flavor for each architecture: `capabilityFlavors: [{ architecture: [amd64] }]`");
            }
            if profile.form == Form::Merged && version.runtimes().next().is_none() {
                findings
                    .missing(
                        object,
                        version.node(),
                        "cri",
                        format!("{said} has no container runtime interface"),
                    )
                    .why("in a NamespacedCloudProfile the API server fills in no default")
                    .help("add `cri: [{ name: containerd }]`");
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateContainerRuntimesInterfaces.
pub(super) fn runtimes(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    for version in profile.images().flat_map(|image| image.versions) {
        for interface in version.runtimes() {
            runtime_interface::judge(profile.object(), interface.node(), findings);
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateMachineImageVersionFlavors.
pub(super) fn flavors(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    let defined = Capabilities::of(profile);
    for version in profile.images().flat_map(|image| image.versions) {
        if defined.is_empty() {
            if version.flavors().next().is_some() {
                findings
                    .at_field(
                        profile.object(),
                        version.node(),
                        "capabilityFlavors",
                        "the image has capabilities, and none are defined",
                    )
                    .why(UNDEFINED)
                    .help("define them in `spec.machineCapabilities`, or say `architectures` instead");
            }
        } else {
            architectures(profile, version, &defined, findings);
            for flavor in version.flavors() {
                defined.judge(profile.object(), flavor.node(), findings);
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateMachineImageVersionArchitecture.
fn architectures(
    profile: Profile<'_>,
    version: ImageVersion<'_>,
    defined: &Capabilities<'_>,
    findings: &mut Findings,
) {
    let (object, known) = (profile.object(), defined.architectures());
    let several = known.len() > 1;
    if several && version.flavors().next().is_none() {
        return;
    }
    let mut built_for: Vec<&str> = Vec::new();
    for flavor in version.flavors() {
        let own = flavor.node().get(ARCHITECTURE);
        let named: Vec<&str> =
            own.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
        let message = match named.len() {
            0 if several => "the flavor says not for which architecture it is",
            0 | 1 => "",
            _ => "the flavor is for several architectures",
        };
        if !message.is_empty() {
            findings
                .at_field(object, flavor.node(), ARCHITECTURE, message)
                .why("Gardener's API server refuses it: an image runs on one architecture")
                .help("make one flavor for each architecture");
        }
        built_for.extend(named);
    }
    if let ([], [only]) = (built_for.as_slice(), known.as_slice()) {
        built_for.push(only);
    }
    let legacy = version.node().get("architectures").map(Node::items).unwrap_or_default();
    if legacy.iter().filter_map(Node::as_str).any(|architecture| !built_for.contains(&architecture)) {
        findings
            .at_field(
                object,
                version.node(),
                "architectures",
                "`architectures` and the capabilities of the image contradict each other",
            )
            .why("Gardener's API server refuses an image version that contradicts itself")
            .help("remove `architectures`: the flavors say it");
    }
    let undefined = |it: &Text<'_>| !known.contains(&it.as_str()) && is_known(it);
    for architecture in version.architectures().filter(undefined) {
        findings
            .at(
                object,
                architecture.node,
                format!("no machine of this profile has the architecture `{architecture}`"),
            )
            .why(
                "Gardener's API server refuses architectures that `spec.machineCapabilities` does not define",
            )
            .help(help_with_others(known.iter().copied()));
    }
}
