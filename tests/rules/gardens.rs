//! The Garden, and the extensions it needs.

use super::{Fixture, Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["garden", "networks", "clusters", "references"];

const GARDEN: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden, annotations: { gardener.cloud/operation: reconcile } }
spec:
  dns: { providers: [{ name: primary, type: acme-dns, secretRef: { name: dns } }] }
  extensions: [{ type: certificates }]
  resources: [{ name: my-token, resourceRef: { apiVersion: v1, kind: Secret, name: token } }]
  runtimeCluster:
    ingress: { domains: [{ name: ingress.example.org, provider: primary }], controller: { kind: nginx } }
    networking: { ipFamilies: [IPv4], nodes: [10.0.0.0/16], pods: [10.1.0.0/16], services: [10.2.0.0/16] }
    provider: { zones: [a, b] }
    settings: { topologyAwareRouting: { enabled: true } }
  virtualCluster:
    controlPlane: { highAvailability: {} }
    dns: { domains: [{ name: garden.example.org, provider: primary }] }
    etcd: { main: { backup: { provider: acme, secretRef: { name: backup } } } }
    kubernetes:
      version: 1.34.2
      kubeAPIServer:
        encryptionConfig: { provider: { type: secretbox } }
        sni: { secretName: tls, domainPatterns: ['*.public.example.org'] }
        structuredAuthentication: { configMapName: issuers }
    gardener:
      clusterIdentity: one
      gardenerAPIServer:
        admissionPlugins: [{ name: ShootValidator }]
        encryptionConfig: { resources: [shoots.core.gardener.cloud], provider: { type: secretbox } }
        featureGates: { InPlaceNodeUpdates: true }
        shootAdminKubeconfigMaxExpiration: 8h
      gardenerAdmissionController:
        resourceAdmissionConfiguration:
          unrestrictedSubjects: [{ kind: User, name: someone, apiGroup: rbac.authorization.k8s.io }]
          limits: [{ apiGroups: [core.gardener.cloud], apiVersions: ['*'], resources: [shoots], size: 10Ki }]
      gardenerControllerManager:
        defaultProjectQuotas: [{ config: {}, projectSelector: { matchLabels: { a: b } } }]
      gardenerDashboard:
        enableTokenLogin: false
        propagateCAFromSNI: true
        domain: { name: dashboard.example.org, provider: primary }
        oidcConfig: { clientIDPublic: dashboard, issuerURL: 'https://issuer.example.org', secretRef: { name: oidc } }
    maintenance: { timeWindow: { begin: 220000+0100, end: 230000+0100 } }
    networking: { services: [100.64.0.0/13] }
---
apiVersion: operator.gardener.cloud/v1alpha1
kind: Extension
metadata: { name: acme }
spec:
  deployment: { extension: { helm: { ociRepository: { ref: 'registry.example.org/charts/acme:v1' } } } }
  resources:
  - { kind: BackupBucket, type: acme }
  - { kind: BackupEntry, type: acme }
  - { kind: DNSRecord, type: acme-dns }
  - { kind: Extension, type: certificates, clusterCompatibility: [garden] }
";

fn garden() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, GARDEN)
}

const SERVER: &str = "spec.virtualCluster.gardener.gardenerAPIServer";

#[test]
fn domains_are_names_with_a_provider() {
    let garden = garden();
    let name = "L483 spec.runtimeCluster.ingress.domains[0].name";
    garden.finds(&[name], &[("name: ingress.example.org", "name: _ingress")]);
    let provider = "L484 spec.virtualCluster.gardener.gardenerDashboard.domain.provider";
    garden.finds(&[provider], &[("dashboard.example.org, provider: primary", "dashboard.example.org")]);
    garden.finds(
        &[provider],
        &[("dashboard.example.org, provider: primary", "dashboard.example.org, provider: other")],
    );
    let twice =
        "[{ name: garden.example.org, provider: primary }, { name: garden.example.org, provider: primary }]";
    let path = "L483 spec.virtualCluster.dns.domains[1].name";
    garden.finds(&[path], &[("[{ name: garden.example.org, provider: primary }]", twice)]);
    let second = "secretRef: { name: dns } }, { name: primary, type: acme-dns, secretRef: { name: dns } }] }";
    garden.finds(&["L485 spec.dns.providers[1].name"], &[("secretRef: { name: dns } }] }", second)]);
}

#[test]
fn a_certificate_is_not_for_the_own_api_server() {
    let path = "L488 spec.virtualCluster.kubernetes.kubeAPIServer.sni.domainPatterns[0]";
    for pattern in ["'*.garden.example.org'", "api.garden.example.org"] {
        garden().finds(&[path], &[("'*.public.example.org'", pattern)]);
    }
    garden().accepts(&[("'*.public.example.org'", "'*.example.org'")]);
}

#[test]
fn traffic_stays_in_a_zone_where_there_are_several() {
    let path = "L486 spec.runtimeCluster.settings.topologyAwareRouting.enabled";
    garden().finds(&[path], &[("zones: [a, b]", "zones: [a]")]);
    garden().finds(&[path], &[("controlPlane: { highAvailability: {} }", "controlPlane: {}")]);
}

#[test]
fn gardener_encrypts_what_it_serves() {
    let garden = garden();
    let resource = format!("L489 {SERVER}.encryptionConfig.resources[0]");
    for name in [
        "configmaps",
        "Shoots.core.gardener.cloud",
        "shootstates.core.gardener.cloud",
        "'*.core.gardener.cloud'",
    ] {
        garden.finds(&[&resource], &[("[shoots.core.gardener.cloud]", &format!("[{name}]"))]);
    }
    let second = format!("L489 {SERVER}.encryptionConfig.resources[1]");
    let twice = "[shoots.core.gardener.cloud, shoots.core.gardener.cloud]";
    garden.finds(&[&second], &[("[shoots.core.gardener.cloud]", twice)]);
    let provider = format!("L489 {SERVER}.encryptionConfig.provider.type");
    let own = "gardener.cloud], provider: { type: secretbox }";
    garden.finds(&[&provider], &[(own, "gardener.cloud], provider: { type: aescbc }")]);
    garden.accepts(&[(own, "gardener.cloud], provider: {}")]);
}

#[test]
fn components_get_feature_gates_that_they_know() {
    let garden = garden();
    let path = |code: &str, gate: &str| format!("{code} {SERVER}.featureGates.{gate}");
    for (code, gate, value) in [
        ("L492", "Foo", "true"),
        ("L492", "a.b/c", "true"),
        ("L492", "DoNotCopyBackupCredentials", "false"),
        ("L493", "DefaultSeccompProfile", "true"),
    ] {
        let gates = format!("{gate}: {value}");
        let mut expected = vec![path(code, gate)];
        if gate == "DoNotCopyBackupCredentials" {
            expected.push(path("L493", gate));
        }
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        garden.finds(&expected, &[("InPlaceNodeUpdates: true", &gates)]);
    }
}

#[test]
fn kubeconfigs_are_valid_for_an_hour_at_least() {
    let path = format!("L490 {SERVER}.shootAdminKubeconfigMaxExpiration");
    for expiration in ["59m", "1193047h"] {
        garden().finds(&[&path], &[("MaxExpiration: 8h", &format!("MaxExpiration: {expiration}"))]);
    }
    garden().accepts(&[("MaxExpiration: 8h", "MaxExpiration: 1193046h")]);
}

#[test]
fn limits_limit_something() {
    let root = "spec.virtualCluster.gardener.gardenerAdmissionController.resourceAdmissionConfiguration";
    let garden = garden();
    for (path, from, to) in [
        ("limits[0]", "resources: [shoots], size: 10Ki", "resources: [shoots]"),
        ("limits[0].size", "size: 10Ki", "size: -1"),
        ("limits[0].count", "size: 10Ki", "count: -1"),
        ("limits[0].resources", "[shoots]", "[]"),
        ("limits[0].resources[0]", "[shoots]", "['']"),
        ("limits[0].apiVersions", "apiVersions: ['*'], ", ""),
        ("limits[0].apiGroups", "apiGroups: [core.gardener.cloud]", "apiGroups: []"),
        ("unrestrictedSubjects[0].apiGroup", ", apiGroup: rbac.authorization.k8s.io", ""),
        ("unrestrictedSubjects[0].name", "name: someone", "name: ''"),
        ("unrestrictedSubjects[0].namespace", "name: someone", "name: someone, namespace: one"),
    ] {
        garden.finds(&[&format!("L491 {root}.{path}")], &[(from, to)]);
    }
    let account = "kind: ServiceAccount, name: someone, namespace: one";
    let found = format!("L491 {root}.unrestrictedSubjects[0].apiGroup");
    garden.finds(&[&found], &[("kind: User, name: someone", account)]);
}

#[test]
fn someone_can_sign_in_to_the_dashboard() {
    let root = "spec.virtualCluster.gardener.gardenerDashboard";
    let garden = garden();
    let oidc = "oidcConfig: { clientIDPublic: dashboard, issuerURL: 'https://issuer.example.org', secretRef: { name: oidc } }";
    garden.finds(&[&format!("L494 {root}.enableTokenLogin")], &[(oidc, "")]);
    garden
        .finds(&[&format!("L494 {root}.oidcConfig.clientIDPublic")], &[("clientIDPublic: dashboard, ", "")]);
    garden.finds(
        &[&format!("L494 {root}.oidcConfig")],
        &[("structuredAuthentication: { configMapName: issuers }", "")],
    );
    let sni = "sni: { secretName: tls, domainPatterns: ['*.public.example.org'] }";
    garden.finds(&[&format!("L494 {root}.propagateCAFromSNI")], &[(sni, "")]);
}

#[test]
fn operations_exist_and_are_due() {
    let path = "L495 metadata.annotations[gardener.cloud/operation]";
    let garden = garden();
    for operation in [
        "restart",
        "reconcile;",
        "rotate-etcd-encryption-key-start",
        "'rotate-ca-start; rotate-ca-complete'",
        "'rotate-credentials-start;rotate-serviceaccount-key-complete'",
    ] {
        let found = findings(
            ABOUT,
            garden.mode,
            &garden.changed(&[("operation: reconcile", &format!("operation: {operation}"))]),
        );
        assert_eq!(found.first().map(String::as_str), Some(path), "{operation}");
    }
    for operation in ["rotate-ca-complete", "rotate-credentials-start", "rotate-etcd-encryption-key"] {
        garden.accepts(&[("operation: reconcile", &format!("operation: {operation}"))]);
    }
    garden.accepts(&[
        ("operation: reconcile", "operation: rotate-etcd-encryption-key-start"),
        ("version: 1.34.2", "version: 1.33.2"),
    ]);
}

/// A Garden that carries its status tells what the operator has done.
#[test]
fn rotations_begin_and_end_in_their_order() {
    let path = "L495 metadata.annotations[gardener.cloud/operation]";
    let garden = garden();
    let with = |operation: &str, phase: &str| {
        let status = format!(
            "status: {{ credentials: {{ rotation: {{ certificateAuthorities: {{ phase: {phase} }} }} }} }}"
        );
        let changed = garden.changed(&[("operation: reconcile", &format!("operation: {operation}"))]);
        findings(ABOUT, garden.mode, &changed.replacen("\nspec:", &format!("\n{status}\nspec:"), 1))
    };
    assert_eq!(with("rotate-ca-start", "Prepared"), [path]);
    assert_eq!(with("rotate-ca-start", "Completed"), [""; 0]);
    assert_eq!(with("rotate-ca-complete", "Preparing"), [path]);
    assert_eq!(with("rotate-ca-complete", "Prepared"), [""; 0]);
    // The resources to be encrypted are not encrypted yet.
    assert_eq!(with("rotate-etcd-encryption-key", "Completed"), [path]);
}

#[test]
fn the_garden_gets_the_extensions_it_needs() {
    let garden = garden();
    garden.finds(
        &["L496 spec.extensions[1].type"],
        &[("[{ type: certificates }]", "[{ type: certificates }, { type: certificates }]")],
    );
    garden.finds(&["L496 spec.extensions[0].type"], &[("[{ type: certificates }]", "[{ type: others }]")]);
    garden.finds(
        &["L496 spec.extensions[0].type"],
        &[("clusterCompatibility: [garden]", "clusterCompatibility: [seed]")],
    );
    garden.finds(
        &["L497 spec.dns.providers[0].type"],
        &[("name: primary, type: acme-dns", "name: primary, type: other-dns")],
    );
    let backup = "L497 spec.virtualCluster.etcd.main.backup.provider";
    garden.finds(&[backup], &[("kind: BackupEntry, type: acme", "kind: BackupEntry, type: other")]);
    let helm = "{ helm: { ociRepository: { ref: 'registry.example.org/charts/acme:v1' } } } }";
    let without = format!("deployment: {{ admission: {{ runtimeCluster: {helm} }}");
    let found = findings(
        ABOUT,
        Mode::Part,
        &garden.changed(&[(&format!("deployment: {{ extension: {helm}"), &without)]),
    );
    assert_eq!(found, ["L498 spec.deployment.extension"]);
}

#[test]
fn a_part_of_a_landscape_may_have_its_extensions_elsewhere() {
    let (alone, _) = GARDEN.split_once("---").expect("two objects");
    assert_eq!(findings(ABOUT, Mode::Part, alone), [""; 0]);
}

#[test]
fn what_cannot_be_read_overlaps() {
    let found =
        ["L450 spec.runtimeCluster.networking.pods[0]", "L462 spec.virtualCluster.networking.services[0]"];
    garden().finds(&found, &[("pods: [10.1.0.0/16]", "pods: ['']")]);
    garden().finds(&["L451 spec.runtimeCluster.networking.ipFamilies[0]"], &[("[IPv4]", "[IPv5]")]);
}

#[test]
fn the_rest_of_a_garden_is_what_the_operator_takes() {
    let garden = garden();
    let finalizers = "metadata: { name: garden, finalizers: [gardener.cloud/operator], annotations:";
    garden.finds(&["L481 metadata.finalizers[0]"], &[("metadata: { name: garden, annotations:", finalizers)]);
    let selector =
        "spec.virtualCluster.gardener.gardenerControllerManager.defaultProjectQuotas[0].projectSelector";
    garden.finds(
        &[&format!("L360 {selector}.matchLabels")],
        &[("matchLabels: { a: b }", "matchLabels: { a: b c }")],
    );
    let deprecated = "L499 spec.virtualCluster.kubernetes.kubeAPIServer.watchCacheSizes.default";
    garden.finds(&[deprecated], &[("sni: {", "watchCacheSizes: { default: 100 }\n        sni: {")]);
    garden.finds(
        &["L335 spec.resources[0].resourceRef"],
        &[("kind: Secret, name: token", "kind: Pod, name: token")],
    );
}
