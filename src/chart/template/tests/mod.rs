//! Tiny charts of our own. What is expected of them was rendered by Helm, or follows from what it documents.

mod bounds;
mod charts;
mod language;

use serde_json::{Value as Json, json};

use super::*;

/// A chart of these files; `Chart.yaml` is there unless it is given.
fn chart(files: &[(&str, &str)]) -> Files {
    let mut all: std::collections::BTreeMap<RelPath, std::sync::Arc<[u8]>> =
        std::collections::BTreeMap::new();
    all.insert(
        RelPath::root().child("Chart.yaml"),
        b"{apiVersion: v2, name: shop, version: 1.2.3}"[..].into(),
    );
    for (path, text) in files {
        all.insert(RelPath::parse(path).expect("a path"), text.as_bytes().into());
    }
    all.into_iter().collect()
}

fn render_with(files: &Files, values: &Json) -> Rendered {
    let capabilities = Capabilities::default();
    render(&ChartInput { files, values, release: "green", namespace: "market", capabilities: &capabilities })
}

/// What one template renders; it must.
fn rendered(template: &str, values: &Json) -> String {
    let rendered = render_with(&chart(&[("templates/it.yaml", &format!("it: |\n  {template}"))]), values);
    assert_eq!(rendered.failures, [], "{template}");
    let text = rendered.documents.into_iter().next().map(|document| document.text).unwrap_or_default();
    text.strip_prefix("it: |\n  ").unwrap_or_default().to_owned()
}

/// Why one template cannot be rendered.
fn refused(template: &str) -> String {
    let rendered = render_with(&chart(&[("templates/it.yaml", template)]), &Json::Null);
    let [failure] = rendered.failures.as_slice() else {
        panic!("{template}: {:?}", rendered.failures);
    };
    format!("{}: {}", failure.line, failure.reason)
}

/// The reasons of all failures, with their templates.
fn reasons(rendered: &Rendered) -> Vec<String> {
    rendered.failures.iter().map(|failure| format!("{}: {}", failure.template, failure.reason)).collect()
}

/// The documents as `template: text`.
fn shown(rendered: &Rendered) -> Vec<String> {
    rendered
        .documents
        .iter()
        .map(|document| format!("{}: {}", document.template, document.text.trim()))
        .collect()
}
