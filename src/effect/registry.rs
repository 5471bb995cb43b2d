//! Registry caches of a shoot: their volumes stay as they are, and garbage collection does not come back.

use super::{Both, Impact, Judge, Rule, Sides};
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::duration::Duration;
use crate::landscape::Object;
use crate::quantity::Quantity;
use crate::syntax::Node;
use crate::view::{Amount, Period, Shoot};

pub(super) static RULES: &[Rule] = &[Rule {
    code: Code::error("L739", "registry-cache-immutable"),
    impact: Impact::Rejected,
    upstream: &["UP-REGCACHE"],
    judge: Judge::Shoot(caches),
}];

const EXTENSION: &str = "registry-cache";
/// The size of the volume of a cache that names none.
///
/// Upstream: gardener-extension-registry-cache, pkg/apis/registry/v1alpha3/defaults.go, SetDefaults_Volume.
const SIZE: &str = "10Gi";

/// The caches that a shoot asks for.
fn caches_of(shoot: Shoot<'_>) -> &[Node] {
    let mut extensions = shoot.extensions();
    let cache = extensions.find(|entry| entry.type_name().is_some_and(|name| *name == *EXTENSION));
    let caches = cache.and_then(|entry| entry.node().at(&["providerConfig", "caches"]));
    caches.map(Node::items).unwrap_or_default()
}

/// Upstream: gardener-extension-registry-cache, pkg/apis/registry/validation/validation.go, ValidateRegistryConfigUpdate.
fn caches(shoots: Both<Shoot<'_>>, _: &Sides<'_>, findings: &mut Findings) {
    let upstream = |cache: &'_ Node| cache.get("upstream").and_then(Node::as_str).map(str::to_owned);
    let object = shoots.after.object;
    for after in caches_of(shoots.after) {
        let before = caches_of(shoots.before).iter().find(|before| upstream(before) == upstream(after));
        if let Some(before) = before {
            volume(object, Both { before, after }, findings);
            garbage_collection(object, Both { before, after }, findings);
        }
    }
}

fn volume(object: &Object, caches: Both<&Node>, findings: &mut Findings) {
    let size = |cache: &Node| {
        let size = cache.at(&["volume", "size"]).and_then(Amount::of).map(|size| size.quantity);
        size.or_else(|| SIZE.parse::<Quantity>().ok())
    };
    let class = |cache: &Node| cache.at(&["volume", "storageClassName"]).map(|class| class.to_json());
    let sizes = caches.map(size);
    let classes = caches.map(class);
    let parts = [
        ("size", sizes.before != sizes.after, "the size of the volume of a cache"),
        ("storageClassName", classes.before != classes.after, "the storage class of the volume of a cache"),
    ];
    for (field, _, what) in parts.into_iter().filter(|(_, differs, _)| *differs) {
        let way = ["volume", field];
        findings
            .lacking(object, caches.after, &way, format!("{what} cannot be changed"))
            .related(caches.before.at(&way).unwrap_or(caches.before), "as it is in the base")
            .why("a volume stays as it was made; the registry-cache extension refuses the change")
            .help("keep the value; to have another volume, remove the cache and add it anew with a second change");
    }
}

fn garbage_collection(object: &Object, caches: Both<&Node>, findings: &mut Findings) {
    let works = |cache: &Node| {
        let Some(collection) = cache.get("garbageCollection") else {
            return true;
        };
        collection.get("ttl").and_then(Period::of).is_some_and(|ttl| ttl.duration > Duration::ZERO)
    };
    if !works(caches.before) && works(caches.after) {
        let way = ["garbageCollection", "ttl"];
        findings
            .lacking(object, caches.after, &way, "garbage collection cannot be switched on again")
            .related(caches.before.at(&way).unwrap_or(caches.before), "as it is in the base")
            .why("the registry knows no end of what it has cached without it; the registry-cache extension refuses the change")
            .help("keep `ttl: 0s`, or remove the cache and add it anew with a second change");
    }
}
