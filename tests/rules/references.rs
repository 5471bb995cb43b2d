//! Every name leads to an object.

use super::{Fixture, Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["references", "order"];

const SHOOT: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: base }
---
apiVersion: core.gardener.cloud/v1beta1
kind: NamespacedCloudProfile
metadata: { name: own, namespace: garden-dev }
spec: { parent: { kind: CloudProfile, name: base } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: ExposureClass
metadata: { name: internet }
handler: internet
---
apiVersion: security.gardener.cloud/v1alpha1
kind: CredentialsBinding
metadata: { name: account, namespace: garden-dev }
provider: { type: local }
credentialsRef: { apiVersion: v1, kind: Secret, name: account, namespace: garden-dev }
quotas:
- { name: trial, namespace: garden-dev }
- { name: budget, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: SecretBinding
metadata: { name: old, namespace: garden-dev }
provider: { type: local }
secretRef: { name: old-account }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: trial, namespace: garden-dev }
spec: { scope: { apiVersion: v1, kind: Secret } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: budget, namespace: garden-dev }
spec: { scope: { apiVersion: core.gardener.cloud/v1beta1, kind: Project } }
---
apiVersion: v1
kind: Secret
metadata: { name: account, namespace: garden-dev }
---
apiVersion: v1
kind: Secret
metadata: { name: old-account, namespace: garden-dev }
---
apiVersion: v1
kind: Secret
metadata: { name: webhook, namespace: garden-dev }
stringData: { kubeconfig: '{}' }
---
apiVersion: security.gardener.cloud/v1alpha1
kind: WorkloadIdentity
metadata: { name: dns, namespace: garden-dev }
spec: { targetSystem: { type: local } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: policies, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: base }
  credentialsBindingName: account
  exposureClassName: internet
  seedName: north
  provider: { type: local }
  networking: { pods: 10.3.0.0/16, services: 10.4.0.0/16 }
  dns:
    providers:
    - { type: local, credentialsRef: { apiVersion: security.gardener.cloud/v1alpha1, kind: WorkloadIdentity, name: dns } }
  resources:
  - { name: hook, resourceRef: { apiVersion: v1, kind: Secret, name: webhook } }
  kubernetes:
    kubeAPIServer:
      auditConfig: { auditPolicy: { configMapRef: { name: policies } } }
      structuredAuthorization: { configMapName: policies, kubeconfigs: [{ authorizerName: a, secretName: account }] }
      admissionPlugins:
      - { name: ValidatingAdmissionWebhook, kubeconfigSecretName: webhook }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  config:
    seedConfig:
      spec:
        resources: [{ name: token, resourceRef: { apiVersion: v1, kind: ConfigMap, name: seeds } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: seeds, namespace: garden }
";

fn shoot() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, SHOOT)
}

#[test]
fn a_part_of_a_landscape_misses_nothing() {
    let (_, shoot) = SHOOT.split_once("kind: ConfigMap").expect("the shoot comes later");
    let (_, shoot) = shoot.split_once("---").expect("another object follows");
    assert_eq!(findings(ABOUT, Mode::Part, shoot), [""; 0]);
}

#[test]
fn cloud_profiles() {
    let shoot = shoot();
    shoot.accepts(&[(
        "cloudProfile: { name: base }",
        "cloudProfile: { kind: NamespacedCloudProfile, name: own }",
    )]);
    shoot.finds(
        &["L330 spec.cloudProfile.name"],
        &[("cloudProfile: { name: base }", "cloudProfile: { name: bass }")],
    );
    shoot.finds(
        &["L330 spec.cloudProfile.name"],
        &[("cloudProfile: { name: base }", "cloudProfile: { kind: NamespacedCloudProfile, name: base }")],
    );
    shoot.finds(
        &["L330 spec.cloudProfileName"],
        &[("cloudProfile: { name: base }", "cloudProfileName: none")],
    );
    shoot.finds(
        &["L346 spec.parent.name"],
        &[("kind: CloudProfile, name: base }", "kind: CloudProfile, name: none }")],
    );
}

#[test]
fn bindings() {
    let shoot = shoot();
    shoot.accepts(&[("credentialsBindingName: account", "secretBindingName: old")]);
    shoot.finds(
        &["L332 spec.credentialsBindingName"],
        &[("credentialsBindingName: account", "credentialsBindingName: old")],
    );
    shoot.finds(
        &["L332 spec.secretBindingName"],
        &[("credentialsBindingName: account", "secretBindingName: account")],
    );
}

#[test]
fn exposure_classes() {
    shoot().finds(
        &["L333 spec.exposureClassName"],
        &[("exposureClassName: internet", "exposureClassName: intranet")],
    );
}

#[test]
fn resources_of_shoots_and_seeds() {
    let shoot = shoot();
    shoot.finds(
        &["L334 spec.config.seedConfig.spec.resources[0].resourceRef.name"],
        &[("kind: ConfigMap, name: seeds }", "kind: ConfigMap, name: policies }")],
    );
    shoot.finds(
        &["L334 spec.resources[0].resourceRef.name"],
        &[
            ("kind: Secret, name: webhook }", "kind: Secret, name: hook }"),
            ("kubeconfigSecretName: webhook", "kubeconfigSecretName: hook"),
        ],
    );
    shoot.finds(
        &[
            "L335 spec.resources[0].resourceRef",
            "L338 spec.kubernetes.kubeAPIServer.admissionPlugins[0].kubeconfigSecretName",
        ],
        &[("kind: Secret, name: webhook }", "kind: Pod, name: webhook }")],
    );
}

#[test]
fn dns_credentials() {
    let shoot = shoot();
    shoot.finds(
        &["L336 spec.dns.providers[0].credentialsRef.name"],
        &[("kind: WorkloadIdentity, name: dns }", "kind: WorkloadIdentity, name: dms }")],
    );
    shoot.finds(
        &["L336 spec.dns.providers[0].secretName"],
        &[(
            "credentialsRef: { apiVersion: security.gardener.cloud/v1alpha1, kind: WorkloadIdentity, name: dns }",
            "secretName: none",
        )],
    );
}

#[test]
fn the_configuration_of_the_api_server() {
    let shoot = shoot();
    shoot.finds(
        &["L337 spec.kubernetes.kubeAPIServer.auditConfig.auditPolicy.configMapRef.name"],
        &[("configMapRef: { name: policies }", "configMapRef: { name: none }")],
    );
    shoot.finds(
        &["L337 spec.kubernetes.kubeAPIServer.structuredAuthorization.configMapName"],
        &[("configMapName: policies", "configMapName: none")],
    );
    shoot.finds(
        &["L337 spec.kubernetes.kubeAPIServer.structuredAuthorization.kubeconfigs[0].secretName"],
        &[("secretName: account", "secretName: none")],
    );
}

#[test]
fn kubeconfigs_of_admission_plugins() {
    const PATH: &str = "spec.kubernetes.kubeAPIServer.admissionPlugins[0].kubeconfigSecretName";
    let shoot = shoot();
    shoot.finds(
        &[&format!("L338 {PATH}")],
        &[("kubeconfigSecretName: webhook", "kubeconfigSecretName: account")],
    );
    shoot.finds(&[&format!("L339 {PATH}")], &[("stringData: { kubeconfig: '{}' }", "data: { token: '' }")]);
    // Nobody says what is in a Secret that is filled elsewhere.
    shoot.accepts(&[("stringData: { kubeconfig: '{}' }", "type: Opaque")]);
}

#[test]
fn seeds() {
    let shoot = shoot();
    shoot.finds(&["L331 spec.seedName"], &[("seedName: north", "seedName: south")]);
    for (kind, name, namespace) in [("Seed", "north", ""), ("ManagedSeedSet", "set", ", namespace: garden")] {
        let registration = format!("kind: {kind}\nmetadata: {{ name: {name}{namespace} }}");
        let name = if kind == "ManagedSeedSet" { "seedName: set-0" } else { "seedName: north" };
        shoot.accepts(&[
            ("kind: Gardenlet\nmetadata: { name: north, namespace: garden }", &registration),
            ("seedName: north", name),
            ("config:\n    seedConfig:", "a:\n    b:"),
        ]);
    }
}

#[test]
fn credentials_and_quotas_of_bindings() {
    let shoot = shoot();
    shoot.finds(
        &["L340 credentialsRef.name"],
        &[("kind: Secret, name: account,", "kind: Secret, name: none,")],
    );
    shoot.finds(
        &["L340 credentialsRef.name"],
        &[("name: account, namespace: garden-dev }\nquotas", "name: account, namespace: garden }\nquotas")],
    );
    shoot.finds(
        &["L340 secretRef.name"],
        &[("secretRef: { name: old-account }", "secretRef: { name: none }")],
    );
    shoot.finds(&["L341 quotas[0].name"], &[("- { name: trial,", "- { name: trail,")]);
    shoot.finds(
        &["L342 quotas[1]"],
        &[("apiVersion: core.gardener.cloud/v1beta1, kind: Project }", "apiVersion: v1, kind: Secret }")],
    );
}

const GARDEN: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerRegistration
metadata: { name: os }
spec: { deployment: { deploymentRefs: [{ name: os }] } }
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: { name: os }
---
apiVersion: core.gardener.cloud/v1beta1
kind: BackupBucket
metadata: { name: bucket }
spec:
  seedName: north
  credentialsRef: { apiVersion: v1, kind: Secret, name: backup, namespace: garden }
---
apiVersion: core.gardener.cloud/v1beta1
kind: BackupEntry
metadata: { name: entry, namespace: garden }
spec: { bucketName: bucket, seedName: north }
---
apiVersion: v1
kind: Secret
metadata: { name: backup, namespace: garden }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: garden }
spec: { namespace: garden }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: pond, namespace: garden }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeed
metadata: { name: pond, namespace: garden }
spec: { shoot: { name: pond } }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
spec:
  config: { seedConfig: { spec: { backup: { credentialsRef: { apiVersion: v1, kind: Secret, name: backup } } } } }
";

#[test]
fn what_registers_extensions_and_stores_backups() {
    let garden = Fixture::new(ABOUT, Mode::Complete, GARDEN);
    garden.finds(
        &["L343 spec.deployment.deploymentRefs[0].name"],
        &[("deploymentRefs: [{ name: os }]", "deploymentRefs: [{ name: so }]")],
    );
    garden.finds(&["L344 spec.bucketName"], &[("bucketName: bucket", "bucketName: none")]);
    garden.finds(&["L331 spec.seedName"], &[("bucket, seedName: north", "bucket, seedName: none")]);
    garden.finds(&["L331 spec.seedName"], &[("seedName: north\n", "seedName: none\n")]);
    garden.finds(
        &["L340 spec.credentialsRef.name"],
        &[("kind: Secret, name: backup, namespace", "kind: Secret, name: none, namespace")],
    );
    let internal = "apiVersion: core.gardener.cloud/v1beta1, kind: InternalSecret, name: backup }";
    garden.finds(
        &["L345 spec.config.seedConfig.spec.backup.credentialsRef"],
        &[("apiVersion: v1, kind: Secret, name: backup }", internal)],
    );
}

#[test]
fn managed_seeds() {
    let garden = Fixture::new(ABOUT, Mode::Complete, GARDEN);
    garden.finds(&["L347 spec.shoot.name"], &[("shoot: { name: pond }", "shoot: { name: lake }")]);
    garden.finds(
        &["L349 metadata.name"],
        &[("name: pond, namespace: garden }\nspec:", "name: north, namespace: garden }\nspec:")],
    );
    let second = "shoot: { name: pond } }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: ManagedSeed
metadata: { name: second, namespace: garden }
spec: { shoot: { name: pond } }";
    garden.finds(&["L348 spec.shoot.name"], &[("shoot: { name: pond } }", second)]);
}
