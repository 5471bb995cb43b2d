//! Names: that of the shoot, and those in it that other objects are named after.

use super::REFUSED;
use crate::check::name_form::NameForm;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::GARDEN_NAMESPACE;
use crate::name::{is_dns_label, is_qualified_name};
use crate::view::{Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L530", "shoot-name-invalid"),
        upstream: &["SH-NAME"],
        judge: Judge::Shoot(shoot_name),
    },
    Rule {
        code: Code::error("L535", "shoot-part-misnamed"),
        upstream: &["SH-WK-NAME", "SH-WK-VOL", "SH-EXT-DUP", "SH-DNS-DOM", "SH-NET-TYPE"],
        judge: Judge::ShootTemplate(malformed),
    },
    Rule {
        code: Code::error("L465", "shoot-purpose-reserved"),
        upstream: &["SH-PURPOSE"],
        judge: Judge::Shoot(purpose),
    },
];

/// The longest name of a pool and of a volume of one.
const SHORT_LIMIT: usize = 15;

/// What Gardener puts before the type of a network extension to make a label.
const NETWORKING_LABEL: &str = "networking.extensions.gardener.cloud/";

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootWithOpts.
fn shoot_name(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(name) = Text::of(shoot.object.name_node()) else { return };
    let (fault, help) = if name.contains("--") {
        ("has two hyphens in a row", "use one: Gardener separates its own names with two")
    } else if !is_dns_label(&name) {
        let help = "use lower-case letters, digits and `-`, with a letter or digit at both ends";
        ("is no DNS label", help)
    } else {
        return;
    };
    findings
        .at(shoot.object, name.node, format!("the name `{name}` of the shoot {fault}"))
        .why("what Gardener makes for the shoot is named after it")
        .help(help);
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, validateDNS, validateNetworking, validateProvider;
/// pkg/api/core/validation/utils.go, validateExtensions.
fn malformed(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let object = shoot.object;
    let labels = [
        (shoot.provider_type(), "the type of the provider"),
        (shoot.scheduler_name(), "the name of the scheduler"),
    ];
    for (label, what) in labels {
        if let Some(label) = label {
            NameForm::Label.require(object, label, what, findings);
        }
    }
    for name in shoot.extensions().filter_map(|extension| extension.type_name()) {
        NameForm::Label.require(object, name, "the type of the extension", findings);
    }
    let domain = shoot.dns().and_then(|dns| dns.domain());
    let names = [
        (shoot.written_exposure_class(), "the name of the ExposureClass"),
        (domain, "the domain of the shoot"),
    ];
    for (name, what) in names {
        if let Some(name) = name {
            NameForm::Subdomain.require(object, name, what, findings);
        }
    }
    if let Some(seed) = shoot.written_seed_name().filter(|seed| seed.is_empty()) {
        findings
            .at(object, seed.node, "the name of the seed is empty")
            .why(REFUSED)
            .help("name a seed, or remove `seedName` to let Gardener choose one");
    }
    for worker in shoot.workers() {
        of_worker(shoot, worker, findings);
    }
    let networking = shoot.networking().and_then(|networking| networking.type_name());
    let fits = |name: &Text<'_>| is_qualified_name(&format!("{NETWORKING_LABEL}{name}"));
    if let Some(name) = networking.filter(|name| !shoot.is_workerless() && !fits(name)) {
        findings
            .at(object, name.node, format!("the type of the network cannot be part of a label: `{name}`"))
            .why("Gardener marks seeds and shoots with a label that ends in the type")
            .help("use the type of a network extension, for example `calico` or `cilium`");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker, validateVolumeName, ValidateWorkerControlPlane.
fn of_worker(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let volumes = worker.volume().into_iter().chain(worker.data_volumes());
    let volumes = volumes.filter_map(|volume| volume.name()).map(|name| (name, "the name of the volume"));
    let pool = worker.name().map(|name| (name, "the name of the pool"));
    for (name, what) in pool.into_iter().chain(volumes).filter(|(name, _)| !name.is_empty()) {
        if name.len() > SHORT_LIMIT {
            findings
                .at(
                    shoot.object,
                    name.node,
                    format!("{what} `{name}` has {} characters, more than {SHORT_LIMIT}", name.len()),
                )
                .why("machines and their disks are named after it, and providers limit those names")
                .help(format!("use at most {SHORT_LIMIT} characters"));
        } else {
            NameForm::Label.require(shoot.object, name, what, findings);
        }
    }
    let exposure = worker.self_hosting().and_then(|hosting| hosting.exposure());
    let exposure = exposure.and_then(|exposure| exposure.extension_type()).filter(|name| !name.is_empty());
    if let Some(name) = exposure {
        NameForm::Label.require(shoot.object, name, "the type of the exposure", findings);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec.
fn purpose(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let reserved = shoot.purpose().filter(|purpose| purpose.as_str() == "infrastructure");
    if let Some(purpose) = reserved.filter(|_| super::namespace(shoot) != GARDEN_NAMESPACE) {
        findings
            .at(
                shoot.object,
                purpose.node,
                format!("only a shoot in the namespace `{GARDEN_NAMESPACE}` has the purpose `{purpose}`"),
            )
            .why("the purpose is that of clusters which Gardener itself runs on")
            .help("allowed: `development`, `evaluation`, `production`, `testing`");
    }
}
