//! A shoot against its CloudProfile: what it asks for must be offered.

use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::view::Shoot;

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L402", "zone-not-offered"),
    upstream: &["XS-ZONES"],
    judge: Judge::Shoot(zones),
}];

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateZones.
fn zones(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let (Some(profile), Some(region)) = (scope.cloud_profile(shoot), shoot.region()) else {
        return;
    };
    let offered = profile
        .regions()
        .find(|offered| offered.name().is_some_and(|name| *name == *region));
    let Some(offered) = offered else { return };
    for zone in shoot.workers().flat_map(|worker| worker.zones()) {
        let mut names = offered.zones().filter_map(|zone| zone.name());
        if !names.any(|name| *name == *zone) {
            let names = offered
                .zones()
                .filter_map(|zone| zone.name())
                .map(|name| name.as_str());
            findings
                .at(
                    shoot.object,
                    zone.node,
                    format!("the region `{region}` has no zone `{zone}`"),
                )
                .related(offered.node(), "the region is offered here")
                .why("Gardener's API server refuses a pool in a zone that the CloudProfile does not list")
                .help(help_with_names(&zone, names));
        }
    }
}
