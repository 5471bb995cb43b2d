//! Machine images at the provider: every version a CloudProfile offers is mapped to an image that exists there.

use std::collections::{BTreeMap, BTreeSet};

use super::cloud::{ALICLOUD, AWS, AZURE, GCP, IRONCORE, LOCAL, OPENSTACK};
use super::{Findings, Judge, Rule, Scope};
use crate::check::architecture::{self, ARCHITECTURE};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{
    CapabilityDefinition, CloudProfile, Configuration, ImageVersion, MachineImage, Region, Text,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L940", "machine-image-not-mapped"),
        upstream: &[],
        judge: Judge::Kinds(&[kind::CLOUD_PROFILE, kind::NAMESPACED_CLOUD_PROFILE], not_mapped),
    },
    Rule {
        code: Code::warning("L941", "machine-image-not-mapped-in-region"),
        upstream: &[],
        judge: Judge::CloudProfile(not_in_region),
    },
    Rule {
        code: Code::warning("L951", "machine-image-flavor-not-mapped"),
        upstream: &[],
        judge: Judge::Kinds(&[kind::CLOUD_PROFILE, kind::NAMESPACED_CLOUD_PROFILE], partly_mapped),
    },
];

/// How a provider tells the architecture of an image.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// Each region of a version has images of its own.
    Regions,
    /// The images of regions, where there are any, and one for all where there are none.
    PerhapsRegions,
    /// Each region of a version has one image, for amd64.
    Amd64Regions,
    /// A version is listed once for each architecture.
    Versions,
    /// An image serves all architectures.
    Any,
}

/// API group of a provider -> the shape of its mapping. Metal-stack and the others name images as the CloudProfile does.
const PROVIDERS: &[(&str, Shape)] = &[
    (ALICLOUD, Shape::Amd64Regions),
    (AWS, Shape::Regions),
    (AZURE, Shape::Versions),
    (GCP, Shape::Versions),
    (IRONCORE, Shape::Versions),
    (LOCAL, Shape::Any),
    (OPENSTACK, Shape::PerhapsRegions),
];

/// The mapping of a CloudProfile.
struct Mapping<'a> {
    shape: Shape,
    images: &'a [Node],
    /// The configuration, or what lacks it.
    node: &'a Node,
    definitions: Vec<CapabilityDefinition<'a>>,
}

type Capabilities<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl<'a> Mapping<'a> {
    /// The mapping in a profile; `definitions` are those of the profile, or of the one it extends.
    fn of(profile: CloudProfile<'a>, definitions: CloudProfile<'a>) -> Option<Self> {
        let configuration = Configuration { object: profile.object, node: profile.configuration()? };
        let group = configuration.group()?;
        let (_, shape) = PROVIDERS.iter().find(|(known, _)| *known == group)?;
        // A list that cannot be read is the schema's business.
        let images = configuration.node.get("machineImages");
        let images = images.map_or(Some(&[][..]), |images| images.is_sequence().then(|| images.items()))?;
        Some(Self {
            shape: *shape,
            images,
            node: configuration.node,
            definitions: definitions.capabilities().collect(),
        })
    }

    fn image(&self, name: &str) -> Option<&'a Node> {
        self.images.iter().find(|image| text(image, "name") == Some(name))
    }

    /// The architectures that some entries of a version have an image for; nothing when it is one for all.
    fn architectures(&self, entries: &[&'a Node]) -> Option<BTreeSet<&'a str>> {
        let own = |node: &'a Node| text(node, ARCHITECTURE).unwrap_or(architecture::DEFAULT);
        let regions = || entries.iter().flat_map(|entry| regions_of(entry)).map(own).collect::<BTreeSet<_>>();
        match self.shape {
            Shape::Any => None,
            Shape::Regions => Some(regions()),
            Shape::PerhapsRegions => Some(regions()).filter(|regions| !regions.is_empty()),
            Shape::Amd64Regions => Some(BTreeSet::from([architecture::DEFAULT])),
            Shape::Versions => Some(entries.iter().copied().map(own).collect()),
        }
    }

    /// What a flavor stands for: a capability it does not name may have any value.
    fn complete(&self, flavor: Option<&'a Node>) -> Capabilities<'a> {
        self.definitions
            .iter()
            .filter_map(|definition| {
                let name = definition.name()?.as_str();
                let own = flavor.and_then(|flavor| flavor.get(name)).map(Node::items);
                let values = match own {
                    Some(own) => own.iter().filter_map(Node::as_str).collect(),
                    None => definition.values().map(Text::as_str).collect(),
                };
                Some((name, values))
            })
            .collect()
    }

    /// Whether a version has no mapping at all.
    fn lacks(&self, image: &'a Node, version: &str) -> bool {
        let none_needed = self.shape == Shape::Any && self.definitions.is_empty();
        !none_needed && versions(image, version).is_empty()
    }

    /// Which part of a version is not mapped, if one is not; nothing when none of it is.
    fn gap(&self, image: &'a Node, version: ImageVersion<'a>) -> Option<String> {
        let entries = versions(image, version.version()?.as_str());
        if entries.is_empty() {
            return None;
        }
        if self.definitions.is_empty() {
            let known = self.architectures(&entries)?;
            let asked: Vec<&str> = version.architectures().map(Text::as_str).collect();
            let asked = if asked.is_empty() { vec![architecture::DEFAULT] } else { asked };
            let missing = asked.into_iter().find(|asked| !known.contains(asked))?;
            return Some(format!("is not mapped for `{missing}`"));
        }
        let flavors: Vec<_> = version.flavors().map(|flavor| self.complete(Some(flavor.node()))).collect();
        let flavors = if flavors.is_empty() { vec![self.complete(None)] } else { flavors };
        let mapped: Vec<_> = entries
            .iter()
            .flat_map(|entry| entry.get("capabilityFlavors").map(Node::items).unwrap_or_default())
            .map(|flavor| self.complete(flavor.get("capabilities")))
            .collect();
        let missing = if mapped.is_empty() {
            let known = self.architectures(&entries)?;
            flavors.iter().find(|flavor| {
                let asked = flavor.get(ARCHITECTURE).into_iter().flatten();
                asked.into_iter().any(|asked| !known.contains(asked))
            })?
        } else {
            flavors.iter().find(|flavor| !mapped.contains(flavor))?
        };
        Some(format!("is not mapped for its flavor {}", shown(missing)))
    }
}

fn shown(capabilities: &Capabilities<'_>) -> String {
    let shown: Vec<String> = capabilities
        .iter()
        .map(|(name, values)| {
            let values: Vec<&str> = values.iter().copied().collect();
            format!("`{name}: {}`", values.join(", "))
        })
        .collect();
    shown.join(", ")
}

fn text<'a>(node: &'a Node, field: &str) -> Option<&'a str> {
    node.get(field).and_then(Node::as_str)
}

/// All entries of a version in the mapping of an image.
fn versions<'a>(image: &'a Node, version: &str) -> Vec<&'a Node> {
    let all = image.get("versions").map(Node::items).unwrap_or_default();
    all.iter().filter(|entry| text(entry, "version") == Some(version)).collect()
}

/// The regions of a version and of all its flavors.
fn regions_of(entry: &Node) -> impl Iterator<Item = &Node> {
    let flavors = entry.get("capabilityFlavors").map(Node::items).unwrap_or_default();
    std::iter::once(entry)
        .chain(flavors)
        .flat_map(|node| node.get("regions").map(Node::items).unwrap_or_default())
}

/// What is done with an image: the mapping of all, its name, its own mapping, its versions.
type Each<'f, 'a> = dyn FnMut(&Mapping<'a>, Text<'a>, Option<&'a Node>, &[ImageVersion<'a>]) + 'f;

/// Goes over the versions that an object offers itself, with their image and its mapping.
fn offered<'a>(object: &'a Object, scope: &Scope<'a>, each: &mut Each<'_, 'a>) {
    let profile = CloudProfile::of(object);
    let parent = scope.parent(profile);
    if parent.is_none() && profile.parent().is_some_and(|parent| parent.name().is_some()) {
        return;
    }
    let Some(mapping) = Mapping::of(profile, parent.unwrap_or(profile)) else {
        return;
    };
    for image in profile.machine_images() {
        let Some(name) = image.name() else { continue };
        let own = image.versions().filter(|version| !is_inherited(parent, &name, *version));
        let own: Vec<ImageVersion<'_>> = own.collect();
        if !own.is_empty() {
            each(&mapping, name, mapping.image(&name), &own);
        }
    }
}

/// Upstream: the function validateMachineImageMapping or validateProviderImagesMapping of pkg/apis/…/validation/
/// cloudprofile.go in the extension of each provider.
fn not_mapped(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    offered(object, scope, &mut |mapping, name, mapped, versions| {
        let Some(mapped) = mapped else {
            let message = format!("the machine image `{name}` is not mapped to images of the provider");
            refuse(findings, object, name.node, message, mapping);
            return;
        };
        let versions = versions.iter().filter_map(|version| version.version());
        for version in versions.filter(|version| mapping.lacks(mapped, version)) {
            let message = format!("the machine image `{name}` `{version}` is not mapped");
            refuse(findings, object, version.node, message, mapping);
        }
    });
}

/// Upstream: as [`not_mapped`]. A warning, because Gardener's own API server takes such a CloudProfile, and shoots of the
/// architectures that are mapped work.
fn partly_mapped(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    offered(object, scope, &mut |mapping, name, mapped, versions| {
        for version in versions {
            let gap = mapped.and_then(|mapped| mapping.gap(mapped, *version));
            if let (Some(gap), Some(version)) = (gap, version.version()) {
                let message = format!("the machine image `{name}` `{version}` {gap}");
                refuse(findings, object, version.node, message, mapping);
            }
        }
    });
}

/// Whether a NamespacedCloudProfile only changes a version that it inherits.
fn is_inherited(parent: Option<CloudProfile<'_>>, image: &str, version: ImageVersion<'_>) -> bool {
    let Some(version) = version.version() else {
        return true;
    };
    let named = |candidate: &MachineImage<'_>| candidate.name().is_some_and(|name| *name == *image);
    parent.is_some_and(|parent| {
        let versions = parent.machine_images().filter(named).flat_map(MachineImage::versions);
        versions.filter_map(ImageVersion::version).any(|known| *known == *version)
    })
}

fn refuse(findings: &mut Findings, object: &Object, node: &Node, message: String, mapping: &Mapping<'_>) {
    findings
        .at(object, node, message)
        .related(mapping.node, "the provider's configuration is here")
        .why("the provider's extension refuses the CloudProfile: no machine could be made with such an image")
        .help("map it in `spec.providerConfig.machineImages`");
}

/// Not asked for upstream: a shoot in such a region is accepted, and its machines are never made.
fn not_in_region(profile: CloudProfile<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(mapping) = Mapping::of(profile, profile) else {
        return;
    };
    if !matches!(mapping.shape, Shape::Regions | Shape::Amd64Regions) {
        return;
    }
    let regions: Vec<&str> = profile.regions().filter_map(Region::name).map(Text::as_str).collect();
    for image in profile.machine_images() {
        let mapped = image.name().and_then(|name| mapping.image(&name));
        let (Some(name), Some(mapped)) = (image.name(), mapped) else {
            continue;
        };
        for version in image.versions().filter_map(ImageVersion::version) {
            let entries = versions(mapped, &version);
            let known: BTreeSet<&str> = entries
                .iter()
                .flat_map(|entry| regions_of(entry))
                .filter_map(|node| text(node, "name"))
                .collect();
            let missing: Vec<&str> =
                regions.iter().copied().filter(|region| !known.contains(region)).collect();
            if known.is_empty() || missing.is_empty() {
                continue;
            }
            let message =
                format!("the machine image `{name}` `{version}` is not mapped in `{}`", missing.join("`, `"));
            findings
                .at(profile.object, version.node, message)
                .related(mapping.node, "the provider's configuration is here")
                .why("Gardener accepts a shoot in such a region, and its machines are never made; this is stricter")
                .help("map the version in every region of the CloudProfile, or leave the region out");
        }
    }
}
