//! Payloads: what is inside the Secrets of ManagedResources that somebody wrote by hand.
//!
//! Encrypted ones stay closed. What does not decode is no business of this family.

use std::collections::HashMap;

use super::reference::namespace_of;
use super::transport::managed_resource;
use super::{Findings, Scope};
use crate::diagnostic::Report;
use crate::landscape::Object;
use crate::path::RelPath;
use crate::payload;
use crate::spec::is_sealed;
use crate::syntax::{self, Node};
use crate::view::{ObjectReference, Text};
use crate::workspace::{SourceFile, Sources};

/// Group, kind, namespace and name of an object in a payload.
type Inner = (String, String, String, String);

/// Upstream: pkg/resourcemanager/controller/managedresource/reconciler.go, applyNewResources.
pub(super) fn shared(scope: &Scope<'_>, findings: &mut Findings) {
    let mut secrets: HashMap<(&str, &str), (&Object, Text<'_>)> = HashMap::new();
    let mut inner: HashMap<Inner, (&Object, Text<'_>)> = HashMap::new();
    for object in scope.landscape.of_kind("ManagedResource") {
        let references = managed_resource(object).into_iter().flat_map(|managed| managed.secrets());
        for name in references.filter_map(ObjectReference::name) {
            let namespace = namespace_of(object);
            if let Some(first) = secrets.insert((namespace, name.as_str()), (object, name)) {
                report(&format!("the Secret `{name}`"), (object, name), first, findings);
                continue;
            }
            let Some(secret) = scope.landscape.find("Secret", namespace, &name) else {
                continue;
            };
            for one in contents(secret) {
                let (_, kind, namespace, name_inside) = &one;
                let shown = match namespace.as_str() {
                    "" => format!("the {kind} `{name_inside}`"),
                    namespace => format!("the {kind} `{namespace}/{name_inside}`"),
                };
                if let Some(first) = inner.insert(one, (object, name)) {
                    report(&shown, (object, name), first, findings);
                }
            }
        }
    }
}

fn report(
    what: &str,
    (object, name): (&Object, Text<'_>),
    first: (&Object, Text<'_>),
    findings: &mut Findings,
) {
    let (other, first) = first;
    let message = if other.identity == object.identity {
        format!("{what} is delivered twice by {}", object.identity)
    } else {
        format!("{what} is delivered by {} too", other.identity)
    };
    findings
        .at(object, name.node, message)
        .related(first.node, "delivered from here first")
        .why("nobody owns an object that comes twice: it is applied in turns, and deleted with either")
        .help("leave it in one place");
}

/// The objects in the Secret of a ManagedResource.
fn contents(secret: &Object) -> Vec<Inner> {
    if is_sealed(&secret.root) {
        return Vec::new();
    }
    let texts = payload::texts(&secret.root).into_iter().filter_map(|(_, text)| text.ok());
    texts.flat_map(|text| objects(&text)).collect()
}

fn objects(text: &str) -> Vec<Inner> {
    let mut report = Report::default();
    let id = report.sources.add(String::new(), text.into());
    let file = SourceFile { path: RelPath::root(), id };
    let sources = Sources { files: vec![file], ..Sources::default() };
    let documents = syntax::parse(&sources, &mut report).documents;
    let inner = documents.iter().filter_map(|document| {
        let text = |path: &[&str]| document.root.at(path).and_then(Node::as_str);
        let group = text(&["apiVersion"])?.rsplit_once('/').map_or("", |(group, _)| group);
        let namespace = text(&["metadata", "namespace"]).unwrap_or_default();
        let (kind, name) = (text(&["kind"])?, text(&["metadata", "name"])?);
        Some((group.to_owned(), kind.to_owned(), namespace.to_owned(), name.to_owned()))
    });
    inner.collect()
}
