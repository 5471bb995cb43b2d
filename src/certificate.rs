//! Certificates, as far as whether a text holds one.
//!
//! PEM is read as leniently as Go reads it: what stands around the first block does not matter, nor do headers in it or
//! how its lines are broken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// Why a text holds no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCertificate {
    /// There is no block of PEM in it.
    NoPem,
    /// The first block holds something else.
    OtherContent,
    /// What the block holds is broken.
    Broken,
}

/// Makes sure that the first block of PEM in a text is a certificate.
///
/// Upstream: pkg/utils/encoding.go, DecodeCertificate.
pub fn check(text: &str) -> Result<(), NoCertificate> {
    let (label, body) = block(text).ok_or(NoCertificate::NoPem)?;
    if label != "CERTIFICATE" {
        return Err(NoCertificate::OtherContent);
    }
    let encoded: String =
        body.lines().filter(|line| !line.contains(':')).flat_map(str::split_whitespace).collect();
    let der = STANDARD.decode(encoded).map_err(|_| NoCertificate::Broken)?;
    Certificate::from_der(&der).map(|_| ()).map_err(|_| NoCertificate::Broken)
}

/// The label and the content of the first block.
fn block(text: &str) -> Option<(&str, &str)> {
    let (_, opened) = text.split_once("-----BEGIN ")?;
    let (label, behind) = opened.split_once("-----")?;
    let (body, _) = behind.split_once(&format!("-----END {label}-----"))?;
    Some((label, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Self-signed, for `localhost`, on P-256.
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUNY/8NBaPD4ZyP1E8RM+ttWs+dIAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTEzNDIzM1oYDzIxMjYxMDI4
MTM0MjMzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATTqGik74PVRi5Zj7ZROzE06IpyZPQlVMFbNAxmk965jLmakSWet10r
cxGdqZeLLd/enWcNUeJCdwS/oF1WoJxBo1MwUTAdBgNVHQ4EFgQUY7ljQtQzOu+a
fO7cmWYr9+0Z5/8wHwYDVR0jBBgwFoAUY7ljQtQzOu+afO7cmWYr9+0Z5/8wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAnzEA8q6HT4362/B96OzM
tX1XC9QLpRd5Wqk786mvckYCIQDlVgiMg/Bs+/DDx92oHEa9rf7E3tz1fwgxwiJd
uUIsrA==
-----END CERTIFICATE-----";

    #[test]
    fn a_certificate_is_one_whatever_stands_around_it() {
        assert_eq!(check(CERTIFICATE), Ok(()));
        assert_eq!(check(&format!("the authority:\n{CERTIFICATE}\nand more")), Ok(()));
        assert_eq!(check(&CERTIFICATE.replace('\n', "\r\n")), Ok(()));
    }

    #[test]
    fn anything_else_is_none() {
        assert_eq!(check(""), Err(NoCertificate::NoPem));
        assert_eq!(check("-----BEGIN CERTIFICATE-----\n"), Err(NoCertificate::NoPem));
        assert_eq!(
            check(&CERTIFICATE.replace("CERTIFICATE", "PRIVATE KEY")),
            Err(NoCertificate::OtherContent)
        );
        assert_eq!(check(&CERTIFICATE.replacen("MII", "MIA", 1)), Err(NoCertificate::Broken));
        assert_eq!(check(&CERTIFICATE.replacen("MII", "M!I", 1)), Err(NoCertificate::Broken));
    }
}
