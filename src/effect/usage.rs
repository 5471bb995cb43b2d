//! Who still uses what a change takes away.

use std::fmt;

use crate::check::{Raised, Scope};
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::Shoot;

/// The names and places that a finding tells of.
const SHOWN: usize = 3;

/// The shoots that are made after a CloudProfile or a NamespacedCloudProfile, be it by way of one that extends it.
///
/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, isShootRelatedToCloudProfile.
pub(super) fn shoots_of<'a>(profile: &Object, scope: &Scope<'a>) -> Vec<Shoot<'a>> {
    let shoots = scope.landscape.of_kind(kind::SHOOT.kind).map(Shoot::of);
    let is_made_after = |shoot: &Shoot<'_>| {
        let own = scope.cloud_profile(*shoot);
        let parent = own.and_then(|own| scope.parent(own));
        own.into_iter().chain(parent).any(|used| used.object.identity == profile.identity)
    };
    shoots.filter(is_made_after).collect()
}

/// Objects of the head that use something, each with where it says so, in the order of the landscape.
#[derive(Default)]
pub(super) struct Users<'a>(Vec<(&'a Object, &'a Node)>);

impl Users<'_> {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The finding with the places of the first of them.
    pub(super) fn shown<'f>(&self, raised: Raised<'f>) -> Raised<'f> {
        self.0.iter().take(SHOWN).fold(raised, |raised, (_, node)| raised.related(node, "it is used here"))
    }
}

/// An object counts once, however often it uses a thing.
impl<'a> FromIterator<(&'a Object, &'a Node)> for Users<'a> {
    fn from_iter<T: IntoIterator<Item = (&'a Object, &'a Node)>>(places: T) -> Self {
        let mut users: Vec<(&'a Object, &'a Node)> = Vec::new();
        for (object, node) in places {
            if users.last().is_none_or(|(last, _)| !std::ptr::eq(*last, object)) {
                users.push((object, node));
            }
        }
        Self(users)
    }
}

/// As the end of a sentence: how many there are, and the names of the first.
impl fmt::Display for Users<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().take(SHOWN).map(|(object, _)| name(object)).collect();
        match names.as_slice() {
            [one] => formatter.write_str(one),
            _ if self.0.len() > SHOWN => {
                write!(formatter, "{} objects, among them {}", self.0.len(), names.join(", "))
            }
            [first @ .., last] => write!(formatter, "{} and {last}", first.join(", ")),
            [] => formatter.write_str("nobody"),
        }
    }
}

fn name(object: &Object) -> String {
    let identity = &object.identity;
    match &identity.namespace {
        Some(namespace) => format!("the {} `{namespace}/{}`", identity.kind, identity.name),
        None => format!("the {} `{}`", identity.kind, identity.name),
    }
}
