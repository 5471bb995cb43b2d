//! Renders a chart as `helm template` does, for the claim `rendering`.
//!
//! `rendering RELEASE NAMESPACE CHART [VALUES]` prints the manifests. What cannot be rendered goes to standard error and
//! makes the status 1.
#![expect(clippy::disallowed_methods, reason = "a program of its own, which reads charts from the disk")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its results are what it prints")]

use std::path::Path;
use std::process::ExitCode;

use landscape::chart::template::{Capabilities, ChartInput, render};
use landscape::files::Files;
use landscape::path::RelPath;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (release, namespace, chart, values) = match arguments.as_slice() {
        [release, namespace, chart] => (release, namespace, chart, None),
        [release, namespace, chart, values] => (release, namespace, chart, Some(values)),
        _ => {
            eprintln!("rendering RELEASE NAMESPACE CHART [VALUES]");
            return ExitCode::from(2);
        }
    };
    let mut files = Files::default();
    read(Path::new(chart), &RelPath::root(), &mut files);
    let values = values.map_or(serde_json::Value::Null, |path| {
        let text = std::fs::read(path).expect("the file of values is there");
        serde_json::from_slice(&text).expect("the values are JSON")
    });
    let capabilities = Capabilities::default();
    let rendered = render(&ChartInput {
        files: &files,
        values: &values,
        release,
        namespace,
        capabilities: &capabilities,
    });
    print!("{}", rendered.text());
    for failure in &rendered.failures {
        eprintln!("{}:{}: {}", failure.template, failure.line, failure.reason);
    }
    if rendered.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Everything below a directory; links are followed, as Helm does.
fn read(directory: &Path, inside: &RelPath, files: &mut Files) {
    let entries = std::fs::read_dir(directory).expect("the chart is a directory that can be read");
    for entry in entries {
        let path = entry.expect("an entry of a directory").path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let inside = inside.child(name);
        if path.is_dir() {
            read(&path, &inside, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.insert(inside, bytes);
        }
    }
}
