//! URLs of those who issue tokens.

use std::net::Ipv6Addr;

/// What is wrong with the URL of an issuer.
///
/// Upstream: pkg/api/core/validation/shoot.go, ValidateOIDCIssuerURL;
/// k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateURL; Go, net/url, Parse.
pub(super) fn fault(url: &str) -> Option<&'static str> {
    const NO_URL: &str = "is no URL";
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return Some(NO_URL);
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let Some((scheme, rest)) = url.split_once(':') else {
        return Some("does not begin with `https://`");
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !scheme.eq_ignore_ascii_case("https") {
        return Some("does not begin with `https://`");
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    if authority.contains('@') {
        return Some("contains a user");
    }
    if !is_host(authority) || !is_escaped(path) || !is_escaped(fragment) {
        return Some(NO_URL);
    }
    match (query, fragment) {
        ("", "") => None,
        ("", _) => Some("contains a fragment"),
        _ => Some("contains a query"),
    }
}

/// Whether a URL names a host; some of its readers do without.
pub(super) fn has_host(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    !rest.is_empty() && !rest.starts_with(['/', '?', '#'])
}

/// Upstream: Go, net/url, parseHost.
fn is_host(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(literal) = host.strip_prefix('[') {
        let Some((address, behind)) = literal.rsplit_once(']') else {
            return false;
        };
        let address = address.split_once("%25").map_or(address, |(address, _)| address);
        let port = behind.is_empty() || behind.strip_prefix(':').is_some_and(is_port);
        return port && address.parse::<Ipv6Addr>().is_ok();
    }
    let name = match host.split_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) => return false,
        None => host,
    };
    let is_letter = |char: char| match char {
        '[' | '%' => char == '%',
        _ => !char.is_ascii() || char.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:]<>\"".contains(char),
    };
    // Only bytes beyond ASCII are written as numbers in a host.
    let escapes = name.split('%').skip(1);
    let beyond_ascii = |escape: &str| {
        escape.starts_with("25") || escape.starts_with(|first: char| !first.is_ascii_digit() || first >= '8')
    };
    name.chars().all(is_letter) && is_escaped(name) && escapes.into_iter().all(beyond_ascii)
}

/// Whether two hexadecimal digits follow each `%`.
fn is_escaped(text: &str) -> bool {
    text.split('%').skip(1).all(|escape| {
        let digits = escape.get(..2);
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_issuers_are_https_with_a_host() {
        for url in [
            "https://issuer.example.org",
            "HTTPS://issuer.example.org:8443/a/%20b",
            "https://[2001:db8::1]:443/x",
            "https://issuer.example.org?",
            "https://issuer.example.org#",
            "https://:443",
            "https://h%C3%A9",
        ] {
            assert_eq!((fault(url), has_host(url)), (None, true), "{url}");
        }
    }

    #[test]
    fn other_texts_are_no_urls_of_issuers() {
        for url in [
            "",
            "issuer.example.org",
            "http://issuer.example.org",
            "https://",
            "https:///path",
            "https:issuer",
            "https://user@issuer.example.org",
            "https://issuer.example.org?query",
            "https://issuer.example.org#part",
            "https://issuer.example.org/%zz",
            "https://is suer.example.org",
            "https://issuer.example.org:port",
            "https://a:1:2",
            "https://[10.0.0.1]",
            "https://a%20b",
            "https://a\u{7f}b",
        ] {
            assert!(fault(url).is_some() || !has_host(url), "{url}");
        }
    }
}
