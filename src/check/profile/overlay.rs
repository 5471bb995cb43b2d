//! A NamespacedCloudProfile against its parent: what it may change of it.

use super::{PROFILES, Profile};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::NAMESPACED_CLOUD_PROFILE;
use crate::landscape::Object;
use crate::syntax::{Node, Value};
use crate::view::{CloudProfile, ExpirableVersion, ImageVersion, Text};

const NOT_ALLOWED: Code = Code::error("L577", "override-not-allowed");

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: NOT_ALLOWED,
        upstream: &["NP-CLASS", "XN-PARENT"],
        judge: Judge::Kinds(PROFILES, by_itself),
    },
    Rule {
        code: NOT_ALLOWED,
        upstream: &["XN-K8S"],
        judge: Judge::Kinds(&[NAMESPACED_CLOUD_PROFILE], kubernetes_versions),
    },
    Rule {
        code: NOT_ALLOWED,
        upstream: &["XN-IMG"],
        judge: Judge::Kinds(&[NAMESPACED_CLOUD_PROFILE], image_versions),
    },
];

const REFUSED: &str = "Gardener's API server refuses the NamespacedCloudProfile";

/// Upstream: pkg/api/core/validation/namespacedcloudprofile.go, validateNamespacedCloudProfileParent and
/// validateNamespacedCloudProfileKubernetesVersions.
fn by_itself(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let profile = Profile::of(object, scope);
    if !profile.is_part() {
        return;
    }
    let spec = profile.view.spec().unwrap_or(&object.root);
    let prefix = if profile.view.spec().is_some() { "" } else { "spec." };
    let help = "add `parent: { kind: CloudProfile, name: … }`";
    match profile.view.parent() {
        None => {
            for field in ["kind", "name"] {
                let path = format!("{prefix}parent.{field}");
                let message = format!("the NamespacedCloudProfile does not say the {field} of its parent");
                findings.missing(object, spec, &path, message).why(REFUSED).help(help);
            }
        }
        Some(parent) if parent.node().as_mapping().is_some() && parent.node().get("kind").is_none() => {
            let message = "the NamespacedCloudProfile does not say the kind of its parent";
            findings
                .missing(object, parent.node(), "kind", message)
                .why(REFUSED)
                .help("add `kind: CloudProfile`");
        }
        Some(parent) => {
            if let Some(kind) = parent.kind().filter(|kind| **kind == *NAMESPACED_CLOUD_PROFILE.kind) {
                findings
                    .at(object, kind.node, "a NamespacedCloudProfile cannot extend another one")
                    .why(REFUSED)
                    .help("set `CloudProfile`, and name the CloudProfile that the other one extends");
            }
        }
    }
    for class in profile.kubernetes_versions().filter_map(ExpirableVersion::classification) {
        findings
            .at(object, class.node, "a NamespacedCloudProfile cannot classify a Kubernetes version")
            .why(REFUSED)
            .help("remove `classification`: of a Kubernetes version only `expirationDate` can be changed");
    }
}

/// The parent, as far as it is here.
fn parent_of<'a>(object: &Object, scope: &Scope<'a>) -> Option<CloudProfile<'a>> {
    scope.parent(CloudProfile::of(object))
}

/// Upstream: plugin/pkg/namespacedcloudprofile/validator/admission.go, validateKubernetesVersionOverrides.
fn kubernetes_versions(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(parent) = parent_of(object, scope) else { return };
    for listed in Profile::of(object, scope).kubernetes_versions() {
        let Some(version) = listed.version() else { continue };
        let same = |known: &ExpirableVersion<'_>| known.version().is_some_and(|known| *known == *version);
        match parent.kubernetes_versions().find(same) {
            None => {
                let known =
                    parent.kubernetes_versions().filter_map(|known| known.version().map(Text::as_str));
                findings
                    .at(object, version.node, format!("the parent does not offer Kubernetes `{version}`"))
                    .related(parent.object.name_node(), "the parent is declared here")
                    .why("a NamespacedCloudProfile can prolong Kubernetes versions of its parent, and add none")
                    .help(help_with_names(&version, known));
            }
            Some(known) if listed.expiration().is_none() => {
                unexpiring(object, listed.node(), &format!("Kubernetes `{version}`"), known.node(), findings);
            }
            Some(_) => {}
        }
    }
}

fn unexpiring(object: &Object, listed: &Node, what: &str, known: &Node, findings: &mut Findings) {
    findings
        .missing(
            object,
            listed,
            "expirationDate",
            format!("{what} is listed again without an expiration date"),
        )
        .related(known, "the parent lists it here")
        .why("a version of the parent is listed again only to let it expire on another day")
        .help("add `expirationDate`, or remove the version");
}

/// What a NamespacedCloudProfile may not say of an image version of its parent.
const FIXED: [&str; 6] = [
    "classification",
    "cri",
    "architectures",
    "capabilityFlavors",
    "kubeletVersionConstraint",
    "inPlaceUpdates",
];

/// Upstream: plugin/pkg/namespacedcloudprofile/validator/admission.go, validateMachineImageOverrides and
/// validateNamespacedCloudProfileExtendedMachineImages.
fn image_versions(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(parent) = parent_of(object, scope) else { return };
    for image in Profile::of(object, scope).images() {
        let Some(name) = image.view.name() else { continue };
        let same = |known: &Text<'_>| **known == *name;
        let Some(known) = parent.machine_images().find(|known| known.name().as_ref().is_some_and(same))
        else {
            continue;
        };
        for version in image.versions {
            let Some(text) = version.expirable().version() else { continue };
            let same =
                |known: &ImageVersion<'_>| known.expirable().version().is_some_and(|known| *known == *text);
            if let Some(known) = known.versions().find(same) {
                override_of(
                    object,
                    version,
                    known,
                    &format!("the machine image `{name}` `{text}`"),
                    findings,
                );
            }
        }
    }
}

fn override_of(
    object: &Object,
    version: ImageVersion<'_>,
    known: ImageVersion<'_>,
    what: &str,
    findings: &mut Findings,
) {
    let said = |field: &&str| version.node().get(field).is_some_and(|value| says_something(field, value));
    for field in FIXED.into_iter().filter(said) {
        findings
            .at_field(
                object,
                version.node(),
                field,
                format!("{what} is the parent's, and cannot be given `{field}`"),
            )
            .related(known.node(), "the parent lists it here")
            .why("of an image version of the parent only the expiration date can be changed")
            .help(format!("remove `{field}`"));
    }
    if version.expirable().expiration().is_none() {
        unexpiring(object, version.node(), what, known.node(), findings);
    }
}

/// Upstream takes empty texts and lists for nothing; `inPlaceUpdates` counts whatever is in it.
fn says_something(field: &str, value: &Node) -> bool {
    match &value.value {
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        _ => field == "inPlaceUpdates",
    }
}
