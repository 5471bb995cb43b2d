//! What a CloudProfile offers, found by name in constant time.
//!
//! A shoot sees a NamespacedCloudProfile together with all it takes from its parent; [`inherit`] puts the two together.
//! Whatever upstream fills in when a CloudProfile leaves it out is filled in here.

use std::collections::HashMap;

use ecow::EcoString;

use super::architecture::{self, ARCHITECTURE};
use super::inherit::inherit;
use crate::landscape::Object;
use crate::syntax::{Key, Node};
use crate::view::{
    CapabilityFlavor, CloudProfile, ExpirableVersion, ImageVersion, MachineImage, MachineType, Region, Text,
    VolumeType,
};

/// A CloudProfile, whole and indexed.
pub struct Offer {
    object: Object,
    regions: Index,
    kubernetes_versions: Index,
    machine_types: Index,
    machine_images: Index,
    image_versions: HashMap<EcoString, Index>,
    volume_types: Index,
}

/// The positions of a list's items, by name.
type Index = HashMap<EcoString, usize>;

impl Offer {
    /// What a CloudProfile offers.
    pub(super) fn of(profile: &Object) -> Self {
        let object = profile.clone();
        let index = |path, key| index(list(&object.root, path), key);
        let images = list(&object.root, IMAGES);
        let image_versions = images.iter().rev().filter_map(|image| {
            let name = MachineImage::of(image).name()?.as_str().into();
            Some((name, self::index(list(image, &["versions"]), "version")))
        });
        Self {
            regions: index(REGIONS, "name"),
            kubernetes_versions: index(KUBERNETES_VERSIONS, "version"),
            machine_types: index(MACHINE_TYPES, "name"),
            machine_images: index(IMAGES, "name"),
            image_versions: image_versions.collect(),
            volume_types: index(VOLUME_TYPES, "name"),
            object,
        }
    }

    /// What a NamespacedCloudProfile offers together with its parent.
    pub(super) fn of_both(parent: &Object, own: &Object) -> Self {
        let nothing = Node::new(crate::syntax::Value::Null, own.root.span);
        let spec = |object: &'_ Object| object.root.get("spec").cloned().unwrap_or_else(|| nothing.clone());
        let spec = inherit(&spec(parent), &spec(own));
        let mut merged = own.clone();
        if let Some(root) = merged.root.as_mapping_mut() {
            let key = Key { name: "spec".into(), span: spec.span };
            root.set(key, spec);
        }
        Self::of(&merged)
    }

    /// The CloudProfile; of a NamespacedCloudProfile, what it and its parent say together.
    pub fn profile(&self) -> CloudProfile<'_> {
        CloudProfile::of(&self.object)
    }

    /// The name of the CloudProfile.
    pub fn name(&self) -> &str {
        &self.object.identity.name
    }

    /// The node that names the CloudProfile, to point at.
    pub fn name_node(&self) -> &Node {
        self.object.name_node()
    }

    /// A region.
    pub fn region(&self, name: &str) -> Option<Region<'_>> {
        self.item(REGIONS, &self.regions, name).map(Region::of)
    }

    /// A version of Kubernetes, however old.
    pub fn kubernetes_version(&self, version: &str) -> Option<ExpirableVersion<'_>> {
        self.item(KUBERNETES_VERSIONS, &self.kubernetes_versions, version).map(ExpirableVersion::of)
    }

    /// A machine type, usable or not.
    pub fn machine_type(&self, name: &str) -> Option<MachineType<'_>> {
        self.item(MACHINE_TYPES, &self.machine_types, name).map(MachineType::of)
    }

    /// A machine image.
    pub fn machine_image(&self, name: &str) -> Option<MachineImage<'_>> {
        self.item(IMAGES, &self.machine_images, name).map(MachineImage::of)
    }

    /// A version of a machine image, however old.
    pub fn image_version(&self, name: &str, version: &str) -> Option<ImageVersion<'_>> {
        let position = *self.image_versions.get(name)?.get(version)?;
        let image = self.machine_image(name)?;
        list(image.node(), &["versions"]).get(position).map(ImageVersion::of)
    }

    /// A volume type, usable or not.
    pub fn volume_type(&self, name: &str) -> Option<VolumeType<'_>> {
        self.item(VOLUME_TYPES, &self.volume_types, name).map(VolumeType::of)
    }

    /// The processor architecture of a machine type; nothing when it is said to have several.
    ///
    /// Upstream: pkg/apis/core/v1beta1/types_cloudprofile.go, GetArchitecture; defaults_cloudprofile.go.
    pub fn architecture<'a>(&'a self, machine_type: MachineType<'a>) -> Option<&'a str> {
        let named = values(machine_type.capabilities(), ARCHITECTURE);
        let architecture = || machine_type.architecture().map(Text::as_str);
        match named.as_slice() {
            [one] => Some(one),
            [] => Some(architecture().unwrap_or_else(|| match self.capability(ARCHITECTURE).as_slice() {
                [one] => one,
                _ => architecture::DEFAULT,
            })),
            _ => architecture(),
        }
    }

    /// The processor architectures that an image version runs on.
    ///
    /// Upstream: pkg/api/core/v1beta1/helper/cloudprofile.go, GetArchitecturesFromImageVersion.
    pub fn architectures<'a>(&'a self, version: ImageVersion<'a>) -> Vec<&'a str> {
        let legacy: Vec<_> = version.architectures().map(Text::as_str).collect();
        let defined = self.capability(ARCHITECTURE);
        let flavored = || {
            let flavors = version.flavors();
            flavors.flat_map(|flavor| defaulted(flavor, ARCHITECTURE, &defined))
        };
        let mut found: Vec<_> = if defined.is_empty() && !legacy.is_empty() {
            legacy
        } else if version.flavors().next().is_some() {
            flavored().chain(legacy).collect()
        } else if legacy.is_empty() {
            defined
        } else {
            legacy
        };
        if found.is_empty() {
            found.push(architecture::DEFAULT);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A capability for which no flavor of an image version suits a machine type, when no flavor suits it at all.
    ///
    /// Upstream: pkg/api/core/v1beta1/helper/cloudprofile.go, AreCapabilitiesSupportedByImageFlavors.
    pub fn missing_capability<'a>(
        &'a self,
        machine_type: MachineType<'a>,
        version: ImageVersion<'a>,
    ) -> Option<&'a str> {
        let conflicts = version.flavors().map(|flavor| self.conflict(machine_type, flavor));
        let conflicts: Vec<_> = conflicts.collect::<Option<_>>()?;
        // Flavors of another architecture are never the ones that were meant.
        let meant = conflicts.iter().find(|name| **name != ARCHITECTURE);
        meant.or(conflicts.first()).copied()
    }

    fn conflict<'a>(
        &'a self,
        machine_type: MachineType<'a>,
        flavor: CapabilityFlavor<'a>,
    ) -> Option<&'a str> {
        let definitions = self.profile().capabilities();
        let mut names = definitions.filter_map(|definition| definition.name().map(Text::as_str));
        names.find(|name| {
            let defined = self.capability(name);
            let machine = self.machine_capability(machine_type, name);
            let image = defaulted(flavor, name, &defined);
            !machine.iter().any(|value| image.contains(value))
        })
    }

    /// The values of a capability that a machine type has.
    pub fn machine_capability<'a>(&'a self, machine_type: MachineType<'a>, name: &str) -> Vec<&'a str> {
        if name == ARCHITECTURE
            && let Some(architecture) = self.architecture(machine_type)
        {
            return vec![architecture];
        }
        let own = values(machine_type.capabilities(), name);
        if own.is_empty() { self.capability(name) } else { own }
    }

    /// All values that a capability may have; none when the CloudProfile does not define it.
    fn capability(&self, name: &str) -> Vec<&str> {
        let mut definitions = self.profile().capabilities();
        let definition = definitions.find(|definition| definition.name().is_some_and(|own| *own == *name));
        definition.map_or_else(Vec::new, |definition| definition.values().map(Text::as_str).collect())
    }

    fn item(&self, path: &[&str], index: &Index, name: &str) -> Option<&Node> {
        list(&self.object.root, path).get(*index.get(name)?)
    }
}

const REGIONS: &[&str] = &["spec", "regions"];
const KUBERNETES_VERSIONS: &[&str] = &["spec", "kubernetes", "versions"];
const MACHINE_TYPES: &[&str] = &["spec", "machineTypes"];
const IMAGES: &[&str] = &["spec", "machineImages"];
const VOLUME_TYPES: &[&str] = &["spec", "volumeTypes"];

fn list<'a>(root: &'a Node, path: &[&str]) -> &'a [Node] {
    root.at(path).map(Node::items).unwrap_or_default()
}

/// Of two items with one name the first counts, as upstream's lookups have it.
fn index(items: &[Node], key: &str) -> Index {
    let name = |(position, item): (usize, &Node)| Some((Text::of(item.get(key)?)?.as_str().into(), position));
    items.iter().enumerate().rev().filter_map(name).collect()
}

fn values<'a>(capabilities: Option<&'a Node>, name: &str) -> Vec<&'a str> {
    let values = capabilities.and_then(|capabilities| capabilities.get(name));
    let values = values.map(Node::items).unwrap_or_default();
    values.iter().filter_map(Text::of).map(Text::as_str).collect()
}

/// The values of a capability in a flavor; one that it does not name may have any value.
fn defaulted<'a>(flavor: CapabilityFlavor<'a>, name: &str, defined: &[&'a str]) -> Vec<&'a str> {
    let own = values(Some(flavor.node()), name);
    if own.is_empty() { defined.to_vec() } else { own }
}
