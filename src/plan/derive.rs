//! The objects that a landscape needs and nobody writes: the operator, its namespace, the way into the virtual garden.

use serde_json::{Value, json};

use super::{ACCESS_SECRET, OPERATOR};
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::{Delivery, Object, Operator};
use crate::source::Span;
use crate::syntax::Node;

/// The ServiceAccount that Flux uses in the virtual garden; the resource-manager creates it with the token.
const ACCESS_ACCOUNT: &str = "gardener.cloud.system.gardener-landscape-kit.flux";

/// The namespace that the Kustomizations of all units live in.
pub(super) fn namespace() -> Object {
    derived(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GARDEN_NAMESPACE}}))
}

fn derived(object: &Value) -> Object {
    Object::derived(Node::from_json(object, Span::default()))
}

/// An OCIRepository of the landscape's own registry: how Flux reaches that, and what it verifies what it finds with.
///
/// Flux looks for the Secrets in the namespace of the OCIRepository, so all of them are in the one where these are.
pub fn own_repository(delivery: &Delivery, name: &str, mut spec: Value) -> Node {
    let access = &delivery.access;
    let secret = |name: &Option<String>| name.as_ref().map(|name| json!({"name": name}));
    let verify = delivery.verification.as_ref();
    let fields = [
        ("certSecretRef", secret(&access.certificates)),
        ("insecure", access.insecure.then_some(json!(true))),
        ("provider", access.provider.as_ref().map(|provider| json!(provider))),
        ("proxySecretRef", secret(&access.proxy)),
        ("secretRef", secret(&access.secret)),
        ("verify", verify.map(|name| json!({"provider": "cosign", "secretRef": {"name": name}}))),
    ];
    if let Some(spec) = spec.as_object_mut() {
        let set = fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?)));
        spec.extend(set);
    }
    oci_repository(name, &delivery.namespace, &spec)
}

fn oci_repository(name: &str, namespace: &str, spec: &Value) -> Node {
    let object = json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    });
    Node::from_json(&object, Span::default())
}

/// The chart of the operator, and the release of it.
///
/// From the own registry the chart comes like the landscape itself; another one is reached without any Secret.
pub(super) fn operator(operator: &Operator, delivery: &Delivery) -> [Object; 2] {
    let reference = operator.chart.as_str().unwrap_or_default();
    let (repository, version) = split_reference(reference);
    let below = delivery.registry.as_deref().and_then(|registry| repository.strip_prefix(registry));
    let is_own = below.is_some_and(|below| below.starts_with('/'));
    let interval = &delivery.interval;
    let spec = json!({
        "interval": interval,
        "layerSelector": {
            "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            "operation": "copy",
        },
        "ref": version,
        "url": format!("oci://{repository}"),
    });
    let (source, chart) = if is_own {
        let chart = json!({"kind": "OCIRepository", "name": OPERATOR, "namespace": delivery.namespace});
        (own_repository(delivery, OPERATOR, spec), chart)
    } else {
        let chart = json!({"kind": "OCIRepository", "name": OPERATOR});
        (oci_repository(OPERATOR, GARDEN_NAMESPACE, &spec), chart)
    };
    let release = json!({
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": OPERATOR, "namespace": GARDEN_NAMESPACE},
        "spec": {
            "chartRef": chart,
            "install": {"crds": "CreateReplace"},
            "interval": interval,
            "upgrade": {"crds": "CreateReplace"},
            "values": operator.values.as_ref().map_or_else(|| json!({}), Node::to_json),
        },
    });
    [Object::derived(source), derived(&release)]
}

/// Repository, and tag or digest as Flux names them; a digest wins.
fn split_reference(reference: &str) -> (&str, Value) {
    let reference = reference.trim_start_matches("oci://");
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    let version = match (digest, tag) {
        (Some(digest), _) => json!({"digest": digest}),
        (None, Some(tag)) => json!({"tag": tag}),
        (None, None) => json!({}),
    };
    (repository, version)
}

/// The Secret into which the resource-manager writes a token for Flux.
///
/// Flux creates it and leaves it alone from then on: applied again, it would take the token away every time.
pub(super) fn access_secret() -> Object {
    let kubeconfig = "\
apiVersion: v1
kind: Config
clusters:
- name: virtual-garden
  cluster:
    server: https://virtual-garden-kube-apiserver.garden.svc.cluster.local.
contexts:
- name: virtual-garden
  context:
    cluster: virtual-garden
    user: flux
current-context: virtual-garden
users:
- name: flux
  user: {}
";
    derived(&json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "annotations": {
                "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent",
                "serviceaccount.resources.gardener.cloud/inject-ca-bundle": "true",
                "serviceaccount.resources.gardener.cloud/name": ACCESS_ACCOUNT,
                "serviceaccount.resources.gardener.cloud/namespace": "kube-system",
                "serviceaccount.resources.gardener.cloud/token-expiration-duration": "3h",
            },
            "labels": {
                "resources.gardener.cloud/class": "shoot",
                "resources.gardener.cloud/purpose": "token-requestor",
            },
            "name": ACCESS_SECRET,
            "namespace": GARDEN_NAMESPACE,
        },
        "stringData": {"kubeconfig": kubeconfig},
        "type": "Opaque",
    }))
}

/// Flux applies objects of every kind, so it is an administrator of the virtual garden.
pub(super) fn access_rights() -> Object {
    derived(&json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "gardener.cloud:system:gardener-landscape-kit:flux"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": ACCESS_ACCOUNT, "namespace": "kube-system"}],
    }))
}
