//! Where an image comes from, as SLSA provenance.
//!
//! upstream: slsa-framework/slsa, spec/v1.2/provenance.md

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Origin, bom, spec};
use crate::digest::Digest;
use crate::inventory::Kind;
use crate::oci::Image;
use crate::path::RelPath;
use crate::workspace;

/// The predicate type of provenance. Part of what verifiers look for.
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// What `docs/signatures.md` describes under this name: a compilation by `landscape`.
const BUILD_TYPE: &str = "https://landscape.gardener.cloud/build/v1";
/// The builder: this program, wherever it runs.
const BUILDER: &str = "https://landscape.gardener.cloud/landscape";
/// Says `false` of an artifact that is signed in bundles alone.
const LEGACY: &str = "legacySignatures";
/// Stands behind a revision when files differ from its commit.
const DIRTY: &str = "-dirty";

/// How an image was made, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// Who did it.
    pub run_details: RunDetails,
}

/// What went into a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// What the parameters mean.
    pub build_type: String,
    /// What was asked for.
    pub external_parameters: serde_json::Map<String, serde_json::Value>,
    /// What was read to do it.
    #[serde(default)]
    pub resolved_dependencies: Vec<Dependency>,
}

/// Something that went into a build, by its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Where it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub uri: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its digests by algorithm, in hex.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// What else is known of it.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub annotations: serde_json::Map<String, serde_json::Value>,
}

/// Who made an image. The time is left out: the same commit gives the same bytes at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDetails {
    /// The builder.
    pub builder: Builder,
}

/// A builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Builder {
    /// Its name, a URI.
    pub id: String,
    /// The versions of its parts.
    #[serde(default)]
    pub version: BTreeMap<String, String>,
}

impl Provenance {
    pub(super) fn of(image: &Image, origin: &Origin<'_>) -> Self {
        let (external_parameters, resolved_dependencies) = match image.path.strip_prefix("charts/") {
            Some(chart) => of_chart(chart, origin),
            None => of_landscape(origin),
        };
        let version = (env!("CARGO_PKG_NAME").to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE.to_owned(),
                external_parameters,
                resolved_dependencies,
            },
            run_details: RunDetails {
                builder: Builder { id: BUILDER.to_owned(), version: BTreeMap::from([version]) },
            },
        }
    }

    /// The SHA-256 of the sources, in hex; empty when none is named.
    pub fn sources(&self) -> &str {
        let spec = self.build_definition.external_parameters.get("spec");
        spec.and_then(|spec| spec.pointer("/digest/sha256")?.as_str()).unwrap_or_default()
    }

    /// Whether the artifact has signatures in the legacy form, too.
    pub fn has_legacy_signatures(&self) -> bool {
        self.build_definition.external_parameters.get(LEGACY).is_none_or(|legacy| *legacy != false)
    }

    /// The revision of the sources as the annotations of an artifact write it; empty when no commit is named.
    pub fn revision(&self) -> String {
        let commit = self.build_definition.resolved_dependencies.iter().find_map(|dependency| {
            let commit = dependency.digest.get("gitCommit")?;
            let dirty = dependency.annotations.get("dirty").is_some_and(|dirty| *dirty == true);
            Some(format!("sha1:{commit}{}", if dirty { DIRTY } else { "" }))
        });
        commit.unwrap_or_default()
    }
}

type Parameters = serde_json::Map<String, serde_json::Value>;

fn of_landscape(origin: &Origin<'_>) -> (Parameters, Vec<Dependency>) {
    let mut parameters = parameters(origin.spec, origin);
    let mut tell = |name: &str, value: serde_json::Value| parameters.insert(name.to_owned(), value);
    if !origin.legacy {
        tell(LEGACY, false.into());
    }
    if origin.locked {
        tell("locked", true.into());
    }
    if origin.relocated {
        tell("relocate", true.into());
    }
    if let Some(at) = origin.at {
        tell("at", at.to_string().into());
    }
    let read = repository(origin).into_iter().chain(lock(origin));
    (parameters, read.chain(charts(origin)).collect())
}

/// The image of a chart depends on its files alone, and so does what is said of it: a statement for each commit would pile up
/// beside a chart that never changes. The provenance of the artifact says which commit goes with which charts.
fn of_chart(chart: &str, origin: &Origin<'_>) -> (Parameters, Vec<Dependency>) {
    let files = origin.charts.below(&RelPath::root().child(chart));
    let mut parameters = parameters(spec::chart_digest(&files), origin);
    parameters.insert("chart".to_owned(), chart.into());
    let repository =
        (!origin.source.is_empty()).then(|| Dependency { uri: locator(origin.source), ..source() });
    (parameters, repository.into_iter().collect())
}

/// What is said of every image.
fn parameters(sources: Digest, origin: &Origin<'_>) -> Parameters {
    let mut parameters = Parameters::new();
    let mut tell = |name: &str, value: serde_json::Value| parameters.insert(name.to_owned(), value);
    tell("landscape", origin.landscape.into());
    tell("spec", serde_json::json!({"digest": {"sha256": sources.hex()}}));
    if let Some(directory) = origin.directory {
        tell("directory", directory.into());
    }
    parameters
}

fn source() -> Dependency {
    Dependency { name: "source".to_owned(), ..Dependency::default() }
}

/// The commit of the sources; nothing outside of a repository.
fn repository(origin: &Origin<'_>) -> Option<Dependency> {
    let revision = origin.revision.strip_prefix("sha1:")?;
    let (commit, dirty) = match revision.strip_suffix(DIRTY) {
        Some(commit) => (commit, true),
        None => (revision, false),
    };
    let digest = BTreeMap::from([("gitCommit".to_owned(), commit.to_owned())]);
    let mut dependency = Dependency { digest, ..source() };
    if !origin.source.is_empty() {
        dependency.uri = locator(origin.source);
    }
    if dirty {
        dependency.annotations.insert("dirty".to_owned(), true.into());
    }
    Some(dependency)
}

/// The charts of others whose digests are known.
fn charts(origin: &Origin<'_>) -> impl Iterator<Item = Dependency> {
    let charts = origin.inventory.items.iter().filter(|item| item.kind == Kind::Chart && !item.is_own);
    charts.filter_map(|chart| {
        Some(Dependency {
            uri: format!("oci://{}", chart.reference),
            digest: sha256(bom::digest(chart)?),
            ..Dependency::default()
        })
    })
}

fn lock(origin: &Origin<'_>) -> Option<Dependency> {
    Some(Dependency {
        name: workspace::LOCK.to_owned(),
        digest: sha256(origin.lock_file?),
        ..Dependency::default()
    })
}

fn sha256(digest: Digest) -> BTreeMap<String, String> {
    BTreeMap::from([("sha256".to_owned(), digest.hex())])
}

/// The URI of a git repository; git itself also reads `user@host:path`, which is none.
fn locator(source: &str) -> String {
    match source.split_once(':') {
        Some((host, path)) if !path.starts_with("//") => {
            format!("git+ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => format!("git+{source}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;
    use crate::inventory::Inventory;

    fn origin<'a>(source: &'a str, revision: &'a str) -> Origin<'a> {
        static NOTHING: Inventory =
            Inventory { items: Vec::new(), installs: Vec::new(), findings: Vec::new() };
        static CHARTS: std::sync::LazyLock<Files> = std::sync::LazyLock::new(Files::default);
        Origin {
            landscape: "local",
            spec: Digest::of(b""),
            charts: &CHARTS,
            directory: Some("landscapes/local"),
            source,
            revision,
            created: "2026-01-02T03:04:05Z",
            legacy: true,
            inventory: &NOTHING,
            lock_file: None,
            locked: false,
            relocated: false,
            at: None,
        }
    }

    #[test]
    fn a_repository_is_named_by_a_uri_and_a_commit() {
        for (source, uri) in [
            ("https://git.example.org/landscapes", "git+https://git.example.org/landscapes"),
            ("ssh://git@git.example.org/x.git", "git+ssh://git@git.example.org/x.git"),
            ("git@git.example.org:x.git", "git+ssh://git@git.example.org/x.git"),
            ("", ""),
        ] {
            let dependency = repository(&origin(source, "sha1:c0ffee")).expect("a commit");
            assert_eq!(dependency.uri, uri);
            assert_eq!(dependency.digest.get("gitCommit").map(String::as_str), Some("c0ffee"));
        }
        assert_eq!(repository(&origin("https://git.example.org", "")), None);
    }

    #[test]
    fn the_revision_is_read_back_as_it_was_told() {
        let image = crate::oci::Draft::new("x", Vec::new()).image("", vec!["v1".to_owned()]);
        for revision in ["sha1:c0ffee", "sha1:c0ffee-dirty", ""] {
            assert_eq!(Provenance::of(&image, &origin("", revision)).revision(), revision);
        }
    }

    #[test]
    fn a_chart_is_said_to_be_the_same_for_every_commit_that_leaves_it_so() {
        let image = crate::oci::Draft::new("x", Vec::new()).image("charts/a", vec!["1.0.0".to_owned()]);
        let said = |origin: &Origin<'_>| Provenance::of(&image, origin);
        let source = "https://git.example.org/landscapes";
        let first = said(&origin(source, "sha1:c0ffee"));
        assert_eq!(first, said(&Origin { spec: Digest::of(b"another"), ..origin(source, "sha1:decaf0") }));
        assert_eq!(first.revision(), "");
        let mut files = Files::default();
        files.insert(RelPath::root().child("a").child("values.yaml"), b"a: 1\n".as_slice());
        let other = said(&Origin { charts: &files, ..origin(source, "sha1:c0ffee") });
        let line = format!("{}  values.yaml\n", Digest::of(b"a: 1\n").hex());
        assert_eq!(other.sources(), Digest::of(line).hex());
        assert_ne!(first.sources(), other.sources());
    }
}
