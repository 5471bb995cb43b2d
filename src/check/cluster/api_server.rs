//! The kube-apiserver, and what the gardener-apiserver has of it.

use super::amount::Amount;
use super::choice::Choice;
use super::limit::{Number, Period};
use super::spelling::{Grammar, Spelling};
use super::{Component, Gates, Lived, Owner, Part};
use crate::check::Findings;
use crate::duration::Duration;
use crate::syntax::{Node, Value};

const NON_MUTATING: Number = Number::between(&["requests", "maxNonMutatingInflight"], 0, 5000);
const MUTATING: Number = Number::between(&["requests", "maxMutatingInflight"], 0, 2500);
const VERBOSITY: Number = Number::at_least(&["logging", "verbosity"], 0);
const ACCESS_VERBOSITY: Number = Number::at_least(&["logging", "httpAccessVerbosity"], 0);
const WATCH_CACHE_DEFAULT: Number = Number::at_least(&["watchCacheSizes", "default"], 0);
const WATCH_CACHE_SIZE: Number = Number::at_least(&["watchCacheSizes", "resources", "*", "size"], 0);

const WATCH_CACHE_RESOURCE: Spelling =
    Spelling { path: &["watchCacheSizes", "resources", "*", "resource"], grammar: Grammar::Resource };
const WATCH_CACHE_GROUP: Spelling =
    Spelling { path: &["watchCacheSizes", "resources", "*", "apiGroup"], grammar: Grammar::ApiGroup };
const AUDIT_POLICY: Spelling =
    Spelling { path: &["auditConfig", "auditPolicy", "configMapRef"], grammar: Grammar::NameAndNamespace };

const DEFAULT_WATCH_CACHE: Lived = Lived::removed(
    &["watchCacheSizes", "default"],
    35,
    "the kube-apiserver chooses the sizes itself; remove it, or set the size of one resource in `resources`",
);

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeAPIServer, ValidateAPIServerRequests,
/// ValidateAPIServerLogging, ValidateWatchCacheSizes.
pub(super) static KUBE: Component = Component {
    gates: Some(Gates::Kubernetes),
    numbers: &[
        NON_MUTATING,
        MUTATING,
        VERBOSITY,
        ACCESS_VERBOSITY,
        WATCH_CACHE_DEFAULT,
        WATCH_CACHE_SIZE,
        Number::wide_at_least(&["defaultNotReadyTolerationSeconds"], 0),
        Number::wide_at_least(&["defaultUnreachableTolerationSeconds"], 0),
    ],
    periods: &[
        Period::zero_or_between(
            &["serviceAccountConfig", "maxTokenExpiration"],
            Duration::hours(720),
            Duration::hours(2160),
        ),
        Period::between(&["eventTTL"], Duration::ZERO, Duration::hours(24)),
    ],
    amounts: &[Amount::minimum(&["autoscaling"], &[("cpu", "20m"), ("memory", "200M")])],
    choices: &[
        Choice::of_garden(&["tlsMinVersion"], &["VersionTLS12", "VersionTLS13"]),
        Choice::of_garden(&["encryptionConfig", "provider", "type"], &["aescbc", "aesgcm", "secretbox"]),
    ],
    spellings: &[
        WATCH_CACHE_RESOURCE,
        WATCH_CACHE_GROUP,
        AUDIT_POLICY,
        Spelling { path: &["structuredAuthentication"], grammar: Grammar::ConfigMapName },
        Spelling { path: &["structuredAuthorization"], grammar: Grammar::ConfigMapName },
        Spelling { path: &["admissionPlugins", "*", "name"], grammar: Grammar::Present },
        Spelling { path: &["apiAudiences", "*"], grammar: Grammar::Audience },
    ],
    lifetimes: &[
        Lived::removed(
            &["enableAnonymousAuthentication"],
            35,
            "remove it; `structuredAuthentication` says who may come without a name",
        ),
        DEFAULT_WATCH_CACHE,
    ],
    conflicts: Some(conflicts),
    ..Component::named("the kube-apiserver")
};

/// Upstream: pkg/api/operator/v1alpha1/validation/garden.go, validateGardenerAPIServerConfig: what it shares with the
/// kube-apiserver.
pub(super) static GARDENER: Component = Component {
    numbers: &[NON_MUTATING, MUTATING, VERBOSITY, ACCESS_VERBOSITY, WATCH_CACHE_DEFAULT, WATCH_CACHE_SIZE],
    spellings: &[WATCH_CACHE_RESOURCE, WATCH_CACHE_GROUP, AUDIT_POLICY],
    lifetimes: &[DEFAULT_WATCH_CACHE],
    ..Component::named("the gardener-apiserver")
};

/// Whether a component is the kube-apiserver.
pub(super) fn is_kube(component: &Component) -> bool {
    std::ptr::eq(component, &raw const KUBE)
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateKubeAPIServer.
fn conflicts(part: Part<'_>, findings: &mut Findings) {
    for (field, gate) in [
        ("structuredAuthentication", "StructuredAuthenticationConfiguration"),
        ("structuredAuthorization", "StructuredAuthorizationConfiguration"),
    ] {
        if let (Some(node), Some(false)) = (part.node.get(field), part.gate(gate)) {
            part.at(findings, node, format!("`{field}` needs the feature gate `{gate}`, which is off"))
                .why("the kube-apiserver reads the configuration only when the feature gate is on")
                .help(format!("remove `{gate}` from `featureGates`"));
        }
    }
    let Some(authorization) = part.node.get("structuredAuthorization") else {
        return;
    };
    let named =
        authorization.get("configMapName").and_then(Node::as_str).is_some_and(|name| !name.is_empty());
    let kubeconfigs = authorization.get("kubeconfigs");
    // The schema of a Garden asks for the list, and not for anything in it.
    let lacks_them = match kubeconfigs {
        None => part.owner != Owner::Garden,
        Some(list) => matches!(&list.value, Value::Sequence(items) if items.is_empty()),
    };
    if named && lacks_them {
        let message = "the structured authorization has no kubeconfigs for its webhooks";
        part.below(findings, authorization, "kubeconfigs", kubeconfigs.unwrap_or(authorization), message)
            .why("the kube-apiserver asks webhooks, and reaches each by a kubeconfig in a Secret")
            .help("name the authorizer and the Secret with its kubeconfig, for each webhook");
    }
}
