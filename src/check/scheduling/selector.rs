//! Label selectors, as the scheduler and the admission plugins apply them to seeds.

use super::candidate::Candidate;
use crate::syntax::Node;
use crate::view::{SeedSelector, SelectorRequirement, Text};

/// A requirement on labels that a seed does not meet, as one would say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unmet<'a> {
    /// The key of the label.
    pub(super) key: &'a str,
    /// Where it is required.
    pub(super) node: &'a Node,
}

/// The first requirement of a selector that a seed does not meet; nothing for a selector that is none itself.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector.
pub(super) fn unmet<'a>(selector: SeedSelector<'a>, seed: &Candidate<'_>) -> Option<Unmet<'a>> {
    if selector.requirements().any(|requirement| meets(requirement, seed).is_none()) {
        return None;
    }
    let labels = selector.labels().map(Node::entries).unwrap_or_default();
    let mut labels = labels.iter().filter_map(|label| {
        let (key, value) = (label.key.name.as_str(), label.value.as_str()?);
        (seed.label(key) != Some(value)).then_some(Unmet { key, node: &label.value })
    });
    labels.next().or_else(|| {
        selector.requirements().find(|requirement| meets(*requirement, seed) == Some(false)).map(
            |requirement| Unmet {
                key: requirement.key().map(Text::as_str).unwrap_or_default(),
                node: requirement.node(),
            },
        )
    })
}

/// Whether a seed meets a requirement; nothing for one that cannot be understood.
fn meets(requirement: SelectorRequirement<'_>, seed: &Candidate<'_>) -> Option<bool> {
    let label = seed.label(requirement.key()?.as_str());
    let values = requirement.values().map(Node::items).unwrap_or_default();
    let listed = label.is_some_and(|label| values.iter().any(|value| value.as_str() == Some(label)));
    match (requirement.operator()?.as_str(), values.is_empty()) {
        ("In", false) => Some(listed),
        ("NotIn", false) => Some(!listed),
        ("Exists", true) => Some(label.is_some()),
        ("DoesNotExist", true) => Some(label.is_none()),
        _ => None,
    }
}
