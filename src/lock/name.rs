//! What people call a reference when they want it looked up again.

use super::Lock;
use crate::inventory::Inventory;
use crate::oci::reference::Reference;

/// Whether a name means a reference: the whole of it, its repository with or without the host, or the last part of that.
pub fn is_called(reference: &Reference, name: &str) -> bool {
    names_of(reference).iter().any(|known| known == name)
}

fn names_of(reference: &Reference) -> [String; 4] {
    let Reference { repository, .. } = reference;
    [reference.to_string(), reference.name(), repository.clone(), reference.last_part().to_owned()]
}

/// Every name that means something in a landscape, or did when it was locked.
pub fn names(inventory: &Inventory, lock: &Lock) -> Vec<String> {
    let items = inventory.items.iter().filter(|item| !item.is_own).map(|item| &item.reference);
    let known = lock.iter().map(|(_, reference, _)| reference);
    let mut names: Vec<String> = items.chain(known).flat_map(names_of).collect();
    names.sort();
    names.dedup();
    names
}
