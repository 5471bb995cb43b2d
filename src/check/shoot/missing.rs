//! What a shoot cannot do without and a schema cannot ask for, because it depends on the rest of the shoot or belongs to a
//! part that is missing as a whole.

use super::REFUSED;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::view::{Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L531", "shoot-field-missing"),
        upstream: &[
            "SH-REGION",
            "SH-CPREF",
            "SH-BIND",
            "SH-NET-TYPE",
            "SH-WK-MACH",
            "SH-WK-VOL",
            "SH-HA",
            "SH-SELF-BKP",
        ],
        judge: Judge::ShootTemplate(missing),
    },
    Rule {
        code: Code::warning("L549", "machine-image-left-open"),
        upstream: &["SH-WK-MACH"],
        judge: Judge::Shoot(image_left_open),
    },
];

/// Reports a field that is missing or empty.
fn require(shoot: Shoot<'_>, way: &[&str], help: &str, findings: &mut Findings) {
    let field = way.last().copied().unwrap_or_default();
    findings
        .lacking(shoot.object, shoot.node(), way, format!("missing field `{field}`"))
        .why(REFUSED)
        .help(help.to_owned());
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateShootSpec, ValidateCloudProfileReference, validateNetworking,
/// ValidateWorker, ValidateWorkerControlPlane, validateHAShootControlPlaneConfigurationValue.
fn missing(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    if shoot.spec().is_none() {
        require(shoot, &["spec", "region"], "set `spec.region`", findings);
    }
    if shoot.provider().is_none() {
        require(shoot, &["spec", "provider", "type"], "set `spec.provider.type`", findings);
    }
    if shoot.cloud_profile().is_none() && shoot.cloud_profile_name().is_none() {
        let help = "set `spec.cloudProfile.kind` and `spec.cloudProfile.name`";
        require(shoot, &["spec", "cloudProfile", "name"], help, findings);
    }
    // Outside of a template the API server takes a CloudProfile for granted.
    let unkind = shoot.cloud_profile().filter(|it| it.name().is_some() && it.kind().is_none());
    if unkind.is_some() && shoot.is_template() {
        let help = "set it to `CloudProfile` or `NamespacedCloudProfile`";
        require(shoot, &["spec", "cloudProfile", "kind"], help, findings);
    }
    let tolerance = shoot.control_plane().filter(|control_plane| {
        control_plane.high_availability().is_some_and(|asked| asked.get("failureTolerance").is_none())
    });
    if let Some(control_plane) = tolerance.filter(|_| !shoot.is_template()) {
        let way = ["highAvailability", "failureTolerance", "type"];
        findings
            .lacking(shoot.object, control_plane.node(), &way, "missing field `type`")
            .why(REFUSED)
            .help("set it to `node` or `zone`, or remove `highAvailability`");
    }
    if !shoot.is_workerless() {
        of_workers(shoot, findings);
    }
}

fn of_workers(shoot: Shoot<'_>, findings: &mut Findings) {
    let bound = shoot.secret_binding().or(shoot.credentials_binding()).is_some();
    if !bound && !shoot.is_self_hosted() {
        // Upstream names the older of the two fields.
        let way = ["spec", "secretBindingName"];
        findings
            .lacking(shoot.object, shoot.node(), &way, "the shoot has no binding with credentials")
            .why("Gardener makes the machines with the credentials that the binding leads to")
            .help("set `spec.credentialsBindingName`");
    }
    let networking = shoot.networking();
    if shoot.is_template() && networking.is_none() {
        require(shoot, &["spec", "networking"], "set `spec.networking`", findings);
    } else if networking.and_then(|networking| networking.type_name()).is_none() {
        let help = "name the network extension, for example `calico` or `cilium`";
        require(shoot, &["spec", "networking", "type"], help, findings);
    }
    for worker in shoot.workers() {
        of_worker(shoot, worker, findings);
    }
}

fn of_worker(shoot: Shoot<'_>, worker: Worker<'_>, findings: &mut Findings) {
    let mut require = |way: &[&str], message: &str, help: &str| {
        findings.lacking(shoot.object, worker.node(), way, message).why(REFUSED).help(help);
    };
    if worker.machine().is_none() {
        require(&["machine", "type"], "the pool has no machine type", "set `machine.type`");
    }
    let empty = |text: Option<Text<'_>>| text.is_some_and(|text| text.is_empty());
    if worker.volume().is_some_and(|volume| empty(volume.name())) {
        require(&["volume", "name"], "the name of the volume is empty", "set `volume.name`, or remove it");
    }
    if worker.data_volumes().next().is_some() && worker.volume().is_none() {
        require(
            &["volume"],
            "the pool has further volumes and no first one",
            "set `volume`, from which nodes start",
        );
    }
    let Some(hosting) = worker.self_hosting() else { return };
    if let Some(backup) = hosting.backup() {
        if backup.provider().is_none() {
            let way = ["controlPlane", "backup", "provider"];
            require(&way, "the backup has no provider", "set `controlPlane.backup.provider`");
        }
        let elsewhere = backup.provider().map(Text::as_str) != shoot.provider_type().map(Text::as_str);
        if elsewhere && backup.region().is_none() {
            let way = ["controlPlane", "backup", "region"];
            require(&way, "the backup at another provider has no region", "set `controlPlane.backup.region`");
        }
    }
    let extension = hosting.exposure().filter(|exposure| exposure.extension().is_some());
    // The API server takes the provider's type for a missing one, except in a template.
    let untyped = extension.is_some_and(|exposure| match exposure.extension_type() {
        Some(name) => name.is_empty(),
        None => shoot.is_template() || shoot.provider_type().is_none(),
    });
    if untyped {
        let way = ["controlPlane", "exposure", "extension", "type"];
        require(&way, "the exposure has no type", "name the type of an extension for exposures");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker; plugin/pkg/shoot/mutator/admission.go,
/// ensureMachineImages, which fills in on creation what the validation would miss.
fn image_left_open(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for worker in shoot.workers() {
        let (way, message): (&[&str], _) = match worker.image() {
            None => (&["machine", "image"], "the pool does not say its machine image"),
            Some(_) if worker.image_version().is_none() => {
                (&["machine", "image", "version"], "the pool does not say the version of its machine image")
            }
            Some(_) => continue,
        };
        findings
            .lacking(shoot.object, worker.node(), way, message)
            .why(
                "Gardener's API server fills in the default of the CloudProfile on the day the pool is made: the same \
                 landscape gives other machines on another day",
            )
            .help("set `machine.image.name` and `machine.image.version`");
    }
}
