//! Documents encrypted with SOPS: recognised, checked for their shape, and never touched.
//!
//! Every encrypted value is bound to its path in the document, and the document's code covers its values in order:
//! any rewriting would make it undecryptable, so its bytes travel as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, Report};
use crate::path::RelPath;
use crate::syntax::{Document, Node, Value};

const NOT_ENCRYPTED: Code = Code::error("L220", "value-not-encrypted");
const SEVERAL_ENCRYPTED: Code = Code::error("L221", "encrypted-file-with-several-documents");
const ENCRYPTED_IDENTITY: Code = Code::error("L222", "identity-encrypted");

/// Whether the document carries the metadata of SOPS.
pub fn is_sealed(root: &Node) -> bool {
    root.at(&["sops", "mac"]).is_some()
}

/// What says which object a document is, and must stay readable.
const IDENTITY: [&[&str]; 4] =
    [&["apiVersion"], &["kind"], &["metadata", "name"], &["metadata", "namespace"]];

/// The finding of a document of which nobody can tell what object it is, as the whole of it is encrypted.
pub(crate) fn unidentifiable(root: &Node) -> Option<Diagnostic> {
    root.get("sops")?.as_mapping()?;
    let (path, node) = IDENTITY
        .iter()
        .filter_map(|path| Some((path.join("."), root.at(path)?)))
        .find(|(_, node)| is_encrypted(node))?;
    let message = format!("`{path}` is encrypted");
    let place = Place { path, ..node.span.into() };
    Some(
        Diagnostic::new(ENCRYPTED_IDENTITY, message, place)
            .why("`apiVersion`, `kind` and `metadata` say which object this is; neither the compiler nor Flux can do without them")
            .help("decrypt the file, and encrypt it with `sops encrypt --encrypted-regex '^(data|stringData)$'`"),
    )
}

fn is_encrypted(node: &Node) -> bool {
    node.as_str().is_some_and(|text| text.starts_with("ENC["))
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
    if let Some(mac) = root.at(&["sops", "mac"]).filter(|mac| !is_encrypted(mac)) {
        report.push(
            Diagnostic::new(NOT_ENCRYPTED, "`sops.mac` is no encrypted value", mac.span)
                .help("encrypt the file again with `sops encrypt`"),
        );
    }
    for field in ["data", "stringData"] {
        for entry in root.get(field).map(Node::entries).unwrap_or_default() {
            if !is_encrypted(&entry.value) && entry.value.value != Value::Null {
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
