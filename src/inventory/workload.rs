//! Images in the pods that objects start, be they in the landscape or in its charts.

use super::{Owner, UNKNOWN_IMAGES};
use crate::diagnostic::{Diagnostic, Place};
use crate::landscape::{Landscape, Object};
use crate::oci::reference::Reference;
use crate::rendering::{self, Install};
use crate::syntax::Node;
use crate::view::{ChartSource, ControllerDeployment, Naming};

/// The images of the containers and volumes of the pods that an object starts.
pub fn images(object: &Object) -> impl Iterator<Item = &Node> {
    let path: Option<&[&str]> = match (object.identity.group(), &*object.identity.kind) {
        ("", "Pod") => Some(&["spec"]),
        ("", "PodTemplate") => Some(&["template", "spec"]),
        ("", "ReplicationController")
        | ("apps", "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet")
        | ("batch", "Job") => Some(&["spec", "template", "spec"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    };
    let pod = path.and_then(|path| object.root.at(path));
    let named: [(&str, &[&str]); 4] = [
        ("initContainers", &["image"]),
        ("containers", &["image"]),
        ("ephemeralContainers", &["image"]),
        ("volumes", &["image", "reference"]),
    ];
    let items = named.into_iter().flat_map(move |(list, image)| {
        let items = pod.and_then(|pod| pod.get(list)).map(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| item.at(image))
    });
    items.filter(|image| image.as_str() != Some(""))
}

/// An image that a chart has in one of its objects, and where.
pub(crate) struct InChart {
    /// The image.
    pub(crate) reference: Reference,
    /// The object and its field.
    pub(crate) inside: String,
}

/// The images of the objects of a chart; what cannot be told, and why, beside them.
pub(crate) fn rendered(install: &Install) -> (Vec<InChart>, Vec<String>) {
    let contents = install.render();
    let mut failures = contents.failures;
    let mut all = Vec::new();
    for object in &contents.objects {
        for image in images(object) {
            let path = object.root.path_to(image).unwrap_or_default();
            let inside = format!("{}, {path}", object.identity);
            match Reference::parse_image(image.as_str().unwrap_or_default()) {
                Ok(reference) => all.push(InChart { reference, inside }),
                Err(why) => failures.push(format!("{inside}: {why}")),
            }
        }
    }
    (all, failures)
}

/// Every chart that is installed, with the place that says so.
pub(crate) fn installs(landscape: &Landscape) -> Vec<(Install, Place)> {
    let mut all = Vec::new();
    if let (Some(install), Some(operator)) = (rendering::operator(landscape), &landscape.settings.operator) {
        let owner = Owner::Operator(&landscape.settings, operator);
        all.push((install, owner.place(&operator.chart)));
    }
    for object in &landscape.objects {
        for install in rendering::installs(object, landscape) {
            let source = ChartSource::in_object(object).find(|source| source.role == install.role);
            let named = source.map(|source| Naming::repository(source.repository).node());
            let node = named.or_else(|| object.root.at(&["spec", "chartRef"]));
            all.push((install, node.map_or_else(|| object.place_of_name(), |node| object.place(node))));
        }
    }
    all
}

/// A chart that an object takes from where nothing is looked up.
pub(super) fn unseen(object: &Object) -> Option<Diagnostic> {
    let at = |path: &[&str]| object.root.at(path);
    let (node, why, help) = match (object.identity.group(), &*object.identity.kind) {
        ("helm.toolkit.fluxcd.io", "HelmRelease") => (
            at(&["spec", "chart", "spec"])?,
            "it comes from a source that is no OCIRepository",
            "name an OCIRepository under `spec.chartRef`",
        ),
        ("core.gardener.cloud", "ControllerDeployment") => (
            ControllerDeployment::of(object).packed()?,
            "it is packed into the object",
            "name the chart under `ociRepository`",
        ),
        _ => return None,
    };
    let message = format!("the images of the chart are not known: {why}");
    Some(incomplete(message, object.place(node)).help(help))
}

/// A chart that cannot be rendered with the values at hand.
pub(crate) fn unknown(install: &Install, place: Place, why: &str) -> Diagnostic {
    incomplete(format!("the images of the chart `{}` are not all known: {why}", install.reference), place)
}

/// A chart with images that are not known.
pub(crate) fn incomplete(message: String, place: impl Into<Place>) -> Diagnostic {
    Diagnostic::new(UNKNOWN_IMAGES, message, place)
        .why("what is not known is neither locked nor copied; it is pulled as the registry gives it")
        .help("give the chart the values that it needs, or pin its images by their digests there")
}
