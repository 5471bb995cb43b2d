//! The key files of `cosign generate-key-pair`: JSON inside PEM, opened by scrypt and a secretbox.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::Aead as _;
use crypto_secretbox::{KeyInit as _, XSalsa20Poly1305};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{KeyFault, read::bound_scrypt};

#[derive(Deserialize)]
struct Envelope {
    kdf: Derivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Deserialize)]
struct Derivation {
    name: String,
    params: Parameters,
    salt: String,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(rename = "N")]
    cost: u64,
    r: u32,
    p: u32,
}

#[derive(Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

/// Opens the envelope; inside is PKCS#8 DER.
pub(super) fn decrypt(json: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let malformed = || KeyFault::NotAKey("a cosign key file whose envelope cannot be read");
    let envelope: Envelope = serde_json::from_slice(json).map_err(|_| malformed())?;
    if envelope.kdf.name != "scrypt" || envelope.cipher.name != "nacl/secretbox" {
        return Err(KeyFault::Unsupported("a cosign key file without scrypt and nacl/secretbox"));
    }
    let Parameters { cost, r, p } = envelope.kdf.params;
    bound_scrypt(cost, r.into(), p.into())?;
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| malformed());
    let salt = decode(&envelope.kdf.salt)?;
    let nonce: [u8; 24] = decode(&envelope.cipher.nonce)?.try_into().map_err(|_| malformed())?;
    let ciphertext = decode(&envelope.ciphertext)?;

    let exponent = cost.is_power_of_two().then(|| cost.trailing_zeros());
    let parameters = exponent
        .and_then(|exponent| u8::try_from(exponent).ok())
        .and_then(|exponent| scrypt::Params::new(exponent, r, p).ok())
        .ok_or_else(malformed)?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(password.as_bytes(), &salt, &parameters, key.as_mut()).map_err(|_| malformed())?;
    XSalsa20Poly1305::new(key.as_ref().into())
        .decrypt(&nonce.into(), ciphertext.as_ref())
        .map(Zeroizing::new)
        .map_err(|_| KeyFault::WrongPassword)
}
