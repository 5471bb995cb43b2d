//! Every chart and image is found, in each of the forms it may be written in, once, with all its places.

use landscape::diagnostic::Report;
use landscape::inventory::{Inventory, Kind};
use landscape::path::RelPath;
use landscape::pipeline::Compiler;

use crate::{DIGEST, landscape, said};

fn inventory_of(spec: &str, objects: &str, charts: &[(&str, &str)]) -> Inventory {
    let workspace = landscape(spec, objects, charts);
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let mut report = Report::default();
    let stock = compiler.stock(&RelPath::root(), &mut report);
    stock.unwrap_or_else(|_| panic!("{:?}", said(&report))).inventory
}

/// `kind reference: path, path` of each item.
fn told(inventory: &Inventory) -> Vec<String> {
    let line = |item: &landscape::inventory::Item| {
        let paths = item.uses.iter().map(|used| match &used.inside {
            None => used.place.path.clone(),
            Some(inside) => format!("{} ({inside})", used.place.path),
        });
        let own = if item.is_own { " (own)" } else { "" };
        format!("{} {}{own}: {}", item.kind.name(), item.reference, paths.collect::<Vec<_>>().join(", "))
    };
    inventory.items.iter().map(line).collect()
}

#[test]
fn charts_are_found_in_every_form() {
    let objects = format!(
        "apiVersion: operator.gardener.cloud/v1alpha1
kind: Extension
metadata: {{name: a}}
spec:
  deployment:
    extension: {{helm: {{ociRepository: {{ref: 'oci://r.example.org/a:v1@{DIGEST}'}}}}}}
    admission:
      runtimeCluster: {{helm: {{ociRepository: {{repository: r.example.org/b, tag: v2}}}}}}
      virtualCluster: {{helm: {{ociRepository: {{repository: r.example.org/b, digest: '{DIGEST}'}}}}}}
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {{name: a}}
helm: {{ociRepository: {{ref: 'r.example.org/a:v1'}}}}
---
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerDeployment
metadata: {{name: b}}
type: helm
providerConfig: {{ociRepository: {{ref: 'r.example.org/c:v3'}}}}
---
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerDeployment
metadata: {{name: c}}
type: other
providerConfig: {{ociRepository: {{ref: 'r.example.org/unused:v3'}}}}
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: {{name: a, namespace: garden}}
spec: {{deployment: {{helm: {{ociRepository: {{ref: 'r.example.org/gardenlet:v1'}}}}}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: installed, namespace: garden}}
spec: {{url: 'oci://r.example.org/d', ref: {{tag: v4}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: followed, namespace: garden}}
spec: {{url: 'oci://r.example.org/e', layerSelector: {{mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {{name: manifests, namespace: garden}}
spec: {{url: 'oci://r.example.org/manifests', ref: {{tag: v4}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: d, namespace: garden}}
spec: {{chartRef: {{kind: OCIRepository, name: installed}}}}
"
    );
    let found = inventory_of("  operator: {chart: {ref: 'r.example.org/operator:v1'}}\n", &objects, &[]);
    assert_eq!(
        told(&found),
        [
            "chart r.example.org/a:v1: helm.ociRepository.ref, spec.deployment.extension.helm.ociRepository.ref",
            &format!(
                "chart r.example.org/b@{DIGEST}: spec.deployment.admission.virtualCluster.helm.ociRepository.repository"
            ),
            "chart r.example.org/b:v2: spec.deployment.admission.runtimeCluster.helm.ociRepository.repository",
            "chart r.example.org/c:v3: providerConfig.ociRepository.ref",
            "chart r.example.org/d:v4: spec.url",
            "chart r.example.org/e:latest: spec.url",
            "chart r.example.org/gardenlet:v1: spec.deployment.helm.ociRepository.ref",
            "chart r.example.org/operator:v1: spec.operator.chart.ref",
        ]
    );
    let pinned = found.items.first().expect("charts come first");
    assert_eq!(pinned.digest.map(|digest| digest.to_string()).as_deref(), Some(DIGEST));
    assert_eq!(found.findings, []);
}

#[test]
fn images_are_found_in_pods_and_in_values() {
    let objects = "apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: garden}
spec:
  template:
    spec:
      initContainers: [{name: a, image: alpine}]
      containers: [{name: b, image: 'r.example.org/b:v1'}, {name: c, image: 'r.example.org/b:v1'}]
      ephemeralContainers: [{name: d, image: 'r.example.org/ephemeral:v1'}]
      volumes: [{name: e, image: {reference: 'r.example.org/volume:v1'}}, {name: f, emptyDir: {}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: a, namespace: garden}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: b, image: 'r.example.org/c:v1'}]}}}}}
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {name: a}
helm:
  ociRepository: {ref: 'r.example.org/chart:v1'}
  values:
    image: r.example.org/whole:v1
    metrics: {image: {repository: r.example.org/parts, tag: 1.5}}
    sidecarImage: {registry: r.example.org, repository: three/parts, tag: v1}
    defaultImage: {repository: r.example.org/tag-in-the-chart}
    picture: r.example.org/no-image:v1
    bgImage: https://r.example.org/logo.png
    source: {repository: https://r.example.org/x/y, tag: v1}
    chart: {repository: oci://r.example.org/charts/x, tag: 1}
    plain: {registry: 'https://r.example.org', repository: x, tag: v1}
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: {name: a, namespace: garden}
spec: {deployment: {image: {repository: r.example.org/gardenlet, tag: v1}}}
";
    let operator = "  operator:
    chart: {ref: 'r.example.org/operator:v1'}
    values:
      imageVectorOverwrite: |
        images:
        - {name: one, repository: r.example.org/one, tag: v1@DIGEST}
        - {name: two, ref: 'r.example.org/two:v1', targetVersion: '>= 1.30'}
        - {name: three, repository: r.example.org/three}
        - {name: four, ref: 'oci://r.example.org/four:v1'}
      componentImageVectorOverwrites: |
        components:
        - name: etcd-druid
          imageVectorOverwrite: |
            images: [{name: etcd, repository: r.example.org/etcd, tag: DIGEST}]
      chartsImageVectorOverwrite: |
        images: [{name: gardenlet, ref: 'r.example.org/charts/gardenlet:v1'}]
";
    let found = inventory_of(&operator.replace("DIGEST", DIGEST), objects, &[]);
    assert_eq!(
        told(&found),
        [
            "chart r.example.org/chart:v1: helm.ociRepository.ref",
            "chart r.example.org/charts/gardenlet:v1: spec.operator.values.chartsImageVectorOverwrite (the entry `gardenlet`)",
            "chart r.example.org/operator:v1: spec.operator.chart.ref",
            "image docker.io/library/alpine:latest: spec.template.spec.initContainers[0].image",
            "image r.example.org/b:v1: spec.template.spec.containers[0].image, spec.template.spec.containers[1].image",
            "image r.example.org/c:v1: spec.jobTemplate.spec.template.spec.containers[0].image",
            "image r.example.org/ephemeral:v1: spec.template.spec.ephemeralContainers[0].image",
            &format!(
                "image r.example.org/etcd@{DIGEST}: spec.operator.values.componentImageVectorOverwrites (the entry `etcd-druid/etcd`)"
            ),
            "image r.example.org/gardenlet:v1: spec.deployment.image.repository",
            "image r.example.org/one:v1: spec.operator.values.imageVectorOverwrite (the entry `one`)",
            "image r.example.org/parts:1.5: helm.values.metrics.image.repository",
            "image r.example.org/three/parts:v1: helm.values.sidecarImage.repository",
            "image r.example.org/two:v1: spec.operator.values.imageVectorOverwrite (the entry `two`)",
            "image r.example.org/volume:v1: spec.template.spec.volumes[0].image.reference",
            "image r.example.org/whole:v1: helm.values.image",
        ]
    );
}

#[test]
fn a_chart_of_the_landscape_tells_its_images_with_the_values_it_gets() {
    let objects = "apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {name: meter}
helm:
  ociRepository: {ref: 'r.example.org/tiny/charts/meter:1.0.0'}
  values: {version: v2}
";
    let charts = [
        ("charts/meter/Chart.yaml", "apiVersion: v2\nname: meter\nversion: 1.0.0\n"),
        (
            "charts/meter/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: meter}\nspec: {containers: [{name: a, image: 'r.example.org/meter:{{ .Values.version }}'}]}\n",
        ),
    ];
    let found = inventory_of("  delivery: {registry: oci://r.example.org/tiny}\n", objects, &charts);
    assert_eq!(
        told(&found),
        [
            "chart r.example.org/tiny/charts/meter:1.0.0 (own): helm.ociRepository.ref",
            "image r.example.org/meter:v2: helm.ociRepository.ref (Pod meter, spec.containers[0].image)",
        ]
    );
    assert_eq!(found.items.iter().filter(|item| item.kind == Kind::Chart).count(), 1);
}

/// `code path: message` of what is found to say.
fn findings(objects: &str) -> Vec<String> {
    let found = inventory_of("", objects, &[]);
    let line = |found: &landscape::diagnostic::Diagnostic| {
        format!("{} {}: {}", found.code.id, found.place.path, found.message)
    };
    found.findings.iter().map(line).collect()
}

#[test]
fn an_image_that_no_runtime_takes_is_told() {
    for image in ["https://nginx:1", "r.example.org/a//b:v1", "r.example.org/a:-v1", "r.example.org:/a:v1"] {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: garden}}\nspec: {{containers: [{{name: a, image: \
             '{image}'}}]}}\n"
        );
        let told = "L704 spec.containers[0].image: the image cannot be pulled: a part of it is empty, or has a sign where \
                    container runtimes take none";
        assert_eq!(findings(&pod), [told], "{image}");
    }
}

#[test]
fn charts_that_are_not_looked_into_are_told() {
    let objects = "apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: garden}
spec: {interval: 1m, chart: {spec: {chart: a, sourceRef: {kind: HelmRepository, name: a}}}}
---
apiVersion: core.gardener.cloud/v1
kind: ControllerDeployment
metadata: {name: a}
helm: {rawChart: SGVsbG8=}
---
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerDeployment
metadata: {name: b}
type: helm
providerConfig: {chart: SGVsbG8=}
---
apiVersion: core.gardener.cloud/v1beta1
kind: ControllerDeployment
metadata: {name: c}
type: other
providerConfig: {chart: SGVsbG8=}
";
    assert_eq!(
        findings(objects),
        [
            "L753 helm.rawChart: the images of the chart are not known: it is packed into the object",
            "L753 providerConfig.chart: the images of the chart are not known: it is packed into the object",
            "L753 spec.chart.spec: the images of the chart are not known: it comes from a source that is no OCIRepository",
        ]
    );
}
