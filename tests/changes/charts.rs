//! Charts of the landscape: what they render to is told, and what cannot be rendered is named.

use landscape::review::{Review, ReviewedChart, Shown};
use serde_json::json;

use super::history::Edit::{self, Replace};
use super::history::HISTORY;

const EXTENSION: &str = "demo/extensions/usage-meter.yaml";
const DEPLOYMENT: &str = "demo/charts/usage-meter/templates/deployment.yaml";

/// The one chart that differs, of the object of this name.
fn chart(review: &Review, name: &str) -> Option<String> {
    let object = review.objects.iter().find(|object| object.identity.name == name)?;
    object.charts.first().map(told)
}

/// A chart in lines: its objects with their fields, and what could not be rendered.
fn told(chart: &ReviewedChart) -> String {
    let mut lines = Vec::new();
    for part in &chart.objects {
        let fields: Vec<&str> = part.fields.iter().map(|field| field.named.as_str()).collect();
        lines.push(format!("{} {} {}", part.change.name(), part.identity, fields.join(" ")));
    }
    lines.extend(chart.failures.iter().map(|failure| format!("not rendered: {failure}")));
    lines.join("\n")
}

fn review(edits: &[Edit]) -> Review {
    HISTORY.pull_request(&[], edits).0
}

#[test]
fn other_values_show_the_objects_that_change() {
    let review = review(&[Replace(EXTENSION, "interval: 15m", "interval: 20m")]);
    let told = chart(&review, "usage-meter").expect("the chart is in the landscape");
    let config = "changed ConfigMap extension-usage-meter/usage-meter data[config.yaml]";
    assert!(told.starts_with(config), "{told}");
    assert!(told.contains("changed Deployment extension-usage-meter/usage-meter"), "{told}");
    assert!(!told.contains("not rendered"), "{told}");
}

#[test]
fn another_template_shows_the_objects_that_change() {
    let review = review(&[Replace(DEPLOYMENT, "revisionHistoryLimit: 2", "revisionHistoryLimit: 3")]);
    let told = chart(&review, "usage-meter").expect("the chart is in the landscape");
    assert_eq!(told, "changed Deployment extension-usage-meter/usage-meter spec.revisionHistoryLimit");
    let object = review.objects.iter().find(|object| object.identity.name == "usage-meter");
    let field = object.and_then(|object| object.charts.first()?.objects.first()?.fields.first());
    let values = field.map(|field| (&field.before, &field.after));
    assert_eq!(values, Some((&Shown::Value(json!(2)), &Shown::Value(json!(3)))));
}

#[test]
fn what_cannot_be_rendered_is_named() {
    let edit = Replace(DEPLOYMENT, "revisionHistoryLimit: 2", "revisionHistoryLimit: {{ randInt 1 9 }}");
    let told = chart(&review(&[edit]), "usage-meter").expect("the chart is in the landscape");
    assert!(told.contains("not rendered: usage-meter/templates/deployment.yaml:"), "{told}");
    assert!(told.contains("randInt"), "{told}");
}

#[test]
fn a_chart_that_lies_elsewhere_is_named() {
    let edit = Replace("base/landscape.yaml", "gardener/operator:v1.148.4", "gardener/operator:v1.148.5");
    let told = chart(&review(&[edit]), "gardener-operator");
    assert_eq!(told, None, "the release itself does not change, its repository does");
    let edit = Replace("base/landscape.yaml", "version: v1.59.0", "version: v1.60.0");
    let told = chart(&review(&[edit]), "networking-calico").expect("the extension changes");
    assert!(
        told.starts_with("not rendered: the chart `") && told.ends_with("is not in this landscape"),
        "{told}"
    );
}
