//! Documents encrypted with SOPS: recognised, checked for their shape, and never touched.
//!
//! Every encrypted value is bound to its path in the document, and the document's code covers its values in order:
//! any rewriting would make it undecryptable, so its bytes travel as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::path::RelPath;
use crate::syntax::{Document, Node, Value};

const NOT_ENCRYPTED: Code = Code::error("L220", "value-not-encrypted");
const SEVERAL_ENCRYPTED: Code = Code::error("L221", "encrypted-file-with-several-documents");

/// Whether the document carries the metadata of SOPS.
pub fn is_sealed(root: &Node) -> bool {
    root.at(&["sops", "mac"]).is_some()
}

/// The bytes of an encrypted document, which must be alone in its file.
pub(super) fn bytes(
    document: &Document,
    by_path: &BTreeMap<RelPath, Vec<Document>>,
    report: &mut Report,
) -> Arc<str> {
    let alone = by_path.get(&document.path).is_none_or(|documents| documents.len() == 1);
    if !alone {
        report.push(
            Diagnostic::new(SEVERAL_ENCRYPTED, "an encrypted document shares its file with others", document.root.span)
                .why("the code that protects an encrypted file covers all its documents; split up, none can be decrypted")
                .help("keep one document in a file, and encrypt each by itself"),
        );
    }
    report.sources.text(document.span.file).clone()
}

/// Checks that nothing secret was left in the clear.
pub(super) fn check(root: &Node, report: &mut Report) {
    let encrypted = |node: &Node| node.as_str().is_some_and(|text| text.starts_with("ENC["));
    if let Some(mac) = root.at(&["sops", "mac"]).filter(|mac| !encrypted(mac)) {
        report.push(
            Diagnostic::new(NOT_ENCRYPTED, "`sops.mac` is no encrypted value", mac.span)
                .help("encrypt the file again with `sops encrypt`"),
        );
    }
    for field in ["data", "stringData"] {
        for entry in root.get(field).map(Node::entries).unwrap_or_default() {
            if !encrypted(&entry.value) && entry.value.value != Value::Null {
                report.push(
                    Diagnostic::new(
                        NOT_ENCRYPTED,
                        format!("`{field}.{}` is not encrypted", entry.key.name),
                        entry.value.span,
                    )
                    .why("the file says it is encrypted, and this value of it is readable by everyone")
                    .help("encrypt the file again with `--encrypted-regex '^(data|stringData)$'`"),
                );
            }
        }
    }
}
