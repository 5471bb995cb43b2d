//! The built-in catalogue: `{ name, version }` -> the `Extension` object that installs it.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::syntax::Node;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    /// The pod security level that the extension's own namespace needs.
    pod_security: Option<String>,
    /// Whether the extension gets a kubeconfig for the virtual garden.
    #[serde(default)]
    inject_garden_kubeconfig: bool,
    /// When the extension is installed; on demand when left out.
    policy: Option<String>,
    charts: Charts,
    resources: Vec<Value>,
}

/// Repositories without tags; every chart of an extension carries the extension's version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Charts {
    extension: Option<String>,
    admission_runtime: Option<String>,
    admission_virtual: Option<String>,
}

static CATALOGUE: LazyLock<std::collections::BTreeMap<String, Entry>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("catalogue.json")).expect("a test reads the catalogue")
});

/// Expands the short form; the error lists the names that are known.
pub fn expand_extension(short: &Node) -> Result<Node, Vec<&'static str>> {
    let text = |name: &str| short.get(name).and_then(Node::as_str).unwrap_or_default();
    let name = text("name");
    let Some(entry) = CATALOGUE.get(name) else {
        return Err(CATALOGUE.keys().map(String::as_str).collect());
    };
    let chart = |repository: &str| json!({"helm": {"ociRepository": {"ref": format!("{repository}:{}", text("version"))}}});
    let mut deployment = Map::new();
    if let Some(repository) = &entry.charts.extension {
        let mut extension = chart(repository);
        if let Some(fields) = extension.as_object_mut() {
            let values = short.get("values").map(Node::to_json);
            fields.extend(values.map(|values| ("values".to_owned(), values)));
            let inject =
                entry.inject_garden_kubeconfig.then(|| ("injectGardenKubeconfig".to_owned(), json!(true)));
            fields.extend(inject);
            fields.extend(entry.policy.as_ref().map(|policy| ("policy".to_owned(), json!(policy))));
        }
        deployment.insert("extension".to_owned(), extension);
    }
    let mut admission = Map::new();
    if let Some(repository) = &entry.charts.admission_runtime {
        admission.insert("runtimeCluster".to_owned(), chart(repository));
    }
    if let Some(repository) = &entry.charts.admission_virtual {
        admission.insert("virtualCluster".to_owned(), chart(repository));
    }
    if !admission.is_empty() {
        deployment.insert("admission".to_owned(), admission.into());
    }
    let mut metadata = Map::from_iter([("name".to_owned(), json!(name))]);
    if let Some(level) = &entry.pod_security {
        metadata
            .insert("annotations".to_owned(), json!({"security.gardener.cloud/pod-security-enforce": level}));
    }
    let object = json!({
        "apiVersion": "operator.gardener.cloud/v1alpha1",
        "kind": "Extension",
        "metadata": metadata,
        "spec": {"deployment": deployment, "resources": entry.resources},
    });
    Ok(Node::from_json(&object, short.span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_the_catalogue_installs_something() {
        assert!(!CATALOGUE.is_empty());
        for (name, entry) in &*CATALOGUE {
            assert!(entry.charts.extension.is_some() && !entry.resources.is_empty(), "{name}");
        }
    }
}
