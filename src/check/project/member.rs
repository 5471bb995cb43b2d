//! The members of a project: who they are, and their roles.

use crate::check::grant::{GRANT_MALFORMED, judge_subject};
use crate::check::repetition::{self, DUPLICATE_ENTRY};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::help_with_names;
use crate::kind;
use crate::landscape::Object;
use crate::name::is_path_segment;
use crate::syntax::Node;
use crate::view::{Member, Project, Subject, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: GRANT_MALFORMED,
        upstream: &["PJ-MEMBER", "PJ-SUBJ"],
        judge: Judge::Kinds(&[kind::PROJECT], subjects),
    },
    Rule { code: GRANT_MALFORMED, upstream: &["PJ-MEMBER"], judge: Judge::Kinds(&[kind::PROJECT], roles) },
    Rule { code: DUPLICATE_ENTRY, upstream: &["PJ-MEMBER"], judge: Judge::Kinds(&[kind::PROJECT], repeated) },
];

/// How a ServiceAccount is called as a user.
const SERVICE_ACCOUNT_PREFIX: &str = "system:serviceaccount:";
const OWNER: &str = "owner";
const ROLES: [&str; 5] = ["admin", OWNER, "serviceaccountmanager", "uam", "viewer"];
/// The beginning of roles that extensions know.
const EXTENSION_PREFIX: &str = "extension:";
const EXTENSION_ROLE_LIMIT: usize = 20;

/// Who a subject is, once a ServiceAccount that is written as a user is taken for what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Who<'a> {
    kind: &'a str,
    api_group: &'a str,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> Who<'a> {
    /// Nothing when it is written as a user, and as none that exists.
    ///
    /// Upstream: pkg/api/core/validation/project.go, ProjectMemberProperties.
    fn of(subject: Subject<'a>) -> Option<Self> {
        let text = |field: Option<Text<'a>>| field.map_or("", Text::as_str);
        let (kind, name) = (text(subject.kind()), text(subject.name()));
        if kind == "User" && name.starts_with(SERVICE_ACCOUNT_PREFIX) {
            let mut parts = name.split(':').skip(2);
            let (namespace, name) = (parts.next()?, parts.next()?);
            return Some(Self { kind: "ServiceAccount", api_group: "", namespace, name });
        }
        let default = if matches!(kind, "User" | "Group") { kind::RBAC_GROUP } else { "" };
        let api_group = subject.api_group().map_or(default, Text::as_str);
        Some(Self { kind, api_group, namespace: text(subject.namespace()), name })
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectSpec and ValidateSubject.
fn subjects(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let project = Project::of(object);
    for subject in project.members().map(Member::subject) {
        if Who::of(subject).is_some() {
            judge_subject(object, subject, true, findings);
        } else if let Some(name) = subject.name() {
            findings
                .at(object, name.node, format!("the user `{name}` is no ServiceAccount"))
                .why("users whose names begin like this are ServiceAccounts, each in a namespace")
                .help(format!("write `{SERVICE_ACCOUNT_PREFIX}<namespace>:<name>`"));
        }
    }
    if let Some(owner) = project.owner() {
        judge_subject(object, owner, true, findings);
    }
    if let Some(creator) = project.created_by() {
        judge_subject(object, creator, false, findings);
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectSpec.
fn repeated(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let members = Project::of(object).members();
    let members: Vec<_> = members.filter_map(|member| Some((Who::of(member.subject())?, member))).collect();
    for (_, member) in &members {
        let own = member.roles().map(Node::items).unwrap_or_default().iter();
        let first = member.role().map_or("", Text::as_str);
        // A role that is the first one too counts once.
        let own = own.filter_map(Text::written).filter(|role| role.as_str() != first || role.is_empty());
        repetition::of_texts(object, own, "role", findings);
    }
    for ((_, first), (who, again)) in repetition::repetitions(members.iter().map(|one| (one.0, *one))) {
        findings
            .at(object, again.node(), format!("the {} `{}` is a member already", who.kind, who.name))
            .related(first.node(), "listed here first")
            .why("Gardener's API server refuses a project that lists a member twice")
            .help("give the member all its roles in one entry");
    }
}

/// The roles of a member with their places: the first one, then the others.
///
/// Upstream: pkg/apis/core/v1beta1/conversions.go, Convert_v1beta1_ProjectMember_To_core_ProjectMember.
fn roles_of(member: Member<'_>) -> impl Iterator<Item = (&Node, &str)> {
    let first = member.role();
    let others = member.roles().map(Node::items).unwrap_or_default();
    let others = others.iter().filter_map(|role| Some((role, role.as_str()?)));
    let is_new = move |role: &str| first.is_none_or(|first| *first != *role);
    first
        .into_iter()
        .map(|role| (role.node, role.as_str()))
        .chain(others.filter(move |(_, role)| is_new(role)))
}

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectSpec and ValidateProjectMember.
fn roles(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let mut owner: Option<&Node> = None;
    let members = Project::of(object).members().filter(|member| Who::of(member.subject()).is_some());
    for (node, role) in members.flat_map(roles_of) {
        if role == OWNER {
            if let Some(first) = owner {
                findings
                    .at(object, node, "a second owner of the project")
                    .related(first, "the first one")
                    .why("a project has one owner at most")
                    .help("give one of them the role `admin`");
            }
            owner.get_or_insert(node);
        }
        if let Some((fault, help)) = role_fault(role) {
            findings
                .at(object, node, format!("the role `{role}` {fault}"))
                .why("Gardener's API server refuses a member with a role it does not know")
                .help(help);
        }
    }
}

fn role_fault(role: &str) -> Option<(String, String)> {
    let Some(extension) = role.strip_prefix(EXTENSION_PREFIX) else {
        let known = ROLES.into_iter().chain(["extension:*"]);
        return (!ROLES.contains(&role)).then(|| ("is not known".to_owned(), help_with_names(role, known)));
    };
    if extension.len() > EXTENSION_ROLE_LIMIT {
        let fault = format!("has more than {EXTENSION_ROLE_LIMIT} characters after `{EXTENSION_PREFIX}`");
        return Some((fault, "shorten it".to_owned()));
    }
    let fits = is_path_segment(extension);
    (!fits).then(|| {
        ("cannot be a part of the name of a ClusterRole".to_owned(), "leave out `/` and `%`".to_owned())
    })
}
