//! Keys in every form that people have them in; the PEM texts were written by OpenSSL 3.0 and cosign 3.1.

use super::*;

const PLAIN: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWzopf8nWTtV7x2hu
kvNhcM2SbZ5YiQGdMCyRN8lkOzmhRANCAAR5Qs4By3kui4CiDMBSE2N9nO8SU3Pz
U/ss9lI9E27v9uLTyATWTRBYCInr3YwNfZtniq+pkev+qzyiyd5G3Fc3
-----END PRIVATE KEY-----
";
const SEC1: &str = "\
-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFs6KX/J1k7Ve8dobpLzYXDNkm2eWIkBnTAskTfJZDs5oAoGCCqGSM49
AwEHoUQDQgAEeULOAct5LouAogzAUhNjfZzvElNz81P7LPZSPRNu7/bi08gE1k0Q
WAiJ692MDX2bZ4qvqZHr/qs8osneRtxXNw==
-----END EC PRIVATE KEY-----
";
const PBKDF2: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjfLpeptftSaQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHWidAnOlE0v/5nxTNEBgyUEgZAQ
gVo4fSMhlfUEtwCePh9rWFW6cfN5pCnHp1aYkTIS5vQOJUvnoi3+zI8iKPeFF7iZ
YT5lDz0OWWZRY6ymEGAz70jHKCbRKEzPivxH36x/btUMob3B7IuBkIy2GLEuPDgx
pi0C6UvosNeDyxxJbRqNnVWojt4hPainqDnj2dEFKyxVBM8El9wK/jbG+8vMNFQ=
-----END ENCRYPTED PRIVATE KEY-----
";
const PBKDF2_SHA512: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiElmsvSvurbQICCAAw
DAYIKoZIhvcNAgsFADAdBglghkgBZQMEAQIEEJweqbtVMOuw+PMS81toZaYEgZAq
geAHTxBEfewEZr6OJGYXKA9JPbRCfUUP7um04m779cHjQ8cPZQVDonflvKVUUtmB
ZE19Qa8ZTtsgLFQhXEYEGixIagMH5DbkDN/sNdaTLw9Mx0x8qdG2XiDdNN57QnDl
Xy4NOedNgw323Gz+EQCMq7nP4ZUp3sa8Bg29k3RgCaXfNWSn6iFXGwu61ge1Psw=
-----END ENCRYPTED PRIVATE KEY-----
";
const SCRYPT: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhp5la28iXMawICQAAC
AQgCAQEwHQYJYIZIAWUDBAEqBBCV6ZCOzIlEQcshVEEUVkdwBIGQyODlYt/8fdBa
G5r49E78jjsBPu8WZgjeiM2pQLT3UpuHyLPNi3wDwxV3FLuAD9etdYCeD+VdTQaO
txw5xQ58yfjsRN544N4XcngW2b31LKUmhyYQco9E9gj5pOK91/SC+JOsYFhVZ78g
Qe4LJ/jYeD0/EAzCHxUSmEADBOGZ1M52buqHWnpL93+n27jpDOF8
-----END ENCRYPTED PRIVATE KEY-----
";
const ED25519: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIGlCTTwQccCHh5BXmfHJn0zNQg3f3TBct6tx1EH+9OzS
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeULOAct5LouAogzAUhNjfZzvElNz
81P7LPZSPRNu7/bi08gE1k0QWAiJ692MDX2bZ4qvqZHr/qs8osneRtxXNw==
-----END PUBLIC KEY-----
";
const ED25519_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA/+JXHBn63VwmOnnBy3+YA8LSWmze/dwVsLjMTQtsBow=
-----END PUBLIC KEY-----
";
const COSIGN: &str = "\
-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJDNndTNmJkTnpSaVdHS1psK1VwbFZFUDNrWEhGQVgx
SkhzQjVvUjA3MWFJPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiJNNzNRZDNieFlVT0xiV293SXZGb2E3bGZqL2VLbFlsZCJ9LCJj
aXBoZXJ0ZXh0IjoiVFlmTkZCOUJwa3NZWjRCT0Zidk5HRXpxdjhiano1L0w4UmFF
T1k2dnlaOXBNZ2hoM0IxaE1sKzF5ZVkzaHVzZytZcy9iRGhlMGhJZU5VQVc2ZWZF
NVM2L3FYdzE4QkZQR2ZScGpia2xaVzVZQ21nRGxJNlI4eWVhTFVCU1dOQllRbGxq
NVB0cEZvRm1HVFZrT3E3TEN2dTZPazlrcCt0V2VWRkVRNy8xMGgybHpRUzVNL3NV
eGdaRy9hbEdYK2RsTzlpMTNwc3JTVTVselE9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
";
const COSIGN_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXC1RYt6PZczm9ZbgEs0pCDaQGY1e
i5jhUHZFYHgUXzU+DgMAewwcr/MxddD7mct+kPYVD8lL3kYCpbrIlwKh6A==
-----END PUBLIC KEY-----
";
const RSA: &str = "\
-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBALj80r5Ej1q5iE90
/+Owfww76bsUj2E4f0lZyXKm+J6AHdKNV3n+sARaqAThrmjMO6OVAdHBVWBqZXzL
4bUyzBUEZbYrXvITJY4EOmm3CX0I9sD8WDzbNHDOCbKFtZpW3+jqh7MROxscrQpu
X+Qqw+wMFIz2lN8jBi5iNEKYJXbnAgMBAAECgYEAt5rANPbpbfvN7kdLH5tzTho9
L2EFulIQDCagyjotc2vnra55z2zZGUk9kLLKn9ttqjvf9We1rJ+NoWLe4DDN2rJj
CjivOh91zjuVHaPHZBhS2zVywZju45CyQp3T61insgyHKfRYsW8J+I4a/HTyvgqV
VJsnV4Mt/rlBiM7AaykCQQDb+akTvzYGOaD+2ftqzZ25WjXMOs1iGCPVnqZZqDtb
aQaV+NOKzCz1+8A8TURbdAMZwcel+7K61OEG6Js9bzsNAkEA10hTPeVkTJ2p1abr
uOty0KcUyKPRHe+oMhZhIT8x+u3Rz8gJO5dShrFCi2GtQA0PQy/ccUqsy+pHymml
lQpswwJAT6nMl4Ap2ntIWMMsj/NC6XtH/FxXQO0pHRXFfLa2OFaCshFY2u0yYyr2
5V++H7iV3uAUo4HRqmOp0syuW8NKiQJBAJXraQS2paVxOl9t8cQCOx+w6xlac3tc
dQ4EZbmob57mVPFUxZE5LSBdexDjgaoULifEwcgnj7Qlv77m2Ye0Dc8CQQC8LNTp
bGrDM6kruiAI1yEQUVzGkByjt9wm4Xu/vW9JiUJLiTfkoJ+2FiiEJMSLtHRrvCB7
3jHvEciO316OQbwc
-----END PRIVATE KEY-----
";
const RSA_PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC4/NK+RI9auYhPdP/jsH8MO+m7
FI9hOH9JWclypviegB3SjVd5/rAEWqgE4a5ozDujlQHRwVVgamV8y+G1MswVBGW2
K17yEyWOBDpptwl9CPbA/Fg82zRwzgmyhbWaVt/o6oezETsbHK0Kbl/kKsPsDBSM
9pTfIwYuYjRCmCV25wIDAQAB
-----END PUBLIC KEY-----
";
const P384: &str = "\
-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA2Faieooefim65US9+
x9Y+EyZdwkhcJZFX4RHrgxdu3ySQ3WjzDa77lb/6kS4mUCGhZANiAARtLaz+W2as
hN/di4wEJwpugetUPva3avkGRNIf/Ge8YOs10F8dAHzCFvk+7gap68haFqpBc6GR
YGNFrVpI0LK3n/rJCA7xEudEXWgnRxCBhvu6XveDGJKQ5rG5xrKQBgY=
-----END PRIVATE KEY-----
";
const P384_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIGkAgEBBDA2Faieooefim65US9+x9Y+EyZdwkhcJZFX4RHrgxdu3ySQ3WjzDa77
lb/6kS4mUCGgBwYFK4EEACKhZANiAARtLaz+W2ashN/di4wEJwpugetUPva3avkG
RNIf/Ge8YOs10F8dAHzCFvk+7gap68haFqpBc6GRYGNFrVpI0LK3n/rJCA7xEudE
XWgnRxCBhvu6XveDGJKQ5rG5xrKQBgY=
-----END EC PRIVATE KEY-----
";
const OLD_ENCRYPTION: &str = "\
-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-256-CBC,A4801A7F2D55BD0B27CA18ACA90CB69D

6tGwpFZ3Zk4LNtBpnHD6KlWbYgB1smqfNKLqmtFqojaeHzgkzZlikOgxs7Rj7Ps3
eRXpLZmMI1S72S70Ff7UmjP7LVaQyJ4sCMTk79T1MyTz/i9a3B/FDxDzg/wr96Gs
Rd5vMREQ+vLPzXEds1Db1a3cBiBzorLSK55yJA02Kl4=
-----END EC PRIVATE KEY-----
";
const TRIPLE_DES: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGxMBwGCiqGSIb3DQEMAQMwDgQIF0G545Xq8DUCAggABIGQu8VwFWbz3xd5kWWG
9DF/9Y5lGqlbOKfb9fj/pGbiHVWq9r6/wRPgc8COOGrPOZ/BS3Bx6rvrofez+8xP
tgpM0LfCHue/0S8I0yp6SvqPyq0eG6bcpHZFw4sRQKDDSlJjfaHXkUucedFzR6Bx
z7eZFFlBsysuFmInr6oPmadZrObvbZ/QzD7OhkCz27ttuNDJ
-----END ENCRYPTED PRIVATE KEY-----
";
const PASSWORD: &str = "swordfish";

fn fault(text: &str, password: Option<&str>) -> KeyFault {
    PrivateKey::from_pem(text, password).expect_err("no key that opens")
}

#[test]
fn every_form_of_a_key_opens_to_the_same_key() {
    let public = PublicKey::from_pem(PUBLIC).expect("a public key");
    for (form, password) in [
        (PLAIN, None),
        (SEC1, None),
        (PBKDF2, Some(PASSWORD)),
        (PBKDF2_SHA512, Some(PASSWORD)),
        (SCRYPT, Some(PASSWORD)),
    ] {
        let key = PrivateKey::from_pem(form, password).expect(form);
        assert_eq!(key.public_key(), &public, "{form}");
        assert!(public.verify(b"message", &key.sign(b"message")));
    }
    let key = PrivateKey::from_pem(ED25519, None).expect("an Ed25519 key");
    let public = PublicKey::from_pem(ED25519_PUBLIC).expect("a public key");
    assert_eq!(key.public_key(), &public);
    assert!(public.verify(b"message", &key.sign(b"message")));
    assert!(!public.verify(b"messagf", &key.sign(b"message")));
}

#[test]
fn key_files_of_cosign_open_under_both_names() {
    let public = PublicKey::from_pem(COSIGN_PUBLIC).expect("a public key");
    let older = COSIGN.replace("SIGSTORE", "COSIGN");
    for form in [COSIGN, &older] {
        let key = PrivateKey::from_pem(form, Some(PASSWORD)).expect("a key of cosign");
        assert_eq!(key.public_key(), &public);
    }
    assert_eq!(fault(COSIGN, Some("")), KeyFault::WrongPassword);
    assert_eq!(fault(COSIGN, None), KeyFault::NeedsPassword);
}

#[test]
fn signatures_are_those_of_the_standards() {
    let hex = |text: &str| -> Vec<u8> {
        let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16);
        text.as_bytes().chunks(2).map(|pair| digit(pair).expect("hex")).collect()
    };
    // RFC 6979, A.2.5, SHA-256, message "sample".
    let secret = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = PrivateKey::generate(Algorithm::EcdsaP256, &mut |bytes| bytes.copy_from_slice(&secret));
    let expected = hex(concat!(
        "3046",
        "022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ));
    assert_eq!(key.sign(b"sample"), expected);
    // RFC 8032, 7.1, test 1.
    let secret = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = PrivateKey::generate(Algorithm::Ed25519, &mut |bytes| bytes.copy_from_slice(&secret));
    let expected = hex(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ));
    assert_eq!(key.sign(b""), expected);
}

#[test]
fn a_key_that_is_written_reads_back() {
    for algorithm in [Algorithm::EcdsaP256, Algorithm::Ed25519] {
        let mut counter = 0;
        let mut entropy = |bytes: &mut [u8]| {
            counter += 1;
            bytes.fill(counter);
        };
        let key = PrivateKey::generate(algorithm, &mut entropy);
        let plain = PrivateKey::from_pem(&key.to_pem(), None).expect("plain PKCS#8");
        assert_eq!(plain.public_key(), key.public_key());
        let text = key.to_encrypted_pem(PASSWORD, &mut entropy);
        let opened = PrivateKey::from_pem(&text, Some(PASSWORD)).expect("encrypted PKCS#8");
        assert_eq!(opened.public_key(), key.public_key());
        assert_eq!(fault(&text, Some("sword")), KeyFault::WrongPassword);
        let public = PublicKey::from_pem(&key.public_key().to_pem()).expect("a public key");
        assert_eq!(&public, key.public_key());
    }
    assert_eq!(PublicKey::from_pem(PUBLIC).expect("a key").to_pem(), PUBLIC);
}

#[test]
fn a_scalar_outside_the_curve_is_drawn_again() {
    let mut draws = 0;
    let key = PrivateKey::generate(Algorithm::EcdsaP256, &mut |bytes| {
        draws += 1;
        bytes.fill(if draws == 1 { 0xff } else { 0x11 });
    });
    assert_eq!(draws, 2);
    assert!(key.public_key().verify(b"m", &key.sign(b"m")));
}

#[test]
fn a_fault_names_what_is_wrong() {
    assert_eq!(fault(RSA, None), KeyFault::Unsupported("RSA"));
    assert_eq!(PublicKey::from_pem(RSA_PUBLIC), Err(KeyFault::Unsupported("RSA")));
    let curve = KeyFault::Unsupported("an elliptic curve other than P-256");
    assert_eq!(fault(P384, None), curve);
    assert_eq!(fault(P384_SEC1, None), curve);
    assert_eq!(
        fault(OLD_ENCRYPTION, Some(PASSWORD)),
        KeyFault::Unsupported("OpenSSL's old encryption of PEM")
    );
    assert!(matches!(fault(TRIPLE_DES, Some(PASSWORD)), KeyFault::Unsupported(_)));
    assert_eq!(fault(PBKDF2, None), KeyFault::NeedsPassword);
    assert_eq!(fault(PBKDF2, Some("")), KeyFault::WrongPassword);
    assert_eq!(fault(SCRYPT, Some("Swordfish")), KeyFault::WrongPassword);
    assert!(matches!(fault("hello", None), KeyFault::NotAKey(_)));
    assert!(matches!(fault(PUBLIC, None), KeyFault::NotAKey(text) if text.contains("public key")));
    let doubled = format!("{PUBLIC}{ED25519_PUBLIC}");
    assert!(matches!(PublicKey::from_pem(&doubled), Err(KeyFault::NotAKey(_))));
    assert!(
        matches!(PublicKey::from_pem(PLAIN), Err(KeyFault::NotAKey(text)) if text.contains("private key"))
    );
    let cut = PLAIN.get(..120).expect("long enough");
    assert!(matches!(fault(cut, None), KeyFault::NotAKey(_)));
    let broken = PLAIN.replace("MIGH", "MIGG");
    assert!(matches!(fault(&broken, None), KeyFault::NotAKey(_)));
}

#[test]
fn parameters_that_would_stall_the_machine_are_refused_unopened() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let cosign = |parameters: &str| {
        let json = format!(
            r#"{{"kdf":{{"name":"scrypt","params":{parameters},"salt":"AAAA"}},"cipher":{{"name":"nacl/secretbox","nonce":"{}"}},"ciphertext":"AAAA"}}"#,
            engine.encode([0; 24])
        );
        let body = engine.encode(json);
        format!(
            "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n{body}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
        )
    };
    for parameters in [
        r#"{"N":1073741824,"r":8,"p":1}"#,
        r#"{"N":65536,"r":4000000000,"p":1}"#,
        r#"{"N":65536,"r":8,"p":4000000000}"#,
        r#"{"N":18446744073709551615,"r":4000000000,"p":4000000000}"#,
    ] {
        let fault = fault(&cosign(parameters), Some(""));
        assert!(matches!(fault, KeyFault::Hostile(_)), "{parameters}: {fault:?}");
    }
    let odd = fault(&cosign(r#"{"N":65535,"r":8,"p":1}"#), Some(""));
    assert!(matches!(odd, KeyFault::NotAKey(_)), "{odd:?}");

    // The same for encrypted PKCS#8: 2048 rounds (02 02 08 00) become ninety million.
    let body: String = PBKDF2.lines().filter(|line| !line.starts_with('-')).collect();
    let der = engine.decode(body).expect("base64");
    let rounds = der.windows(4).position(|window| window == [2, 2, 8, 0]).expect("the rounds");
    let mut hostile = der.clone();
    hostile.splice(rounds..rounds + 4, [2, 4, 5, 0x5d, 0x4a, 0x80]);
    // Every enclosing sequence grows by the two bytes.
    for offset in [2, 4, 17, 19, 32] {
        let length = hostile.get_mut(offset).expect("a length");
        *length += 2;
    }
    let text = format!(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----\n",
        engine.encode(hostile)
    );
    let fault = fault(&text, Some(PASSWORD));
    assert!(matches!(fault, KeyFault::Hostile(_)), "{fault:?}");
}

#[test]
fn no_secret_shows_in_a_debug_form_or_a_finding() {
    let key = PrivateKey::from_pem(PLAIN, None).expect("a key");
    let shown = format!("{key:?}");
    assert!(shown.starts_with("PrivateKey(sha256:"), "{shown}");
    let finding = fault(SCRYPT, Some("hunter2")).diagnostic("landscape.key");
    assert!(!format!("{finding:?}").contains("hunter2"));
    assert_eq!(finding.code.id, "L802");
    assert!(finding.code.environment);
}
