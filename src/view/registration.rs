//! Views of what registers extensions: a ControllerRegistration, a ControllerDeployment, an Extension of the operator.

use super::{NamedItem, NamedResource, view};

view! {
    object
    /// A ControllerRegistration.
    ControllerRegistration {
        /// The ControllerDeployments that install the controller.
        deployments: many NamedItem "spec" "deployment" "deploymentRefs",
        /// What the controller is in charge of.
        resources: many ControllerResource "spec" "resources",
        /// How the controller is installed.
        deployment: one RegistrationDeployment "spec" "deployment",
    }
    object
    /// A ControllerDeployment.
    ControllerDeployment {
        /// The type, in `v1beta1`.
        deployment_type: node "type",
        /// What the type means, in `v1beta1`.
        provider_config: node "providerConfig",
        /// The chart, in `v1`.
        helm: node "helm",
        /// Objects that the values may refer to.
        resources: many NamedResource "resources",
    }
    object
    /// An Extension of the gardener-operator.
    Extension {
        /// What the extension is in charge of.
        resources: many ControllerResource "spec" "resources",
        /// What it is about.
        spec: node "spec",
        /// What is installed.
        deployment: node "spec" "deployment",
        /// The controller.
        controller: node "spec" "deployment" "extension",
        /// How the controller is installed.
        registration: one RegistrationDeployment "spec" "deployment" "extension",
        /// The admission controller.
        admission: node "spec" "deployment" "admission",
        /// Objects that the values may refer to.
        referenced: many NamedResource "spec" "deployment" "resources",
    }
    part
    /// A kind and type of extension resources that a controller is in charge of.
    ControllerResource {
        /// The kind.
        kind: text "kind",
        /// The type.
        extension_type: text "type",
        /// Whether the controller is the one that owns the resources.
        primary: flag "primary",
        /// The kinds of clusters that it works for.
        cluster_types: node "clusterCompatibility",
        /// The kinds of clusters that get it without asking.
        auto_enabled: node "autoEnable",
    }
    part
    /// How a controller is installed in seeds.
    RegistrationDeployment {
        /// When it is.
        policy: text "policy",
        /// Where it is.
        seed_selector: node "seedSelector",
        /// The ControllerDeployments.
        references: node "deploymentRefs",
    }
    part
    /// Where a chart lies.
    ChartRepository {
        /// Everything in one.
        reference: node "ref",
        /// The repository.
        repository: node "repository",
        /// The tag.
        tag: node "tag",
        /// The digest.
        digest: node "digest",
        /// The Secret with the credentials for the registry.
        pull_secret: text "pullSecretRef" "name",
        /// The Secret with the authorities that the registry is trusted by.
        authorities: text "caBundleSecretRef" "name",
    }
}
