//! What a CloudProfile says of machine images to the extension of its provider.

use super::{Inspection, Scope};
use crate::check::architecture::{self, ARCHITECTURE};
use crate::syntax::Node;
use crate::view::{CapabilityDefinition, CloudProfile, Text};

/// How a provider names its images.
pub(super) struct Form {
    /// Whether there must be an image at all.
    pub(super) required: bool,
    /// What names the image of a region, where each region has its own.
    pub(super) of_region: Option<OfRegion>,
    /// The fields of which one names the image of a version or of a flavor.
    pub(super) fields: &'static [&'static str],
    /// Whether the architecture stands beside the image.
    pub(super) architecture: bool,
    /// Whether an image may stand beside capabilities that the CloudProfile defines.
    pub(super) beside_capabilities: bool,
    /// What the provider's own grammar says of these fields.
    pub(super) spelling: fn(&mut Inspection<'_, '_>, &Node),
}

/// The images of regions.
pub(super) struct OfRegion {
    /// The field that names an image.
    pub(super) field: &'static str,
    /// Whether there must be one.
    pub(super) required: bool,
}

const CAPABILITY_FLAVORS: &str = "capabilityFlavors";

/// Upstream: the functions ValidateProviderMachineImage and below of pkg/apis/…/validation/cloudprofile.go.
pub(super) fn judge(inspection: &mut Inspection<'_, '_>, scope: &Scope<'_>, form: &Form) {
    let profile = CloudProfile::of(inspection.object);
    let images = match profile.parent() {
        // A NamespacedCloudProfile adds to the images of its parent, or leaves them as they are.
        Some(_) if scope.parent(profile).is_none() => return,
        None if form.required => inspection.some_at(&["machineImages"]),
        _ => inspection.root.get("machineImages").map(Node::items).unwrap_or_default(),
    };
    let definitions: Vec<_> = scope.parent(profile).unwrap_or(profile).capabilities().collect();
    for image in images {
        inspection.required(image, "name");
        for version in inspection.some_of(image, "versions") {
            inspection.required(version, "version");
            judge_version(inspection, version, form, &definitions);
        }
    }
}

fn judge_version(
    inspection: &mut Inspection<'_, '_>,
    version: &Node,
    form: &Form,
    definitions: &[CapabilityDefinition<'_>],
) {
    let flavors = version.get(CAPABILITY_FLAVORS).map(Node::items).unwrap_or_default();
    let fields = own_fields(version, form);
    if definitions.is_empty() {
        if !flavors.is_empty() {
            inspection.forbid(version, CAPABILITY_FLAVORS, "needs a CloudProfile with `machineCapabilities`");
        }
        if flavors.is_empty() || !fields.is_empty() {
            judge_own(inspection, version, form);
        }
        return;
    }
    if flavors.is_empty() {
        match fields.first() {
            Some(field) if !form.beside_capabilities => {
                inspection.forbid(
                    version,
                    field,
                    "has no place in a CloudProfile with `machineCapabilities`",
                );
            }
            Some(_) => judge_own(inspection, version, form),
            None if form.beside_capabilities => judge_own(inspection, version, form),
            None => {}
        }
        return;
    }
    if fields.is_empty() {
        for flavor in flavors {
            judge_capabilities(inspection, flavor, definitions);
            judge_image(inspection, flavor, form, false);
        }
    }
    let architecture = form.architecture.then_some(ARCHITECTURE).filter(|_| form.of_region.is_none());
    for field in fields.into_iter().chain(architecture) {
        inspection.forbid(version, field, "has no place beside `capabilityFlavors`");
    }
}

/// The fields by which a version itself names an image.
fn own_fields(version: &Node, form: &Form) -> Vec<&'static str> {
    let regions = version.get("regions").is_some_and(|regions| !regions.items().is_empty());
    let regions = form.of_region.as_ref().filter(|_| regions).map(|_| "regions");
    let named = form.fields.iter().copied().filter(|field| {
        version.get(field).is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()))
    });
    regions.into_iter().chain(named.filter(|_| form.of_region.is_none())).collect()
}

/// A version that names its image without flavors.
fn judge_own(inspection: &mut Inspection<'_, '_>, version: &Node, form: &Form) {
    judge_image(inspection, version, form, true);
    if form.architecture && form.of_region.is_none() {
        inspection.one_of(version, ARCHITECTURE, &architecture::KNOWN);
    }
}

fn judge_image(inspection: &mut Inspection<'_, '_>, parent: &Node, form: &Form, own: bool) {
    if let Some(of_region) = &form.of_region {
        let regions = if of_region.required {
            inspection.some_of(parent, "regions")
        } else {
            parent.get("regions").map(Node::items).unwrap_or_default()
        };
        for region in regions {
            inspection.required(region, "name");
            inspection.required(region, of_region.field);
            if own && form.architecture {
                inspection.one_of(region, ARCHITECTURE, &architecture::KNOWN);
            } else if form.architecture {
                inspection.forbid(region, ARCHITECTURE, "is a capability here");
            }
        }
        return;
    }
    let given = form.fields.iter().filter(|field| parent.get(field).is_some()).count();
    match *form.fields {
        [field] => {
            inspection.required(parent, field);
        }
        _ if given != 1 => {
            let fields = form.fields.join("`, `");
            let message = if given == 0 { "nothing names the image" } else { "the image is named twice" };
            inspection.refuse(parent, message).help(format!("set one of `{fields}`"));
        }
        _ => {}
    }
    (form.spelling)(inspection, parent);
}

/// Upstream: gardener, pkg/utils/gardener/capabilities.go, ValidateCapabilities.
fn judge_capabilities(
    inspection: &mut Inspection<'_, '_>,
    flavor: &Node,
    definitions: &[CapabilityDefinition<'_>],
) {
    for capability in flavor.get("capabilities").map(Node::entries).unwrap_or_default() {
        let name = &*capability.key.name;
        let known = definitions.iter().find(|known| known.name().is_some_and(|known| *known == *name));
        let Some(definition) = known else {
            inspection
                .refuse(&capability.value, format!("the CloudProfile defines no capability `{name}`"))
                .help("add it to `spec.machineCapabilities`, or remove it");
            continue;
        };
        let values: Vec<&str> = definition.values().map(Text::as_str).collect();
        for value in capability.value.items() {
            inspection.item_of(value, name, &values);
        }
    }
}

/// A grammar that says nothing.
pub(super) fn any_spelling(_: &mut Inspection<'_, '_>, _: &Node) {}
