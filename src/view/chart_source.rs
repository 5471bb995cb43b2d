//! Where objects name the charts that they install, and the values that they give them.

use super::{ChartRepository, ControllerDeployment};
use crate::kind::{CONTROLLER_DEPLOYMENT, EXTENSION, GARDENLET, GroupKind};
use crate::landscape::Object;
use crate::syntax::Node;

/// A chart that an object has Gardener pull.
#[derive(Clone, Debug)]
pub struct ChartSource<'a> {
    /// Which of the charts of the object it is; an object has one of each.
    pub role: &'static str,
    /// Where the chart lies: see [`ChartRepository`].
    pub repository: &'a Node,
    /// The values that the chart is rendered with.
    pub values: Option<&'a Node>,
}

/// The way to a repository and the way to the values of the chart in it.
struct Place {
    kind: GroupKind,
    role: &'static str,
    repository: &'static [&'static str],
    /// Nothing where somebody else makes them.
    values: Option<&'static [&'static str]>,
}

/// Upstream: pkg/apis/operator/v1alpha1, ExtensionSpec; pkg/apis/core/v1, ControllerDeployment;
/// pkg/apis/core/v1beta1/helper, HelmControllerDeployment; pkg/apis/seedmanagement/v1alpha1, GardenletSelfDeployment.
const PLACES: [Place; 6] = [
    Place {
        kind: EXTENSION,
        role: "extension",
        repository: &["spec", "deployment", "extension", "helm", "ociRepository"],
        values: Some(&["spec", "deployment", "extension", "values"]),
    },
    Place {
        kind: EXTENSION,
        role: "admission in the runtime cluster",
        repository: &["spec", "deployment", "admission", "runtimeCluster", "helm", "ociRepository"],
        values: Some(&["spec", "deployment", "admission", "values"]),
    },
    Place {
        kind: EXTENSION,
        role: "admission in the virtual garden",
        repository: &["spec", "deployment", "admission", "virtualCluster", "helm", "ociRepository"],
        values: Some(&["spec", "deployment", "admission", "values"]),
    },
    Place {
        kind: CONTROLLER_DEPLOYMENT,
        role: "extension",
        repository: &["helm", "ociRepository"],
        values: Some(&["helm", "values"]),
    },
    Place {
        kind: CONTROLLER_DEPLOYMENT,
        role: "extension",
        repository: &[CONFIG, "ociRepository"],
        values: Some(&[CONFIG, "values"]),
    },
    // The operator makes the values of this one out of the Gardenlet.
    Place {
        kind: GARDENLET,
        role: "gardenlet",
        repository: &["spec", "deployment", "helm", "ociRepository"],
        values: None,
    },
];

/// The field that has the chart in `v1beta1`; it means nothing beside `helm`.
const CONFIG: &str = "providerConfig";

impl<'a> ChartSource<'a> {
    /// The charts that an object has Gardener pull.
    pub fn in_object(object: &'a Object) -> impl Iterator<Item = Self> {
        let places = PLACES.iter().filter(|place| object.identity.is(place.kind.group, place.kind.kind));
        places.filter_map(|place| {
            let deployment = ControllerDeployment::of(object);
            if place.repository.contains(&CONFIG) && (deployment.helm().is_some() || !deployment.is_of_helm())
            {
                return None;
            }
            Some(Self {
                role: place.role,
                repository: object.root.at(place.repository)?,
                values: place.values.and_then(|values| object.root.at(values)),
            })
        })
    }

    /// The view of where the chart lies.
    pub fn fields(&self) -> ChartRepository<'a> {
        ChartRepository::of(self.repository)
    }
}

impl<'a> ControllerDeployment<'a> {
    /// The chart that is packed into it.
    pub fn packed(self) -> Option<&'a Node> {
        let chart = match self.helm() {
            Some(helm) => helm.get("rawChart"),
            None => self.provider_config().filter(|_| self.is_of_helm())?.get("chart"),
        };
        chart.filter(|chart| chart.as_str().is_some_and(|text| !text.is_empty()))
    }

    /// Whether its chart stands in its `providerConfig`, unless it has a field of its own: `v1beta1` has other types, too.
    pub fn is_of_helm(self) -> bool {
        self.deployment_type().and_then(Node::as_str) == Some("helm")
    }
}
