//! Metadata: what Kubernetes asks of the labels, annotations and finalizers of any object.

use super::{Findings, Judge, Rule, Scope, label};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::name::{is_dns_label, is_qualified_name};
use crate::syntax::Node;
use crate::view::{Shoot, Text};

pub(super) static RULES: &[Rule] = &[
    Rule { code: MALFORMED, upstream: &["SH-NAME"], judge: Judge::Object(of_object) },
    Rule { code: MALFORMED, upstream: &[], judge: Judge::ShootTemplate(of_template) },
];

const MALFORMED: Code = Code::error("L469", "metadata-malformed");

/// What the garbage collector does with what depends on an object; it can only do one of the two.
const DEPENDENTS: [&str; 2] = ["orphan", "foregroundDeletion"];

/// Upstream: k8s.io/apimachinery/pkg/api/validation, ValidateObjectMeta.
fn of_object(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(metadata) = object.root.get("metadata") else { return };
    label::labels(object, metadata, "labels", findings);
    label::annotations(object, metadata, "annotations", findings);
    finalizers(object, metadata, findings);
    namespace(object, metadata, findings);
}

fn of_template(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if let Some(metadata) = shoot.metadata().filter(|_| shoot.is_template()) {
        label::labels(shoot.object, metadata, "labels", findings);
        label::annotations(shoot.object, metadata, "annotations", findings);
    }
}

fn finalizers(object: &Object, metadata: &Node, findings: &mut Findings) {
    let finalizers = metadata.get("finalizers").map(Node::items).unwrap_or_default();
    let mut report = |node: &Node, message: String, help: &str| {
        findings
            .under(object, node, metadata, "finalizers", message)
            .why("the API server refuses the object")
            .help(help.to_owned());
    };
    for name in finalizers.iter().filter_map(Text::written).filter(|name| !is_qualified_name(name)) {
        report(
            name.node,
            format!("`{name}` is no name of a finalizer"),
            "write a DNS name, `/` and a name, as in `example.org/clean-up`",
        );
    }
    let has = |wanted: &str| finalizers.iter().find(|node| node.as_str() == Some(wanted));
    if let [Some(_), Some(second)] = DEPENDENTS.map(has) {
        let message = "the finalizers `orphan` and `foregroundDeletion` exclude each other".to_owned();
        report(second, message, "remove one of the two");
    }
}

/// Inside of a landscape a missing namespace is a fault of its own.
fn namespace(object: &Object, metadata: &Node, findings: &mut Findings) {
    let identity = &object.identity;
    let missing = identity.namespace.is_none() && object.section.is_none();
    if missing && identity.group().ends_with("gardener.cloud") && kind::is_namespaced(identity) == Some(true)
    {
        findings
            .lacking(object, metadata, &["namespace"], format!("the {} has no namespace", identity.kind))
            .why("Gardener's API server takes no object of this kind without one")
            .help("set `metadata.namespace`");
    }
    if let Some(namespace) = metadata.get("namespace").and_then(Text::of).filter(|text| !is_dns_label(text)) {
        findings
            .at(object, namespace.node, format!("`{namespace}` is no name of a namespace"))
            .why("the API server refuses the object")
            .help("use lower-case letters, digits and `-`, with a letter or digit at both ends");
    }
}
