//! Names in the grammar that their readers expect.

use super::{CONFIGURING, Owner, Part, item, parts, values};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::name::{is_dns_label, is_dns_subdomain, is_qualified_name};
use crate::syntax::{Node, Value};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L519", "configured-name-malformed"),
        upstream: &[
            "SH-WCS",
            "SH-CA",
            "SH-APISRV",
            "SH-KUBELET",
            "SH-AUTHN",
            "SH-AUTHZ",
            "SH-ADMP",
            "GA-KAS",
        ],
        judge: Judge::Kinds(CONFIGURING, malformed),
    },
    Rule {
        code: Code::error("L524", "taint-reserved"),
        upstream: &["SH-CA"],
        judge: Judge::Kinds(CONFIGURING, reserved),
    },
];

/// A field that holds a name.
pub(super) struct Spelling {
    pub(super) path: &'static [&'static str],
    pub(super) grammar: Grammar,
}

/// The grammar of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    /// The resource that a cache is for.
    Resource,
    /// The group of such a resource.
    ApiGroup,
    /// Whom a token is for.
    Audience,
    /// The key of a taint.
    TaintKey,
    /// The name of an image without a tag or a digest, or the beginning of such names.
    Image,
    /// A reference with a `name` and perhaps a `namespace`.
    NameAndNamespace,
    /// A mapping with a `configMapName`.
    ConfigMapName,
    /// Anything but nothing.
    Present,
}

/// The taint that Gardener puts on a node until its critical components run.
///
/// Upstream: pkg/apis/core/v1beta1/constants/types_constants.go, TaintNodeCriticalComponentsNotReady.
const RESERVED_TAINT: &str = "node.gardener.cloud/critical-components-not-ready";

/// A name that is wrong: where, in words, and what to do.
struct Fault<'a> {
    /// What holds the name, and the field in it.
    holder: &'a Node,
    field: &'static str,
    node: &'a Node,
    message: String,
    help: &'static str,
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWatchCacheSizes, validateAPIAudiences,
/// validateClusterAutoscalerTaints, validatePreloadedImagesVerificationAllowlistPattern, and secretbinding.go,
/// ValidateAuditPolicyConfigMapReference.
fn malformed(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        for spelling in part.component.spellings {
            values(part.node, spelling.path, &mut |node| {
                spelling.grammar.faults(node, part, &mut |fault| {
                    part.below(findings, fault.holder, fault.field, fault.node, fault.message)
                        .why(spelling.grammar.why())
                        .help(fault.help);
                });
            });
        }
    });
}

impl Grammar {
    fn faults<'a>(self, node: &'a Node, part: Part<'a>, each: &mut dyn FnMut(Fault<'a>)) {
        match self {
            Self::NameAndNamespace => reference(node, each),
            Self::ConfigMapName => {
                if let Some(name) = node.get("configMapName").filter(|name| is_left_empty(name, part)) {
                    let message = "the name of the ConfigMap is empty".to_owned();
                    let help = "name the ConfigMap with the configuration";
                    each(Fault { holder: name, field: "", node: name, message, help });
                }
            }
            _ => {
                let fault = item(node).and_then(|text| self.fault(text, is_left_empty(node, part)));
                if let Some((message, help)) = fault {
                    each(Fault { holder: node, field: "", node, message, help });
                }
            }
        }
    }

    fn fault(self, text: &str, left_empty: bool) -> Option<(String, &'static str)> {
        match self {
            Self::Resource | Self::Present if text.is_empty() => {
                left_empty.then(|| ("the name is empty".to_owned(), "write a name"))
            }
            Self::Resource if is_not_plain(text, &[',', '.', ' ', '#']) => Some((
                format!("`{text}` is no name of a resource"),
                "write the plural name in lower case, and its group in `apiGroup`",
            )),
            Self::ApiGroup if is_not_plain(text, &[',', ' ', '#']) => {
                Some((format!("`{text}` is no API group"), "write the group in lower case, as `apps`"))
            }
            Self::Audience if text.contains(',') => {
                Some((format!("the audience `{text}` contains a comma"), "write one item for each audience"))
            }
            Self::TaintKey if !is_qualified_name(text) => {
                Some((format!("`{text}` is no key of a taint"), "write a name, or a domain, `/` and a name"))
            }
            Self::Image => image_fault(text).map(|fault| (format!("`{text}` {fault}"), IMAGE_HELP)),
            _ => None,
        }
    }

    fn why(self) -> &'static str {
        match self {
            Self::Resource | Self::ApiGroup => {
                "the kube-apiserver takes all sizes in one line, and would misread it"
            }
            Self::Audience => "the kube-apiserver takes all audiences in one line, separated by commas",
            Self::TaintKey => "no node can have such a taint",
            Self::Image => "the kubelet does not start with a pattern it cannot read",
            Self::NameAndNamespace | Self::ConfigMapName => {
                "Gardener reads the configuration from this object"
            }
            Self::Present => "nothing can be said about what has no name",
        }
    }
}

/// Whether a required text is empty where no schema minds; for shoots, one does.
fn is_left_empty(node: &Node, part: Part<'_>) -> bool {
    part.owner == Owner::Garden && node.as_str() == Some("")
}

fn is_not_plain(text: &str, forbidden: &[char]) -> bool {
    text.contains(forbidden) || text.to_lowercase() != text
}

/// Upstream: pkg/api/core/validation/utils.go, ValidateObjectReferenceNameAndNamespace.
fn reference<'a>(reference: &'a Node, each: &mut dyn FnMut(Fault<'a>)) {
    if reference.as_mapping().is_none() {
        return;
    }
    let fault = |field: &'static str, message: String, help: &'static str| {
        let node = reference.get(field).unwrap_or(reference);
        Fault { holder: reference, field, node, message, help }
    };
    match reference.get("name").map(|name| &name.value) {
        Some(Value::String(name)) if is_dns_subdomain(name) => {}
        Some(Value::String(name)) if !name.is_empty() => {
            let message = format!("`{name}` is no name of an object");
            each(fault("name", message, "write lower-case letters, digits, `-` and `.`"));
        }
        None | Some(Value::String(_)) => {
            each(fault("name", "the reference has no name".to_owned(), "name the object"));
        }
        Some(_) => {}
    }
    let namespace =
        reference.get("namespace").and_then(Node::as_str).filter(|namespace| !namespace.is_empty());
    if let Some(namespace) = namespace.filter(|namespace| !is_dns_label(namespace)) {
        let message = format!("`{namespace}` is no name of a namespace");
        each(fault("namespace", message, "write lower-case letters, digits and `-`"));
    }
}

const IMAGE_HELP: &str =
    "write the name of an image without a tag or a digest, or the beginning of such names up to `/*`";

/// What is wrong with a pattern for names of images.
fn image_fault(pattern: &str) -> Option<&'static str> {
    if pattern != pattern.trim() {
        return Some("begins or ends with a space");
    }
    if let Some(beginning) = pattern.strip_suffix("/*") {
        return match beginning {
            "" => Some("has no host before the `/*`"),
            _ => beginning.contains('*').then_some("has a `*` in its midst"),
        };
    }
    if pattern.contains('*') {
        return Some("has a `*` elsewhere than in a `/*` at its end");
    }
    (!is_image_name(pattern)).then_some("is no name of an image")
}

/// Whether a text is the name of an image, with a host or without, and without a tag or a digest.
///
/// Upstream: github.com/distribution/reference, regexp.go.
fn is_image_name(text: &str) -> bool {
    const PATH_LIMIT: usize = 255;
    let is_path = |path: &str| path.split('/').all(is_path_component);
    let behind_host =
        text.split_once('/').filter(|(host, path)| is_host(host) && is_path(path)).map(|(_, path)| path);
    // A first part that could be a host counts as one.
    match behind_host {
        Some(path) => path.len() <= PATH_LIMIT,
        None => is_path(text) && text.len() <= PATH_LIMIT,
    }
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_label = |part: &str| {
        let inner = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inner && !part.is_empty() && !part.starts_with('-') && !part.ends_with('-')
    };
    let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let is_address = |address: &str| {
        !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    literal.map_or_else(|| name.split('.').all(is_label), is_address) && port.is_none_or(is_port)
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_path_component(component: &str) -> bool {
    let alphanumeric = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let separators = component.split(alphanumeric).filter(|between| !between.is_empty());
    let ends = component.starts_with(alphanumeric) && component.ends_with(alphanumeric);
    ends && separators
        .into_iter()
        .all(|between| matches!(between, "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

/// Upstream: pkg/api/core/validation/shoot.go, validateClusterAutoscalerTaints.
fn reserved(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    parts(object, &mut |part| {
        let taints = part.component.spellings.iter().filter(|spelling| spelling.grammar == Grammar::TaintKey);
        for spelling in taints {
            values(part.node, spelling.path, &mut |node| {
                if node.as_str() == Some(RESERVED_TAINT) {
                    part.at(findings, node, format!("the taint `{RESERVED_TAINT}` is Gardener's own"))
                        .why("Gardener tells the cluster-autoscaler of it by itself")
                        .help("remove it");
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_images_end_in_a_name_or_a_wildcard() {
        for pattern in [
            "a",
            "registry.example.org/a/b",
            "registry.example.org:5000/a",
            "Registry/a",
            "[2001:db8::1]:5000/a",
            "a__b/c--d",
            "registry.example.org/*",
            "any thing/*",
        ] {
            assert_eq!(image_fault(pattern), None, "{pattern}");
        }
        for pattern in [
            "",
            " a",
            "/*",
            "*",
            "a/*/b",
            "a*/*",
            "a:1",
            "a@sha256:00",
            "A",
            "a/B",
            "a//b",
            "a/",
            "a_-b",
            "-a",
            "a:5000/",
        ] {
            assert!(image_fault(pattern).is_some(), "{pattern}");
        }
    }
}
