//! The local provider, which runs machines as containers.

use super::image::{Form, any_spelling};

/// Upstream: gardener, pkg/provider-local/apis/local/validation/cloudprofile.go, ValidateCloudProfileConfig.
pub(super) const IMAGES: Form = Form {
    required: true,
    of_region: None,
    fields: &["image"],
    architecture: false,
    beside_capabilities: false,
    spelling: any_spelling,
};
