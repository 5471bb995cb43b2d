//! Locking: what registries say of the references of a landscape.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::Stock;
use crate::chart::{self, CHART_LAYER};
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::digest::Digest;
use crate::files::Files;
use crate::inventory::Kind;
use crate::lock::{self, Inquiry, Lock};
use crate::oci::reference::Reference;
use crate::oci::{Descriptor, Image, Manifest};
use crate::registry::{AT_ONCE, Access, Found, Registries, Repository};
use crate::relocate::{self, Copy};

const NOT_THERE: Code = Code::error("L755", "reference-leads-nowhere");
const NOT_A_CHART: Code = Code::error("L756", "not-a-chart");

/// Bytes of the archive of a chart; unpacked it may have five times as many.
const ARCHIVE_LIMIT: u64 = 20 << 20;

/// Brings the lock of a landscape up to date; nothing that is known is asked for again, unless `renew` says so.
pub fn lock(
    stock: &Stock,
    renew: &dyn Fn(Kind, &Reference) -> bool,
    access: &Access<'_>,
    report: &mut Report,
) -> Result<Lock, Reported> {
    // What cannot be read may refer to something, which would be dropped.
    report.reported()?;
    let registries = Registries::new(access).map_err(|fault| report.refuse(fault))?;
    let inquiry = Inquiry {
        digests: &|references| together(&registries, references, &digest),
        charts: &|references| together(&registries, references, &chart),
    };
    lock::update(&stock.known.lock, &stock.inventory, renew, &inquiry, report)
}

/// Asks several questions at once; each answer stands at the place of its question.
fn together<'q, T>(
    registries: &'q Registries<'_>,
    references: &'q [Reference],
    ask: &impl AsyncFn(&'q Registries<'_>, &'q Reference) -> T,
) -> Vec<T> {
    let answers = stream::iter(references).map(|reference| ask(registries, reference));
    registries.wait(answers.buffered(AT_ONCE).collect())
}

/// The digest that a reference leads to.
async fn digest(registries: &Registries<'_>, reference: &Reference) -> Result<Digest, Diagnostic> {
    let repository = registries.repository(&reference.registry, &reference.repository);
    let found = repository.resolve(&version(reference)).await?;
    found.map(|found| reference.digest.unwrap_or(found)).ok_or_else(|| missing(reference))
}

/// The manifest of a chart, as it is and taken apart, and the layer with the files.
async fn manifest(
    repository: &Repository<'_>,
    reference: &Reference,
) -> Result<(Found, Manifest, Descriptor), Diagnostic> {
    let found = repository.manifest(&version(reference)).await?.ok_or_else(|| missing(reference))?;
    let manifest: Option<Manifest> = serde_json::from_slice(&found.bytes).ok();
    let files =
        |manifest: &Manifest| manifest.layers.iter().find(|layer| layer.media_type == CHART_LAYER).cloned();
    let read = manifest.and_then(|manifest| Some((files(&manifest)?, manifest)));
    let (layer, manifest) = read.ok_or_else(|| not_a_chart(reference))?;
    Ok((found, manifest, layer))
}

/// The files of a chart.
async fn chart(registries: &Registries<'_>, reference: &Reference) -> Result<Files, Diagnostic> {
    let repository = registries.repository(&reference.registry, &reference.repository);
    let (_, _, layer) = manifest(&repository, reference).await?;
    let archive = repository.blob(&layer, ARCHIVE_LIMIT).await?.ok_or_else(|| missing(reference))?;
    chart::unpack(&archive).map_err(|why| {
        let message = format!("the archive of the chart `{}` cannot be opened: {why}", reference.tagged());
        Diagnostic::new(NOT_A_CHART, message, Place::default())
            .why("Helm and Gardener refuse it, too, or it means harm")
            .help("ask who publishes the chart; lock another version of it")
    })
}

/// Charts with all that belongs to them, as they are in their registries, for the places that they have to be in.
pub(super) fn copied(
    copies: &[Copy],
    access: &Access<'_>,
    report: &mut Report,
) -> Result<Vec<Image>, Reported> {
    let registries = Registries::new(access).map_err(|fault| report.refuse(fault))?;
    let sources: Vec<Reference> = copies.iter().map(|copy| copy.source.clone()).collect();
    let mut images: BTreeMap<(String, Digest), Image> = BTreeMap::new();
    let mut tagged: BTreeMap<(String, String), &Reference> = BTreeMap::new();
    let mut reported = None;
    for (source, answer) in sources.iter().zip(together(&registries, &sources, &image)) {
        let (image, tag) = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                reported = Some(report.refuse(fault));
                continue;
            }
        };
        let first = *tagged.entry((image.path.clone(), tag.clone())).or_insert(source);
        if first.digest != source.digest {
            reported = Some(report.refuse(relocate::same_tag(&tag, first, source)));
            continue;
        }
        // One chart may have several tags.
        let key = (image.path.clone(), image.descriptor.digest);
        let known = images.entry(key).or_insert(image);
        if !known.tags.contains(&tag) {
            known.tags.push(tag);
        }
    }
    reported.map_or_else(|| Ok(images.into_values().collect()), Err)
}

/// A chart, and the tag that it is to have.
async fn image(registries: &Registries<'_>, reference: &Reference) -> Result<(Image, String), Diagnostic> {
    let repository = registries.repository(&reference.registry, &reference.repository);
    let (found, manifest, _) = manifest(&repository, reference).await?;
    let mut blobs = BTreeMap::new();
    for blob in manifest.layers.iter().chain([&manifest.config]) {
        let bytes = repository.blob(blob, ARCHIVE_LIMIT).await?.ok_or_else(|| missing(reference))?;
        blobs.insert(blob.digest, Arc::from(bytes));
    }
    let descriptor = Descriptor::of(&found.media_type, &found.bytes);
    blobs.insert(descriptor.digest, found.bytes.into());
    let path = format!("charts/{}", reference.last_part());
    // Who names a chart by its digest alone has it under its version, as Helm would push it.
    let config = blobs.get(&manifest.config.digest).map_or(&b""[..], |config| config);
    let tag = reference.tag.clone().unwrap_or_else(|| chart::name_and_tag(config).1);
    if tag.is_empty() {
        return Err(not_a_chart(reference));
    }
    Ok((Image { path, tags: Vec::new(), descriptor, blobs }, tag))
}

fn not_a_chart(reference: &Reference) -> Diagnostic {
    let message = format!("`{}` is no Helm chart", reference.tagged());
    Diagnostic::new(NOT_A_CHART, message, Place::default())
        .why(format!("whoever installs it looks for a layer of the type `{CHART_LAYER}`"))
        .help("name the repository of the chart, not that of an image")
}

/// What to ask for: a digest wins.
fn version(reference: &Reference) -> String {
    let digest = reference.digest.map(|digest| digest.to_string());
    digest.or_else(|| reference.tag.clone()).unwrap_or_default()
}

fn missing(reference: &Reference) -> Diagnostic {
    let message = format!("there is no `{reference}`");
    Diagnostic::new(NOT_THERE, message, Place::default())
        .why("the registry was asked and does not have it; nobody could pull it")
        .help("check the repository and the version")
}
