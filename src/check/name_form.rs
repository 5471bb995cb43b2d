//! The forms of names: which one a kind or a field takes, and what is said of a name that has another.

use super::Findings;
use crate::identity::Identity;
use crate::kind;
use crate::landscape::Object;
use crate::name::{LABEL_LIMIT, SUBDOMAIN_LIMIT, is_dns_label, is_dns_subdomain, is_path_segment};
use crate::view::Text;

/// Why a malformed name matters.
const WHY: &str =
    "names become parts of paths, domains and labels; the API server refuses what does not fit there";

/// The forms that names come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameForm {
    /// A DNS name.
    Subdomain,
    /// A DNS name without dots.
    Label,
    /// Whatever may stand between two slashes of a path.
    Segment,
}

/// Kinds whose names are DNS labels.
///
/// Upstream: the `Validate…` function of each kind in pkg/api/*/validation, and Kubernetes' own of a Namespace.
const NAMED_BY_LABEL: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("", "Service"),
    ("core.gardener.cloud", "BackupBucket"),
    ("core.gardener.cloud", "ControllerDeployment"),
    ("core.gardener.cloud", "ControllerInstallation"),
    ("core.gardener.cloud", "ControllerRegistration"),
    ("core.gardener.cloud", "ExposureClass"),
    ("core.gardener.cloud", "Seed"),
    ("core.gardener.cloud", "Shoot"),
    ("core.gardener.cloud", "ShootState"),
    ("operations.gardener.cloud", "Bastion"),
    ("seedmanagement.gardener.cloud", "Gardenlet"),
    ("seedmanagement.gardener.cloud", "ManagedSeed"),
];

impl NameForm {
    /// The form of the names of a kind; of an unknown kind, what holds for all.
    pub(super) fn of(identity: &Identity) -> Self {
        let (group, kind) = (identity.group(), &*identity.kind);
        let by_path = group == "rbac.authorization.k8s.io"
            || group == "core.gardener.cloud" && kind == "BackupEntry"
            || kind::facts(group, kind).is_none();
        if NAMED_BY_LABEL.contains(&(group, kind)) {
            Self::Label
        } else if by_path {
            Self::Segment
        } else {
            Self::Subdomain
        }
    }

    /// Whether a name has this form.
    pub(super) fn accepts(self, name: &str) -> bool {
        match self {
            Self::Subdomain => is_dns_subdomain(name),
            Self::Label => is_dns_label(name),
            Self::Segment => is_path_segment(name),
        }
    }

    /// Whether a name has this form to which the server appends some letters.
    ///
    /// Upstream: k8s.io/apimachinery/pkg/api/validation/generic.go, maskTrailingDash.
    fn accepts_prefix(self, name: &str) -> bool {
        let masked = (name.len() > 1).then(|| name.strip_suffix('-')).flatten();
        match self {
            Self::Segment => !name.contains(['/', '%']),
            _ => match masked.map(|kept| kept.get(..kept.len() - 1)) {
                Some(kept) => kept.is_some_and(|kept| self.accepts(&format!("{kept}a"))),
                None => self.accepts(name),
            },
        }
    }

    /// Reports a name that has not this form; `what` says whose name it is.
    pub(super) fn require(self, object: &Object, name: Text<'_>, what: &str, findings: &mut Findings) {
        if !self.accepts(&name) {
            self.report(object, name, what, findings);
        }
    }

    /// Reports the beginning of a name that no end makes one of this form.
    pub(super) fn require_prefix(self, object: &Object, name: Text<'_>, what: &str, findings: &mut Findings) {
        if !self.accepts_prefix(&name) {
            self.report(object, name, what, findings);
        }
    }

    fn report(self, object: &Object, name: Text<'_>, what: &str, findings: &mut Findings) {
        let message = match name.as_str() {
            "" => format!("{what} is empty"),
            text => format!("{what} `{text}` {}", self.fault(text)),
        };
        findings.at(object, name.node, message).why(WHY).help(self.help());
    }

    fn fault(self, name: &str) -> String {
        match self {
            Self::Label if name.len() > LABEL_LIMIT => format!("has more than {LABEL_LIMIT} characters"),
            Self::Subdomain if name.len() > SUBDOMAIN_LIMIT => {
                format!("has more than {SUBDOMAIN_LIMIT} characters")
            }
            Self::Label if is_dns_subdomain(name) => "holds a dot".to_owned(),
            Self::Label => "is no DNS label".to_owned(),
            Self::Subdomain => "is no DNS name".to_owned(),
            Self::Segment => "cannot be a part of a path".to_owned(),
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Label => {
                "use lower-case letters, digits and `-`, beginning and ending with a letter or digit"
            }
            Self::Subdomain => {
                "use lower-case letters, digits, `-` and `.`, each part beginning and ending with a letter or digit"
            }
            Self::Segment => "leave out `/` and `%`; `.` and `..` alone are no names",
        }
    }
}
