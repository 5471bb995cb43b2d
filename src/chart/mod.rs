//! Helm charts: a directory -> the image that `helm push` would write, without its clock.
//!
//! The image of a chart depends on the chart alone, neither on the commit nor on the time: its digest is
//! written into manifests, and must only change when the chart does. That is why it has no `created` and no
//! `revision`.

mod helmignore;
mod metadata;
pub mod template;

use std::collections::BTreeMap;

use helmignore::Ignore;
use oci_distribution::Reference;
use semver::Version;

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::oci::{self, Draft, Image, to_json};
use crate::path::RelPath;
use crate::syntax::{self, Node};
use crate::workspace::{SourceFile, Sources};

/// The media type of a chart's configuration. Part of every digest.
const CHART_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
/// The media type of a chart's one layer. Part of every digest.
pub const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Bytes of one file that Helm loads from an archive.
///
/// upstream: helm/helm, pkg/chart/loader/archive, `MaxDecompressedFileSize` and `MaxDecompressedChartSize`
const FILE_LIMIT: usize = 5 << 20;
/// Bytes of all its files.
pub const CHART_LIMIT: usize = 100 << 20;

const INVALID_CHART: Code = Code::error("L804", "invalid-chart");
const CHART_TOO_LARGE: Code = Code::error("L805", "chart-too-large");
const INVALID_HELMIGNORE: Code = Code::error("L807", "invalid-helmignore");

/// A Helm chart as it lies in a directory, checked.
#[derive(Clone, Debug)]
pub struct Chart {
    name: String,
    version: String,
    metadata: metadata::Fields,
    /// What is packed; `.helmignore` has been heeded.
    files: Files,
}

impl Chart {
    /// Reads a chart. `directory` is its directory as the user would type it, `files` what is below.
    pub fn read(directory: &str, files: &Files, report: &mut Report) -> Result<Self, Reported> {
        let mut reader = Reader { directory, report, reported: None };
        let files = reader.heed_ignore(files);
        reader.check_sizes(&files);
        let Some(root) = reader.chart_yaml(&files) else {
            return Err(reader.refuse(INVALID_CHART, "Chart.yaml", "no `Chart.yaml` with a mapping in it"));
        };
        let mut findings = Vec::new();
        let metadata = metadata::read(&root, &mut findings);
        for finding in findings {
            reader.push(finding);
        }
        let chart = Self {
            name: metadata.text("name").to_owned(),
            version: metadata.text("version").to_owned(),
            metadata,
            files,
        };
        reader.check_names(&chart, &root);
        reader.check_dependencies(&chart, &root);
        reader.reported.map_or(Ok(chart), Err)
    }

    /// The name of the chart.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the chart.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Packs the chart; the same files give the same bytes anywhere and at any time.
    pub fn pack(&self) -> PackedChart {
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_by_key(|(path, _)| (rank(path), path.as_str()));
        let entries = files.into_iter().map(|(path, bytes)| (format!("{}/{path}", self.name), &**bytes));
        let layer = oci::compress(&oci::tar_files(entries));
        let config = to_json(&self.metadata);
        let mut draft = Draft::new(CHART_CONFIG, config);
        draft.layer(CHART_LAYER, layer);
        draft.manifest.annotations = self.annotations();
        let path = format!("charts/{}", self.name);
        PackedChart {
            name: self.name.clone(),
            version: self.version.clone(),
            image: draft.image(&path, vec![tag(&self.version)]),
        }
    }

    /// The annotations that `helm push` sets, but for the time.
    ///
    /// upstream: helm/helm, pkg/registry/chart.go, generateOCIAnnotations
    fn annotations(&self) -> BTreeMap<String, String> {
        let metadata = &self.metadata;
        let authors: Vec<String> = metadata
            .objects("maintainers")
            .iter()
            .filter(|maintainer| !maintainer.text("name").is_empty())
            .map(|maintainer| match maintainer.text("email") {
                "" => maintainer.text("name").to_owned(),
                email => format!("{} ({email})", maintainer.text("name")),
            })
            .collect();
        let mut annotations = metadata.map("annotations");
        let own = [
            ("description", metadata.text("description").to_owned()),
            ("url", metadata.text("home").to_owned()),
            ("source", metadata.first_text("sources").to_owned()),
            ("authors", authors.join(", ")),
        ];
        for (name, value) in own {
            let name = format!("org.opencontainers.image.{name}");
            if !value.is_empty() {
                annotations.entry(name).or_insert(value);
            }
        }
        // These two identify the chart; its own annotations do not override them.
        for (name, value) in [("title", &self.name), ("version", &self.version)] {
            annotations.insert(format!("org.opencontainers.image.{name}"), value.clone());
        }
        annotations
    }
}

/// A chart as an OCI image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedChart {
    name: String,
    version: String,
    image: Image,
}

impl PackedChart {
    /// The name of the chart.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the chart; its tag has `_` where the version has `+`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The tag of the chart.
    pub fn tag(&self) -> String {
        tag(&self.version)
    }

    /// The digest of the manifest: what a reference pins.
    pub fn digest(&self) -> Digest {
        self.image.descriptor.digest
    }

    /// The reference that pins the chart, `<repository>/charts/<name>:<tag>@sha256:<digest>`.
    ///
    /// `repository` is that of the manifests, with its host and without a scheme.
    pub fn reference(&self, repository: &str) -> String {
        let tag = tag(&self.version);
        format!("{repository}/charts/{}:{tag}@{}", self.name, self.digest())
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.image
    }
}

/// The files of a chart out of its archive, or why there are none.
pub fn unpack(archive: &[u8]) -> Result<Files, String> {
    let unpacked = oci::unpack(archive, CHART_LIMIT as u64)?;
    // Everything in the archive of a chart is in one directory.
    let top = unpacked.iter().next().and_then(|(path, _)| path.parts().next()).unwrap_or_default();
    Ok(unpacked.below(&RelPath::root().child(top)))
}

/// The name of a chart and its tag, by the configuration of its image; both are empty when that is none.
pub fn name_and_tag(config: &[u8]) -> (String, String) {
    let metadata: serde_json::Value = serde_json::from_slice(config).unwrap_or_default();
    let text = |field: &str| metadata.get(field).and_then(|value| value.as_str()).unwrap_or_default();
    (text("name").to_owned(), tag(text("version")))
}

/// OCI tags have no `+`.
fn tag(version: &str) -> String {
    version.replace('+', "_")
}

/// The order of the entries, which is Helm's.
fn rank(path: &RelPath) -> usize {
    match (path.as_str(), path.parts().next()) {
        ("Chart.yaml", _) => 0,
        ("Chart.lock", _) => 1,
        ("values.yaml", _) => 2,
        ("values.schema.json", _) => 3,
        (_, Some("templates")) => 4,
        (_, Some("charts")) => 6,
        _ => 5,
    }
}

struct Reader<'a> {
    directory: &'a str,
    report: &'a mut Report,
    reported: Option<Reported>,
}

impl Reader<'_> {
    fn push(&mut self, finding: Diagnostic) {
        if finding.code.severity == crate::diagnostic::Severity::Error {
            self.reported = Some(self.report.refuse(finding));
        } else {
            self.report.push(finding);
        }
    }

    fn refuse(&mut self, code: Code, file: &str, message: impl Into<String>) -> Reported {
        let place = Place::file(format!("{}/{file}", self.directory));
        let reported = self.report.refuse(Diagnostic::new(code, message, place));
        self.reported = Some(reported);
        reported
    }

    /// The files without those that `.helmignore` names.
    fn heed_ignore(&mut self, files: &Files) -> Files {
        let text = files
            .get(&RelPath::root().child(".helmignore"))
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        match Ignore::parse(text.as_deref().unwrap_or_default()) {
            Ok(ignore) => files
                .iter()
                .filter(|(path, _)| !ignore.matches(path))
                .map(|(path, bytes)| (path.clone(), bytes.clone()))
                .collect(),
            Err(bad) => {
                let message = format!("line {}: {}", bad.number, bad.what);
                self.refuse(INVALID_HELMIGNORE, ".helmignore", message);
                files.clone()
            }
        }
    }

    fn check_sizes(&mut self, files: &Files) {
        for (path, bytes) in files.iter() {
            if bytes.len() > FILE_LIMIT {
                let message = format!("{} bytes, more than the {FILE_LIMIT} that Helm loads", bytes.len());
                self.refuse(CHART_TOO_LARGE, path.as_str(), message);
            }
        }
        if files.size() > CHART_LIMIT {
            let message =
                format!("a chart of {} bytes, more than the {CHART_LIMIT} that Helm loads", files.size());
            self.refuse(CHART_TOO_LARGE, "Chart.yaml", message);
        }
    }

    fn chart_yaml(&mut self, files: &Files) -> Option<Node> {
        let path = RelPath::root().child("Chart.yaml");
        let text = std::str::from_utf8(files.get(&path)?).ok()?;
        let name = format!("{}/Chart.yaml", self.directory);
        let id = self.report.sources.add(name, text.trim_start_matches('\u{feff}').into());
        let sources = Sources { files: vec![SourceFile { path, id }], ..Sources::default() };
        let documents = syntax::parse(&sources, self.report);
        match <[_; 1]>::try_from(documents.documents) {
            Ok([document]) => Some(document.root).filter(|root| root.as_mapping().is_some()),
            Err(_) => None,
        }
    }

    fn check_names(&mut self, chart: &Chart, root: &Node) {
        let directory = self.directory.rsplit('/').next().unwrap_or_default();
        let mut fault = |field: &str, message: String, why: &str, help: &str| {
            let span = root.get(field).unwrap_or(root).span;
            self.push(Diagnostic::new(INVALID_CHART, message, span).why(why).help(help));
        };
        if !matches!(chart.metadata.text("apiVersion"), "v1" | "v2") {
            let message = "`apiVersion` is neither `v1` nor `v2`".to_owned();
            fault("apiVersion", message, "Helm loads no other chart", "write `apiVersion: v2`");
        }
        if chart.name.is_empty() || chart.name.contains('/') || !names_repository(&chart.name) {
            fault(
                "name",
                format!("`{}` is no name of a chart", chart.name),
                "the name becomes the last part of an OCI repository",
                "use lower-case letters and digits, with `-` between them",
            );
        } else if chart.name != directory {
            fault(
                "name",
                format!("the chart is called `{}` in the directory `{directory}`", chart.name),
                "references name a chart by its directory; the repository is named after the chart",
                "give both the same name",
            );
        }
        let version = chart.version.strip_prefix('v').unwrap_or(&chart.version);
        if Version::parse(version).is_err() {
            fault(
                "version",
                format!("`{}` is no semantic version", chart.version),
                "Helm and Flux order charts by it",
                "write three numbers, as in `version: 0.1.0`",
            );
        }
        if !matches!(chart.metadata.text("type"), "" | "application" | "library") {
            let message = format!("`{}` is no type of a chart", chart.metadata.text("type"));
            fault("type", message, "Helm refuses it", "write `application` or `library`");
        }
    }

    /// Helm packs no chart whose dependencies are not below `charts/`.
    fn check_dependencies(&mut self, chart: &Chart, root: &Node) {
        let dependencies = root.get("dependencies").map_or(&[][..], Node::items);
        for (dependency, fields) in dependencies.iter().zip(chart.metadata.objects("dependencies")) {
            let name = fields.text("name");
            let directory = format!("charts/{name}/");
            let archive = format!("charts/{name}-");
            let there = chart.files.iter().any(|(path, _)| {
                let packed = path.extension() == Some("tgz") && path.as_str().starts_with(&archive);
                packed || path.as_str().starts_with(&directory)
            });
            if !there {
                self.push(
                    Diagnostic::new(
                        INVALID_CHART,
                        format!("the dependency `{name}` is not below `charts/`"),
                        dependency.span,
                    )
                    .why("nothing is fetched while packing, and nothing when the chart is installed")
                    .help("run `helm dependency build` and commit what it writes"),
                );
            }
        }
    }
}

/// Whether the name can be the last part of a repository.
fn names_repository(name: &str) -> bool {
    Reference::try_from(format!("registry.invalid/charts/{name}:tag").as_str())
        .is_ok_and(|reference| reference.repository() == format!("charts/{name}"))
}
