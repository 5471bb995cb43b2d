//! The private half: signing, making and writing keys.

use std::fmt;

use ed25519_dalek::pkcs8::KeypairBytes;
use p256::ecdsa::signature::Signer as _;
use pkcs8::pkcs5::pbes2;
use pkcs8::pkcs5::scrypt::Params;
use pkcs8::{EncodePrivateKey as _, EncryptedPrivateKeyInfo, LineEnding, SecretDocument};
use zeroize::Zeroizing;

use super::{KeyFault, PublicKey, Signer, read};

/// What a new key signs with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 over SHA-256, which every verifier knows.
    #[default]
    EcdsaP256,
    /// Ed25519, the pure form.
    Ed25519,
}

/// A key that signs. Its secret is wiped from memory when it goes.
pub struct PrivateKey {
    secret: Secret,
    public: PublicKey,
}

enum Secret {
    EcdsaP256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey {
    /// Reads PKCS#8 (plain or encrypted), `EC PRIVATE KEY`, or a key file of cosign.
    pub fn from_pem(text: &str, password: Option<&str>) -> Result<Self, KeyFault> {
        read::private_key(text, password)
    }

    /// Makes a key; `entropy` fills a buffer with bytes nobody else can know.
    pub fn generate(algorithm: Algorithm, entropy: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        match algorithm {
            Algorithm::EcdsaP256 => loop {
                entropy(bytes.as_mut());
                // One number in four thousand million is no scalar of the curve.
                if let Ok(key) = p256::ecdsa::SigningKey::from_slice(bytes.as_ref()) {
                    return Self::ecdsa(key);
                }
            },
            Algorithm::Ed25519 => {
                entropy(bytes.as_mut());
                Self::ed25519(ed25519_dalek::SigningKey::from_bytes(&bytes))
            }
        }
    }

    pub(super) fn ecdsa(key: p256::ecdsa::SigningKey) -> Self {
        Self { public: PublicKey::ecdsa(*key.verifying_key()), secret: Secret::EcdsaP256(key) }
    }

    pub(super) fn ed25519(key: ed25519_dalek::SigningKey) -> Self {
        Self { public: PublicKey::ed25519(key.verifying_key()), secret: Secret::Ed25519(key) }
    }

    /// The key as plain PKCS#8 PEM: whoever reads this text can sign.
    pub fn to_pem(&self) -> Zeroizing<String> {
        self.document().to_pem("PRIVATE KEY", LineEnding::LF).expect("any bytes have a PEM form")
    }

    /// The key as encrypted PKCS#8 PEM (scrypt and AES-256-CBC, within OpenSSL's limits).
    ///
    /// `entropy` fills a buffer with fresh random bytes, for the salt.
    pub fn to_encrypted_pem(&self, password: &str, entropy: &mut dyn FnMut(&mut [u8])) -> String {
        let (mut salt, mut vector) = ([0; 16], [0; 16]);
        entropy(&mut salt);
        entropy(&mut vector);
        // OpenSSL refuses scrypt above 32 MiB of memory; these take 16.
        let cost = Params::new(14, 8, 5).expect("a power of two within the bounds of scrypt");
        let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, vector)
            .expect("a salt of 16 bytes is allowed");
        let encrypted = parameters
            .encrypt(password, self.document().as_bytes())
            .expect("a buffer in memory takes every encryption");
        let info = EncryptedPrivateKeyInfo {
            encryption_algorithm: parameters.into(),
            encrypted_data: pkcs8::der::asn1::OctetString::new(encrypted)
                .expect("far below the limit of DER"),
        };
        let document = SecretDocument::try_from(&info).expect("a key has a DER form");
        let pem =
            document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).expect("any bytes have a PEM form");
        pem.to_string()
    }

    fn document(&self) -> SecretDocument {
        match &self.secret {
            Secret::EcdsaP256(key) => key.to_pkcs8_der(),
            // Without the public key beside it: OpenSSL 3.0 does not read the form that carries both.
            Secret::Ed25519(key) => {
                KeypairBytes { secret_key: key.to_bytes(), public_key: None }.to_pkcs8_der()
            }
        }
        .expect("a key has a DER form")
    }
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::EcdsaP256(key) => {
                // The nonce is derived as RFC 6979 says: the same message, the same signature.
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey({})", self.public.fingerprint())
    }
}
