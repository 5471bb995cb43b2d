//! Typed views of the objects: the fields that rules speak of, by name, each with the place it stands at.
//!
//! A view reads, never copies: it is a reference with methods. A field of the wrong type reads as absent; its type is the
//! schema's business.

mod chart_source;
mod cloud_profile;
mod configuration;
mod exposure_class;
mod garden;
mod gardenlet;
mod managed_resource;
mod naming;
mod placement;
mod project;
mod registration;
mod seed;
mod selector;
mod shoot;
mod supply;
mod shoot_spec;
mod workload_identity;

use std::ops::Deref;

pub use chart_source::*;
pub use cloud_profile::*;
pub use configuration::*;
pub use exposure_class::*;
pub use garden::*;
pub use gardenlet::*;
pub use managed_resource::*;
pub use naming::*;
pub use placement::*;
pub use project::*;
pub use registration::*;
pub use seed::*;
pub use selector::*;
pub use shoot::*;
pub use shoot_spec::*;
pub use supply::*;
pub use workload_identity::*;

use crate::duration::Duration;
use crate::quantity::Quantity;
use crate::syntax::{Node, Value};

/// A string of an object.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Where it stands.
    pub node: &'a Node,
    text: &'a str,
}

impl<'a> Text<'a> {
    /// The string of a node, when it is one and not empty.
    pub fn of(node: &'a Node) -> Option<Self> {
        Self::written(node).filter(|text| !text.is_empty())
    }

    /// The string of a node, empty or not: for fields in which Gardener tells an empty text from none.
    pub fn written(node: &'a Node) -> Option<Self> {
        node.as_str().map(|text| Self { node, text })
    }

    /// The string.
    pub fn as_str(self) -> &'a str {
        self.text
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.text)
    }
}

/// An integer of an object.
#[derive(Clone, Copy, Debug)]
pub struct Int<'a> {
    /// Where it stands.
    pub node: &'a Node,
    /// Its value.
    pub value: i64,
}

impl<'a> Int<'a> {
    /// The integer of a node, when it is one.
    pub fn of(node: &'a Node) -> Option<Self> {
        node.as_i64().map(|value| Self { node, value })
    }
}

/// A quantity of an object, written as a string or a number.
#[derive(Clone, Copy, Debug)]
pub struct Amount<'a> {
    /// Where it stands.
    pub node: &'a Node,
    /// Its value.
    pub quantity: Quantity,
}

impl<'a> Amount<'a> {
    /// The quantity of a node, when it is one.
    pub fn of(node: &'a Node) -> Option<Self> {
        let quantity = match &node.value {
            Value::String(text) => text.parse(),
            Value::Number(number) => number.to_string().parse(),
            _ => return None,
        };
        Some(Self { node, quantity: quantity.ok()? })
    }
}

/// Shown as it is written.
impl std::fmt::Display for Amount<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.node.value {
            Value::Number(number) => write!(formatter, "{number}"),
            _ => formatter.write_str(self.node.as_str().unwrap_or_default()),
        }
    }
}

/// A duration of an object.
#[derive(Clone, Copy, Debug)]
pub struct Period<'a> {
    /// Where it stands.
    pub node: &'a Node,
    /// Its length.
    pub duration: Duration,
}

impl<'a> Period<'a> {
    /// The duration of a node, when it is one.
    pub fn of(node: &'a Node) -> Option<Self> {
        let duration = node.as_str()?.parse().ok()?;
        Some(Self { node, duration })
    }
}

/// Shown as it is written.
impl std::fmt::Display for Period<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.node.as_str().unwrap_or_default())
    }
}

/// Declares views. `object Name` wraps a whole object or the template of one inside another, `part Name` a value.
///
/// A field is `name: kind "path" "of" "keys"`; the kinds are `text`, `texts`, `written`, `int`, `amount`, `duration`,
/// `flag`, `node`, `one View` and `many View`. A `text` is not empty; what is `written` may be.
macro_rules! view {
    (object $(#[$doc:meta])* $name:ident { $($fields:tt)* } $($rest:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            /// The object it is, or is a part of.
            pub object: &'a $crate::landscape::Object,
            root: &'a $crate::syntax::Node,
        }

        impl<'a> $name<'a> {
            /// The view of an object of this kind.
            pub fn of(object: &'a $crate::landscape::Object) -> Self {
                Self { object, root: &object.root }
            }

            /// The view of a template inside an object of another kind.
            pub fn within(object: &'a $crate::landscape::Object, root: &'a $crate::syntax::Node) -> Self {
                Self { object, root }
            }

            /// Whether it is a template, which has no name and no namespace of its own.
            pub fn is_template(self) -> bool {
                !std::ptr::eq(self.root, &self.object.root)
            }

            /// The value the fields are read from.
            pub fn node(self) -> &'a $crate::syntax::Node {
                self.root
            }

            view!(@fields $($fields)*);
        }

        view!($($rest)*);
    };
    (part $(#[$doc:meta])* $name:ident { $($fields:tt)* } $($rest:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            node: &'a $crate::syntax::Node,
        }

        impl<'a> $name<'a> {
            /// The view of a value.
            pub fn of(node: &'a $crate::syntax::Node) -> Self {
                Self { node }
            }

            /// The value the fields are read from.
            pub fn node(self) -> &'a $crate::syntax::Node {
                self.node
            }

            view!(@fields $($fields)*);
        }

        view!($($rest)*);
    };
    () => {};
    (@fields) => {};
    (@fields $(#[$doc:meta])* $name:ident: text $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$crate::view::Text<'a>> {
            self.node().at(&[$($key),+]).and_then($crate::view::Text::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: texts $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = $crate::view::Text<'a>> {
            let items = self.node().at(&[$($key),+]).map($crate::syntax::Node::items);
            items.unwrap_or_default().iter().filter_map($crate::view::Text::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: written $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$crate::view::Text<'a>> {
            self.node().at(&[$($key),+]).and_then($crate::view::Text::written)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: int $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$crate::view::Int<'a>> {
            self.node().at(&[$($key),+]).and_then($crate::view::Int::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: amount $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$crate::view::Amount<'a>> {
            self.node().at(&[$($key),+]).and_then($crate::view::Amount::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: duration $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$crate::view::Period<'a>> {
            self.node().at(&[$($key),+]).and_then($crate::view::Period::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: flag $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<bool> {
            self.node().at(&[$($key),+]).and_then($crate::syntax::Node::as_bool)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: node $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<&'a $crate::syntax::Node> {
            self.node().at(&[$($key),+])
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: one $view:ident $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> Option<$view<'a>> {
            self.node().at(&[$($key),+]).map($view::of)
        }
        view!(@fields $($rest)*);
    };
    (@fields $(#[$doc:meta])* $name:ident: many $view:ident $($key:literal)+, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = $view<'a>> {
            let items = self.node().at(&[$($key),+]).map($crate::syntax::Node::items);
            items.unwrap_or_default().iter().map($view::of)
        }
        view!(@fields $($rest)*);
    };
}

use view;
