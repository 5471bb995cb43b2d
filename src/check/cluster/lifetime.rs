//! Versions of Kubernetes: that there is one, and that it knows the fields that are set.

use super::{CONFIGURING, Part, Version, autoscaler, dotted, parts, values};
use crate::check::{Findings, Judge, Raised, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::release::{Lifetime, Minor};
use crate::syntax::{Node, Value, join_path};
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::warning("L500", "kubernetes-version-missing"),
        upstream: &["SH-K8S-REQ"],
        judge: Judge::ShootTemplate(missing),
    },
    Rule {
        code: Code::error("L526", "kubernetes-version-unusable"),
        upstream: &["SH-K8S-REQ"],
        judge: Judge::ShootTemplate(unusable),
    },
    Rule {
        code: Code::error("L525", "garden-kubernetes-version-unsupported"),
        upstream: &["GA-K8S", "XS-K8S-SUPP"],
        judge: Judge::Kinds(&[kind::GARDEN], unsupported),
    },
    Rule {
        code: Code::error("L508", "setting-not-in-version"),
        upstream: &["SH-APISRV", "SH-CA", "SH-KCM", "SH-KSCHED", "SH-KUBELET", "SH-WCS", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, not_in_version),
    },
];

/// The version of a shoot, when it has one that is no text of something else.
fn version_of(shoot: Shoot<'_>) -> Option<&Node> {
    shoot.kubernetes()?.get("version")
}

/// Stricter than Gardener, whose API server fills in what its validation then finds; see
/// plugin/pkg/shoot/mutator/admission.go, defaultKubernetesVersion.
fn missing(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if !shoot.is_template() && version_of(shoot).is_none_or(|version| version.as_str() == Some("")) {
        without_version(shoot, findings)
            .why(
                "stricter than Gardener, which takes the latest supported version of the CloudProfile: made again, \
                 the shoot is of another one",
            )
            .help("set the version; the first two numbers stand for their latest patch version");
    }
}

fn without_version<'f>(shoot: Shoot<'_>, findings: &'f mut Findings) -> Raised<'f> {
    const MESSAGE: &str = "no version of Kubernetes is chosen";
    let object = shoot.object;
    match (version_of(shoot), shoot.kubernetes()) {
        (Some(version), _) => findings.at(object, version, MESSAGE),
        (None, Some(kubernetes)) => findings.missing(object, kubernetes, "version", MESSAGE),
        (None, None) => findings.missing(object, shoot.node(), "spec.kubernetes.version", MESSAGE),
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateKubernetes, and
/// pkg/utils/validation/admissionplugins/admissionplugins.go, getAllForbiddenPlugins: the first to meet what is no
/// version, and to say so under its own path.
fn unusable(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let node = version_of(shoot);
    let read = Version::of(node);
    let is_text = node.is_none_or(|node| node.as_str().is_some());
    if shoot.is_template() && is_text && read.text.is_empty() {
        without_version(shoot, findings)
            .why("nobody fills in the version of a template, as the API server does for a shoot")
            .help("set the version");
    }
    let Some(version) = node.filter(|_| !read.text.is_empty() && read.minor.is_none()) else {
        return;
    };
    let api_server = shoot.kubernetes().and_then(|kubernetes| kubernetes.get("kubeAPIServer"));
    // Of a template, whose defaults come later, nobody asks before it says something about the API server.
    if shoot.is_template() && api_server.is_none() {
        return;
    }
    let spec = shoot.object.root.path_to(shoot.node()).unwrap_or_default();
    let path = join_path(&spec, "spec.kubernetes.kubeAPIServer.admissionPlugins");
    findings
        .named(shoot.object, version, path, format!("`{}` is no version of Kubernetes", read.text))
        .why("Gardener looks up by it which admission plugins, APIs and feature gates there are")
        .help("write three numbers, as in `1.34.2`");
}

/// Upstream: pkg/utils/validation/kubernetesversion/version.go, CheckIfSupported.
fn unsupported(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(version) = object.root.at(&["spec", "virtualCluster", "kubernetes", "version"]) else {
        return;
    };
    let Some(text) = version.as_str().filter(|text| !text.is_empty()) else {
        return;
    };
    let kubernetes = &scope.release.kubernetes;
    if Minor::of(text).is_some_and(|minor| kubernetes.supports(minor)) {
        return;
    }
    let supported: Vec<String> = kubernetes.supported.iter().map(ToString::to_string).collect();
    findings
        .at(object, version, format!("Gardener does not run the virtual garden with Kubernetes `{text}`"))
        .why("the gardener-operator refuses a Garden of a version it does not support")
        .help(format!("Gardener v{} supports {}", scope.schemas.minor(), supported.join(", ")));
}

/// Upstream: pkg/api/core/validation/shoot.go, everywhere that a constraint on the version is checked.
fn not_in_version(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for lived in part.component.lifetimes.iter().filter(|lived| !part.version.knows(lived.lifetime)) {
            let forbidden =
                part.workerless && lived.path.first().is_some_and(|field| part.needs_workers(field));
            if !forbidden {
                values(part.node, lived.path, &mut |node| {
                    let message = outlived(part, &dotted(lived.path), lived.lifetime);
                    part.at(findings, node, message)
                        .why("Gardener refuses a setting that its Kubernetes version has no use for")
                        .help(lived.instead);
                });
            }
        }
        if std::ptr::eq(part.component, &raw const autoscaler::CLUSTER) {
            taints(part, scope, findings);
        }
    });
}

/// Upstream: pkg/api/core/validation/shoot.go, validateClusterAutoscalerTaints.
fn taints(part: Part<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    for (field, lifetime) in &scope.release.kubernetes.cluster_autoscaler_taints {
        let taints = part.node.get(field).filter(|taints| is_list(taints));
        let known = part.version.minor.is_none_or(|minor| lifetime.contains(minor));
        if let Some(taints) = taints.filter(|_| !known) {
            // Upstream names the option once more, with a capital, behind the field.
            let mut option = field.clone();
            if let Some(first) = option.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            part.below(findings, taints, &option, taints, outlived(part, field, *lifetime))
                .why("Gardener refuses a setting that its Kubernetes version has no use for")
                .help("list the taints in `startupTaints` if they go away, or else in `statusTaints`");
        }
    }
}

fn is_list(node: &Node) -> bool {
    matches!(node.value, Value::Sequence(_))
}

fn outlived(part: Part<'_>, field: &str, lifetime: Lifetime) -> String {
    let version = part.version.text;
    let component = part.component.name;
    match (lifetime.added, lifetime.removed) {
        (Some(added), _) if part.version.minor.is_some_and(|minor| minor < added) => {
            format!("`{field}` of {component} exists since Kubernetes {added}; this is `{version}`")
        }
        (_, Some(removed)) => {
            format!("`{field}` of {component} was removed in Kubernetes {removed}; this is `{version}`")
        }
        _ => format!("`{field}` of {component} does not exist in Kubernetes `{version}`"),
    }
}
