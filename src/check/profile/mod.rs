//! CloudProfiles and NamespacedCloudProfiles: what they say must hold by itself.
//!
//! One set of functions judges three things: a CloudProfile, the part that a NamespacedCloudProfile adds to one, and both of
//! them together. A new object loses its expired versions before it is validated, so the rules look at what is left of it.

pub(super) mod bastion;
pub(super) mod capability;
pub(super) mod forecast;
pub(super) mod gate;
pub(super) mod image;
pub(super) mod label;
pub(super) mod lifecycle;
pub(super) mod machine;
pub(super) mod merged;
pub(super) mod name;
pub(super) mod overlay;
pub(super) mod version;

use std::collections::HashSet;

use time::Date;

use super::Scope;
use super::lifecycle::{Class, Stage};
use crate::diagnostic::Code;
use crate::kind::{self, GroupKind};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{
    CloudProfile, ExpirableVersion, ImageVersion, MachineImage, MachineType, Text, VolumeType,
};

/// The kinds of this family.
const PROFILES: &[GroupKind] = &[kind::CLOUD_PROFILE, kind::NAMESPACED_CLOUD_PROFILE];

/// Something is not there that no default fills in.
const INCOMPLETE: Code = Code::error("L560", "profile-incomplete");
/// A name that cannot be a label.
const NAME_INVALID: Code = Code::error("L567", "profile-name-invalid");
/// A machine or an image that is not what the capabilities allow.
const CAPABILITY_INVALID: Code = Code::error("L568", "machine-capability-invalid");

/// Which of the three things a profile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A CloudProfile.
    Whole,
    /// What a NamespacedCloudProfile adds to its parent.
    Part,
    /// A NamespacedCloudProfile together with its parent.
    Merged,
}

/// A profile on a day.
#[derive(Clone, Copy)]
struct Profile<'a> {
    view: CloudProfile<'a>,
    form: Form,
    at: Date,
    /// Whether the landscape switches the lifecycles of versions off; nothing when it does not say.
    lifecycles: Option<bool>,
}

/// A machine image with the versions that count.
struct Image<'a> {
    view: MachineImage<'a>,
    versions: Vec<ImageVersion<'a>>,
}

impl<'a> Profile<'a> {
    fn of(object: &'a Object, scope: &Scope<'_>) -> Self {
        let whole = object.identity.kind == kind::CLOUD_PROFILE.kind;
        let form = if whole { Form::Whole } else { Form::Part };
        let lifecycles = gate::enabled(scope, gate::LIFECYCLES);
        Self { view: CloudProfile::of(object), form, at: scope.at, lifecycles }
    }

    fn object(self) -> &'a Object {
        self.view.object
    }

    fn is_part(self) -> bool {
        self.form == Form::Part
    }

    /// The Kubernetes versions that a new object keeps.
    ///
    /// Upstream: pkg/apiserver/registry/core/cloudprofile/strategy.go, dropInactiveVersions.
    fn kubernetes_versions(self) -> impl Iterator<Item = ExpirableVersion<'a>> {
        self.view.kubernetes_versions().filter(move |version| Stage::of(*version, self.at).active())
    }

    /// The machine images, each with the versions that a new object keeps.
    ///
    /// Upstream: pkg/apiserver/registry/core/namespacedcloudprofile/strategy.go, dropInactiveMachineImageVersions.
    fn images(self) -> impl Iterator<Item = Image<'a>> {
        let images = self.view.machine_images().map(move |view| {
            let versions = view.versions().filter(|version| self.keeps(*version)).collect();
            Image { view, versions }
        });
        images.filter(move |image| {
            !self.is_part() || !image.versions.is_empty() || image.view.update_strategy().is_some()
        })
    }

    /// The machine types but for those that repeat the name of another, at which upstream looks no further.
    fn machine_types(self) -> impl Iterator<Item = MachineType<'a>> {
        let mut seen = HashSet::new();
        self.view.machine_types().filter(move |listed| seen.insert(text_of(listed.node(), "name")))
    }

    /// The volume types up to the first that repeats the name of another, where upstream stops.
    fn volume_types(self) -> impl Iterator<Item = VolumeType<'a>> {
        let mut seen = HashSet::new();
        self.view.volume_types().take_while(move |listed| seen.insert(text_of(listed.node(), "name")))
    }

    fn keeps(self, version: ImageVersion<'a>) -> bool {
        match Stage::of(version.expirable(), self.at).class {
            Class::Expired => false,
            Class::Unavailable => !self.is_part(),
            _ => true,
        }
    }
}

/// What a Go server reads from a text field: an absent one is empty; nothing when it is no text at all.
fn text_of<'a>(node: &'a Node, field: &str) -> Option<&'a str> {
    node.get(field).map_or(Some(""), Node::as_str)
}

/// A version as it is named in messages.
fn name_of(version: Option<Text<'_>>) -> &str {
    version.map(Text::as_str).unwrap_or_default()
}

/// A rule's function for both kinds.
macro_rules! judge {
    ($function:path) => {
        crate::check::Judge::Kinds(crate::check::profile::PROFILES, |object, scope, findings| {
            $function(crate::check::profile::Profile::of(object, scope), findings);
        })
    };
}

use judge;
