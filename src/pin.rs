//! Pin: Landscape + its charts -> the same Landscape, every reference to one of the charts by digest.
//!
//! Gardener's own chart puller checks nothing but the digest in a reference, so a reference to a chart that is packed here
//! always carries the one of its manifest.

use std::collections::BTreeMap;

use crate::chart::{Chart, PackedChart};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::landscape::{Landscape, Object};
use crate::path::RelPath;
use crate::syntax::{Key, Mapping, Node, Value};

const CHART_VERSION_NOT_PACKED: Code = Code::error("L701", "chart-version-not-packed");

/// Packs the charts of a landscape and pins the references to them. Charts that cannot be packed are reported.
pub fn pin(
    landscape: &mut Landscape,
    display: &dyn Fn(&str) -> String,
    report: &mut Report,
) -> Vec<PackedChart> {
    let names: std::collections::BTreeSet<String> =
        landscape.charts.iter().filter_map(|(path, _)| path.parts().next().map(str::to_owned)).collect();
    let charts: Vec<PackedChart> = names
        .iter()
        .filter_map(|name| {
            let files = landscape.charts.below(&RelPath::root().child(name));
            Chart::read(&display(name), &files, report).ok().map(|chart| chart.pack())
        })
        .collect();
    let Some(registry) = landscape.settings.delivery.registry.clone() else {
        return charts;
    };
    let pinner =
        Pinner { charts: charts.iter().map(|chart| (chart.name(), chart)).collect(), registry: &registry };
    if pinner.charts.is_empty() {
        return charts;
    }
    if let Some(operator) = &mut landscape.settings.operator
        && let Some(Pinned::At(reference)) = operator.chart.as_str().and_then(|text| pinner.reference(text))
    {
        operator.chart = Node::string(reference, operator.chart.span);
    }
    for object in &mut landscape.objects {
        pinner.object(object, report);
    }
    charts
}

struct Pinner<'a> {
    charts: BTreeMap<&'a str, &'a PackedChart>,
    registry: &'a str,
}

/// What a reference that names one of the charts becomes.
enum Pinned {
    At(String),
    /// The landscape packs the chart in another version, this one.
    OtherVersion(String),
}

impl Pinner<'_> {
    /// The pinned form of `<registry>/charts/<name>:<version>`; nothing for a reference to anything else.
    fn reference(&self, text: &str) -> Option<Pinned> {
        let rest = text.trim_start_matches("oci://").strip_prefix(self.registry)?.strip_prefix("/charts/")?;
        let rest = rest.split_once('@').map_or(rest, |(tagged, _)| tagged);
        let (name, version) = rest.split_once(':').unwrap_or((rest, ""));
        let chart = self.charts.get(name)?;
        if version.is_empty() || version == chart.version().replace('+', "_") {
            Some(Pinned::At(chart.reference(self.registry)))
        } else {
            Some(Pinned::OtherVersion(chart.version().to_owned()))
        }
    }

    fn object(&self, object: &mut Object, report: &mut Report) {
        let found = match &*object.identity.kind {
            "Extension" | "Gardenlet" | "ManagedSeed" | "ControllerDeployment" => {
                chart_repositories(&object.root)
            }
            "OCIRepository" => object.root.get("spec").into_iter().collect(),
            _ => return,
        };
        let mut pinned: Vec<(String, Node)> = Vec::new();
        for repository in found {
            let path = object.root.path_to(repository).unwrap_or_default();
            match self.repository(repository) {
                None => {}
                Some(Ok(node)) => pinned.push((path, node)),
                Some(Err(packed)) => report.push(
                    Diagnostic::new(
                        CHART_VERSION_NOT_PACKED,
                        format!(
                            "the landscape packs this chart in version {packed}, not in the one named here"
                        ),
                        object.place(repository),
                    )
                    .why("the reference would lead to a chart that is never published")
                    .help(format!("name version {packed}, or change the version in `Chart.yaml`")),
                ),
            }
        }
        for (path, node) in pinned {
            if let Some(slot) = slot(&mut object.root, &path) {
                *slot = node;
            }
        }
    }

    /// The repository with the chart's digest in it, or the version that is packed instead.
    fn repository(&self, repository: &Node) -> Option<Result<Node, String>> {
        let text = |path: &[&str]| repository.at(path).and_then(Node::as_str);
        let (tag_path, name): (&[&str], &str) = match (text(&["ref"]), text(&["repository"]), text(&["url"]))
        {
            (Some(reference), ..) => return self.pinned_reference(repository, reference),
            (None, Some(repository), _) => (&["tag"], repository),
            (None, None, Some(url)) => (&["ref", "tag"], url),
            _ => return None,
        };
        let tag = text(tag_path).map_or_else(String::new, |tag| format!(":{tag}"));
        match self.reference(&format!("{name}{tag}"))? {
            Pinned::OtherVersion(version) => Some(Err(version)),
            Pinned::At(reference) => {
                let digest = reference.split_once('@').map(|(_, digest)| digest)?;
                let mut pinned = repository.clone();
                let mapping = pinned.as_mapping_mut()?;
                let digest = Node::string(digest, repository.span);
                let key = |name: &str| Key { name: name.into(), span: repository.span };
                if tag_path == ["tag"] {
                    mapping.set(key("digest"), digest);
                } else {
                    let mut version = Mapping::default();
                    version.set(key("digest"), digest);
                    mapping.set(key("ref"), Node::new(Value::Mapping(version), repository.span));
                }
                Some(Ok(pinned))
            }
        }
    }

    fn pinned_reference(&self, repository: &Node, reference: &str) -> Option<Result<Node, String>> {
        match self.reference(reference)? {
            Pinned::OtherVersion(version) => Some(Err(version)),
            Pinned::At(reference) => {
                let mut pinned = repository.clone();
                let span = repository.get("ref").map_or(repository.span, |node| node.span);
                let key = Key { name: "ref".into(), span };
                pinned.as_mapping_mut()?.set(key, Node::string(reference, span));
                Some(Ok(pinned))
            }
        }
    }
}

/// Every value below a key `ociRepository`.
fn chart_repositories(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    for entry in node.entries() {
        if entry.key.name == "ociRepository" {
            found.push(&entry.value);
        } else {
            found.extend(chart_repositories(&entry.value));
        }
    }
    found
}

/// The value at a path that was read from the same tree; only mappings lie on the way.
fn slot<'n>(node: &'n mut Node, path: &str) -> Option<&'n mut Node> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(node, |node, name| {
        let entries = node.as_mapping_mut()?.entries_mut();
        entries.iter_mut().find(|entry| entry.key.name == name).map(|entry| &mut entry.value)
    })
}
