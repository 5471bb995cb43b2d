//! The names in a profile: each qualified and without a prefix, none twice.

use std::collections::HashMap;

use super::version::is_kubernetes_version;
use super::{Image, NAME_INVALID, Profile, judge, text_of};
use crate::check::{Findings, Rule};
use crate::diagnostic::Code;
use crate::name::is_qualified_name;
use crate::syntax::Node;
use crate::view::{MachineType, RuntimeInterface, Text, VolumeType};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L562", "profile-entry-repeated"),
        upstream: &["CP-K8S", "CP-IMG", "CP-IMG-CRI", "CP-MT", "CP-VT", "CP-REG", "CP-CAP"],
        judge: judge!(repeated),
    },
    Rule { code: NAME_INVALID, upstream: &["CP-IMG", "CP-MT", "CP-VT"], judge: judge!(invalid) },
];

/// The entries of one list that have been met.
struct Seen<'a> {
    what: &'static str,
    first: HashMap<String, &'a Node>,
}

impl<'a> Seen<'a> {
    fn new(what: &'static str) -> Self {
        Self { what, first: HashMap::new() }
    }

    /// Reports at `node` that an entry was met before; says whether it was.
    fn meet(
        &mut self,
        profile: Profile<'_>,
        (key, shown): (String, &'a Node),
        node: &Node,
        findings: &mut Findings,
    ) -> bool {
        let Some(first) = self.first.get(&key) else {
            self.first.insert(key, shown);
            return false;
        };
        let message = format!("the {} `{key}` is listed twice", self.what);
        findings
            .about(profile.object(), node, shown, message)
            .related(first, "first listed here")
            .why("Gardener's API server refuses it: which of the two holds would depend on their order")
            .help("remove one of the two, or correct its name");
        true
    }
}

/// The names of a list's items, but for empty ones: the schema speaks of those.
fn named<'a>(items: impl Iterator<Item = &'a Node>, field: &'static str) -> impl Iterator<Item = Text<'a>> {
    items.filter_map(move |item| item.get(field).and_then(Text::of))
}

/// Names that must differ, told at the name itself.
fn distinct<'a>(
    profile: Profile<'_>,
    what: &'static str,
    names: impl Iterator<Item = Text<'a>>,
    findings: &mut Findings,
) {
    let mut seen = Seen::new(what);
    for name in names {
        seen.meet(profile, (name.to_string(), name.node), name.node, findings);
    }
}

/// Upstream: pkg/api/core/validation/utils.go and cloudprofile.go, wherever they report `Duplicate`.
pub(super) fn repeated(profile: Profile<'_>, findings: &mut Findings) {
    let view = profile.view;
    let kubernetes = profile.kubernetes_versions().filter_map(|listed| listed.version());
    let kubernetes = kubernetes.filter(|version| is_kubernetes_version(version));
    distinct(profile, "Kubernetes version", kubernetes, findings);
    repeated_images(profile, findings);
    distinct(profile, "machine type", view.machine_types().filter_map(MachineType::name), findings);
    let mut seen = Seen::new("volume type");
    for name in view.volume_types().filter_map(VolumeType::name) {
        // Upstream looks at no further volume type then.
        if seen.meet(profile, (name.to_string(), name.node), name.node, findings) {
            break;
        }
    }
    if profile.is_part() {
        return;
    }
    let regions = || view.regions().map(|region| region.node());
    distinct(profile, "region", named(regions(), "name"), findings);
    for region in view.regions() {
        distinct(profile, "zone", named(region.zones().map(|zone| zone.node()), "name"), findings);
    }
    let capabilities = view.capabilities().map(|capability| capability.node());
    distinct(profile, "capability", named(capabilities, "name"), findings);
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateMachineImage and ValidateMachineImageVersion.
fn repeated_images(profile: Profile<'_>, findings: &mut Findings) {
    let (mut images, mut versions) = (Seen::new("machine image"), Seen::new("machine image version"));
    for Image { view, versions: listed } in profile.images() {
        let Some(image) = text_of(view.node(), "name") else { continue };
        let shown = view.name().map_or(view.node(), |name| name.node);
        images.meet(profile, (image.to_owned(), shown), view.node(), findings);
        for version in listed {
            let Some(text) = text_of(version.node(), "version") else { continue };
            let shown = version.expirable().version().map_or(version.node(), |version| version.node);
            versions.meet(profile, (format!("{image}-{text}"), shown), version.node(), findings);
            if !profile.is_part() {
                repeated_runtimes(profile, version.runtimes(), findings);
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateContainerRuntimesInterfaces and validateContainerRuntimes.
fn repeated_runtimes<'a>(
    profile: Profile<'_>,
    interfaces: impl Iterator<Item = RuntimeInterface<'a>>,
    findings: &mut Findings,
) {
    let mut seen = Seen::new("container runtime interface");
    for interface in interfaces {
        if let Some(name) = interface.name() {
            seen.meet(profile, (name.to_string(), name.node), interface.node(), findings);
        }
        let runtimes = interface.runtimes().map(|runtime| runtime.node());
        distinct(profile, "container runtime", named(runtimes, "type"), findings);
    }
}

/// Whether it is a qualified name without a prefix.
///
/// Upstream: pkg/api/core/validation/utils.go, validateUnprefixedQualifiedName.
pub(super) fn is_plain_name(text: &str) -> bool {
    is_qualified_name(text) && !text.contains('/')
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateMachineImage, ValidateMachineType and validateVolumeTypes;
/// cloudprofile.go, validateContainerRuntimes.
pub(super) fn invalid(profile: Profile<'_>, findings: &mut Findings) {
    let view = profile.view;
    let images = profile.images().filter_map(|image| image.view.name());
    images.for_each(|name| judge_name(profile, "machine image", name, findings));
    for name in view.machine_types().filter_map(MachineType::name) {
        judge_name(profile, "machine type", name, findings);
    }
    for listed in profile.volume_types() {
        for (what, name) in [("volume type", listed.name()), ("volume class", listed.class())] {
            if let Some(name) = name {
                judge_name(profile, what, name, findings);
            }
        }
    }
    for version in profile.images().filter(|_| !profile.is_part()).flat_map(|image| image.versions) {
        for runtime in version.runtimes().flat_map(RuntimeInterface::runtimes).filter_map(|it| it.type_name())
        {
            judge_name(profile, "container runtime", runtime, findings);
        }
    }
}

fn judge_name(profile: Profile<'_>, what: &str, name: Text<'_>, findings: &mut Findings) {
    if !is_plain_name(&name) {
        findings
            .at(profile.object(), name.node, format!("`{name}` is no name for a {what}"))
            .why("Gardener's API server refuses it: the name becomes the value of labels")
            .help(PLAIN);
    }
}

pub(super) const PLAIN: &str =
    "use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends and no `/`";
