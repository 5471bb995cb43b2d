//! References to images in registries, as strictly as Gardener's chart puller reads them.

use std::fmt;

use crate::digest::Digest;

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It names no registry, and none is assumed.
    NoRegistry,
    /// What names the registry is no host with an optional port.
    Registry,
    /// The repository has characters that no repository has, or none, or too many.
    Repository,
    /// Docker's own registry has no repositories outside of a namespace.
    NoNamespace,
    /// It has neither a tag nor a digest.
    NoVersion,
    /// The tag has characters that no tag has, or too many.
    Tag,
    /// The digest is no SHA-256.
    Digest,
    /// Container runtimes read it otherwise, or not at all.
    Grammar,
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoRegistry => "it names no registry",
            Self::Registry => "its registry is no host",
            Self::Repository => {
                "its repository has other characters than lower-case letters, digits and `._-/`"
            }
            Self::NoNamespace => "its repository lacks the namespace, `library`",
            Self::NoVersion => "it has neither a tag nor a digest",
            Self::Tag => "its tag has other characters than letters, digits and `._-`",
            Self::Digest => "its digest is not `sha256:` and 64 hexadecimal digits",
            Self::Grammar => "a part of it is empty, or has a sign where container runtimes take none",
        })
    }
}

const REPOSITORY_LIMIT: usize = 255;
const TAG_LIMIT: usize = 128;
const DOCKER: [&str; 2] = ["docker.io", "index.docker.io"];

/// A reference taken apart, `registry/repository:tag`, `…@sha256:…` or both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The host, with its port.
    pub registry: String,
    /// The repository on that host.
    pub repository: String,
    /// The tag; a digest beside it wins.
    pub tag: Option<String>,
    /// The digest of the manifest.
    pub digest: Option<Digest>,
}

impl Reference {
    /// Reads a reference, which must leave nothing to be assumed.
    ///
    /// upstream: github.com/google/go-containerregistry/pkg/name, ParseReference with StrictValidation
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        let (base, digest) = match text.split_once('@') {
            Some((base, digest)) => (base, Some(Digest::parse(digest).ok_or(Unusable::Digest)?)),
            None => (text, None),
        };
        let (name, tag) = split_tag(base);
        if tag.is_none() && digest.is_none() {
            return Err(Unusable::NoVersion);
        }
        if !tag.is_none_or(is_tag) {
            return Err(Unusable::Tag);
        }
        let (registry, repository) = split_name(name)?;
        Ok(Self {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        })
    }

    /// Reads the reference of an image as container runtimes do, which assume Docker's registry, its namespace `library`
    /// and the tag `latest`.
    ///
    /// upstream: github.com/distribution/reference, ParseDockerRef, with the grammar of reference.go
    pub fn parse_image(text: &str) -> Result<Self, Unusable> {
        let (base, digest) = text.split_once('@').map_or((text, None), |(base, rest)| (base, Some(rest)));
        let (name, tag) = split_tag(base);
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if first == "localhost" || first.contains(['.', ':']) => (first, rest),
            _ => (DOCKER[0], name),
        };
        let registry = if DOCKER.contains(&registry) { DOCKER[0] } else { registry };
        let library = if registry == DOCKER[0] && !repository.contains('/') { "library/" } else { "" };
        let mut whole = format!("{registry}/{library}{repository}");
        match (tag, digest) {
            (None, None) => whole.push_str(":latest"),
            (tag, digest) => {
                whole.extend(tag.map(|tag| format!(":{tag}")));
                whole.extend(digest.map(|digest| format!("@{digest}")));
            }
        }
        let reference = Self::parse(&whole)?;
        // The grammar has addresses of IPv6, which the crate does not know.
        let named = match whole.split_once(']') {
            Some((_, rest)) if whole.starts_with('[') => format!("localhost{rest}"),
            _ => whole,
        };
        oci_distribution::Reference::try_from(named).map_or(Err(Unusable::Grammar), |_| Ok(reference))
    }

    /// The reference without its digest, unless it has nothing else: what a person calls the artifact.
    #[must_use]
    pub fn tagged(&self) -> Self {
        let digest = self.digest.filter(|_| self.tag.is_none());
        Self { digest, ..self.clone() }
    }

    /// The reference at a digest.
    #[must_use]
    pub fn at(&self, digest: Digest) -> Self {
        Self { digest: Some(digest), ..self.clone() }
    }

    /// The last part of the repository.
    pub fn last_part(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The repository with its host.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

impl serde::Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.registry, self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(formatter, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(formatter, "@{digest}"))
    }
}

/// A reference without a digest, its tag apart. A colon before a slash belongs to a port.
pub(crate) fn split_tag(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once(':') {
        Some((base, tag)) if !tag.contains('/') => (base, Some(tag)),
        _ => (reference, None),
    }
}

/// Whether a tag can be called so.
pub(crate) fn is_tag(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=TAG_LIMIT).contains(&text.len()) && text.bytes().all(inner)
}

/// Whether a repository can be called so on its host.
pub(crate) fn is_repository(text: &str) -> bool {
    let inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.' | b'/')
    };
    (1..=REPOSITORY_LIMIT).contains(&text.len()) && text.bytes().all(inner)
}

/// The host and the repository on it.
fn split_name(name: &str) -> Result<(&str, &str), Unusable> {
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if first == "localhost" || first.contains(['.', ':']) => (first, rest),
        _ => ("", name),
    };
    if !is_repository(repository) {
        return Err(Unusable::Repository);
    }
    if registry.is_empty() {
        return Err(Unusable::NoRegistry);
    }
    if !is_authority(registry) {
        return Err(Unusable::Registry);
    }
    if DOCKER.contains(&registry) && !repository.contains('/') {
        return Err(Unusable::NoNamespace);
    }
    Ok((registry, repository))
}

/// Whether it is a host with an optional port, as a URL has it.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, ""),
        Some((host, behind)) => match behind.strip_prefix(':') {
            Some(port) => (host, port),
            None => return false,
        },
        None => text.rsplit_once(':').unwrap_or((text, "")),
    };
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:\"<>".contains(&byte);
    port.bytes().all(|byte| byte.is_ascii_digit()) && host.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_full_reference_has_registry_repository_and_version() {
        for reference in [
            "registry.example.org/charts/one:v1.2.3",
            "registry.example.org:5000/one:v1",
            "localhost/one:v1",
            "10.0.0.1/one:v1",
            "[::1]:5000/one:v1",
            "docker.io/library/one:v1",
        ] {
            for text in [reference.to_owned(), format!("{reference}@{DIGEST}")] {
                assert_eq!(Reference::parse(&text).map(|parsed| parsed.to_string()), Ok(text));
            }
        }
        let digest_alone = format!("registry.example.org/one@{DIGEST}");
        assert_eq!(Reference::parse(&digest_alone).map(|parsed| parsed.tag), Ok(None));
    }

    #[test]
    fn an_image_is_completed_as_runtimes_do() {
        for (text, whole) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("alpine:3.20", "docker.io/library/alpine:3.20"),
            ("index.docker.io/alpine:3.20", "docker.io/library/alpine:3.20"),
            ("grafana/grafana:11", "docker.io/grafana/grafana:11"),
            ("localhost/one", "localhost/one:latest"),
            ("registry.example.org:5000/one", "registry.example.org:5000/one:latest"),
        ] {
            assert_eq!(Reference::parse_image(text).map(|parsed| parsed.to_string()), Ok(whole.to_owned()));
        }
        let pinned = format!("alpine@{DIGEST}");
        let whole = format!("docker.io/library/{pinned}");
        assert_eq!(Reference::parse_image(&pinned).map(|parsed| parsed.to_string()), Ok(whole));
        assert_eq!(Reference::parse_image("Alpine:3"), Err(Unusable::Repository));
        let address = "[::1]:5000/one:v1";
        assert_eq!(Reference::parse_image(address).map(|parsed| parsed.to_string()), Ok(address.to_owned()));
        for text in ["https://nginx:1", "r.example.org/a//b:v1", "r.example.org/a:-v1", "r.example.org:/a:v1"]
        {
            assert_eq!(Reference::parse_image(text), Err(Unusable::Grammar), "{text}");
            assert!(Reference::parse(text).is_ok(), "Gardener's puller is more lenient: {text}");
        }
    }

    #[test]
    fn a_tag_is_the_name_of_an_artifact_and_a_digest_only_without_one() {
        let named = |text: &str| Reference::parse(text).map(|parsed| parsed.tagged().to_string());
        let pinned = format!("registry.example.org/one:v1@{DIGEST}");
        assert_eq!(named(&pinned), Ok("registry.example.org/one:v1".to_owned()));
        let untagged = format!("registry.example.org/one@{DIGEST}");
        assert_eq!(named(&untagged), Ok(untagged));
    }

    #[test]
    fn nothing_is_made_up_that_a_reference_leaves_out() {
        for (reference, why) in [
            ("", Unusable::NoVersion),
            ("registry.example.org/one", Unusable::NoVersion),
            ("registry.example.org:5000/one", Unusable::NoVersion),
            ("registry.example.org/one:", Unusable::Tag),
            ("registry.example.org/one:a+b", Unusable::Tag),
            ("charts/one:v1", Unusable::NoRegistry),
            ("one:v1", Unusable::NoRegistry),
            ("docker.io/one:v1", Unusable::NoNamespace),
            ("registry.example.org/One:v1", Unusable::Repository),
            ("registry.example.org/:v1", Unusable::Repository),
            ("registry.example.org:a/one:v1", Unusable::Registry),
            ("registry example.org/one:v1", Unusable::Registry),
            ("registry.example.org/one@sha256:abc", Unusable::Digest),
            ("registry.example.org/one@md5:abc", Unusable::Digest),
            ("registry.example.org/one@a@b", Unusable::Digest),
        ] {
            assert_eq!(Reference::parse(reference), Err(why), "{reference}");
        }
    }
}
