//! The zones of the control plane.

use std::collections::BTreeSet;

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::syntax::Node;
use crate::view::Shoot;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L547", "control-plane-zones-miscounted"),
    upstream: &["SH-CPZ"],
    judge: Judge::ShootTemplate(zones),
}];

/// Upstream: pkg/api/core/validation/shoot.go, validateControlPlaneZones.
fn zones(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(control_plane) = shoot.control_plane() else { return };
    let zones = control_plane.zone_list().map(Node::items).unwrap_or_default();
    if zones.is_empty() {
        return;
    }
    let distinct = zones.iter().filter_map(Node::as_str).collect::<BTreeSet<_>>().len();
    let tolerance = control_plane.failure_tolerance();
    let spread = tolerance.is_some_and(|tolerance| tolerance.as_str() == "zone");
    let (wanted, why) = if spread {
        (3, "etcd survives the failure of a zone only with three of them")
    } else {
        (1, "a control plane that need not survive the failure of a zone runs in one")
    };
    if distinct != wanted {
        let message = match distinct {
            1 => "the control plane has one zone".to_owned(),
            distinct => format!("the control plane has {distinct} zones"),
        };
        let raised = findings.at_field(shoot.object, control_plane.node(), "zones", message).why(why);
        let raised = raised.help(match wanted {
            1 => "name one zone, or set `highAvailability.failureTolerance.type: zone`",
            _ => "name three zones",
        });
        if let Some(tolerance) = tolerance {
            raised.related(tolerance.node, "what it must survive is set here");
        }
    }
}
