//! Exposure class handlers: the ways in which gardenlets expose control planes, and the ExposureClasses that ask for one.

use std::net::IpAddr;

use super::INSTALLING;
use crate::check::scheduling::unmet;
use crate::check::seed::{managed::handlers_of, setting::judge_class};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names};
use crate::kind;
use crate::landscape::Object;
use crate::name::is_dns_label;
use crate::view::{ExposureClass, GardenletInstallation, SeedSelector, SeedSettings, SeedTemplate, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L476", "exposure-class-handler-invalid"),
        upstream: &["GL-ECH"],
        judge: Judge::Kinds(INSTALLING, handlers),
    },
    Rule {
        code: Code::warning("L595", "exposure-class-without-handler"),
        upstream: &["XS-EC-HANDLER"],
        judge: Judge::Kinds(&[kind::EXPOSURE_CLASS], without_handler),
    },
];

const WHY: &str = "Gardener's API server refuses the configuration of a gardenlet with it";
/// How many gardenlets a finding points at.
const SHOWN: usize = 3;

/// Upstream: pkg/api/config/gardenlet/v1alpha1/validation/validation.go, validateExposureClassHandlers and
/// ValidateGardenletConfiguration.
fn handlers(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    let configuration =
        GardenletInstallation::in_object(object).and_then(GardenletInstallation::configuration);
    let Some(configuration) = configuration else { return };
    let addresses = configuration.exposure_class_handlers().filter_map(|handler| handler.external_address());
    for node in configuration.external_address().into_iter().chain(addresses) {
        if let Some(address) = node.as_str().filter(|address| address.parse::<IpAddr>().is_err()) {
            let raised = findings.at(object, node, format!("`{address}` is no IP address"));
            raised.why(WHY).help("write an address of IPv4 or IPv6, without a port or a prefix");
        }
    }
    for handler in configuration.exposure_class_handlers() {
        if let Some(name) = handler.name().filter(|name| !is_dns_label(name)) {
            let raised = findings.at(object, name.node, format!("`{name}` is no name of a handler"));
            raised.why(WHY).help("use up to 63 lower-case letters, digits and `-`");
        }
        let message = "the exposure class handler has no name";
        let raised = findings.require(object, handler.node(), &["name"], message);
        raised.map(|raised| raised.why(WHY).help("set the name that ExposureClasses refer to as `handler`"));
        if let Some(class) = handler.class() {
            judge_class(object, class, findings);
        }
    }
}

/// Upstream: pkg/gardenlet/controller/shoot/shoot, and docs/usage/networking/exposureclasses.md.
fn without_handler(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let class = ExposureClass::of(object);
    let Some(wanted) = class.handler() else { return };
    let seeds = INSTALLING.iter().flat_map(|kind| scope.landscape.of_kind(kind.kind));
    let eligible = seeds.filter_map(SeedTemplate::in_object).filter(|seed| is_eligible(*seed, class));
    let mut known: Vec<Text<'_>> = Vec::new();
    let mut lacking = Vec::new();
    for seed in eligible {
        let Some(handlers) = handlers_of(seed.object, scope) else {
            continue;
        };
        if !handlers.iter().any(|handler| **handler == *wanted) {
            lacking.push(seed.object);
        }
        known.extend(handlers);
    }
    let Some((first, others)) = lacking.split_first() else {
        return;
    };
    let more = match others.len() {
        0 => String::new(),
        1 => " and one more seed".to_owned(),
        more => format!(" and {more} more seeds"),
    };
    let message = format!("the gardenlet of `{}`{more} has no handler `{wanted}`", first.identity.name);
    let mut raised = findings
        .at(object, wanted.node, message)
        .why(
            "a shoot of this ExposureClass that is put there never becomes ready; Gardener accepts both: stricter than \
             Gardener",
        )
        .help(format!(
            "add it to `exposureClassHandlers` there, or exclude the seed with `scheduling.seedSelector`; handlers: {}",
            help_with_names(&wanted, known.iter().map(|name| name.as_str()))
        ));
    for seed in lacking.iter().take(SHOWN) {
        raised = raised.related(seed.name_node(), "the gardenlet is configured here");
    }
}

/// Whether the scheduler may put a shoot of an ExposureClass on a seed, as far as the class has a say.
///
/// A seed with taints is one for few shoots, and which tolerate them is theirs to say.
fn is_eligible(seed: SeedTemplate<'_>, class: ExposureClass<'_>) -> bool {
    let visible = seed.settings().and_then(SeedSettings::visible) != Some(false);
    let selector = class.seed_selector();
    let mut providers = selector.into_iter().flat_map(SeedSelector::provider_types).peekable();
    let provider = providers.peek().is_none()
        || providers.any(|wanted| &*wanted == "*" || seed.provider_type().is_some_and(|own| *own == *wanted));
    visible
        && provider
        && seed.taints().next().is_none()
        && selector.is_none_or(|selector| unmet(selector, seed).is_none())
}
