//! What is configured of the components of Kubernetes is within the limits that Gardener sets, and no narrower ones.

use super::{Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["clusters"];

/// What the rules of clusters find in some objects, each as `code path`.
fn found(objects: &str) -> Vec<String> {
    findings(ABOUT, Mode::Part, objects)
}

/// A shoot of a version, with workers, of whose `spec.kubernetes` the rest is given in flow style.
fn shoot(version: &str, kubernetes: &str) -> Vec<String> {
    found(&format!(
        "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {{ name: one, namespace: garden-dev }}
spec:
  kubernetes: {{ version: {version}, {kubernetes} }}
  provider: {{ workers: [{{ name: a }}] }}
"
    ))
}

/// The virtual garden of a Garden, of which `spec.virtualCluster.kubernetes` is given in flow style.
fn garden(kubernetes: &str) -> Vec<String> {
    found(&format!(
        "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: {{ name: local }}
spec:
  virtualCluster:
    kubernetes: {{ {kubernetes} }}
"
    ))
}

/// Every case: a version, what is configured, and what is found below `spec.kubernetes`; nothing when it is accepted.
fn judge(cases: &[(&str, &str, &[&str])]) {
    for (version, kubernetes, expected) in cases {
        let expected: Vec<String> =
            expected.iter().map(|finding| finding.replacen(' ', " spec.kubernetes.", 1)).collect();
        assert_eq!(shoot(version, kubernetes), expected, "{version} {kubernetes}");
    }
}

#[test]
fn a_feature_gate_has_a_lifetime_and_may_be_locked() {
    judge(&[
        ("1.34.2", "kubelet: { featureGates: { Foo: true } }", &["L501 kubelet.featureGates.Foo"]),
        ("1.34.2", "kubelet: { featureGates: { AllAlpha: true } }", &[]),
        ("1.32.9", "kubeScheduler: { featureGates: { APIListChunking: true } }", &[]),
        (
            "1.33.0",
            "kubeScheduler: { featureGates: { APIListChunking: true } }",
            &["L502 kubeScheduler.featureGates.APIListChunking"],
        ),
        (
            "1.32.9",
            "kubeScheduler: { featureGates: { APIListChunking: false } }",
            &["L503 kubeScheduler.featureGates.APIListChunking"],
        ),
        // Null is off.
        (
            "1.34.2",
            "kubeAPIServer: { featureGates: { APIServerTracing: } }",
            &["L503 kubeAPIServer.featureGates.APIServerTracing"],
        ),
        ("v1.33.1", "kubeAPIServer: { featureGates: { APIServerTracing: false } }", &[]),
        (
            "1.34.2",
            "verticalPodAutoscaler: { featureGates: { InPlace: true, NodeSwap: true } }",
            &["L501 verticalPodAutoscaler.featureGates.NodeSwap"],
        ),
    ]);
}

#[test]
fn admission_plugins_are_known_configured_and_on() {
    let plugin = |plugin: &str, expected: &[&str]| {
        let kubernetes = format!("kubeAPIServer: {{ admissionPlugins: [{plugin}] }}");
        judge(&[("1.34.2", &kubernetes, expected)]);
    };
    plugin("{ name: AlwaysPullImages, disabled: true }", &[]);
    plugin("{ name: Foo }", &["L504 kubeAPIServer.admissionPlugins[0].name"]);
    plugin("{ name: JobValidation }", &["L504 kubeAPIServer.admissionPlugins[0].name"]);
    plugin("{ name: AlwaysDeny, config: {} }", &["L505 kubeAPIServer.admissionPlugins[0].config"]);
    plugin(
        "{ name: ResourceQuota, config: {}, kubeconfigSecretName: a }",
        &["L505 kubeAPIServer.admissionPlugins[0].kubeconfigSecretName"],
    );
    plugin("{ name: NodeRestriction, disabled: true }", &["L506 kubeAPIServer.admissionPlugins[0]"]);
    let config = "apiVersion: pod-security.admission.config.k8s.io/v1beta1, kind: PodSecurityConfiguration";
    plugin(&format!("{{ name: PodSecurity, config: {{ {config}, other: 1 }} }}"), &[]);
    plugin(
        &format!("{{ name: PodSecurity, config: {{ {config}, defaults: {{ enforce: 1 }} }} }}"),
        &["L505 kubeAPIServer.admissionPlugins[0].config"],
    );
    // Behind a plugin without a name, nothing is judged.
    plugin("{ config: {} }, { name: Foo }", &[]);
}

#[test]
fn apis_are_known_and_some_are_needed() {
    judge(&[
        ("1.34.2", "kubeAPIServer: { runtimeConfig: { batch/v1: false, v1/pods: true } }", &[]),
        (
            "1.34.2",
            "kubeAPIServer: { runtimeConfig: { api/all: true } }",
            &["L507 kubeAPIServer.runtimeConfig[api/all]"],
        ),
        (
            "1.34.2",
            "kubeAPIServer: { runtimeConfig: { a/b/c/d: true } }",
            &["L507 kubeAPIServer.runtimeConfig[a/b/c/d]"],
        ),
        ("1.35.0", "kubeAPIServer: { runtimeConfig: { autoscaling/v2beta1: true } }", &[]),
        (
            "1.36.0",
            "kubeAPIServer: { runtimeConfig: { autoscaling/v2beta1: true } }",
            &["L507 kubeAPIServer.runtimeConfig[autoscaling/v2beta1]"],
        ),
        (
            "1.34.2",
            "kubeAPIServer: { runtimeConfig: { v1: false } }",
            &["L506 kubeAPIServer.runtimeConfig[v1]"],
        ),
        // Needed because of a resource in it, and because of the version it is in.
        (
            "1.34.2",
            "kubeAPIServer: { runtimeConfig: { discovery.k8s.io/v1: false } }",
            &["L506 kubeAPIServer.runtimeConfig[discovery.k8s.io/v1]"],
        ),
        (
            "1.34.2",
            "kubeAPIServer: { runtimeConfig: { apps/v1/deployments: } }",
            &["L506 kubeAPIServer.runtimeConfig[apps/v1/deployments]"],
        ),
    ]);
    // A cluster without workers needs fewer.
    assert_eq!(garden("version: 1.34.2, kubeAPIServer: { runtimeConfig: { apps/v1: false } }"), [""; 0]);
}

#[test]
fn settings_come_and_go_with_versions() {
    judge(&[
        ("1.34.2", "kubeAPIServer: { enableAnonymousAuthentication: false }", &[]),
        (
            "1.35.0-rc.1",
            "kubeAPIServer: { enableAnonymousAuthentication: false }",
            &["L508 kubeAPIServer.enableAnonymousAuthentication"],
        ),
        (
            "1.34.2",
            "kubeAPIServer: { watchCacheSizes: { default: -1 } }",
            &["L510 kubeAPIServer.watchCacheSizes.default"],
        ),
        (
            "1.35.1",
            "kubeAPIServer: { watchCacheSizes: { default: -1 } }",
            &["L508 kubeAPIServer.watchCacheSizes.default"],
        ),
        ("1.34.2", "kubeScheduler: { kubeMaxPDVols: '0' }", &["L510 kubeScheduler.kubeMaxPDVols"]),
        ("1.34.2", "kubeScheduler: { kubeMaxPDVols: many }", &["L510 kubeScheduler.kubeMaxPDVols"]),
        ("1.35.1", "kubeScheduler: { kubeMaxPDVols: '5' }", &["L508 kubeScheduler.kubeMaxPDVols"]),
        ("1.31.1", "clusterAutoscaler: { ignoreTaints: [a] }", &[]),
        // Upstream names the option once more.
        (
            "1.32.1",
            "clusterAutoscaler: { ignoreTaints: [a] }",
            &["L508 clusterAutoscaler.ignoreTaints.IgnoreTaints"],
        ),
    ]);
}

#[test]
fn numbers_durations_and_amounts_have_limits() {
    judge(&[
        (
            "1.34.2",
            "kubelet: { podPidsLimit: 100, containerLogMaxFiles: 2, maxPods: 0 }",
            &["L522 kubeControllerManager.nodeCIDRMaskSize"],
        ),
        ("1.34.2", "kubelet: { podPidsLimit: 99 }", &["L510 kubelet.podPidsLimit"]),
        ("1.34.2", "verticalPodAutoscaler: { evictionTolerance: 0.99, targetCPUPercentile: 1 }", &[]),
        (
            "1.34.2",
            "verticalPodAutoscaler: { evictionTolerance: 1 }",
            &["L510 verticalPodAutoscaler.evictionTolerance"],
        ),
        ("1.34.2", "kubeAPIServer: { serviceAccountConfig: { maxTokenExpiration: 0s } }", &[]),
        (
            "1.34.2",
            "kubeAPIServer: { serviceAccountConfig: { maxTokenExpiration: 719h59m } }",
            &["L511 kubeAPIServer.serviceAccountConfig.maxTokenExpiration"],
        ),
        ("1.34.2", "kubelet: { imageMinimumGCAge: -999ms, streamingConnectionIdleTimeout: 4h }", &[]),
        ("1.34.2", "kubelet: { imageMinimumGCAge: -1s }", &["L511 kubelet.imageMinimumGCAge"]),
        ("1.34.2", "kubelet: { evictionHard: { memoryAvailable: 100%, nodeFSAvailable: 1Gi } }", &[]),
        (
            "1.34.2",
            "kubelet: { evictionHard: { memoryAvailable: 101% } }",
            &["L512 kubelet.evictionHard.memoryAvailable"],
        ),
        ("1.34.2", "kubelet: { kubeReserved: { cpu: -1 } }", &["L512 kubelet.kubeReserved.cpu"]),
        (
            "1.34.2",
            "verticalPodAutoscaler: { maxAllowed: { pods: 1 } }",
            &["L513 verticalPodAutoscaler.maxAllowed.pods"],
        ),
        ("1.34.2", "etcd: { main: { autoscaling: { minAllowed: { memory: 300M } } } }", &[]),
        (
            "1.34.2",
            "etcd: { main: { autoscaling: { minAllowed: { memory: 299M } } } }",
            &["L514 etcd.main.autoscaling.minAllowed.memory"],
        ),
    ]);
}

#[test]
fn settings_agree_with_each_other_and_with_defaults() {
    judge(&[
        ("1.34.2", "kubelet: { memorySwap: {} }", &["L520 kubelet.memorySwap"]),
        ("1.34.2", "kubelet: { memorySwap: {}, failSwapOn: false }", &[]),
        (
            "1.34.2",
            "kubelet: { imageGCHighThresholdPercent: 40 }",
            &["L520 kubelet.imageGCLowThresholdPercent"],
        ),
        ("1.34.2", "kubelet: { imageGCHighThresholdPercent: 41 }", &[]),
        ("1.34.2", "kubelet: { maxParallelImagePulls: 2 }", &[]),
        (
            "1.34.2",
            "kubelet: { maxParallelImagePulls: 2, serializeImagePulls: true }",
            &["L520 kubelet.maxParallelImagePulls"],
        ),
        (
            "1.34.2",
            "kubeProxy: { mode: NFTables, featureGates: { NFTablesProxyMode: } }",
            &["L520 kubeProxy.mode", "L503 kubeProxy.featureGates.NFTablesProxyMode"],
        ),
        (
            "1.32.2",
            "clusterAutoscaler: { maxEmptyBulkDelete: 1, maxScaleDownParallelism: 2 }",
            &["L520 clusterAutoscaler.maxEmptyBulkDelete"],
        ),
    ]);
}

#[test]
fn a_node_has_addresses_for_its_pods() {
    judge(&[
        ("1.34.2", "kubeControllerManager: { nodeCIDRMaskSize: 25 }", &[]),
        (
            "1.34.2",
            "kubeControllerManager: { nodeCIDRMaskSize: 26 }",
            &["L521 kubeControllerManager.nodeCIDRMaskSize"],
        ),
        ("1.34.2", "kubelet: { maxPods: 62 }, kubeControllerManager: { nodeCIDRMaskSize: 26 }", &[]),
        (
            "1.34.2",
            "kubeControllerManager: { nodeCIDRMaskSize: 15 }",
            &["L522 kubeControllerManager.nodeCIDRMaskSize"],
        ),
        (
            "1.34.2",
            "kubeControllerManager: { nodeCIDRMaskSizeIPv6: 64 }",
            &["L522 kubeControllerManager.nodeCIDRMaskSizeIPv6"],
        ),
        (
            "1.34.2",
            "kubelet: { maxPods: 2147483647 }, kubeControllerManager: { nodeCIDRMaskSize: 24 }",
            &["L521 kubeControllerManager.nodeCIDRMaskSize"],
        ),
        // Worked out of the number of pods, the size would be none that is allowed.
        ("1.34.2", "kubelet: { maxPods: 32768 }", &[]),
        ("1.34.2", "kubelet: { maxPods: 32769 }", &["L522 kubeControllerManager.nodeCIDRMaskSize"]),
        ("1.34.2", "kubelet: { maxPods: 4 }", &["L522 kubeControllerManager.nodeCIDRMaskSize"]),
    ]);
}

#[test]
fn a_pool_takes_the_kubelet_of_its_shoot_over() {
    let objects = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  kubernetes:
    version: 1.33.2
    kubelet: { featureGates: { APIListChunking: true } }
  provider:
    workers:
    - { name: a, kubernetes: { version: 1.32.1 } }
    - { name: b, kubernetes: { kubelet: { maxPods: -1 } } }
    - { name: c, kubernetes: {} }
    - { name: d, clusterAutoscaler: { scaleDownGpuUtilizationThreshold: 1.5 } }
";
    assert_eq!(
        found(objects),
        [
            "L502 spec.kubernetes.kubelet.featureGates.APIListChunking",
            "L502 spec.provider.workers[2].kubernetes.kubelet.featureGates.APIListChunking",
            "L510 spec.provider.workers[1].kubernetes.kubelet.maxPods",
            "L510 spec.provider.workers[3].clusterAutoscaler.scaleDownGpuUtilizationThreshold",
        ]
    );
}

#[test]
fn a_cluster_without_workers_has_no_settings_for_them() {
    let objects = "
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  kubernetes:
    version: 1.34.2
    clusterAutoscaler: { scanInterval: -1s }
    kubeControllerManager: { podEvictionTimeout: -1s, featureGates: { AllBeta: true } }
  provider: {}
";
    assert_eq!(
        found(objects),
        [
            "L509 spec.kubernetes.clusterAutoscaler",
            "L509 spec.kubernetes.kubeControllerManager.podEvictionTimeout",
        ]
    );
}

#[test]
fn the_virtual_garden_is_a_cluster_without_workers() {
    let path = "spec.virtualCluster.kubernetes";
    for (kubernetes, expected) in [
        ("version: 1.31.4", format!("L525 {path}.version")),
        (
            "version: 1.34.2, kubeControllerManager: { nodeCIDRMaskSize: 24 }",
            format!("L509 {path}.kubeControllerManager.nodeCIDRMaskSize"),
        ),
        (
            "version: 1.34.2, kubeAPIServer: { tlsMinVersion: VersionTLS11 }",
            format!("L523 {path}.kubeAPIServer.tlsMinVersion"),
        ),
        ("version: 1.34.2, kubeAPIServer: { eventTTL: 1d }", format!("L511 {path}.kubeAPIServer.eventTTL")),
        (
            "version: 1.34.2, kubeAPIServer: { structuredAuthentication: { configMapName: '' } }",
            format!("L519 {path}.kubeAPIServer.structuredAuthentication.configMapName"),
        ),
    ] {
        assert_eq!(garden(kubernetes), [expected], "{kubernetes}");
    }
    // Nothing rotates the key of a virtual garden, so nothing asks for it.
    assert_eq!(
        garden("version: 1.34.2, kubeAPIServer: { encryptionConfig: { provider: { type: aesgcm } } }"),
        [""; 0]
    );
}

#[test]
fn a_template_gets_its_defaults_later() {
    let template = |kubernetes: &str| {
        found(&format!(
            "
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeedSet
metadata: {{ name: set, namespace: garden }}
spec:
  shootTemplate:
    spec:
      kubernetes: {{ {kubernetes} }}
      provider: {{ workers: [{{ name: a }}] }}
"
        ))
    };
    let path = "spec.shootTemplate.spec.kubernetes";
    assert_eq!(template("version: ''"), [format!("L526 {path}.version")]);
    assert_eq!(
        template("version: 1.34.2, kubelet: { memorySwap: {}, imageGCHighThresholdPercent: 30 }"),
        [""; 0]
    );
    assert_eq!(template("version: 1.34.2, kubeProxy: {}"), [format!("L523 {path}.kubeProxy.mode")]);
    assert_eq!(
        template("version: latest, kubeAPIServer: {}"),
        [format!("L526 {path}.kubeAPIServer.admissionPlugins")]
    );
}
