//! Documents -> the same, and beside the bundles among them what is inside.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Report;
use crate::kind::Cluster;
use crate::path::RelPath;
use crate::payload;
use crate::source::FileId;
use crate::spec::is_sealed;
use crate::syntax::{self, Document, Documents, Node};
use crate::workspace::{SourceFile, Sources};

/// The class of ManagedResources whose objects stay in the cluster that the ManagedResource is in.
///
/// Upstream: pkg/apis/config/resourcemanager/v1alpha1, SeedResourceClass.
const SEED_CLASS: &str = "seed";

/// The bundle that some documents came out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapping {
    /// The name of the ManagedResource.
    pub unit: String,
    /// Where its objects go.
    pub cluster: Cluster,
}

/// What was unwrapped.
#[derive(Debug, Default)]
pub struct Wrappings {
    /// The bundle of every text that came out of one.
    pub files: HashMap<FileId, Wrapping>,
    /// Namespaces and names of the ManagedResources.
    pub resources: BTreeSet<(String, String)>,
    /// Namespaces and names of their Secrets.
    pub secrets: BTreeSet<(String, String)>,
}

/// Adds the objects inside of bundles. A bundle of which a Secret is missing, encrypted or broken stays closed.
pub fn unwrap(documents: &mut Documents, report: &mut Report) -> Wrappings {
    let mut wrappings = Wrappings::default();
    let mut opened = Vec::new();
    let secrets: HashMap<(String, String), &Document> = documents
        .documents
        .iter()
        .filter(|document| is_of(&document.root, "v1", "Secret") && !is_sealed(&document.root))
        .map(|document| (name_of(&document.root), document))
        .collect();
    let resources = documents
        .documents
        .iter()
        .filter(|document| is_of(&document.root, "resources.gardener.cloud/v1alpha1", "ManagedResource"));
    for resource in resources {
        let (namespace, name) = name_of(&resource.root);
        let names = references(&resource.root).map(|secret| (namespace.clone(), secret.to_owned()));
        let names: Vec<(String, String)> = names.collect();
        let found: Option<Vec<&Document>> = names.iter().map(|name| secrets.get(name).copied()).collect();
        let Some(texts) = found.and_then(|found| texts(&found)) else { continue };
        let class = resource.root.at(&["spec", "class"]).and_then(Node::as_str);
        let cluster = if class == Some(SEED_CLASS) { Cluster::Runtime } else { Cluster::VirtualGarden };
        for (key, text) in texts {
            let shown = format!("{}!{key}", report.sources.name(resource.span.file));
            let id = report.sources.add(shown, text.into());
            opened.push(SourceFile { path: resource.path.clone(), id });
            wrappings.files.insert(id, Wrapping { unit: name.clone(), cluster });
        }
        wrappings.secrets.extend(names);
        wrappings.resources.insert((namespace, name));
    }
    let sources = Sources { root: RelPath::root(), files: opened, ..Sources::default() };
    let inside = syntax::parse(&sources, report);
    documents.documents.extend(inside.documents);
    documents.broken.extend(inside.broken);
    wrappings
}

/// All texts in some Secrets; nothing when one of them does not decode.
fn texts(secrets: &[&Document]) -> Option<Vec<(String, String)>> {
    let all = secrets.iter().flat_map(|secret| payload::texts(&secret.root));
    all.map(|(entry, text)| Some((entry.key.name.to_string(), text.ok()?))).collect()
}

fn references(resource: &Node) -> impl Iterator<Item = &str> {
    let references = resource.at(&["spec", "secretRefs"]).map(Node::items).unwrap_or_default();
    references.iter().filter_map(|reference| reference.get("name")?.as_str())
}

fn is_of(root: &Node, api_version: &str, kind: &str) -> bool {
    let is = |field, value| root.get(field).and_then(Node::as_str) == Some(value);
    is("apiVersion", api_version) && is("kind", kind)
}

fn name_of(root: &Node) -> (String, String) {
    let text = |field| root.at(&["metadata", field]).and_then(Node::as_str).unwrap_or_default();
    (text("namespace").to_owned(), text("name").to_owned())
}
