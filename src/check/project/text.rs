//! What a project says of itself for people: its description and its purpose.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::view::Project;

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L365", "text-not-allowed"),
    upstream: &[],
    judge: Judge::Kinds(&[kind::PROJECT], texts),
}];

/// A character that is neither letter nor digit, nor white space, nor one of a few signs.
///
/// Upstream: pkg/utils/validation/validation.go, ValidateFreeFormText.
static FORBIDDEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[^\p{L}\p{Nd}\p{White_Space}.,:_/\\-]").expect("a fixed pattern"));

/// Upstream: pkg/api/core/validation/project.go, ValidateProjectDescription and ValidateProjectPurpose.
fn texts(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let project = Project::of(object);
    for (field, node) in [("description", project.description()), ("purpose", project.purpose())] {
        let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?))) else {
            continue;
        };
        if text.is_empty() {
            findings
                .at(object, node, format!("the {field} of the project is empty"))
                .why("Gardener's API server refuses an empty text")
                .help(format!("write one, or remove `{field}`"));
        } else if let Some(character) = FORBIDDEN.find(text) {
            findings
                .at(object, node, format!("the {field} of the project holds `{}`", character.as_str()))
                .why("the text is shown on web pages, so Gardener's API server takes plain text only")
                .help("use letters, digits, spaces and `.` `,` `:` `-` `_` `/` `\\`");
        }
    }
}
