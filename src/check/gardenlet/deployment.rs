//! How gardenlets are deployed: their pods, their image, and the Helm chart they come with.

use super::INSTALLING;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{ContainerImage, Gardenlet, GardenletInstallation, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L470", "gardenlet-deployment-invalid"),
        upstream: &["GL-IMG"],
        judge: Judge::Kinds(INSTALLING, deployment),
    },
    Rule {
        code: Code::error("L472", "gardenlet-chart-invalid"),
        upstream: &["GL-OCI"],
        judge: Judge::Kinds(&[kind::GARDENLET], chart),
    },
];

const WHY: &str = "Gardener's API server refuses it";

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, ValidateGardenletDeployment.
fn deployment(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(deployment) =
        GardenletInstallation::in_object(object).and_then(GardenletInstallation::deployment)
    else {
        return;
    };
    for number in [deployment.replicas(), deployment.revision_history_limit()].into_iter().flatten() {
        if number.value < 0 {
            let raised = findings.at(object, number.node, format!("`{}` is below zero", number.value));
            raised.why(WHY).help("use zero or more");
        }
    }
    let account = deployment.service_account().and_then(|node| Some((node, node.as_str()?)));
    if let Some((node, account)) = account.filter(|(_, account)| !is_dns_subdomain(account)) {
        let raised = findings.at(object, node, format!("`{account}` is no name of a ServiceAccount"));
        raised.why(WHY).help("use lower-case letters, digits, `-` and `.`, or remove the field");
    }
    if let Some(image) = deployment.image() {
        judge_image(object, deployment.node(), image, findings);
    }
}

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, validateImage.
fn judge_image(object: &Object, owner: &Node, image: ContainerImage<'_>, findings: &mut Findings) {
    let parts = [image.reference(), image.repository(), image.tag()];
    for part in parts.into_iter().flatten().filter(|part| part.as_str() == Some("")) {
        let raised = findings.at(object, part, "a part of the image is there, and empty");
        raised.why(WHY).help("fill it, or remove the field");
    }
    let other = image.repository().or(image.tag());
    if let Some((reference, other)) = image.reference().zip(other) {
        findings
            .at_field(object, owner, "image", "the image is named as a whole and in parts")
            .related(reference, "as a whole here")
            .related(other, "in parts here")
            .why(WHY)
            .help("leave `ref`, or `repository` and `tag`");
    }
}

/// Upstream: pkg/api/core/validation/controllerdeployment.go, ValidateOCIRepository.
fn chart(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    const PATH: [&str; 4] = ["spec", "deployment", "helm", "ociRepository"];
    const HELP: &str = "set `ref`, or `repository` with `tag` or `digest`";
    let unnamed = "the chart of the gardenlet is not named";
    let raised = findings.absent(object, &object.root, &PATH, unnamed);
    raised.map(|raised| raised.why(NO_CHART).help(HELP));
    let Some(chart) = Gardenlet::of(object).chart() else { return };
    let helm = object.root.at(&["spec", "deployment", "helm"]).unwrap_or(&object.root);
    let mistyped = |field| chart.node().get(field).is_some_and(|node| node.as_str().is_none());
    if chart.node().as_mapping().is_none() || ["ref", "repository", "tag", "digest"].into_iter().any(mistyped)
    {
        return;
    }
    let reference = chart.reference().and_then(Text::of);
    if reference.is_none() && chart.repository().is_none() {
        let raised = findings.at_field(object, helm, "ociRepository", unnamed);
        raised.why(NO_CHART).help(HELP);
        return;
    }
    let filled = chart.digest().and_then(Text::of);
    // Even an empty reference stands alone.
    if chart.reference().is_some() {
        for part in [chart.repository(), chart.tag(), filled].into_iter().flatten() {
            let message = "a part of the chart is named beside its whole reference";
            let raised = findings.at(object, part.node, message);
            raised.why(NO_CHART).help("leave `ref`, or `repository` with `tag` or `digest`");
        }
        return;
    }
    if chart.tag().is_none() && filled.is_none() {
        let message = "the chart of the gardenlet has neither a tag nor a digest";
        let raised = findings.at_field(object, helm, "ociRepository", message);
        raised.why(NO_CHART).help("set `digest: sha256:…`, which nobody can move, or `tag`");
    }
    let digest = chart.digest().filter(|digest| digest.as_str().is_some_and(|it| !it.starts_with("sha256:")));
    if let Some(digest) = digest {
        let raised = findings.at(object, digest, "a digest begins with `sha256:`");
        raised.why(NO_CHART).help("copy the digest from the registry");
    }
}

const NO_CHART: &str = "Gardener's API server refuses a Gardenlet whose chart it cannot find";
