//! History: an unknown field -> the Gardener minors that have it.
//!
//! A field that came later or went earlier is no slip of the pen; the finding says which minor to look at.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::GARDENER;
use super::pack::Pack;

/// What became of a field that a minor does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chapter {
    /// It comes with this minor.
    Since(&'static str),
    /// It was there once; this minor is without it.
    RemovedBy(&'static str),
}

type Removed = BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>;

/// What Gardener removed before the oldest pack: definition, field, the minor that is without it.
static REMOVED: LazyLock<Removed> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../schemas/gardener-removed.json"))
        .expect("a test looks a removed field up")
});

/// What became of a field of the schema at `pointer` that `pack` does not know.
pub(super) fn of_field(pack: &Pack, pointer: &str, field: &str) -> Option<Chapter> {
    let here = GARDENER.iter().position(|(_, gardener)| std::ptr::eq(gardener, pack))?;
    let has = |pack: &Pack| {
        pack.schema_at(pointer).and_then(|schema| schema.get("properties")?.get(field)).is_some()
    };
    let (earlier, later) = GARDENER.split_at_checked(here)?;
    if let Some((minor, _)) = later.iter().find(|(_, pack)| has(pack)) {
        return Some(Chapter::Since(minor));
    }
    if let Some(last) = earlier.iter().rposition(|(_, pack)| has(pack)) {
        return GARDENER.get(last + 1).map(|(minor, _)| Chapter::RemovedBy(minor));
    }
    let (definition, path) = field_path(pointer)?;
    let path = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    REMOVED.get(definition)?.get(&*path).map(|minor| Chapter::RemovedBy(minor))
}

/// The definition a pointer leads into, and the path of fields from there: `spec.dns.providers[]`.
fn field_path(pointer: &str) -> Option<(&str, String)> {
    let mut steps = pointer.strip_prefix("/$defs/")?.split('/');
    let definition = steps.next()?;
    let mut path = String::new();
    while let Some(step) = steps.next() {
        match step {
            "properties" => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(steps.next()?);
            }
            "items" => path.push_str("[]"),
            _ => return None,
        }
    }
    Some((definition, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gardener(minor: &str) -> &'static Pack {
        let found = GARDENER.iter().find(|(known, _)| *known == minor);
        found.map(|(_, pack)| pack).expect("a minor with a pack")
    }

    #[test]
    fn a_field_that_comes_later_names_its_minor() {
        let at = "/$defs/core.v1beta1.ControlPlane";
        assert_eq!(of_field(gardener("1.148"), at, "zones"), Some(Chapter::Since("1.150")));
        assert_eq!(of_field(gardener("1.148"), at, "zone"), None);
    }

    #[test]
    fn a_field_that_went_names_the_minor_without_it() {
        let at = "/$defs/core.v1beta1.KubeAPIServerConfig";
        assert_eq!(of_field(gardener("1.150"), at, "oidcConfig"), Some(Chapter::RemovedBy("1.143")));
        let at = "/$defs/operator.gardener.cloud.v1alpha1.Garden/properties/spec/properties/virtualCluster\
                  /properties/kubernetes/properties/kubeAPIServer";
        assert_eq!(of_field(gardener("1.149"), at, "oidcConfig"), Some(Chapter::RemovedBy("1.143")));
    }
}
