//! Images in the values of charts, in the shapes that charts commonly give them.
//!
//! What a value means is the chart's own business, so only what can hardly be anything else is taken for an image.

use super::Kind;
use super::found::{Found, Owner};
use crate::oci::reference::Reference;
use crate::source::FileId;
use crate::syntax::{self, Node, Value};
use crate::view::Naming;

/// The values that hold an image vector as a text, and what its entries are.
///
/// upstream: gardener/gardener, pkg/utils/imagevector; charts/gardener/operator/values.yaml
const VECTORS: [(&str, Kind); 4] = [
    ("imageVectorOverwrite", Kind::Image),
    ("componentImageVectorOverwrite", Kind::Image),
    ("componentImageVectorOverwrites", Kind::Image),
    ("chartsImageVectorOverwrite", Kind::Chart),
];

/// Looks through values.
pub(super) fn look<'a>(owner: Owner<'a>, values: Option<&'a Node>, all: &mut Vec<Found<'a>>) {
    let Some(values) = values else { return };
    overwrites(owner, Some(values), all);
    for entry in values.entries() {
        let name = entry.key.name.as_str();
        if VECTORS.iter().any(|(vector, _)| *vector == name) {
            continue;
        }
        let value = &entry.value;
        if let Some(found) = image(owner, name, value) {
            all.push(found);
        } else {
            look(owner, Some(value), all);
        }
    }
    values.items().iter().for_each(|item| look(owner, Some(item), all));
}

/// A value that is an image: a mapping with a repository and a version, or a text of that name with a version in it.
fn image<'a>(owner: Owner<'a>, name: &str, value: &'a Node) -> Option<Found<'a>> {
    let naming = match &value.value {
        Value::Mapping(fields) if fields.get("repository").is_some() => Naming::image(value)?,
        Value::String(text) if is_image(name) && text.contains([':', '@']) => Naming::whole(value),
        _ => return None,
    };
    // Whether the chart takes a digest in the place of a tag is its own business.
    let found = owner.image(naming).filter(|_| !is_url(naming)).map(|found| Found { slot: None, ..found });
    found.filter(|found| found.reference.is_ok())
}

/// No container runtime takes a scheme in front of an image.
fn is_url(naming: Naming<'_>) -> bool {
    naming.node().as_str().is_some_and(|text| text.contains("://"))
}

fn is_image(name: &str) -> bool {
    name == "image" || name.ends_with("Image")
}

/// Looks through the image vectors among some fields.
pub(super) fn overwrites<'a>(owner: Owner<'a>, fields: Option<&'a Node>, all: &mut Vec<Found<'a>>) {
    for (name, kind) in VECTORS {
        if let Some(vector) = fields.and_then(|fields| fields.get(name)) {
            entries(vector, kind, &mut |entry, reference| {
                let place = owner.place(vector);
                let inside = Some(format!("the entry `{entry}`"));
                all.push(Found { kind, naming: None, slot: None, reference: Ok(reference), place, inside });
            });
        }
    }
}

/// The entries of an image vector that name a version: others take it from the vector they are laid over.
fn entries(vector: &Node, kind: Kind, take: &mut dyn FnMut(&str, Reference)) {
    let parsed;
    let root = match vector.as_str() {
        Some(text) => {
            // Nobody points into a text inside of another; the places of its values are not used.
            parsed = syntax::parse_one(FileId::default(), text);
            parsed.as_ref()
        }
        None => Some(vector),
    };
    let Some(root) = root else { return };
    for entry in root.get("images").map(Node::items).unwrap_or_default() {
        let name = entry.get("name").and_then(Node::as_str).unwrap_or_default();
        let naming = Naming::image(entry).filter(|naming| kind == Kind::Chart || !is_url(*naming));
        let text = naming.and_then(Naming::text);
        if let Some(reference) = text.and_then(|text| Reference::parse_image(&text).ok()) {
            take(name, reference);
        }
    }
    for component in root.get("components").map(Node::items).unwrap_or_default() {
        let name = component.get("name").and_then(Node::as_str).unwrap_or_default();
        if let Some(inner) = component.get("imageVectorOverwrite") {
            entries(inner, kind, &mut |entry, reference| take(&format!("{name}/{entry}"), reference));
        }
    }
}
