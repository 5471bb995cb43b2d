//! The machine images of a shoot's pools, and what depends on them.

use super::kubernetes::inactive;
use super::machine::{architecture_of, machine_type_of};
use super::{declared, names, offered, pools};
use crate::check::lifecycle::{Class, Stage};
use crate::check::{Findings, Judge, Offer, Raised, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, help_with_others};
use crate::landscape::Object;
use crate::version::{self, Constraint, Prefix};
use crate::view::{
    ExpirableVersion, ImageVersion, MachineImage, RuntimeInterface, Shoot, Text, TypedItem, Worker,
};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L430", "machine-image-not-offered"),
        upstream: &["XS-IMG"],
        judge: Judge::Shoot(image),
    },
    Rule {
        code: Code::error("L431", "machine-image-of-another-architecture"),
        upstream: &["XS-IMG"],
        judge: Judge::Shoot(architecture),
    },
    Rule {
        code: Code::error("L432", "machine-image-not-updatable-in-place"),
        upstream: &["XS-IMG-INPLACE"],
        judge: Judge::Shoot(in_place),
    },
    Rule {
        code: Code::error("L433", "machine-image-lacks-capability"),
        upstream: &["XS-CAP"],
        judge: Judge::Shoot(capabilities),
    },
    Rule {
        code: Code::error("L434", "container-runtime-not-offered"),
        upstream: &["XS-CRI"],
        judge: Judge::Shoot(container_runtimes),
    },
    Rule {
        code: Code::error("L435", "kubelet-version-not-supported-by-image"),
        upstream: &["XS-KUBELET-IMG"],
        judge: Judge::Shoot(kubelet_version),
    },
];

/// The image that a pool names in full and may choose.
#[derive(Clone, Copy)]
struct Chosen<'a> {
    worker: Worker<'a>,
    name: Text<'a>,
    version: Text<'a>,
    listed: ImageVersion<'a>,
}

impl Chosen<'_> {
    fn point<'f>(self, shoot: Shoot<'_>, findings: &'f mut Findings, fault: &str) -> Raised<'f> {
        let machine = self.worker.machine().unwrap_or(self.worker.node());
        let message = format!("the machine image `{}` `{}` {fault}", self.name, self.version);
        let raised = findings.at_field(shoot.object, machine, "image", message);
        offered(raised, self.listed.expirable().version())
    }
}

/// The pools whose image is beyond doubt.
fn chosen<'a>(
    shoot: Shoot<'a>,
    scope: &'a Scope<'_>,
) -> Option<(&'a Offer, impl Iterator<Item = Chosen<'a>>)> {
    let (offer, workers) = pools(shoot, scope)?;
    let chosen = workers.filter_map(|worker| {
        let (name, version) = (worker.image_name()?, worker.image_version()?);
        let listed = offer.image_version(&name, &version)?;
        let active = Stage::of(listed.expirable(), scope.at).active();
        active.then_some(Chosen { worker, name, version, listed })
    });
    Some((offer, chosen))
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineImagesConstraints; what is left out is filled in by
/// plugin/pkg/shoot/mutator/admission.go, getDefaultMachineImage.
fn image(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, workers)) = pools(shoot, scope) else {
        return;
    };
    for worker in workers {
        let Some(name) = worker.image_name() else { continue };
        let listed = offer.machine_image(&name);
        match (listed, worker.image_version()) {
            (None, _) => {
                let message = format!("the CloudProfile `{}` has no machine image `{name}`", offer.name());
                let known = names(offer.profile().machine_images().map(MachineImage::name));
                declared(findings.at(shoot.object, name.node, message), offer)
                    .why(REFUSED)
                    .help(help_with_names(&name, known));
            }
            (Some(listed), Some(version)) => {
                image_version(shoot.object, version, offer, listed, scope.at, findings);
            }
            (Some(_), None) => {}
        }
    }
}

const REFUSED: &str = "Gardener's API server refuses a new pool with a machine image that is not offered";

fn image_version(
    object: &Object,
    asked: Text<'_>,
    offer: &Offer,
    image: MachineImage<'_>,
    at: time::Date,
    findings: &mut Findings,
) {
    let name = image.name().map(Text::as_str).unwrap_or_default();
    let active = image.versions().map(ImageVersion::expirable);
    let active = active.filter(|listed| Stage::of(*listed, at).active());
    let known = names(active.map(ExpirableVersion::version));
    if let Some(listed) = offer.image_version(name, &asked).map(ImageVersion::expirable) {
        let stage = Stage::of(listed, at);
        if !stage.active() {
            let message = inactive(&format!("the machine image `{name}`"), asked, stage);
            findings
                .at(object, asked.node, message)
                .related(stage.node(listed), "its lifecycle is set here")
                .why(REFUSED)
                .help(help_with_others(known));
        }
    } else if !is_completed(&asked, image, at) {
        let message = format!("the machine image `{name}` is not offered in version `{asked}`");
        offered(findings.at(object, asked.node, message), image.name())
            .why(REFUSED)
            .help(help_with_names(&asked, known));
    }
}

/// Whether the API server finds a version that begins like this.
fn is_completed(asked: &str, image: MachineImage<'_>, at: time::Date) -> bool {
    let Some(prefix) = Prefix::parse(asked.strip_prefix('v').unwrap_or(asked)) else {
        return false;
    };
    image.versions().any(|listed| {
        let listed = listed.expirable();
        let version = listed.version().and_then(|version| version::parse(&version));
        let stage = Stage::of(listed, at);
        version.is_some_and(|version| prefix.begins(&version))
            && stage.active()
            && stage.class != Class::Preview
    })
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineImagesConstraints.
fn architecture(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, chosen)) = chosen(shoot, scope) else {
        return;
    };
    for image in chosen {
        let known = offer.architectures(image.listed);
        let Some(asked) = architecture_of(image.worker, offer).filter(|asked| !known.contains(asked)) else {
            continue;
        };
        image
            .point(shoot, findings, &format!("does not run on `{asked}`"))
            .why("Gardener's API server refuses a pool whose image is built for another architecture")
            .help(format!(
                "choose a version that is offered for `{asked}`; this one is for `{}`",
                known.join("`, `")
            ));
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineImagesConstraints.
fn in_place(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((_, chosen)) = chosen(shoot, scope) else {
        return;
    };
    for image in chosen {
        if image.worker.updates_in_place() && image.listed.in_place() != Some(true) {
            image
                .point(shoot, findings, "cannot be updated in place")
                .why("Gardener's API server refuses a pool that is to be updated in place with such an image")
                .help("choose a version with `inPlaceUpdates.supported: true`, or another `updateStrategy`");
        }
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateMachineCapabilities.
fn capabilities(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((offer, chosen)) = chosen(shoot, scope) else {
        return;
    };
    for image in chosen {
        let machine_type = machine_type_of(image.worker, offer);
        let suits = architecture_of(image.worker, offer)
            .is_some_and(|architecture| offer.architectures(image.listed).contains(&architecture));
        let Some(machine_type) = machine_type.filter(|_| suits) else {
            continue;
        };
        let Some(missing) = offer.missing_capability(machine_type, image.listed) else {
            continue;
        };
        let values = offer.machine_capability(machine_type, missing).join("`, `");
        let name = machine_type.name().map(Text::as_str).unwrap_or_default();
        let message = format!(
            "no flavor of the machine image `{}` `{}` suits the machine type `{name}` and its `{missing}` `{values}`",
            image.name, image.version
        );
        let raised = findings.at(shoot.object, image.version.node, message);
        offered(raised, image.listed.expirable().version())
            .why("Gardener's API server refuses a pool whose image is not built for its machines")
            .help("choose another image version or machine type whose capabilities agree");
    }
}

/// Gardener knows one container runtime interface, so only the runtimes beside it can be missing.
///
/// Upstream: plugin/pkg/shoot/validator/admission.go, validateCRI.
fn container_runtimes(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((_, chosen)) = chosen(shoot, scope) else {
        return;
    };
    for image in chosen {
        let runtimes = image.listed.runtimes().flat_map(RuntimeInterface::runtimes);
        let known: Vec<&str> = names(runtimes.map(TypedItem::type_name)).collect();
        let asked = image.worker.container_runtimes().filter_map(TypedItem::type_name);
        for asked in asked.filter(|asked| !known.contains(&asked.as_str())) {
            let (name, version) = (image.name, image.version);
            let message =
                format!("the machine image `{name}` `{version}` has no container runtime `{asked}`");
            let raised = findings.at(shoot.object, asked.node, message);
            offered(raised, image.listed.expirable().version())
                .why("Gardener's API server refuses a pool with a runtime that its machine image lacks")
                .help(help_with_names(&asked, known.iter().copied()));
        }
    }
}

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateKubeletVersion.
fn kubelet_version(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((_, chosen)) = chosen(shoot, scope) else {
        return;
    };
    for image in chosen {
        let asked = image.worker.kubernetes_version().or(shoot.kubernetes_version());
        // What a prefix is completed with is known on the day it is applied only.
        let asked = asked.filter(|asked| Prefix::parse(asked).is_none());
        let version = asked.and_then(|asked| version::parse(&asked));
        let (Some(asked), Some(version), Some(text)) = (asked, version, image.listed.kubelet_constraint())
        else {
            continue;
        };
        let Some(constraint) = Constraint::parse(&text) else {
            continue;
        };
        if !constraint.matches(&version) {
            image
                .point(shoot, findings, &format!("does not support the kubelet of Kubernetes `{asked}`"))
                .related(text.node, "its constraint is set here")
                .related(asked.node, "the version is set here")
                .why("Gardener's API server refuses a pool whose image does not support its kubelet")
                .help(format!("choose an image version for `{asked}`; this one is for `{text}`"));
        }
    }
}
