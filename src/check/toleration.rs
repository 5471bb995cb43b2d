//! Tolerations: which taints of seeds a shoot may be put on all the same.

use std::collections::HashMap;

use super::{Findings, label, repetition};
use crate::landscape::Object;
use crate::syntax::Node;
use crate::view::{Text, Toleration};

/// Reports the tolerations of a list whose key or value is none.
///
/// Upstream: pkg/api/core/validation/project.go, ValidateTolerations.
pub(super) fn malformed(object: &Object, list: &Node, findings: &mut Findings) {
    for toleration in list.items().iter().map(Toleration::of) {
        if let Some(key) = toleration.key().filter(|key| !key.is_empty()) {
            label::key(object, key, findings);
        }
        if let Some(value) = toleration.value() {
            label::value(object, value, findings);
        }
    }
}

/// Reports the tolerations of a list that an earlier one covers: one of the same key and value, or of the key alone.
///
/// Upstream: pkg/api/core/validation/project.go, ValidateTolerations.
pub(super) fn repeated(object: &Object, list: &Node, findings: &mut Findings) {
    let mut seen: HashMap<String, &Node> = HashMap::new();
    for item in list.items() {
        let toleration = Toleration::of(item);
        let key = toleration.key().map_or("", Text::as_str);
        let identity = match toleration.value() {
            Some(value) => format!("{key}={value}"),
            None => key.to_owned(),
        };
        if let Some(first) = seen.get(&identity).or_else(|| seen.get(key)) {
            let what = format!("toleration `{identity}`");
            repetition::report(object, first, item, &what, findings);
        }
        seen.entry(identity).or_insert(item);
    }
}
