//! One spelling for a field that both sides name: upstream's validation runs on internal types, users write JSON.

/// Kind, what upstream writes, what a user writes, and why they differ.
const INTERNAL_NAMES: &[(&str, &str, &str)] = &[
    // The validation's own path names the Go field.
    ("Garden", ".resourceAdmissionConfiguration.mode", ".resourceAdmissionConfiguration.operationMode"),
    ("Garden", "].versions", "].apiVersions"),
    ("Shoot", ".machineControllerManagerSettings", ".machineControllerManager"),
    ("Shoot", ".autoscaler.", ".clusterAutoscaler."),
    ("Shoot", ".controlPlane.exposure.type", ".controlPlane.exposure.extension.type"),
    ("Shoot", ".cri.containerruntimes[", ".cri.containerRuntimes["),
    ("ManagedSeedSet", ".cri.containerruntimes[", ".cri.containerRuntimes["),
    ("ManagedSeedSet", ".machineControllerManagerSettings", ".machineControllerManager"),
    ("ManagedSeedSet", ".autoscaler.", ".clusterAutoscaler."),
    ("Shoot", ".kubernetes.clusterAutoScaler", ".kubernetes.clusterAutoscaler"),
    ("Shoot", ".kubernetes.verticalPodAutoScaler", ".kubernetes.verticalPodAutoscaler"),
    ("Shoot", ".kubelet.podPIDsLimit", ".kubelet.podPidsLimit"),
    ("Shoot", ".imagefsAvailable", ".imageFSAvailable"),
    ("Shoot", ".imagefsInodesFree", ".imageFSInodesFree"),
    ("Shoot", ".nodefsAvailable", ".nodeFSAvailable"),
];

/// A field as Gardener's validation names it.
pub(crate) fn of_theirs(kind: &str, field: &str) -> String {
    let mut field = field.to_owned();
    // A template of shoots has their names.
    let named = if kind == "ManagedSeedSet" { "Shoot" } else { kind };
    for (_, internal, json) in INTERNAL_NAMES.iter().filter(|(of, ..)| *of == named) {
        field = field.replace(internal, json);
    }
    // A gardenlet's configuration is validated from its own root.
    let rooted = ["metadata", "spec", "status", "apiVersion", "kind"].iter().any(|root| {
        field.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    let holder = match kind {
        "Gardenlet" => "spec.config",
        "ManagedSeed" => "spec.gardenlet.config",
        "ManagedSeedSet" => "spec.template.spec.gardenlet.config",
        _ => "",
    };
    if !holder.is_empty() && !rooted && !field.is_empty() {
        field = format!("{holder}.{field}");
    }
    of_ours(kind, &field)
}

/// A field as the compiler names it.
pub(crate) fn of_ours(kind: &str, field: &str) -> String {
    if kind == "Project" {
        return without_role_numbers(field);
    }
    field.to_owned()
}

/// The internal type holds `role` as the first of `roles`, so the numbers differ by one or none.
fn without_role_numbers(field: &str) -> String {
    if !field.starts_with("spec.members[") {
        return field.to_owned();
    }
    match field.split_once("].role") {
        Some((member, _)) => format!("{member}].role"),
        None => field.to_owned(),
    }
}

/// The field of any item of a list and any key of a map.
pub(crate) fn pattern(field: &str) -> String {
    let mut pattern = String::new();
    let mut depth = 0;
    for character in field.chars() {
        match character {
            '[' => {
                if depth == 0 {
                    pattern.push('[');
                }
                depth += 1;
            }
            ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    pattern.push(']');
                }
            }
            _ if depth == 0 => pattern.push(character),
            _ => {}
        }
    }
    pattern
}
