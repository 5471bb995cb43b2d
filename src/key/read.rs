//! Reading keys from PEM, in the forms that OpenSSL, cosign and this program write.

use p256::elliptic_curve::ALGORITHM_OID as EC_PUBLIC_KEY;
use pkcs8::der::pem::Decoder;
use pkcs8::der::{AnyRef, Decode as _, asn1::BitStringRef};
use pkcs8::pkcs5::{EncryptionScheme, pbes2::Kdf};
use pkcs8::spki::SubjectPublicKeyInfo;
use pkcs8::{AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::{KeyFault, PrivateKey, PublicKey, cosign};

/// Bytes of a key file; an encrypted one has about a thousand.
const TEXT_LIMIT: usize = 64 << 10;
/// Memory that opening a key may take; cosign's files take 64 MiB.
const MEMORY_LIMIT: u64 = 256 << 20;
/// Steps of scrypt (N·r·p) or of PBKDF2 that opening a key may take; both are a few seconds.
const SCRYPT_LIMIT: u64 = 8 << 20;
const PBKDF2_LIMIT: u32 = 10_000_000;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// One `-----BEGIN …-----` block of a text, not yet decoded.
struct Block<'a> {
    label: &'a str,
    text: &'a str,
}

fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyFault> {
    const BEGIN: &str = "-----BEGIN ";
    if text.len() > TEXT_LIMIT {
        return Err(KeyFault::NotAKey("the file is far too large for a key"));
    }
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, block)) = rest.find(BEGIN).map(|start| rest.split_at(start)) {
        let label = block.split("-----").nth(1).and_then(|label| label.strip_prefix("BEGIN "));
        let label = label.unwrap_or_default();
        let end = format!("-----END {label}-----");
        let length = block.find(&end).ok_or(KeyFault::NotAKey("a PEM block without its end"))?;
        let (text, after) = block.split_at(length + end.len());
        blocks.push(Block { label, text });
        rest = after;
    }
    Ok(blocks)
}

impl Block<'_> {
    fn decode(&self) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        if self.text.contains("Proc-Type:") {
            return Err(KeyFault::Unsupported("OpenSSL's old encryption of PEM"));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.text.len()));
        Decoder::new_detect_wrap(self.text.as_bytes())
            .and_then(|mut decoder| decoder.decode_to_end(&mut bytes).map(drop))
            .map_err(|_| KeyFault::NotAKey("a PEM block that is no base64"))?;
        Ok(bytes)
    }
}

pub(super) fn public_key(text: &str) -> Result<PublicKey, KeyFault> {
    let blocks = blocks(text)?;
    let mut public = blocks.iter().filter(|block| block.label == "PUBLIC KEY");
    let block = match (public.next(), public.next()) {
        (Some(block), None) => block,
        (Some(_), Some(_)) => return Err(KeyFault::NotAKey("several public keys in one file")),
        (None, _) => {
            return Err(match blocks.first().map(|block| block.label) {
                None => KeyFault::NotAKey("the file holds no PEM block"),
                Some("RSA PUBLIC KEY") => KeyFault::Unsupported("RSA"),
                Some(label) if label.ends_with("PRIVATE KEY") => {
                    KeyFault::NotAKey("this is a private key; give the public one")
                }
                Some(_) => KeyFault::NotAKey("the file holds no `PUBLIC KEY` block"),
            });
        }
    };
    let der = block.decode()?;
    let malformed = KeyFault::NotAKey("a `PUBLIC KEY` block that is no SubjectPublicKeyInfo");
    let info = SubjectPublicKeyInfo::<AnyRef<'_>, BitStringRef<'_>>::from_der(&der)
        .map_err(|_| malformed.clone())?;
    match algorithm(&info.algorithm)? {
        P256 => p256::ecdsa::VerifyingKey::try_from(info).map(PublicKey::ecdsa).map_err(|_| malformed),
        _ => info
            .subject_public_key
            .as_bytes()
            .and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok())
            .and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(bytes).ok())
            .filter(|key| !key.is_weak())
            .map(PublicKey::ed25519)
            .ok_or(malformed),
    }
}

pub(super) fn private_key(text: &str, password: Option<&str>) -> Result<PrivateKey, KeyFault> {
    let blocks = blocks(text)?;
    let Some(block) = blocks.iter().find(|block| block.label.ends_with("PRIVATE KEY")) else {
        return Err(KeyFault::NotAKey(match blocks.first().map(|block| block.label) {
            None => "the file holds no PEM block",
            Some("PUBLIC KEY") => "this is a public key; give the private one",
            Some(_) => "the file holds no `PRIVATE KEY` block",
        }));
    };
    let password = || password.ok_or(KeyFault::NeedsPassword);
    match block.label {
        "PRIVATE KEY" => pkcs8(&block.decode()?),
        "ENCRYPTED PRIVATE KEY" => encrypted_pkcs8(&block.decode()?, password()?),
        "EC PRIVATE KEY" => sec1(&block.decode()?),
        "ENCRYPTED SIGSTORE PRIVATE KEY" | "ENCRYPTED COSIGN PRIVATE KEY" => {
            let document = cosign::decrypt(&block.decode()?, password()?)?;
            pkcs8(&document)
        }
        "RSA PRIVATE KEY" => Err(KeyFault::Unsupported("RSA")),
        "OPENSSH PRIVATE KEY" => Err(KeyFault::Unsupported("OpenSSH's own key format")),
        _ => Err(KeyFault::Unsupported("this kind of private key")),
    }
}

/// The curve of an algorithm this program uses; a fault that names any other.
fn algorithm(identifier: &AlgorithmIdentifierRef<'_>) -> Result<ObjectIdentifier, KeyFault> {
    match identifier.oid {
        EC_PUBLIC_KEY if identifier.parameters_oid() == Ok(P256) => Ok(P256),
        EC_PUBLIC_KEY => Err(KeyFault::Unsupported("an elliptic curve other than P-256")),
        ED25519 => Ok(ED25519),
        RSA => Err(KeyFault::Unsupported("RSA")),
        _ => Err(KeyFault::Unsupported("this key algorithm")),
    }
}

fn pkcs8(der: &[u8]) -> Result<PrivateKey, KeyFault> {
    let malformed = KeyFault::NotAKey("a `PRIVATE KEY` block that is no PKCS#8");
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed.clone())?;
    let key = match algorithm(&info.algorithm)? {
        P256 => p256::SecretKey::try_from(info).map(|key| PrivateKey::ecdsa(key.into())),
        _ => ed25519_dalek::SigningKey::try_from(info).map(PrivateKey::ed25519),
    };
    key.map_err(|_| malformed)
}

fn sec1(der: &[u8]) -> Result<PrivateKey, KeyFault> {
    match p256::SecretKey::from_sec1_der(der) {
        Ok(key) => Ok(PrivateKey::ecdsa(key.into())),
        // The block is well-formed DER that names another curve, or a scalar of another length.
        Err(_) if AnyRef::from_der(der).is_ok() => {
            Err(KeyFault::Unsupported("an elliptic curve other than P-256"))
        }
        Err(_) => Err(KeyFault::NotAKey("an `EC PRIVATE KEY` block that is no DER")),
    }
}

fn encrypted_pkcs8(der: &[u8], password: &str) -> Result<PrivateKey, KeyFault> {
    const ENCRYPTION: KeyFault =
        KeyFault::Unsupported("an encryption other than PBES2 with AES-CBC and HMAC-SHA-2 or scrypt");
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| {
        if AnyRef::from_der(der).is_ok() {
            ENCRYPTION
        } else {
            KeyFault::NotAKey("an `ENCRYPTED PRIVATE KEY` block that is no PKCS#8")
        }
    })?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(ENCRYPTION);
    };
    match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) if pbkdf2.iteration_count > PBKDF2_LIMIT => {
            return Err(KeyFault::Hostile(format!("{} rounds of PBKDF2", pbkdf2.iteration_count)));
        }
        Kdf::Scrypt(scrypt) => {
            bound_scrypt(scrypt.cost_parameter, scrypt.block_size.into(), scrypt.parallelization.into())?;
        }
        _ => {}
    }
    let document = info.decrypt(password).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. }
            | pkcs8::pkcs5::Error::AlgorithmParametersInvalid { .. },
        ) => ENCRYPTION,
        _ => KeyFault::WrongPassword,
    })?;
    match pkcs8(document.as_bytes()) {
        // One wrong password in some two hundred yields bytes with a valid padding.
        Err(KeyFault::NotAKey(_)) => Err(KeyFault::WrongPassword),
        read => read,
    }
}

/// Refuses parameters of scrypt that would stall the machine.
pub(super) fn bound_scrypt(cost: u64, block: u64, parallel: u64) -> Result<(), KeyFault> {
    let memory = cost.saturating_mul(block).saturating_mul(128);
    let steps = cost.saturating_mul(block).saturating_mul(parallel);
    if memory > MEMORY_LIMIT || steps > SCRYPT_LIMIT {
        return Err(KeyFault::Hostile(format!("scrypt with N={cost}, r={block}, p={parallel}")));
    }
    Ok(())
}
