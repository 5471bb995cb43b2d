//! Changes of Gardener itself, and of what all shoots stand on.

use super::{count, first_few};
use crate::change::same_or_absent;
use crate::check::Findings;
use crate::diagnostic::Code;
use crate::effect::{Both, Impact, Judge, Rule, Sides};
use crate::kind;
use crate::landscape::Object;
use crate::view::{SeedTemplate, Shoot};

pub(in crate::effect) static RULES: &[Rule] = &[
    Rule {
        code: Code::note("L782", "gardener-updated"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Changed(&[kind::OCI_REPOSITORY], operator),
    },
    Rule {
        code: Code::note("L783", "extension-updated"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Changed(&[kind::EXTENSION], extension),
    },
    Rule {
        code: Code::note("L784", "gardenlet-updated"),
        impact: Impact::InPlace,
        upstream: &[],
        judge: Judge::Changed(&[kind::GARDENLET], gardenlet),
    },
    Rule {
        code: Code::warning("L785", "namespace-removed"),
        impact: Impact::Destructive,
        upstream: &[],
        judge: Judge::Removed(&[kind::NAMESPACE], namespace),
    },
    Rule {
        code: Code::warning("L786", "garden-removed"),
        impact: Impact::Destructive,
        upstream: &[],
        judge: Judge::Removed(&[kind::GARDEN], garden),
    },
];

/// The OCIRepository of the gardener-operator, which the compiler derives.
const OPERATOR: &str = "gardener-operator";

fn operator(repositories: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    let Both { before, after } = repositories.map(|object| object.root.at(&["spec", "ref"]));
    let object = repositories.after;
    if object.identity.name != OPERATOR || same_or_absent(before, after) {
        return;
    }
    let shoots = sides.after.landscape.of_kind("Shoot").count();
    findings
        .lacking(object, &object.root, &["spec", "ref"], format!("Gardener is updated, below {}", count(shoots, "shoot")))
        .why(
            "the operator updates the control plane of the garden at once and the gardenlets that follow it; these work \
             on every seed, and on each shoot in its maintenance window",
        )
        .help("read the release notes of every version in between: actions that an operator must take stand there");
}

/// The types that an Extension takes care of, without the kinds.
fn types(extension: &Object) -> Vec<&str> {
    let resources = extension.root.at(&["spec", "resources"]).map(crate::syntax::Node::items);
    resources.unwrap_or_default().iter().filter_map(|resource| resource.get("type")?.as_str()).collect()
}

fn extension(extensions: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    const CHART: &[&str] = &["spec", "deployment", "extension", "helm"];
    let Both { before, after } = extensions.map(|object| object.root.at(CHART));
    if same_or_absent(before, after) {
        return;
    }
    let object = extensions.after;
    let own = types(object);
    let asks = |shoot: &Shoot<'_>| {
        let extensions = shoot.extensions().filter_map(|entry| entry.type_name());
        let network = shoot.networking().and_then(|networks| networks.type_name());
        shoot
            .provider_type()
            .into_iter()
            .chain(network)
            .chain(extensions)
            .any(|asked| own.contains(&asked.as_str()))
    };
    let shoots = sides.after.landscape.of_kind("Shoot").map(Shoot::of).filter(asks).count();
    let message = format!("the extension is updated, for {}", count(shoots, "shoot"));
    findings
        .lacking(object, &object.root, CHART, message)
        .why("it works on them again when Gardener does, in their maintenance windows at the latest")
        .help("what it then does to nodes and volumes stands in its release notes");
}

fn gardenlet(gardenlets: Both<&Object>, sides: &Sides<'_>, findings: &mut Findings) {
    const CHART: &[&str] = &["spec", "deployment", "helm"];
    let Both { before, after } = gardenlets.map(|object| object.root.at(CHART));
    if same_or_absent(before, after) {
        return;
    }
    let object = gardenlets.after;
    let here = |shoot: &Shoot<'_>| shoot.seed_name().is_some_and(|seed| *seed == *object.identity.name);
    let names: Vec<&str> = sides
        .after
        .landscape
        .of_kind("Shoot")
        .map(Shoot::of)
        .filter(here)
        .map(|shoot| shoot.object.identity.name.as_str())
        .collect();
    let on_it = if names.is_empty() { String::new() } else { format!("; put on it: {}", first_few(names)) };
    let seed = SeedTemplate::in_object(object).map_or("", |_| " of the seed");
    findings
        .lacking(object, &object.root, CHART, format!("the gardenlet{seed} is updated{on_it}"))
        .why("it works on all shoots of its seed again, each in its maintenance window");
}

fn namespace(namespace: &Object, sides: &Sides<'_>, findings: &mut Findings) {
    let name = namespace.identity.name.as_str();
    let inside = sides.before.landscape.objects.iter();
    let inside = inside.filter(|object| object.identity.namespace.as_deref() == Some(name)).count();
    let message = format!(
        "the namespace `{name}` is removed with everything in it, {} of this landscape",
        count(inside, "object")
    );
    findings
        .at(namespace, namespace.name_node(), message)
        .why("deleting a namespace deletes what other people made in it as well; it hangs while a shoot is left")
        .help("remove what is in it first, and the namespace in a later change");
}

fn garden(garden: &Object, _: &Sides<'_>, findings: &mut Findings) {
    findings
        .at(garden, garden.name_node(), "the Garden is removed, and the virtual garden with it")
        .why(
            "the operator refuses that without the annotation `confirmation.gardener.cloud/deletion: \"true\"`, and \
             deletes Gardener with all projects and shoots known to it when it is there",
        )
        .help("delete all shoots and seeds first");
}
