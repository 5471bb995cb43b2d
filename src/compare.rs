//! Compare: two trees of files -> their differences, object by object.

use std::collections::BTreeSet;

use similar::TextDiff;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::files::Files;
use crate::identity::Identity;
use crate::path::RelPath;

const STALE_OUTPUT: Code = Code::error("L640", "stale-output");

/// One file that differs.
#[derive(Debug)]
pub struct Difference {
    /// The file.
    pub path: RelPath,
    /// The object in it, when it holds one.
    pub object: Option<Identity>,
    /// A unified diff from what is there to what would be written.
    pub text: String,
    change: Change,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Missing,
    Unexpected,
    Changed,
}

/// The files that differ between what would be written and what is there.
pub fn compare(expected: &Files, present: &Files) -> Vec<Difference> {
    let paths: BTreeSet<&RelPath> = expected.iter().chain(present.iter()).map(|(path, _)| path).collect();
    let mut differences: Vec<Difference> = paths
        .into_iter()
        .filter_map(|path| difference(path, expected.get(path)?, present.get(path)?))
        .collect();
    let only = |one: &Files, other: &Files, change| -> Vec<Difference> {
        let lonely = one.iter().filter(|(path, _)| other.get(path).is_none());
        lonely
            .map(|(path, bytes)| {
                let (before, after): (&[u8], &[u8]) =
                    if matches!(change, Change::Missing) { (&[], bytes) } else { (bytes, &[]) };
                Difference {
                    path: path.clone(),
                    object: object(bytes),
                    text: diff(path, before, after),
                    change,
                }
            })
            .collect()
    };
    differences.extend(only(expected, present, Change::Missing));
    differences.extend(only(present, expected, Change::Unexpected));
    differences.sort_by(|one, other| one.path.cmp(&other.path));
    // The list of digests differs whenever anything does.
    if differences.len() > 1 {
        differences.retain(|difference| difference.path.as_str() != "digests.json");
    }
    differences
}

fn difference(path: &RelPath, expected: &[u8], present: &[u8]) -> Option<Difference> {
    (expected != present).then(|| Difference {
        path: path.clone(),
        object: object(expected),
        text: diff(path, present, expected),
        change: Change::Changed,
    })
}

fn diff(path: &RelPath, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let (old, new) = (format!("present/{path}"), format!("expected/{path}"));
    TextDiff::from_lines(&*before, &*after).unified_diff().context_radius(3).header(&old, &new).to_string()
}

/// The identity of the object of a file, read from the lines that the emitter puts first.
fn object(bytes: &[u8]) -> Option<Identity> {
    let text = std::str::from_utf8(bytes).ok()?;
    let top = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(unquoted);
    let metadata =
        text.lines().skip_while(|line| *line != "metadata:").skip(1).take_while(|line| line.starts_with(' '));
    let inner = |name: &str| metadata.clone().find_map(|line| line.strip_prefix(name)).map(unquoted);
    Some(Identity {
        api_version: top("apiVersion: ")?.into(),
        kind: top("kind: ")?.into(),
        namespace: inner("  namespace: ").map(Into::into),
        name: inner("  name: ")?.into(),
    })
}

fn unquoted(text: &str) -> &str {
    text.trim_matches('"')
}

impl Difference {
    /// The finding that tells of it; `display` says where the file is.
    pub fn diagnostic(&self, display: &dyn Fn(&RelPath) -> String) -> Diagnostic {
        let what =
            self.object.as_ref().map_or_else(|| format!("`{}`", self.path), |object| format!("{object}"));
        let message = match self.change {
            Change::Missing => format!("{what} is missing"),
            Change::Unexpected => format!("{what} is no longer part of the landscape"),
            Change::Changed => format!("{what} differs from what the landscape compiles to"),
        };
        let place = Place { object: self.object.clone(), ..Place::file(display(&self.path)) };
        Diagnostic::new(STALE_OUTPUT, message, place)
            .why("what was reviewed is not what would be published")
            .help("run `landscape render` and commit the result, or undo the edit")
    }
}
