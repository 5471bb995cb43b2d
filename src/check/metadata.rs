//! Metadata: what every object says of itself, whatever its kind.
//!
//! The API server checks it alike for all kinds, but for the form of their names.

use super::label::{LABEL_MALFORMED, judge_annotations_in, judge_labels};
use super::name_form::NameForm;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::identity::Identity;
use crate::kind;
use crate::landscape::Object;
use crate::name::{is_dns_label, is_qualified_name};
use crate::syntax::{Node, join_path};
use crate::view::{ExposureClass, Text};

/// A name in another form than its place takes.
pub(super) const NAME_INVALID: Code = Code::error("L359", "name-invalid");
/// More bytes than the API server takes.
pub(super) const OBJECT_TOO_LARGE: Code = Code::error("L362", "object-too-large");

pub(super) static RULES: &[Rule] = &[
    Rule { code: NAME_INVALID, upstream: &[], judge: Judge::Object(names) },
    Rule {
        code: NAME_INVALID,
        upstream: &["EC-HANDLER"],
        judge: Judge::Kinds(&[kind::EXPOSURE_CLASS], handler),
    },
    Rule { code: LABEL_MALFORMED, upstream: &[], judge: Judge::Object(labels) },
    Rule {
        code: Code::error("L361", "metadata-not-accepted"),
        upstream: &[],
        judge: Judge::Object(bookkeeping),
    },
    Rule { code: OBJECT_TOO_LARGE, upstream: &[], judge: Judge::Object(annotations_size) },
];

/// The keys and values of all annotations, in bytes.
const ANNOTATIONS_LIMIT: usize = 256 << 10;

/// The metadata of an object, unless it may be encrypted.
fn metadata(object: &Object) -> Option<&Node> {
    object.root.get("metadata").filter(|_| !object.is_encrypted())
}

/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateObjectMetaAccessor.
fn names(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let identity = &object.identity;
    let form = NameForm::of(identity);
    let Some(metadata) = metadata(object) else {
        if object.root.get("metadata").is_none() {
            nameless(object, &object.root, "metadata.name", findings);
        }
        return;
    };
    let generated = metadata.get("generateName").and_then(Text::of);
    match metadata.get("name") {
        Some(_) if has_own_rule(identity) && !identity.name.is_empty() => {}
        Some(name) if name.as_str() != Some("") => {
            if let Some(name) = Text::of(name) {
                form.require(object, name, "the name", findings);
            }
        }
        _ if generated.is_none() => nameless(object, metadata, "name", findings),
        _ => {}
    }
    if let Some(prefix) = generated {
        form.require_prefix(object, prefix, "the beginning of a name", findings);
    }
    let namespace = metadata.get("namespace").and_then(Text::of);
    if let Some(namespace) = namespace.filter(|_| kind::is_namespaced(identity) == Some(true)) {
        NameForm::Label.require(object, namespace, "the namespace", findings);
    }
}

/// Whether the names of a kind are limited further, by a rule that looks at their form too.
fn has_own_rule(identity: &Identity) -> bool {
    identity.group() == "core.gardener.cloud" && matches!(&*identity.kind, "Project" | "Shoot")
}

/// The longest name of a handler: the namespace of its gateway on the seed begins with it.
const HANDLER_LIMIT: usize = 34;

/// Upstream: pkg/api/core/validation/exposureclass.go, ValidateExposureClass.
fn handler(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(handler) = ExposureClass::of(object).handler() else {
        return;
    };
    NameForm::Label.require(object, handler, "the handler", findings);
    if handler.len() > HANDLER_LIMIT && is_dns_label(&handler) {
        findings
            .at(
                object,
                handler.node,
                format!("the handler `{handler}` has more than {HANDLER_LIMIT} characters"),
            )
            .why("a namespace on the seed is named after it")
            .help("shorten it, here and in the configuration of the gardenlets");
    }
}

/// Kinds that the server makes up a name for, even if it is not asked to.
///
/// Upstream: pkg/apiserver/registry/core/secretbinding/strategy.go, PrepareForCreate, and its twins.
const NAMED_BY_SERVER: [&str; 3] = ["CredentialsBinding", "SecretBinding", "WorkloadIdentity"];

fn nameless(object: &Object, parent: &Node, field: &str, findings: &mut Findings) {
    if NAMED_BY_SERVER.contains(&&*object.identity.kind) {
        return;
    }
    let message = format!("a {} without a name", object.identity.kind);
    findings
        .missing(object, parent, field, message)
        .why("the name tells an object from the others of its kind")
        .help("set `metadata.name`");
}

/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateAnnotations and ValidateFinalizers;
/// pkg/apis/meta/v1/validation, ValidateLabels.
fn labels(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(metadata) = metadata(object) else {
        return;
    };
    if let Some(labels) = metadata.get("labels") {
        judge_labels(object, labels, "metadata.labels", findings);
    }
    judge_annotations_in(object, metadata, "annotations", findings);
    for finalizer in metadata.get("finalizers").map(Node::items).unwrap_or_default() {
        if let Some(name) = finalizer.as_str().filter(|name| !is_qualified_name(name)) {
            findings
                .named(
                    object,
                    finalizer,
                    "metadata.finalizers",
                    format!("`{name}` is no name of a finalizer"),
                )
                .why("the API server refuses the object")
                .help(KEY_HELP);
        }
    }
}

/// What the keys of labels and annotations, and the names of finalizers look like.
pub(super) const KEY_HELP: &str = "write a name of at most 63 letters, digits, `-`, `_` and `.`, and before it, if need be, a DNS name \
                        and `/`, as in `example.org/name`";

/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, validateObjectMetaAccessorWithOptsCommon.
fn bookkeeping(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(metadata) = metadata(object) else {
        return;
    };
    if let Some(generation) = metadata.get("generation").filter(|node| node.as_i64().is_some_and(|it| it < 0))
    {
        findings
            .at(object, generation, "a negative generation")
            .why("the API server counts the generations, beginning at 1")
            .help("remove `generation`");
    }
    owners(object, metadata, findings);
    finalizers(object, metadata, findings);
    managed_fields(object, metadata, findings);
}

/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateOwnerReferences.
fn owners(object: &Object, metadata: &Node, findings: &mut Findings) {
    const PATH: &str = "metadata.ownerReferences";
    let mut controller: Option<&Node> = None;
    for owner in metadata.get("ownerReferences").map(Node::items).unwrap_or_default() {
        let text = |field| owner.get(field).and_then(Node::as_str);
        let version = text("apiVersion").unwrap_or_default();
        // Of a group and a version that are no two, nothing is read.
        if !version.is_empty() && (version.matches('/').count() > 1 || version.ends_with('/')) {
            findings
                .named(
                    object,
                    owner,
                    join_path(PATH, "apiVersion"),
                    format!("`{version}` names no version of an API"),
                )
                .why("the API server refuses an owner that cannot be looked up");
        }
        if version == "v1" && text("kind") == Some("Event") {
            findings
                .named(object, owner, PATH, "an Event owns nothing")
                .why("events are deleted after an hour");
        }
        if owner.get("controller").and_then(Node::as_bool) == Some(true) {
            if let Some(first) = controller {
                findings
                    .named(object, owner, PATH, "a second owner that is the controller")
                    .related(first, "the first one")
                    .why("one controller at most manages an object")
                    .help("set `controller: true` for one of them");
            }
            controller.get_or_insert(owner);
        }
    }
}

fn finalizers(object: &Object, metadata: &Node, findings: &mut Findings) {
    let finalizers = metadata.get("finalizers").map(Node::items).unwrap_or_default();
    let find = |name: &str| finalizers.iter().find(|finalizer| finalizer.as_str() == Some(name));
    if let Some((orphan, foreground)) = find("orphan").zip(find("foregroundDeletion")) {
        let message = "the finalizers `orphan` and `foregroundDeletion` contradict each other";
        findings
            .named(object, orphan, "metadata.finalizers", message)
            .related(foreground, "the other one")
            .why("what belongs to the object would have to be kept and deleted");
    }
}

/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateManagedFields.
fn managed_fields(object: &Object, metadata: &Node, findings: &mut Findings) {
    const WHY: &str = "the API server keeps this record itself";
    const HELP: &str = "remove `managedFields`";
    for entry in metadata.get("managedFields").map(Node::items).unwrap_or_default() {
        let text = |field: &str| entry.get(field).and_then(Node::as_str).unwrap_or_default();
        let mut odd = |field: &str, fault: &str| {
            let message = format!("`{}` {fault}", text(field));
            match entry.get(field) {
                Some(node) => findings.at(object, node, message),
                None => findings.missing(object, entry, field, message),
            }
            .why(WHY)
            .help(HELP);
        };
        if !matches!(text("operation"), "Apply" | "Update") {
            odd("operation", "is neither `Apply` nor `Update`");
        }
        if !matches!(text("fieldsType"), "" | "FieldsV1") {
            odd("fieldsType", "is not `FieldsV1`");
        }
        if text("manager").len() > 128 || text("manager").chars().any(char::is_control) {
            odd("manager", "is no name of a manager");
        }
        if text("subresource").len() > 256 {
            odd("subresource", "is no subresource");
        }
    }
}

/// Upstream: k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateAnnotationsSize.
fn annotations_size(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(metadata) = metadata(object) else {
        return;
    };
    let annotations = metadata.get("annotations").map(Node::entries).unwrap_or_default();
    let length = |node: &Node| node.as_str().map_or(0, str::len);
    let size: usize = annotations.iter().map(|entry| entry.key.name.len() + length(&entry.value)).sum();
    if size > ANNOTATIONS_LIMIT {
        let message = format!("{size} bytes of annotations, more than {ANNOTATIONS_LIMIT}");
        findings
            .at_field(object, metadata, "annotations", message)
            .why("annotations are read with every object, so the API server limits them")
            .help("move the data into a ConfigMap");
    }
}
