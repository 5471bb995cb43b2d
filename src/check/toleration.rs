//! Tolerations and exposure classes: what lets a shoot onto seeds that keep others away.
//!
//! A project says which tolerations its shoots may have, an ExposureClass adds some of its own.

use super::reference::namespace_of;
use super::repetition::DUPLICATE_ENTRY;
use super::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{self, GARDEN_NAMESPACE};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{ExposureClass, Garden, Project, Shoot, Toleration};

const NOT_ALLOWED: Code = Code::error("L366", "toleration-not-allowed");

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: DUPLICATE_ENTRY,
        upstream: &["PJ-TOL"],
        judge: Judge::Kinds(&[kind::PROJECT, kind::EXPOSURE_CLASS], repeated),
    },
    Rule { code: NOT_ALLOWED, upstream: &["PJ-TOL"], judge: Judge::Kinds(&[kind::PROJECT], defaults) },
    Rule { code: NOT_ALLOWED, upstream: &["XS-TOL-ALLOW"], judge: Judge::Shoot(allowed) },
    Rule {
        code: Code::error("L367", "exposure-class-conflict"),
        upstream: &["XS-EC-SEL", "XS-EC-TOL"],
        judge: Judge::Shoot(exposure_class),
    },
];

const NOT_ALLOWED_WHY: &str =
    "Gardener's API server refuses shoots that tolerate what neither their project nor the garden allows";

/// The taint of seeds for the project `garden`, whose shoots tolerate it without being asked.
///
/// Upstream: pkg/apis/core/v1beta1/defaults_project.go, SetDefaults_Project.
const PROTECTED: &str = "seed.gardener.cloud/protected";

/// The lists of tolerations in a Project or an ExposureClass.
pub(super) fn lists(object: &Object) -> Vec<Vec<Toleration<'_>>> {
    match &*object.identity.kind {
        "Project" => {
            let project = Project::of(object);
            vec![project.default_tolerations().collect(), project.allowed_tolerations().collect()]
        }
        "ExposureClass" => vec![ExposureClass::of(object).tolerations().collect()],
        _ => Vec::new(),
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateTolerations.
fn repeated(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    for list in lists(object) {
        judge_repeated(object, &list, findings);
    }
}

/// Reports the tolerations of a list that an earlier one makes superfluous.
pub(super) fn judge_repeated(object: &Object, list: &[Toleration<'_>], findings: &mut Findings) {
    for (index, toleration) in list.iter().enumerate() {
        let first = list.iter().take(index).find(|earlier| covers(**earlier, *toleration));
        if let Some(first) = first {
            findings
                .at(
                    object,
                    toleration.node(),
                    format!("the taint `{}` is tolerated already", shown(*toleration)),
                )
                .related(first.node(), "tolerated here")
                .why("the API server refuses a toleration that adds nothing")
                .help("remove one of the two");
        }
    }
}

fn shown(toleration: Toleration<'_>) -> String {
    match toleration.id() {
        (key, Some(value)) => format!("{key}={value}"),
        (key, None) => key.to_owned(),
    }
}

/// Upstream: pkg/api/core/validation/project.go, ValidateTolerationsAgainstAllowlist.
fn admits<'a>(allowed: impl IntoIterator<Item = Toleration<'a>>, wanted: Toleration<'_>) -> bool {
    allowed.into_iter().any(|one| covers(one, wanted))
}

/// Whether the one tolerates all that the other does: the same value of a taint, or whatever value.
fn covers(one: Toleration<'_>, other: Toleration<'_>) -> bool {
    let (key, value) = other.id();
    one.id() == (key, value) || one.id() == (key, None)
}

/// Whether the project `garden` lets it through without a list.
fn is_protected(project: Project<'_>, wanted: Toleration<'_>) -> bool {
    project.namespace().is_some_and(|namespace| *namespace == *GARDEN_NAMESPACE) && wanted.id().0 == PROTECTED
}

/// Upstream: pkg/api/core/validation/project.go, ValidateTolerationsAgainstAllowlist.
fn defaults(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let project = Project::of(object);
    for toleration in project.default_tolerations() {
        if !is_protected(project, toleration) && !admits(project.allowed_tolerations(), toleration) {
            let message =
                format!("the default toleration `{}` is not among those of the project", shown(toleration));
            findings
                .at(object, toleration.node(), message)
                .why("what shoots get by default, they must be allowed to have")
                .help("add it to `spec.tolerations.whitelist`");
        }
    }
}

/// The tolerations that Gardener's API server allows in every project (`whitelist`), or gives to every shoot (`defaults`).
///
/// Upstream: plugin/pkg/shoot/tolerationrestriction/apis/shoottolerationrestriction/v1alpha1, Configuration.
pub(super) fn everywhere<'a>(
    scope: &Scope<'a>,
    list: &str,
) -> impl Iterator<Item = Toleration<'a>> + use<'a> {
    let plugins = scope.landscape.of_kind("Garden").flat_map(|garden| {
        Garden::of(garden)
            .admission_plugins()
            .filter(|plugin| plugin.name().is_some_and(|name| *name == *"ShootTolerationRestriction"))
    });
    let lists = plugins.filter_map(|plugin| plugin.config()?.get(list)).collect::<Vec<&Node>>();
    lists.into_iter().flat_map(|list| list.items().iter().map(Toleration::of))
}

pub(super) fn exposure_class_of<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> Option<ExposureClass<'a>> {
    let name = shoot.exposure_class()?;
    scope.landscape.find("ExposureClass", "", &name).map(ExposureClass::of)
}

/// Upstream: plugin/pkg/shoot/tolerationrestriction/admission.go, validateShoot.
///
/// By then the tolerations of the ExposureClass are among the shoot's own.
fn allowed(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(project) = scope.project(namespace_of(shoot.object)) else {
        return;
    };
    let is_allowed = |toleration| {
        is_protected(project, toleration)
            || admits(project.allowed_tolerations(), toleration)
            || admits(everywhere(scope, "whitelist"), toleration)
    };
    let name = &project.object.identity.name;
    for toleration in shoot.tolerations().filter(|toleration| !is_allowed(*toleration)) {
        let message = format!("shoots of the project `{name}` may not tolerate `{}`", shown(toleration));
        findings
            .at(shoot.object, toleration.node(), message)
            .related(project.object.name_node(), "the project is declared here")
            .why(NOT_ALLOWED_WHY)
            .help(help(project));
    }
    if let Some((written, class)) = shoot.exposure_class().zip(exposure_class_of(shoot, scope)) {
        for toleration in class.tolerations().filter(|toleration| !is_allowed(*toleration)) {
            let message = format!(
                "shoots of the project `{name}` may not tolerate `{}`, as the ExposureClass has them do",
                shown(toleration)
            );
            findings
                .at(shoot.object, written.node, message)
                .related(toleration.node(), "the toleration that the ExposureClass adds")
                .why(NOT_ALLOWED_WHY)
                .help(help(project));
        }
    }
}

fn help(project: Project<'_>) -> String {
    let allowed: Vec<String> =
        project.allowed_tolerations().map(|toleration| format!("`{}`", shown(toleration))).collect();
    if allowed.is_empty() {
        return "remove it, or add it to `spec.tolerations.whitelist` of the project".to_owned();
    }
    format!(
        "the project allows {}; remove the toleration, or add it to `spec.tolerations.whitelist` of the project",
        allowed.join(", ")
    )
}

/// Upstream: plugin/pkg/shoot/exposureclass/admission.go, uniteSeedSelectors and uniteTolerations.
fn exposure_class(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(class) = exposure_class_of(shoot, scope) else {
        return;
    };
    let name = &class.object.identity.name;
    let theirs = class.seed_selector().and_then(|selector| selector.label_selector().labels());
    if let Some((own, theirs)) = shoot.seed_labels().zip(theirs) {
        for entry in own.entries() {
            let key = &entry.key.name;
            let Some(other) = theirs.get(key).filter(|other| **other != entry.value) else {
                continue;
            };
            let message = format!(
                "the shoot and its ExposureClass `{name}` want different values of the label `{key}`"
            );
            findings
                .named(shoot.object, &entry.value, "spec.seedSelector.matchLabels", message)
                .related(other, "the ExposureClass wants this value")
                .why("Gardener's API server unites both selectors, and refuses the shoot when they contradict each other")
                .help(format!("remove the label `{key}` from the selector of the shoot"));
        }
    }
    for toleration in class.tolerations() {
        let (key, _) = toleration.id();
        if let Some(own) = shoot.tolerations().find(|own| own.id().0 == key) {
            let message = format!("the ExposureClass `{name}` brings a toleration of `{key}` already");
            findings
                .named(shoot.object, own.node(), "spec.tolerations", message)
                .related(toleration.node(), "the toleration of the ExposureClass")
                .why("Gardener's API server adds the tolerations of the ExposureClass, and refuses a key that comes twice")
                .help(format!("remove the toleration of `{key}` from the shoot"));
        }
    }
}
