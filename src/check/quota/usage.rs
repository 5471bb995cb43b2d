//! What shoots take out of their quotas: all that share a quota, together.
//!
//! Summed up once for all of them, so that a thousand shoots under one quota cost a thousand additions.

use std::collections::HashMap;

use ecow::EcoString;

use crate::check::quota::{Limited, METRICS};
use crate::check::reference::namespace_of;
use crate::check::{Findings, Judge, Offer, Rule, Scope};
use crate::diagnostic::Code;
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Binding, Quota, Shoot, Storage, Text, Volume, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule { code: QUOTA_EXCEEDED, upstream: &["XS-QUOTA"], judge: Judge::Shoot(exceeded) },
    Rule { code: QUOTA_EXCEEDED, upstream: &["XS-QUOTA-VOL"], judge: Judge::Shoot(not_counted) },
];

/// What cannot be counted is too much as well.
const QUOTA_EXCEEDED: Code = Code::error("L369", "quota-exceeded");

/// What is counted of a shoot, in the order of [`METRICS`].
type Amounts = [Quantity; METRICS.len()];

/// Who shares what: the namespace and the name of a quota, and the namespace of the shoots where the quota is for a
/// project, empty where it is for credentials.
type Share = (EcoString, EcoString, EcoString);

/// What all shoots take out of all quotas.
#[derive(Default)]
pub(in crate::check) struct Usage {
    shares: HashMap<Share, Amounts>,
}

impl Usage {
    /// Upstream: plugin/pkg/shoot/quotavalidator/admission.go, findShootsReferQuota and determineAllocatedResources.
    pub(in crate::check) fn of(scope: &Scope<'_>) -> Self {
        let mut usage = Self::default();
        if scope.landscape.of_kind("Quota").next().is_none() {
            return usage;
        }
        for shoot in scope.landscape.of_kind("Shoot").map(Shoot::of) {
            let mut shares: Vec<Share> = Vec::new();
            for binding in bindings(shoot, scope) {
                shares.extend(quotas(binding, scope).map(|quota| share(quota, shoot)));
            }
            shares.sort_unstable();
            shares.dedup();
            let amounts = if shares.is_empty() { continue } else { amounts(shoot, scope) };
            for share in shares {
                let sum = usage.shares.entry(share).or_default();
                for (sum, amount) in sum.iter_mut().zip(amounts) {
                    *sum = sum.plus(amount);
                }
            }
        }
        usage
    }
}

/// The bindings of a shoot; the first is the one that upstream takes the limits from.
fn bindings<'a>(shoot: Shoot<'_>, scope: &Scope<'a>) -> impl Iterator<Item = &'a Object> {
    let namespace = namespace_of(shoot.object);
    let find = |kind, name: Option<Text<'_>>| scope.landscape.find(kind, namespace, &name?);
    let secret = find("SecretBinding", shoot.secret_binding());
    secret.into_iter().chain(find("CredentialsBinding", shoot.credentials_binding()))
}

/// The quotas of a binding, as far as they are here and can be read.
fn quotas<'a>(binding: &'a Object, scope: &Scope<'a>) -> impl Iterator<Item = Quota<'a>> + use<'a> {
    let landscape = scope.landscape;
    let own = namespace_of(binding);
    Binding::of(binding).quotas().filter_map(move |reference| {
        let namespace = reference.namespace().map_or(own, Text::as_str);
        landscape.find("Quota", namespace, &reference.name()?).map(Quota::of)
    })
}

fn share(quota: Quota<'_>, shoot: Shoot<'_>) -> Share {
    let of_project = Limited::by(quota) == Some(Limited::Project);
    let namespace = if of_project { namespace_of(shoot.object) } else { "" };
    (namespace_of(quota.object).into(), quota.object.identity.name.clone(), namespace.into())
}

/// The class of the volumes of a pool; nothing when the CloudProfile does not tell it.
///
/// Upstream: plugin/pkg/shoot/quotavalidator/admission.go, getShootResources.
fn volume_class<'a>(worker: Worker<'_>, offer: &'a Offer) -> Option<Text<'a>> {
    let machine = offer.machine_type(&worker.machine_type()?)?;
    if worker.volume().is_none() && machine.storage().and_then(Storage::size).is_none() {
        return None;
    }
    match machine.storage() {
        Some(storage) => storage.class(),
        None => offer.volume_type(&worker.volume_type()?)?.class(),
    }
}

/// Upstream: plugin/pkg/shoot/quotavalidator/admission.go, getShootResources.
fn amounts(shoot: Shoot<'_>, scope: &Scope<'_>) -> Amounts {
    let [mut cpu, mut gpu, mut memory, mut standard, mut premium, _] = Amounts::default();
    let Some(offer) = scope.offer(shoot) else {
        return Amounts::default();
    };
    for worker in shoot.workers() {
        let nodes = worker.maximum().map_or(0, |maximum| maximum.value);
        let Some(machine) = worker.machine_type().and_then(|name| offer.machine_type(&name)) else {
            continue;
        };
        let times =
            |amount: Option<Amount<'_>>| amount.map_or(Quantity::default(), |it| it.quantity.times(nodes));
        cpu = cpu.plus(times(machine.cpu()));
        gpu = gpu.plus(times(machine.gpu()));
        memory = memory.plus(times(machine.memory()));
        let size = if worker.volume().is_some() {
            worker.volume_size()
        } else {
            machine.storage().and_then(Storage::size)
        };
        match volume_class(worker, offer).as_ref().map(|class| class.as_str()) {
            Some("standard") => standard = standard.plus(times(size)),
            Some("premium") => premium = premium.plus(times(size)),
            _ => {}
        }
    }
    let ingress = shoot.nginx_ingress().and_then(Node::as_bool) == Some(true);
    let balancers = if ingress { 2 } else { 1 };
    [cpu, gpu, memory, standard, premium, Quantity::ONE.times(balancers)]
}

/// Upstream: plugin/pkg/shoot/quotavalidator/admission.go, isQuotaExceeded.
fn exceeded(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    for quota in bindings(shoot, scope).take(1).flat_map(|binding| quotas(binding, scope)) {
        let Some(sums) = scope.usage().shares.get(&share(quota, shoot)) else {
            continue;
        };
        let own = amounts(shoot, scope);
        for ((metric, sum), own) in METRICS.into_iter().zip(sums).zip(own) {
            let limit = quota.metrics().and_then(|metrics| metrics.get(metric)).and_then(Amount::of);
            // A shoot that takes nothing is not what to change.
            let Some(limit) = limit.filter(|limit| limit.quantity < *sum && own != Quantity::default())
            else {
                continue;
            };
            let message = format!(
                "the shoots under the quota `{}` may take {sum} of `{metric}` together, more than {limit}",
                quota.object.identity.name
            );
            let pools = shoot.provider().and_then(|provider| provider.get("workers"));
            findings
                .at(shoot.object, pools.unwrap_or(shoot.object.name_node()), message)
                .related(limit.node, "the limit is set here")
                .why("Gardener's API server counts every pool at its maximum, and refuses a shoot that exceeds the quota")
                .help("lower the maximum of pools, remove a shoot, or raise the quota");
        }
    }
}

/// Upstream: plugin/pkg/shoot/quotavalidator/admission.go, getShootResources.
fn not_counted(shoot: Shoot<'_>, scope: &Scope<'_>, findings: &mut Findings) {
    let mut quotas = bindings(shoot, scope).take(1).flat_map(|binding| quotas(binding, scope));
    let (Some(quota), Some(offer)) = (quotas.next(), scope.offer(shoot)) else {
        return;
    };
    for worker in shoot.workers() {
        let machine = worker.machine_type().and_then(|name| offer.machine_type(&name));
        // Machine and volume types that are not offered have rules of their own.
        let Some(machine) = machine else { continue };
        let unknown = worker.volume_type().is_some_and(|name| offer.volume_type(&name).is_none());
        let class = volume_class(worker, offer);
        let counted = class.is_some_and(|class| matches!(class.as_str(), "standard" | "premium"));
        if counted || unknown && machine.storage().is_none() {
            continue;
        }
        let raised = match (class, worker.volume().map(Volume::node)) {
            (Some(class), volume) => {
                let node = volume.unwrap_or(worker.node());
                let message = format!("volumes of the class `{class}` do not count for a quota");
                findings.at(shoot.object, node, message).related(class.node, "the class is set here")
            }
            (None, Some(volume)) => {
                findings.at(shoot.object, volume, "a volume of no known type does not count for a quota")
            }
            (None, None) => {
                let message = "a pool without a volume does not count for a quota";
                findings.missing(shoot.object, worker.node(), "volume", message)
            }
        };
        raised
            .related(quota.object.name_node(), "the shoot is under this quota")
            .why("Gardener's API server refuses a shoot whose volumes it cannot count")
            .help("give the pool a volume whose type has the class `standard` or `premium`");
    }
}
