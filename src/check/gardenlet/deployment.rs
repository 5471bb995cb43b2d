//! How gardenlets are deployed: their pods and their image.

use super::INSTALLING;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::name::is_dns_subdomain;
use crate::syntax::Node;
use crate::view::{ContainerImage, GardenletInstallation};

pub(in crate::check) static RULES: &[Rule] = &[Rule {
    code: Code::error("L470", "gardenlet-deployment-invalid"),
    upstream: &["GL-IMG"],
    judge: Judge::Kinds(INSTALLING, deployment),
}];

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
