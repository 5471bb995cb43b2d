//! Protects the rules about references, projects, networks and transport: each fires on its fault, at the field that
//! Gardener's API server names, and is silent on what is accepted.
//!
//! The objects are as short as a rule allows; faults in their structure, and in CloudProfiles by themselves,
//! are another test's business, and left out here.

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
use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

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
    let workspace = Memory::new(files);
    let at = time::Date::from_calendar_date(2026, time::Month::November, 21).expect("a date");
    let compiler = Compiler::new(&workspace, at);
    let mut report = Report::default();
    // The report says the same and more.
    let _ = match mode {
        Mode::Landscape => compiler.check(&RelPath::root(), &mut report),
        Mode::Complete => compiler.check_loose(&[RelPath::root()], true, &mut report),
        Mode::Part => compiler.check_loose(&[RelPath::root()], false, &mut report),
    };
    let found = report.findings();
    let families = FAMILIES.iter().filter(|family| families.contains(&family.name));
    let codes: BTreeSet<&str> =
        families.flat_map(|family| family.tables).copied().flatten().map(|rule| rule.code.id).collect();
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
        changes.iter().fold(self.objects.to_owned(), |objects, (from, to)| {
            assert_eq!(objects.matches(from).count(), 1, "`{from}` stands there once");
            objects.replace(from, to)
        })
    }

    fn accepts(&self, changes: &[(&str, &str)]) {
        self.finds(&[], changes);
    }

    fn finds(&self, expected: &[&str], changes: &[(&str, &str)]) {
        let found = findings(self.families, self.mode, &self.changed(changes));
        assert_eq!(found, expected, "after {changes:?}");
    }
}
