//! Policies: the configurations of an API server that shoots and the Garden name in ConfigMaps.
//!
//! Gardener's admission controller reads them when a shoot names them. It ignores fields that it does not know; the API
//! server of the shoot, which reads them strictly, would not start.

mod audit;
mod authentication;
mod authorization;
mod expression;

use std::collections::HashMap;

use ecow::EcoString;

use super::embedded;
use super::reference::namespace_of;
use super::{Findings, Judge, Raised, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, GARDEN_NAMESPACE};
use crate::landscape::Object;
use crate::schema::{UNKNOWN_FIELD, Verdict};
use crate::syntax::{Node, join_path};
use crate::view::{Garden, Shoot, Text};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L383", "policy-invalid"),
        upstream: &["SH-AUTHN-CM", "SH-AUDIT-CM"],
        judge: Judge::Kinds(&[kind::CONFIG_MAP], invalid),
    },
    Rule {
        code: Code::warning("L384", "policy-not-strict"),
        upstream: &["SH-AUTHN-CM", "SH-AUDIT-CM"],
        judge: Judge::Kinds(&[kind::CONFIG_MAP], not_strict),
    },
];

/// What a ConfigMap is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// What the audit log records.
    Audit,
    /// Whose tokens are trusted.
    Authentication,
    /// Who is asked what users may do.
    Authorization,
}

impl Purpose {
    /// The key of the ConfigMap.
    fn key(self) -> &'static str {
        match self {
            Self::Audit => "policy",
            Self::Authentication | Self::Authorization => "config.yaml",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Audit => "Policy",
            Self::Authentication => "AuthenticationConfiguration",
            Self::Authorization => "AuthorizationConfiguration",
        }
    }

    /// The API versions that Gardener reads.
    ///
    /// Upstream: pkg/admissioncontroller/webhook/admission/authenticationconfig/add.go and its twins, the decoders.
    fn api_versions(self) -> &'static [&'static str] {
        match self {
            Self::Audit => &["audit.k8s.io/v1"],
            Self::Authentication | Self::Authorization => {
                &["apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"]
            }
        }
    }
}

/// Which ConfigMaps are policies, and of whom.
#[derive(Default)]
pub(super) struct Policies {
    owners: HashMap<(EcoString, EcoString), Vec<Owner>>,
}

/// An object that names a ConfigMap for a purpose.
struct Owner {
    purpose: Purpose,
    kind: &'static str,
    namespace: EcoString,
    name: EcoString,
}

impl Policies {
    pub(super) fn of(scope: &Scope<'_>) -> Self {
        let mut policies = Self::default();
        for shoot in scope.landscape.of_kind("Shoot").map(Shoot::of) {
            let namespace = namespace_of(shoot.object);
            for (purpose, name) in named_by(shoot) {
                policies.add(
                    namespace,
                    name,
                    Owner {
                        purpose,
                        kind: "Shoot",
                        namespace: namespace.into(),
                        name: shoot.object.identity.name.clone(),
                    },
                );
            }
        }
        for garden in scope.landscape.of_kind("Garden").map(Garden::of) {
            let names = [garden.audit_policy(), garden.kubernetes_audit_policy()];
            for name in names.into_iter().flatten() {
                policies.add(
                    GARDEN_NAMESPACE,
                    name,
                    Owner {
                        purpose: Purpose::Audit,
                        kind: "Garden",
                        namespace: EcoString::new(),
                        name: garden.object.identity.name.clone(),
                    },
                );
            }
        }
        policies
    }

    fn add(&mut self, namespace: &str, name: Text<'_>, owner: Owner) {
        self.owners.entry((namespace.into(), name.as_str().into())).or_default().push(owner);
    }
}

/// The ConfigMaps that a shoot names.
fn named_by(shoot: Shoot<'_>) -> impl Iterator<Item = (Purpose, Text<'_>)> {
    let names = shoot.api_server().map(|server| {
        [
            (Purpose::Audit, server.audit_policy()),
            (Purpose::Authentication, server.authentication()),
            (Purpose::Authorization, server.authorization()),
        ]
    });
    names.into_iter().flatten().filter_map(|(purpose, name)| Some((purpose, name?)))
}

/// A fault inside of a policy.
struct Fault<'a> {
    message: String,
    help: Option<String>,
    related: Option<(&'a Node, String)>,
}

/// A policy while it is judged.
struct Policy<'a> {
    root: &'a Node,
    faults: Vec<Fault<'a>>,
}

impl<'a> Policy<'a> {
    /// A fault at a value.
    fn at(&mut self, node: &Node, fault: impl AsRef<str>) -> &mut Fault<'a> {
        let path = self.root.path_to(node).unwrap_or_default();
        self.raise(&path, fault.as_ref())
    }

    /// A fault at a field of a part, be it there or not.
    fn field(&mut self, parent: &Node, field: &str, fault: impl AsRef<str>) -> &mut Fault<'a> {
        let path = join_path(&self.root.path_to(parent).unwrap_or_default(), field);
        self.raise(&path, fault.as_ref())
    }

    fn raise(&mut self, path: &str, fault: &str) -> &mut Fault<'a> {
        let message = if path.is_empty() { fault.to_owned() } else { format!("`{path}`: {fault}") };
        self.faults.push(Fault { message, help: None, related: None });
        self.faults.last_mut().expect("pushed just now")
    }
}

impl<'a> Fault<'a> {
    fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    fn related(&mut self, node: &'a Node, text: impl Into<String>) -> &mut Self {
        self.related = Some((node, text.into()));
        self
    }
}

/// A text of a policy; nothing when it is empty or missing.
fn text<'a>(part: &'a Node, field: &str) -> Option<&'a str> {
    part.get(field).and_then(Node::as_str).filter(|text| !text.is_empty())
}

/// The items of a list of a policy.
fn items<'a>(part: &'a Node, field: &str) -> &'a [Node] {
    part.get(field).map(Node::items).unwrap_or_default()
}

/// Upstream: pkg/webhook/configvalidator/handler.go, admitShoot and admitGarden.
fn invalid(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    for_each_purpose(object, scope, &mut |purpose, owners| {
        let Some((node, text)) = content(object, purpose, scope, owners, findings) else {
            return;
        };
        let embedded = embedded::read(text);
        let Some(root) = embedded.root.filter(|_| embedded.unreadable.is_none()) else {
            if let Some(fault) = embedded.unreadable.or_else(|| embedded.doubts.is_empty().then(String::new))
            {
                let message = format!("the {} is no YAML: {fault}", purpose.kind());
                raise(object, node, purpose, scope, owners, findings, message.trim_end_matches(": "));
            }
            return;
        };
        let mut policy = Policy { root: &root, faults: Vec::new() };
        if let Some(fault) = wrong_kind(&root, purpose) {
            policy.raise("", &fault);
        } else {
            let (faults, _) = structure(&root, purpose, scope);
            if faults.is_empty() {
                let shoots: Vec<Shoot<'_>> = owners.iter().filter_map(|owner| shoot(owner, scope)).collect();
                match purpose {
                    Purpose::Audit => audit::judge(&mut policy),
                    Purpose::Authentication => authentication::judge(&mut policy, &shoots),
                    Purpose::Authorization => authorization::judge(&mut policy, &shoots),
                }
            }
            policy.faults.extend(faults.into_iter().map(|message| Fault {
                message,
                help: None,
                related: None,
            }));
        }
        for fault in policy.faults {
            let raised = raise(object, node, purpose, scope, owners, findings, &fault.message);
            let raised = match fault.help {
                Some(help) => raised.help(help),
                None => raised,
            };
            if let Some((node, text)) = fault.related {
                raised.related(node, text);
            }
        }
    });
}

/// Stricter than upstream, which reads policies leniently.
fn not_strict(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    for_each_purpose(object, scope, &mut |purpose, _| {
        let node = object.root.at(&["data", purpose.key()]);
        let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else {
            return;
        };
        let embedded = embedded::read(text);
        let root = embedded.root.filter(|root| wrong_kind(root, purpose).is_none());
        let unknown = root.map(|root| structure(&root, purpose, scope).1);
        for message in embedded.doubts.into_iter().chain(unknown.into_iter().flatten()) {
            let path = format!("data[{}]", purpose.key());
            findings.named(object, node, path, format!("the {}: {message}", purpose.kind())).why(
                "stricter than Gardener, which reads over it; a strict reader, as an API server is for its own files, refuses it",
            );
        }
    });
}

fn for_each_purpose(object: &Object, scope: &Scope<'_>, judge: &mut dyn FnMut(Purpose, &[&Owner])) {
    let key = (namespace_of(object).into(), object.identity.name.clone());
    let Some(owners) = scope.policies().owners.get(&key) else {
        return;
    };
    for purpose in [Purpose::Audit, Purpose::Authentication, Purpose::Authorization] {
        let owners: Vec<&Owner> = owners.iter().filter(|owner| owner.purpose == purpose).collect();
        if !owners.is_empty() {
            judge(purpose, &owners);
        }
    }
}

/// The text of a policy; its lack is a finding, unless the ConfigMap is encrypted.
fn content<'a>(
    object: &'a Object,
    purpose: Purpose,
    scope: &Scope<'_>,
    owners: &[&Owner],
    findings: &mut Findings,
) -> Option<(&'a Node, &'a str)> {
    let key = purpose.key();
    match object.root.at(&["data", key]) {
        _ if object.is_encrypted() => None,
        Some(node) if node.as_str() != Some("") => Some((node, node.as_str()?)),
        found => {
            let node = found.or_else(|| object.root.get("data")).unwrap_or(object.name_node());
            let fault = if found.is_some() { "is empty" } else { "is missing" };
            let message = format!("the key `{key}` with the {} {fault}", purpose.kind());
            raise(object, node, purpose, scope, owners, findings, &message)
                .help(format!("put the {} under the key `{key}`", purpose.kind()));
            None
        }
    }
}

fn raise<'a>(
    object: &Object,
    node: &Node,
    purpose: Purpose,
    scope: &Scope<'_>,
    owners: &[&Owner],
    findings: &'a mut Findings,
    message: &str,
) -> Raised<'a> {
    let raised = findings.named(object, node, format!("data[{}]", purpose.key()), message);
    let raised = match owners {
        [owner, ..] if owner.kind == "Garden" => raised
            .why("the gardener-operator refuses a Garden with a policy that an API server could not read"),
        _ => raised.why("Gardener's admission controller refuses a shoot with a policy that its API server could not read"),
    };
    let first =
        owners.first().and_then(|owner| scope.landscape.find(owner.kind, &owner.namespace, &owner.name));
    match first {
        Some(first) if owners.len() == 1 => raised.related(first.name_node(), "it is named here"),
        Some(first) => raised
            .related(first.name_node(), format!("it is named here, and {} more times", owners.len() - 1)),
        None => raised,
    }
}

fn shoot<'a>(owner: &Owner, scope: &Scope<'a>) -> Option<Shoot<'a>> {
    (owner.kind == "Shoot")
        .then(|| scope.landscape.find("Shoot", &owner.namespace, &owner.name).map(Shoot::of))?
}

/// What is wrong with the API version and the kind.
fn wrong_kind(root: &Node, purpose: Purpose) -> Option<String> {
    let (version, kind) =
        (text(root, "apiVersion").unwrap_or_default(), text(root, "kind").unwrap_or_default());
    if kind == purpose.kind() && purpose.api_versions().contains(&version) {
        return None;
    }
    let versions: Vec<String> = purpose.api_versions().iter().map(|version| format!("`{version}`")).collect();
    Some(format!(
        "`{kind}` of `{version}` where Gardener reads a `{}` of {}",
        purpose.kind(),
        versions.join(" or ")
    ))
}

/// The faults of the structure: what no reader takes, and the fields that only a strict one minds.
fn structure(root: &Node, purpose: Purpose, scope: &Scope<'_>) -> (Vec<String>, Vec<String>) {
    let version = text(root, "apiVersion").unwrap_or_default();
    let Verdict::Checked(faults) = scope.schemas.validate(root, version, purpose.kind()) else {
        return (Vec::new(), Vec::new());
    };
    let (unknown, faults): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| fault.code == UNKNOWN_FIELD);
    let shown = |faults: Vec<crate::schema::Fault>| {
        faults.into_iter().map(|fault| format!("`{}`: {}", fault.path, fault.message)).collect()
    };
    (shown(faults), shown(unknown))
}
