//! Views of Projects and of what belongs to them.

use super::{ObjectReference, view};

view! {
    object
    /// A Project.
    Project {
        /// Its namespace.
        namespace: text "spec" "namespace",
    }
    object
    /// A CredentialsBinding or SecretBinding.
    Binding {
        /// The provider type; several, separated by commas, in a SecretBinding.
        provider_type: text "provider" "type",
        /// The credentials of a CredentialsBinding.
        credentials: one ObjectReference "credentialsRef",
        /// The Secret of a SecretBinding.
        secret: one ObjectReference "secretRef",
        /// The quotas.
        quotas: many ObjectReference "quotas",
    }
    object
    /// A Quota.
    Quota {
        /// The kind of object that it limits: a Project, or credentials.
        scope: one ObjectReference "spec" "scope",
    }
}
