//! Components: Gardener's own binaries are of versions that work together, and know the feature gates they are given.
//!
//! A gardenlet compares its version with that of the garden when it starts, and ends if they do not fit. So does every
//! component that is given a feature gate it has never heard of.

use super::{Findings, Judge, Raised, Rule, Scope};
use crate::diagnostic::{Code, Place, help_with_names};
use crate::kind;
use crate::landscape::{Landscape, Object};
use crate::release::Release;
use crate::schema::Schemas;
use crate::syntax::Node;
use crate::version::{self, Version};
use crate::view::{ContainerImage, GardenletInstallation, Text};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L445", "gardenlet-newer-than-garden"),
        upstream: &[],
        judge: Judge::Kinds(kind::SEEDS, newer),
    },
    Rule {
        code: Code::error("L446", "gardenlet-too-old"),
        upstream: &[],
        judge: Judge::Kinds(kind::SEEDS, too_old),
    },
    Rule {
        code: Code::warning("L447", "operator-of-another-version"),
        upstream: &[],
        judge: Judge::Landscape(operator),
    },
    Rule {
        code: Code::error("L448", "feature-gate-not-of-component"),
        upstream: &[],
        judge: Judge::Landscape(unknown_gates),
    },
    Rule {
        code: Code::error("L449", "feature-gate-of-component-locked"),
        upstream: &[],
        judge: Judge::Landscape(locked_gates),
    },
];

const GARDENLET: &str = "gardenlet";
const OPERATOR: &str = "gardener-operator";
/// How many minors a gardenlet may be behind.
const MINORS_BEHIND: i64 = 2;

/// A version and where it is written.
type Written<'a> = (Version, &'a Node);

/// The version in a tag, if the repository is named like the component; a chart or image of one's own has its own.
fn tagged<'a>(image: ContainerImage<'a>, component: &str) -> Option<Written<'a>> {
    if let Some(reference) = image.reference().and_then(Text::of) {
        return Some((in_reference(&reference, component)?, reference.node));
    }
    let tag = image.tag().and_then(Text::of)?;
    let own =
        image.repository().and_then(Text::of).is_none_or(|repository| last_segment(&repository) == component);
    Some((release(&tag).filter(|_| own)?, tag.node))
}

fn in_reference(reference: &str, component: &str) -> Option<Version> {
    let reference = reference.split('@').next()?;
    let (name, tag) = last_segment(reference).split_once(':')?;
    release(tag).filter(|_| name == component)
}

fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// A version without its suffixes, as the components compare them.
///
/// Upstream: pkg/utils/version/version.go, Normalize.
fn release(text: &str) -> Option<Version> {
    let version = version::parse(text)?;
    Some(Version::new(version.major, version.minor, version.patch))
}

/// The version of the gardenlet that an object deploys.
fn gardenlet(object: &Object) -> Option<Written<'_>> {
    let deployment = GardenletInstallation::in_object(object)?.deployment()?;
    let is_given = |image: &ContainerImage<'_>| {
        [image.reference(), image.tag()].into_iter().flatten().any(|part| Text::of(part).is_some())
    };
    deployment.image().filter(is_given).or(deployment.chart()).and_then(|image| tagged(image, GARDENLET))
}

/// The version of the operator, where its chart is the one that Gardener publishes.
fn operator_version(landscape: &Landscape) -> Option<Written<'_>> {
    let chart = &landscape.settings.operator.as_ref()?.chart;
    Some((in_reference(chart.as_str()?, "operator")?, chart))
}

/// The version of the garden: of what the landscape says of it, the newest.
fn garden(landscape: &Landscape) -> Option<Version> {
    let said = release(&landscape.settings.gardener)?;
    let installed = operator_version(landscape).map(|(version, _)| version);
    Some(installed.map_or(said.clone(), |installed| installed.max(said)))
}

/// The versions of a gardenlet and of the garden, where they can be compared.
fn pair<'a>(object: &'a Object, scope: &Scope<'_>) -> Option<(Written<'a>, Version)> {
    let garden = garden(scope.landscape)?;
    let gardenlet = gardenlet(object).filter(|(version, _)| version.major == garden.major)?;
    Some((gardenlet, garden))
}

/// Upstream: pkg/gardenlet/bootstrappers/verify_version.go, VerifyGardenerVersion.
fn newer(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(((version, node), garden)) = pair(object, scope).filter(|((own, _), garden)| own > garden)
    else {
        return;
    };
    let raised = findings
        .at(object, node, format!("the gardenlet is of version {version}, newer than the garden's {garden}"))
        .why("a gardenlet that is newer than the garden's API server ends as soon as it starts")
        .help(format!("install version {garden}, or update the garden first"));
    if let Some(said) = scope.landscape.settings.gardener_span {
        raised.related_span(said, "the version of the garden is set here");
    }
}

/// Upstream: pkg/gardenlet/bootstrappers/verify_version.go, VerifyGardenerVersion.
fn too_old(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let Some(((version, node), garden)) = pair(object, scope) else {
        return;
    };
    if version::minors_ahead(&garden, &version).is_some_and(|behind| behind > MINORS_BEHIND) {
        let raised = findings
            .at(object, node, format!("the gardenlet is of version {version}, too old for the garden's {garden}"))
            .why(format!(
                "a gardenlet that is more than {MINORS_BEHIND} minor versions behind the garden ends as soon as it starts"
            ))
            .help(format!("install version {garden}"));
        if let Some(said) = scope.landscape.settings.gardener_span {
            raised.related_span(said, "the version of the garden is set here");
        }
    }
}

fn operator(scope: &Scope<'_>, findings: &mut Findings) {
    let settings = &scope.landscape.settings;
    let Some((installed, chart)) = operator_version(scope.landscape) else {
        return;
    };
    let Some(said) = release(&settings.gardener) else {
        return;
    };
    if version::minors_ahead(&installed, &said) == Some(0) {
        return;
    }
    let place = Place { path: "spec.operator.chart.ref".to_owned(), ..chart.span.into() };
    let message = format!("the operator is of version {installed}, the landscape is for Gardener {said}");
    let raised = findings
        .at_place(place, message)
        .why("the operator installs Gardener in its own version, and the landscape is checked against another one")
        .help("let both be of one minor version");
    if let Some(said) = settings.gardener_span {
        raised.related_span(said, "the version of Gardener is set here");
    }
}

/// The feature gates that a component is given, and what a component of its version knows.
struct Given<'a> {
    /// What gives them; the landscape itself gives those of the operator.
    object: Option<&'a Object>,
    component: &'static str,
    version: Version,
    release: &'static Release,
    gates: &'a Node,
}

impl<'a> Given<'a> {
    /// All that are given in a landscape, to components of which it is known what they know.
    fn all(scope: &Scope<'a>) -> impl Iterator<Item = Self> {
        let landscape = scope.landscape;
        let objects = kind::SEEDS.iter().flat_map(|kind| landscape.of_kind(kind.kind));
        let gardenlets = objects.filter_map(|object| {
            let gates = GardenletInstallation::in_object(object)?.configuration()?.feature_gates()?;
            let version = gardenlet(object).map(|(version, _)| version).or_else(|| garden(landscape))?;
            Self::of(Some(object), GARDENLET, version, gates)
        });
        gardenlets.chain(Self::to_operator(landscape))
    }

    fn to_operator(landscape: &'a Landscape) -> Option<Self> {
        let values = landscape.settings.operator.as_ref()?.values.as_ref()?;
        let version =
            operator_version(landscape).map(|(version, _)| version).or_else(|| garden(landscape))?;
        Self::of(None, OPERATOR, version, values.at(&["config", "featureGates"])?)
    }

    fn of(
        object: Option<&'a Object>,
        component: &'static str,
        version: Version,
        gates: &'a Node,
    ) -> Option<Self> {
        let release = Release::of(Schemas::for_gardener(&version.to_string())?);
        Some(Self { object, component, version, release, gates })
    }

    /// The gates by name, with their values.
    fn gates(&self) -> impl Iterator<Item = (&'a str, &'a Node, bool)> {
        let gates = self.gates.entries().iter();
        gates.filter_map(|gate| Some((gate.key.name.as_str(), &gate.value, gate.value.as_bool()?)))
    }

    /// Whether the component knows a gate, or one of the libraries it is built on may.
    fn knows(&self, gate: &str) -> bool {
        let Release { gardener, kubernetes } = self.release;
        gardener.registers(self.component, gate)
            || matches!(gate, "AllAlpha" | "AllBeta")
            || kubernetes.feature_gates.contains_key(gate)
    }

    fn raise<'f>(&self, findings: &'f mut Findings, gate: &str, node: &Node, message: &str) -> Raised<'f> {
        let message = format!("the {} {} {message}", self.component, self.version);
        match self.object {
            Some(object) => findings.at(object, node, message),
            None => {
                let path = format!("spec.operator.values.config.featureGates.{gate}");
                let place = Place { path, ..node.span.into() };
                findings.at_place(place, message)
            }
        }
    }
}

/// Upstream: k8s.io/component-base/featuregate, SetFromMap.
fn unknown_gates(scope: &Scope<'_>, findings: &mut Findings) {
    for given in Given::all(scope) {
        for (gate, node, _) in given.gates().filter(|(gate, ..)| !given.knows(gate)) {
            let known = given.release.gardener.components.get(given.component).into_iter().flatten();
            let owners = given.release.gardener.registering(gate).map(|name| format!("`{name}`"));
            let owners = owners.collect::<Vec<_>>().join(", ");
            let belongs = if owners.is_empty() { String::new() } else { format!("it belongs to {owners}; ") };
            given
                .raise(findings, gate, node, &format!("knows no feature gate `{gate}`"))
                .why("a component that is given a feature gate it does not know ends as soon as it starts")
                .help(format!("{belongs}{}", help_with_names(gate, known.map(String::as_str))));
        }
    }
}

/// Upstream: k8s.io/component-base/featuregate, SetFromMap.
fn locked_gates(scope: &Scope<'_>, findings: &mut Findings) {
    for given in Given::all(scope) {
        let gates = &given.release.gardener.feature_gates;
        for (gate, node, value) in given.gates().filter(|(gate, ..)| given.knows(gate)) {
            let Some(locked) = gates.get(gate).filter(|known| known.locked && known.default != value) else {
                continue;
            };
            given
                .raise(
                    findings,
                    gate,
                    node,
                    &format!("has the feature gate `{gate}` locked to `{}`", locked.default),
                )
                .why("a component whose feature gate is set to what it cannot be ends as soon as it starts")
                .help("remove the feature gate");
        }
    }
}
