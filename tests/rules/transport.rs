//! What the resource-manager and Flux would do with an object on its way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brotli::enc::BrotliEncoderParams;

use super::{Fixture, Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["transport"];

const MANAGED_RESOURCE: &str = "
apiVersion: resources.gardener.cloud/v1alpha1
kind: ManagedResource
metadata:
  name: one
  namespace: garden
  annotations: { reference.resources.gardener.cloud/secret-2ee1a0ff: payload }
spec:
  class: seed
  secretRefs: [{ name: payload }]
---
apiVersion: resources.gardener.cloud/v1alpha1
kind: ManagedResource
metadata: { name: two, namespace: garden }
spec: { secretRefs: [{ name: other }, { name: elsewhere }] }
---
apiVersion: v1
kind: Secret
metadata: { name: payload, namespace: garden, labels: { resources.gardener.cloud/garbage-collectable-reference: 'true' } }
stringData:
  objects.yaml: |
    apiVersion: v1
    kind: Namespace
    metadata: { name: garden-dev }
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: first, namespace: garden-dev }
---
apiVersion: v1
kind: Secret
metadata: { name: other, namespace: garden }
stringData: { objects.json: '{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"second\", \"namespace\": \"garden-dev\"}}' }
";

fn managed_resource() -> Fixture {
    Fixture::new(ABOUT, Mode::Part, MANAGED_RESOURCE)
}

#[test]
fn classes() {
    let managed = managed_resource();
    managed.accepts(&[("class: seed", "class: resources")]);
    managed.accepts(&[("  class: seed\n", "")]);
    managed.finds(&["L600 spec.class"], &[("class: seed", "class: shoot")]);
}

#[test]
fn collectable_payloads_are_referred_to() {
    let managed = managed_resource();
    let path = "L601 metadata.annotations[reference.resources.gardener.cloud/secret-239f59ed]";
    managed.finds(&[path], &[("secret-2ee1a0ff: payload", "secret-2ee1a0ff: other")]);
    managed.finds(&[path], &[("reference.resources.gardener.cloud/secret-2ee1a0ff: payload", "")]);
    let unmarked = ("garbage-collectable-reference: 'true'", "garbage-collectable-reference: 'false'");
    managed.accepts(&[("secret-2ee1a0ff: payload", "secret-2ee1a0ff: other"), unmarked]);
}

#[test]
fn an_object_comes_once() {
    let managed = managed_resource();
    managed.finds(&["L602 spec.secretRefs[1].name"], &[("{ name: elsewhere }", "{ name: other }")]);
    managed.finds(
        &["L602 spec.secretRefs[0].name"],
        &[("[{ name: payload }]", "[{ name: payload }, { name: other }]")],
    );
    managed.finds(&["L602 spec.secretRefs[0].name"], &[("\"second\"", "\"first\"")]);
    // As Gardener stores it, and both in one ManagedResource.
    let second = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "second", "namespace": "garden-dev"}}"#;
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut second.as_bytes(), &mut compressed, &BrotliEncoderParams::default())
        .expect("a vector takes every write");
    let objects = format!(
        "{MANAGED_RESOURCE}
---
apiVersion: v1
kind: Secret
metadata: {{ name: elsewhere, namespace: garden }}
data: {{ data.yaml.br: {} }}
",
        STANDARD.encode(compressed)
    );
    assert_eq!(findings(ABOUT, Mode::Part, &objects), ["L602 spec.secretRefs[1].name"]);
}

const LANDSCAPE: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Garden
metadata: { name: garden }
spec: { virtualCluster: { gardener: { gardenerResourceManager: { additionalTargetNamespaces: [garden-dev] } } } }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: one, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: two, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: shoot, namespace: garden-dev, annotations: { example.org/a: b } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: garden, annotations: { example.org/c: d } }
";

#[test]
fn bundles_reach_the_namespaces_that_are_watched() {
    let landscape = Fixture::new(ABOUT, Mode::Landscape, LANDSCAPE);
    let manager = "spec.virtualCluster.gardener.gardenerResourceManager.additionalTargetNamespaces";
    let path = format!("L603 {manager}");
    landscape.finds(&[&path], &[("[garden-dev]", "[]")]);
    landscape.finds(
        &[&path],
        &[("gardenerResourceManager: { additionalTargetNamespaces: [garden-dev] }", "a: b")],
    );
    // Somebody else brings the objects of a part.
    Fixture::new(ABOUT, Mode::Part, LANDSCAPE).accepts(&[("[garden-dev]", "[]")]);
    // What Flux applies goes anywhere.
    let quotas = [
        (
            "{ name: one, namespace: garden-dev }",
            "{ name: one, namespace: garden-dev, annotations: { landscape.gardener.cloud/delivery: flux } }",
        ),
        (
            "{ name: two, namespace: garden-dev }",
            "{ name: two, namespace: garden-dev, annotations: { landscape.gardener.cloud/delivery: flux } }",
        ),
    ];
    let [one, two] = quotas;
    landscape.accepts(&[one, two, ("[garden-dev]", "[]")]);
}

#[test]
fn what_gardener_completes_is_not_replaced() {
    let landscape = Fixture::new(ABOUT, Mode::Landscape, LANDSCAPE);
    let path = "L604 metadata.annotations[landscape.gardener.cloud/delivery]";
    landscape.finds(&[path], &[("example.org/a: b", "landscape.gardener.cloud/delivery: bundle")]);
    let ignored = "landscape.gardener.cloud/delivery: bundle, resources.gardener.cloud/ignore: 'true'";
    landscape.accepts(&[("example.org/a: b", ignored)]);
    landscape.accepts(&[("example.org/c: d", "landscape.gardener.cloud/delivery: bundle")]);
}

#[test]
fn our_annotations_have_few_values() {
    let part = Fixture::new(ABOUT, Mode::Part, LANDSCAPE);
    part.accepts(&[("example.org/c: d", "landscape.gardener.cloud/cluster: runtime")]);
    part.finds(
        &["L605 metadata.annotations[landscape.gardener.cloud/cluster]"],
        &[("example.org/c: d", "landscape.gardener.cloud/cluster: garden")],
    );
    part.finds(
        &["L605 metadata.annotations[landscape.gardener.cloud/delivery]"],
        &[("example.org/c: d", "landscape.gardener.cloud/delivery: helm")],
    );
}

#[test]
fn a_landscape_holds_no_seed() {
    let seed = "apiVersion: core.gardener.cloud/v1beta1\nkind: Seed\nmetadata: { name: north }\n";
    assert_eq!(findings(ABOUT, Mode::Part, seed), [""; 0]);
    assert_eq!(findings(ABOUT, Mode::Landscape, seed), ["L606 metadata.name"]);
}

#[test]
fn what_is_encrypted_is_left_to_flux() {
    let secret = "
apiVersion: v1
kind: Secret
metadata: { name: one, namespace: garden, annotations: { landscape.gardener.cloud/delivery: flux } }
data: { key: 'ENC[AES256_GCM,data:x]' }
sops: { mac: 'ENC[AES256_GCM,data:x]' }
";
    let secret = Fixture::new(ABOUT, Mode::Part, secret);
    secret.finds(
        &["L607 metadata.annotations[landscape.gardener.cloud/delivery]"],
        &[("delivery: flux", "delivery: bundle")],
    );
}
