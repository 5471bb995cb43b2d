//! Verify: a rendered directory, a layout, or what was fetched from a registry + a public key -> findings.
//!
//! Everything is checked by the rules of those who will act on it: each version of Flux for signatures, the
//! gardener-resource-manager for bundles. Where those look away, this does not: the digest inside a legacy
//! signature, the tag, and the seals of `ManagedResource`s.

mod attestation;
mod bundle;
mod layout;
mod signature;
mod source;
mod statement;
mod tree;

use std::fmt;

pub use source::comparable;

use crate::diagnostic::{Code, Diagnostic, Place, Report};
use crate::digest::Digest;
use crate::files::Files;
use crate::key::PublicKey;

const SIGNATURES_NOT_CHECKED: Code = Code::note("L828", "signatures-not-checked");

/// What is verified.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The directory, or the reference, as the user typed it, for the places of findings.
    pub name: &'a str,
    /// The repository that it lies in, with its host; nothing for what lies on the disk.
    pub repository: Option<&'a str>,
    /// The repository that its signatures must be for; nothing where that of the first of them will do.
    pub signed_for: Option<&'a str>,
    /// Every file below it.
    pub files: &'a Files,
}

/// What was verified; whether it is sound, the report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The images of a layout, signatures left out.
    pub images: Vec<VerifiedImage>,
    /// Files whose digests were compared.
    pub files: usize,
    /// `ManagedResource`s found.
    pub resources: usize,
    /// Those of them with a good seal.
    pub sealed: usize,
    /// The tree that was verified: the directory, or what the layout holds.
    pub tree: Files,
}

/// An image of a layout and who accepts its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedImage {
    /// `<tag>`, or `charts/<name>:<tag>`.
    pub name: String,
    /// The digest of its manifest.
    pub digest: Digest,
    /// Who accepts it; nothing when no key was given.
    pub acceptance: Option<Acceptance>,
    /// What the key says of it beside its signature; nothing when no key was given.
    pub attested: Vec<Attested>,
}

/// What somebody signed about an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attested {
    /// What it was made from, and by whom.
    Provenance {
        /// The commit, as the revision of the artifact writes it; empty when none is named, as by a chart.
        revision: String,
        /// The SHA-256 of the sources, in hex.
        sources: String,
        /// The URI of the builder.
        builder: String,
        /// Its version.
        version: String,
    },
    /// What it makes run.
    Bom {
        /// How many charts it lists.
        charts: usize,
        /// How many images it lists.
        images: usize,
    },
    /// A statement of another type.
    Other(String),
}

/// Shown as `provenance: sha1:…, sources sha256:…, by <builder> <version>`.
impl fmt::Display for Attested {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provenance { revision, sources, builder, version } => {
                let separator = if revision.is_empty() { "" } else { ", " };
                write!(
                    formatter,
                    "provenance: {revision}{separator}sources sha256:{sources}, by {builder} {version}"
                )
            }
            Self::Bom { charts, images } => write!(formatter, "SBOM: {charts} charts, {images} images"),
            Self::Other(kind) => write!(formatter, "a statement of the type {kind}"),
        }
    }
}

/// Which versions of Flux accept an image with the key at hand, by their own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Flux up to 2.7, which reads the legacy form only.
    pub up_to_2_7: bool,
    /// Flux from 2.8 on, and the form it goes by; once there is a bundle, only bundles count.
    pub from_2_8: Option<Form>,
}

/// A form of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sigstore bundle.
    Bundle,
    /// The legacy `.sig` manifest.
    Legacy,
}

/// Shown as `Flux ≥ 2.8: yes (bundle), Flux ≤ 2.7: yes (legacy)`.
impl fmt::Display for Acceptance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let newer = match self.from_2_8 {
            Some(Form::Bundle) => "yes (bundle)",
            Some(Form::Legacy) => "yes (legacy)",
            None => "no",
        };
        let older = if self.up_to_2_7 { "yes (legacy)" } else { "no" };
        write!(formatter, "Flux ≥ 2.8: {newer}, Flux ≤ 2.7: {older}")
    }
}

/// Verifies a rendered tree: its digests, its bundles, and with a key the seals.
pub fn verify_directory(target: Target<'_>, key: Option<&PublicKey>, report: &mut Report) -> Verified {
    note_without_key(target, key, report);
    let mut verified = Verified::default();
    tree::verify(&tree::Tree { target, charts: None, revision: None }, key, &mut verified, report);
    verified
}

/// Verifies an OCI image layout: every blob, what refers to what, the tree inside, and with a key all
/// signatures.
pub fn verify_layout(target: Target<'_>, key: Option<&PublicKey>, report: &mut Report) -> Verified {
    note_without_key(target, key, report);
    let mut verified = Verified::default();
    layout::verify(target, key, &mut verified, report);
    verified
}

fn note_without_key(target: Target<'_>, key: Option<&PublicKey>, report: &mut Report) {
    if key.is_none() {
        report.push(
            Diagnostic::new(
                SIGNATURES_NOT_CHECKED,
                "no key was given, so no signature was checked",
                Place::file(target.name),
            )
            .why("digests tell whether something was damaged, not who made it")
            .help("name the public key with `--key`"),
        );
    }
}

impl Target<'_> {
    /// A file of the target, as the user would type it.
    fn shown(&self, path: &str) -> String {
        if self.repository.is_some() {
            let blob = path.strip_prefix("blobs/sha256/").map(|hex| format!(", sha256:{hex}"));
            return format!("{}{}", self.name, blob.unwrap_or_default());
        }
        if matches!(self.name, "" | ".") { path.to_owned() } else { format!("{}/{path}", self.name) }
    }

    fn place(&self, path: &str) -> Place {
        Place::file(self.shown(path))
    }
}
