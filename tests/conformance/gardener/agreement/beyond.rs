//! Errors of ours on which the side that is asked has no say: somebody else refuses the object, later.

use crate::change;
use crate::line::{Finding, Judged};

/// Which side has no say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Validation,
    Server,
    Both,
}

/// Who has no say, the kind or nothing for any, how the code begins, and who refuses the object.
const BEYOND: &[(Asked, &str, &str, &str)] = &[
    (Asked::Both, "", "L9", "the extension's own admission controller"),
    (
        Asked::Both,
        "",
        "L448",
        "the component itself, which does not start with a feature gate that it does not know",
    ),
    (Asked::Both, "ManagedResource", "L600", "nobody: no resource-manager takes it, so that nothing happens"),
    (Asked::Validation, "ManagedSeed", "L358", "the admission plugin ManagedSeed"),
    (Asked::Server, "Shoot", "L337", "the gardener-admission-controller, a webhook"),
    (Asked::Server, "Shoot", "L385", "the gardener-scheduler"),
    (Asked::Server, "ManagedSeed", "L334", "the admission of the seed, once its gardenlet registers it"),
    (Asked::Server, "ManagedSeed", "L399", "the admission of the seed, once its gardenlet registers it"),
];

/// Whether a finding is not for the side that judged to make.
pub(crate) fn is_beyond(judged: &Judged, finding: &Finding) -> bool {
    if judged.is_change() {
        return change::is_beyond(finding);
    }
    let asked = if judged.is_among_others() { Asked::Server } else { Asked::Validation };
    BEYOND.iter().any(|(of, kind, prefix, _)| {
        (*of == Asked::Both || *of == asked)
            && (kind.is_empty() || *kind == judged.kind)
            && finding.code.starts_with(prefix)
    })
}

/// What is not compared, and who refuses it, as Markdown.
pub(crate) fn list(server: bool) -> String {
    let other = if server { Asked::Validation } else { Asked::Server };
    let lines = BEYOND.iter().filter(|(asked, ..)| *asked != other).map(|(_, kind, prefix, who)| {
        let codes = if prefix.len() < 4 { format!("{prefix}…") } else { (*prefix).to_owned() };
        let of = if kind.is_empty() { String::new() } else { format!(" of a {kind}") };
        format!("- {codes}{of}: {who}\n")
    });
    "\nNot compared, because somebody else refuses it:\n\n".to_owned() + &lines.collect::<Vec<_>>().concat()
}
