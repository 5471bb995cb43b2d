//! What is said of an image beside its signature: by whom, and whether it is true of the image.

use super::layout::Entry;
use super::signature::{Checked, Outcome, SIGNATURE_OF_ANOTHER, WRONG_SIGNATURE};
use super::statement::Stated;
use super::{Acceptance, Attested, Form};
use crate::artifact::REVISION;
use crate::attest::{BOM, Bom, PROVENANCE, Provenance};
use crate::diagnostic::Code;

const FOREIGN_BUNDLE: Code = Code::warning("L850", "foreign-bundle");
const MISSING_ATTESTATION: Code = Code::error("L851", "missing-attestation");
const CONTRADICTING_ATTESTATION: Code = Code::error("L852", "contradicting-attestation");

/// What every signed artifact says of itself.
const EXPECTED: [&str; 2] = [PROVENANCE, BOM];

/// Reports what is wrong with the bundles of an image that are no signatures; gives what the others say.
pub(super) fn judge(
    checked: &mut Checked<'_, '_>,
    image: &Entry,
    bundles: &[Stated],
    acceptance: Acceptance,
) -> Vec<Attested> {
    let mut attested = Vec::new();
    let ours = bundles.iter().any(Stated::is_good);
    let unsigned = !bundles.iter().any(Stated::is_signature);
    for bundle in bundles {
        let beside = !bundle.is_signature();
        match &bundle.outcome {
            Outcome::Good(_) if beside => attested.push(contents(checked, image, bundle)),
            Outcome::Other if beside => of_another(checked, bundle),
            Outcome::NotOurs(Some(maker)) if ours || unsigned => foreign(checked, bundle, maker, acceptance),
            Outcome::NotOurs(None) if beside => damaged(checked, bundle),
            // What is wrong with the signature itself was found before.
            _ => {}
        }
    }
    if checked.path.is_empty() && bundles.iter().any(|bundle| bundle.is_signature() && bundle.is_good()) {
        for expected in EXPECTED {
            let mut good = bundles.iter().filter(|bundle| bundle.is_good());
            if !good.any(|bundle| bundle.predicate_type == expected) {
                missing(checked, expected);
            }
        }
    }
    attested
}

fn missing(checked: &mut Checked<'_, '_>, expected: &str) {
    let message = format!("`{}` is signed and has no {}", checked.name, title(expected));
    checked.report(
        MISSING_ATTESTATION,
        message,
        "whatever is signed here has one: somebody took it out, or a copy left it behind",
        "copy the artifact with all that refers to it, or pack again",
    );
}

/// What people call a statement of this type.
fn title(predicate_type: &str) -> &str {
    match predicate_type {
        PROVENANCE => "provenance",
        BOM => "SBOM",
        "" => "bundle",
        other => other,
    }
}

fn foreign(checked: &mut Checked<'_, '_>, bundle: &Stated, maker: &str, acceptance: Acceptance) {
    let what = if bundle.is_signature() { "signature" } else { title(&bundle.predicate_type) };
    let message = format!("`{}` also carries a bundle with a {what} by {maker}", checked.name);
    let why = match (acceptance.from_2_8, acceptance.up_to_2_7) {
        (Some(Form::Bundle), _) => {
            "Flux up to 2.7 reads no bundles; Flux from 2.8 on takes any bundle that verifies, and another one does: \
             no version refuses the image because of it"
        }
        (Some(Form::Legacy), _) => {
            "cosign does not take it for a bundle, so Flux from 2.8 on passes over it and goes by the legacy signature, \
             as Flux up to 2.7 does"
        }
        (_, true) => {
            "Flux from 2.8 on refuses the image: as soon as there is a bundle it goes by bundles alone, and none \
             verifies with this key; Flux up to 2.7 still accepts it by its legacy signature"
        }
        _ => "no version of Flux accepts the image with this key",
    };
    checked.report(
        FOREIGN_BUNDLE,
        message,
        why,
        "find out who attached it; sign what you attach with the same key",
    );
}

fn damaged(checked: &mut Checked<'_, '_>, bundle: &Stated) {
    let message =
        format!("the {} of `{}` does not verify with this key", title(&bundle.predicate_type), checked.name);
    checked.report(WRONG_SIGNATURE, message, "somebody changed what it says", "pack again with `--key`");
}

fn of_another(checked: &mut Checked<'_, '_>, bundle: &Stated) {
    let message =
        format!("the {} of `{}` is one of another image", title(&bundle.predicate_type), checked.name);
    checked.report(
        SIGNATURE_OF_ANOTHER,
        message,
        "it was signed by the key, and says nothing of this image",
        "find out who exchanged the image or the statement; pack again",
    );
}

/// What a good statement says; that it is not true of the image is reported.
fn contents(checked: &mut Checked<'_, '_>, image: &Entry, bundle: &Stated) -> Attested {
    match &*bundle.predicate_type {
        PROVENANCE => provenance(checked, image, bundle),
        BOM => bom(checked, image, bundle),
        other => Attested::Other(other.to_owned()),
    }
}

fn provenance(checked: &mut Checked<'_, '_>, image: &Entry, bundle: &Stated) -> Attested {
    let Ok(provenance) = serde_json::from_value::<Provenance>(bundle.predicate.clone()) else {
        contradicts(checked, "provenance", "cannot be read as such");
        return Attested::Other(bundle.predicate_type.clone());
    };
    let said = provenance.revision();
    // Neither the image of a chart nor its provenance names a commit: both are the same until the chart changes.
    if checked.path.is_empty() {
        let own = revision(image);
        if own != said {
            let name = |revision: &str| match revision {
                "" => "no commit".to_owned(),
                revision => format!("`{revision}`"),
            };
            contradicts(checked, "provenance", &format!("names {}, the artifact {}", name(&said), name(own)));
        }
    }
    let sources = provenance.sources().to_owned();
    let builder = provenance.run_details.builder;
    let versions: Vec<String> = builder.version.values().cloned().collect();
    Attested::Provenance { revision: said, sources, builder: builder.id, version: versions.join(", ") }
}

/// The commit that an artifact says it was compiled from.
fn revision(image: &Entry) -> &str {
    image.manifest.annotations.get(REVISION).map_or("", String::as_str)
}

fn bom(checked: &mut Checked<'_, '_>, image: &Entry, bundle: &Stated) -> Attested {
    let Ok(bom) = serde_json::from_value::<Bom>(bundle.predicate.clone()) else {
        contradicts(checked, "SBOM", "cannot be read as such");
        return Attested::Other(bundle.predicate_type.clone());
    };
    if !bom.is_of(image.descriptor.digest, revision(image)) {
        contradicts(checked, "SBOM", "is the one of another artifact, or of another commit");
    }
    Attested::Bom { charts: bom.charts(), images: bom.images() }
}

fn contradicts(checked: &mut Checked<'_, '_>, what: &str, how: &str) {
    let message = format!("the {what} of `{}` {how}", checked.name);
    checked.report(
        CONTRADICTING_ATTESTATION,
        message,
        "the key signed two things that cannot both be true",
        "find out how it was packed; pack again",
    );
}
