//! What `schema import` makes of `OpenAPI` documents and CRDs.

use landscape::diagnostic::Report;
use landscape::schema::{self, Source};
use serde_json::{Value, json};

fn import(documents: &[Value], kinds: &[&str]) -> Value {
    let sources: Vec<Source> = documents
        .iter()
        .map(|document| Source { file: "openapi.json".to_owned(), document: document.clone() })
        .collect();
    let kinds: Vec<String> = kinds.iter().map(|&kind| kind.to_owned()).collect();
    let text = schema::import(&sources, &kinds, &mut Report::default()).expect("the sources are usable");
    serde_json::from_str(&text).expect("a pack is JSON")
}

#[test]
fn importing_openapi_keeps_structure_and_drops_prose() {
    let openapi = json!({"components": {"schemas": {
        "io.example.Size": {"description": "d", "type": "integer", "format": "int32"},
        "com.github.gardener.gardener.pkg.apis.core.v1beta1.Thing": {
            "description": "d",
            "type": "object",
            "required": ["name", "count"],
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
                "name": {"type": "string", "description": "d", "default": ""},
                "count": {"type": "integer"},
                "size": {"default": {}, "allOf": [{"$ref": "#/components/schemas/io.example.Size"}]},
                "status": {"type": "object", "properties": {"a": {"type": "string"}}}
            }
        },
        "io.example.Unused": {"type": "string"}
    }}});
    let pack = import(&[openapi], &["Thing"]);
    assert_eq!(
        *pack.pointer("/kinds").expect("a pack has kinds"),
        json!({"core.gardener.cloud/v1beta1/Thing": {"$ref": "#/$defs/core.v1beta1.Thing"}})
    );
    assert_eq!(
        *pack.pointer("/$defs").expect("a pack has definitions"),
        json!({
            "apis.meta.v1.ObjectMeta": {},
            "io.example.Size": {"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX},
            "core.v1beta1.Thing": {
                "type": "object",
                "required": ["apiVersion", "kind", "name"],
                "additionalProperties": false,
                "properties": {
                    "apiVersion": {"const": "core.gardener.cloud/v1beta1"},
                    "kind": {"const": "Thing"},
                    "metadata": {"$ref": "#/$defs/apis.meta.v1.ObjectMeta"},
                    "name": {"type": "string", "minLength": 1},
                    "count": {"type": "integer"},
                    "size": {"$ref": "#/$defs/io.example.Size"},
                    "status": {"type": "object"}
                }
            }
        })
    );
}

#[test]
fn importing_a_crd_takes_served_versions_and_its_extensions() {
    let version = |name: &str, served: bool| {
        json!({"name": name, "served": served, "schema": {"openAPIV3Schema": {
            "type": "object",
            "required": ["spec"],
            "properties": {
                "metadata": {"type": "object"},
                "spec": {
                    "type": "object",
                    "required": ["count"],
                    "properties": {
                        "count": {"type": "integer", "minimum": 0, "exclusiveMinimum": true},
                        "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
                        "values": {"x-kubernetes-preserve-unknown-fields": true}
                    }
                }
            }
        }}})
    };
    let crd = json!({"kind": "CustomResourceDefinition", "spec": {
        "group": "example.org",
        "names": {"kind": "Light"},
        "versions": [version("v1", true), version("v0", false)]
    }});
    let pack = import(&[crd], &[]);
    assert_eq!(
        *pack.pointer("/kinds").expect("a pack has kinds"),
        json!({"example.org/v1/Light": {"$ref": "#/$defs/example.org.v1.Light"}})
    );
    assert_eq!(
        *pack.pointer("/$defs/example.org.v1.Light/properties/spec").expect("the CRD has a spec"),
        json!({
            "type": "object",
            "required": ["count"],
            "additionalProperties": false,
            "properties": {
                "count": {"type": "integer", "exclusiveMinimum": 0},
                "port": {"type": ["integer", "string"]},
                "values": {}
            }
        })
    );
}

#[test]
fn importing_what_is_no_schema_is_refused() {
    let source = Source { file: "a.yaml".to_owned(), document: json!({"kind": "ConfigMap"}) };
    let refused = |sources: &[Source], kinds: &[String]| {
        let mut report = Report::default();
        schema::import(sources, kinds, &mut report).expect_err("there is nothing to import");
        let found: Vec<_> = report.findings().into_iter().cloned().collect();
        found.first().map(|finding| (finding.code.id, finding.place.file.clone()))
    };
    assert_eq!(refused(&[source], &[]), Some(("L206", Some("a.yaml".to_owned()))));
    assert_eq!(refused(&[], &["Shoot".to_owned()]), Some(("L206", None)));
}
