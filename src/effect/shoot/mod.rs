//! What Gardener refuses to change about a shoot, and what it does about the rest.

pub(super) mod version;

use super::immutable::Kept;
use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::view::Shoot;

const SHOOT_FIELD_KEPT: Code = Code::error("L710", "shoot-field-immutable");

pub(super) static RULES: &[Rule] = &[Rule {
    code: SHOOT_FIELD_KEPT,
    impact: Impact::Rejected,
    upstream: &["UP-SH-CB", "UP-SH-NET", "UP-SH-PROVIDER", "UP-SH-REGION"],
    judge: Judge::ShootTemplate(immutable),
}];

/// How long a field keeps its value.
#[derive(Clone, Copy)]
enum Keeps {
    /// From the beginning.
    Always,
    /// From when it was set.
    OnceSet,
    /// It may change, and not vanish.
    Present,
}

/// What is decided when a shoot is made.
const IMMUTABLE: [(Keeps, &[&str], &str); 7] = [
    (Keeps::Always, &["spec", "region"], "the region of a shoot"),
    (Keeps::Always, &["spec", "provider", "type"], "the provider type of a shoot"),
    (Keeps::Present, &["spec", "credentialsBindingName"], "the credentials of a shoot"),
    (Keeps::Present, &["spec", "networking"], "the networks of a shoot"),
    (Keeps::OnceSet, &["spec", "networking", "type"], "the network plugin of a shoot"),
    (Keeps::OnceSet, &["spec", "networking", "pods"], "the range of the pods"),
    (Keeps::OnceSet, &["spec", "networking", "services"], "the range of the services"),
];

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpecUpdate, ValidateProviderUpdate and
/// validateNetworkingUpdate.
fn immutable(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    for (keeps, way, what) in IMMUTABLE {
        let kept = Kept { object: shoots.map(|shoot| shoot.object), root: shoots.map(Shoot::node), way };
        let raised = match keeps {
            Keeps::Always => kept.always(what, findings),
            Keeps::OnceSet => kept.once_set(what, findings),
            Keeps::Present => kept.present(what, findings),
        };
        if let Some(raised) = raised {
            raised
                .why(
                    "what a shoot is made of cannot move elsewhere; Gardener's API server refuses the change",
                )
                .help("keep the value, and make a new shoot of another name where it shall be");
        }
    }
}
