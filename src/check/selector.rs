//! Label selectors: whether one can be matched at all, and what it matches.

use crate::name::{is_label_value, is_qualified_name};
use crate::syntax::Node;
use crate::view::{LabelSelector, SelectorRequirement, Text};

/// A requirement on labels that is not met, as one would say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unmet<'a> {
    /// The key of the label.
    pub(super) key: &'a str,
    /// Where it is required.
    pub(super) node: &'a Node,
}

/// The first requirement of a selector that labels do not meet; nothing for a selector that is none itself.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector; pkg/labels, Requirement.Matches.
pub(super) fn unmet<'a, 'l>(
    selector: LabelSelector<'a>,
    label: impl Fn(&str) -> Option<&'l str>,
) -> Option<Unmet<'a>> {
    if selector.requirements().any(|requirement| meets(requirement, &label).is_none()) {
        return None;
    }
    let labels = selector.labels().map(Node::entries).unwrap_or_default();
    let mut labels = labels.iter().filter_map(|wanted| {
        let (key, value) = (wanted.key.name.as_str(), wanted.value.as_str()?);
        (label(key) != Some(value)).then_some(Unmet { key, node: &wanted.value })
    });
    labels.next().or_else(|| {
        selector.requirements().find(|requirement| meets(*requirement, &label) == Some(false)).map(
            |requirement| Unmet {
                key: requirement.key().map(Text::as_str).unwrap_or_default(),
                node: requirement.node(),
            },
        )
    })
}

/// Whether a selector chooses what has these labels.
pub fn matches<'l>(selector: LabelSelector<'_>, label: impl Fn(&str) -> Option<&'l str>) -> bool {
    unmet(selector, label).is_none()
}

/// Whether labels meet a requirement; nothing for one that cannot be understood.
fn meets<'l>(requirement: SelectorRequirement<'_>, label: impl Fn(&str) -> Option<&'l str>) -> Option<bool> {
    let label = label(requirement.key()?.as_str());
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

/// Whether a selector selects everything.
pub(super) fn is_empty(selector: LabelSelector<'_>) -> bool {
    selector.requirements().next().is_none() && selector.labels().is_none_or(|all| all.entries().is_empty())
}

/// Whether a selector can be matched with labels at all.
///
/// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1, LabelSelectorAsSelector; pkg/labels, NewRequirement.
pub(super) fn is_sound(selector: LabelSelector<'_>) -> bool {
    let labels = selector.labels().map(Node::entries).unwrap_or_default();
    let sound = |text: Option<&str>| text.is_some_and(is_label_value);
    labels.iter().all(|entry| is_qualified_name(&entry.key.name) && sound(entry.value.as_str()))
        && selector.requirements().all(is_sound_requirement)
}

fn is_sound_requirement(requirement: SelectorRequirement<'_>) -> bool {
    let values = requirement.values().map(Node::items).unwrap_or_default();
    meets(requirement, |_| None).is_some()
        && requirement.key().is_some_and(|key| is_qualified_name(&key))
        && values.iter().all(|value| value.as_str().is_none_or(is_label_value))
}
