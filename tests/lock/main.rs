//! The lock: what a landscape refers to, what is known of it, and what holds it to that.
#![expect(clippy::disallowed_methods, reason = "the command runs in directories of its own")]

mod command;
mod inventory;
mod mirror;
mod pin;
mod relocation;
#[path = "../scratch/mod.rs"]
#[expect(dead_code, reason = "every test that runs the binary uses some of it")]
mod scratch;
#[path = "../registry/server.rs"]
#[expect(dead_code, reason = "every test with a registry uses some of it")]
mod server;
mod update;

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::pipeline::Compiler;
use landscape::workspace::Memory;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OTHER: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A landscape of one file of objects, `spec` added to its manifest, and other files.
fn landscape(spec: &str, objects: &str, files: &[(&str, &str)]) -> Memory {
    let manifest = format!(
        "apiVersion: landscape.gardener.cloud/v1alpha1\nkind: Landscape\nmetadata: {{name: tiny}}\nspec:\n  \
         gardener: {{version: v1.148.4}}\n  resources: [objects.yaml]\n{spec}"
    );
    let own = [("landscape.yaml", manifest.as_str()), ("objects.yaml", objects)];
    Memory::new(own.into_iter().chain(files.iter().copied()))
}

/// A lock as it is when its charts were rendered as they are installed, and have no images.
fn with_values(spec: &str, objects: &str, lock: &str) -> String {
    let workspace = landscape(spec, objects, &[]);
    let compiler = Compiler::new(&workspace, time::macros::date!(2026 - 11 - 21));
    let stock = compiler.stock(&RelPath::root(), &mut Report::default()).expect("a landscape");
    stock.inventory.installed().iter().fold(lock.to_owned(), |lock, (reference, chart)| {
        let entry = format!("{{ref: '{reference}', digest: '{DIGEST}'");
        lock.replace(&entry, &format!("{entry}, values: '{}', images: []", chart.values))
    })
}

/// `code path: message` of each finding.
fn said(report: &Report) -> Vec<String> {
    let findings = report.findings().into_iter();
    findings.map(|found| format!("{} {}: {}", found.code.id, found.place.path, found.message)).collect()
}
