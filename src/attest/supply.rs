//! The charts and images that make up a landscape, with what its lock knows of them.

use std::collections::BTreeMap;
use std::fmt;

use super::Origin;
use crate::digest::Digest;
use crate::inventory::Kind;
use crate::oci::reference::Reference;

/// Charts and images by their references.
pub(super) type Supplies = BTreeMap<(Kind, Reference), Supply>;

/// A chart or an image.
pub(super) struct Supply {
    pub(super) kind: Kind,
    pub(super) reference: Reference,
    /// The digest that the landscape names, else the one in its lock.
    pub(super) digest: Option<Digest>,
    /// Whether the landscape packs it itself.
    pub(super) is_own: bool,
    /// The images that the lock knows a chart to have.
    pub(super) images: Vec<Reference>,
}

impl Supply {
    /// What it is called among others: a chart and an image may have one reference.
    pub(super) fn name(kind: Kind, reference: &Reference) -> String {
        format!("{}:{reference}", kind.name())
    }

    pub(super) fn name_of_image(reference: &Reference) -> String {
        Self::name(Kind::Image, reference)
    }
}

impl fmt::Display for Supply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Self::name(self.kind, &self.reference))
    }
}

/// Everything that a landscape refers to, and the images of its charts as far as they are known.
pub(super) fn supplies(origin: &Origin<'_>) -> Supplies {
    let mut all = Supplies::new();
    let locked = |kind, reference: &Reference| origin.lock.get(kind, reference);
    for item in &origin.inventory.items {
        let Some(known) = locked(item.kind, &item.reference) else {
            add(&mut all, item.kind, &item.reference, item.digest, Vec::new()).is_own = item.is_own;
            continue;
        };
        let images = known.contents.iter().flat_map(|contents| &contents.images);
        let images: Vec<Reference> = images.map(Reference::tagged).collect();
        for image in &images {
            let digest = locked(Kind::Image, image).map(|known| known.digest);
            add(&mut all, Kind::Image, image, digest, Vec::new());
        }
        add(&mut all, item.kind, &item.reference, item.digest.or(Some(known.digest)), images);
    }
    all
}

/// Adds a supply, or what is not known yet of one that is there.
fn add<'a>(
    all: &'a mut Supplies,
    kind: Kind,
    reference: &Reference,
    digest: Option<Digest>,
    images: Vec<Reference>,
) -> &'a mut Supply {
    let digest = digest.or(reference.digest);
    let supply = all.entry((kind, reference.clone())).or_insert_with(|| Supply {
        kind,
        reference: reference.clone(),
        digest,
        is_own: false,
        images,
    });
    supply.digest = supply.digest.or(digest);
    supply
}
