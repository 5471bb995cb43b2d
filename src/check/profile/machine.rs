//! Machine and volume types: no negative amounts, storage of one kind, and the limit on nodes.

use super::{Profile, judge, name_of};
use crate::check::{Findings, Rule};
use crate::diagnostic::Code;
use crate::quantity::Quantity;
use crate::view::Amount;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L571", "profile-number-out-of-range"),
        upstream: &["CP-MT", "CP-VT", "CP-LIM"],
        judge: judge!(amounts),
    },
    Rule {
        code: Code::error("L572", "machine-storage-ambiguous"),
        upstream: &["CP-MT"],
        judge: judge!(storage),
    },
];

/// Upstream: pkg/api/core/validation/utils.go, ValidateMachineType, validateMachineTypeStorage and validateVolumeTypes;
/// cloudprofile.go, validateCloudProfileLimits.
pub(super) fn amounts(profile: Profile<'_>, findings: &mut Findings) {
    for listed in profile.machine_types() {
        let storage = listed.storage();
        let sizes =
            [storage.and_then(|storage| storage.size()), storage.and_then(|storage| storage.min_size())];
        // Of storage with both sizes, the two are the fault.
        let sizes = sizes.into_iter().flatten().filter(|_| sizes.iter().flatten().count() == 1);
        let amounts = [listed.cpu(), listed.gpu(), listed.memory()].into_iter().flatten();
        amounts.chain(sizes).for_each(|amount| judge_amount(profile, amount, findings));
    }
    for amount in profile.volume_types().filter_map(|listed| listed.min_size()) {
        judge_amount(profile, amount, findings);
    }
    if let Some(limit) = profile.view.max_nodes_total().filter(|limit| limit.value <= 0) {
        findings
            .at(
                profile.object(),
                limit.node,
                format!("a limit of {} nodes allows no shoot a node", limit.value),
            )
            .why("Gardener's API server refuses a limit below one")
            .help("set a number above zero, or remove the limit");
    }
}

fn judge_amount(profile: Profile<'_>, amount: Amount<'_>, findings: &mut Findings) {
    if amount.quantity < Quantity::default() {
        findings
            .at(profile.object(), amount.node, format!("`{amount}` is less than nothing"))
            .why("Gardener's API server refuses negative amounts")
            .help("set zero or more");
    }
}

/// Upstream: pkg/api/core/validation/utils.go, validateMachineTypeStorage.
pub(super) fn storage(profile: Profile<'_>, findings: &mut Findings) {
    for listed in profile.machine_types() {
        let Some(storage) = listed.storage().filter(|storage| storage.node().as_mapping().is_some()) else {
            continue;
        };
        let name = name_of(listed.name());
        let (message, help) = match (storage.node().get("size"), storage.node().get("minSize")) {
            (None, None) => (
                format!("the storage of the machine type `{name}` has neither `size` nor `minSize`"),
                "set `size` where it is fixed, or `minSize` where shoots choose it",
            ),
            (Some(_), Some(_)) => (
                format!("the storage of the machine type `{name}` has both `size` and `minSize`"),
                "keep `size` where it is fixed, or `minSize` where shoots choose it",
            ),
            _ => continue,
        };
        findings
            .at_field(profile.object(), listed.node(), "storage", message)
            .why("Gardener's API server refuses it: the size of the volume is either fixed or chosen by the shoot")
            .help(help);
    }
}
