//! Which components an object configures, and which of them upstream looks at.

use super::{Component, Owner, Part, Version};
use super::{
    api_server, autoscaler, cloud_controller, controller_manager, etcd, kubelet, proxy, scheduler,
    vertical_autoscaler,
};
use crate::check::garden::component;
use crate::kind;
use crate::landscape::Object;
use crate::syntax::{Node, Value};
use crate::view::{GardenerApiServer, SeedTemplate, Shoot};

/// Goes over the components of an object in the order upstream does.
pub(super) fn parts<'a>(object: &'a Object, each: &mut dyn FnMut(Part<'a>)) {
    if let Some(shoot) = Shoot::in_object(object) {
        of_shoot(shoot, each);
    }
    if object.identity.is(kind::GARDEN.group, kind::GARDEN.kind) {
        of_garden(object, each);
    }
    if let Some(seed) = SeedTemplate::in_object(object) {
        let settings = seed.node().at(&["spec", "settings", "verticalPodAutoscaler"]);
        let config = Config { object, version: Version::of(None), owner: Owner::Seed, workerless: true };
        config.part(settings, &vertical_autoscaler::SETTINGS, each);
    }
}

/// What the components of an object have in common.
#[derive(Clone, Copy)]
struct Config<'a> {
    object: &'a Object,
    version: Version<'a>,
    owner: Owner,
    workerless: bool,
}

impl<'a> Config<'a> {
    fn part(self, node: Option<&'a Node>, component: &'static Component, each: &mut dyn FnMut(Part<'a>)) {
        let Self { object, version, owner, workerless } = self;
        if let Some(node) = node {
            each(Part { object, node, component, version, owner, workerless, pool: None });
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, validateKubernetes.
fn of_shoot<'a>(shoot: Shoot<'a>, each: &mut dyn FnMut(Part<'a>)) {
    let workers = shoot.node().at(&["spec", "provider", "workers"]);
    // What is no list has been found already; nothing can be said about the cluster.
    if workers.is_some_and(|workers| !matches!(workers.value, Value::Sequence(_))) {
        return;
    }
    let pools = workers.map(Node::items).unwrap_or_default();
    let kubernetes = shoot.kubernetes();
    let config = Config {
        object: shoot.object,
        version: Version::of(kubernetes.and_then(|kubernetes| kubernetes.get("version"))),
        owner: if shoot.is_template() { Owner::Template } else { Owner::Shoot },
        workerless: pools.is_empty(),
    };
    if let Some(kubernetes) = kubernetes.filter(|_| !config.version.text.is_empty()) {
        let node = |path: &[&str]| kubernetes.at(path);
        config.part(node(&["etcd", "main"]), &etcd::MAIN, each);
        config.part(node(&["etcd", "events"]), &etcd::EVENTS, each);
        config.part(node(&["kubeAPIServer"]), &api_server::KUBE, each);
        config.part(node(&["kubeControllerManager"]), &controller_manager::COMPONENT, each);
        if !config.workerless {
            config.part(node(&["kubeScheduler"]), &scheduler::COMPONENT, each);
            config.part(node(&["kubeProxy"]), &proxy::COMPONENT, each);
            config.part(node(&["kubelet"]), &kubelet::COMPONENT, each);
            config.part(node(&["clusterAutoscaler"]), &autoscaler::CLUSTER, each);
            config.part(node(&["verticalPodAutoscaler"]), &vertical_autoscaler::COMPONENT, each);
            config.part(cloud_controller::settings(shoot), &cloud_controller::COMPONENT, each);
        }
    }
    let kubelet = kubernetes.and_then(|kubernetes| kubernetes.get("kubelet"));
    for pool in pools {
        of_pool(config, pool, kubelet, each);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker.
fn of_pool<'a>(
    config: Config<'a>,
    pool: &'a Node,
    of_shoot: Option<&'a Node>,
    each: &mut dyn FnMut(Part<'a>),
) {
    config.part(pool.get("clusterAutoscaler"), &autoscaler::POOL, each);
    let Some(kubernetes) = pool.get("kubernetes") else {
        return;
    };
    let version = kubernetes.get("version").map(|version| Version::of(Some(version)));
    let config = Config { version: version.unwrap_or(config.version), ..config };
    match (kubernetes.get("kubelet"), of_shoot) {
        (None, Some(of_shoot)) => config.part(Some(of_shoot), &kubelet::COMPONENT, &mut |part| {
            each(Part { pool: Some(pool), ..part });
        }),
        (own, _) => config.part(own, &kubelet::POOL, each),
    }
}

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateVirtualCluster and validateGardenerAPIServerConfig.
fn of_garden<'a>(object: &'a Object, each: &mut dyn FnMut(Part<'a>)) {
    let node = |path: &[&str]| object.root.at(&["spec"]).and_then(|spec| spec.at(path));
    let config = Config {
        object,
        version: Version::of(node(&["virtualCluster", "kubernetes", "version"])),
        owner: Owner::Garden,
        workerless: true,
    };
    let settings = ["runtimeCluster", "settings", "verticalPodAutoscaler"];
    config.part(node(&settings), &vertical_autoscaler::SETTINGS, each);
    config.part(node(&["virtualCluster", "etcd", "main"]), &etcd::MAIN, each);
    config.part(node(&["virtualCluster", "etcd", "events"]), &etcd::EVENTS, each);
    config.part(node(&["virtualCluster", "kubernetes", "kubeAPIServer"]), &api_server::KUBE, each);
    let controller_manager = node(&["virtualCluster", "kubernetes", "kubeControllerManager"]);
    config.part(controller_manager, &controller_manager::COMPONENT, each);
    let gardener = component::api_server(object).map(GardenerApiServer::node);
    config.part(gardener, &api_server::GARDENER, each);
}
