//! The bastions of shoots: machines and an image that the profile really offers.

use super::capability::Capabilities;
use super::{Form, Profile, judge, name_of, text_of};
use crate::check::architecture::{self, ARCHITECTURE};
use crate::check::lifecycle::{Class, Stage};
use crate::check::{Findings, Rule};
use crate::diagnostic::{Code, help_with_names};
use crate::syntax::Node;
use crate::view::{BastionImage, ImageVersion, MachineType, NamedItem, Text};

pub(in crate::check) static RULES: &[Rule] =
    &[Rule { code: Code::error("L573", "bastion-unusable"), upstream: &["CP-BAST"], judge: judge!(bastion) }];

const REFUSED: &str = "Gardener's API server refuses bastions that could not be made";

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateCloudProfileBastion.
fn bastion(profile: Profile<'_>, findings: &mut Findings) {
    let Some((spec, bastion)) = profile.view.spec().zip(profile.view.bastion()) else { return };
    if profile.form != Form::Whole || bastion.node().as_mapping().is_none() {
        return;
    }
    if bastion.node().get("machineType").or(bastion.node().get("machineImage")).is_none() {
        findings
            .at_field(
                profile.object(),
                spec,
                "bastion",
                "`bastion` names neither a machine type nor an image",
            )
            .why(REFUSED)
            .help("name one of the two, or remove `bastion`");
    }
    let architecture = bastion.machine_type().and_then(|named| machine_type(profile, named, findings));
    if let Some(named) = bastion.machine_image() {
        image(profile, named, architecture, findings);
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateBastionMachineType.
fn machine_type<'a>(profile: Profile<'a>, named: NamedItem<'a>, findings: &mut Findings) -> Option<&'a str> {
    let name = named.name()?;
    let listed =
        profile.view.machine_types().find(|listed| listed.name().is_some_and(|known| *known == *name));
    if listed.is_none() {
        let known = profile.view.machine_types().filter_map(MachineType::name).map(Text::as_str);
        findings
            .at(profile.object(), name.node, format!("the profile has no machine type `{name}`"))
            .why(REFUSED)
            .help(help_with_names(&name, known));
    }
    Some(architecture(profile, listed?))
}

/// Upstream: pkg/apis/core/types_cloudprofile.go, GetArchitecture, after defaults_cloudprofile.go.
fn architecture<'a>(profile: Profile<'a>, listed: MachineType<'a>) -> &'a str {
    let defined = Capabilities::of(profile);
    let own = listed.capabilities().and_then(|used| used.get(ARCHITECTURE));
    let values: Vec<&str> = match own.filter(|_| defined.values(ARCHITECTURE).is_some()) {
        Some(values) => values.items().iter().filter_map(Node::as_str).collect(),
        None => defined.architectures(),
    };
    match values.as_slice() {
        [only] => only,
        _ => match listed.node().get(ARCHITECTURE) {
            Some(architecture) => architecture.as_str().unwrap_or_default(),
            None if defined.is_empty() => architecture::DEFAULT,
            None => "",
        },
    }
}

/// Upstream: pkg/api/core/validation/cloudprofile.go, validateBastionImage.
fn image(profile: Profile<'_>, named: BastionImage<'_>, architecture: Option<&str>, findings: &mut Findings) {
    let (object, Some(name)) = (profile.object(), named.name()) else { return };
    let Some(image) = profile.images().find(|image| image.view.name().is_some_and(|known| *known == *name))
    else {
        let images: Vec<_> = profile.images().filter_map(|image| image.view.name()).collect();
        findings
            .at(object, name.node, format!("the profile has no machine image `{name}`"))
            .why(REFUSED)
            .help(help_with_names(&name, images.iter().map(|image| image.as_str())));
        return;
    };
    let Some(version) = named.version() else {
        if !image.versions.iter().any(|version| suits(profile, *version, architecture)) {
            unsupported(profile, name.node, name_of(Some(name)), architecture, findings);
        }
        return;
    };
    let Some(text) = version.as_str() else { return };
    let listed = image.versions.iter().find(|listed| text_of(listed.node(), "version") == Some(text));
    match listed {
        None => {
            let known = image.versions.iter().filter_map(|listed| listed.expirable().version());
            let known: Vec<&str> = known.map(Text::as_str).collect();
            findings
                .at(object, version, format!("the machine image `{name}` has no version `{text}` to choose"))
                .why(REFUSED)
                .help(help_with_names(text, known));
        }
        Some(listed) if !suits(profile, *listed, architecture) => {
            unsupported(profile, version, &format!("{name}` `{text}"), architecture, findings);
        }
        Some(_) => {}
    }
}

fn unsupported(
    profile: Profile<'_>,
    node: &Node,
    image: &str,
    architecture: Option<&str>,
    findings: &mut Findings,
) {
    let machines = architecture.map(|name| format!(" for `{name}`")).unwrap_or_default();
    findings
        .at(profile.object(), node, format!("the machine image `{image}` is not `supported`{machines}"))
        .why(REFUSED)
        .help("take a version with `classification: supported` that is built for the machine type of the bastion");
}

/// Whether bastions can run an image version: it must say itself that it is supported.
///
/// Upstream: pkg/api/core/validation/cloudprofile.go, checkImageSupport; pkg/apis/core/types_cloudprofile.go,
/// SupportsArchitecture.
fn suits(profile: Profile<'_>, version: ImageVersion<'_>, architecture: Option<&str>) -> bool {
    let listed = version.expirable();
    let supported =
        listed.classification().is_some() && Stage::of(listed, profile.at).class == Class::Supported;
    supported && architecture.is_none_or(|architecture| runs_on(profile, version, architecture))
}

fn runs_on(profile: Profile<'_>, version: ImageVersion<'_>, architecture: &str) -> bool {
    let defined = Capabilities::of(profile);
    if defined.is_empty() {
        let listed = version.node().get("architectures").map(Node::items).unwrap_or_default();
        // The API server fills in `amd64` where an image says nothing.
        let default = listed.is_empty() && architecture == architecture::DEFAULT;
        return default || listed.iter().any(|known| known.as_str() == Some(architecture));
    }
    let mut flavors = version.flavors();
    let named = flavors.any(|flavor| {
        let values = flavor.node().get(ARCHITECTURE).map(Node::items).unwrap_or_default();
        values.iter().any(|value| value.as_str() == Some(architecture))
    });
    named || defined.architectures().contains(&architecture)
}
