//! Charts and values -> the objects that `helm template` prints.
//!
//! A renderer of Helm charts that starts no program and asks no cluster: the templates, values and dependencies of
//! Helm 4, byte for byte. What it cannot render it names: a function that depends on the clock or on chance, a limit
//! that is reached, a fault of the chart itself. It never guesses.
//!
//! ```text
//! Files -> load -> dependencies -> values -> schema -> run -> manifest -> Rendered
//! ```

mod budget;
mod chartfile;
mod dependencies;
mod eval;
mod fault;
mod functions;
mod glob;
mod json;
mod lex;
mod literal;
mod load;
mod manifest;
mod method;
mod number;
mod objects;
mod parse;
mod print;
mod printf;
mod run;
mod schema;
mod semver;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod values;
mod yaml;

use std::rc::Rc;

use serde_json::Value as Json;

use super::helmignore::Ignore;
use crate::files::Files;
use crate::path::RelPath;
use fault::Fault;
use load::Chart;
use run::Machine;
use value::{Map, Value};
use values::Nulls;

/// What a chart is rendered with.
#[derive(Clone, Copy, Debug)]
pub struct ChartInput<'a> {
    /// The directory of the chart as it lies there; its `.helmignore` is heeded.
    pub files: &'a Files,
    /// The values of the user: an object, or null for none.
    pub values: &'a Json,
    /// The name of the release.
    pub release: &'a str,
    /// The namespace that it is installed into.
    pub namespace: &'a str,
    /// What templates learn about the cluster.
    pub capabilities: &'a Capabilities,
}

/// What `.Capabilities` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes, as in `v1.34.0`.
    pub kubernetes: String,
    /// The API versions that the cluster serves, as in `apps/v1`.
    pub api_versions: Vec<String>,
    /// The version of Helm, as in `v4.3.1`.
    pub helm: String,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The objects in the order they are installed, then the hooks.
    pub documents: Vec<Document>,
    /// What could not be rendered, in the order of the templates. Documents of the other templates are there.
    pub failures: Vec<Failure>,
}

/// One document that a template rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The path of the template, from the name of the chart on, as in `shop/charts/cart/templates/service.yaml`.
    pub template: String,
    /// The YAML.
    pub text: String,
    /// Whether Helm runs it at an event and does not count it among the objects of the release.
    pub is_hook: bool,
}

/// Something that could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path of the template, or of the file of the chart that is at fault.
    pub template: String,
    /// The line in it; 0 where no line is to blame.
    pub line: usize,
    /// Why.
    pub reason: String,
}

impl Failure {
    fn of(template: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { template: template.into(), line: 0, reason: reason.into() }
    }

    /// A fault of a template, told at the line where it stopped.
    fn in_template(template: &str, fault: Fault) -> Self {
        let Fault { mut reason, inner, outer, .. } = fault;
        if let Some(inner) = inner.filter(|inner| Some(inner) != outer.as_ref()) {
            reason = format!("{reason} ({}:{})", inner.file, inner.line);
        }
        let line = outer.filter(|outer| *outer.file == *template).map_or(0, |outer| outer.line);
        Self { template: template.to_owned(), line, reason }
    }
}

impl Default for Capabilities {
    /// What `helm template` of Helm 4.3.1 assumes without a cluster.
    fn default() -> Self {
        Self {
            kubernetes: "v1.37.0".to_owned(),
            api_versions: objects::API_VERSIONS.iter().map(|version| (*version).to_owned()).collect(),
            helm: "v4.3.1".to_owned(),
        }
    }
}

impl Rendered {
    /// The text that `helm template` prints.
    pub fn text(&self) -> String {
        let (hooks, objects): (Vec<_>, Vec<_>) = self.documents.iter().partition(|document| document.is_hook);
        let join = |documents: Vec<&Document>| -> String {
            let texts = documents
                .iter()
                .map(|document| format!("---\n# Source: {}\n{}\n", document.template, document.text));
            texts.collect()
        };
        format!("{}\n{}", join(objects).trim(), join(hooks))
    }
}

/// Renders a chart as `helm template` does.
///
/// The result depends on the input alone. A chart that is written to hurt costs a few seconds at most.
pub fn render(input: &ChartInput<'_>) -> Rendered {
    match prepare(input) {
        Ok((chart, root)) => {
            let rendered = render_templates(&chart, &root);
            // Templates can make a mapping hold itself; nobody else would ever free it.
            Value::Map(root).dismantle();
            rendered
        }
        Err(failures) => Rendered { documents: Vec::new(), failures },
    }
}

/// The chart with the charts that take part, and the object that its templates see.
fn prepare(input: &ChartInput<'_>) -> Result<(Chart, Map), Vec<Failure>> {
    let one = |failure: Failure| vec![failure];
    let mut chart = load::load(&heed_ignore(input.files).map_err(one)?, "", 0).map_err(one)?;
    let name = chart.metadata.name.clone();
    let fail = |reason: String| vec![Failure::of("Chart.yaml", reason)];
    if chart.metadata.is_library {
        return Err(fail("a library chart renders nothing by itself".to_owned()));
    }
    let missing = dependencies::missing(&chart);
    if !missing.is_empty() {
        return Err(fail(format!("not below `charts/`: {}", missing.join(", "))));
    }
    let given = match json::from_json(input.values) {
        Value::Map(map) => map,
        Value::Nil => Map::new(value::Entries::new()),
        _ => return Err(fail("the given values are no mapping".to_owned())),
    };
    dependencies::process(&mut chart, &given).map_err(fail)?;
    let constraint = &chart.metadata.kube_version;
    if !constraint.is_empty()
        && !semver::is_compatible(constraint, &objects::normalized(&input.capabilities.kubernetes))
    {
        let kubernetes = &input.capabilities.kubernetes;
        return Err(fail(format!("the chart wants Kubernetes {constraint}, and this is {kubernetes}")));
    }
    let values = values::coalesce(&chart, &given, Nulls::Remove).map_err(fail)?;
    let mut failures = Vec::new();
    schema::check(&chart, &values, &name, &mut failures);
    if !failures.is_empty() {
        return Err(failures);
    }
    let root = objects::root(&chart, &values, input);
    Ok((chart, root))
}

/// The files without those that `.helmignore` names.
fn heed_ignore(files: &Files) -> Result<Files, Failure> {
    let rules = files.get(&RelPath::root().child(".helmignore")).map(|bytes| String::from_utf8_lossy(bytes));
    let ignore = Ignore::parse(&rules.unwrap_or_default()).map_err(|bad| Failure {
        template: ".helmignore".to_owned(),
        line: bad.number,
        reason: bad.what.to_owned(),
    })?;
    let kept = files.iter().filter(|(path, _)| !ignore.matches(path));
    Ok(kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect())
}

/// A template and the object it sees.
struct Job {
    path: Rc<str>,
    text: Rc<[u8]>,
    /// What `.Template.BasePath` says.
    base: String,
    dot: Map,
}

fn render_templates(chart: &Chart, root: &Map) -> Rendered {
    let mut jobs = Vec::new();
    collect(chart, root, &chart.metadata.name, &mut jobs);
    // Helm parses and renders from the deepest path up, and from the last name on.
    jobs.sort_by_key(|job: &Job| std::cmp::Reverse((job.path.matches('/').count(), job.path.clone())));
    let mut machine = Machine::new();
    let mut failures = Vec::new();
    jobs.retain(|job| {
        let parsed = match std::str::from_utf8(&job.text) {
            Ok(text) => machine.add(&job.path, text),
            Err(_) => Err(Fault::new("no UTF-8 text")),
        };
        parsed.map_err(|fault| failures.push(Failure::in_template(&job.path, fault))).is_ok()
    });
    let mut texts = Vec::new();
    for job in &jobs {
        let name = job.path.rsplit('/').next().unwrap_or_default();
        if name.starts_with('_') {
            continue;
        }
        let template =
            [("Name", Value::Text(job.path.clone())), ("BasePath", Value::text(job.base.as_str()))];
        job.dot.set("Template".into(), Value::Map(Map::from_pairs(value::Kind::Values, template)));
        let notes = job.path.ends_with("NOTES.txt");
        match machine.execute(&job.path, &Value::Map(job.dot.clone())) {
            Ok(_) if notes => {}
            Ok(text) => texts.push((job.path.to_string(), text.replace("<no value>", ""))),
            // What is only printed for people does not matter here, but a chart that refuses its values does.
            Err(fault) if notes && fault.is_unknown => {}
            Err(fault) => failures.push(Failure::in_template(&job.path, fault)),
        }
    }
    texts.sort();
    let documents = manifest::documents(&texts, &mut failures);
    failures.sort_by(|one, other| (&one.template, one.line).cmp(&(&other.template, other.line)));
    Rendered { documents, failures }
}

/// The templates of a chart and of those below it; of a library only those that others call.
fn collect(chart: &Chart, dot: &Map, path: &str, jobs: &mut Vec<Job>) {
    for below in &chart.charts {
        let name = &below.metadata.name;
        if let Some(inner) = dot.table("Subcharts").and_then(|charts| charts.table(name)) {
            collect(below, &inner, &format!("{path}/charts/{name}"), jobs);
        }
    }
    for (name, text) in &chart.templates {
        let is_partial = name.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if is_partial || !chart.metadata.is_library {
            jobs.push(Job {
                path: format!("{path}/{name}").into(),
                text: text.clone(),
                base: format!("{path}/templates"),
                dot: dot.clone(),
            });
        }
    }
}
