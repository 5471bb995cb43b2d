//! Artifact: rendered files + charts -> OCI images.
//!
//! One image holds the manifests for Flux, one image each a Helm chart. The bytes depend on nothing but what
//! is passed in: entries are sorted, times and owners are zero, and every JSON document has its fields in one
//! order.

mod digests;
mod layout;

pub use digests::Digests;
pub use layout::Artifact;

use std::collections::{BTreeMap, BTreeSet};

use oci_distribution::Reference;

use crate::chart::PackedChart;
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::manifest::FLUX_CONTENT;
use crate::oci::{Draft, Image, compress, tar_tree};
use crate::path::RelPath;

/// The media type of the configuration of an artifact for Flux. Part of every digest.
pub const FLUX_CONFIG: &str = "application/vnd.cncf.flux.config.v1+json";
/// The directory of the rendered tree that is for review only and stays behind.
pub const UNSHIPPED: &str = "objects";

/// The annotation of the manifest with the time of the commit.
pub const CREATED: &str = "org.opencontainers.image.created";
const SOURCE: &str = "org.opencontainers.image.source";
/// The annotation of the manifest that says which commit was compiled.
pub const REVISION: &str = "org.opencontainers.image.revision";

const INVALID_REFERENCE: Code = Code::error("L808", "invalid-reference");
const DROPPED_BY_FLUX: Code = Code::warning("L809", "dropped-by-flux");

/// What goes into an artifact.
#[derive(Clone, Copy, Debug)]
pub struct PackInput<'a> {
    /// The rendered tree; `objects/` stays behind.
    pub files: &'a Files,
    /// The charts of the landscape.
    pub charts: &'a [PackedChart],
    /// Where the artifact is going to be pushed, `registry.example.org/landscapes/local`; charts go below
    /// `charts/`.
    pub repository: &'a str,
    /// The tags of the artifact, at least one.
    pub tags: &'a [String],
    /// The time of the commit, RFC 3339 in UTC with a `Z`.
    pub created: &'a str,
    /// The URL of the source repository.
    pub source: &'a str,
    /// The commit, as Flux writes it: `main@sha1:<hex>`.
    pub revision: &'a str,
}

/// Packs the rendered tree and the charts; nothing is signed yet.
pub fn pack(input: &PackInput<'_>, report: &mut Report) -> Result<Artifact, Reported> {
    for tag in input.tags {
        check_tag(input.repository, tag).map_err(|finding| report.refuse(finding))?;
    }
    let shipped: Files = input
        .files
        .iter()
        .filter(|(path, _)| path.parts().next() != Some(UNSHIPPED))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect();
    report.extend(shipped.iter().filter_map(|(path, _)| dropped_by_flux(path, Place::file(path.as_str()))));
    let mut images = vec![manifests(input, &shipped)];
    images.extend(input.charts.iter().map(|chart| chart.image().clone()));
    Ok(Artifact { repository: input.repository.to_owned(), created: input.created.to_owned(), images })
}

/// Whether a tag may be given to an artifact: within the grammar, and not kept for what is signed about another one.
pub fn check_tag(repository: &str, tag: &str) -> Result<(), Diagnostic> {
    let hex = tag.strip_prefix("sha256-").and_then(|rest| rest.get(..64));
    if hex.is_some_and(|hex| Digest::parse(&format!("sha256:{hex}")).is_some()) {
        return Err(Diagnostic::new(
            INVALID_REFERENCE,
            format!("the tag `{tag}` is kept for signatures"),
            Place::default(),
        )
        .why("verifiers look there for what was signed about an artifact, and would find another artifact")
        .help("choose another tag"));
    }
    check_reference(repository, tag)
}

/// Whether a repository with its host and a tag are within the grammar of the distribution specification.
pub fn check_reference(repository: &str, tag: &str) -> Result<(), Diagnostic> {
    let full = format!("{repository}:{tag}");
    let is_full = |reference: Reference| {
        // Without a host in front, a reference would be completed to one of Docker's registry.
        full.starts_with(&format!("{}/", reference.registry())) && reference.digest().is_none()
    };
    if Reference::try_from(&*full).is_ok_and(is_full) {
        return Ok(());
    }
    Err(Diagnostic::new(INVALID_REFERENCE, format!("`{full}` is no OCI reference"), Place::default())
        .why("no registry takes such a name")
        .help("name a host and a repository in lower case, and a tag of at most 128 letters, digits, `.`, `_` or `-`"))
}

/// The image of the manifests, as `flux push artifact` would write it.
fn manifests(input: &PackInput<'_>, shipped: &Files) -> Image {
    let tar = tar_tree(shipped);
    let config = format!(
        concat!(
            r#"{{"architecture":"","created":"{}","history":[{{"created":"0001-01-01T00:00:00Z"}}],"os":"","#,
            r#""rootfs":{{"type":"layers","diff_ids":["{}"]}},"config":{{}}}}"#
        ),
        input.created,
        Digest::of(&tar),
    );
    let annotations: BTreeMap<String, String> =
        [(CREATED, input.created), (SOURCE, input.source), (REVISION, input.revision)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
    let mut draft = Draft::new(FLUX_CONFIG, config.into_bytes());
    draft.layer(FLUX_CONTENT, compress(&tar));
    draft.manifest.annotations = annotations;
    let tags: BTreeSet<&String> = input.tags.iter().collect();
    draft.image("", tags.into_iter().cloned().collect())
}

/// A warning for a file that source-controller leaves out when it unpacks an artifact.
///
/// upstream: fluxcd/pkg, sourceignore/sourceignore.go, the default patterns
pub(crate) fn dropped_by_flux(path: &RelPath, place: Place) -> Option<Diagnostic> {
    const DIRECTORIES: [&str; 3] = [".git", ".github", ".circleci"];
    const NAMES: [&str; 11] = [
        ".gitignore",
        ".gitmodules",
        ".gitattributes",
        ".travis.yml",
        ".gitlab-ci.yml",
        "appveyor.yml",
        ".drone.yml",
        "cloudbuild.yaml",
        ".goreleaser.yml",
        ".sops.yaml",
        ".flux.yaml",
    ];
    const ENDINGS: [&str; 8] = [".jpg", ".jpeg", ".gif", ".png", ".wmv", ".flv", ".tar.gz", ".zip"];
    let name = path.name()?;
    let parent = path.parent();
    let dropped = NAMES.contains(&name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || (name.starts_with("codeship-") && path.extension() == Some("yml"))
        || parent.parts().any(|part| DIRECTORIES.contains(&part));
    let why = "source-controller leaves it out when it unpacks the artifact, and says nothing";
    dropped.then(|| {
        Diagnostic::new(DROPPED_BY_FLUX, format!("Flux ignores files named like `{name}`"), place)
            .why(why)
            .help("give the object another name")
    })
}

#[cfg(test)]
mod tests;
