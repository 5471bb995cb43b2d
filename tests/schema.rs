//! What the schemas accept and refuse, on objects as small as they can be.

use landscape::diagnostic::Report;
use landscape::path::RelPath;
use landscape::schema::{self, Fault, Schemas, Verdict};
use landscape::syntax::{self, Node};
use landscape::workspace::{self, Memory};
use serde_json::Value;

const OURS: &str = "landscape.gardener.cloud/v1alpha1";

fn parse(text: &str) -> (Node, Report) {
    let mut report = Report::default();
    let workspace = Memory::new([("a.yaml", text)]);
    let sources = workspace::read(&workspace, &RelPath::root(), &workspace::Known::new(), &mut report)
        .expect("the file is readable");
    let documents = syntax::parse(&sources, &mut report);
    let root = documents.documents.first().expect("the file has a document").root.clone();
    (root, report)
}

fn faults(text: &str) -> Vec<Fault> {
    faults_of(Schemas::newest(), text)
}

fn faults_of(schemas: Schemas, text: &str) -> Vec<Fault> {
    let (root, _) = parse(text);
    let field = |name| root.get(name).and_then(Node::as_str).expect("the object says what it is");
    match schemas.validate(&root, field("apiVersion"), field("kind")) {
        Verdict::Checked(faults) => faults,
        Verdict::NoSchema => panic!("the kind has a schema"),
    }
}

/// `code path: message` of each fault.
fn said(text: &str) -> Vec<String> {
    faults(text)
        .into_iter()
        .map(|fault| format!("{} {}: {}", fault.code.id, fault.path, fault.message))
        .collect()
}

fn shoot(spec: &str) -> String {
    format!(
        "apiVersion: core.gardener.cloud/v1beta1\nkind: Shoot\nmetadata: {{name: a, namespace: b}}\nspec:\n{spec}"
    )
}

const SOUND: &str = "  region: local
  provider:
    type: local
    workers:
    - name: a
      machine: {type: small, image: {name: local}}
      maximum: 2
      volume: {size: 20Gi}
      maxSurge: 1
      maxUnavailable: 10%
      kubernetes: {kubelet: {imageMinimumGCAge: 2m}}
";

#[test]
fn a_sound_shoot_has_no_fault() {
    assert_eq!(said(&shoot(SOUND)), [""; 0]);
}

#[test]
fn an_unknown_field_has_its_own_path_and_the_nearest_name() {
    let found = faults(&shoot(&SOUND.replace("maxSurge", "maxSurg")));
    let [fault] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(fault.code.id, "L201");
    assert_eq!(fault.path, "spec.provider.workers[0].maxSurg");
    assert!(fault.help.as_deref().is_some_and(|help| help.starts_with("did you mean `maxSurge`?")));
}

#[test]
fn an_unknown_field_is_underlined_at_its_key() {
    let (root, report) = parse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatta: {}\n");
    let Verdict::Checked(found) = Schemas::newest().validate(&root, "v1", "ConfigMap") else {
        panic!("a ConfigMap has a schema")
    };
    let texts: Vec<&str> = found.iter().map(|fault| report.sources.slice(fault.span)).collect();
    assert_eq!(texts, ["datta"]);
}

#[test]
fn wrong_types_are_told_in_the_words_of_yaml() {
    let spec = SOUND.replace("region: local", "region: 1.30").replace("maximum: 2", "maximum: \"2\"");
    assert_eq!(
        said(&shoot(&spec)),
        [
            "L202 spec.region: expected a string, found a number",
            "L202 spec.provider.workers[0].maximum: expected an integer, found a string",
        ]
    );
}

#[test]
fn a_number_where_a_text_belongs_is_to_be_quoted() {
    let found = faults(&shoot(&SOUND.replace("region: local", "region: 1.30")));
    let [fault] = found.as_slice() else { panic!("{found:?}") };
    assert!(fault.help.as_deref().is_some_and(|help| help.contains("quotes")));
}

#[test]
fn an_integer_or_string_gives_one_fault() {
    assert_eq!(
        said(&shoot(&SOUND.replace("maxSurge: 1", "maxSurge: [1]"))),
        ["L202 spec.provider.workers[0].maxSurge: expected an integer or a string, found a list"]
    );
}

#[test]
fn every_missing_field_is_named() {
    assert_eq!(
        said(&shoot("  provider: {workers: [{machine: {type: small}}]}\n")),
        [
            "L203 spec.region: missing field `region`",
            "L203 spec.provider.type: missing field `type`",
            "L203 spec.provider.workers[0].name: missing field `name`",
        ]
    );
}

#[test]
fn an_empty_value_is_a_missing_one() {
    assert_eq!(
        said(&shoot(&SOUND.replace("type: small", "type: ''"))),
        ["L203 spec.provider.workers[0].machine.type: the required field `type` is empty"]
    );
}

#[test]
fn null_is_absent() {
    assert_eq!(said(&shoot(&format!("{SOUND}  purpose: null\n  nonsense: null\n"))), [""; 0]);
    let without = SOUND.replace("region: local", "region: ~");
    assert_eq!(said(&shoot(&without)), ["L203 spec.region: missing field `region`"]);
}

#[test]
fn an_enumeration_names_the_nearest_value() {
    let found = faults(&shoot(&format!("{SOUND}      taints: [{{key: a, effect: NoSchedul}}]\n")));
    let [fault] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((fault.code.id, fault.message.as_str()), ("L204", "`NoSchedul` is not allowed here"));
    assert!(fault.help.as_deref().is_some_and(|help| help.starts_with("did you mean `NoSchedule`?")));
}

#[test]
fn quantities_durations_and_bounds_are_checked() {
    let quota = "apiVersion: core.gardener.cloud/v1beta1\nkind: Quota\nmetadata: {name: a, namespace: b}\n\
                 spec: {scope: {apiVersion: v1, kind: Secret}, metrics: {cpu: 0.5, memory: 20 Gi}}\n";
    assert_eq!(said(quota), ["L205 spec.metrics.memory: `20 Gi` is not a quantity"]);
    assert_eq!(
        said(&shoot(&SOUND.replace("imageMinimumGCAge: 2m", "imageMinimumGCAge: 2 minutes"))),
        ["L205 spec.provider.workers[0].kubernetes.kubelet.imageMinimumGCAge: `2 minutes` is not a duration"]
    );
    assert_eq!(
        said(&shoot(&SOUND.replace("maximum: 2", "maximum: 3000000000"))),
        ["L205 spec.provider.workers[0].maximum: `3000000000` is more than 2147483647"]
    );
}

#[test]
fn keys_with_dots_are_written_as_kubernetes_does() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {gardener.cloud/role: [x]}}\n";
    assert_eq!(said(text), ["L202 metadata.labels[gardener.cloud/role]: expected a string, found a list"]);
}

#[test]
fn the_seed_in_a_gardenlets_configuration_is_checked() {
    let text = "apiVersion: seedmanagement.gardener.cloud/v1alpha1\nkind: Gardenlet\nmetadata: {name: a, namespace: garden}\n\
                spec:\n  deployment: {helm: {ociRepository: {ref: r}}}\n  config:\n    seedConfig: {spec: {network: {}}}\n    logLvel: info\n";
    assert_eq!(
        said(text),
        [
            "L201 spec.config.seedConfig.spec.network: unknown field `network`",
            "L201 spec.config.logLvel: unknown field `logLvel`",
        ]
    );
}

#[test]
fn what_providers_and_charts_read_is_open() {
    let configured =
        SOUND.replace("type: local\n", "type: local\n    infrastructureConfig: {any: [thing]}\n");
    assert_eq!(said(&shoot(&format!("{configured}status: {{written: by the server}}\n"))), [""; 0]);
}

#[test]
fn a_minor_has_its_own_schema() {
    let garden = |schemas| {
        let text = "apiVersion: operator.gardener.cloud/v1alpha1\nkind: Garden\nmetadata: {name: a}\n\
                    spec: {runtimeCluster: {settings: {persistentVolumeClaimAutoscaler: {enabled: true}}}}\n";
        faults_of(schemas, text).into_iter().filter(|fault| fault.code.id == "L201").count()
    };
    assert_eq!(garden(Schemas::for_gardener("v1.149.0").expect("has a pack")), 1);
    assert_eq!(garden(Schemas::for_gardener("1.150.2-dev").expect("has a pack")), 0);
    assert!(Schemas::for_gardener("v1.15.0").is_none());
    assert!(Schemas::for_gardener("v2.150.0").is_none());
    assert!(Schemas::for_gardener("latest").is_none());
}

#[test]
fn kinds_are_found_by_name_and_group() {
    let schemas = Schemas::newest();
    assert_eq!(schemas.named("shoot"), [("core.gardener.cloud/v1beta1", "Shoot")]);
    assert_eq!(
        schemas.versions_of("core.gardener.cloud", "ControllerDeployment"),
        ["core.gardener.cloud/v1", "core.gardener.cloud/v1beta1"]
    );
    assert_eq!(schemas.versions_of("", "Secret"), ["v1"]);
    let (root, _) = parse("apiVersion: v1\nkind: Pod\n");
    assert_eq!(schemas.validate(&root, "v1", "Pod"), Verdict::NoSchema);
}

#[test]
fn every_kind_of_every_pack_compiles_and_stands_alone() {
    let (root, _) = parse("{}");
    for minor in Schemas::supported() {
        let schemas = Schemas::for_gardener(minor).expect("a supported minor has a pack");
        assert!(schemas.kinds().len() > 35, "{minor}");
        for (api_version, kind) in schemas.kinds() {
            let verdict = schemas.validate(&root, api_version, kind);
            assert!(
                matches!(&verdict, Verdict::Checked(faults) if !faults.is_empty()),
                "{api_version} {kind}"
            );
            let document = schemas.document(api_version, kind).expect("a kind has a document");
            for reference in references(&document) {
                let pointer = reference.strip_prefix('#').expect("inside the document");
                assert!(document.pointer(pointer).is_some(), "{kind}: {reference}");
            }
        }
    }
}

fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value.as_str()) {
                ("$ref", Some(reference)) => vec![reference],
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn landscape(spec: &str) -> Vec<String> {
    said(&format!("apiVersion: {OURS}\nkind: Landscape\nmetadata: {{name: a}}\nspec: {spec}\n"))
}

#[test]
fn a_landscape_names_its_gardener_or_extends_one_that_does() {
    assert_eq!(landscape("{gardener: {version: v1.148.4}}"), [""; 0]);
    assert_eq!(landscape("{extends: ../base}"), [""; 0]);
    assert_eq!(landscape("{garden: garden.yaml}"), ["L203 spec.gardener: missing field `gardener`"]);
}

#[test]
fn an_extension_is_a_path_an_object_or_the_short_form() {
    let of = |entry: &str| landscape(&format!("{{extends: ../base, extensions: [{entry}]}}"));
    assert_eq!(of("extensions/*.yaml"), [""; 0]);
    assert_eq!(of("{apiVersion: operator.gardener.cloud/v1alpha1, kind: Extension}"), [""; 0]);
    assert_eq!(of("{name: networking-calico, version: v1.59.0, values: {a: 1}}"), [""; 0]);
    assert_eq!(
        of("{name: networking-calico, vers: v1.59.0}"),
        [
            "L203 spec.extensions[0].version: missing field `version`",
            "L201 spec.extensions[0].vers: unknown field `vers`",
        ]
    );
    assert_eq!(of("7"), ["L202 spec.extensions[0]: expected a string or a mapping, found an integer"]);
}

#[test]
fn the_delivery_is_checked() {
    assert_eq!(
        landscape(
            "{extends: ../base, delivery: {flux: {minVersion: 2.8}, bundles: {compression: zstd, quality: 12}}}"
        ),
        [
            "L202 spec.delivery.flux.minVersion: expected a string, found a number",
            "L204 spec.delivery.bundles.compression: `zstd` is not allowed here",
            "L205 spec.delivery.bundles.quality: `12` is more than 11",
        ]
    );
}

#[test]
fn a_generator_needs_items_and_a_template() {
    let of = |spec: &str| said(&format!("apiVersion: {OURS}\nkind: ForEach\nspec: {spec}\n"));
    assert_eq!(of("{items: [{a: 1}], template: {kind: Shoot}}"), [""; 0]);
    assert_eq!(of("{items: table.csv, template: [{kind: Shoot}]}"), [""; 0]);
    assert_eq!(
        of("{}"),
        ["L203 spec.items: missing field `items`", "L203 spec.template: missing field `template`"]
    );
}

#[test]
fn the_reference_is_the_committed_one() {
    assert!(
        schema::reference() == include_str!("../docs/spec.md"),
        "docs/spec.md is not what the schema says"
    );
}
