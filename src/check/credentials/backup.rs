//! Backups: the seed or the shoot that a bucket and its entries belong to.

use super::own_namespace;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{BackupBucket, BackupEntry, ObjectReference, Text};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L381", "backup-owner-invalid"),
    upstream: &["BB-OWNER"],
    judge: Judge::Kinds(&[kind::BACKUP_BUCKET, kind::BACKUP_ENTRY], owner),
}];

const WHY: &str = "a backup belongs to a seed, or to a shoot that looks after itself";
const SHOOT: [(&str, &str); 2] = [("apiVersion", "core.gardener.cloud/v1beta1"), ("kind", "Shoot")];

/// Upstream: pkg/api/core/validation/backupbucket.go, ValidateBackupBucketSpec; backupentry.go,
/// ValidateBackupEntrySpec.
fn owner(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let spec = object.root.get("spec");
    let is_entry = object.identity.kind == "BackupEntry";
    if is_entry && spec.is_none() {
        findings
            .missing(object, &object.root, "spec.bucketName", "a BackupEntry in no bucket")
            .why("it is a directory of a BackupBucket")
            .help("set `spec.bucketName`");
    }
    let seed = spec.and_then(|spec| spec.get("seedName"));
    let shoot = if is_entry { BackupEntry::of(object).shoot() } else { BackupBucket::of(object).shoot() };
    match (seed, shoot) {
        (None, None) => {
            let (parent, field) = spec.map_or((&object.root, "spec.seedName"), |spec| (spec, "seedName"));
            findings
                .missing(object, parent, field, "a backup of no seed and of no shoot")
                .why(WHY)
                .help("set `spec.seedName` or `spec.shootRef`");
        }
        (Some(seed), Some(shoot)) => {
            findings
                .at(object, seed, "a backup of a seed and of a shoot at once")
                .related(shoot.node(), "the shoot is named here")
                .why(WHY)
                .help("remove `seedName` or `shootRef`");
        }
        (Some(seed), None) if seed.as_str() == Some("") => {
            findings.at(object, seed, "the name of the seed is empty").why(WHY).help("name the seed");
        }
        (Some(_), None) => {}
        (None, Some(shoot)) => shoot_reference(object, shoot, is_entry, findings),
    }
}

fn shoot_reference(object: &Object, shoot: ObjectReference<'_>, is_entry: bool, findings: &mut Findings) {
    for (field, wanted) in SHOOT {
        let written = shoot.node().get(field).filter(|node| node.as_str() != Some(""));
        match written.map(|node| (node, node.as_str())) {
            Some((_, Some(text))) if text == wanted => {}
            // Of another type, which is the schema's business.
            Some((_, None)) => {}
            Some((node, Some(text))) => {
                findings
                    .at(object, node, format!("`{text}` where only `{wanted}` can stand"))
                    .why(WHY)
                    .help(format!("set `{field}: {wanted}`"));
            }
            None => absent(object, shoot.node(), field, findings),
        }
    }
    if shoot.name().is_none() {
        absent(object, shoot.node(), "name", findings);
    }
    match shoot.namespace() {
        None => absent(object, shoot.node(), "namespace", findings),
        Some(namespace) => {
            let own = own_namespace(object).filter(|own| is_entry && *own != Text::as_str(namespace));
            if let Some(own) = own {
                findings
                    .at(
                        object,
                        namespace.node,
                        format!("the shoot is in another namespace than the entry, `{own}`"),
                    )
                    .why("Gardener's API server refuses an entry that reaches into another project")
                    .help(format!("set `namespace: {own}`"));
            }
        }
    }
}

fn absent(object: &Object, shoot: &Node, field: &str, findings: &mut Findings) {
    // Of another type, which is the schema's business.
    if shoot.get(field).is_some_and(|node| node.as_str().is_none()) {
        return;
    }
    findings
        .missing(object, shoot, field, format!("the reference to the shoot has no `{field}`"))
        .why(WHY)
        .help(format!("add `{field}`"));
}
