//! Buckets for backups: how long what is in them cannot be deleted.

use super::{ALICLOUD, AWS, AZURE, Findings, GCP, Inspection, Scope};
use crate::duration::Duration;
use crate::syntax::Node;
use crate::view::{Configuration, Period};

const DAY: Duration = Duration::hours(24);

/// Upstream: the function ValidateBackupBucketConfig of pkg/apis/…/validation/backupbucket.go in each extension.
pub(super) fn bucket(configuration: Configuration<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let why = "the provider's extension refuses the bucket for backups";
    let mut inspection = Inspection::new(configuration, findings, why);
    let group = configuration.group();
    if let Some(immutability) = configuration.node.get("immutability") {
        if inspection.required(immutability, "retentionType").is_some() {
            inspection.one_of(immutability, "retentionType", &["bucket"]);
        }
        match group {
            Some(ALICLOUD) => days(&mut inspection, immutability),
            _ => period(&mut inspection, immutability, group != Some(GCP)),
        }
        if group == Some(AWS) && inspection.required(immutability, "mode").is_some() {
            inspection.one_of(immutability, "mode", &["compliance", "governance"]);
        }
    }
    if let (Some(AZURE), Some(rotation)) = (group, configuration.node.get("rotationConfig")) {
        rotate(&mut inspection, rotation);
    }
}

fn days(inspection: &mut Inspection<'_, '_>, immutability: &Node) {
    if inspection.required(immutability, "retentionPeriod").is_some() {
        inspection.bounded(immutability, "retentionPeriod", 1..=i64::MAX);
    }
}

fn period(inspection: &mut Inspection<'_, '_>, immutability: &Node, whole_days: bool) {
    let Some(node) = inspection.required(immutability, "retentionPeriod") else {
        return;
    };
    let Some(period) = Period::of(node) else { return };
    let partly = whole_days && period.duration.nanoseconds() % DAY.nanoseconds() != 0;
    if period.duration < DAY || partly {
        let allowed = if whole_days { "whole days: `24h`, `48h` …" } else { "a day or more: `24h`" };
        inspection
            .refuse(node, format!("`{period}` is no time to keep a backup"))
            .help(format!("set {allowed}"));
    }
}

fn rotate(inspection: &mut Inspection<'_, '_>, rotation: &Node) {
    if inspection.required(rotation, "rotationPeriodDays").is_none() {
        return;
    }
    inspection.bounded(rotation, "rotationPeriodDays", 2..=i64::MAX);
    let expiration = rotation.get("expirationPeriodDays");
    let days = |node: Option<&Node>| node.and_then(Node::as_i64);
    if let (Some(node), Some(expires), Some(rotates)) =
        (expiration, days(expiration), days(rotation.get("rotationPeriodDays")))
        && expires <= rotates
    {
        inspection
            .refuse(node, "a key expires before it is rotated")
            .help(format!("set more than {rotates} days"));
    }
}
