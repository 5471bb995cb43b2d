//! Charts of others move to the landscape's own registry, under their digests.

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::{Compiler, Rendered};

use crate::pin::{lock, text};
use crate::{DIGEST, OTHER, landscape, said, with_values};

fn relocated(delivery: &str, objects: &str, lock: &str) -> (Option<Rendered>, Vec<String>) {
    let spec = format!(
        "  delivery: {{{delivery}}}\n  operator: {{chart: {{ref: 'r.example.org/gardener/operator:v1.148.4'}}}}\n"
    );
    let workspace = landscape(&spec, objects, &[("landscape.lock", &with_values(&spec, objects, lock))]);
    let compiler =
        Compiler { relocate: true, ..Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21)) };
    let mut report = Report::default();
    let rendered = compiler.render(&RelPath::root(), &mut report);
    (rendered.ok(), said(&report))
}

fn deployment(name: &str, repository: &str) -> String {
    format!(
        "apiVersion: core.gardener.cloud/v1\nkind: ControllerDeployment\nmetadata: {{name: {name}}}\nhelm: \
         {{ociRepository: {{{repository}}}}}\n---\n"
    )
}

const REGISTRY: &str = "registry: oci://own.example.org/tiny, verify: {secretRef: {name: keys}}";
const LOCKED: [&str; 2] = ["r.example.org/a:v1", "r.example.org/gardener/operator:v1.148.4"];

#[test]
fn every_foreign_chart_is_referred_to_in_the_own_registry() {
    let objects = deployment("a", "ref: 'oci://r.example.org/a:v1'")
        + &deployment("b", &format!("repository: r.example.org/b, digest: '{OTHER}'"))
        + &deployment("c", &format!("ref: 'own.example.org/tiny/charts/c:v3@{OTHER}'"));
    let (rendered, said) = relocated(REGISTRY, &objects, &lock(&LOCKED, &[]));
    assert_eq!(said, [""; 0]);
    let rendered = rendered.expect("all is locked");
    let objects = text(&rendered.files, "objects");
    for line in [
        &format!("ref: own.example.org/tiny/charts/a:v1@{DIGEST}"),
        "repository: own.example.org/tiny/charts/b",
        &format!("digest: {OTHER}"),
        &format!("ref: own.example.org/tiny/charts/c:v3@{OTHER}"),
    ] {
        assert!(objects.contains(line), "{line} is missing in\n{objects}");
    }
    let operator =
        format!("  ref:\n    digest: {DIGEST}\n  url: oci://own.example.org/tiny/charts/operator\n");
    assert!(text(&rendered.files, "runtime").contains(&operator));
    let copies: Vec<_> =
        rendered.copies().iter().map(|copy| format!("{} {}", copy.source, copy.target)).collect();
    assert_eq!(
        copies,
        [
            format!("r.example.org/a:v1@{DIGEST} own.example.org/tiny/charts/a:v1@{DIGEST}"),
            format!("r.example.org/b@{OTHER} own.example.org/tiny/charts/b@{OTHER}"),
            format!(
                "r.example.org/gardener/operator:v1.148.4@{DIGEST} own.example.org/tiny/charts/operator:v1.148.4@{DIGEST}"
            ),
        ]
    );
}

#[test]
fn what_has_no_digest_stays_and_is_told() {
    let objects = deployment("a", "ref: 'r.example.org/a:v1'");
    let (rendered, said) = relocated(REGISTRY, &objects, &lock(&LOCKED[1..], &[]));
    assert!(rendered.is_none());
    assert!(
        said.contains(
            &"L757 helm.ociRepository.ref: the chart `r.example.org/a:v1` has no digest to be copied by"
                .to_owned()
        ),
        "{said:?}"
    );
}

#[test]
fn two_charts_of_one_name_are_told() {
    let objects = deployment("a", &format!("ref: 'r.example.org/other/operator:v1@{OTHER}'"));
    let (_, said) = relocated(REGISTRY, &objects, &lock(&LOCKED[1..], &[]));
    assert_eq!(
        said,
        [
            "L759 helm.ociRepository.ref: the chart `r.example.org/other/operator` would have the name of `r.example.org/gardener/operator`"
        ]
    );
}

#[test]
fn gardener_gets_its_secrets_for_the_own_registry_alone() {
    let objects = deployment("a", "ref: 'r.example.org/a:v1'")
        + &deployment(
            "b",
            &format!("ref: 'own.example.org/tiny/charts/b:v1@{OTHER}', pullSecretRef: {{name: mine}}"),
        );
    let delivery = format!("{REGISTRY}, pullSecretRef: {{name: pull}}, caBundleSecretRef: {{name: ca}}");
    let (rendered, said) = relocated(&delivery, &objects, &lock(&LOCKED, &[]));
    assert!(rendered.is_none(), "the Secrets are not declared");
    let secrets: Vec<_> = said.iter().filter(|said| said.starts_with("L480")).collect();
    assert_eq!(
        secrets,
        [
            "L480 helm.ociRepository.caBundleSecretRef.name: the Secret `ca` is not declared in the namespace `garden`",
            "L480 helm.ociRepository.pullSecretRef.name: the Secret `pull` is not declared in the namespace `garden`",
            "L480 helm.ociRepository.caBundleSecretRef.name: the Secret `ca` is not declared in the namespace `garden`",
            "L480 helm.ociRepository.pullSecretRef.name: the Secret `mine` is not declared in the namespace `garden`",
        ]
    );
}
