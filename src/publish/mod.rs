//! Publish: Signed -> Receipt. Blobs first, then manifests, signatures, and tags last.
//!
//! Whoever follows a tag finds everything behind it, signed, at any moment of a run and after a run that died. What is
//! there already is not sent again, so a run that died is finished by the next one.

mod guard;
mod receipt;
mod shipment;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

pub use guard::{Descent, Guard};
pub use receipt::{Receipt, Sent};
pub use shipment::{Parcel, Shipment};

use shipment::changed;

use crate::artifact;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::Digest;
use crate::oci::{self, Descriptor};
use crate::registry::{AT_ONCE, Blob, Pushed, Registries, Repository};
use crate::sign;

const UNSIGNED: Code = Code::error("L837", "unsigned");

/// How often signatures are written again that others overwrote.
const ROUNDS: usize = 5;

/// Pushes everything, and tells how far it is: bytes of blobs done, and of all blobs.
pub fn publish(
    shipment: &Shipment,
    registries: &Registries<'_>,
    guard: &Guard<'_>,
    tell: &dyn Fn(u64, u64),
) -> Result<Receipt, Diagnostic> {
    if let Some(parcel) = shipment.unsigned().next() {
        let name = format!("{}@{}", shipment.repository_of(parcel), parcel.descriptor.digest);
        let message = format!("`{name}` lacks a signature");
        return Err(Diagnostic::new(UNSIGNED, message, Place::default())
            .why("a tag that led to it would make Flux refuse everything, or apply what nobody vouches for")
            .help("name the private key with `--key`"));
    }
    for parcel in &shipment.parcels {
        let repository = shipment.repository_of(parcel);
        parcel.tags.iter().try_for_each(|tag| artifact::check_reference(&repository, tag))?;
    }
    let (host, name) = shipment.repository.split_once('/').unwrap_or((&shipment.repository, ""));
    let transfer = Transfer { shipment, registries, host, name };
    registries.wait(async {
        guard.check(shipment, &|parcel| transfer.repository(&parcel.path)).await?;
        let sent = transfer.blobs(tell).await?;
        transfer.images().await?;
        transfer.signatures().await?;
        // Another run may have been faster.
        guard.check(shipment, &|parcel| transfer.repository(&parcel.path)).await?;
        transfer.tags().await?;
        transfer.settle().await?;
        guard.check_versions(shipment, &|parcel| transfer.repository(&parcel.path)).await?;
        Ok(Receipt::new(shipment, sent))
    })
}

/// A blob that repositories lack.
struct Wanted<'t> {
    blob: Blob,
    /// The repositories, below the artifact's own.
    paths: Vec<&'t str>,
    /// A repository of the registry that has it.
    elsewhere: Option<&'t str>,
}

struct Transfer<'t, 'c> {
    shipment: &'t Shipment,
    registries: &'t Registries<'c>,
    host: &'t str,
    name: &'t str,
}

impl<'t> Transfer<'t, '_> {
    /// The repository below the artifact's own.
    fn repository(&self, path: &str) -> Repository<'t> {
        self.registries.repository(self.host, &oci::below(self.name, path))
    }

    /// Sends the blobs of every manifest that is not there yet.
    async fn blobs(&self, tell: &dyn Fn(u64, u64)) -> Result<Sent, Diagnostic> {
        let wanted = self.missing_blobs().await?;
        let all = wanted.values().map(|wanted| wanted.blob.size() * wanted.paths.len() as u64).sum();
        let mut sent = Sent::default();
        let mut done = 0;
        tell(done, all);
        let mut pushes = stream::iter(&wanted)
            .map(|(digest, wanted)| self.push_everywhere(*digest, wanted))
            .buffer_unordered(AT_ONCE);
        while let Some(pushed) = pushes.try_next().await? {
            for (pushed, size) in pushed {
                sent.count(pushed, size);
                done += size;
            }
            tell(done, all);
        }
        Ok(sent)
    }

    /// The blobs of the manifests that are not there yet.
    async fn missing_blobs(&self) -> Result<BTreeMap<Digest, Wanted<'t>>, Diagnostic> {
        let unknown: Vec<&Parcel> = stream::iter(&self.shipment.parcels)
            .map(async |parcel| {
                // A registry takes a manifest only when it has all that the manifest names.
                let known = self.repository(&parcel.path).has_manifest(parcel.descriptor.digest).await?;
                Ok((!known).then_some(parcel))
            })
            .buffered(AT_ONCE)
            .try_filter_map(async |parcel| Ok(parcel))
            .try_collect()
            .await?;
        let mut wanted: BTreeMap<Digest, Wanted<'_>> = BTreeMap::new();
        for parcel in unknown {
            for (digest, blob) in &parcel.blobs {
                let wanted = wanted.entry(*digest).or_insert_with(|| Wanted {
                    blob: blob.clone(),
                    paths: Vec::new(),
                    elsewhere: None,
                });
                wanted.elsewhere = wanted.elsewhere.or(parcel.elsewhere.as_deref());
                if !wanted.paths.contains(&parcel.path.as_str()) {
                    wanted.paths.push(&parcel.path);
                }
            }
        }
        Ok(wanted)
    }

    /// Sends a blob once, if at all; the other repositories take it over from the first.
    async fn push_everywhere(
        &self,
        digest: Digest,
        Wanted { blob, paths, elsewhere }: &Wanted<'_>,
    ) -> Result<Vec<(Pushed, u64)>, Diagnostic> {
        let mut first = elsewhere.map(str::to_owned);
        let mut pushed = Vec::with_capacity(paths.len());
        for path in paths {
            let repository = self.repository(path);
            let done = repository.push_blob(digest, blob, first.as_deref()).await;
            pushed.push((done.map_err(|fault| changed(digest, blob).unwrap_or(fault))?, blob.size()));
            first = first.or(Some(repository.name));
        }
        Ok(pushed)
    }

    /// Pushes the manifests under their digests, where nobody looks yet.
    async fn images(&self) -> Result<(), Diagnostic> {
        self.each(self.shipment.images(), async |parcel: &Parcel| {
            let repository = self.repository(&parcel.path);
            let digest = parcel.descriptor.digest;
            let is_new = !repository.has_manifest(digest).await?;
            if is_new {
                repository.push_manifest(&digest.to_string(), &parcel.manifest).await?;
            }
            Ok(is_new)
        })
        .await
        .map(drop)
    }

    /// Pushes the signatures that are not there; says whether any was not.
    async fn signatures(&self) -> Result<bool, Diagnostic> {
        Ok(self.referrers().await? | self.legacy_signatures().await?)
    }

    /// Sees to it that the signatures stay: another run that read the lists before ours were in them writes them without.
    async fn settle(&self) -> Result<(), Diagnostic> {
        for _ in 0..ROUNDS {
            if !self.signatures().await? {
                return Ok(());
            }
        }
        Err(self.repository("").contended("the signatures"))
    }

    /// Pushes what has a subject, and sees to it that it is found through it; says whether any was not.
    async fn referrers(&self) -> Result<bool, Diagnostic> {
        let mut by_subject: BTreeMap<(&str, Digest), Vec<&Parcel>> = BTreeMap::new();
        for parcel in &self.shipment.parcels {
            if let Some(subject) = parcel.subject {
                by_subject.entry((&parcel.path, subject)).or_default().push(parcel);
            }
        }
        self.each(
            by_subject.into_iter(),
            async |((path, subject), parcels): ((&str, Digest), Vec<&Parcel>)| {
                let repository = self.repository(path);
                let listed: BTreeSet<Digest> =
                    repository.referrers(subject).await?.iter().map(|known| known.digest).collect();
                let mut unlisted = Vec::new();
                let mut is_new = false;
                for parcel in parcels.into_iter().filter(|parcel| !listed.contains(&parcel.descriptor.digest))
                {
                    is_new = true;
                    let digest = parcel.descriptor.digest.to_string();
                    if !repository.push_manifest(&digest, &parcel.manifest).await? {
                        // A list of referrers shows what their manifests say of themselves.
                        let annotations = parcel.annotations.clone();
                        unlisted.push(Descriptor { annotations, ..parcel.descriptor.clone() });
                    }
                }
                repository.add_referrers(subject, &unlisted).await?;
                Ok(is_new)
            },
        )
        .await
    }

    /// Pushes the legacy signatures; those that others made of the same image stay. Says whether any was not there.
    async fn legacy_signatures(&self) -> Result<bool, Diagnostic> {
        self.each(self.shipment.legacy_signatures(), async |(parcel, tag): (&Parcel, &str)| {
            let repository = self.repository(&parcel.path);
            let Some(there) = repository.manifest(tag).await? else {
                repository.push_manifest(tag, &parcel.manifest).await?;
                return Ok(true);
            };
            let Some((config, manifest)) = sign::merge_legacy(&there.bytes, &parcel.manifest) else {
                return Ok(false);
            };
            repository.push_blob(Digest::of(&config), &Blob::Memory(config.into()), None).await?;
            repository.push_manifest(tag, &manifest).await?;
            Ok(true)
        })
        .await
    }

    /// Moves the tags: those of the charts first, as the manifests name them.
    async fn tags(&self) -> Result<(), Diagnostic> {
        let (main, charts): (Vec<_>, Vec<_>) =
            self.shipment.tagged().partition(|(parcel, _)| parcel.path.is_empty());
        for group in [charts, main] {
            self.each(group.into_iter(), async |(parcel, tag): (&Parcel, &str)| {
                let repository = self.repository(&parcel.path);
                let is_new = repository.resolve(tag).await? != Some(parcel.descriptor.digest);
                if is_new {
                    repository.push_manifest(tag, &parcel.manifest).await?;
                }
                Ok(is_new)
            })
            .await?;
        }
        Ok(())
    }

    /// Does something with each, several at once, until one fails; says whether there was anything to do.
    async fn each<T>(
        &self,
        all: impl Iterator<Item = T>,
        work: impl AsyncFn(T) -> Result<bool, Diagnostic>,
    ) -> Result<bool, Diagnostic> {
        let done = stream::iter(all).map(|one| work(one)).buffer_unordered(AT_ONCE);
        done.try_fold(false, async |before, done| Ok(before | done)).await
    }
}
