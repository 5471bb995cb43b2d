//! Rendering: objects that install charts -> the objects in those charts, with the values that the landscape gives.
//!
//! Only a chart that lies in the landscape can be rendered, its dependencies vendored. What gardenlet or the operator add to
//! the values when they install it is not known here, and left out.

use std::collections::BTreeMap;

use crate::chart::template::{self, Capabilities, ChartInput, Rendered};
use crate::diagnostic::Report;
use crate::digest::Digest;
use crate::files::Files;
use crate::kind::GARDEN_NAMESPACE;
use crate::landscape::{Landscape, Object};
use crate::oci::reference::Reference;
use crate::path::RelPath;
use crate::syntax::{self, Node};
use crate::view::{ChartSource, Naming};
use crate::workspace::{SourceFile, Sources};

/// The objects of a chart.
#[derive(Debug, Default)]
pub struct Contents {
    /// The objects, in the order they are installed.
    pub objects: Vec<Object>,
    /// What could not be rendered, and why.
    pub failures: Vec<String>,
}

/// A chart that an object installs.
#[derive(Clone, Debug, PartialEq)]
pub struct Install {
    /// Which of the charts of the object it is; an object has one of each.
    pub role: &'static str,
    /// What the chart is called: without a digest, unless it has no tag.
    pub reference: Reference,
    release: String,
    namespace: String,
    values: serde_json::Value,
    /// Whether values come from Secrets and ConfigMaps, too, by `spec.valuesFrom`.
    elsewhere: bool,
    /// The chart, if it lies in the landscape.
    files: Option<Files>,
}

/// The charts that an object installs.
pub fn installs(object: &Object, landscape: &Landscape) -> Vec<Install> {
    if object.identity.is("helm.toolkit.fluxcd.io", "HelmRelease") {
        return release(object, landscape).into_iter().collect();
    }
    let (release, namespace) = match &*object.identity.kind {
        "Gardenlet" => ("gardenlet".to_owned(), GARDEN_NAMESPACE.to_owned()),
        _ => (object.identity.name.to_string(), format!("extension-{}", object.identity.name)),
    };
    let installs = ChartSource::in_object(object).filter_map(|source| {
        let reference = reference(Naming::repository(source.repository))?;
        Some(Install {
            role: source.role,
            release: release.clone(),
            namespace: namespace.clone(),
            values: source.values.map(Node::to_json).unwrap_or_default(),
            elsewhere: false,
            files: chart(&reference, landscape),
            reference,
        })
    });
    installs.collect()
}

/// The chart of the operator.
pub fn operator(landscape: &Landscape) -> Option<Install> {
    let operator = landscape.settings.operator.as_ref()?;
    let reference = reference(Naming::whole(&operator.chart))?;
    Some(Install {
        role: "operator",
        release: "gardener-operator".to_owned(),
        namespace: GARDEN_NAMESPACE.to_owned(),
        values: operator.values.as_ref().map(Node::to_json).unwrap_or_default(),
        elsewhere: false,
        files: chart(&reference, landscape),
        reference,
    })
}

/// The chart of a HelmRelease, by way of the OCIRepository that it names.
fn release(object: &Object, landscape: &Landscape) -> Option<Install> {
    let text = |path: &[&str]| object.root.at(path).and_then(Node::as_str);
    let own = object.identity.namespace.as_deref().unwrap_or_default();
    let name = text(&["spec", "chartRef", "name"])?;
    let namespace = text(&["spec", "chartRef", "namespace"]).unwrap_or(own);
    let repository = landscape.find("OCIRepository", namespace, name)?;
    let reference = reference(Naming::source(repository.root.get("spec")?))?;
    Some(Install {
        role: "release",
        release: text(&["spec", "releaseName"]).unwrap_or(&object.identity.name).to_owned(),
        namespace: text(&["spec", "targetNamespace"]).unwrap_or(own).to_owned(),
        values: object.root.at(&["spec", "values"]).map(Node::to_json).unwrap_or_default(),
        elsewhere: object.root.at(&["spec", "valuesFrom"]).is_some_and(|from| !from.items().is_empty()),
        files: chart(&reference, landscape),
        reference,
    })
}

fn reference(naming: Naming<'_>) -> Option<Reference> {
    Some(naming.chart()?.ok()?.tagged())
}

/// The files of the chart of a reference, when it is one of the landscape's own.
fn chart(reference: &Reference, landscape: &Landscape) -> Option<Files> {
    landscape.own_chart(&reference.name()).map(|name| landscape.chart(name))
}

impl Install {
    /// The chart as it is installed, its files known from elsewhere.
    #[must_use]
    pub fn with(&self, files: Files) -> Self {
        Self { files: Some(files), ..self.clone() }
    }

    /// Whether the chart lies in the landscape.
    pub fn is_here(&self) -> bool {
        self.files.is_some()
    }

    /// The digest of all that the objects depend on, beside the chart.
    pub fn inputs(&self) -> Digest {
        let mut inputs =
            vec![self.release.clone().into(), self.namespace.clone().into(), self.values.clone()];
        if self.elsewhere {
            inputs.push("valuesFrom".into());
        }
        let inputs = serde_json::Value::Array(inputs);
        Digest::of(inputs.to_string())
    }

    /// The objects of the chart; nothing to render is a failure with its reason.
    pub fn render(&self) -> Contents {
        let Some(files) = &self.files else {
            return Contents {
                objects: Vec::new(),
                failures: vec![format!("the chart `{}` is not in this landscape", self.reference)],
            };
        };
        let rendered = template::render(&ChartInput {
            files,
            values: &self.values,
            release: &self.release,
            namespace: &self.namespace,
            capabilities: &Capabilities::default(),
        });
        let mut contents = contents(&rendered);
        if self.elsewhere {
            contents.failures.push("some of its values come from elsewhere, by `spec.valuesFrom`".to_owned());
        }
        contents
    }
}

/// The objects that the texts of a chart are.
fn contents(rendered: &Rendered) -> Contents {
    let mut failures: Vec<String> = rendered
        .failures
        .iter()
        .map(|failure| match failure.line {
            0 => format!("{}: {}", failure.template, failure.reason),
            line => format!("{}:{line}: {}", failure.template, failure.reason),
        })
        .collect();
    let mut objects = BTreeMap::new();
    for document in &rendered.documents {
        // The texts are read apart from those of the landscape: nobody points into them.
        let mut report = Report::default();
        let id = report.sources.add(document.template.clone(), document.text.as_str().into());
        let file = SourceFile { path: RelPath::root(), id };
        let parsed = syntax::parse(&Sources { files: vec![file], ..Sources::default() }, &mut report);
        for read in parsed.documents {
            match Object::unplaced(read.root) {
                Some(object) => {
                    objects.insert(object.identity.clone(), object);
                }
                None => failures.push(format!("{}: a document is no object with a name", document.template)),
            }
        }
        failures.extend(
            report.findings().first().map(|finding| format!("{}: {}", document.template, finding.message)),
        );
    }
    Contents { objects: objects.into_values().collect(), failures }
}
