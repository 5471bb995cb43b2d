//! Charts: every controller has one, and what leads to it can be followed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::given;
use crate::check::reference::namespace_of;
use crate::check::{Findings, Judge, Rule, Scope};
use crate::diagnostic::Code;
use crate::kind::{CONTROLLER_DEPLOYMENT, EXTENSION, GARDEN_NAMESPACE, GARDENLET, GroupKind};
use crate::landscape::Object;
use crate::oci::reference::Reference;
use crate::syntax::{Node, join_path};
use crate::view::{ChartRepository, ChartSource, ControllerDeployment, Extension, Text};

/// The kinds that name charts for Gardener to pull.
const WITH_CHARTS: &[GroupKind] = &[CONTROLLER_DEPLOYMENT, EXTENSION, GARDENLET];

pub(in crate::check) static RULES: &[Rule] = &[
    Rule {
        code: Code::error("L376", "chart-missing"),
        upstream: &["CD-XOR", "OE-DEPL", "GL-OCI"],
        judge: Judge::Kinds(WITH_CHARTS, missing),
    },
    Rule {
        code: Code::error("L377", "chart-source-invalid"),
        upstream: &["CD-XOR", "CD-OCI", "GL-OCI"],
        judge: Judge::Kinds(WITH_CHARTS, source),
    },
    Rule { code: NOT_PULLABLE, upstream: &["CD-OCI-REF"], judge: Judge::Kinds(WITH_CHARTS, incomplete) },
    Rule { code: NOT_PULLABLE, upstream: &["CD-OCI-SECRET"], judge: Judge::Kinds(WITH_CHARTS, secrets) },
];

const NOT_PULLABLE: Code = Code::error("L480", "chart-not-pullable");

const REFUSED: &str = "Gardener refuses it: nobody would know what to install";
const OCI: &str = "ociRepository";
/// What upstream calls the field when it blames the object as a whole.
const NO_FIELD: &str = "[]";

/// The place of a chart in an object.
struct Chart<'a> {
    /// What holds the chart.
    parent: &'a Node,
    /// The field of it that is the chart.
    field: &'static str,
}

impl<'a> Chart<'a> {
    fn node(&self) -> Option<&'a Node> {
        given(self.parent.get(self.field))
    }

    fn repository(&self) -> Option<&'a Node> {
        given(self.node()?.get(OCI))
    }
}

/// The chart of a ControllerDeployment and the field that holds it inline; nothing when another installer is asked for.
fn chart_of_deployment(object: &Object) -> Option<(Chart<'_>, &'static str)> {
    let deployment = ControllerDeployment::of(object);
    if given(deployment.helm()).is_some() {
        return Some((Chart { parent: &object.root, field: "helm" }, "rawChart"));
    }
    deployment.is_of_helm().then_some((Chart { parent: &object.root, field: "providerConfig" }, "chart"))
}

/// The places in an Extension where a chart belongs.
fn charts_of_extension(object: &Object) -> Vec<Chart<'_>> {
    let extension = Extension::of(object);
    let admission = given(extension.admission());
    let places = [
        given(extension.controller()),
        admission.and_then(|admission| given(admission.get("runtimeCluster"))),
        admission.and_then(|admission| given(admission.get("virtualCluster"))),
    ];
    let mappings = places.into_iter().flatten().filter(|place| place.as_mapping().is_some());
    mappings.map(|parent| Chart { parent, field: "helm" }).collect()
}

/// Everything in an object that says where a chart lies.
fn repositories(object: &Object) -> impl Iterator<Item = &Node> {
    ChartSource::in_object(object).map(|source| source.repository)
}

fn missing(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    match &*object.identity.kind {
        "Extension" => missing_from_extension(object, findings),
        "ControllerDeployment" => missing_from_deployment(object, findings),
        _ => missing_from_gardenlet(object, findings),
    }
}

/// Upstream: pkg/api/core/validation/controllerdeployment.go, ValidateControllerDeployment.
fn missing_from_deployment(object: &Object, findings: &mut Findings) {
    let deployment = ControllerDeployment::of(object);
    let Some((chart, inline)) = chart_of_deployment(object) else {
        let other = given(deployment.deployment_type()).is_some_and(|it| it.as_str() != Some(""));
        if !other {
            let message = "the controller has no chart and no other way to be installed";
            findings
                .named(object, object.name_node(), NO_FIELD, message)
                .why(REFUSED)
                .help(format!("name a chart under `helm.{OCI}`"));
        }
        return;
    };
    let node = chart.node();
    // A value of another type is the schema's business.
    if node.is_some_and(|node| node.as_mapping().is_none()) {
        return;
    }
    let inlined = node.and_then(|node| given(node.get(inline)));
    let inlined = inlined.is_some_and(|text| text.as_str() != Some(""));
    let message = match (inlined, chart.repository().is_some()) {
        (true, true) => "the chart is there twice: inline and in a repository",
        (false, false) => "the chart is neither inline nor in a repository",
        _ => return,
    };
    let help = format!("name the chart under `{}.{OCI}`, and nothing beside it", chart.field);
    findings.at_field(object, chart.parent, chart.field, message).why(REFUSED).help(help);
}

/// Upstream: pkg/api/operator/v1alpha1/validation/extension.go, validateDeployment, validateAdmissionDeployment and
/// validateHelmDeployment.
fn missing_from_extension(object: &Object, findings: &mut Findings) {
    let extension = Extension::of(object);
    let Some(deployment) = given(extension.deployment()) else {
        let (parent, field) = match given(extension.spec()) {
            Some(spec) => (spec, "deployment"),
            None => (&object.root, "spec.deployment"),
        };
        lacks(object, parent, field, "the extension installs nothing", findings);
        return;
    };
    if deployment.as_mapping().is_none() {
        return;
    }
    let (controller, admission) = (given(extension.controller()), given(extension.admission()));
    if controller.is_none() && admission.is_none() {
        let message = "the extension has neither a controller nor an admission controller";
        findings
            .at(object, deployment, message)
            .why(REFUSED)
            .help("name a chart under `extension`, `admission` or both");
    }
    let idle = admission.filter(|admission| {
        let places = ["runtimeCluster", "virtualCluster"].map(|place| given(admission.get(place)));
        admission.as_mapping().is_some() && places.into_iter().all(|place| place.is_none())
    });
    if let Some(admission) = idle {
        let message = "the admission controller has no chart for any cluster";
        findings
            .at(object, admission, message)
            .why(REFUSED)
            .help("name a chart under `runtimeCluster`, `virtualCluster` or both");
    }
    for chart in charts_of_extension(object) {
        match chart.node() {
            None => lacks(object, chart.parent, chart.field, "the chart is missing", findings),
            Some(helm) if helm.as_mapping().is_some() && chart.repository().is_none() => {
                lacks(object, helm, OCI, "the chart has no repository", findings);
            }
            Some(_) => {}
        }
    }
}

/// Upstream: pkg/api/seedmanagement/validation/gardenlet.go, ValidateGardenletSpec.
fn missing_from_gardenlet(object: &Object, findings: &mut Findings) {
    const PATH: [&str; 4] = ["spec", "deployment", "helm", OCI];
    for depth in (0..PATH.len()).rev() {
        let (there, rest) = PATH.split_at(depth);
        let Some(parent) = given(object.root.at(there)) else { continue };
        let next = rest.first().and_then(|field| given(parent.get(field)));
        if parent.as_mapping().is_some() && next.is_none() {
            lacks(object, parent, &rest.join("."), "the chart of the gardenlet is missing", findings);
        }
        return;
    }
}

fn lacks(object: &Object, parent: &Node, field: &str, message: &str, findings: &mut Findings) {
    findings
        .missing(object, parent, field, message)
        .why(REFUSED)
        .help(format!("name a chart with `{OCI}.ref`"));
}

/// What a repository says, as far as it is text; nothing when a value is of another type.
fn texts(repository: &Node) -> Option<[(&'static str, Option<&Node>); 4]> {
    let view = ChartRepository::of(repository);
    let fields = [
        ("ref", view.reference()),
        ("repository", view.repository()),
        ("tag", view.tag()),
        ("digest", view.digest()),
    ]
    .map(|(name, node)| (name, given(node)));
    let readable = |node: Option<&Node>| node.is_none_or(|node| node.as_str().is_some());
    let all = repository.as_mapping().is_some() && fields.iter().all(|(_, node)| readable(*node));
    all.then_some(fields)
}

fn text(node: Option<&Node>) -> &str {
    node.and_then(Node::as_str).unwrap_or_default()
}

/// Upstream: pkg/api/core/validation/controllerdeployment.go, ValidateOCIRepository;
/// pkg/apis/core/v1beta1/conversions.go, Convert_v1beta1_ControllerDeployment_To_core_ControllerDeployment.
fn source(object: &Object, _: &Scope<'_>, findings: &mut Findings) {
    inline(object, findings);
    for repository in repositories(object) {
        faults_of(object, repository, findings);
    }
}

/// A chart inside of a `providerConfig`, which no schema describes.
fn inline(object: &Object, findings: &mut Findings) {
    let chart = match &*object.identity.kind {
        "ControllerDeployment" => chart_of_deployment(object).filter(|(_, inline)| *inline == "chart"),
        _ => None,
    };
    let Some(config) = chart.and_then(|(chart, _)| chart.node()) else { return };
    let is_base64 = |text: &str| {
        let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        STANDARD.decode(letters).is_ok()
    };
    let broken = [
        (
            "chart",
            "a chart in base64",
            given(config.get("chart")).is_none_or(|it| it.as_str().is_some_and(is_base64)),
        ),
        (OCI, "a repository", given(config.get(OCI)).is_none_or(|it| it.as_mapping().is_some())),
    ];
    for (field, wanted, _) in broken.into_iter().filter(|(.., fits)| !fits) {
        findings
            .at_field(object, config, field, format!("this is not {wanted}"))
            .why("Gardener cannot read the configuration of the type `helm`")
            .help(format!("name the chart under `{OCI}.ref`"));
    }
}

fn faults_of(object: &Object, repository: &Node, findings: &mut Findings) {
    let Some(fields) = texts(repository) else { return };
    let [(_, reference), (_, name), (_, tag), (_, digest)] = fields;
    if text(reference).is_empty() && text(name).is_empty() {
        findings
            .at(object, repository, "the chart has neither a reference nor a repository")
            .why(REFUSED)
            .help("set `ref`, as in `registry.example.org/charts/name:v1.2.3`");
        return;
    }
    if reference.is_some() {
        let beside = fields.into_iter().skip(1).filter(|(_, node)| !text(*node).is_empty());
        for (field, node) in beside.filter_map(|(field, node)| Some((field, node?))) {
            let raised = findings
                .at(object, node, format!("`{field}` stands beside `ref`"))
                .why("`ref` says it all; Gardener refuses a chart that could be two")
                .help(format!("remove `{field}`, or `ref`"));
            if let Some(reference) = reference {
                raised.related(reference, "the reference is set here");
            }
        }
        return;
    }
    if text(tag).is_empty() && text(digest).is_empty() {
        findings
            .at(object, repository, "the chart has neither a tag nor a digest")
            .why(REFUSED)
            .help("set `tag`, `digest` or both");
    }
    if let Some(digest) = digest.filter(|digest| !text(Some(digest)).starts_with("sha256:")) {
        findings
            .at(object, digest, format!("the digest `{}` does not begin with `sha256:`", text(Some(digest))))
            .why("Gardener pulls charts by SHA-256 only")
            .help("write it as `sha256:` and 64 hexadecimal digits");
    }
}

/// What the puller makes of a repository, and the value to blame for it.
fn pulled(repository: &Node) -> Option<(String, &Node)> {
    let [(_, reference), (_, name), (_, tag), (_, digest)] = texts(repository)?;
    let whole = match (reference, digest, tag) {
        (Some(reference), ..) => (text(Some(reference)).to_owned(), reference),
        (None, Some(digest), _) => (format!("{}@{}", text(name), text(Some(digest))), name?),
        (None, None, Some(tag)) => (format!("{}:{}", text(name), text(Some(tag))), name?),
        (None, None, None) => return None,
    };
    let stripped = whole.0.strip_prefix("oci://").map(str::to_owned);
    Some((stripped.unwrap_or(whole.0), whole.1))
}

/// Upstream: pkg/utils/oci/helmregistry.go, buildRef.
///
/// Outside of a landscape a reference may still be completed by whatever applies the manifest.
fn incomplete(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    if object.section.is_none() && !scope.complete() {
        return;
    }
    for (reference, node) in repositories(object).filter_map(pulled) {
        let Err(fault) = Reference::parse(&reference) else { continue };
        if reference.is_empty() {
            continue;
        }
        findings
            .at(object, node, format!("the chart `{reference}` cannot be pulled: {fault}"))
            .why("Gardener takes no default for what a reference leaves out, and installs nothing")
            .help("write it whole, as in `registry.example.org/charts/name:v1.2.3`");
    }
}

/// Upstream: pkg/utils/oci/helmregistry.go, Pull.
fn secrets(object: &Object, scope: &Scope<'_>, findings: &mut Findings) {
    for repository in repositories(object).map(ChartRepository::of) {
        let wanted = [
            (repository.pull_secret(), ".dockerconfigjson", "helm-pull-secret"),
            (repository.authorities(), "bundle.crt", "oci-ca-bundle"),
        ];
        for (name, key, role) in wanted {
            if let Some(name) = name {
                secret(object, name, key, role, scope, findings);
            }
        }
    }
}

/// The label that says what a Secret or a ConfigMap in the namespace `garden` is there for.
pub(super) const ROLE_LABEL: &str = "gardener.cloud/role";

fn secret(
    object: &Object,
    name: Text<'_>,
    key: &str,
    role: &str,
    scope: &Scope<'_>,
    findings: &mut Findings,
) {
    let why = "Gardener cannot pull the chart, and installs nothing";
    let Some(secret) = scope.landscape.find("Secret", GARDEN_NAMESPACE, &name) else {
        if scope.complete() {
            let message =
                format!("the Secret `{name}` is not declared in the namespace `{GARDEN_NAMESPACE}`");
            let raised = findings.at(object, name.node, message).why(why).help(format!(
                "add it, encrypted with SOPS, with the key `{key}` and the label `{ROLE_LABEL}: {role}`"
            ));
            let mut namesakes = scope.landscape.of_kind("Secret");
            if let Some(other) = namesakes.find(|other| other.identity.name == name.as_str()) {
                let text = format!("one of this name is in the namespace `{}`", namespace_of(other));
                raised.related(other.name_node(), text);
            }
        }
        return;
    };
    let keys = ["data", "stringData"].map(|field| secret.root.get(field).map(Node::entries));
    let mut keys = keys.into_iter().flatten().flatten().peekable();
    // A Secret without content is filled elsewhere.
    let lacks_key = keys.peek().is_some() && !keys.any(|entry| entry.key.name == key);
    let message = if lacks_key {
        format!("the Secret `{name}` has no key `{key}`")
    } else if is_other(secret.label(ROLE_LABEL), role) {
        format!("the Secret `{name}` has no label `{ROLE_LABEL}: {role}`")
    } else {
        return;
    };
    findings
        .at(object, name.node, message)
        .related(secret.name_node(), "the Secret is declared here")
        .why(why)
        .help(format!("give it the key `{key}` and the label `{ROLE_LABEL}: {role}`"));
}

/// Whether a label has another value than it must have, as far as it can be read.
pub(super) fn is_other(label: Option<&str>, wanted: &str) -> bool {
    label.is_none_or(|label| label != wanted && !label.starts_with("ENC["))
}

/// The path of a field of a value.
pub(super) fn path_of(object: &Object, parent: &Node, field: &str) -> String {
    join_path(&object.root.path_to(parent).unwrap_or_default(), field)
}
