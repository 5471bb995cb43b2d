//! Where a landscape names charts and images.

use std::collections::BTreeSet;

use super::{Kind, values, workload};
use crate::chart::CHART_LAYER;
use crate::diagnostic::Place;
use crate::identity::Identity;
use crate::landscape::{Landscape, Object, Operator, Settings};
use crate::oci::reference::{Reference, Unusable};
use crate::spec::API_VERSION;
use crate::syntax::{Node, join_path};
use crate::view::{ChartSource, GardenletInstallation, Naming};

/// A reference that stands in a landscape.
#[derive(Clone, Debug)]
pub(crate) struct Found<'a> {
    /// What it leads to.
    pub(crate) kind: Kind,
    /// How it is written; nothing where it is a text inside of another.
    pub(crate) naming: Option<Naming<'a>>,
    /// The tree it can be rewritten in; nothing where others than the landscape make sense of it.
    pub(crate) slot: Option<Slot>,
    /// What it says.
    pub(crate) reference: Result<Reference, Unusable>,
    /// Where it stands.
    pub(crate) place: Place,
    /// Where in a text or a chart it stands, beyond the place.
    pub(crate) inside: Option<String>,
}

/// A tree that references stand in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    /// The chart of the operator.
    Operator,
    /// The object of this number.
    Object(usize),
}

impl Slot {
    /// The tree.
    pub(crate) fn root(self, landscape: &Landscape) -> Option<&Node> {
        match self {
            Self::Operator => landscape.settings.operator.as_ref().map(|operator| &operator.chart),
            Self::Object(index) => landscape.objects.get(index).map(|object| &object.root),
        }
    }

    /// The tree, to change it.
    pub(crate) fn root_mut(self, landscape: &mut Landscape) -> Option<&mut Node> {
        match self {
            Self::Operator => landscape.settings.operator.as_mut().map(|operator| &mut operator.chart),
            Self::Object(index) => landscape.objects.get_mut(index).map(|object| &mut object.root),
        }
    }
}

/// Who names charts and images.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    /// `spec.operator` of the landscape.
    Operator(&'a Settings, &'a Operator),
    /// An object.
    Object(&'a Object, usize),
}

impl<'a> Owner<'a> {
    pub(super) fn place(self, node: &Node) -> Place {
        match self {
            Self::Object(object, _) => object.place(node),
            Self::Operator(settings, operator) => {
                let values = operator.values.as_ref().and_then(|values| values.path_to(node));
                let path = values.map(|path| join_path("spec.operator.values", &path));
                Place {
                    span: Some(node.span),
                    object: Some(Identity {
                        api_version: API_VERSION.into(),
                        kind: "Landscape".into(),
                        namespace: None,
                        name: settings.name.as_str().into(),
                    }),
                    path: path.unwrap_or_else(|| "spec.operator.chart.ref".to_owned()),
                    ..Place::default()
                }
            }
        }
    }

    fn slot(self) -> Slot {
        match self {
            Self::Operator(..) => Slot::Operator,
            Self::Object(_, index) => Slot::Object(index),
        }
    }

    pub(super) fn chart(self, naming: Naming<'a>) -> Option<Found<'a>> {
        Some(self.found(Kind::Chart, naming, naming.chart()?))
    }

    pub(super) fn image(self, naming: Naming<'a>) -> Option<Found<'a>> {
        Some(self.found(Kind::Image, naming, Reference::parse_image(&naming.text()?)))
    }

    fn found(self, kind: Kind, naming: Naming<'a>, reference: Result<Reference, Unusable>) -> Found<'a> {
        let place = self.place(naming.node());
        Found { kind, naming: Some(naming), slot: Some(self.slot()), reference, place, inside: None }
    }
}

/// Every reference of a landscape: those of the operator, then those of the objects in their order.
pub(crate) fn found(landscape: &Landscape) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    if let Some(operator) = &landscape.settings.operator {
        let owner = Owner::Operator(&landscape.settings, operator);
        all.extend(owner.chart(Naming::whole(&operator.chart)));
        values::look(owner, operator.values.as_ref(), &mut all);
    }
    let installed = installed(landscape);
    for (index, object) in landscape.objects.iter().enumerate() {
        of_object(object, index, &installed, &mut all);
    }
    all
}

fn of_object<'a>(object: &'a Object, index: usize, installed: &Installed<'_>, all: &mut Vec<Found<'a>>) {
    let owner = Owner::Object(object, index);
    let mut seen: Option<&Node> = None;
    for source in ChartSource::in_object(object) {
        // Gardener's rules speak of references that its puller cannot read.
        all.extend(
            owner.chart(Naming::repository(source.repository)).filter(|found| found.reference.is_ok()),
        );
        // Charts of an admission controller share their values.
        if !source.values.is_some_and(|values| seen.is_some_and(|seen| std::ptr::eq(seen, values))) {
            values::look(owner, source.values, all);
        }
        seen = source.values;
    }
    let at = |path: &[&str]| object.root.at(path);
    match (object.identity.group(), &*object.identity.kind) {
        ("operator.gardener.cloud", "Extension") => {
            values::look(owner, at(&["spec", "deployment", "extension", "runtimeClusterValues"]), all);
        }
        ("seedmanagement.gardener.cloud", _) => {
            let deployment =
                GardenletInstallation::in_object(object).and_then(|gardenlet| gardenlet.deployment());
            let deployment = deployment.map(|deployment| deployment.node());
            let image = deployment.and_then(|deployment| deployment.get("image")).and_then(Naming::image);
            all.extend(image.and_then(|image| owner.image(image)));
            values::overwrites(owner, deployment, all);
        }
        ("source.toolkit.fluxcd.io", "OCIRepository") if is_chart(object, installed) => {
            all.extend(at(&["spec"]).and_then(|spec| owner.chart(Naming::source(spec))));
        }
        ("helm.toolkit.fluxcd.io", "HelmRelease") => values::look(owner, at(&["spec", "values"]), all),
        _ => all.extend(workload::images(object).filter_map(|image| owner.image(Naming::whole(image)))),
    }
}

/// Namespaces and names of the OCIRepositories that HelmReleases install charts from.
type Installed<'a> = BTreeSet<(Option<&'a str>, &'a str)>;

fn installed(landscape: &Landscape) -> Installed<'_> {
    let releases = landscape.of_kind("HelmRelease");
    let named = releases.filter_map(|release| {
        let text = |field| release.root.at(&["spec", "chartRef", field]).and_then(Node::as_str);
        Some((text("namespace").or(release.identity.namespace.as_deref()), text("name")?))
    });
    named.collect()
}

/// Whether an OCIRepository holds a chart: it asks for that layer, or a HelmRelease installs it.
fn is_chart(object: &Object, installed: &Installed<'_>) -> bool {
    let layer = object.root.at(&["spec", "layerSelector", "mediaType"]).and_then(Node::as_str);
    let Identity { namespace, name, .. } = &object.identity;
    layer == Some(CHART_LAYER) || installed.contains(&(namespace.as_deref(), name))
}
