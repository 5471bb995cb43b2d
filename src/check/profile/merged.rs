//! A NamespacedCloudProfile and its parent together: what they make must hold as one CloudProfile.
//!
//! The functions that judge a CloudProfile judge the two together. What they find in the parent alone is the parent's
//! business; the rest is told at the place in the NamespacedCloudProfile that brings it about.

use super::{Form, Profile, capability, image, lifecycle, version};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::NAMESPACED_CLOUD_PROFILE;
use crate::landscape::Object;
use crate::syntax::{Node, join_path, path_segment};
use crate::view::CloudProfile;

const INVALID: Code = Code::error("L578", "merged-profile-invalid");

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: INVALID,
    upstream: &["XN-MERGE"],
    judge: Judge::Kinds(&[NAMESPACED_CLOUD_PROFILE], merged),
}];

/// What can be wrong with two together that is wrong with neither.
const JUDGES: &[fn(Profile<'_>, &mut Findings)] = &[
    version::missing,
    version::latest,
    lifecycle::overlap,
    lifecycle::stages,
    image::incomplete,
    image::flavors,
    image::runtimes,
    capability::machine_types,
];

/// Upstream: plugin/pkg/namespacedcloudprofile/validator/admission.go, ValidateSimulatedNamespacedCloudProfileStatus.
fn merged(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let identity = &object.identity;
    let namespace = identity.namespace.as_deref().unwrap_or_default();
    let both = scope.offer_of(&identity.kind, namespace, &identity.name);
    let parent = scope.parent(CloudProfile::of(object)).filter(|parent| parent.spec().is_some());
    let Some((parent, both)) = parent.zip(both) else { return };
    let inherited = judge(parent, scope);
    let is_inherited = |found: &Diagnostic| {
        let same =
            |known: &Diagnostic| known.place.span == found.place.span && known.message == found.message;
        inherited.iter().any(same)
    };
    for found in judge(both.profile(), scope).into_iter().filter(|found| !is_inherited(found)) {
        let (path, node) = own(both.profile().object, object, &found.place.path);
        let message = format!("together with its parent it does not hold: {}", found.message);
        let mut raised = findings
            .named(object, node, path, message)
            .related(parent.object.name_node(), "the parent is declared here")
            .why(found.why.unwrap_or_default());
        if let Some(help) = found.help {
            raised = raised.help(help);
        }
        for label in found.related {
            raised = raised.related_span(label.span, label.text);
        }
    }
}

fn judge(view: CloudProfile<'_>, scope: &Scope<'_>) -> Vec<Diagnostic> {
    let profile = Profile { view, form: Form::Merged, at: scope.at, lifecycles: None };
    let mut findings = Findings::new(INVALID);
    for judge in JUDGES {
        judge(profile, &mut findings);
    }
    findings.found
}

/// The path in a NamespacedCloudProfile of what stands under a path of the two together, and the nearest value there is.
/// Items are found again by what they are called.
fn own<'a>(both: &Object, own: &'a Object, path: &str) -> (String, &'a Node) {
    let mut found = (String::new(), &own.root);
    let mut here = Some(&both.root);
    let mut whole = true;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (field, indices) = part.split_once('[').map_or((part, None), |(field, rest)| (field, Some(rest)));
        here = here.and_then(|here| here.get(field));
        let next = found.1.get(field).filter(|_| whole);
        whole &= next.is_some();
        found = (join_path(&found.0, &path_segment(field)), next.unwrap_or(found.1));
        let Some(index) = indices.and_then(|rest| rest.strip_suffix(']')) else { continue };
        let Ok(position) = index.parse::<usize>() else {
            // Some paths of upstream speak of any item of a list.
            found.0.push_str("[]");
            whole = false;
            continue;
        };
        here = here.and_then(|here| here.items().get(position));
        let Some((position, item)) = here.and_then(|item| namesake(found.1, item)).filter(|_| whole) else {
            break;
        };
        found = (format!("{}[{position}]", found.0), item);
    }
    let (path, node) = found;
    (path, if std::ptr::eq(node, &raw const own.root) { own.name_node() } else { node })
}

/// The item of a list with the name or version of another.
fn namesake<'a>(list: &'a Node, item: &Node) -> Option<(usize, &'a Node)> {
    let name =
        |node: &'_ Node| node.get("name").or(node.get("version")).and_then(Node::as_str).map(str::to_owned);
    let wanted = name(item)?;
    list.items().iter().enumerate().find(|(_, own)| name(own).as_ref() == Some(&wanted))
}
