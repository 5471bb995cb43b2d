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
    let mut walk = Walk {
        landscape,
        storeys: HashMap::new(),
        open: Vec::new(),
    };
    for object in landscape.of_kind("ManagedSeed").chain(landscape.of_kind("Shoot")) {
        walk.storey(object)?;
    }
    walk.storeys.retain(|_, storey| *storey > 0);
    Ok(walk
        .storeys
        .into_iter()
        .map(|(identity, storey)| (identity.clone(), storey))
        .collect())
}

struct Walk<'a> {
    landscape: &'a Landscape,
    storeys: HashMap<&'a Identity, usize>,
    /// The objects whose storey is being asked for, each standing on the next.
    open: Vec<&'a Object>,
}

impl<'a> Walk<'a> {
    fn storey(&mut self, object: &'a Object) -> Result<usize, Vec<&'a Object>> {
        if let Some(known) = self.storeys.get(&object.identity) {
            return Ok(*known);
        }
        if let Some(start) = self.open.iter().position(|open| open.identity == object.identity) {
            return Err(self.open.split_off(start));
        }
        self.open.push(object);
        let storey = match self.ground(object) {
            Some(ground) => self.storey(ground)? + usize::from(object.identity.kind == "Shoot"),
            None => 0,
        };
        self.open.pop();
        self.storeys.insert(&object.identity, storey);
        Ok(storey)
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
