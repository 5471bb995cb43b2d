//! Relocate: Landscape, its references at digests -> the same, with every foreign chart in the landscape's own registry.
//!
//! Whoever installs the landscape then needs that registry alone, and the digest of a chart stays what it was. Only what has
//! a digest can move: a copy of whatever a tag leads to today is not what was locked.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Place, Report};
use crate::inventory::{Found, Kind, found};
use crate::landscape::Landscape;
use crate::oci::reference::Reference;
use crate::pin::rewrite;
use crate::source::Span;

const NO_DIGEST: Code = Code::error("L757", "relocated-chart-without-digest");
const NO_REGISTRY: Code = Code::error("L758", "relocation-without-registry");
const SAME_NAME: Code = Code::error("L759", "relocated-charts-of-one-name");

/// A chart that has to be in the landscape's registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// Where it is, with its digest.
    pub source: Reference,
    /// Where it has to be, with the same digest.
    pub target: Reference,
}

/// Rewrites the references to foreign charts, and says what has to be copied for that: each chart once, in order.
pub fn relocate(landscape: &mut Landscape, report: &mut Report) -> Vec<Copy> {
    let Some(registry) = landscape.settings.delivery.registry.clone() else {
        report.push(
            Diagnostic::new(
                NO_REGISTRY,
                "there is no registry to relocate charts to",
                landscape.settings.delivery.span,
            )
            .help("set `spec.delivery.registry`"),
        );
        return Vec::new();
    };
    let targets = targets(landscape, &registry, report);
    let mut copies = Vec::new();
    rewrite(landscape, |_, found| {
        let source = found.reference.as_ref().ok().filter(|_| found.kind == Kind::Chart)?;
        let target = targets.get(source)?.clone();
        copies.push(Copy { source: source.clone(), target: target.clone() });
        Some(target)
    });
    copies.sort();
    copies.dedup();
    copies
}

/// Where the foreign charts have to go.
fn targets(landscape: &Landscape, registry: &str, report: &mut Report) -> BTreeMap<Reference, Reference> {
    let own = landscape.charts.iter().filter_map(|(path, _)| path.parts().next());
    let mut names: BTreeMap<String, (String, Option<Span>)> =
        own.map(|name| (name.to_owned(), (format!("the chart of the landscape `{name}`"), None))).collect();
    let mut targets = BTreeMap::new();
    for found in foreign(landscape, registry) {
        let Ok(source) = &found.reference else { continue };
        if source.digest.is_none() {
            report.push(without_digest(&found, source));
            continue;
        }
        let name = source.last_part().to_owned();
        let whole = (format!("`{}`", source.name()), found.place.span);
        let (first, span) = names.entry(name.clone()).or_insert_with(|| whole.clone()).clone();
        if first != whole.0 {
            let message = format!("the chart {} would have the name of {first}", whole.0);
            let finding = Diagnostic::new(SAME_NAME, message, found.place.clone())
                .why(format!("both would go to `{registry}/charts/{name}`"))
                .help("copy one of them into your registry under another name, and refer to it there");
            report.push(match span {
                Some(span) => finding.related(span, "the other one is named here"),
                None => finding,
            });
            continue;
        }
        let (host, path) = registry.split_once('/').unwrap_or((registry, ""));
        let repository = format!("{path}/charts/{name}").trim_start_matches('/').to_owned();
        let target = Reference { registry: host.to_owned(), repository, ..source.clone() };
        targets.insert(source.clone(), target);
    }
    targets
}

/// References to charts elsewhere that the landscape itself writes.
fn foreign<'a>(landscape: &'a Landscape, registry: &str) -> Vec<Found<'a>> {
    let below = format!("{registry}/");
    let mut all = found(landscape);
    all.retain(|found| {
        let reference = found.reference.as_ref();
        found.kind == Kind::Chart
            && found.slot.is_some()
            && reference.is_ok_and(|reference| !reference.name().starts_with(&below))
    });
    all
}

/// Two charts of one repository that would have one tag there.
pub fn same_tag(tag: &str, first: &Reference, second: &Reference) -> Diagnostic {
    let message = format!("the charts `{first}` and `{second}` would both have the tag `{tag}`");
    Diagnostic::new(SAME_NAME, message, Place::default())
        .why("a version never moves to other content, and both are needed")
        .help("refer to one of them, or copy one into your registry under another name")
}

fn without_digest(found: &Found<'_>, source: &Reference) -> Diagnostic {
    Diagnostic::new(
        NO_DIGEST,
        format!("the chart `{source}` has no digest to be copied by"),
        found.place.clone(),
    )
    .why("what its tag leads to today need not be what was reviewed")
    .help("run `landscape lock`, or name its digest")
}
