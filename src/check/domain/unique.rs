//! No shoot's domain is another's, or lies below it.
//!
//! Each domain is looked up with all its parents, so that ten thousand shoots cost no more than their labels.

use std::collections::{BTreeMap, HashMap};

use super::{domains, parents};
use crate::check::{Findings, Scope};
use crate::view::{Shoot, Text};

/// A shoot and its domain.
type Owner<'a> = (Shoot<'a>, Text<'a>);

/// Upstream: plugin/pkg/shoot/validator/admission.go, validateDNSDomainUniqueness and hasDomainIntersection.
///
/// One finding for all shoots that are in the way of the same one.
pub(super) fn judge(scope: &Scope<'_>, findings: &mut Findings) {
    let owners = domains(scope.landscape);
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(owners.len());
    for (position, (_, domain)) in owners.iter().enumerate() {
        first.entry(domain.as_str()).or_insert(position);
    }
    let mut clashes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, (_, domain)) in owners.iter().enumerate() {
        let known = first.get(domain.as_str()).copied().filter(|known| *known != position);
        if let Some(other) = known.or_else(|| parents(domain).find_map(|parent| first.get(parent).copied())) {
            clashes.entry(other).or_default().push(position);
        }
    }
    for (position, others) in clashes {
        let others: Vec<&Owner<'_>> = others.iter().filter_map(|other| owners.get(*other)).collect();
        if let Some(owner) = owners.get(position) {
            report(owner, &others, findings);
        }
    }
}

fn report(owner: &Owner<'_>, others: &[&Owner<'_>], findings: &mut Findings) {
    const SHOWN: usize = 3;
    let place = |owner: &Owner<'_>| (owner.1.node.span.file, owner.1.node.span.start);
    // Between two, the later one is in the way; among many, the one that all clash with.
    let (at, rest) = match others {
        [other] if place(other) > place(owner) => (*other, vec![owner]),
        _ => (owner, others.to_vec()),
    };
    let ((shoot, domain), Some((another, its_domain))) = (at, rest.first().copied()) else {
        return;
    };
    let relation = if domain.as_str() == its_domain.as_str() {
        "is"
    } else if domain.len() > its_domain.len() {
        "lies below"
    } else {
        "lies above"
    };
    let more = match rest.len().saturating_sub(1) {
        0 => String::new(),
        1 => ", and clashes with that of another one".to_owned(),
        more => format!(", and clashes with those of {more} others"),
    };
    let message = format!(
        "the domain `{domain}` {relation} that of the shoot `{}`{more}",
        another.object.identity.name
    );
    let mut raised = findings
        .at(shoot.object, domain.node, message)
        .why("Gardener's API server refuses a shoot whose domain is that of another one, lies below it or above it")
        .help("give the shoot a domain of its own");
    for (_, other) in rest.iter().take(SHOWN) {
        raised = raised.related(other.node, "the other domain is set here");
    }
}
