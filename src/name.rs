//! The grammars of names that Kubernetes and Gardener know, each as one question.
//!
//! Upstream: k8s.io/apimachinery/pkg/util/validation and pkg/api/validation/path; the limits are theirs.

/// The longest DNS label, and the longest name part of a qualified name or label value.
pub const LABEL_LIMIT: usize = 63;
/// The longest DNS name.
pub const SUBDOMAIN_LIMIT: usize = 253;

/// Whether it is a DNS label: lower-case letters, digits and `-`, a letter or digit at both ends.
pub fn is_dns_label(text: &str) -> bool {
    text.len() <= LABEL_LIMIT && is_label_of_any_length(text)
}

/// Whether it is a DNS label that begins with a letter, as names of Services are.
pub fn is_dns_1035_label(text: &str) -> bool {
    is_dns_label(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Whether it is a DNS name: labels with dots between them.
///
/// Only the whole is limited; Kubernetes does not limit the labels of a name.
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= SUBDOMAIN_LIMIT && text.split('.').all(is_label_of_any_length)
}

/// Whether it is a DNS name whose first label is `*`.
pub fn is_wildcard_dns_subdomain(text: &str) -> bool {
    text.len() <= SUBDOMAIN_LIMIT && text.strip_prefix("*.").is_some_and(is_dns_subdomain)
}

/// Whether it is a qualified name, as the keys of labels and annotations are: a DNS name and `/` before a name, or the
/// name alone.
pub fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    prefix.is_none_or(is_dns_subdomain) && !name.is_empty() && is_label_value(name)
}

/// Whether it is the value of a label: nothing, or letters, digits, `-`, `_` and `.`, a letter or digit at both ends.
pub fn is_label_value(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() <= LABEL_LIMIT
        && text.bytes().all(inner)
        && text.bytes().next().is_none_or(|first| first.is_ascii_alphanumeric())
        && text.bytes().last().is_none_or(|last| last.is_ascii_alphanumeric())
}

/// Whether it may be a part of a path in an API: not `.`, not `..`, no `/` and no `%`.
pub fn is_path_segment(text: &str) -> bool {
    !matches!(text, "." | "..") && !text.contains(['/', '%'])
}

/// Whether it may be a key of a ConfigMap or a Secret.
pub fn is_config_map_key(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() <= SUBDOMAIN_LIMIT
        && !text.is_empty()
        && text.bytes().all(inner)
        && text != "."
        && !text.starts_with("..")
}

fn is_label_of_any_length(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_lower_case_and_end_in_letters_or_digits() {
        assert!(["a", "0", "a-b", "a--b"].into_iter().all(is_dns_label));
        assert!(!["", "-a", "a-", "A", "a.b", "a_b"].into_iter().any(is_dns_label));
        assert!(is_dns_label(&"a".repeat(63)) && !is_dns_label(&"a".repeat(64)));
        assert!(is_dns_1035_label("a0") && !is_dns_1035_label("0a"));
    }

    #[test]
    fn a_name_is_limited_as_a_whole() {
        assert!(["a", "a.b", "0.1"].into_iter().all(is_dns_subdomain));
        assert!(!["", ".", "a.", ".a", "a..b", "*.a"].into_iter().any(is_dns_subdomain));
        assert!(is_dns_subdomain(&"a".repeat(253)) && !is_dns_subdomain(&"a".repeat(254)));
        assert!(is_wildcard_dns_subdomain("*.a.b") && !is_wildcard_dns_subdomain("a.b"));
    }

    #[test]
    fn a_qualified_name_has_at_most_one_prefix() {
        assert!(["a", "A_b.c", "example.org/a"].into_iter().all(is_qualified_name));
        assert!(!["", "/a", "a/", "a/b/c", "Example.org/a", "-a", "a b"].into_iter().any(is_qualified_name));
        assert!(["a", ".a", "A_b-1.c"].into_iter().all(is_config_map_key));
        assert!(!["", ".", "..", "..a", "a/b", "a b"].into_iter().any(is_config_map_key));
        assert!(is_label_value("") && is_label_value("A_1.b") && !is_label_value("_a"));
    }
}
