//! What rules may ask about the landscape around the object they judge.

use crate::landscape::Landscape;
use crate::schema::Schemas;
use crate::view::{CloudProfile, Shoot};

/// The landscape, the day, and what many rules look up.
pub struct Scope<'a> {
    /// All objects.
    pub landscape: &'a Landscape,
    /// The day that versions must be valid on.
    pub at: time::Date,
    /// The schemas of the landscape's Gardener version.
    pub schemas: Schemas,
}

impl<'a> Scope<'a> {
    pub(super) fn new(landscape: &'a Landscape, at: time::Date, schemas: Schemas) -> Self {
        Self {
            landscape,
            at,
            schemas,
        }
    }

    /// Whether an object that is not here is missing; in a part of a landscape it may be elsewhere.
    pub fn complete(&self) -> bool {
        self.landscape.complete
    }

    /// The CloudProfile a shoot is made after.
    pub fn cloud_profile(&self, shoot: Shoot<'_>) -> Option<CloudProfile<'a>> {
        let reference = shoot.cloud_profile();
        let kind = reference
            .and_then(|reference| reference.kind())
            .map_or("CloudProfile", |kind| kind.as_str());
        let name = reference
            .and_then(|reference| reference.name())
            .or(shoot.cloud_profile_name())?;
        let namespace = match kind {
            "CloudProfile" => "",
            _ => shoot.object.identity.namespace.as_deref().unwrap_or_default(),
        };
        self.landscape.find(kind, namespace, &name).map(CloudProfile::of)
    }
}
