//! What makes two objects the same object: API version, kind, namespace and name.

use std::fmt;

use ecow::EcoString;
use serde::Serialize;

/// The identity of a Kubernetes object. The order of the fields is that of every JSON output.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Group and version, as in `apiVersion`.
    pub api_version: EcoString,
    /// The kind.
    pub kind: EcoString,
    /// The namespace; nothing for cluster-scoped objects, or when the author left it out.
    pub namespace: Option<EcoString>,
    /// The name.
    pub name: EcoString,
}

impl Identity {
    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The version inside the group.
    pub fn version(&self) -> &str {
        self.api_version.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the object is of this group and kind, in any version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group() == group
    }

    /// `namespace/name`, or the name alone.
    pub fn full_name(&self) -> String {
        self.namespace
            .as_ref()
            .map_or_else(|| self.name.to_string(), |namespace| format!("{namespace}/{}", self.name))
    }
}

/// Shown as `Shoot garden-dev/one`.
impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.full_name())
    }
}
