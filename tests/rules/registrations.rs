//! Extensions, their charts, and what those are given.

use super::{Fixture, Mode, findings};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["registrations"];

const REGISTRATION: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerRegistration
metadata: { name: acme }
spec:
  deployment:
    policy: OnDemand
    deploymentRefs: [{ name: acme }]
  resources:
  - { kind: Worker, type: acme }
  - { kind: Worker, type: other, primary: false }
  - { kind: Extension, type: one, autoEnable: [shoot], lifecycle: {}, reconcileTimeout: 3m }
  - { kind: Extension, type: two, clusterCompatibility: [seed, shoot], autoEnable: [seed] }
  - { kind: SelfHostedShootExposure, type: acme, continuousEndpointUpdate: true }
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: { name: acme }
resources:
- { name: token, resourceRef: { apiVersion: v1, kind: Secret, name: token } }
- { name: settings, resourceRef: { apiVersion: v1, kind: ConfigMap, name: settings } }
helm:
  ociRepository: { repository: registry.example.org/charts/acme, tag: v1, pullSecretRef: { name: pull } }
  values: { a: ['{{ .resources.token.data.a }} {{.resources.settings.data.b}}'] }
---
apiVersion: v1
kind: Secret
metadata: { name: pull, namespace: garden, labels: { gardener.cloud/role: helm-pull-secret } }
data: { .dockerconfigjson: e30= }
---
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: garden, labels: { gardener.cloud/role: resource-reference } }
data: { a: Yg== }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: garden, labels: { gardener.cloud/role: resource-reference } }
data: { b: c }
";

fn registration() -> Fixture {
    Fixture::new(ABOUT, Mode::Complete, REGISTRATION)
}

/// Upstream: ValidateControllerResources keeps the last type of each kind.
#[test]
fn resources_have_one_owner() {
    let fixture = registration();
    fixture.finds(&["L370 spec.resources[1]"], &[("type: other, primary: false", "type: acme")]);
    let third = "type: other, primary: false }\n  - { kind: Worker, type: acme }";
    fixture.finds(&["L371 spec.resources[2]"], &[("type: other, primary: false }", third)]);
    let other = |resources: &str| {
        let object = "apiVersion: core.gardener.cloud/v1beta1\nkind: ControllerRegistration";
        format!(
            "{REGISTRATION}---\n{object}\nmetadata: {{ name: zeta }}\nspec: {{ resources: [{resources}] }}\n"
        )
    };
    let finds = |resources: &str| findings(ABOUT, Mode::Part, &other(resources));
    assert_eq!(finds("{ kind: Worker, type: acme }"), ["L370 spec.resources[0]"]);
    assert_eq!(finds("{ kind: Worker, type: acme, primary: false }"), [""; 0]);
    // The first has the Extension `two` last, the second has `three` last: neither notices the other.
    let unnoticed = "{ kind: Extension, type: one }, { kind: Extension, type: three }";
    assert_eq!(finds(unnoticed), ["L371 spec.resources[0]"]);
}

#[test]
fn fields_belong_to_one_kind_of_resources() {
    let fixture = registration();
    let paths = [
        "L372 spec.resources[2].autoEnable",
        "L372 spec.resources[2].lifecycle",
        "L372 spec.resources[2].reconcileTimeout",
    ];
    fixture.finds(&paths, &[("kind: Extension, type: one", "kind: Network, type: one")]);
    let path = "L372 spec.resources[4].continuousEndpointUpdate";
    fixture.finds(&[path], &[("SelfHostedShootExposure", "Bastion")]);
}

#[test]
fn extensions_are_enabled_where_they_work() {
    let fixture = registration();
    fixture
        .finds(&["L373 spec.resources[2].autoEnable[0]"], &[("autoEnable: [shoot]", "autoEnable: [seed]")]);
    fixture.finds(
        &["L373 spec.resources[3].autoEnable[1]"],
        &[("autoEnable: [seed]", "autoEnable: [seed, seed]")],
    );
    let path = "L373 spec.resources[3].clusterCompatibility[2]";
    fixture.finds(&[path], &[("[seed, shoot]", "[seed, shoot, seed]")]);
}

#[test]
fn a_controller_that_owns_resources_runs_in_every_seed() {
    let fixture = registration();
    let selector = ("policy: OnDemand", "seedSelector: { matchLabels: { a: b } }");
    fixture.finds(&["L374 spec.deployment.seedSelector"], &[selector]);
    let path = "L360 spec.deployment.seedSelector.matchLabels";
    fixture.finds(
        &["L374 spec.deployment.seedSelector", path],
        &[("policy: OnDemand", "seedSelector: { matchLabels: { a: b c } }")],
    );
    let path = "L374 spec.deployment.deploymentRefs";
    fixture.finds(&[path], &[("[{ name: acme }]", "[{ name: acme }, { name: acme }]")]);
}

#[test]
fn a_chart_is_in_one_place() {
    let fixture = registration();
    let repository = "repository: registry.example.org/charts/acme, tag: v1,";
    for (path, repository_instead) in [
        ("L377 helm.ociRepository", "repository: '', tag: v1,"),
        ("L377 helm.ociRepository", "repository: registry.example.org/charts/acme,"),
        ("L377 helm.ociRepository.tag", "ref: 'registry.example.org/charts/acme:v1', tag: v1,"),
        (
            "L377 helm.ociRepository.digest",
            "repository: registry.example.org/charts/acme, digest: abc, tag: v1,",
        ),
        ("L480 helm.ociRepository.repository", "repository: charts/acme, tag: v1,"),
        ("L480 helm.ociRepository.ref", "ref: registry.example.org/charts/acme,"),
        ("L480 helm.ociRepository.ref", "ref: 'registry.example.org/charts/acme@sha256:abc',"),
    ] {
        let found = findings(ABOUT, fixture.mode, &fixture.changed(&[(repository, repository_instead)]));
        assert!(found.iter().any(|found| found == path), "{repository_instead}: {found:?}");
    }
    fixture.accepts(&[(repository, "ref: 'oci://registry.example.org/charts/acme:v1',")]);
    fixture.finds(&["L376 helm"], &[("helm:\n", "helm:\n  rawChart: e30=\n")]);
}

/// Parts of manifests may be completed by whatever applies them.
#[test]
fn an_incomplete_reference_is_refused_in_a_landscape_only() {
    let chart = "
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: { name: acme }
helm: { ociRepository: { ref: charts/acme } }
";
    assert_eq!(findings(ABOUT, Mode::Part, chart), [""; 0]);
    assert_eq!(findings(ABOUT, Mode::Landscape, chart), ["L480 helm.ociRepository.ref"]);
}

#[test]
fn secrets_for_registries_have_their_key_and_their_label() {
    let fixture = registration();
    let path = "L480 helm.ociRepository.pullSecretRef.name";
    fixture.finds(&[path], &[("pullSecretRef: { name: pull }", "pullSecretRef: { name: push }")]);
    fixture.finds(&[path], &[("role: helm-pull-secret", "role: other")]);
    fixture.finds(&[path], &[(".dockerconfigjson:", "config.json:")]);
}

#[test]
fn values_refer_to_listed_resources() {
    let fixture = registration();
    fixture.finds(&["L378 helm.values"], &[("{{ .resources.token.data.a }}", "{{ .Values.a }}")]);
    fixture.finds(
        &["L379 resources[0].name", "L378 helm.values"],
        &[("name: token, resourceRef", "name: my-token, resourceRef")],
    );
    fixture.finds(
        &["L335 resources[0].resourceRef"],
        &[("kind: Secret, name: token", "kind: Pod, name: token")],
    );
    let path = "L482 resources[1].resourceRef.name";
    fixture.finds(&[path], &[("kind: ConfigMap, name: settings", "kind: ConfigMap, name: others")]);
    let unlabelled = "name: settings, namespace: garden, labels: { gardener.cloud/role: resource-reference }";
    fixture.finds(&[path], &[(unlabelled, "name: settings, namespace: garden")]);
}

/// Only `v1beta1` has types of installers; the type `helm` keeps the chart in its `providerConfig`.
#[test]
fn the_older_version_keeps_charts_elsewhere() {
    let deployment = |fields: &str| {
        let head =
            "apiVersion: core.gardener.cloud/v1beta1\nkind: ControllerDeployment\nmetadata: { name: acme }";
        findings(ABOUT, Mode::Part, &format!("{head}\n{fields}\n"))
    };
    assert_eq!(deployment("type: custom"), [""; 0]);
    assert_eq!(deployment("type: helm\nproviderConfig: { chart: e30= }"), [""; 0]);
    assert_eq!(deployment(""), ["L376 []"]);
    assert_eq!(deployment("type: helm"), ["L376 providerConfig"]);
    assert_eq!(deployment("type: helm\nproviderConfig: { chart: e30 }"), ["L377 providerConfig.chart"]);
    let path = "L377 providerConfig.ociRepository.digest";
    let repository = "type: helm\nproviderConfig: { ociRepository: { repository: a.b/c, digest: d } }";
    assert_eq!(deployment(repository), [path]);
    let values = "type: helm\nproviderConfig: { chart: e30=, values: { a: '{{ b }}' } }";
    assert_eq!(deployment(values), ["L378 providerConfig.values"]);
}

const EXTENSION: &str = "
apiVersion: operator.gardener.cloud/v1alpha1
kind: Extension
metadata: { name: acme }
spec:
  deployment:
    extension: { helm: { ociRepository: { ref: 'registry.example.org/charts/acme:v1' } }, policy: Always }
    admission:
      virtualCluster: { helm: { ociRepository: { ref: 'registry.example.org/charts/admission:v1' } } }
  resources:
  - { kind: Worker, type: acme }
";

#[test]
fn an_extension_installs_something() {
    let extension = |from: &str, to: &str| findings(ABOUT, Mode::Part, &EXTENSION.replacen(from, to, 1));
    assert_eq!(extension("", ""), [""; 0]);
    assert_eq!(extension("  deployment:", "  ignored:"), ["L376 spec.deployment"]);
    assert_eq!(extension("admission:", "admission: {}\n    ignored:"), ["L376 spec.deployment.admission"]);
    let path = "L376 spec.deployment.extension.helm";
    assert_eq!(extension("extension: { helm:", "extension: { ignored:"), [path]);
    let path = "L376 spec.deployment.admission.virtualCluster.helm.ociRepository";
    assert_eq!(
        extension("helm: { ociRepository: { ref: 'registry.example.org/charts/admission:v1' } }", "helm: {}"),
        [path]
    );
    let both = EXTENSION.replace("    extension:", "    ignored:").replace("    admission:", "    others:");
    assert_eq!(findings(ABOUT, Mode::Part, &both), ["L376 spec.deployment"]);
}

/// The operator finds out only when it registers the extension.
#[test]
fn an_extension_of_a_landscape_can_be_registered() {
    let unknown = EXTENSION.replace("policy: Always", "policy: Sometimes");
    assert_eq!(findings(ABOUT, Mode::Part, &unknown), [""; 0]);
    assert_eq!(findings(ABOUT, Mode::Landscape, &unknown), ["L374 spec.deployment.extension.policy"]);
}

#[test]
fn a_gardenlet_has_a_chart() {
    let gardenlet = |deployment: &str| {
        let head = "apiVersion: seedmanagement.gardener.cloud/v1alpha1\nkind: Gardenlet";
        let object = format!(
            "{head}\nmetadata: {{ name: one, namespace: garden }}\nspec: {{ deployment: {deployment} }}\n"
        );
        let found = findings(ABOUT, Mode::Part, &object);
        found.into_iter().filter(|found| found.starts_with("L37")).collect::<Vec<_>>()
    };
    assert_eq!(gardenlet("{ helm: { ociRepository: { ref: 'a.b/c:v1' } } }"), [""; 0]);
    assert_eq!(gardenlet("{}"), ["L376 spec.deployment.helm.ociRepository"]);
    assert_eq!(gardenlet("{ helm: { ociRepository: {} } }"), ["L377 spec.deployment.helm.ociRepository"]);
}
