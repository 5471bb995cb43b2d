//! Quotas, tolerations and exposure classes.

use super::assert_found;

const SHOOTS: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: { name: local }
spec:
  type: local
  machineTypes:
  - { name: large, cpu: '4', gpu: '0', memory: 8Gi }
  - { name: packed, cpu: '2', gpu: '1', memory: 4Gi, storage: { class: premium, type: ssd, size: 10Gi } }
  volumeTypes:
  - { name: ssd, class: standard }
  - { name: tape, class: archive }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec:
  namespace: garden-dev
  tolerations:
    whitelist: [{ key: example.org/gpu }, { key: example.org/kind, value: spot }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: ExposureClass
metadata: { name: internet }
handler: internet
scheduling:
  seedSelector: { matchLabels: { network: public } }
  tolerations: [{ key: example.org/gpu }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: trial, namespace: garden-dev }
spec:
  scope: { apiVersion: v1, kind: Secret } # scope
  metrics: { cpu: '20', storage.standard: 200Gi, loadbalancer: '3' }
---
apiVersion: core.gardener.cloud/v1beta1
kind: SecretBinding
metadata: { name: account, namespace: garden-dev }
provider: { type: local }
secretRef: { name: account }
quotas: [{ name: trial }]
---
apiVersion: security.gardener.cloud/v1alpha1
kind: CredentialsBinding
metadata: { name: account, namespace: garden-ops }
provider: { type: local }
credentialsRef: { apiVersion: v1, kind: Secret, name: account }
quotas: [{ name: trial, namespace: garden-dev }]
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: one, namespace: garden-dev }
spec:
  cloudProfile: { name: local }
  secretBindingName: account
  # spec of one
  provider:
    type: local
    workers:
    - { name: a, machine: { type: large }, maximum: 3, volume: { type: ssd, size: 20Gi } } # a
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: two, namespace: garden-ops }
spec:
  cloudProfile: { name: local }
  credentialsBindingName: account
  provider:
    type: local
    workers:
    - { name: b, machine: { type: large }, maximum: 2, volume: { type: ssd, size: 20Gi } } # b
";

#[test]
fn shoots_with_the_same_credentials_share_a_quota() {
    assert_found(SHOOTS, &[], &[]);
    let more = ("maximum: 2", "maximum: 3");
    let both = [
        "L369 one spec.provider.workers: the shoots under the quota `trial` may take 24 of `cpu` together",
        "L369 two spec.provider.workers: the shoots under the quota `trial` may take 24 of `cpu` together",
    ];
    assert_found(SHOOTS, &[more], &both);
    // In another project, a quota for projects does not count the shoot.
    let of_project = (
        "apiVersion: v1, kind: Secret } # scope",
        "apiVersion: core.gardener.cloud/v1beta1, kind: Project }",
    );
    assert_found(SHOOTS, &[more, of_project], &[]);
}

#[test]
fn every_metric_is_counted() {
    let large = ("size: 20Gi } } # b", "size: 100Gi } }");
    assert_found(
        SHOOTS,
        &[large],
        &[
            "L369 one spec.provider.workers: the shoots under the quota `trial` may take 260Gi of `storage.standard`",
            "L369 two spec.provider.workers: the shoots under the quota `trial` may take 260Gi of `storage.standard`",
        ],
    );
    let ingress = ("  # spec of one\n", "  addons: { nginxIngress: { enabled: true } }\n");
    assert_found(SHOOTS, &[ingress], &[]);
    assert_found(
        SHOOTS,
        &[ingress, ("loadbalancer: '3'", "loadbalancer: '2'")],
        &[
            "L369 one spec.provider.workers: the shoots under the quota `trial` may take 3 of `loadbalancer`",
            "L369 two spec.provider.workers: the shoots under the quota `trial` may take 3 of `loadbalancer`",
        ],
    );
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let volume = "volume: { type: ssd, size: 20Gi } } # a";
    let found = |path: &str| format!("L369 one spec.provider.workers[0].{path}");
    assert_found(
        SHOOTS,
        &[(volume, "volume: { type: tape, size: 20Gi } }")],
        &[&found("volume: volumes of the class")],
    );
    assert_found(
        SHOOTS,
        &[(volume, "volume: { size: 20Gi } }")],
        &[&found("volume: a volume of no known type")],
    );
    assert_found(SHOOTS, &[(volume, "}")], &[&found("volume: a pool without a volume")]);
    // A machine that comes with a volume needs none.
    assert_found(
        SHOOTS,
        &[("name: a, machine: { type: large }", "name: a, machine: { type: packed }"), (volume, "}")],
        &[],
    );
}

#[test]
fn a_project_says_what_its_shoots_tolerate() {
    let tolerate = |list: &str| ("  # spec of one\n".to_owned(), format!("  tolerations: {list}\n"));
    for list in ["[{ key: example.org/gpu, value: any }]", "[{ key: example.org/kind, value: spot }]"] {
        let (from, to) = tolerate(list);
        assert_found(SHOOTS, &[(&from, &to)], &[]);
    }
    let (from, to) = tolerate("[{ key: example.org/gpu }, { key: example.org/kind, value: other }]");
    assert_found(SHOOTS, &[(&from, &to)], &["L366 one spec.tolerations[1]: shoots of the project `dev`"]);
    // What the ExposureClass adds must be allowed as well.
    let class = ("  # spec of one\n", "  exposureClassName: internet\n");
    assert_found(SHOOTS, &[class], &[]);
    let narrow = ("[{ key: example.org/gpu }, { key: example.org/kind", "[{ key: example.org/kind");
    assert_found(SHOOTS, &[class, narrow], &["L366 one spec.exposureClassName: shoots of the project `dev`"]);
}

#[test]
fn a_shoot_and_its_exposure_class_agree() {
    let with = |more: &str| format!("  exposureClassName: internet\n{more}");
    let of = |more: &str, expected: &[&str]| {
        assert_found(SHOOTS, &[("  # spec of one\n", &with(more))], expected);
    };
    of("  seedSelector: { matchLabels: { network: public, region: north } }\n", &[]);
    of(
        "  seedSelector: { matchLabels: { network: private } }\n",
        &["L367 one spec.seedSelector.matchLabels: "],
    );
    of("  tolerations: [{ key: example.org/gpu, value: large }]\n", &["L367 one spec.tolerations: "]);
}
