//! The public half: what a verifier holds.

use std::fmt;

use p256::ecdsa::signature::Verifier as _;
use pkcs8::LineEnding;
use pkcs8::der::pem;
use pkcs8::spki::EncodePublicKey as _;

use super::{KeyFault, read};
use crate::digest::Digest;

/// A key that verifies signatures: ECDSA on P-256 over SHA-256, or Ed25519.
#[derive(Clone)]
pub struct PublicKey {
    key: Key,
    spki: Vec<u8>,
    fingerprint: Digest,
}

#[derive(Clone)]
enum Key {
    EcdsaP256(p256::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl PublicKey {
    /// Reads the one `PUBLIC KEY` block of a text.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        read::public_key(text)
    }

    pub(super) fn ecdsa(key: p256::ecdsa::VerifyingKey) -> Self {
        let spki = key.to_public_key_der().expect("a point of P-256 has a DER form");
        Self::new(Key::EcdsaP256(key), spki.into_vec())
    }

    pub(super) fn ed25519(key: ed25519_dalek::VerifyingKey) -> Self {
        let spki = key.to_public_key_der().expect("a point of Ed25519 has a DER form");
        Self::new(Key::Ed25519(key), spki.into_vec())
    }

    fn new(key: Key, spki: Vec<u8>) -> Self {
        let fingerprint = Digest::of(&spki);
        Self { key, spki, fingerprint }
    }

    /// The key as `PUBLIC KEY` PEM, the form that Flux, cosign and OpenSSL read.
    pub fn to_pem(&self) -> String {
        pem::encode_string("PUBLIC KEY", LineEnding::LF, &self.spki).expect("any bytes have a PEM form")
    }

    /// The SHA-256 of the key's `SubjectPublicKeyInfo` in DER: the name of the key.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// Whether the signature is one of this message by this key.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::EcdsaP256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Key::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", self.fingerprint)
    }
}
