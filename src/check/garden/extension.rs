//! Extensions of the garden itself: all that the Garden asks for is installed, and can be.

use std::collections::BTreeMap;

use super::REFUSED;
use crate::check::registration::{given, items};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind::{EXTENSION, GARDEN};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{ControllerResource, Extension, Garden, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L496", "garden-extension-invalid"),
        upstream: &["XG-EXT-TYPE"],
        judge: Judge::Kinds(&[GARDEN], types),
    },
    Rule {
        code: Code::error("L497", "garden-extension-missing"),
        upstream: &["XG-EXT-REQ"],
        judge: Judge::Kinds(&[GARDEN], required),
    },
    Rule {
        code: Code::error("L498", "runtime-extension-without-chart"),
        upstream: &["XG-EXT-RT"],
        judge: Judge::Landscape(without_chart),
    },
];

const EXTENSION_KIND: &str = "Extension";
const GARDEN_TYPE: &str = "garden";

fn extensions<'a>(scope: &Scope<'a>) -> impl Iterator<Item = Extension<'a>> + Clone {
    let objects = scope.landscape.of_kind(EXTENSION.kind);
    let objects: Vec<&'a Object> =
        objects.filter(|object| object.identity.group() == EXTENSION.group).collect();
    objects.into_iter().map(Extension::of)
}

fn provides(extension: Extension<'_>, kind: &str, extension_type: &str) -> bool {
    extension.resources().any(|resource| is(resource, kind, extension_type))
}

fn is(resource: ControllerResource<'_>, kind: &str, extension_type: &str) -> bool {
    resource.kind().is_some_and(|it| *it == *kind)
        && resource.extension_type().is_some_and(|it| *it == *extension_type)
}

fn lists_garden(list: Option<&Node>) -> bool {
    items(list).iter().any(|item| item.as_str() == Some(GARDEN_TYPE))
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateExtensions.
fn types(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let types: Vec<Text<'_>> = Garden::of(object).extensions().filter_map(|it| it.type_name()).collect();
    for (index, name) in types.iter().enumerate() {
        let earlier = types.iter().take(index).find(|earlier| earlier.as_str() == name.as_str());
        if let Some(earlier) = earlier {
            findings
                .at(object, name.node, format!("the extension `{name}` is listed twice"))
                .related(earlier.node, "it is listed here already")
                .why(REFUSED)
                .help("list it once");
        } else {
            for_garden(object, *name, scope, findings);
        }
    }
}

/// Reports that no Extension of a type works for the garden itself, if none does.
fn for_garden(object: &Object, name: Text<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let resources = extensions(scope).flat_map(Extension::resources);
    let of_type: Vec<ControllerResource<'_>> =
        resources.filter(|resource| is(*resource, EXTENSION_KIND, &name)).collect();
    let elsewhere = of_type.first();
    if of_type.iter().any(|resource| lists_garden(resource.cluster_types()))
        || elsewhere.is_none() && !scope.complete()
    {
        return;
    }
    let Some(elsewhere) = elsewhere else {
        let all = extensions(scope).flat_map(Extension::resources);
        let fit = all.filter(|resource| lists_garden(resource.cluster_types()));
        let known: Vec<&str> = fit.filter_map(|it| it.extension_type()).map(Text::as_str).collect();
        findings
            .at(object, name.node, format!("no Extension of the type `{name}` is declared"))
            .why(REFUSED)
            .help(help_with_names(&name, known));
        return;
    };
    findings
        .at(object, name.node, format!("the extension `{name}` does not work for the garden itself"))
        .related(elsewhere.node(), "it is declared here")
        .why(REFUSED)
        .help(format!("if it can, add `{GARDEN_TYPE}` to its `clusterCompatibility`"));
}

/// Kind and type of all that a Garden needs beside what it lists, with the value that asks for it.
///
/// Upstream: pkg/utils/gardener/operator/garden.go, ComputeRequiredExtensionsForGarden.
pub(in crate::check) fn needs(garden: Garden<'_>) -> Vec<(&'static str, Text<'_>)> {
    let backup = ["BackupBucket", "BackupEntry"];
    let backup = backup.into_iter().filter_map(|kind| Some((kind, garden.backup_provider()?)));
    let records = garden.dns_providers().filter_map(|provider| Some(("DNSRecord", provider.type_name()?)));
    backup.chain(records).collect()
}

/// Upstream: pkg/utils/gardener/operator/garden.go, RequiredGardenExtensionsReady.
fn required(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if !scope.complete() {
        return;
    }
    let mut missing: BTreeMap<(&str, usize), (Text<'_>, Vec<&str>)> = BTreeMap::new();
    for (kind, name) in needs(Garden::of(object)) {
        if !extensions(scope).any(|extension| provides(extension, kind, &name)) {
            let place = (name.as_str(), std::ptr::from_ref(name.node).addr());
            missing.entry(place).or_insert((name, Vec::new())).1.push(kind);
        }
    }
    for (name, kinds) in missing.into_values() {
        let resources = extensions(scope).flat_map(Extension::resources);
        let known =
            resources.filter(|resource| resource.kind().is_some_and(|kind| kinds.contains(&kind.as_str())));
        let known: Vec<&str> = known.filter_map(|it| it.extension_type()).map(Text::as_str).collect();
        let kinds: Vec<String> = kinds.into_iter().map(|kind| format!("`{kind}`")).collect();
        let kinds = kinds.join(" and ");
        findings
            .at(object, name.node, format!("no Extension is in charge of {kinds} of the type `{name}`"))
            .why("the gardener-operator waits for it, and the garden never becomes ready")
            .help(format!("declare an Extension that is in charge of it; {}", help_with_names(&name, known)));
    }
}

/// Upstream: pkg/operator/controller/extension/extension/runtime/runtime.go, createOrUpdateResources.
fn without_chart(scope: &Scope<'_>, findings: &mut Findings) {
    let gardens = scope.landscape.of_kind(GARDEN.kind);
    let gardens: Vec<Garden<'_>> =
        gardens.filter(|garden| garden.identity.group() == GARDEN.group).map(Garden::of).collect();
    let asked: Vec<(&str, Text<'_>)> = gardens
        .iter()
        .flat_map(|garden| {
            let listed = garden.extensions().filter_map(|it| Some((EXTENSION_KIND, it.type_name()?)));
            needs(*garden).into_iter().chain(listed)
        })
        .collect();
    for extension in extensions(scope) {
        let installed = given(extension.deployment()).is_some();
        if !installed || given(extension.controller()).is_some() || gardens.is_empty() {
            continue;
        }
        let mut resources = extension.resources();
        let wanted = resources.find_map(|resource| {
            let asked = asked.iter().find(|(kind, name)| is(resource, kind, name));
            let enabled = resource.kind().is_some_and(|kind| *kind == *EXTENSION_KIND)
                && lists_garden(resource.auto_enabled());
            asked.map(|(_, name)| name.node).or_else(|| enabled.then_some(resource.node()))
        });
        if let (Some(wanted), Some(deployment)) = (wanted, given(extension.deployment())) {
            let message = format!(
                "the garden needs the extension `{}`, which has no controller to install",
                extension.object.identity.name
            );
            findings
                .missing(extension.object, deployment, "extension", message)
                .related(wanted, "it is asked for here")
                .why("the gardener-operator fails to install it in the runtime cluster, and the garden never becomes ready")
                .help("name the chart of the controller under `extension.helm`");
        }
    }
}
