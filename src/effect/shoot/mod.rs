//! What Gardener refuses to change about a shoot, and what it does about the rest.

pub(super) mod cloud_profile;
pub(super) mod control_plane;
pub(super) mod credentials;
pub(super) mod deletion;
pub(super) mod dns;
pub(super) mod managed_seed;
pub(super) mod migration;
pub(super) mod network;
pub(super) mod pool;
pub(super) mod removal;
pub(super) mod schedule;
pub(super) mod setting;
pub(super) mod version;

use super::immutable::{Keeps, Kept};
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::{Findings, Raised};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Shoot;

/// A change of what is decided when a shoot is made.
const SHOOT_FIELD_KEPT: Code = Code::error("L710", "shoot-field-immutable");
/// A change that Gardener refuses for a shoot that lives on a seed, of one whose files do not tell if it does.
const WITH_A_SEED: Code = Code::warning("L717", "refused-once-scheduled");

pub(super) static RULES: &[Rule] = &[Rule {
    code: SHOOT_FIELD_KEPT,
    impact: Impact::Rejected,
    upstream: &["UP-SH-PROVIDER", "UP-SH-REGION"],
    judge: Judge::ShootTemplate(immutable),
}];

const WHY: &str = "what a shoot is made of cannot move elsewhere; Gardener's API server refuses the change";
const HELP: &str = "keep the value, and make a new shoot of another name where it shall be";
const IN_BASE: &str = "as it is in the base";

impl<'a> Both<Shoot<'a>> {
    /// A field of the shoot on both sides.
    fn field(self, way: &'a [&'a str]) -> Kept<'a> {
        Kept { object: self.map(|shoot| shoot.object), root: self.map(Shoot::node), way }
    }

    /// A finding at a field, or where it would stand, that shows what it was.
    fn refuse<'f>(self, way: &[&str], message: impl Into<String>, findings: &'f mut Findings) -> Raised<'f> {
        let raised = findings.lacking(self.after.object, self.after.node(), way, message);
        match self.before.node().at(way) {
            Some(before) => raised.related(before, IN_BASE),
            None => raised,
        }
    }

    /// A finding at an annotation that said something and says it no longer, be it gone.
    fn withdrawn<'f>(
        self,
        annotation: &str,
        says: impl Fn(&str) -> bool,
        message: &str,
        findings: &'f mut Findings,
    ) -> Option<Raised<'f>> {
        let annotations = self.map(|shoot| shoot.annotation(annotation));
        let said = annotations.map(|node| node.and_then(Node::as_str).is_some_and(&says));
        let (true, false, Some(before)) = (said.before, said.after, annotations.before) else {
            return None;
        };
        let object = self.after.object;
        let shown = annotations.after.or(self.after.metadata()).unwrap_or(&object.root);
        let path = format!("metadata.annotations[{annotation}]");
        Some(findings.named(object, shown, path, message).related(before, IN_BASE))
    }

    /// Whether the shoot gets its first pools, or loses its last ones. Upstream then asks nothing further about them.
    fn gains_or_loses_workers(self) -> bool {
        self.before.is_workerless() != self.after.is_workerless()
    }

    /// Whether it is a template: upstream fills in nothing there.
    fn is_template(self) -> bool {
        self.after.is_template()
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate and ValidateProviderUpdate.
fn immutable(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if let Some(raised) =
        shoots.field(&["spec", "region"]).judge(Keeps::Always, "the region of a shoot", findings)
    {
        raised.why(WHY).help(HELP);
    }
    if shoots.gains_or_loses_workers() {
        return;
    }
    let provider = shoots.field(&["spec", "provider", "type"]);
    if let Some(raised) = provider.judge(Keeps::Always, "the provider type of a shoot", findings) {
        raised.why(WHY).help(HELP);
    }
}
