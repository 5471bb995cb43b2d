//! Capabilities: defined once for the profile, and used by machine types and images as they are defined.

use super::name::{PLAIN, is_plain_name};
use super::{CAPABILITY_INVALID, Form, Profile, judge, name_of, text_of};
use crate::check::architecture::{self, ARCHITECTURE};
use crate::check::{Findings, Rule};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::MachineType;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: CAPABILITY_INVALID, upstream: &["CP-CAP", "CP-MT"], judge: judge!(machine_types) },
    Rule {
        code: Code::error("L570", "capability-definition-invalid"),
        upstream: &["CP-CAP"],
        judge: judge!(definitions),
    },
];

/// The beginning of the names that Gardener keeps for itself.
const RESERVED_PREFIX: &str = "gardener-";

/// The capabilities a profile defines, each with its values; of two with one name the last counts.
///
/// Upstream: pkg/api/core/helper/cloudprofile.go, CapabilityDefinitionsToCapabilities.
pub(super) struct Capabilities<'a>(Vec<(&'a str, &'a [Node])>);

impl<'a> Capabilities<'a> {
    /// What a profile defines; the part of a profile defines nothing.
    pub(super) fn of(profile: Profile<'a>) -> Self {
        let mut defined: Vec<(&str, &[Node])> = Vec::new();
        for definition in profile.view.capabilities().filter(|_| !profile.is_part()) {
            let Some(name) = text_of(definition.node(), "name") else { continue };
            let values = definition.node().get("values").map(Node::items).unwrap_or_default();
            match defined.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = values,
                None => defined.push((name, values)),
            }
        }
        Self(defined)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The values of a capability; nothing when it is not defined.
    pub(super) fn values(&self, name: &str) -> Option<impl Iterator<Item = &'a str> + Clone + use<'a>> {
        let values = self.0.iter().find(|(known, _)| *known == name).map(|(_, values)| *values);
        values.map(|values| values.iter().filter_map(Node::as_str))
    }

    /// The processor architectures that machines may have.
    pub(super) fn architectures(&self) -> Vec<&'a str> {
        self.values(ARCHITECTURE).map(Iterator::collect).unwrap_or_default()
    }

    /// Reports capabilities that are not defined, or have undefined values.
    pub(super) fn judge(&self, object: &Object, used: &Node, findings: &mut Findings) {
        for entry in used.entries() {
            let name = entry.key.name.as_str();
            let Some(known) = self.values(name) else {
                let path = object.root.path_to(used).unwrap_or_default();
                let key = Node::new(crate::syntax::Value::Null, entry.key.span);
                findings
                    .named(object, &key, path, format!("the capability `{name}` is not defined"))
                    .why("Gardener's API server refuses capabilities that `spec.machineCapabilities` does not define")
                    .help(help_with_names(name, self.names()));
                continue;
            };
            for (position, value) in entry.value.items().iter().enumerate() {
                let Some(text) = value.as_str().filter(|text| !known.clone().any(|known| known == *text))
                else {
                    continue;
                };
                let path = object.root.path_to(used).unwrap_or_default();
                let path = format!("{path}{}[{position}]", child(name));
                findings
                    .named(object, value, path, format!("the capability `{name}` has no value `{text}`"))
                    .why("Gardener's API server refuses values that `spec.machineCapabilities` does not define")
                    .help(help_with_names(text, known.clone()));
            }
        }
    }
}

/// A key of a mapping as upstream appends it to a path.
fn child(name: &str) -> String {
    if name.is_empty() { "[]".to_owned() } else { format!(".{name}") }
}

/// Upstream: pkg/api/core/validation/utils.go, validateMachineTypeCapabilities and validateMachineTypeArchitecture;
/// cloudprofile.go, validateCloudProfileMachineTypes.
pub(super) fn machine_types(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    let (object, defined) = (profile.object(), Capabilities::of(profile));
    if !defined.is_empty() {
        for listed in profile.machine_types() {
            architecture(object, listed, findings);
            if let Some(used) = listed.capabilities() {
                defined.judge(object, used, findings);
            }
        }
        return;
    }
    for listed in profile.view.machine_types() {
        let name = name_of(listed.name());
        if listed.capabilities().is_some_and(|used| !used.entries().is_empty()) {
            let message = format!("the machine type `{name}` has capabilities, and none are defined");
            findings
                .at_field(object, listed.node(), "capabilities", message)
                .why(UNDEFINED)
                .help("define them in `spec.machineCapabilities`");
        }
        if listed.node().get(ARCHITECTURE).and_then(Node::as_str) == Some("") {
            findings
                .at_field(object, listed.node(), ARCHITECTURE, format!("the machine type `{name}` has no architecture"))
                .why("Gardener's API server fills in `amd64` where the field is left out, and refuses an empty one")
                .help("set `amd64` or `arm64`");
        }
    }
}

pub(super) const UNDEFINED: &str =
    "Gardener's API server refuses capabilities while the profile defines none in `spec.machineCapabilities`";

fn architecture(object: &Object, listed: MachineType<'_>, findings: &mut Findings) {
    let Some(own) = listed.capabilities().and_then(|used| used.get(ARCHITECTURE)) else { return };
    match own.items() {
        [] => {}
        [only] => {
            let Some(architecture) = listed.architecture() else { return };
            if let Some(text) = only.as_str().filter(|text| *text != architecture.as_str()) {
                let message = format!("`architecture` says `{architecture}`, and the capability `{text}`");
                findings
                    .at(object, architecture.node, message)
                    .related(only, "the capability is here")
                    .why("Gardener's API server refuses a machine type that contradicts itself")
                    .help(format!("remove `architecture`, or set it to `{text}`"));
            }
        }
        _ => {
            let path = object.root.path_to(listed.node()).unwrap_or_default();
            let message = format!("the machine type `{}` has several architectures", name_of(listed.name()));
            findings
                .named(object, own, format!("{path}.capabilities.{ARCHITECTURE}"), message)
                .why("Gardener's API server refuses it: a machine has one architecture")
                .help("make one machine type for each architecture");
        }
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCapabilityDefinitions.
pub(super) fn definitions(profile: Profile<'_>, findings: &mut Findings) {
    if profile.form != Form::Whole {
        return;
    }
    let (object, defined) = (profile.object(), Capabilities::of(profile));
    let Some(list) = profile.view.capability_list().filter(|_| !defined.is_empty()) else { return };
    let spec = profile.view.spec().unwrap_or(list);
    for name in profile.view.capabilities().filter_map(|definition| definition.name()) {
        if name.starts_with(RESERVED_PREFIX) {
            findings
                .at(object, name.node, format!("the capability `{name}` begins with `{RESERVED_PREFIX}`"))
                .why("Gardener keeps names that begin like this for capabilities of its own, and refuses others'")
                .help("choose another name");
        }
    }
    match defined.values(ARCHITECTURE) {
        None => {
            findings
                .named(
                    object,
                    list,
                    format!("spec.machineCapabilities.{ARCHITECTURE}"),
                    "the capability `architecture` is not defined",
                )
                .why("Gardener's API server refuses capabilities without it: an image must fit the processors of its machine")
                .help("add `{ name: architecture, values: [amd64] }`");
        }
        Some(values) => {
            let unknown: Vec<&str> = values.filter(|value| !architecture::is_known(value)).collect();
            if let Some(first) = unknown.first() {
                let shown = value_node(&defined, ARCHITECTURE, first).unwrap_or(list);
                let message = format!("`{}` is no architecture that Gardener knows", unknown.join("`, `"));
                findings
                    .named(object, shown, format!("spec.machineCapabilities.{ARCHITECTURE}"), message)
                    .why("Gardener's API server refuses any other architecture")
                    .help(help_with_names(first, architecture::KNOWN));
            }
        }
    }
    for (name, values) in &defined.0 {
        definition(object, (spec, list), (name, values), findings);
    }
}

fn value_node<'a>(defined: &Capabilities<'a>, name: &str, value: &str) -> Option<&'a Node> {
    let (_, values) = defined.0.iter().find(|(known, _)| *known == name)?;
    values.iter().find(|node| node.as_str() == Some(value))
}

/// Upstream names what is inside a definition after the capability, not after its place in the list.
fn definition(
    object: &Object,
    (spec, list): (&Node, &Node),
    (name, values): (&str, &[Node]),
    findings: &mut Findings,
) {
    let path = object.root.path_to(list).unwrap_or_default();
    if !is_plain_name(name) {
        let message = format!("`{name}` is no name for a capability");
        findings.at_field(object, spec, "machineCapabilities", message).why(GRAMMAR).help(PLAIN);
    }
    let path = format!("{path}{}", child(name));
    if values.is_empty() {
        findings
            .named(object, list, path, format!("the capability `{name}` has no values"))
            .why("Gardener's API server refuses it: no machine could have the capability")
            .help("list all values that machines may have");
        return;
    }
    for (position, value) in values.iter().enumerate() {
        if value.as_str().is_some_and(|text| !is_plain_name(text)) {
            let text = value.as_str().unwrap_or_default();
            let message = format!("`{text}` is no value for a capability");
            findings.named(object, value, format!("{path}[{position}]"), message).why(GRAMMAR).help(PLAIN);
        }
    }
}

const GRAMMAR: &str = "Gardener's API server refuses names and values that could not be labels";
