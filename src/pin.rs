//! Pin: Landscape + its charts + its lock -> the same Landscape, its references at digests.
//!
//! Gardener's own chart puller checks nothing but the digest in a reference, so a reference to a chart always carries the
//! one that is known: that of its manifest if it is packed here, the locked one otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{Chart, PackedChart};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::inventory::{Found, Kind, Slot, found};
use crate::landscape::{Delivery, Landscape};
use crate::lock::Lock;
use crate::oci::reference::{Reference, split_tag};
use crate::syntax::{Key, Node};

const CHART_VERSION_NOT_PACKED: Code = Code::error("L701", "chart-version-not-packed");

/// Packs the charts of a landscape. Those that cannot be packed are reported.
pub fn pack(
    landscape: &Landscape,
    display: &dyn Fn(&str) -> String,
    report: &mut Report,
) -> Vec<PackedChart> {
    let names: BTreeSet<&str> = landscape.charts.iter().filter_map(|(path, _)| path.parts().next()).collect();
    let read = |name: &&str| {
        Chart::read(&display(name), &landscape.chart(name), report).ok().map(|chart| chart.pack())
    };
    names.iter().filter_map(read).collect()
}

/// Pins the references to the charts that are packed here.
pub fn to_own(landscape: &mut Landscape, charts: &[PackedChart], report: &mut Report) {
    let Some(registry) = landscape.settings.delivery.registry.clone() else {
        return;
    };
    let charts: BTreeMap<&str, &PackedChart> = charts.iter().map(|chart| (chart.name(), chart)).collect();
    rewrite(landscape, |landscape, found| {
        let naming = found.naming.filter(|naming| found.kind == Kind::Chart && !naming.is_range())?;
        let text = naming.text()?;
        let (name, version) = split_tag(text.split_once('@').map_or(&text, |(tagged, _)| tagged));
        let chart = charts.get(landscape.own_chart(name)?)?;
        if version.is_none_or(|version| version.is_empty() || version == chart.tag()) {
            return Reference::parse(&chart.reference(&registry)).ok();
        }
        let message = format!(
            "the landscape packs this chart in version {}, not in the one named here",
            chart.version()
        );
        report.push(
            Diagnostic::new(CHART_VERSION_NOT_PACKED, message, found.place.clone())
                .why("the reference would lead to a chart that is never published")
                .help(format!("name version {}, or change the version in `Chart.yaml`", chart.version())),
        );
        None
    });
}

/// Pins the references that a lock knows, unless they have a digest.
pub fn to_locked(landscape: &mut Landscape, lock: &Lock) {
    rewrite(landscape, |_, found| {
        let reference = found.reference.as_ref().ok().filter(|reference| reference.digest.is_none())?;
        Some(reference.at(lock.get(found.kind, reference)?.digest))
    });
}

/// Names the Secrets that Gardener needs for the landscape's own registry, where a reference to it names none.
pub fn to_secrets(landscape: &mut Landscape) {
    let Delivery { registry, pull_secret, authorities, .. } = &landscape.settings.delivery;
    let Some(below) = registry.as_ref().map(|registry| format!("{registry}/")) else { return };
    let secrets = [("pullSecretRef", pull_secret.clone()), ("caBundleSecretRef", authorities.clone())];
    replace(landscape, |_, found| {
        let naming = found.naming.filter(|naming| found.kind == Kind::Chart && naming.is_of_gardener())?;
        let is_own = found.reference.as_ref().is_ok_and(|reference| reference.name().starts_with(&below));
        let mut node = naming.whole_node().clone();
        let span = node.span;
        let fields = node.as_mapping_mut().filter(|_| is_own)?;
        let missing = secrets.iter().filter_map(|(field, name)| Some((*field, name.as_ref()?)));
        let missing: Vec<_> = missing.filter(|(field, _)| fields.get(field).is_none()).collect();
        for (field, name) in &missing {
            let reference = Node::from_json(&serde_json::json!({"name": name}), span);
            fields.set(Key { name: (*field).into(), span }, reference);
        }
        (!missing.is_empty()).then_some(node)
    });
}

/// Writes other references in the place of some.
pub(crate) fn rewrite(
    landscape: &mut Landscape,
    mut other: impl FnMut(&Landscape, &Found<'_>) -> Option<Reference>,
) {
    replace(landscape, |landscape, found| Some(found.naming?.naming(&other(landscape, found)?)));
}

/// Puts other values in the place of some that name a chart or an image.
fn replace(landscape: &mut Landscape, mut other: impl FnMut(&Landscape, &Found<'_>) -> Option<Node>) {
    let mut changes: Vec<(Slot, Vec<usize>, Node)> = Vec::new();
    for found in found(landscape) {
        let Some((slot, naming)) = found.slot.zip(found.naming) else { continue };
        if let Some(node) = other(landscape, &found) {
            let root = slot.root(landscape);
            let way = root.and_then(|root| root.way_to(naming.whole_node())).unwrap_or_default();
            changes.push((slot, way, node));
        }
    }
    for (slot, way, node) in changes {
        if let Some(place) = slot.root_mut(landscape).and_then(|root| root.follow_mut(&way)) {
            *place = node;
        }
    }
}
