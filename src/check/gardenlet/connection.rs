//! How gardenlets get into their garden: with a kubeconfig that they are given, or one that they ask for.

use super::{INSTALLING, is_of};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind;
use crate::landscape::Object;
use crate::view::{GardenletConfiguration, GardenletInstallation};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L473", "garden-connection-contradicts-bootstrap"),
        upstream: &["GL-CONN", "GL-BOOT"],
        judge: Judge::Kinds(INSTALLING, connection),
    },
    Rule {
        code: Code::error("L477", "seed-named-in-configuration"),
        upstream: &["GL-CFG"],
        judge: Judge::Kinds(INSTALLING, seed_name),
    },
];

/// How a gardenlet gets its first credentials, and whether it takes over what it does not say itself.
///
/// A Gardenlet always brings a token. A ManagedSeed has defaults; the template of one in a ManagedSeedSet has none yet.
///
/// Upstream: pkg/api/seedmanagement/validation, ValidateGardenletSpec and validateGardenlet;
/// pkg/apis/seedmanagement/v1alpha1/defaults_managedseed.go, setDefaultsGardenlet.
fn bootstrap(installation: GardenletInstallation<'_>) -> (&str, bool) {
    // An empty text, or none at all, is no way: the schema tells of it.
    let written = installation.bootstrap().map(|node| node.as_str().unwrap_or_default());
    let merged = installation.merge_with_parent();
    if is_of(installation.object, kind::GARDENLET) {
        ("BootstrapToken", false)
    } else if is_of(installation.object, kind::MANAGED_SEED) {
        (written.unwrap_or("BootstrapToken"), merged.unwrap_or(true))
    } else {
        (written.unwrap_or("None"), merged.unwrap_or(false))
    }
}

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, validateGardenClientConnection.
fn connection(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let Some(installation) = GardenletInstallation::in_object(object) else {
        return;
    };
    let connection = installation.configuration().and_then(GardenletConfiguration::garden_connection);
    let Some(connection) = connection.filter(|connection| connection.node().as_mapping().is_some()) else {
        return;
    };
    let why = "Gardener's API server refuses it: a gardenlet gets into the garden in one way";
    match bootstrap(installation) {
        ("BootstrapToken" | "ServiceAccount", _) => {
            if let Some(kubeconfig) = connection.kubeconfig() {
                let message = "a gardenlet that asks for its credentials is given a kubeconfig";
                let raised = findings.at(object, kubeconfig.node, message);
                let help = if is_of(object, kind::GARDENLET) {
                    "remove `kubeconfig`: a Gardenlet always brings a token"
                } else {
                    "remove `kubeconfig`, or set `bootstrap: None`"
                };
                raised.why(why).help(help);
            }
        }
        ("None", merged) => {
            if !merged {
                let message = "a gardenlet that asks for no credentials is given none";
                let raised = findings.require(object, connection.node(), &["kubeconfig"], message);
                raised.map(|raised| {
                    let help = "set `kubeconfig`, `mergeWithParent: true`, or `bootstrap: BootstrapToken`";
                    raised.why(why).help(help)
                });
            }
            let asked = [connection.bootstrap_kubeconfig(), connection.kubeconfig_secret()];
            for (field, _) in ["bootstrapKubeconfig", "kubeconfigSecret"]
                .into_iter()
                .zip(asked)
                .filter(|(_, it)| it.is_some())
            {
                let message = format!("`{field}` is for a gardenlet that asks for its credentials");
                let raised = findings.at_field(object, connection.node(), field, message);
                raised.why(why).help(format!("remove `{field}`, or set `bootstrap: BootstrapToken`"));
            }
        }
        _ => {}
    }
}

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, validateGardenletConfiguration.
fn seed_name(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let configuration =
        GardenletInstallation::in_object(object).and_then(GardenletInstallation::configuration);
    if let Some(name) = configuration.and_then(GardenletConfiguration::seed_name) {
        findings
            .at(object, name.node, "the seed is named in the configuration of its gardenlet")
            .why("Gardener's API server refuses it: the seed has the name of the object around it")
            .help("remove `seedConfig.metadata.name`");
    }
}
