//! What the rules about changes say of an object that was another one before, and what is not asked of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::LazyLock;

use landscape::change::Noise;
use landscape::diagnostic::Report;
use landscape::effect::{self, Impact};
use landscape::path::RelPath;
use landscape::pipeline::{Comparison, Compiler, Target};
use landscape::review::Revised;
use landscape::workspace::Memory;

use crate::line::{Finding, Judged, OBJECT};
use crate::spelling;

/// The codes of the rules about changes; other effects are what is wrong with the new object by itself.
static CODES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| effect::rules().map(|rule| rule.code.id).collect());

/// Errors of ours on which the validation has no say: how the code begins, the field or nothing for any, and who refuses the
/// change.
const BEYOND: &[(&str, &str, &str)] = &[
    (
        "L710",
        "metadata.annotations[authentication.gardener.cloud/issuer]",
        "the admission plugin ShootValidator",
    ),
    ("L718", "", "the admission plugin ShootValidator"),
    ("L720", "", "the admission plugin ShootValidator"),
    ("L723", "", "the admission plugin ShootValidator"),
    ("L739", "", "the admission controller of the extension registry-cache"),
];

/// Fields of shoots that Gardener names and we do not where one of the others is named, because they follow from it.
const CONSEQUENCES: &[(&str, &[&str])] =
    &[("spec.provider.workers[].kubernetes.version", &["spec.kubernetes.version"])];

/// Whether somebody else than the validation refuses what a finding tells.
pub(crate) fn is_beyond(finding: &Finding) -> bool {
    let is_told = |(code, path, _): &(&str, &str, _)| {
        finding.code == *code && (path.is_empty() || finding.path == *path)
    };
    BEYOND.iter().any(is_told)
}

/// Whether a field follows from one that is named.
pub(crate) fn follows<'n>(field: &str, mut named: impl Iterator<Item = &'n str>) -> bool {
    let (template, own) = field.strip_prefix(TEMPLATE).map_or(("", field), |own| (TEMPLATE, own));
    let pattern = spelling::pattern(own);
    let causes = CONSEQUENCES.iter().find(|(field, _)| *field == pattern).map(|(_, causes)| *causes);
    let is_cause = |name: &str| {
        let own = name.strip_prefix(template);
        causes.is_some_and(|causes| own.is_some_and(|own| causes.contains(&own)))
    };
    named.any(is_cause)
}

const TEMPLATE: &str = "spec.shootTemplate.";

/// What is not compared, and why, as Markdown.
pub(crate) fn list() -> String {
    let mut text = "\nNot compared, because somebody else refuses it:\n\n".to_owned();
    for (code, path, who) in BEYOND {
        let at = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
        let _ = writeln!(text, "- {code}{at}: {who}");
    }
    text.push_str("\nTold once, at the cause:\n\n");
    for (field, causes) in CONSEQUENCES {
        let _ = writeln!(text, "- `{field}`, where `{}` is told", causes.join("` or `"));
    }
    text
}

/// What the compiler says is rejected about a change because of what was there before, or nothing when it panics.
pub(crate) fn refusals(judged: &Judged, at: time::Date) -> Option<Vec<Finding>> {
    panic::catch_unwind(AssertUnwindSafe(|| {
        let workspaces = [&judged.before, &judged.text].map(|text| Memory::new([(OBJECT, text.as_str())]));
        let [before, after] = workspaces.each_ref().map(|workspace| Compiler::new(workspace, at));
        let base = side(&before, "base");
        let head = side(&after, "head");
        let review = head.with_base(&base, Noise::Hidden, &mut Report::default());
        let objects = review.map(|review| review.objects).unwrap_or_default();
        let effects = objects.into_iter().flat_map(|object| object.effects);
        effects
            .filter(|effect| effect.impact == Impact::Rejected && CODES.contains(effect.finding.code.id))
            .map(|effect| Finding::of(&effect.finding))
            .collect()
    }))
    .ok()
}

fn side<'c, 'a>(compiler: &'c Compiler<'a>, name: &str) -> Comparison<'c, 'a> {
    let name = Revised { name: name.to_owned(), commit: None };
    Comparison { compiler, target: Target::Loose(vec![RelPath::root()]), name }
}
