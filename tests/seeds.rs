//! Protects the rules about seeds and the gardenlets that register them: each fires on its fault, at the field Gardener's
//! API server names, and on nothing else.

mod manifests;

const SEED: &[&str] = &[include_str!("seeds/seed.yaml")];
const GARDENLET: &[&str] = &[include_str!("seeds/gardenlet.yaml")];
const MANAGED: &[&str] = &[include_str!("seeds/managed.yaml")];
const MANAGED_WITH_SHOOT: &[&str] = &[include_str!("seeds/managed.yaml"), include_str!("seeds/shoot.yaml")];
const SET: &[&str] = &[include_str!("seeds/set.yaml")];

/// A text that stands once in the fixture, and what stands there instead.
type Change = (&'static str, &'static str);

/// The findings on some files after some changes, as `code path`, in alphabetical order.
fn findings(files: &[&str], changes: &[Change]) -> Vec<String> {
    let texts = manifests::changed(files, changes);
    let names: Vec<_> = (0..texts.len()).map(|index| format!("{index}.yaml")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let report = manifests::check(&files, false);
    let mut told: Vec<_> =
        report.findings().into_iter().map(|it| format!("{} {}", it.code.id, it.place.path)).collect();
    told.sort();
    told
}

/// Each change, and the findings it must lead to.
fn assert_each(files: &[&'static str], cases: &[(Change, &[&str])]) {
    for (change, expected) in cases {
        assert_eq!(findings(files, &[*change]), *expected, "after {change:?}");
    }
}

#[test]
fn the_fixtures_are_clean() {
    for files in [SEED, GARDENLET, MANAGED, MANAGED_WITH_SHOOT, SET] {
        assert_eq!(findings(files, &[]), [""; 0]);
    }
}

#[test]
fn a_seed_says_everything_itself() {
    assert_each(
        SEED,
        &[
            (
                ("provider: { type: acme, region: eu,", "provider: {"),
                &["L580 spec.provider.region", "L580 spec.provider.type"],
            ),
            (("    pods: 10.241.128.0/17\n", ""), &["L580 spec.networks.pods"]),
            (("    services: 10.241.0.0/17\n", "    services: ''\n"), &["L580 spec.networks.services"]),
            (
                ("  ingress: { domain: ingress.north.example.org, controller: { kind: nginx } }\n", ""),
                &["L580 spec.ingress"],
            ),
            (("domain: ingress.north.example.org, controller", "controller"), &["L580 spec.ingress.domain"]),
            ((", controller: { kind: nginx }", ""), &["L580 spec.ingress.controller.kind"]),
            (("    provider: acme\n", ""), &["L580 spec.backup.provider"]),
            (("    region: west\n", ""), &[]),
            (
                ("{ apiVersion: v1, kind: Secret, name: token }", "{ kind: Secret, name: token }"),
                &["L335 spec.resources[0].resourceRef", "L580 spec.resources[0].resourceRef.apiVersion"],
            ),
        ],
    );
}

#[test]
fn what_a_seed_refers_to_can_be_found() {
    assert_each(
        SEED,
        &[
            (
                ("kind: Secret, name: internal,", "kind: ConfigMap, name: internal,"),
                &["L380 spec.dns.internal.credentialsRef"],
            ),
            (
                ("kind: Secret, name: default,", "name: default,"),
                &[
                    "L380 spec.dns.defaults[0].credentialsRef",
                    "L380 spec.dns.defaults[0].credentialsRef.kind",
                ],
            ),
            (
                ("name: backup, namespace: garden", "name: Backup"),
                &["L380 spec.backup.credentialsRef.name", "L380 spec.backup.credentialsRef.namespace"],
            ),
            (("domain: apps.example.org", "domain: Apps"), &["L583 spec.dns.defaults[0].domain"]),
            (("provider: acme\n", "provider: other\n"), &[]),
        ],
    );
    let elsewhere = [("    provider: acme\n", "    provider: other\n"), ("    region: west\n", "")];
    assert_eq!(findings(SEED, &elsewhere), ["L584 spec.backup.region"]);
}

#[test]
fn networks_of_a_seed_are_compared_only_when_each_is_one() {
    assert_each(
        SEED,
        &[
            (("nodes: 10.240.0.0/16", "nodes: ''"), &["L450 spec.networks.nodes"]),
            (
                ("nodes: 10.240.0.0/16", "nodes: 10.241.0.0/16"),
                &["L459 spec.networks.nodes", "L459 spec.networks.nodes"],
            ),
            (("services: 10.241.0.0/17", "services: 8.0.0.0/5"), &["L460 spec.networks.services"]),
            (("nodes: 10.240.0.0/16", "nodes: 240.1.0.0/16"), &["L453 spec.networks.nodes"]),
            (
                ("nodes: 10.240.0.0/16", "nodes: nonsense\n    ipFamilies: [IPv4, IPv4]"),
                &["L451 spec.networks.ipFamilies[1]"],
            ),
        ],
    );
    let both = [("nodes: 10.240.0.0/16", "nodes: 240.1.0.0/16"), ("pods: 10.241.128.0/17", "pods: none")];
    assert_eq!(findings(SEED, &both), ["L450 spec.networks.pods"], "the reserved range comes later");
}

#[test]
fn settings_of_a_seed_fit_it() {
    assert_each(
        SEED,
        &[
            (
                ("zones: [a, b]", "zones: [a]"),
                &[
                    "L585 spec.settings.loadBalancerServices.zones",
                    "L585 spec.settings.topologyAwareRouting.enabled",
                ],
            ),
            (
                ("zones: [{ name: a }]", "zones: [{ name: c }]"),
                &["L585 spec.settings.loadBalancerServices.zones[0].name"],
            ),
            (("class: example.org/fast", "class: ''"), &["L589 spec.settings.loadBalancerServices.class"]),
            (
                ("example.org/lb: internal", "a/b/c: internal"),
                &["L589 spec.settings.loadBalancerServices.annotations"],
            ),
            (
                ("pods: 10 }", "pods: 1500m }"),
                &["L587 spec.settings.excessCapacityReservation.configs[0].resources.pods"],
            ),
            (("minimumSize: 20Gi", "minimumSize: -1"), &["L587 spec.volume.minimumSize"]),
            (
                ("effect: NoExecute", "effect: NoSchedule"),
                &["L588 spec.settings.excessCapacityReservation.configs[0].tolerations[0].effect"],
            ),
            (
                ("operator: Equal, value: core", "operator: Exists, value: core"),
                &["L588 spec.settings.excessCapacityReservation.configs[0].tolerations[0].operator"],
            ),
            (
                ("[{ key: dedicated, operator: Equal", "[{ operator: Equal"),
                &["L588 spec.settings.excessCapacityReservation.configs[0].tolerations[0].operator"],
            ),
            (("{ key: dedicated }]", "{ key: dedicated, value: core }]"), &["L363 spec.taints[1]"]),
            (("zones: [a, b]", "zones: [a, b, b, a]"), &["L363 spec.provider.zones[2]"]),
            (
                ("operation: reconcile", "operation: force-redeploy"),
                &["L590 metadata.annotations[gardener.cloud/operation]"],
            ),
        ],
    );
}

#[test]
fn a_gardenlet_is_deployed_and_gets_into_its_garden() {
    assert_each(
        GARDENLET,
        &[
            (("replicaCount: 2", "replicaCount: -1"), &["L470 spec.deployment.replicaCount"]),
            (
                ("serviceAccountName: gardenlet", "serviceAccountName: ''"),
                &["L470 spec.deployment.serviceAccountName"],
            ),
            (("image: { repository", "image: { ref: a, repository"), &["L470 spec.deployment.image"]),
            (("burst: 10", "kubeconfig: file"), &["L473 spec.config.gardenClientConnection.kubeconfig"]),
            (
                ("metadata: { labels: { tier: gold } }", "metadata: { name: north }"),
                &["L477 spec.config.seedConfig.metadata.name"],
            ),
            (
                ("labels: { tier: gold }", "labels: { tier: a b }"),
                &["L360 spec.config.seedConfig.metadata.labels"],
            ),
            (
                ("podLabels: { role: agent }", "podLabels: { a b: agent }"),
                &["L360 spec.deployment.podLabels"],
            ),
            (
                ("custom: namespace", "custom: a b"),
                &["L360 spec.config.controllers.networkPolicy.additionalNamespaceSelectors[0].matchLabels"],
            ),
            (
                ("spec:\n  deployment", "spec:\n  kubeconfigSecretRef: { name: north }\n  deployment"),
                &["L593 spec.kubeconfigSecretRef"],
            ),
        ],
    );
}

#[test]
fn values_of_a_gardenlet_are_within_their_bounds() {
    assert_each(
        GARDENLET,
        &[
            (("burst: 10", "burst: -1"), &["L471 spec.config.gardenClientConnection.burst"]),
            (
                ("validity: 24h", "validity: 9m59s"),
                &["L471 spec.config.gardenClientConnection.kubeconfigValidity.validity"],
            ),
            (
                ("PercentageMin: 70", "PercentageMin: 90"),
                &[
                    "L471 spec.config.gardenClientConnection.kubeconfigValidity.autoRotationJitterPercentageMin",
                ],
            ),
            (
                ("PercentageMax: 90", "PercentageMax: 101"),
                &[
                    "L471 spec.config.gardenClientConnection.kubeconfigValidity.autoRotationJitterPercentageMax",
                ],
            ),
            (
                ("dnsEntryTTLSeconds: 120", "dnsEntryTTLSeconds: 29"),
                &["L471 spec.config.controllers.shoot.dnsEntryTTLSeconds"],
            ),
            (
                ("progressReportPeriod: 5s", "progressReportPeriod: -5s"),
                &["L471 spec.config.controllers.shoot.progressReportPeriod"],
            ),
            (
                ("duration: 1m", "duration: -1m"),
                &["L471 spec.config.controllers.shootCare.conditionThresholds[0].duration"],
            ),
            (
                ("deletionGracePeriodHours: 24", "deletionGracePeriodHours: 0"),
                &["L471 spec.config.controllers.backupEntry.deletionGracePeriodShootPurposes"],
            ),
            (
                ("leaseDuration: 15s", "leaseDuration: 10s"),
                &["L471 spec.config.leaderElection.leaseDuration"],
            ),
            (("      resourceLock: leases\n", ""), &["L471 spec.config.leaderElection.resourceLock"]),
            (("leaderElect: true\n      leaseDuration: 15s", "leaderElect: false"), &[]),
            (
                ("TolerationSeconds: 60", "TolerationSeconds: -1"),
                &["L471 spec.config.nodeToleration.defaultNotReadyTolerationSeconds"],
            ),
            (
                ("reserved: { shoots: 10 }", "reserved: { shoots: 101, others: 1 }"),
                &["L475 spec.config.resources.reserved.others", "L475 spec.config.resources.reserved.shoots"],
            ),
            (("capacity: { shoots: 100 }, reserved: { shoots: 10 }", "reserved: { shoots: 250 }"), &[]),
            (("name: internet", "name: Internet"), &["L476 spec.config.exposureClassHandlers[0].name"]),
            (
                ("serviceExternalIP: 192.0.2.1", "serviceExternalIP: 192.0.2"),
                &["L476 spec.config.exposureClassHandlers[0].sni.ingress.serviceExternalIP"],
            ),
        ],
    );
}

#[test]
fn gardener_is_not_as_strict_with_the_configuration_of_a_gardenlet() {
    assert_each(
        GARDENLET,
        &[
            (("    nodeToleration:", "    nodeTolerations:"), &["L586 spec.config.nodeTolerations"]),
            (
                ("provider: { type: acme, region: eu }", "provider: { type: acme }"),
                &["L597 spec.config.seedConfig.spec.provider.region"],
            ),
        ],
    );
}

#[test]
fn a_managed_seed_takes_from_its_shoot_what_it_does_not_say() {
    // Without the shoot nobody knows what it will be.
    assert_each(
        MANAGED,
        &[(
            ("enabled: false }\n            vertical", "enabled: true }\n            vertical"),
            &["L585 spec.gardenlet.config.seedConfig.spec.settings.topologyAwareRouting.enabled"],
        )],
    );
    let unknown = [
        ("provider: { zones: [a] }", "provider: {}"),
        ("topologyAwareRouting: { enabled: false }", "topologyAwareRouting: { enabled: true }"),
    ];
    assert_eq!(findings(MANAGED, &unknown), [""; 0]);
    assert_eq!(findings(MANAGED_WITH_SHOOT, &unknown), [""; 0], "the shoot has two zones");
    let one_zone = [unknown[0], unknown[1], ("zones: [a, b]", "zones: [a]")];
    assert_eq!(
        findings(MANAGED_WITH_SHOOT, &one_zone),
        ["L585 spec.gardenlet.config.seedConfig.spec.settings.topologyAwareRouting.enabled",]
    );
    let region = [("            region: eu\n", ""), ("zones: [a] }", "zones: [a], type: acme }")];
    assert_eq!(findings(MANAGED, &region), [""; 0], "the backup may be at the provider of the shoot");
}

#[test]
fn a_managed_seed_is_what_its_shoot_is() {
    let config = |rest: &str| vec![format!("L592 spec.gardenlet.config.seedConfig.spec.{rest}")];
    for (change, expected) in [
        (("ingress.pond.example.org", "ingress.lake.example.org"), config("ingress.domain")),
        (
            ("networks: { nodes: 10.180.0.0/16 }", "networks: { nodes: 10.181.0.0/16 }"),
            config("networks.nodes"),
        ),
        (("provider: { zones: [a] }", "provider: { zones: [a, c] }"), config("provider.zones")),
        (("provider: { zones: [a] }", "provider: { region: us }"), config("provider.region")),
        (
            ("verticalPodAutoscaler: { enabled: false }", "verticalPodAutoscaler: { enabled: true }"),
            config("settings.verticalPodAutoscaler.enabled"),
        ),
    ] {
        assert_eq!(findings(MANAGED_WITH_SHOOT, &[change]), expected, "after {change:?}");
    }
    let routing = [
        ("topologyAwareRouting: { enabled: false }", "topologyAwareRouting: { enabled: true }"),
        ("provider: { zones: [a] }", "provider: {}"),
        ("featureGates: {}", "featureGates: { TopologyAwareHints: false }"),
    ];
    let found = findings(MANAGED_WITH_SHOOT, &routing);
    assert!(found.contains(&config("settings.topologyAwareRouting.enabled").concat()), "{found:?}");
}

const NO_DOMAIN: Change =
    ("  dns: { domain: pond.example.org, providers: [{ type: acme-dns, primary: true }] }\n", "");

#[test]
fn a_shoot_can_become_a_seed() {
    let unfit = "L591 spec.shoot.name";
    for change in
        [("verticalPodAutoscaler: { enabled: true }", "verticalPodAutoscaler: { enabled: false }"), NO_DOMAIN]
    {
        let found = findings(MANAGED_WITH_SHOOT, &[change]);
        assert_eq!(found, [unfit], "after {change:?}");
    }
    let silent = [NO_DOMAIN, ("domain: ingress.pond.example.org, ", "")];
    assert_eq!(findings(MANAGED_WITH_SHOOT, &silent), [""; 0], "a default domain may be elsewhere");
    let defaulted = ("    verticalPodAutoscaler: { enabled: true }\n", "");
    assert_eq!(findings(MANAGED_WITH_SHOOT, &[defaulted]), [""; 0], "Gardener enables it");
    assert_each(
        MANAGED,
        &[
            (("  shoot: { name: pond }\n", ""), &["L594 spec.shoot"]),
            (
                ("gardenClientConnection: { burst: 5 }", "gardenClientConnection: { kubeconfig: file }"),
                &["L473 spec.gardenlet.config.gardenClientConnection.kubeconfig"],
            ),
        ],
    );
}

#[test]
fn a_set_knows_its_own() {
    assert_each(
        SET,
        &[
            (
                (
                    "{ matchLabels: { of: set }, matchExpressions: [{ key: of, operator: In, values: [set] }] }",
                    "{}",
                ),
                &["L478 spec.selector"],
            ),
            (
                ("values: [set]", "values: []"),
                &["L360 spec.selector.matchExpressions[0].values", "L478 spec.selector"],
            ),
            (("of: set, and: template", "and: template"), &["L478 spec.template.metadata.labels"]),
            (("of: set, and: shoot", "of: other"), &["L478 spec.shootTemplate.metadata.labels"]),
            (
                ("of: set, and: seed", "of: other"),
                &["L478 spec.template.spec.gardenlet.config.seedConfig.metadata.labels"],
            ),
            (
                ("      gardenlet:\n", "      shoot: { name: one }\n      gardenlet:\n"),
                &["L479 spec.template.spec.shoot"],
            ),
            (("replicas: 2", "replicas: -1"), &["L479 spec.replicas"]),
            // Nothing is filled in for a template.
            (
                ("        config:\n", "        config:\n          gardenClientConnection: { burst: 1 }\n"),
                &["L473 spec.template.spec.gardenlet.config.gardenClientConnection.kubeconfig"],
            ),
        ],
    );
}
