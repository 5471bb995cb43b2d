//! An object of the landscape: its tree, who it is, and where it came from.

use std::sync::Arc;

use ecow::EcoString;

use crate::diagnostic::Place;
use crate::identity::Identity;
use crate::kind::{self, Cluster, Delivery};
use crate::source::FileId;
use crate::spec::Section;
use crate::syntax::{Node, join_path};

/// The annotation that says which cluster an object lives in.
pub const CLUSTER_ANNOTATION: &str = "landscape.gardener.cloud/cluster";
/// The annotation that says who applies an object.
pub const DELIVERY_ANNOTATION: &str = "landscape.gardener.cloud/delivery";

/// One object, complete: expressions evaluated, layers merged.
#[derive(Clone, Debug)]
pub struct Object {
    /// Who it is.
    pub identity: Identity,
    /// Its tree.
    pub root: Node,
    /// The section that lists it; nothing in the loose mode.
    pub section: Option<Section>,
    /// The item of the `ForEach` that made it, as a person would say it.
    pub item: Option<EcoString>,
    /// Its bytes, when it is encrypted and must be carried as it is.
    pub sealed: Option<Arc<str>>,
}

impl Object {
    /// An object that the compiler adds; it is complete by construction.
    pub fn derived(root: Node) -> Self {
        Self::unplaced(root).expect("a derived object has a name")
    }

    /// An object that no section lists; nothing without a kind and a name.
    pub fn unplaced(root: Node) -> Option<Self> {
        let identity = identity_of(&root)?;
        Some(Self { identity, root, section: None, item: None, sealed: None })
    }

    /// The file it was written in.
    pub fn file(&self) -> FileId {
        self.root.span.file
    }

    /// Where a value of this object stands.
    pub fn place(&self, node: &Node) -> Place {
        self.place_at(node, self.root.path_to(node).unwrap_or_default())
    }

    /// Where a value would stand that is missing from `parent`; the parent is underlined.
    pub fn place_of_missing(&self, parent: &Node, field: &str) -> Place {
        let parent_path = self.root.path_to(parent).unwrap_or_default();
        self.place_at(parent, join_path(&parent_path, field))
    }

    /// The whole object: its name is underlined.
    pub fn place_of_name(&self) -> Place {
        let name = self.root.at(&["metadata", "name"]).unwrap_or(&self.root);
        self.place_at(name, String::new())
    }

    /// A value of this object under a path the caller knows.
    pub fn place_at(&self, node: &Node, path: String) -> Place {
        Place {
            span: Some(node.span),
            file: None,
            object: Some(self.identity.clone()),
            path,
            item: self.item.as_ref().map(ToString::to_string),
        }
    }

    /// The node that names the object, to point at from elsewhere.
    pub fn name_node(&self) -> &Node {
        self.root.at(&["metadata", "name"]).unwrap_or(&self.root)
    }

    /// The value of an annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.root.at(&["metadata", "annotations", name]).and_then(Node::as_str)
    }

    /// The cluster it lives in: the annotation, then the kind, then the section decide.
    pub fn cluster(&self) -> Cluster {
        let asked = self.annotation(CLUSTER_ANNOTATION).and_then(Cluster::named);
        // These kinds live on either cluster.
        let shared = matches!(self.identity.group(), "" | "networking.k8s.io" | "rbac.authorization.k8s.io");
        asked.unwrap_or_else(|| match kind::delivery(&self.identity) {
            Some((cluster, _)) if !shared => cluster,
            _ if matches!(self.section, Some(Section::Garden | Section::Extensions)) => Cluster::Runtime,
            _ => Cluster::VirtualGarden,
        })
    }

    /// Whether the landscape delivers it to the virtual garden inside of a ManagedResource.
    pub fn is_bundled(&self) -> bool {
        let asked = self.annotation(DELIVERY_ANNOTATION).and_then(Delivery::named);
        let by_kind = kind::delivery(&self.identity).map_or(Delivery::Bundle, |(_, delivery)| delivery);
        let secret = self.sealed.is_some() || matches!(&*self.identity.kind, "Secret" | "InternalSecret");
        self.section.is_some()
            && self.cluster() == Cluster::VirtualGarden
            && asked.unwrap_or(by_kind) == Delivery::Bundle
            && !secret
    }

    /// Whether its values are encrypted; what encrypts them leaves the keys readable.
    pub fn is_encrypted(&self) -> bool {
        self.sealed.is_some() || self.root.get("sops").is_some()
    }

    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.root.at(&["metadata", "labels", name]).and_then(Node::as_str)
    }
}

/// The identity a tree claims; nothing when it has no name.
pub(super) fn identity_of(root: &Node) -> Option<Identity> {
    let name = text(root, &["metadata", "name"])?;
    Some(Identity { name, ..kind_of(root)? })
}

/// The identity of a tree without a name, if it is of a kind that is known to have one.
pub(super) fn nameless(root: &Node) -> Option<Identity> {
    kind_of(root).filter(|identity| kind::facts(identity.group(), &identity.kind).is_some())
}

fn kind_of(root: &Node) -> Option<Identity> {
    Some(Identity {
        api_version: text(root, &["apiVersion"])?,
        kind: text(root, &["kind"])?,
        namespace: text(root, &["metadata", "namespace"]),
        name: EcoString::new(),
    })
}

fn text(root: &Node, path: &[&str]) -> Option<EcoString> {
    root.at(path).and_then(Node::as_str).filter(|text| !text.is_empty()).map(EcoString::from)
}
