//! URLs of token issuers.

/// What is wrong with the URL of an issuer.
///
/// Upstream: k8s.io/apiserver/pkg/apis/apiserver/validation/validation.go, validateURL; Go, net/url, Parse.
pub(super) fn fault(url: &str) -> Option<&'static str> {
    const NO_URL: &str = "it is no URL";
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return Some(NO_URL);
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let Some((scheme, rest)) = url.split_once(':') else {
        return Some("it does not begin with `https://`");
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !scheme.eq_ignore_ascii_case("https") {
        return Some("it does not begin with `https://`");
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    if authority.contains('@') {
        return Some("it contains a user");
    }
    match (is_host(authority) && is_escaped(path) && is_escaped(fragment), query, fragment) {
        (false, ..) => Some(NO_URL),
        (true, "", "") => None,
        (true, "", _) => Some("it contains a fragment"),
        (true, ..) => Some("it contains a query"),
    }
}

fn is_host(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(literal) = host.strip_prefix('[') {
        let behind = literal.rsplit_once(']').map(|(_, behind)| behind);
        return behind
            .is_some_and(|behind| behind.is_empty() || behind.strip_prefix(':').is_some_and(is_port));
    }
    let name = match host.split_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) => return false,
        None => host,
    };
    let fits = |char: char| {
        !char.is_ascii() || char.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=<>\"%".contains(char)
    };
    name.chars().all(fits) && is_escaped(name)
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
    fn an_issuer_is_reached_over_https_without_more() {
        for url in ["https://a.example.org", "https://a.example.org:8443/b/%20", "HTTPS://[::1]:1/"] {
            assert_eq!(fault(url), None, "{url}");
        }
        for url in [
            "http://a",
            "a.example.org",
            "https://a?b",
            "https://a#b",
            "https://b@a",
            "https://a b",
            "https://a:b",
        ] {
            assert!(fault(url).is_some(), "{url}");
        }
    }
}
