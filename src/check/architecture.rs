//! The processor architectures of machines and of their images.

/// The field that names one, and the capability.
pub(super) const ARCHITECTURE: &str = "architecture";

/// The architecture of machines and images that name none.
pub(super) const DEFAULT: &str = "amd64";

/// All that Gardener knows.
///
/// Upstream: pkg/apis/core/v1beta1/constants/types_constants.go, ValidArchitectures.
pub(super) const KNOWN: [&str; 2] = ["amd64", "arm64"];

/// Whether Gardener knows an architecture; any other is a fault of its own.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}
