//! Labels, selectors and certificates: whatever of a profile other parts of Gardener take over as it is.

use super::{NAME_INVALID, Profile, judge};
use crate::certificate::{self, NoCertificate};
use crate::check::label::{judge_labels_in, judge_selector};
use crate::check::{Findings, Rule};
use crate::diagnostic::Code;

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: NAME_INVALID, upstream: &["CP-REG", "CP-SEL"], judge: judge!(labels) },
    Rule {
        code: Code::error("L575", "profile-ca-bundle-malformed"),
        upstream: &["CP-SEL"],
        judge: judge!(ca_bundle),
    },
];

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCloudProfileRegions and ValidateCloudProfileSpec.
fn labels(profile: Profile<'_>, findings: &mut Findings) {
    if profile.is_part() {
        return;
    }
    for region in profile.view.regions() {
        judge_labels_in(profile.object(), region.node(), "labels", findings);
    }
    if let Some(selected) = profile.view.seed_selector() {
        judge_selector(profile.object(), selected, findings);
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, ValidateCloudProfileSpec; namespacedcloudprofile.go,
/// ValidateNamespacedCloudProfile.
fn ca_bundle(profile: Profile<'_>, findings: &mut Findings) {
    let bundle = profile.view.ca_bundle().and_then(|node| Some((node, node.as_str()?)));
    let Some((node, Err(fault))) = bundle.map(|(node, text)| (node, certificate::check(text))) else {
        return;
    };
    let message = match fault {
        NoCertificate::NoPem => "`caBundle` holds no PEM",
        NoCertificate::OtherContent => "what `caBundle` holds first is not a certificate",
        NoCertificate::Broken => "the certificate in `caBundle` is broken",
    };
    findings
        .at(profile.object(), node, message)
        .why("Gardener's API server refuses a bundle that machines could not trust")
        .help("put in certificates, each from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`");
}
