//! What objects need extensions for.
//!
//! What another rule finds wrong with a name, such as an image that the CloudProfile does not offer, needs no extension.

use super::registry::{Registered, Registry};
use crate::check::{Offer, Scope};
use crate::landscape::Object;
use crate::view::{
    BackupStore, ExposureSupply, PlacedShoot, SeedBackup, SeedDomain, SeedTemplate, Shoot, Text, TypedItem,
    Worker,
};

/// Kinds of resources that are needed for one type.
#[derive(Clone, Copy)]
pub(super) struct Need<'a> {
    /// The kinds.
    pub(super) kinds: &'static [&'static str],
    /// The type.
    pub(super) type_name: Text<'a>,
    /// What the type is one of.
    pub(super) what: &'static str,
    /// The kind of cluster it is needed in; empty for any.
    pub(super) cluster: &'static str,
}

impl Need<'_> {
    /// Whether nobody has to do anything for it: a seed without shoots has no control planes, and an extension that is
    /// switched off does not work.
    pub(super) fn is_nothing_yet(&self, object: &Object) -> bool {
        let of_seed = self.cluster == "seed" && self.kinds == CONTROL_PLANE;
        let named = Shoot::of(object).extensions().filter(|entry| {
            self.cluster == "shoot" && entry.type_name().is_some_and(|name| *name == *self.type_name)
        });
        let mut named = named.peekable();
        of_seed
            || self.kinds == EXTENSION
                && named.peek().is_some()
                && named.all(|entry| entry.disabled() == Some(true))
    }

    /// The kinds that nobody is responsible for.
    pub(super) fn unmet(&self, registry: &Registry<'_>) -> impl Iterator<Item = &'static str> {
        let Self { kinds, type_name, cluster, .. } = self;
        kinds.iter().copied().filter(move |kind| !registry.has(kind, type_name, cluster))
    }

    /// The extension that is responsible in clusters of another kind.
    pub(super) fn elsewhere<'r, 'o>(&self, registry: &'r Registry<'o>) -> Option<&'r Registered<'o>> {
        let mut unmet = self.unmet(registry);
        let all = unmet.next().map(|kind| registry.all(kind, self.type_name.as_str()));
        all.into_iter().flatten().find(|registered| registered.primary)
    }
}

const PROVIDER: &[&str] = &["ControlPlane", "Infrastructure", "Worker"];
const CONTROL_PLANE: &[&str] = &["ControlPlane"];
const NETWORK: &[&str] = &["Network"];
const OPERATING_SYSTEM: &[&str] = &["OperatingSystemConfig"];
const CONTAINER_RUNTIME: &[&str] = &["ContainerRuntime"];
const EXPOSURE: &[&str] = &["SelfHostedShootExposure"];
const DNS: &[&str] = &["DNSRecord"];
const EXTENSION: &[&str] = &["Extension"];
const BACKUP_BUCKET: &[&str] = &["BackupBucket"];
const BACKUP: &[&str] = &["BackupBucket", "BackupEntry"];

/// What an object needs extensions for.
pub(super) fn needs<'a>(object: &'a Object, scope: &Scope<'_>) -> Vec<Need<'a>> {
    let core = object.identity.group() == "core.gardener.cloud";
    match &*object.identity.kind {
        "Shoot" if core => of_shoot(Shoot::of(object), scope),
        "BackupBucket" if core => {
            let provider = BackupStore::of(object).provider_type();
            let need =
                |type_name| Need { kinds: BACKUP_BUCKET, type_name, what: "provider type", cluster: "" };
            provider.map(need).into_iter().collect()
        }
        _ => SeedTemplate::in_object(object).map(of_seed).unwrap_or_default(),
    }
}

/// Upstream: plugin/pkg/global/extensionvalidation/admission.go, validateShoot.
fn of_shoot<'a>(shoot: Shoot<'a>, scope: &Scope<'_>) -> Vec<Need<'a>> {
    let offer = scope.offer(shoot);
    let mut needs = Vec::with_capacity(8);
    let mut need = |kinds, what, type_name: Option<Text<'a>>| {
        needs.extend(type_name.map(|type_name| Need { kinds, type_name, what, cluster: "shoot" }));
    };
    if shoot.workers().next().is_some() {
        let offered = offer.and_then(|offer| offer.profile().provider_type());
        let agreed = |asked: &Text<'_>| offered.is_none_or(|offered| *offered == **asked);
        need(PROVIDER, "provider type", shoot.provider_type().filter(agreed));
        need(NETWORK, "networking type", shoot.networking().and_then(|networking| networking.type_name()));
    }
    for provider in shoot.dns_providers().filter(|provider| provider.primary() == Some(true)) {
        let managed = provider.type_name().filter(|name| &**name != "unmanaged");
        need(DNS, "type of DNS provider", managed);
    }
    for extension in PlacedShoot::of_shoot(shoot).extensions() {
        need(EXTENSION, "extension type", extension.type_name());
    }
    for worker in shoot.workers() {
        for runtime in worker.container_runtimes().filter(|runtime| offers_runtime(offer, worker, *runtime)) {
            need(CONTAINER_RUNTIME, "container runtime", runtime.type_name());
        }
        let offered = |name: &Text<'_>| offer.is_none_or(|offer| offer.machine_image(name).is_some());
        need(OPERATING_SYSTEM, "operating system", worker.image_name().filter(offered));
        if worker.image_name().is_some() {
            let exposure = ExposureSupply::of(worker.node());
            let own = exposure.extension().and_then(|_| exposure.type_name().or(shoot.provider_type()));
            need(EXPOSURE, "exposure of a self-hosted shoot", own);
        }
    }
    needs
}

/// Whether the image of a pool has a container runtime, or cannot be asked.
fn offers_runtime(offer: Option<&Offer>, worker: Worker<'_>, runtime: TypedItem<'_>) -> bool {
    let image = worker.image_name().zip(worker.image_version());
    let version = offer.zip(image).and_then(|(offer, (name, version))| offer.image_version(&name, &version));
    let (Some(version), Some(name)) = (version, runtime.type_name()) else {
        return offer.is_none();
    };
    let mut runtimes = version.runtimes().flat_map(|interface| interface.runtimes());
    runtimes.any(|offered| offered.type_name().is_some_and(|offered| *offered == *name))
}

/// Upstream: plugin/pkg/global/extensionvalidation/admission.go, validateSeed.
fn of_seed(seed: SeedTemplate<'_>) -> Vec<Need<'_>> {
    let mut needs = Vec::new();
    let mut need = |kinds, what, type_name| {
        let need = |type_name| Need { kinds, type_name, what, cluster: "seed" };
        needs.extend(Option::map(type_name, need));
    };
    need(CONTROL_PLANE, "provider type", seed.provider_type());
    need(BACKUP, "provider type of backups", seed.backup().and_then(SeedBackup::provider));
    let dns = seed.dns_provider().filter(|_| seed.ingress().is_some()).map(SeedDomain::of);
    need(DNS, "type of DNS provider", dns.and_then(SeedDomain::type_name));
    for extension in seed.extensions() {
        need(EXTENSION, "extension type", extension.type_name());
    }
    needs
}
