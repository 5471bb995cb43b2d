//! How many nodes a shoot may have: no fewer than before, and no fewer than shoots have at least.

use crate::change::same_or_absent;
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::usage::{Users, shoots_of};
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind::{CLOUD_PROFILE, NAMESPACED_CLOUD_PROFILE};
use crate::landscape::Object;
use crate::view::{CloudProfile, Worker};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L747", "node-limit-below-shoots"),
        impact: Impact::Rejected,
        upstream: &["UP-CP-LIMADD"],
        judge: Judge::Changed(&[CLOUD_PROFILE, NAMESPACED_CLOUD_PROFILE], below_shoots),
    },
    Rule {
        code: Code::error("L748", "node-limit-lowered"),
        impact: Impact::Rejected,
        upstream: &["UP-CP-LIMDEC"],
        judge: Judge::CloudProfile(lowered),
    },
];

/// Upstream: plugin/pkg/global/resourcereferencemanager/admission.go, Validate and validateShootWorkerLimits.
fn below_shoots(objects: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let limits = objects.map(|object| object.root.at(&["spec", "limits"]));
    let profile = CloudProfile::of(objects.after);
    let Some(limit) = profile.max_nodes_total().filter(|_| !same_or_absent(limits.before, limits.after))
    else {
        return;
    };
    let shoots = shoots_of(objects.after, &sides.after);
    let beyond = shoots.iter().filter(|shoot| shoot.workers().map(Worker::least).sum::<i64>() > limit.value);
    let users: Users<'_> =
        beyond.map(|shoot| (shoot.object, shoot.worker_list().unwrap_or(shoot.object.name_node()))).collect();
    if users.is_empty() {
        return;
    }
    let message = format!("the limit of {} nodes is below the smallest number of {users}", limit.value);
    let raised = findings.at(objects.after, limit.node, message);
    let raised = match limits.before {
        Some(before) => raised.related(before, "as it is in the base"),
        None => raised,
    };
    users
        .shown(raised)
        .why("Gardener's API server refuses a limit that a shoot is beyond already")
        .help("set a larger limit, or make the shoots smaller first");
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCloudProfileLimitsUpdate.
fn lowered(profiles: Both<CloudProfile<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    if let Some(Both { before, after }) = profiles.map(CloudProfile::max_nodes_total).transpose()
        && after.value < before.value
    {
        let message = format!("the limit of nodes goes down from {} to {}", before.value, after.value);
        findings
            .at(profiles.after.object, after.node, message)
            .related(before.node, "as it is in the base")
            .why("shoots may have been made larger meanwhile; Gardener's API server refuses to lower the limit")
            .help("keep the limit; a NamespacedCloudProfile may set another one for its project");
    }
}
