//! Order: which shoots and managed seeds stand on each other.
//!
//! A ManagedSeed is made of a shoot in the namespace `garden`, and a shoot may name the seed it runs on: the two kinds can
//! be stacked several storeys high, and must then be applied storey by storey.

use std::collections::HashMap;

use crate::identity::Identity;
use crate::landscape::{Landscape, Object};
use crate::view::{ManagedSeed, Shoot};

/// The storey of every shoot and ManagedSeed that does not stand on the ground; a cycle instead, if there is one.
pub fn storeys(landscape: &Landscape) -> Result<HashMap<Identity, usize>, Vec<&Object>> {
    let mut walk = Walk { landscape, storeys: HashMap::new() };
    for object in landscape.of_kind("ManagedSeed").chain(landscape.of_kind("Shoot")) {
        walk.climb(object)?;
    }
    walk.storeys.retain(|_, storey| *storey > 0);
    Ok(walk.storeys.into_iter().map(|(identity, storey)| (identity.clone(), storey)).collect())
}

struct Walk<'a> {
    landscape: &'a Landscape,
    storeys: HashMap<&'a Identity, usize>,
}

impl<'a> Walk<'a> {
    /// Walks down to the ground, or to what is known, and counts the storeys on the way up.
    fn climb(&mut self, top: &'a Object) -> Result<(), Vec<&'a Object>> {
        let mut way: Vec<&'a Object> = Vec::new();
        let mut steps: HashMap<&'a Identity, usize> = HashMap::new();
        let mut next = Some(top);
        let mut below = None;
        while let Some(object) = next {
            below = self.storeys.get(&object.identity).copied();
            if below.is_some() {
                break;
            }
            if let Some(start) = steps.insert(&object.identity, way.len()) {
                return Err(way.split_off(start));
            }
            way.push(object);
            next = self.ground(object);
        }
        for object in way.into_iter().rev() {
            let storey = below.map_or(0, |below| below + usize::from(object.identity.kind == "Shoot"));
            self.storeys.insert(&object.identity, storey);
            below = Some(storey);
        }
        Ok(())
    }

    /// What an object stands on, if that is made by this landscape and has a storey of its own.
    fn ground(&self, object: &Object) -> Option<&'a Object> {
        if object.identity.kind == "Shoot" {
            let seed = Shoot::of(object).seed_name()?;
            self.landscape.find("ManagedSeed", "garden", &seed)
        } else {
            let shoot = ManagedSeed::of(object).shoot()?;
            self.landscape.find("Shoot", "garden", &shoot)
        }
    }
}
