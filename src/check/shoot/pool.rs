//! Pools of worker nodes: their size, their version, and what every node of them gets.

use std::collections::HashMap;

use super::REFUSED;
use crate::certificate::{self, NoCertificate};
use crate::check::{Findings, Judge, Rule, Scope, runtime_interface};
use crate::diagnostic::Code;
use crate::syntax::{Entry, Node};
use crate::version::{self, Constraint, Prefix, Version};
use crate::view::{Shoot, Text, Worker};

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L550", "pool-version-skew"),
        upstream: &["SH-SKEW"],
        judge: Judge::ShootTemplate(skew),
    },
    Rule {
        code: runtime_interface::UNKNOWN,
        upstream: &["SH-WK-CRI"],
        judge: Judge::ShootTemplate(runtime_interfaces),
    },
    Rule {
        code: Code::error("L552", "pool-maximum-below-minimum"),
        upstream: &["SH-WK-MINMAX"],
        judge: Judge::ShootTemplate(size),
    },
    Rule {
        code: Code::error("L553", "system-components-without-room"),
        upstream: &["SH-WK-SYS", "SH-WK-ZMAX"],
        judge: Judge::ShootTemplate(system_components),
    },
    Rule {
        code: Code::error("L556", "pool-certificate-invalid"),
        upstream: &["SH-WK-LABEL"],
        judge: Judge::ShootTemplate(ca_bundle),
    },
    Rule {
        code: Code::error("L557", "sysctl-invalid"),
        upstream: &["SH-WK-SYSCTL"],
        judge: Judge::ShootTemplate(sysctls),
    },
];

/// How many minor versions the nodes may be behind the control plane.
const SKEW_LIMIT: u64 = 3;
/// The kernel's limit of a path below `/proc/sys/`, and of a name in it.
const SYSCTL_LIMIT: usize = 4096 - "/proc/sys/".len();
const SYSCTL_PART_LIMIT: usize = 255;

/// A version without what stands behind its numbers, as upstream compares them.
///
/// Upstream: pkg/utils/version/version.go, Normalize.
fn normalized(text: &str) -> String {
    text.split(['-', '+', '~']).next().unwrap_or(text).replace('v', "")
}

/// Whether a version is newer than another one, of which the last parts may be missing: `1.34.2` is not newer than `1.34`.
///
/// Upstream: pkg/utils/version/version.go, CompareVersions.
fn is_newer(one: &str, other: &str) -> Option<bool> {
    let constraint = Constraint::parse(&format!("> {}", normalized(other)))?;
    Some(constraint.matches(&version::parse(&normalized(one))?))
}

/// Upstream: pkg/api/core/validation/shoot.go, validateWorkerGroupAndControlPlaneKubernetesVersion.
fn skew(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    // A missing version of the control plane is a fault of its own.
    let Some(control_plane) = shoot.kubernetes_version() else { return };
    // The API server completes a version without a minor; what it takes is known on that day only.
    let open = |asked: &Text<'_>| !asked.contains('.') && Prefix::parse(asked).is_some();
    for asked in shoot.workers().filter_map(Worker::written_kubernetes_version).filter(|asked| !open(asked)) {
        let (own, other) = (version::parse(&asked), version::parse(&normalized(&control_plane)));
        let (message, help) = match (own, other) {
            (None, _) => (format!("`{asked}` is no version"), "write it as `1.34.2`".to_owned()),
            (_, None) => {
                let message = format!("`{asked}` cannot be compared with the version of the control plane");
                (message, "correct the version of the control plane".to_owned())
            }
            _ if is_newer(&asked, &control_plane) == Some(true) => (
                format!("the nodes of the pool have Kubernetes `{asked}`, newer than the control plane"),
                format!("set `{control_plane}` or an older version, or remove the version of the pool"),
            ),
            (Some(own), Some(other)) if is_left_behind(&own, &other) => {
                let message = format!(
                    "the nodes of the pool have Kubernetes `{asked}`, more than {SKEW_LIMIT} minor versions behind the \
                     control plane"
                );
                (message, format!("set {}.{} or later", other.major, other.minor.saturating_sub(SKEW_LIMIT)))
            }
            _ => continue,
        };
        findings
            .at(shoot.object, asked.node, message)
            .related(control_plane.node, "the version of the control plane is set here")
            .why("a kubelet works with an API server of its own version and of the three minor versions after it")
            .help(help);
    }
}

fn is_left_behind(own: &Version, control_plane: &Version) -> bool {
    (control_plane.major, control_plane.minor) > (own.major, own.minor.saturating_add(SKEW_LIMIT))
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker.
fn runtime_interfaces(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for interface in shoot.workers().filter_map(Worker::runtime_interface) {
        runtime_interface::judge(shoot.object, interface, findings);
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker.
fn size(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for worker in shoot.workers() {
        let (least, most) = (worker.least(), worker.most());
        if most < least {
            let message = format!("the pool has at most {most} and at least {least} machines");
            let raised = findings
                .lacking(shoot.object, worker.node(), &["maximum"], message)
                .why(REFUSED)
                .help(format!("set `maximum` to {least} or more"));
            if let Some(minimum) = worker.minimum() {
                raised.related(minimum.node, "the smallest number is set here");
            }
        }
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateSystemComponentWorkers.
fn system_components(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    let Some(spec) = shoot.provider().filter(|_| !shoot.is_workerless()) else {
        return;
    };
    let takers = || shoot.workers().filter(|worker| worker.takes_system_components() && worker.most() != 0);
    if takers().next().is_none() {
        findings
            .at_field(
                shoot.object,
                spec,
                "workers",
                "no pool has room for the components of the cluster's own",
            )
            .why("DNS and the like run on nodes too, and would run nowhere")
            .help("give a pool a `maximum` above 0 and `systemComponents.allow: true`");
    }
    if takers().all(has_node_for_each_zone) {
        return;
    }
    // Of pools in the same zones one must be large enough.
    let mut lacking = HashMap::new();
    for worker in takers() {
        if has_node_for_each_zone(worker) {
            lacking.insert(zones(worker), None);
        } else {
            lacking
                .entry(zones(worker))
                .and_modify(|found| *found = found.and(Some(worker)))
                .or_insert(Some(worker));
        }
    }
    for worker in takers() {
        let last = lacking.get(&zones(worker)).copied().flatten();
        if last.is_some_and(|last| std::ptr::eq(last.node(), worker.node())) {
            let message =
                format!("the pool has {} zones and at most {} machines", zone_count(worker), worker.most());
            findings
                .lacking(shoot.object, worker.node(), &["maximum"], message)
                .why("the components of the cluster's own are spread over all zones of their pool")
                .help(format!("set `maximum` to {} or more, or remove zones", zone_count(worker)));
        }
    }
}

fn zone_count(worker: Worker<'_>) -> usize {
    worker.zone_list().map_or(0, |zones| zones.items().len())
}

fn has_node_for_each_zone(worker: Worker<'_>) -> bool {
    usize::try_from(worker.most()).is_ok_and(|most| most >= zone_count(worker))
}

/// The zones of a pool in one order, each once.
fn zones(worker: Worker<'_>) -> Vec<&str> {
    let zones = worker.zone_list().map(Node::items).unwrap_or_default();
    let mut zones: Vec<&str> = zones.iter().filter_map(Node::as_str).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateWorker.
fn ca_bundle(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for bundle in shoot.workers().filter_map(|worker| worker.ca_bundle()) {
        let message = match certificate::check(&bundle) {
            Ok(()) => continue,
            Err(NoCertificate::NoPem) => "the CA bundle of the pool is no PEM",
            Err(NoCertificate::OtherContent) => {
                "the CA bundle of the pool holds something other than certificates"
            }
            Err(NoCertificate::Broken) => "the CA bundle of the pool holds a broken certificate",
        };
        findings
            .at(shoot.object, bundle.node, message)
            .why("nodes trust what it holds, and would get nothing to trust")
            .help("write certificates in PEM, each between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`");
    }
}

/// Upstream: pkg/api/core/validation/shoot.go, ValidateSysctls.
fn sysctls(shoot: Shoot<'_>, _: &Scope<'_>, findings: &mut Findings) {
    for worker in shoot.workers() {
        let settings = worker.sysctls().map(Node::entries).unwrap_or_default();
        for Entry { key, value } in settings {
            if let Some((message, help)) = sysctl_fault(&key.name, value) {
                // Upstream writes the key as if it were a way of fields.
                let field = if key.name.is_empty() {
                    "sysctls[]".to_owned()
                } else {
                    format!("sysctls.{}", key.name)
                };
                findings
                    .under(shoot.object, value, worker.node(), &field, message)
                    .why("the kernel of the nodes would not take the setting")
                    .help(help);
            }
        }
    }
}

fn sysctl_fault(key: &str, value: &Node) -> Option<(String, &'static str)> {
    if !is_sysctl(key) {
        Some((format!("`{key}` is no name of a kernel setting"), "write it as in `net.ipv4.ip_forward`"))
    } else if key.len() > SYSCTL_LIMIT || key.split('.').any(|part| part.len() > SYSCTL_PART_LIMIT) {
        Some(("the name of the kernel setting is too long".to_owned(), "correct the name"))
    } else if Text::written(value).is_some_and(|text| text.is_empty()) {
        Some((format!("the kernel setting `{key}` has no value"), "give it a value, or remove it"))
    } else {
        None
    }
}

fn is_sysctl(key: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'-');
    let (above, last) = key.rsplit_once('.').map_or((None, key), |(above, last)| (Some(above), last));
    let part = |part: &str| {
        part == "*"
            || part.bytes().all(inner)
                && part.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'-')
    };
    above.is_none_or(|above| above.split('.').all(part))
        && last.bytes().all(inner)
        && last.bytes().last().is_some_and(|last| last.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_settings_are_named_as_the_kernel_does() {
        for key in
            ["vm", "vm.max_map_count", "net.*.forwarding", "net.ipv4.conf.eth0/1.x", "_a", "-.a", "a-b/c"]
        {
            assert!(is_sysctl(key), "{key}");
        }
        for key in ["", ".", "a.", ".a", "a..b", "a_", "a.*", "_a.b", "a b", "ä"] {
            assert!(!is_sysctl(key), "{key}");
        }
    }

    #[test]
    fn versions_are_compared_by_the_parts_they_have() {
        for (one, other, expected) in [
            ("1.35.0", "1.34.2", Some(true)),
            ("1.34.2", "1.34.2", Some(false)),
            ("v1.34.2-gke.1", "1.34.2", Some(false)),
            ("1.34.2", "1.34", Some(false)),
            ("1.34.2", "1", Some(false)),
            ("1.35.0", "1.34", Some(true)),
            ("", "1.34.2", None),
            ("1.34.2", "latest", None),
        ] {
            assert_eq!(is_newer(one, other), expected, "{one} > {other}");
        }
    }
}
