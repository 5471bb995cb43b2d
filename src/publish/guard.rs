//! What a tag may not be moved to: a version to other content, and any tag back in the history of the source.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{Parcel, Shipment};
use crate::artifact::{CREATED, REVISION};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::oci::Manifest;
use crate::registry::{AT_ONCE, Repository};

const VERSION_TAKEN: Code = Code::error("L835", "version-taken");
const OLDER_THAN_PUBLISHED: Code = Code::error("L836", "older-than-published");

/// How one commit stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descent {
    /// It is the other, or has it among its ancestors.
    Follows,
    /// It does not have the other among its ancestors.
    DoesNotFollow,
    /// One of the two is not to be found here, as in a shallow clone.
    Unknown,
}

/// Watches over the tags of a run.
#[derive(Clone, Copy)]
pub struct Guard<'g> {
    /// How one commit, in hexadecimal, stands to another one.
    pub descent: &'g dyn Fn(&str, &str) -> Descent,
    /// Tags may go back in history; versions still never move.
    pub allow_older: bool,
}

impl Guard<'_> {
    /// Asks the registry what the tags lead to now, and refuses moves that must not be made.
    pub(super) async fn check<'r>(
        &self,
        shipment: &Shipment,
        repository: &dyn Fn(&Parcel) -> Repository<'r>,
    ) -> Result<(), Diagnostic> {
        self.check_all(shipment.tagged(), repository).await
    }

    /// That the versions lead to what was pushed, and not to what another run made of them meanwhile.
    pub(super) async fn check_versions<'r>(
        &self,
        shipment: &Shipment,
        repository: &dyn Fn(&Parcel) -> Repository<'r>,
    ) -> Result<(), Diagnostic> {
        self.check_all(shipment.tagged().filter(|(_, tag)| is_version(tag)), repository).await
    }

    async fn check_all<'r>(
        &self,
        tagged: impl Iterator<Item = (&Parcel, &str)>,
        repository: &dyn Fn(&Parcel) -> Repository<'r>,
    ) -> Result<(), Diagnostic> {
        stream::iter(tagged)
            .map(|(parcel, tag)| self.check_tag(parcel, tag, repository(parcel)))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn check_tag(
        &self,
        parcel: &Parcel,
        tag: &str,
        repository: Repository<'_>,
    ) -> Result<(), Diagnostic> {
        let Some(found) = repository.manifest(tag).await? else {
            return Ok(());
        };
        let digest = parcel.descriptor.digest;
        if found.digest == digest {
            return Ok(());
        }
        let name = repository.full_name();
        let place = || Place::file(format!("oci://{name}:{tag}"));
        if is_version(tag) {
            let message = format!("the version `{tag}` is published already, with other content");
            let finding = Diagnostic::new(VERSION_TAKEN, message, place());
            let why = format!(
                "it is {}, and this is {digest}; whoever has used a version must find it again",
                found.digest
            );
            let help = if parcel.path.is_empty() {
                "choose another version; a tag such as `latest` may move"
            } else {
                "raise `version` in the `Chart.yaml` of the chart"
            };
            return Err(finding.why(why).help(help));
        }
        let published = serde_json::from_slice::<Manifest>(&found.bytes);
        let published = published.map(|manifest| manifest.annotations).unwrap_or_default();
        let text = |name: &str| (published.get(name), parcel.annotations.get(name));
        let (Some(before), now) = text(REVISION) else {
            return Ok(());
        };
        // What was made outside of any history stands nowhere in it.
        let descent = now.map_or(Descent::Unknown, |now| (self.descent)(commit(now), commit(before)));
        let older = match descent {
            Descent::Follows => false,
            Descent::DoesNotFollow => true,
            // The times of the commits are in RFC 3339 and UTC, whose texts sort as they do.
            Descent::Unknown => matches!(text(CREATED), (Some(before), Some(now)) if now < before),
        };
        if !older || self.allow_older {
            return Ok(());
        }
        let now = now.map_or("what is outside of git".to_owned(), |now| format!("`{now}`"));
        let message =
            format!("the tag `{tag}` was published from `{before}`, which {now} does not come after");
        Err(Diagnostic::new(OLDER_THAN_PUBLISHED, message, place())
            .why("Flux would undo on the clusters what came in between")
            .help("publish a commit that contains the published one, or say `--allow-older` to go back on purpose"))
    }
}

/// A tag that names one version for good: `1.2.3`, `v1.2.3-rc.1`, with `_` for `+` as in charts.
fn is_version(tag: &str) -> bool {
    let version = tag.strip_prefix('v').unwrap_or(tag).replace('_', "+");
    semver::Version::parse(&version).is_ok()
}

/// The hexadecimal name of the commit in a revision such as `main@sha1:<hex>-dirty`.
fn commit(revision: &str) -> &str {
    let name = revision.rsplit_once(':').map_or(revision, |(_, name)| name);
    name.strip_suffix("-dirty").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stay_and_names_move() {
        for tag in ["1.2.3", "v1.2.3", "v1.2.3-rc.1", "0.3.0_abc"] {
            assert!(is_version(tag), "{tag}");
        }
        for tag in ["latest", "main", "v1", "1.2", "stable", "2026-11-21", "v"] {
            assert!(!is_version(tag), "{tag}");
        }
    }

    #[test]
    fn the_commit_is_read_from_every_form_of_a_revision() {
        for revision in ["sha1:c0ffee", "main@sha1:c0ffee", "sha1:c0ffee-dirty", "v1.0@sha1:c0ffee"] {
            assert_eq!(commit(revision), "c0ffee");
        }
    }
}
