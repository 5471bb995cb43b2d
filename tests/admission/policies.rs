//! Policies in ConfigMaps.

use super::{assert_found, findings};

const SHOOT: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  kubernetes:
    kubeAPIServer:
      auditConfig: { auditPolicy: { configMapRef: { name: policy } } }
      structuredAuthentication: { configMapName: authentication }
      structuredAuthorization:
        configMapName: authorization
        kubeconfigs: [{ authorizerName: first, secretName: first }]
      serviceAccountConfig: { issuer: https://own.example.org }
---
";

fn in_map(name: &str, key: &str, document: &str) -> String {
    let document = format!("    {}", document.replace('\n', "\n    "));
    format!(
        "{SHOOT}apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: garden-dev }}\ndata:\n  {key}: |\n{document}"
    )
}

/// The messages behind the place, for a document with one change.
fn told(name: &str, key: &str, document: &str, from: &str, to: &str) -> Vec<String> {
    assert_eq!(document.matches(from).count(), 1, "`{from}` stands there once");
    findings(&in_map(name, key, &document.replace(from, to)))
}

/// Each change gives one finding that says this.
fn assert_told(name: &str, key: &str, document: &str, cases: &[(&str, &str, &str)]) {
    assert_found(&in_map(name, key, document), &[], &[]);
    for (from, to, expected) in cases {
        let found = told(name, key, document, from, to);
        let begins = format!("L383 {name} data[{key}]: {expected}");
        let fits = matches!(found.as_slice(), [only] if only.starts_with(&begins));
        assert!(fits, "`{from}` -> `{to}`\nexpected {begins}\nfound {found:#?}");
    }
}

#[test]
fn audit_policies() {
    let policy = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  nonResourceURLs: ['/healthz*', '*']
- level: Metadata
  resources: [{ group: apps, resources: [deployments], resourceNames: [a] }, { group: '*' }]
";
    assert_told(
        "policy",
        "policy",
        policy,
        &[
            ("audit.k8s.io/v1", "audit.k8s.io/v1beta1", "`Policy` of `audit.k8s.io/v1beta1` where"),
            ("level: None", "level: All", "`rules[0].level`: `All` is no level"),
            ("level: None", "users: [a]", "`rules[0].level`: it is missing"),
            ("level: None", "level: [None]", "`rules[0].level`: expected a string"),
            ("'/healthz*'", "healthz", "`rules[0].nonResourceURLs[0]`: `healthz` does not begin"),
            ("'/healthz*'", "'/a*b'", "`rules[0].nonResourceURLs[0]`: `/a*b` has a `*`"),
            ("level: None", "level: None\n  namespaces: [a]", "`rules[0].nonResourceURLs`: a rule is for"),
            ("group: apps", "group: apps/v1", "`rules[1].resources[0].group`: `apps/v1` is no API group"),
            ("resources: [deployments], ", "", "`rules[1].resources[0].resourceNames`: names without"),
            ("[RequestReceived]", "[Received]", "`omitStages[0]`: `Received` is no stage"),
            ("omitStages: [RequestReceived]", "omitStages: [", "the Policy is no YAML: "),
        ],
    );
    let found = told("policy", "policy", policy, "omitStages", "omitStage");
    assert!(
        matches!(found.as_slice(), [only] if only.starts_with("L384 policy data[policy]: ")),
        "{found:#?}"
    );
    let found = findings(&in_map("policy", "other", policy));
    assert!(matches!(found.as_slice(), [only] if only.contains("is missing")), "{found:#?}");
}

#[test]
fn authentication_configurations() {
    let configuration = "apiVersion: apiserver.config.k8s.io/v1beta1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: https://a.example.org
    audiences: [a]
  claimValidationRules:
  - claim: hd
    requiredValue: example.org
  - expression: claims.email_verified == true
  claimMappings:
    username: { expression: claims.email }
    groups: { claim: groups, prefix: '' }
    uid: { claim: sub }
    extra: [{ key: example.org/team, valueExpression: claims.team }]
  userValidationRules:
  - expression: \"!user.username.startsWith('system:')\"
";
    let issuer = |field: &str| format!("`jwt[0].issuer.{field}`: ");
    let mapping = |field: &str| format!("`jwt[0].claimMappings.{field}`: ");
    assert_told(
        "authentication",
        "config.yaml",
        configuration,
        &[
            ("v1beta1", "v1", "`AuthenticationConfiguration` of `apiserver.config.k8s.io/v1` where"),
            ("https://a.", "http://a.", &issuer("url")),
            ("https://a.", "https://own.", &issuer("url")),
            ("    url: https://a.example.org\n", "", &issuer("url")),
            ("[a]", "[]", &issuer("audiences")),
            ("[a]", "[a, b]", &issuer("audienceMatchPolicy")),
            ("[a]", "[a]\n    discoveryURL: https://a.example.org/", &issuer("discoveryURL")),
            ("[a]", "[a]\n    certificateAuthority: none", &issuer("certificateAuthority")),
            ("[a]", "[a]\n    egressSelectorType: etcd", &issuer("egressSelectorType")),
            ("claim: hd", "claim: hd\n    message: never", "`jwt[0].claimValidationRules[0].message`: "),
            ("claim: hd\n    requiredValue", "message", "`jwt[0].claimValidationRules[0]`: it has neither"),
            ("Expression: claims.team", "Expression: (claims.team", &mapping("extra[0].valueExpression")),
            ("email_verified", "other", &mapping("username.expression")),
            ("{ expression: claims.email }", "{ claim: sub }", &mapping("username.prefix")),
            ("{ expression: claims.email }", "{}", &mapping("username")),
            (", prefix: ''", "", &mapping("groups.prefix")),
            ("{ claim: sub }", "{ claim: sub, expression: claims.sub }", &mapping("uid")),
            ("key: example.org/team", "key: team", &mapping("extra[0].key")),
            ("key: example.org/team", "key: a.k8s.io/team", &mapping("extra[0].key")),
            (", valueExpression: claims.team", "", &mapping("extra[0].valueExpression")),
            (
                "startsWith('system:')",
                "startsWith('system:)",
                "`jwt[0].userValidationRules[0].expression`: a string",
            ),
            (
                "jwt:",
                "anonymous: { enabled: false, conditions: [{ path: /a }] }\njwt:",
                "`anonymous.conditions`: ",
            ),
        ],
    );
}

#[test]
fn authorization_configurations() {
    let configuration = "apiVersion: apiserver.config.k8s.io/v1alpha1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: first
  webhook:
    timeout: 3s
    subjectAccessReviewVersion: v1
    matchConditionSubjectAccessReviewVersion: v1
    failurePolicy: Deny
    matchConditions: [{ expression: has(request.resourceAttributes) }]
";
    let webhook = |field: &str| format!("`authorizers[0].webhook.{field}`: ");
    assert_told(
        "authorization",
        "config.yaml",
        configuration,
        &[
            ("name: first", "name: second", "`authorizers[0].name`: the shoot `one` has no kubeconfig"),
            ("type: Webhook", "type: Node", "`authorizers[0].type`: `Node` is not supported"),
            ("timeout: 3s", "timeout: 31s", &webhook("timeout")),
            ("    timeout: 3s\n", "", &webhook("timeout")),
            ("timeout: 3s", "timeout: soon", &webhook("timeout")),
            ("timeout: 3s", "timeout: 3s\n    authorizedTTL: -1s", &webhook("authorizedTTL")),
            (
                "timeout: 3s",
                "timeout: 3s\n    connectionInfo: { type: InClusterConfig }",
                &webhook("connectionInfo"),
            ),
            ("    failurePolicy: Deny\n", "", &webhook("failurePolicy")),
            (
                "    matchConditionSubjectAccessReviewVersion: v1\n",
                "",
                &webhook("matchConditionSubjectAccessReviewVersion"),
            ),
            ("has(request.resourceAttributes)", "''", &webhook("matchConditions[0].expression")),
        ],
    );
    let found = findings(&format!(
        "{SHOOT}apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: other, namespace: garden-dev }}"
    ));
    assert!(found.is_empty(), "nobody names it: {found:#?}");
}
