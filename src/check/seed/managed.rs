//! ManagedSeeds against the shoots they are made of: what they take from them, and what must be the same.
//!
//! Where the shoot is not among the objects, what it would fill in is unknown, and nothing is said of it.

use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_others};
use crate::kind::{self, GARDEN_NAMESPACE};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{DnsProvider, GardenletInstallation, ManagedSeed, SeedTemplate, Shoot, Text};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L591", "shoot-unfit-as-seed"),
        upstream: &["XM-ELIG"],
        judge: Judge::Kinds(&[kind::MANAGED_SEED], unfit),
    },
    Rule {
        code: Code::error("L592", "managed-seed-contradicts-shoot"),
        upstream: &["XM-INGRESS", "XM-NET", "XM-PROV", "XM-ZONES", "XM-VPA", "XM-TAR"],
        judge: Judge::Kinds(&[kind::MANAGED_SEED], contradiction),
    },
    Rule {
        code: Code::error("L594", "managed-seed-incomplete"),
        upstream: &["MS-SHOOT", "XM-SEEDCFG"],
        judge: Judge::Kinds(&[kind::MANAGED_SEED], incomplete),
    },
];

/// The beginning of the domain of a seed's ingress.
const INGRESS_PREFIX: &str = "ingress";
/// The feature gate that topology-aware routing stands on.
const TOPOLOGY_GATE: &str = "TopologyAwareHints";
/// The label and the annotation of a Secret that holds a default domain.
const DEFAULT_DOMAIN: (&str, &str) = ("gardener.cloud/role", "default-domain");
const DEFAULT_DOMAIN_NAME: &str = "dns.gardener.cloud/domain";

/// What a seed says, filled in as Gardener does it for a ManagedSeed.
///
/// Upstream: plugin/pkg/managedseed/validator/admission.go, admitSeedSpec.
pub(super) struct Filled<'a> {
    managed: bool,
    shoot: Option<Shoot<'a>>,
}

impl<'a> Filled<'a> {
    pub(super) fn of(seed: SeedTemplate<'a>, scope: &Scope<'a>) -> Self {
        Self { managed: super::is_of(seed, kind::MANAGED_SEED), shoot: shoot_of(seed.object, scope) }
    }

    /// A text, or that of the shoot; nothing when it is unknown, and the empty one when there is none.
    pub(super) fn text(
        &self,
        written: Option<&'a Node>,
        inherited: impl Fn(Shoot<'a>) -> Option<Text<'a>>,
    ) -> Option<&'a str> {
        match written.map_or(Some(""), Node::as_str) {
            Some("") if self.managed => Some(self.shoot.and_then(inherited)?.as_str()),
            written => written,
        }
    }

    /// The zones, or those of the shoot; nothing when they are unknown.
    pub(super) fn zones(&self, seed: SeedTemplate<'a>) -> Option<Vec<&'a str>> {
        let written: Vec<&str> = match seed.zone_list() {
            Some(list) if list.items().is_empty() && !is_empty_list(list) => return None,
            list => list.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect(),
        };
        if written.is_empty() && self.managed { Some(zones_of(self.shoot?)) } else { Some(written) }
    }
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, crate::syntax::Value::Sequence(items) if items.is_empty())
}

fn zones_of(shoot: Shoot<'_>) -> Vec<&str> {
    let mut zones: Vec<&str> =
        shoot.workers().flat_map(|worker| worker.zones().map(Text::as_str).collect::<Vec<_>>()).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// The shoot that a ManagedSeed is made of, if it is among the objects.
fn shoot_of<'a>(object: &'a Object, scope: &Scope<'a>) -> Option<Shoot<'a>> {
    let managed = object.identity.is(kind::MANAGED_SEED.group, kind::MANAGED_SEED.kind);
    let name = managed.then(|| ManagedSeed::of(object).shoot())??;
    scope.landscape.find("Shoot", GARDEN_NAMESPACE, &name).map(Shoot::of)
}

/// Upstream: pkg/api/seedmanagement/validation/managedseed.go, ValidateManagedSeedSpec;
/// pkg/api/seedmanagement/helper/managedseed.go, ExtractSeedSpec.
fn incomplete(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let raised = findings.require(object, &object.root, &["spec", "shoot"], "the ManagedSeed names no shoot");
    raised.map(|raised| {
        raised
            .why("Gardener's API server refuses a ManagedSeed without the shoot that becomes a seed")
            .help("set `shoot.name` to a shoot in the namespace `garden`")
    });
    if scope.complete() || shoot_of(object, scope).is_some() {
        let path = ["spec", "gardenlet", "config", "seedConfig"];
        let raised =
            findings.require(object, &object.root, &path, "the ManagedSeed does not describe its seed");
        raised.map(|raised| {
            raised
                .why("Gardener's API server refuses a ManagedSeed without a `seedConfig`; most of it comes from the shoot")
                .help("set at least `seedConfig.spec.dns.internal`")
        });
    }
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, Validate.
fn unfit(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((shoot, name)) = shoot_of(object, scope).zip(ManagedSeed::of(object).shoot()) else {
        return;
    };
    let mut report = |node: &Node, fault: &str, help: &str| {
        findings
            .at(object, name.node, format!("the shoot `{name}` {fault}, and cannot become a seed"))
            .related(node, "the shoot is declared here")
            .why("Gardener's API server refuses a ManagedSeed for such a shoot")
            .help(help);
    };
    let declared = shoot.object.name_node();
    if shoot.domain().is_none() && lacks_domain(object, shoot, scope) {
        report(declared, "has no domain", "set `spec.dns.domain` of the shoot");
    }
    if let Some(addon) = shoot.nginx_ingress().filter(|addon| addon.as_bool() == Some(true)) {
        report(addon, "has an ingress controller as an addon", "disable the addon: a seed brings its own");
    }
    if shoot
        .autoscaler()
        .is_some_and(|autoscaler| autoscaler.get("enabled").map_or(Some(false), Node::as_bool) == Some(false))
    {
        report(
            shoot.autoscaler().unwrap_or(declared),
            "has no Vertical Pod Autoscaler",
            "set `spec.kubernetes.verticalPodAutoscaler.enabled: true` in the shoot",
        );
    }
    if shoot.provider().is_some() && shoot.workers().next().is_none() {
        report(declared, "has no worker pools", "give the shoot a worker pool");
    }
}

/// Whether a shoot that names no domain gets none from Gardener either.
///
/// A shoot on a seed with default domains gets one of them. In a part of a landscape they may be elsewhere, unless the
/// ManagedSeed itself counts on a domain.
fn lacks_domain(object: &Object, shoot: Shoot<'_>, scope: &Scope<'_>) -> bool {
    let unmanaged = shoot.dns_providers().any(|provider| is_unmanaged(provider));
    let counts_on_one = SeedTemplate::in_object(object)
        .and_then(SeedTemplate::ingress)
        .is_some_and(|ingress| ingress.domain().is_some());
    unmanaged || (scope.complete() || counts_on_one) && default_domains(scope).next().is_none()
}

fn is_unmanaged(provider: DnsProvider<'_>) -> bool {
    provider.type_name().is_some_and(|name| &*name == "unmanaged")
}

/// The default domains of all seeds, and those in Secrets.
fn default_domains<'a>(scope: &Scope<'a>) -> impl Iterator<Item = &'a str> {
    let (label, value) = DEFAULT_DOMAIN;
    let seeds = kind::SEEDS.iter().flat_map(|kind| scope.landscape.of_kind(kind.kind));
    let of_seeds = seeds
        .filter_map(SeedTemplate::in_object)
        .flat_map(|seed| seed.default_domains().filter_map(|one| one.domain()).map(Text::as_str));
    let secrets = scope.landscape.of_kind("Secret").filter(move |secret| secret.label(label) == Some(value));
    of_seeds.chain(secrets.filter_map(|secret| secret.annotation(DEFAULT_DOMAIN_NAME)))
}

/// Upstream: plugin/pkg/managedseed/validator/admission.go, validateSeedSpec and validateManagedSeedCreate.
fn contradiction(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some((shoot, seed)) = shoot_of(object, scope).zip(SeedTemplate::in_object(object)) else {
        return;
    };
    equal_texts(seed, shoot, findings);
    ingress(seed, shoot, scope, findings);
    zones(seed, shoot, findings);
    settings(seed, shoot, findings);
}

const WHY: &str =
    "the shoot is the seed: Gardener's API server refuses a ManagedSeed that describes it otherwise";

fn equal_texts(seed: SeedTemplate<'_>, shoot: Shoot<'_>, findings: &mut Findings) {
    let networking = shoot.networking();
    let pairs = [
        ("provider type", seed.provider_type(), shoot.provider_type()),
        ("region", seed.region(), shoot.region()),
        ("range for nodes", seed.nodes(), networking.and_then(|networks| networks.nodes())),
        ("range for pods", seed.pods(), networking.and_then(|networks| networks.pods())),
        ("range for services", seed.services(), networking.and_then(|networks| networks.services())),
    ];
    for (what, own, shoots) in pairs {
        let Some((own, shoots)) = own.zip(shoots).filter(|(own, shoots)| **own != **shoots) else {
            continue;
        };
        findings
            .at(
                seed.object,
                own.node,
                format!("the {what} of the seed is `{own}`, that of its shoot is `{shoots}`"),
            )
            .related(shoots.node, "the shoot says it here")
            .why(WHY)
            .help("remove the field: it is taken from the shoot");
    }
}

fn ingress(seed: SeedTemplate<'_>, shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(domain) = shoot.domain() else { return };
    let wanted = format!("{INGRESS_PREFIX}.{domain}");
    let own = seed.ingress().and_then(|ingress| ingress.domain());
    if let Some(own) = own.filter(|own| **own != *wanted) {
        findings
            .at(seed.object, own.node, format!("the domain of the seed's ingress is not `{wanted}`"))
            .related(domain.node, "the domain of the shoot is set here")
            .why(WHY)
            .help("remove `ingress.domain`: it is made of the shoot's domain");
    }
    let mut providers = shoot.dns_providers().filter(|provider| provider.primary() == Some(true));
    let custom = providers.next().is_some_and(|provider| !is_unmanaged(provider));
    let default = || default_domains(scope).any(|known| domain.ends_with(&format!(".{known}")));
    let known = seed.dns_provider().is_some() || custom || !scope.complete() || default();
    if !known {
        let message = format!("nobody can make DNS records for the ingress of the seed in `{domain}`");
        let raised = match seed.node().at(&["spec", "ingress"]) {
            Some(ingress) => findings.at(seed.object, ingress, message),
            None => findings.missing(seed.object, seed.node(), "spec.ingress", message),
        };
        raised
            .related(domain.node, "the domain is neither a default domain nor one of a primary DNS provider")
            .why("Gardener's API server refuses the ManagedSeed: its ingress has the domain of the shoot")
            .help("set `dns.provider` of the seed, or give the shoot a primary DNS provider");
    }
}

fn zones(seed: SeedTemplate<'_>, shoot: Shoot<'_>, findings: &mut Findings) {
    let offered = zones_of(shoot);
    let strange = seed.zones().find(|zone| !offered.contains(&zone.as_str()));
    let provider = seed.node().at(&["spec", "provider"]);
    if let Some((zone, provider)) = strange.zip(provider) {
        let message = format!("no worker pool of the shoot is in the zone `{zone}` of the seed");
        findings
            .at_field(seed.object, provider, "zones", message)
            .related(shoot.object.name_node(), "the shoot is declared here")
            .why(WHY)
            .help(help_with_others(offered));
    }
}

fn settings(seed: SeedTemplate<'_>, shoot: Shoot<'_>, findings: &mut Findings) {
    let Some(settings) = seed.settings() else { return };
    if let Some(node) = settings.autoscaler().filter(|node| node.as_bool() == Some(true)) {
        findings
            .at(seed.object, node, "the seed brings a Vertical Pod Autoscaler, as its shoot does")
            .why(WHY)
            .help("set `enabled: false`: that of the shoot serves the seed");
    }
    let routing = settings.topology_aware_routing().filter(|node| node.as_bool() == Some(true));
    let disabled = shoot.feature_gates(TOPOLOGY_GATE).find(|gate| gate.as_bool() == Some(false));
    if let Some((routing, gate)) = routing.zip(disabled) {
        let message = format!("topology-aware routing needs the feature gate `{TOPOLOGY_GATE}`");
        findings
            .at(seed.object, routing, message)
            .related(gate, "the shoot disables it here")
            .why(WHY)
            .help("set `enabled: false`, or leave the feature gate of the shoot alone");
    }
}

/// The names of exposure class handlers that the gardenlet of a seed has; nothing when they are unknown.
///
/// Upstream: pkg/gardenlet/controller/managedseed/valueshelper.go, MergeGardenletConfiguration.
pub(in crate::check) fn handlers_of<'a>(object: &'a Object, scope: &Scope<'a>) -> Option<Vec<Text<'a>>> {
    let mut object = object;
    // No ManagedSeed stands on more others than there are objects.
    for _ in 0..=scope.landscape.objects.len() {
        let installation = GardenletInstallation::in_object(object)?;
        let handlers: Vec<_> = installation
            .configuration()
            .into_iter()
            .flat_map(|configuration| configuration.exposure_class_handlers().filter_map(|one| one.name()))
            .collect();
        let own = !super::is_merged(installation) || !handlers.is_empty();
        if own {
            return Some(handlers);
        }
        let parent = shoot_of(object, scope)?.seed_name()?;
        object = scope.seed(&parent)?;
    }
    None
}
