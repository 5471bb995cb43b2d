//! Views of Projects and of what belongs to them.

use super::{ObjectReference, view};

view! {
    object
    /// A Project.
    Project {
        /// Its namespace.
        namespace: text "spec" "namespace",
        /// What it is, for people.
        description: node "spec" "description",
        /// What it is for.
        purpose: node "spec" "purpose",
        /// Who answers for it.
        owner: one Subject "spec" "owner",
        /// Who made it.
        created_by: one Subject "spec" "createdBy",
        /// Who may do what in it.
        members: many Member "spec" "members",
        /// The tolerations that its shoots get.
        default_tolerations: many Toleration "spec" "tolerations" "defaults",
        /// The tolerations that its shoots may have.
        allowed_tolerations: many Toleration "spec" "tolerations" "whitelist",
        /// What only two people together may delete.
        approvals: many Approval "spec" "dualApprovalForDeletion",
    }
    part
    /// Somebody who is given access.
    Subject {
        /// `User`, `Group` or `ServiceAccount`.
        kind: text "kind",
        /// The API group of the kind.
        api_group: text "apiGroup",
        /// The name.
        name: text "name",
        /// The namespace of a ServiceAccount.
        namespace: text "namespace",
    }
    part
    /// A member of a project, who is a subject too.
    Member {
        /// The first role.
        role: text "role",
        /// Further roles.
        roles: node "roles",
    }
    part
    /// What lets a shoot run where a taint keeps others away.
    Toleration {
        /// The key of the taint.
        key: text "key",
        /// The value of the taint; any, when left out.
        value: node "value",
    }
    part
    /// What only two people together may delete.
    Approval {
        /// The kind of object.
        resource: text "resource",
        /// Which objects of the kind.
        selector: node "selector",
        /// Whether it is so for service accounts too; true when left out.
        includes_service_accounts: flag "includeServiceAccounts",
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
        /// The provider.
        provider: node "provider",
        /// The quotas.
        quotas: many ObjectReference "quotas",
    }
    object
    /// A Quota.
    Quota {
        /// The kind of object that it limits: a Project, or credentials.
        scope: one ObjectReference "spec" "scope",
        /// The days that a shoot lives.
        lifetime: int "spec" "clusterLifetimeDays",
        /// How much there is, by metric.
        metrics: node "spec" "metrics",
    }
}

impl<'a> Member<'a> {
    /// Who it is.
    pub fn subject(self) -> Subject<'a> {
        Subject::of(self.node())
    }
}

impl<'a> Toleration<'a> {
    /// What tells it from others: the key, and the value where it has one.
    ///
    /// Upstream: pkg/utils/miscellaneous.go, IDForKeyWithOptionalValue.
    pub fn id(self) -> (&'a str, Option<&'a str>) {
        let key = self.key().map_or("", super::Text::as_str);
        (key, self.value().and_then(crate::syntax::Node::as_str))
    }
}
