//! Admission plugins of the kube-apiserver: known to the version, configured where that is possible, on where that is due.

use super::{CONFIGURING, Part, api_group, api_server, parts};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::landscape::Object;
use crate::release::{AdmissionPlugin, Minor};
use crate::syntax::{Node, Value};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L504", "admission-plugin-unavailable"),
        upstream: &["SH-ADMP", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, unavailable),
    },
    Rule {
        code: Code::error("L505", "admission-plugin-misconfigured"),
        upstream: &["SH-ADMP", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, misconfigured),
    },
    Rule {
        code: Code::error("L506", "required-part-disabled"),
        upstream: &["SH-ADMP", "SH-RTC", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, disabled),
    },
];

/// The plugin whose configuration Gardener reads itself.
const POD_SECURITY: &str = "PodSecurity";
/// How that configuration must be introduced.
const POD_SECURITY_GROUP: &str = "pod-security.admission.config.k8s.io";
const POD_SECURITY_KIND: &str = "PodSecurityConfiguration";

/// Goes over the plugins that are listed, with what the tables say of each; upstream stops at one without a name.
fn plugins<'a, 'r>(
    part: Part<'a>,
    scope: &Scope<'r>,
    each: &mut dyn FnMut(&'a Node, &'a str, Option<&'r AdmissionPlugin>, Minor),
) {
    let Some(minor) = part.version.minor.filter(|_| api_server::is_kube(part.component)) else {
        return;
    };
    let known = &scope.release.kubernetes.admission_plugins;
    for plugin in part.node.get("admissionPlugins").map(Node::items).unwrap_or_default() {
        let Some(name) = plugin.get("name").and_then(Node::as_str).filter(|name| !name.is_empty()) else {
            return;
        };
        each(plugin, name, known.get(name).filter(|known| known.lifetime.contains(minor)), minor);
    }
}

/// Upstream: pkg/utils/validation/admissionplugins/admissionplugins.go, IsAdmissionPluginSupported.
fn unavailable(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let kubernetes = &scope.release.kubernetes;
    parts(object, &mut |part| {
        plugins(part, scope, &mut |plugin, name, available, minor| {
            let node = plugin.get("name").unwrap_or(plugin);
            if let Some(available) = available {
                if available.forbidden {
                    let list = part.node.get("admissionPlugins").unwrap_or(part.node);
                    part.below(findings, list, "", node, format!("Gardener does not let `{name}` be used"))
                        .why("it would keep Gardener's own components from doing their work")
                        .help("remove it");
                }
                return;
            }
            let message = match kubernetes.admission_plugins.get(name) {
                Some(known) => format!(
                    "the admission plugin `{name}` exists {}; this is `{}`",
                    known.lifetime, part.version.text
                ),
                None => format!("the kube-apiserver has no admission plugin `{name}`"),
            };
            let offered =
                kubernetes.admission_plugins.iter().filter(|(_, known)| known.lifetime.contains(minor));
            part.at(findings, node, message)
                .why("the kube-apiserver does not start with an admission plugin it does not know")
                .help(help_with_names(name, offered.map(|(name, _)| name.as_str())));
        });
    });
}

/// Upstream: pkg/utils/validation/admissionplugins/admissionplugins.go, ValidateAdmissionPlugins and
/// validateAdmissionPluginConfig.
fn misconfigured(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        plugins(part, scope, &mut |plugin, name, available, _| {
            let Some(available) = available else {
                return;
            };
            if let Some(config) = plugin.get("config") {
                if !available.configurable {
                    part.at(
                        findings,
                        config,
                        format!("the admission plugin `{name}` takes no configuration"),
                    )
                    .why("the kube-apiserver would not read it")
                    .help("remove `config`");
                } else if name == POD_SECURITY && !is_pod_security(config) {
                    part.at(findings, config, "this is no configuration of pod security")
                        .why("Gardener reads it, and refuses what the plugin would not")
                        .help(format!(
                            "begin with `apiVersion: {POD_SECURITY_GROUP}/v1` and `kind: {POD_SECURITY_KIND}`; \
                             `defaults` holds texts, `exemptions` lists of texts"
                        ));
                }
            }
            if let Some(kubeconfig) = plugin.get("kubeconfigSecretName").filter(|_| !available.kubeconfig) {
                let message =
                    format!("the admission plugin `{name}` calls no webhooks, and needs no kubeconfig");
                part.at(findings, kubeconfig, message)
                    .why("only plugins that call webhooks are given a kubeconfig")
                    .help("remove `kubeconfigSecretName`");
            }
        });
    });
}

/// Upstream: pkg/utils/validation/admissionplugins/admissionplugins.go, ValidateAdmissionPlugins, and
/// pkg/utils/validation/apigroups/apigroups.go, checkIfRequired.
fn disabled(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        plugins(part, scope, &mut |plugin, name, available, _| {
            let off = plugin.get("disabled").and_then(Node::as_bool) == Some(true);
            if off && available.is_some_and(|available| available.required) {
                part.at(findings, plugin, format!("the admission plugin `{name}` cannot be disabled"))
                    .why("Gardener's own components, or the safety of the cluster, rest on it")
                    .help("remove `disabled`");
            }
        });
        api_group::disabled(part, scope, findings);
    });
}

/// Whether Gardener can read a configuration of pod security.
fn is_pod_security(config: &Node) -> bool {
    let text = |name| config.get(name).and_then(Node::as_str);
    let version = text("apiVersion").and_then(|version| version.strip_prefix(POD_SECURITY_GROUP));
    let is_text = |node: &Node| matches!(node.value, Value::String(_) | Value::Null);
    let is_list = |node: &Node| match &node.value {
        Value::Sequence(items) => items.iter().all(is_text),
        other => *other == Value::Null,
    };
    let each = |field, known: &[&str], holds: &dyn Fn(&Node) -> bool| {
        config.get(field).is_none_or(|mapping| {
            let known = |entry: &&crate::syntax::Entry| known.contains(&&*entry.key.name);
            mapping.as_mapping().is_some()
                && mapping.entries().iter().filter(known).all(|entry| holds(&entry.value))
        })
    };
    matches!(version, Some("/v1" | "/v1beta1" | "/v1alpha1"))
        && text("kind") == Some(POD_SECURITY_KIND)
        && each("defaults", &DEFAULTS, &is_text)
        && each("exemptions", &EXEMPTIONS, &is_list)
}

const DEFAULTS: [&str; 6] = ["enforce", "enforce-version", "audit", "audit-version", "warn", "warn-version"];
const EXEMPTIONS: [&str; 3] = ["usernames", "namespaces", "runtimeClasses"];
