//! The operator is told where images are mirrored, by the values of its chart.

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;

use crate::pin::{lock, text};
use crate::{landscape, said, with_values};

const OBJECTS: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: garden-dev}\n";

/// The text of the operator's release, or what is wrong.
fn released(mirrors: &str, values: &str) -> Result<String, Vec<String>> {
    let spec = format!(
        "  delivery: {{registry: oci://own.example.org/tiny, images: {{mirrors: [{mirrors}]}}}}
  operator:
    chart: {{ref: 'r.example.org/operator:v1.148.4'}}
    values:
{values}"
    );
    let lock = with_values(&spec, OBJECTS, &lock(&["r.example.org/operator:v1.148.4"], &[]));
    let workspace = landscape(&spec, OBJECTS, &[("landscape.lock", &lock)]);
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let mut report = Report::default();
    let rendered = compiler.render(&RelPath::root(), &mut report);
    let rendered = rendered.map_err(|_| said(&report))?;
    Ok(text(&rendered.files, "runtime/gardener-operator"))
}

fn release(mirrors: &str, values: &str) -> String {
    released(mirrors, values).unwrap_or_else(|said| panic!("{said:?}"))
}

const MIRROR: &str = "{source: europe-docker.pkg.dev/gardener-project, target: m.example.org/gardener}";

#[test]
fn every_image_of_the_release_that_is_mirrored_is_overwritten_without_its_tag() {
    let text = release(MIRROR, "      replicaCount: 2\n");
    for part in [
        "    chartsImageVectorOverwrite: |\n      images:\n      - name: gardenlet\n        repository: m.example.org/gardener/releases/charts/gardener/gardenlet\n",
        "    componentImageVectorOverwrites: |\n      components:\n      - imageVectorOverwrite: |\n          images:\n          - name: etcd-wrapper\n            repository: m.example.org/gardener/public/gardener/etcd-wrapper\n",
        "    image:\n      repository: m.example.org/gardener/releases/gardener/operator\n",
        "    imageVectorOverwrite: |\n      images:\n      - name: gardener-apiserver\n        repository: m.example.org/gardener/releases/gardener/apiserver\n",
        "        repository: m.example.org/gardener/releases/gardener/autoscaler/cluster-autoscaler\n        targetVersion: \">= 1.35\"\n",
        "    replicaCount: 2\n",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("tag:") && !text.contains("registry.k8s.io"), "{text}");
}

#[test]
fn what_the_values_say_themselves_stays() {
    let values = "      image: {repository: r.example.org/mine}
      imageVectorOverwrite: |
        caBundle: {inline: mine}
        images:
        - {name: gardener-apiserver, ref: 'r.example.org/mine:v1'}
      componentImageVectorOverwrites: |
        components:
        - {name: other, imageVectorOverwrite: mine}
        - name: etcd-druid
          imageVectorOverwrite: |
            images:
            - {name: alpine, ref: 'r.example.org/alpine:v1'}
";
    let text = release(&format!("{MIRROR}, {{target: m.example.org/all}}"), values);
    for part in [
        "repository: r.example.org/mine\n",
        "      caBundle:\n        inline: mine\n",
        "      - name: gardener-apiserver\n        ref: r.example.org/mine:v1\n",
        "repository: m.example.org/all/registry.k8s.io/kube-apiserver\n",
        "      - imageVectorOverwrite: mine\n        name: other\n",
        "          - name: alpine\n            ref: r.example.org/alpine:v1\n        name: etcd-druid\n",
        "            repository: m.example.org/gardener/public/gardener/etcdbrctl\n",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    for name in ["gardener-apiserver", "alpine"] {
        assert_eq!(text.matches(&format!("name: {name}\n")).count(), 1, "{text}");
    }
}

#[test]
fn without_mirrors_nothing_is_said() {
    let text = release("", "      replicaCount: 2\n");
    assert!(!text.contains("Overwrite") && !text.contains("image:"), "{text}");
}

#[test]
fn mirrors_do_not_vanish_in_what_cannot_be_read() {
    let component = "componentImageVectorOverwrites";
    for (field, value) in [
        ("imageVectorOverwrite", "'images: ['"),
        ("imageVectorOverwrite", "hello"),
        ("imageVectorOverwrite", "[]"),
        ("imageVectorOverwrite", "'images: hello'"),
        ("chartsImageVectorOverwrite", "5"),
        (component, "'components: hello'"),
        (component, "'components: [{name: etcd-druid, imageVectorOverwrite: {images: []}}]'"),
        (component, "'components: [{name: etcd-druid, imageVectorOverwrite: hello}]'"),
    ] {
        let said = released(MIRROR, &format!("      {field}: {value}\n")).expect_err("an error");
        let told = format!("L791 : the mirrors cannot be written into `{field}`: it cannot be read");
        assert!(said.contains(&told), "{value}: {said:?}");
    }
}

#[test]
fn what_says_nothing_is_no_obstacle() {
    let said_nothing = release(MIRROR, "      replicaCount: 2\n");
    for value in ["''", "'# nothing'", "null", "'null'", "'images: null'", "'{}'"] {
        let text = release(MIRROR, &format!("      imageVectorOverwrite: {value}\n      replicaCount: 2\n"));
        assert_eq!(text, said_nothing, "{value}");
    }
}
