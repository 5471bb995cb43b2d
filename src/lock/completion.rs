//! Inventory, lock -> the inventory with everything that is locked: digests, and the images of charts.

use std::collections::BTreeMap;

use super::Lock;
use crate::inventory::{Inventory, Item, Kind, Use};
use crate::oci::reference::Reference;

/// Completes an inventory by what is known of its references: all that a landscape runs, as far as it can be told.
pub fn completed(inventory: &Inventory, lock: &Lock) -> Inventory {
    let digest = |kind, reference: &Reference| {
        reference.digest.or_else(|| lock.get(kind, reference).map(|locked| locked.digest))
    };
    let mut items: BTreeMap<(Kind, Reference), Item> = BTreeMap::new();
    for item in &inventory.items {
        let digest = item.digest.or_else(|| digest(item.kind, &item.reference));
        items.insert((item.kind, item.reference.clone()), Item { digest, ..item.clone() });
    }
    for chart in inventory.items.iter().filter(|item| item.kind == Kind::Chart) {
        let locked = lock.get(Kind::Chart, &chart.reference);
        let images = locked.and_then(|locked| locked.contents.as_ref()).map(|contents| &contents.images);
        for image in images.into_iter().flatten() {
            let digest = digest(Kind::Image, image);
            // A chart may hold a tag to another digest than the landscape does.
            let tagged = (Kind::Image, image.tagged());
            let is_same = items.get(&tagged).is_some_and(|item| item.digest == digest);
            let name = if is_same { tagged } else { (Kind::Image, image.clone()) };
            let item = items.entry(name).or_insert_with_key(|(kind, reference)| Item {
                kind: *kind,
                reference: reference.clone(),
                digest,
                is_own: false,
                uses: Vec::new(),
            });
            let inside = format!("the chart {}", chart.reference);
            let used =
                |used: &Use| Use { digest: image.digest, inside: Some(inside.clone()), ..used.clone() };
            item.uses.extend(chart.uses.iter().map(used));
        }
    }
    Inventory { items: items.into_values().collect(), ..inventory.clone() }
}
