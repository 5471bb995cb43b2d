//! Audit policies: what the audit log records.

use super::{Policy, items, text};
use crate::diagnostic::help_with_names;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;

const LEVELS: [&str; 4] = ["None", "Metadata", "Request", "RequestResponse"];
const STAGES: [&str; 4] = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

/// Upstream: k8s.io/apiserver/pkg/apis/audit/validation/validation.go, ValidatePolicy.
pub(super) fn judge(policy: &mut Policy<'_>) {
    let root = policy.root;
    stages(policy, root);
    for rule in items(root, "rules") {
        match text(rule, "level") {
            None => {
                policy.field(rule, "level", "it is missing").help(help_with_names("", LEVELS));
            }
            Some(level) if !LEVELS.contains(&level) => {
                let fault = format!("`{level}` is no level");
                policy.field(rule, "level", fault).help(help_with_names(level, LEVELS));
            }
            Some(_) => {}
        }
        urls(policy, rule);
        for resource in items(rule, "resources") {
            if let Some(group) =
                text(resource, "group").filter(|group| *group != "*" && !is_dns_subdomain(group))
            {
                let fault = format!("`{group}` is no API group");
                policy.field(resource, "group", fault).help("write the group without its version");
            }
            if !items(resource, "resourceNames").is_empty() && items(resource, "resources").is_empty() {
                policy
                    .field(resource, "resourceNames", "names without a resource")
                    .help("add `resources`, or remove `resourceNames`");
            }
        }
        stages(policy, rule);
    }
}

fn urls(policy: &mut Policy<'_>, rule: &Node) {
    let urls = items(rule, "nonResourceURLs");
    for (node, url) in
        urls.iter().filter_map(|node| Some((node, node.as_str()?))).filter(|(_, url)| *url != "*")
    {
        if !url.starts_with('/') {
            policy.at(node, format!("`{url}` does not begin with `/`"));
        }
        let inner = url.char_indices().next_back().and_then(|(last, _)| url.get(..last));
        if inner.is_some_and(|inner| inner.contains('*')) {
            policy.at(node, format!("`{url}` has a `*` before its end"));
        }
    }
    let resources = ["resources", "namespaces"].into_iter().any(|field| !items(rule, field).is_empty());
    if !urls.is_empty() && resources {
        policy
            .field(rule, "nonResourceURLs", "a rule is for URLs or for resources, not for both")
            .help("write two rules");
    }
}

fn stages(policy: &mut Policy<'_>, part: &Node) {
    for node in items(part, "omitStages") {
        if let Some(stage) = node.as_str().filter(|stage| !STAGES.contains(stage)) {
            policy.at(node, format!("`{stage}` is no stage")).help(help_with_names(stage, STAGES));
        }
    }
}
