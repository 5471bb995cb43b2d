//! AuthorizationConfigurations: the webhooks that are asked what users may do.

use super::{Policy, expression, items, text};
use crate::diagnostic::help_with_names;
use crate::duration::Duration;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::Shoot;

const WEBHOOK: &str = "Webhook";
const TIMEOUT_LIMIT: Duration = Duration::seconds(30);
const CONDITIONS_LIMIT: usize = 64;

/// Upstream: pkg/admissioncontroller/webhook/admission/authorizationconfig/add.go, admitConfig.
///
/// It stops at the first webhook that says how it is reached, and at the first without a kubeconfig.
pub(super) fn judge<'a>(policy: &mut Policy<'a>, shoots: &[Shoot<'a>]) {
    let authorizers = items(policy.root, "authorizers");
    let webhooks = || {
        let webhook = |authorizer: &'a Node| Some((authorizer, authorizer.get("webhook")?));
        authorizers.iter().filter(|authorizer| text(authorizer, "type") == Some(WEBHOOK)).filter_map(webhook)
    };
    for (_, webhook) in webhooks() {
        let connection = webhook.get("connectionInfo").map(Node::entries).unwrap_or_default();
        if connection.iter().any(|entry| entry.value.as_str() != Some("")) {
            policy
                .field(webhook, "connectionInfo", "Gardener says itself how the webhook is reached")
                .help("remove it, and name a Secret with a kubeconfig in the shoot");
            return;
        }
    }
    let mut complete = true;
    for (authorizer, name) in
        webhooks().filter_map(|(authorizer, _)| Some((authorizer, text(authorizer, "name")?)))
    {
        for shoot in shoots {
            let kubeconfigs = shoot.api_server().into_iter().flat_map(|server| server.authorizers());
            let mut named = kubeconfigs.filter_map(|reference| reference.name());
            if !named.any(|known| *known == *name) {
                let fault = format!("the shoot `{}` has no kubeconfig for it", shoot.object.identity.name);
                policy
                    .field(authorizer, "name", fault)
                    .related(shoot.object.name_node(), "this shoot")
                    .help(format!(
                        "add `{{authorizerName: {name}, secretName: …}}` to `structuredAuthorization.kubeconfigs` of the shoot"
                    ));
                complete = false;
            }
        }
    }
    if complete {
        configuration(policy, authorizers);
    }
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, ValidateAuthorizationConfiguration.
fn configuration(policy: &mut Policy<'_>, authorizers: &[Node]) {
    if authorizers.is_empty() {
        let root = policy.root;
        policy.field(root, "authorizers", "nobody is asked").help("add an authorizer");
    }
    let mut seen: Vec<&str> = Vec::new();
    for authorizer in authorizers {
        match text(authorizer, "type") {
            Some(WEBHOOK) => {}
            None => {
                policy.field(authorizer, "type", "it is missing").help("set `type: Webhook`");
                continue;
            }
            Some(other) => {
                policy
                    .field(authorizer, "type", format!("`{other}` is not supported"))
                    .help("set `type: Webhook`");
                continue;
            }
        }
        match text(authorizer, "name") {
            None => {
                policy.field(authorizer, "name", "it is missing");
            }
            Some(name) if seen.contains(&name) => {
                policy.field(authorizer, "name", format!("a second authorizer `{name}`"));
            }
            Some(name) if !is_dns_subdomain(name) => {
                policy.field(authorizer, "name", format!("`{name}` is no DNS name"));
            }
            Some(name) => seen.push(name),
        }
        match authorizer.get("webhook") {
            Some(webhook) => judge_webhook(policy, webhook),
            None => {
                policy.field(authorizer, "webhook", "it is missing");
            }
        }
    }
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, ValidateWebhookConfiguration.
fn judge_webhook(policy: &mut Policy<'_>, webhook: &Node) {
    let duration =
        |field| text(webhook, field).and_then(|text| text.parse::<Duration>().ok()).unwrap_or_default();
    let timeout = duration("timeout");
    if timeout == Duration::ZERO {
        policy.field(webhook, "timeout", "it is missing").help("set it to at most `30s`");
    } else if timeout > TIMEOUT_LIMIT || timeout < Duration::ZERO {
        policy.field(webhook, "timeout", "it is not between `0s` and `30s`").help("set it to at most `30s`");
    }
    for field in ["authorizedTTL", "unauthorizedTTL"] {
        if duration(field) < Duration::ZERO {
            policy.field(webhook, field, "it is negative");
        }
    }
    let conditions = items(webhook, "matchConditions");
    let needed = [
        ("subjectAccessReviewVersion", true, &["v1", "v1beta1"][..]),
        ("matchConditionSubjectAccessReviewVersion", !conditions.is_empty(), &["v1"]),
        ("failurePolicy", true, &["Deny", "NoOpinion"]),
    ];
    for (field, needed, known) in needed {
        match text(webhook, field) {
            None if needed => {
                policy
                    .field(webhook, field, "it is missing")
                    .help(help_with_names("", known.iter().copied()));
            }
            Some(other) if !known.contains(&other) => {
                let help = help_with_names(other, known.iter().copied());
                policy.field(webhook, field, format!("`{other}` is not supported")).help(help);
            }
            _ => {}
        }
    }
    judge_conditions(policy, webhook, conditions);
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, compileMatchConditions.
fn judge_conditions(policy: &mut Policy<'_>, webhook: &Node, conditions: &[Node]) {
    if conditions.len() > CONDITIONS_LIMIT {
        policy.field(webhook, "matchConditions", format!("more than {CONDITIONS_LIMIT} conditions"));
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for condition in conditions {
        let written = text(condition, "expression").unwrap_or_default();
        if written.trim().is_empty() {
            policy.field(condition, "expression", "it is missing");
        } else if seen.contains(&written) {
            policy.field(condition, "expression", "another condition says the same");
        } else {
            seen.push(written);
            if let Err(fault) = expression::tokens(written) {
                policy.field(condition, "expression", fault);
            }
        }
    }
}
