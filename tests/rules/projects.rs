//! Every object lives in a namespace, and every shoot in a project.

use super::{Fixture, Mode};

/// The families of rules that are told of.
const ABOUT: &[&str] = &["projects"];

const PROJECT: &str = "
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev }
spec: { namespace: garden-dev }
---
apiVersion: v1
kind: Namespace
metadata:
  name: garden-dev
  labels:
    gardener.cloud/role: project
    project.gardener.cloud/name: dev
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: { name: eighteen-letters-x, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: trial, namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Quota
metadata: { name: common, namespace: garden }
---
apiVersion: seedmanagement.gardener.cloud/v1alpha1
kind: Gardenlet
metadata: { name: north, namespace: garden }
";

fn project(mode: Mode) -> Fixture {
    Fixture::new(ABOUT, mode, PROJECT)
}

#[test]
fn the_names_of_a_project_and_a_shoot_have_twenty_one_characters() {
    let name = ("name: eighteen-letters-x", "name: nineteen-letters-xy");
    project(Mode::Part).finds(&["L350 metadata.name"], &[name]);
}

#[test]
fn a_namespace_without_a_project_is_found_once() {
    let project = project(Mode::Complete);
    let another = ("spec: { namespace: garden-dev }", "spec: { namespace: garden-other }");
    project.finds(&["L351 metadata.namespace"], &[another]);
    // The missing namespace of the project is told beside.
    let none = ("spec: { namespace: garden-dev }", "spec: {}");
    project.finds(&["L354 spec.namespace", "L351 metadata.namespace"], &[none]);
    Fixture::new(ABOUT, Mode::Part, PROJECT).accepts(&[another]);
}

#[test]
fn a_namespace_belongs_to_one_project() {
    let second = "spec: { namespace: garden-dev }
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata: { name: dev2 }
spec: { namespace: garden-dev }";
    project(Mode::Part).finds(&["L352 spec.namespace"], &[("spec: { namespace: garden-dev }", second)]);
}

#[test]
fn a_namespace_is_labelled_for_its_project() {
    let project = project(Mode::Part);
    project.finds(
        &["L353 metadata.labels[project.gardener.cloud/name]"],
        &[("gardener.cloud/name: dev", "gardener.cloud/name: ops")],
    );
    project
        .finds(&["L353 metadata.labels[gardener.cloud/role]"], &[("    gardener.cloud/role: project\n", "")]);
    // The runtime cluster has a namespace `garden` of its own.
    project.accepts(&[
        ("  name: garden-dev\n", "  name: garden\n"),
        ("spec: { namespace: garden-dev }", "spec: { namespace: garden }"),
    ]);
}

#[test]
fn the_name_of_a_project() {
    let project = project(Mode::Part);
    for name in ["eleven-char", "a--b", "Dev", "-dev", "dev."] {
        project.finds(
            &["L355 metadata.name"],
            &[(
                "metadata: { name: dev }\nspec: { namespace: garden-dev }",
                &format!("metadata: {{ name: {name} }}"),
            )],
        );
    }
    let short = "metadata: { name: ten-chars1 }";
    project.accepts(&[("metadata: { name: dev }\nspec: { namespace: garden-dev }", short)]);
}

#[test]
fn the_namespace_of_a_project() {
    let project = project(Mode::Part);
    for namespace in ["dev", "gardener-system-public", "garden-a.b", "garden-"] {
        let to = format!("spec: {{ namespace: {namespace} }}");
        project.finds(&["L356 spec.namespace"], &[("spec: { namespace: garden-dev }", &to)]);
    }
    project.accepts(&[("spec: { namespace: garden-dev }", "spec: { namespace: garden }")]);
}

#[test]
fn in_a_landscape_every_namespaced_object_names_its_namespace() {
    let change = ("name: north, namespace: garden }", "name: north }");
    project(Mode::Complete).accepts(&[change]);
    let landscape = Fixture::new(
        ABOUT,
        Mode::Landscape,
        "
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: garden }
---
apiVersion: v1
kind: Namespace
metadata: { name: garden-dev }
---
apiVersion: example.org/v1
kind: Unknown
metadata: { name: one, annotations: { landscape.gardener.cloud/cluster: runtime } }
",
    );
    landscape.finds(&["L357 metadata.namespace"], &[("name: settings, namespace: garden", "name: settings")]);
}

#[test]
fn gardenlets_live_in_garden() {
    let project = project(Mode::Part);
    for kind in ["Gardenlet", "ManagedSeed", "ManagedSeedSet"] {
        let from = "kind: Gardenlet\nmetadata: { name: north, namespace: garden }";
        let to = format!("kind: {kind}\nmetadata: {{ name: north, namespace: garden-dev }}");
        project.finds(&["L358 metadata.namespace"], &[(from, &to)]);
    }
}
