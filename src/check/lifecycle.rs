//! The stage of its life that a version of Kubernetes or of a machine image is in.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

use crate::syntax::Node;
use crate::view::{ExpirableVersion, Text};

/// What a CloudProfile says of a version on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// No stage of its life has begun.
    Unavailable,
    /// It may be chosen by name, and is never chosen for anybody.
    Preview,
    /// It may be chosen.
    Supported,
    /// It may be chosen, not for long.
    Deprecated,
    /// It may no longer be chosen.
    Expired,
}

/// A stage in the life of a version.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// What it is.
    pub class: Class,
    /// When it began; for a version that is unavailable, when its first stage begins.
    pub start: Option<Text<'a>>,
}

impl<'a> Stage<'a> {
    /// The stage a version is in; the last one listed of those that have begun.
    ///
    /// Upstream: pkg/api/core/v1beta1/helper/cloudprofile.go, CurrentLifecycleClassification.
    pub fn of(version: ExpirableVersion<'a>, at: Date) -> Self {
        let mut stages = version.lifecycle().peekable();
        if stages.peek().is_none() {
            return Self::of_legacy(version, at);
        }
        let first = stages.peek().and_then(|stage| stage.start());
        let begun = stages.filter(|stage| stage.start().is_none_or(|start| has_begun(start, at)));
        let current =
            begun.last().map(|stage| Self { class: class(stage.classification()), start: stage.start() });
        current.unwrap_or(Self { class: Class::Unavailable, start: first })
    }

    fn of_legacy(version: ExpirableVersion<'a>, at: Date) -> Self {
        let expired = version.expiration().filter(|expiration| has_begun(*expiration, at));
        Self { class: expired.map_or(class(version.classification()), |_| Class::Expired), start: expired }
    }

    /// What says so, to point at.
    pub fn node(self, version: ExpirableVersion<'a>) -> &'a Node {
        self.start.map_or(version.node(), |start| start.node)
    }

    /// Whether the version may be chosen.
    pub fn active(self) -> bool {
        !matches!(self.class, Class::Unavailable | Class::Expired)
    }
}

/// A classification that Gardener does not know is a fault of its own; it keeps the version usable, and no more than that.
fn class(name: Option<Text<'_>>) -> Class {
    match name.map(Text::as_str) {
        Some("unavailable") => Class::Unavailable,
        Some("preview") => Class::Preview,
        Some("expired") => Class::Expired,
        None | Some("supported") => Class::Supported,
        Some(_) => Class::Deprecated,
    }
}

/// Whether a moment has come when the day begins: what ends at noon can be used that day.
fn has_begun(start: Text<'_>, at: Date) -> bool {
    moment(start).is_some_and(|start| start <= at.midnight().assume_utc())
}

/// When a version ends, and what says so; nothing for one that nobody has given an end.
pub fn end_of(listed: ExpirableVersion<'_>) -> Option<(Text<'_>, OffsetDateTime)> {
    let staged = listed.lifecycle().find(|stage| stage.classification().is_some_and(|it| *it == *"expired"));
    let said = staged.and_then(|stage| stage.start()).or(listed.expiration())?;
    Some((said, moment(said)?))
}

/// The moment that a text names.
pub fn moment(text: Text<'_>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&text, &Rfc3339).ok()
}
