//! The signatures of images, by the rules of each version of Flux, and by the stricter ones that those leave
//! out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::layout::{Entry, Layout, shown_name};
use super::statement::{self, Stated};
use super::{Acceptance, Attested, Form, attestation};
use crate::attest::{PROVENANCE, Provenance};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::digest::Digest;
use crate::key::PublicKey;
use crate::oci::Descriptor;
use crate::sign::{LEGACY_LAYER, LEGACY_SIGNATURE, LegacyPayload, legacy_tag};

const MISSING_SIGNATURE: Code = Code::error("L820", "missing-signature");
pub(super) const WRONG_SIGNATURE: Code = Code::error("L821", "wrong-signature");
pub(super) const SIGNATURE_OF_ANOTHER: Code = Code::error("L822", "signature-of-another-image");
const SIGNED_FOR_ELSEWHERE: Code = Code::warning("L839", "signed-for-elsewhere");
const RETAGGED: Code = Code::error("L823", "retagged");

/// What one signature turned out to be.
pub(super) enum Outcome {
    /// Made by the key, about this image; says where the image was meant to be.
    Good(Claim),
    /// Made by the key, about another image.
    Other,
    /// Not made by the key; says who made it, when it names another one.
    NotOurs(Option<String>),
}

/// Where a signature says the image is meant to be.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) repository: String,
    pub(super) tag: String,
}

/// Checks every image; the answers are in the order of the images.
pub(super) fn verify(
    layout: &Layout<'_>,
    images: &[&Entry],
    key: &PublicKey,
    report: &mut Report,
) -> Vec<(Acceptance, Vec<Attested>)> {
    let in_bundles_alone = images.iter().any(|image| is_in_bundles_alone(layout, image, key));
    let mut base = layout.target.repository.map(str::to_owned);
    images
        .iter()
        .map(|image| {
            let (path, tag) = image.name.as_ref().expect("an image has a name");
            let digest = image.descriptor.digest;
            let mut checked =
                Checked { layout, name: shown_name(path, tag), path, tag, base: &mut base, report };
            let legacy = legacy_outcomes(layout, path, digest, key);
            let bundles = statement::read_all(layout, digest, key);
            let signatures: Vec<&Outcome> =
                bundles.iter().filter(|bundle| bundle.is_signature()).map(|bundle| &bundle.outcome).collect();
            if !(legacy.is_empty() && in_bundles_alone) {
                checked.judge(
                    "legacy",
                    &legacy.iter().collect::<Vec<_>>(),
                    "Flux up to 2.7 refuses the artifact",
                );
            }
            checked.judge(
                "bundle",
                &signatures,
                "Flux from 2.8 on prefers it, and falls back only without one",
            );
            let acceptance = acceptance(&legacy, &bundles);
            (acceptance, attestation::judge(&mut checked, image, &bundles, acceptance))
        })
        .collect()
}

/// Whether an image says, by the key, that what belongs to it has no signatures in the legacy form.
fn is_in_bundles_alone(layout: &Layout<'_>, image: &Entry, key: &PublicKey) -> bool {
    let bundles = statement::read_all(layout, image.descriptor.digest, key);
    let mut provenance =
        bundles.iter().filter(|bundle| bundle.is_good() && bundle.predicate_type == PROVENANCE);
    provenance.any(|bundle| {
        let read = serde_json::from_value::<Provenance>(bundle.predicate.clone());
        read.is_ok_and(|provenance| !provenance.has_legacy_signatures())
    })
}

/// What each version of Flux would say.
///
/// upstream: `fluxcd/source-controller`, internal/oci/cosign/cosign.go, `Verify`
fn acceptance(legacy: &[Outcome], bundles: &[Stated]) -> Acceptance {
    // The legacy path never compares the digest inside the payload.
    let up_to_2_7 = legacy.iter().any(|outcome| !matches!(outcome, Outcome::NotOurs(_)));
    // Whatever a bundle says of the image, it counts as its signature.
    let bundle = bundles.iter().any(Stated::is_good);
    let from_2_8 = match (bundles.is_empty(), bundle, up_to_2_7) {
        (false, true, _) => Some(Form::Bundle),
        (true, _, true) => Some(Form::Legacy),
        _ => None,
    };
    Acceptance { up_to_2_7, from_2_8 }
}

/// One image whose signatures are judged.
pub(super) struct Checked<'a, 'b> {
    layout: &'a Layout<'b>,
    pub(super) name: String,
    pub(super) path: &'a str,
    tag: &'a str,
    /// The repository that the signatures seen so far put the artifact into.
    base: &'a mut Option<String>,
    report: &'a mut Report,
}

impl Checked<'_, '_> {
    /// Reports unless one of the signatures is good and the image is where it says.
    fn judge(&mut self, form: &str, outcomes: &[&Outcome], consequence: &str) {
        if outcomes.is_empty() {
            let message = format!("`{}` has no {form} signature", self.name);
            self.report(MISSING_SIGNATURE, message, consequence, "sign it: pack again with `--key`");
            return;
        }
        let mut claims = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Good(claim) => Some(claim),
            _ => None,
        });
        if let Some(first) = claims.clone().next() {
            let first = first.clone();
            let in_a_copy = claims.clone().find(|claim| self.is_copy(claim)).cloned();
            match (claims.any(|claim| self.is_here(claim)), in_a_copy) {
                (true, _) => {}
                (false, Some(claim)) => self.copied(form, &claim),
                (false, None) => self.retagged(form, &first),
            }
            return;
        }
        if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Other)) {
            let message = format!("the {form} signature of `{}` is one of another image", self.name);
            self.report(
                SIGNATURE_OF_ANOTHER,
                message,
                "Flux up to 2.7 does not compare the digest inside a legacy signature",
                "find out who exchanged the image or the signature; pack again",
            );
            return;
        }
        let other = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::NotOurs(key) => key.as_ref(),
            _ => None,
        });
        let message = match other {
            Some(other) => format!("the {form} signature of `{}` was made by {other}", self.name),
            None => format!("the {form} signature of `{}` does not verify with this key", self.name),
        };
        let help = "verify with the public half of the key that signed, if it is one you trust";
        self.report(WRONG_SIGNATURE, message, consequence, help);
    }

    /// Whether the image is where a signature puts it.
    fn is_here(&mut self, claim: &Claim) -> bool {
        let base = if self.path.is_empty() {
            Some(claim.repository.as_str())
        } else {
            claim.repository.strip_suffix(self.path).and_then(|base| base.strip_suffix('/'))
        };
        base.is_some_and(|base| {
            self.has_tag(claim) && self.base.get_or_insert_with(|| base.to_owned()) == base
        })
    }

    /// Whether what lies in a registry was signed under this tag, for wherever that was.
    fn is_copy(&self, claim: &Claim) -> bool {
        self.layout.target.repository.is_some() && self.has_tag(claim)
    }

    /// Nobody can say under which tag something lies that is named by its digest.
    fn has_tag(&self, claim: &Claim) -> bool {
        self.tag.is_empty() || claim.tag == self.tag
    }

    fn copied(&mut self, form: &str, claim: &Claim) {
        let message = format!("the {form} signature of `{}` is for `{}`", self.name, claim.repository);
        self.report(
            SIGNED_FOR_ELSEWHERE,
            message,
            "cosign and Flux take it, as they look at the digest alone; this is stricter than Flux",
            "if it was copied here, all is well; sign it for this place by publishing here",
        );
    }

    fn retagged(&mut self, form: &str, claim: &Claim) {
        let message =
            format!("`{}` carries the {form} signature of `{}:{}`", self.name, claim.repository, claim.tag);
        self.report(
            RETAGGED,
            message,
            "no version of Flux checks under which tag an artifact was signed: an old one could pass for the newest",
            "give it the tag it was signed with, or sign it again",
        );
    }

    pub(super) fn report(&mut self, code: Code, message: String, why: &str, help: &str) {
        let place = self.layout.target.place("index.json");
        self.report.push(Diagnostic::new(code, message, place).why(why).help(help));
    }
}

/// The layers of all legacy signatures that are looked up for an image.
fn legacy_outcomes(layout: &Layout<'_>, path: &str, digest: Digest, key: &PublicKey) -> Vec<Outcome> {
    let tag = legacy_tag(digest);
    let named = |entry: &&Entry| {
        let name = entry.name.as_ref();
        name.is_some_and(|(other, name)| other == path && *name == tag)
    };
    layout
        .entries
        .iter()
        .filter(named)
        .flat_map(|entry| &entry.manifest.layers)
        .filter(|layer| layer.media_type == LEGACY_LAYER)
        .map(|layer| legacy_outcome(layout, layer, digest, key))
        .collect()
}

fn legacy_outcome(layout: &Layout<'_>, layer: &Descriptor, digest: Digest, key: &PublicKey) -> Outcome {
    let signature = layer.annotations.get(LEGACY_SIGNATURE);
    let signature = signature.and_then(|text| STANDARD.decode(text).ok());
    let (Some(payload), Some(signature)) = (layout.blob(layer.digest), signature) else {
        return Outcome::NotOurs(None);
    };
    if !key.verify(payload, &signature) {
        return Outcome::NotOurs(None);
    }
    match serde_json::from_slice::<LegacyPayload>(payload) {
        Ok(payload) if payload.critical.image.digest == digest => {
            let optional = payload.optional.unwrap_or_default();
            let tag = optional.get("tag").and_then(|tag| tag.as_str());
            Outcome::Good(Claim {
                repository: payload.critical.identity.repository,
                tag: tag.unwrap_or_default().to_owned(),
            })
        }
        _ => Outcome::Other,
    }
}
