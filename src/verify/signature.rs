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
const SIGNED_FOR_ELSEWHERE: Code = Code::error("L839", "signed-for-elsewhere");
const SIGNED_WITHOUT_NAME: Code = Code::warning("L853", "signed-without-name");
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
    let mut base = layout.target.signed_for.map(str::to_owned);
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
                "Flux from 2.8 on prefers it, and falls back only without one that it can read",
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
    let mut counted = bundles.iter().filter(|bundle| bundle.counts).peekable();
    let has_none = counted.peek().is_none();
    let from_2_8 = match (has_none, counted.any(Stated::is_good), up_to_2_7) {
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
    /// The repository that signatures must put the artifact into: the one that was named, or that of the first of them.
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
        let claims: Vec<&Claim> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Good(claim) => Some(claim),
                _ => None,
            })
            .collect();
        if let Some(first) = claims.first() {
            if claims.iter().any(|claim| self.has_tag(claim) && self.is_in_place(claim)) {
                return;
            }
            if claims.iter().any(|claim| self.names_too_little(claim)) {
                self.unnamed(form);
            } else if let Some(claim) = claims.iter().find(|claim| self.is_copy(claim)) {
                self.copied(form, claim);
            } else {
                self.retagged(form, first);
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

    /// Whether the image is in the repository that a signature names.
    fn is_in_place(&mut self, claim: &Claim) -> bool {
        let base = if self.path.is_empty() {
            Some(claim.repository.as_str())
        } else {
            claim.repository.strip_suffix(self.path).and_then(|base| base.strip_suffix('/'))
        };
        base.is_some_and(|base| !base.is_empty() && self.base.get_or_insert_with(|| base.to_owned()) == base)
    }

    /// Whether a signature leaves open where the image is meant to be, as those of cosign alone do, and does not name another
    /// repository.
    fn names_too_little(&mut self, claim: &Claim) -> bool {
        claim.repository.is_empty() || claim.tag.is_empty() && self.is_in_place(claim)
    }

    /// Whether what lies in a known place was signed under this tag, or any, for another one.
    fn is_copy(&self, claim: &Claim) -> bool {
        self.layout.target.signed_for.is_some() && (self.has_tag(claim) || claim.tag.is_empty())
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
            "cosign and Flux look at the digest alone: what was made for another landscape could stand in for this one",
            "if it was copied here on purpose, name the repository that it was made for with `--signed-for`",
        );
    }

    fn unnamed(&mut self, form: &str) {
        let message =
            format!("the {form} signature of `{}` does not name its repository and its tag", self.name);
        self.report(
            SIGNED_WITHOUT_NAME,
            message,
            "it is good, as one that cosign makes is, and would be so under any tag: an old artifact could pass for the newest",
            "sign with `landscape publish` or `landscape pack`, which name both",
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
