//! Configuration of the extension that installs Flux into shoots.

use super::{Findings, Inspection, Judge, Rule, Scope, kind};
use crate::diagnostic::Code;
use crate::name::{is_dns_label, is_dns_subdomain};
use crate::syntax::Node;
use crate::view::Configuration;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L924", "flux-configuration-invalid"),
    upstream: &[],
    judge: Judge::Configuration(&[kind("flux.extensions.gardener.cloud", "FluxConfig")], flux),
}];

const WHY: &str = "the shoot-flux extension refuses the shoot";
const SOURCE_KINDS: &[&str] = &["GitRepository", "OCIRepository"];
const REQUIRED_COMPONENTS: [&str; 2] = ["kustomize-controller", "source-controller"];

/// Upstream: gardener-extension-shoot-flux, pkg/apis/flux/v1alpha1/validation/fluxconfig.go, ValidateFluxConfig.
fn flux(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let mut inspection = Inspection::new(configuration, findings, WHY);
    let root = configuration.node;
    installation(&mut inspection);
    match (root.get("source"), root.get("kustomization")) {
        (None, Some(_)) => {
            inspection
                .refuse_field(root, "source", "a kustomization without a source")
                .help("add `source`, or leave `kustomization` out");
        }
        (Some(_), None) => {
            inspection
                .refuse_field(root, "kustomization", "a source without a kustomization")
                .help("add `kustomization`, or leave `source` out");
        }
        _ => {}
    }
    if let Some(source) = root.get("source") {
        self::source(&mut inspection, source);
    }
    if let Some(kustomization) = root.get("kustomization") {
        let template = kustomization.get("template").unwrap_or(kustomization);
        inspection.one_of(template, "kind", &["Kustomization"]);
        let spec = template.get("spec").unwrap_or(template);
        inspection.required(spec, "path");
    }
    for resource in root.get("additionalSecretResources").map(Node::items).unwrap_or_default() {
        let target = resource.get("targetName").filter(|target| target.as_str() != Some(""));
        if let Some(target) = target.filter(|target| !target.as_str().is_some_and(is_dns_subdomain)) {
            inspection
                .refuse(target, "the target is no name of a Secret")
                .help("use lower-case letters, digits, `-` and `.`");
        }
    }
}

fn installation(inspection: &mut Inspection<'_, '_>) {
    let Some(flux) = inspection.root.get("flux") else {
        return;
    };
    let namespace = flux.get("namespace").filter(|namespace| namespace.as_str() != Some(""));
    if let Some(namespace) = namespace.filter(|namespace| !namespace.as_str().is_some_and(is_dns_label)) {
        inspection
            .refuse(namespace, "this is no name of a namespace")
            .help("use lower-case letters, digits and `-`");
    }
    let items = |field: &str| flux.get(field).map(Node::items).unwrap_or_default();
    if items("components").is_empty() {
        return;
    }
    for required in REQUIRED_COMPONENTS {
        let mut listed = items("components").iter().chain(items("componentsExtra"));
        if !listed.any(|component| component.as_str() == Some(required)) {
            inspection
                .refuse_field(flux, "components", format!("`{required}` is not among the components"))
                .help(format!("add `{required}`: the extension itself needs it"));
        }
    }
}

fn source(inspection: &mut Inspection<'_, '_>, source: &Node) {
    let Some(template) = inspection.required(source, "template") else {
        return;
    };
    inspection.one_of(template, "kind", SOURCE_KINDS);
    inspection.one_of(template, "apiVersion", &["source.toolkit.fluxcd.io/v1"]);
    let spec = template.get("spec").unwrap_or(template);
    let url = inspection.required(spec, "url");
    let reference = spec.get("ref").filter(|reference| !reference.entries().is_empty());
    if reference.is_none() {
        inspection
            .refuse_field(spec, "ref", "the source says nothing of the revision to take")
            .help("set `ref`, with a branch or a tag");
    }
    if template.get("kind").and_then(Node::as_str) == Some("OCIRepository") {
        let other = url.filter(|url| url.as_str().is_some_and(|url| !url.starts_with("oci://")));
        if let Some(url) = other {
            inspection
                .refuse(url, "the address of an OCIRepository has another scheme")
                .help("begin it with `oci://`");
        }
        let pinned =
            |reference: &Node| ["tag", "semver", "digest"].iter().any(|field| reference.get(field).is_some());
        if let Some(reference) = reference.filter(|reference| !pinned(reference)) {
            inspection
                .refuse(reference, "the revision of an OCIRepository is not told")
                .help("set one of `tag`, `semver` and `digest`");
        }
    }
    secret(inspection, source, spec);
}

/// The Secret of a source is named twice: as the shoot has it, and as Flux finds it.
fn secret(inspection: &mut Inspection<'_, '_>, source: &Node, spec: &Node) {
    let given = |node: Option<&Node>| node.is_some_and(|node| node.as_str() != Some(""));
    let resource = given(source.get("secretResourceName"));
    let reference = given(spec.at(&["secretRef", "name"]));
    if reference && !resource {
        inspection
            .refuse_field(
                source,
                "secretResourceName",
                "the Secret of the source does not come from the shoot",
            )
            .help("name an entry of `spec.resources` in `secretResourceName`");
    } else if resource && !reference {
        inspection
            .refuse_field(spec, "secretRef", "the source does not use its Secret")
            .help("set `secretRef.name` in the template");
    }
}
