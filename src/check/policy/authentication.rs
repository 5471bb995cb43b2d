//! AuthenticationConfigurations: whose tokens are trusted, and what is taken from them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::expression::{Token, reads_claim, tokens};
use super::{Policy, items, text};
use crate::check::issuer_url;
use crate::diagnostic::help_with_names;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::Shoot;

const AUTHENTICATORS_LIMIT: usize = 64;
const SELECTORS: [&str; 2] = ["cluster", "controlplane"];
/// Domains whose keys Kubernetes gives a meaning to.
const RESERVED: [&str; 2] = ["k8s.io", "kubernetes.io"];

/// Upstream: pkg/admissioncontroller/webhook/admission/authenticationconfig/add.go, admitConfig;
/// k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, ValidateAuthenticationConfiguration.
pub(super) fn judge<'a>(policy: &mut Policy<'a>, shoots: &[Shoot<'a>]) {
    let root = policy.root;
    let authenticators = items(root, "jwt");
    if authenticators.len() > AUTHENTICATORS_LIMIT {
        policy.field(root, "jwt", format!("more than {AUTHENTICATORS_LIMIT} issuers"));
        return;
    }
    let mut urls: Vec<&str> = Vec::new();
    let mut discoveries: Vec<&str> = Vec::new();
    for authenticator in authenticators {
        judge_issuer(policy, authenticator, shoots);
        let verified = judge_claims(policy, authenticator);
        judge_mappings(policy, authenticator, verified);
        judge_users(policy, authenticator);
        for (field, seen) in [("url", &mut urls), ("discoveryURL", &mut discoveries)] {
            let issuer = authenticator.get("issuer");
            match issuer.and_then(|issuer| text(issuer, field)) {
                Some(url) if seen.contains(&url) => {
                    policy.field(
                        authenticator,
                        &format!("issuer.{field}"),
                        format!("`{url}` is listed already"),
                    );
                }
                Some(url) => seen.push(url),
                None => {}
            }
        }
    }
    anonymous(policy, shoots);
}

fn anonymous<'a>(policy: &mut Policy<'a>, shoots: &[Shoot<'a>]) {
    let Some(anonymous) = policy.root.get("anonymous") else {
        return;
    };
    let enabled = anonymous.get("enabled").and_then(Node::as_bool) == Some(true);
    if !enabled && !items(anonymous, "conditions").is_empty() {
        policy
            .field(anonymous, "conditions", "conditions for what is not enabled")
            .help("set `enabled: true`, or remove the conditions");
    }
    for shoot in shoots {
        if let Some(legacy) = shoot.api_server().and_then(|server| server.anonymous()) {
            let fault = format!("the shoot `{}` says it itself too", shoot.object.identity.name);
            policy
                .at(anonymous, fault)
                .related(legacy, "the shoot says it here")
                .help("remove `enableAnonymousAuthentication` from the shoot");
        }
    }
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateIssuer.
fn judge_issuer<'a>(policy: &mut Policy<'a>, authenticator: &'a Node, shoots: &[Shoot<'a>]) {
    let issuer = authenticator.get("issuer");
    let get = |field| issuer.and_then(|issuer| text(issuer, field));
    let path = |field: &str| format!("issuer.{field}");
    match get("url") {
        None => {
            policy.field(authenticator, &path("url"), "it is missing");
        }
        Some(written) => {
            if let Some((shoot, own)) = own_issuer(shoots, written) {
                let fault =
                    format!("the shoot `{}` issues its own tokens under it", shoot.object.identity.name);
                policy.field(authenticator, &path("url"), fault).related(own, "the issuer of the shoot");
            }
            if let Some(fault) = issuer_url::fault(written) {
                policy.field(authenticator, &path("url"), format!("it {fault}"));
            }
        }
    }
    if let Some(discovery) = get("discoveryURL") {
        let same = get("url").is_some_and(|url| url.trim_end_matches('/') == discovery.trim_end_matches('/'));
        if same {
            policy
                .field(authenticator, &path("discoveryURL"), "it is the URL of the issuer itself")
                .help("remove it");
        }
        if let Some(fault) = issuer_url::fault(discovery) {
            policy.field(authenticator, &path("discoveryURL"), format!("it {fault}"));
        }
    }
    judge_audiences(policy, authenticator, issuer);
    if get("certificateAuthority").is_some_and(|authority| !holds_certificate(authority)) {
        policy
            .field(authenticator, &path("certificateAuthority"), "it holds no certificate")
            .help("write it as PEM");
    }
    if let Some(selector) = get("egressSelectorType").filter(|selector| !SELECTORS.contains(selector)) {
        let fault = format!("`{selector}` is not known");
        policy
            .field(authenticator, &path("egressSelectorType"), fault)
            .help(help_with_names(selector, SELECTORS));
    }
}

/// The shoot that issues tokens under a URL itself, and where it says so.
///
/// Upstream: pkg/admissioncontroller/webhook/admission/authenticationconfig/add.go, getIssuersFromShoot.
fn own_issuer<'a>(shoots: &[Shoot<'a>], url: &str) -> Option<(Shoot<'a>, &'a Node)> {
    shoots.iter().find_map(|shoot| {
        let server = shoot.api_server()?;
        let mut issuers = server.issuer().into_iter().chain(server.accepted_issuers());
        let own = issuers.find(|issuer| **issuer == *url)?;
        Some((*shoot, own.node))
    })
}

fn judge_audiences(policy: &mut Policy<'_>, authenticator: &Node, issuer: Option<&Node>) {
    let audiences = issuer.map(|issuer| items(issuer, "audiences")).unwrap_or_default();
    if audiences.is_empty() {
        policy
            .field(authenticator, "issuer.audiences", "it is missing")
            .help("name who the tokens must be for");
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for (node, audience) in audiences.iter().filter_map(|node| Some((node, node.as_str()?))) {
        if audience.is_empty() {
            policy.at(node, "it is empty");
        }
        if seen.contains(&audience) {
            policy.at(node, format!("`{audience}` is listed already"));
        }
        seen.push(audience);
    }
    let matching = issuer.and_then(|issuer| text(issuer, "audienceMatchPolicy"));
    let fits = matching == Some("MatchAny") || matching.is_none() && audiences.len() == 1;
    if !fits {
        policy
            .field(authenticator, "issuer.audienceMatchPolicy", "it is not `MatchAny`")
            .help("set `audienceMatchPolicy: MatchAny`");
    }
}

/// Upstream: k8s.io/client-go/util/cert, NewPoolFromBytes.
fn holds_certificate(pem: &str) -> bool {
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let mut bodies = blocks.filter_map(|block| block.split_once("-----END CERTIFICATE-----")).peekable();
    let decodes =
        |(body, _): (&str, &str)| STANDARD.decode(body.split_whitespace().collect::<String>()).is_ok();
    bodies.peek().is_some() && bodies.all(decodes)
}

/// An expression that could be read; its fault is told otherwise.
fn compiled<'a>(
    policy: &mut Policy<'_>,
    part: &Node,
    field: &str,
    written: &'a str,
) -> Option<Vec<Token<'a>>> {
    match tokens(written) {
        Ok(tokens) => Some(tokens),
        Err(fault) => {
            policy.field(part, field, fault);
            None
        }
    }
}

/// Whether a rule looks at whether the address is verified.
///
/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateClaimValidationRules.
fn judge_claims(policy: &mut Policy<'_>, authenticator: &Node) -> bool {
    let mut verified = false;
    let (mut claims, mut expressions) = (Vec::new(), Vec::new());
    for rule in items(authenticator, "claimValidationRules") {
        match (text(rule, "claim"), text(rule, "expression")) {
            (Some(_), Some(_)) => {
                policy.at(rule, "it has both `claim` and `expression`").help("remove one of them");
            }
            (None, None) => {
                policy.at(rule, "it has neither `claim` nor `expression`").help("add one of them");
            }
            (Some(claim), None) => {
                if text(rule, "message").is_some() {
                    policy.field(rule, "message", "only an `expression` has a message");
                }
                if claims.contains(&claim) {
                    policy.field(rule, "claim", format!("`{claim}` is checked already"));
                }
                claims.push(claim);
            }
            (None, Some(expression)) => {
                if text(rule, "requiredValue").is_some() {
                    policy.field(rule, "requiredValue", "only a `claim` has a required value");
                }
                if expressions.contains(&expression) {
                    policy.field(rule, "expression", "another rule says the same");
                    continue;
                }
                expressions.push(expression);
                let tokens = compiled(policy, rule, "expression", expression);
                verified |= tokens.is_some_and(|tokens| reads_claim(&tokens, "email_verified"));
            }
        }
    }
    verified
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateClaimMappings.
fn judge_mappings(policy: &mut Policy<'_>, authenticator: &Node, mut verified: bool) {
    let mappings = authenticator.get("claimMappings");
    let part = |field| mappings.and_then(|mappings| mappings.get(field));
    let username = judge_mapping(policy, authenticator, "username", part("username"), true);
    judge_mapping(policy, authenticator, "groups", part("groups"), false);
    if let Some(uid) = part("uid") {
        match (text(uid, "claim"), text(uid, "expression")) {
            (Some(_), Some(_)) => {
                policy.at(uid, "it has both `claim` and `expression`").help("remove one of them");
            }
            (None, Some(expression)) => {
                compiled(policy, uid, "expression", expression);
            }
            _ => {}
        }
    }
    let mut keys: Vec<&str> = Vec::new();
    for extra in mappings.map(|mappings| items(mappings, "extra")).unwrap_or_default() {
        let key = text(extra, "key").unwrap_or_default();
        for fault in key_faults(key) {
            policy.field(extra, "key", fault).help("write it as `example.org/key`");
        }
        if keys.contains(&key) {
            policy.field(extra, "key", format!("`{key}` is listed already"));
            continue;
        }
        keys.push(key);
        let Some(expression) = text(extra, "valueExpression") else {
            policy.field(extra, "valueExpression", "it is missing");
            continue;
        };
        let tokens = compiled(policy, extra, "valueExpression", expression);
        verified |= tokens.is_some_and(|tokens| reads_claim(&tokens, "email_verified"));
    }
    let Some(username) = username else { return };
    if reads_claim(&username, "email") && !verified && !reads_claim(&username, "email_verified") {
        policy
            .field(
                authenticator,
                "claimMappings.username.expression",
                "it trusts an address that nobody verified",
            )
            .help("look at `claims.email_verified` too, here or in a validation rule");
    }
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validatePrefixClaimOrExpression.
fn judge_mapping<'a>(
    policy: &mut Policy<'_>,
    authenticator: &Node,
    field: &str,
    mapping: Option<&'a Node>,
    needed: bool,
) -> Option<Vec<Token<'a>>> {
    let path = format!("claimMappings.{field}");
    let get = |name| mapping.and_then(|mapping| text(mapping, name));
    let prefix = mapping.and_then(|mapping| mapping.get("prefix"));
    match (get("claim"), get("expression")) {
        (Some(_), Some(_)) => {
            policy
                .field(authenticator, &path, "it has both `claim` and `expression`")
                .help("remove one of them");
            None
        }
        (None, None) => {
            if needed {
                policy
                    .field(authenticator, &path, "it has neither `claim` nor `expression`")
                    .help("add one of them");
            }
            None
        }
        (None, Some(expression)) => {
            if let Some(prefix) = prefix {
                policy.at(prefix, "only a `claim` has a prefix").help("put it into the expression");
            }
            compiled(policy, authenticator, &format!("{path}.expression"), expression)
        }
        (Some(_), None) => {
            if prefix.is_none() {
                let help = "set it; an empty text means no prefix";
                policy.field(authenticator, &format!("{path}.prefix"), "it is missing").help(help);
            }
            None
        }
    }
}

/// Upstream: k8s.io/apimachinery/pkg/util/validation, IsDomainPrefixedPath.
fn key_faults(key: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_path = |path: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
        path.bytes().all(fits)
    };
    match key.split_once('/').filter(|(domain, path)| !domain.is_empty() && !path.is_empty()) {
        None => faults.push(format!("`{key}` does not begin with a domain")),
        Some((domain, path)) => {
            if !is_dns_subdomain(domain) || !is_path(path) {
                faults.push(format!("`{key}` is no domain and path"));
            }
            let below = |reserved: &str| {
                domain.strip_suffix(reserved).is_some_and(|before| before.is_empty() || before.ends_with('.'))
            };
            if RESERVED.into_iter().any(below) {
                faults.push(format!("`{key}` belongs to Kubernetes"));
            }
        }
    }
    if key.chars().any(char::is_uppercase) {
        faults.push(format!("`{key}` has capitals"));
    }
    faults
}

/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateUserValidationRules.
fn judge_users(policy: &mut Policy<'_>, authenticator: &Node) {
    let mut seen: Vec<&str> = Vec::new();
    for rule in items(authenticator, "userValidationRules") {
        match text(rule, "expression") {
            None => {
                policy.field(rule, "expression", "it is missing");
            }
            Some(expression) if seen.contains(&expression) => {
                policy.field(rule, "expression", "another rule says the same");
            }
            Some(expression) => {
                seen.push(expression);
                compiled(policy, rule, "expression", expression);
            }
        }
    }
}
