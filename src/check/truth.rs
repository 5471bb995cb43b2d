//! What an annotation says that is read as true or false.

/// Whether Kubernetes and Gardener take a text for true.
///
/// Upstream: Go, strconv.ParseBool.
pub fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}
