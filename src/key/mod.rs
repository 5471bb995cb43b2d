//! Key: PEM text -> keys that sign and verify.
//!
//! Everything that is signed goes through the one trait [`Signer`], and everything that is verified through
//! [`PublicKey`]; nothing else of the program touches key material. No secret is ever part of a message or of
//! a `Debug` form.

mod cosign;
mod private;
mod public;
mod read;

pub use private::{Algorithm, PrivateKey};
pub use public::PublicKey;

use crate::diagnostic::{Code, Diagnostic, Place};

const UNREADABLE_KEY: Code = Code::environment("L801", "unreadable-key");
const WRONG_PASSWORD: Code = Code::environment("L802", "wrong-password");

/// Signs messages; the same message always gets the same signature.
pub trait Signer: Sync {
    /// The key that verifies what this signer signs.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message: DER for ECDSA over SHA-256, 64 raw bytes for Ed25519.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

/// The bytes that are signed in place of a payload: its type and length are bound to it (DSSE, version 1).
///
/// Part of every signature but the legacy ones of cosign.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Why a text gave no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// There is no such key in the text; says what is there instead.
    NotAKey(&'static str),
    /// A key, or an encryption of one, that this program does not use; says which.
    Unsupported(&'static str),
    /// The key is encrypted and no password was given.
    NeedsPassword,
    /// The password does not open the key.
    WrongPassword,
    /// Opening the key would take more memory or time than any honest file asks for; says which parameters.
    Hostile(String),
}

impl KeyFault {
    /// The finding for a key file, named as the user typed it.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let place = Place::file(file);
        match self {
            Self::NotAKey(found) => Diagnostic::new(UNREADABLE_KEY, format!("no key: {found}"), place)
                .help("make a pair of keys with `landscape keygen --out DIR`"),
            Self::Unsupported(what) => Diagnostic::new(
                UNREADABLE_KEY,
                format!("{what} is not supported"),
                place,
            )
            .why("every version of Flux verifies ECDSA P-256 and Ed25519; nothing else is written")
            .help(
                "use an ECDSA P-256 or Ed25519 key in PKCS#8, or make one with `landscape keygen --out DIR`",
            ),
            Self::NeedsPassword => Diagnostic::new(
                WRONG_PASSWORD,
                "the key is encrypted and no password was given",
                place,
            )
            .help(
                "name a file with the password with `--password-file`, or put it into `LANDSCAPE_KEY_PASSWORD`, \
                 which is set to nothing when the password is empty",
            ),
            Self::WrongPassword => Diagnostic::new(
                WRONG_PASSWORD,
                "the password does not open the key",
                place,
            )
            .help(
                "check for a line break at the end of the password, and whether the key is the one meant",
            ),
            Self::Hostile(parameters) => {
                Diagnostic::new(UNREADABLE_KEY, format!("the key file asks for {parameters}"), place)
                    .why("no honest key file asks for this much; opening it would stall the machine")
                    .help("encrypt the key again, for example with `openssl pkcs8 -topk8 -scrypt`")
            }
        }
    }
}

#[cfg(test)]
mod tests;
