//! Feature gates of Kubernetes: known, known to the version, and not held at the other value.

use super::{CONFIGURING, Gates, Part, parts, switch};
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::{Code, help_with_names, nearest};
use crate::landscape::Object;
use crate::release::{FeatureGate, Minor};
use crate::syntax::{Entry, Node};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L501", "feature-gate-unknown"),
        upstream: &["SH-FG", "SH-VPA", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, unknown),
    },
    Rule {
        code: Code::error("L502", "feature-gate-not-in-version"),
        upstream: &["SH-FG", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, not_in_version),
    },
    Rule {
        code: Code::error("L503", "feature-gate-locked"),
        upstream: &["SH-FG", "GA-KAS"],
        judge: Judge::Kinds(CONFIGURING, locked),
    },
];

/// Goes over the feature gates that are set.
fn gates<'a>(object: &'a Object, each: &mut dyn FnMut(Part<'a>, Gates, &'a Node, &'a Entry)) {
    parts(object, &mut |part| {
        if let (Some(kind), Some(gates)) = (part.component.gates, part.node.get("featureGates")) {
            for gate in gates.entries().iter().filter(|gate| switch(&gate.value).is_some()) {
                each(part, kind, gates, gate);
            }
        }
    });
}

/// Goes over those that Kubernetes knows in some version.
fn of_kubernetes<'a>(
    object: &'a Object,
    scope: &Scope<'_>,
    each: &mut dyn FnMut(Part<'a>, &'a Node, &'a Entry, FeatureGate, Minor),
) {
    gates(object, &mut |part, kind, gates, entry| {
        let known = scope.release.kubernetes.feature_gates.get(&*entry.key.name);
        if let (Gates::Kubernetes, Some(known), Some(minor)) = (kind, known, part.version.minor) {
            each(part, gates, entry, *known, minor);
        }
    });
}

/// Upstream: pkg/utils/validation/features/featuregates.go, ValidateFeatureGates, and vpa.go, ValidateVpaFeatureGates.
fn unknown(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    let kubernetes = &scope.release.kubernetes;
    gates(object, &mut |part, kind, gates, entry| {
        let name = &*entry.key.name;
        let (known, whose, help) = match kind {
            Gates::VerticalAutoscaler => {
                let known = kubernetes.vpa_feature_gates.iter().map(String::as_str);
                let listed = known.clone().any(|known| known == name);
                (listed, "the vertical pod autoscaler", help_with_names(name, known))
            }
            Gates::Kubernetes if kubernetes.feature_gates.contains_key(name) => return,
            Gates::Kubernetes => {
                let known = kubernetes.feature_gates.keys().map(String::as_str);
                let help = match nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        "remove it; a feature gate of Gardener goes to Gardener's own components".to_owned()
                    }
                };
                (false, "Kubernetes", help)
            }
        };
        if !known {
            part.entry(findings, gates, entry, format!("{whose} has no feature gate `{name}`"))
                .why(format!("{} does not start with a feature gate it does not know", part.component.name))
                .help(help);
        }
    });
}

/// Upstream: pkg/utils/validation/features/featuregates.go, ValidateFeatureGates.
fn not_in_version(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    of_kubernetes(object, scope, &mut |part, gates, entry, known, minor| {
        let (name, version) = (&entry.key.name, part.version.text);
        if known.lifetime.contains(minor) {
            return;
        }
        let (message, help) = match known.lifetime.removed.filter(|removed| *removed <= minor) {
            Some(removed) => (
                format!("the feature gate `{name}` was removed in Kubernetes {removed}; this is `{version}`"),
                match known.locked {
                    Some(lock) if lock.to => {
                        format!("remove it: what it switched is always on since Kubernetes {}", lock.since)
                    }
                    Some(lock) => {
                        format!("remove it: it has been held at `false` since Kubernetes {}", lock.since)
                    }
                    None => "remove it: what it switched is gone, or cannot be switched any more".to_owned(),
                },
            ),
            None => (
                format!("Kubernetes `{version}` has no feature gate `{name}` yet"),
                format!("remove it, or use a newer version: it exists {}", known.lifetime),
            ),
        };
        part.entry(findings, gates, entry, message)
            .why(format!("{} does not start with a feature gate it does not know", part.component.name))
            .help(help);
    });
}

/// Upstream: pkg/utils/validation/features/featuregates.go, isFeatureLockedToDefault.
fn locked(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    of_kubernetes(object, scope, &mut |part, gates, entry, known, minor| {
        let Some(lock) = known.locked.filter(|lock| lock.since <= minor && known.lifetime.contains(minor))
        else {
            return;
        };
        if switch(&entry.value).is_some_and(|value| value != lock.to) {
            let name = &entry.key.name;
            let message =
                format!("the feature gate `{name}` is held at `{}` since Kubernetes {}", lock.to, lock.since);
            part.entry(findings, gates, entry, message)
                .why(format!("{} does not start with another value", part.component.name))
                .help("remove it");
        }
    });
}
