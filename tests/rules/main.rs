//! Protects the rules about references, projects, networks and transport: each fires on its fault, at the field that
//! Gardener's API server names, and is silent on what is accepted.
//!
//! The objects are as short as a rule allows; faults in their structure, and in CloudProfiles by themselves,
//! are another test's business, and left out here.

#[path = "../manifests/mod.rs"]
mod manifests;

mod gardens;
mod cascades;
mod components;
mod domains;
mod extensions;
mod clouds;
mod clusters;
mod networks;
mod placed;
mod projects;
mod references;
mod registrations;
mod scheduling;
mod transport;

use std::collections::BTreeSet;

use landscape::check::FAMILIES;

/// How the manifests of a test are read.
#[derive(Clone, Copy)]
enum Mode {
    /// A part of a landscape: what is missing may be elsewhere.
    Part,
    /// All there is, without a `landscape.yaml`.
    Complete,
    /// All there is, in the section `resources` of a landscape.
    Landscape,
}

const MANIFEST: &str = "
apiVersion: landscape.gardener.cloud/v1alpha1
kind: Landscape
metadata: { name: test }
spec:
  gardener: { version: v1.148.4 }
  delivery: { registry: oci://registry.example.org/test }
  resources: [objects.yaml]
";

/// The findings of some families of rules on some objects, each as `code path`.
fn findings(families: &[&str], mode: Mode, objects: &str) -> Vec<String> {
    told(families, mode, MANIFEST, objects).into_iter().map(|(place, _)| place).collect()
}

/// The findings of some families of rules on some objects of a landscape, each as `code path` with its message.
fn told(families: &[&str], mode: Mode, manifest: &str, objects: &str) -> Vec<(String, String)> {
    let mut files = vec![("objects.yaml", objects)];
    if matches!(mode, Mode::Landscape) {
        files.push(("landscape.yaml", manifest));
    }
    let report = manifests::check(&files, matches!(mode, Mode::Complete));
    let found = report.findings();
    let codes: BTreeSet<&str> = families
        .iter()
        .map(|name| FAMILIES.iter().find(|family| family.name == *name).expect("a family of this name"))
        .flat_map(|family| family.tables)
        .copied()
        .flatten()
        .map(|rule| rule.code.id)
        .collect();
    let told = found.iter().filter(|finding| codes.contains(finding.code.id));
    told.map(|finding| (format!("{} {}", finding.code.id, finding.place.path), finding.message.clone()))
        .collect()
}

/// Objects that are accepted, and faults made in them.
struct Fixture {
    families: &'static [&'static str],
    mode: Mode,
    objects: &'static str,
}

impl Fixture {
    fn new(families: &'static [&'static str], mode: Mode, objects: &'static str) -> Self {
        let fixture = Self { families, mode, objects };
        fixture.accepts(&[]);
        fixture
    }

    /// The objects after some changes, each of a text that stands there once.
    fn changed(&self, changes: &[(&str, &str)]) -> String {
        manifests::changed(&[self.objects], changes).concat()
    }

    fn accepts(&self, changes: &[(&str, &str)]) {
        self.finds(&[], changes);
    }

    fn finds(&self, expected: &[&str], changes: &[(&str, &str)]) {
        let found = findings(self.families, self.mode, &self.changed(changes));
        assert_eq!(found, expected, "after {changes:?}");
    }
}
