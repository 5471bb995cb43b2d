//! APIs that the kube-apiserver is told to serve or not to serve.

use super::{CONFIGURING, Part, api_server, parts, switch};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, nearest};
use crate::landscape::Object;
use crate::release::{Api, Kubernetes};
use crate::syntax::{Entry, Node};

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L507", "api-unavailable"),
    upstream: &["SH-RTC", "GA-KAS"],
    judge: Judge::Kinds(CONFIGURING, unavailable),
}];

/// An API as it is written: `apps/v1`, `v1`, `apps/v1/deployments` or `v1/pods`.
#[derive(Clone, Copy)]
struct Written<'a> {
    group_version: &'a str,
    /// The whole of it, when it names a resource.
    resource: Option<&'a str>,
}

impl<'a> Written<'a> {
    /// Upstream: pkg/utils/validation/apigroups/apigroups.go, SplitAPI.
    fn parse(text: &'a str) -> Option<Self> {
        let slashes: Vec<usize> = text.match_indices('/').map(|(offset, _)| offset).collect();
        let (end, is_resource) = match *slashes {
            [] => (text.len(), false),
            [first] if text.get(..first) == Some("v1") => (first, true),
            [_] => (text.len(), false),
            [_, second] => (second, true),
            _ => return None,
        };
        Some(Self { group_version: text.get(..end)?, resource: is_resource.then_some(text) })
    }

    fn known<'r>(&self, kubernetes: &'r Kubernetes) -> Option<&'r Api> {
        match self.resource {
            Some(resource) => kubernetes.api_resources.get(resource),
            None => kubernetes.api_group_versions.get(self.group_version),
        }
    }
}

fn entries(part: Part<'_>) -> impl Iterator<Item = (&Node, &Entry)> {
    let config = part.node.get("runtimeConfig").filter(|_| api_server::is_kube(part.component));
    config.into_iter().flat_map(|config| config.entries().iter().map(move |entry| (config, entry)))
}

/// Upstream: pkg/utils/validation/apigroups/apigroups.go, IsAPISupported.
fn unavailable(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let kubernetes = &scope.release.kubernetes;
    parts(object, &mut |part| {
        let Some(minor) = part.version.minor else {
            return;
        };
        for (config, entry) in entries(part) {
            let name = &*entry.key.name;
            let known = Written::parse(name).and_then(|written| written.known(kubernetes));
            let (message, help) = match known {
                Some(known) if known.lifetime.contains(minor) => continue,
                Some(known) => {
                    let version = part.version.text;
                    (
                        format!("the API `{name}` exists {}; this is `{version}`", known.lifetime),
                        "remove it".to_owned(),
                    )
                }
                None => {
                    let apis = kubernetes.api_group_versions.keys().chain(kubernetes.api_resources.keys());
                    let help = match nearest(name, apis.map(String::as_str)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write `group/version` or `group/version/resource`, of the core group `v1`"
                            .to_owned(),
                    };
                    (format!("Kubernetes has no API `{name}`"), help)
                }
            };
            part.below(findings, config, &format!("[{name}]"), &entry.value, message)
                .why("the kube-apiserver does not start when it is to serve an API it does not have")
                .help(help);
        }
    });
}

/// Finds APIs that are off, and that a cluster cannot be without.
///
/// Upstream: pkg/utils/validation/apigroups/apigroups.go, ValidateAPIGroupVersions.
pub(super) fn disabled(part: Part<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let kubernetes = &scope.release.kubernetes;
    for (config, entry) in entries(part).filter(|(_, entry)| switch(&entry.value) == Some(false)) {
        let name = &*entry.key.name;
        let Some((written, known)) =
            Written::parse(name).and_then(|written| Some((written, written.known(kubernetes)?)))
        else {
            continue;
        };
        if part.version.minor.is_some_and(|minor| known.lifetime.contains(minor))
            && let Some(required) = required(written, part.workerless, kubernetes)
        {
            let because = if required == name { String::new() } else { format!(", because of `{required}`") };
            let message = format!("the API `{name}` cannot be disabled{because}");
            part.below(findings, config, &format!("[{name}]"), &entry.value, message)
                .why("Gardener's own components use it")
                .help("remove it");
        }
    }
}

/// The required API that goes with another one: it, what it is a resource of, or one of its resources.
fn required<'r>(written: Written<'_>, workerless: bool, kubernetes: &'r Kubernetes) -> Option<&'r str> {
    let needed = |api: &Api| if workerless { api.required_workerless } else { api.required };
    let of_group = kubernetes.api_group_versions.get_key_value(written.group_version);
    let of_group = of_group.filter(|(_, api)| needed(api));
    match written.resource {
        Some(resource) => {
            kubernetes.api_resources.get_key_value(resource).filter(|(_, api)| needed(api)).or(of_group)
        }
        None => of_group.or_else(|| {
            let first = format!("{}/", written.group_version);
            let resources = kubernetes.api_resources.range(first.clone()..);
            resources.take_while(|(name, _)| name.starts_with(&first)).find(|(_, api)| needed(api))
        }),
    }
    .map(|(name, _)| name.as_str())
}
