//! Mirror: Landscape -> the same, with a gardener-operator that takes images and charts from their mirrors.
//!
//! Gardener reads where its images are from an image vector, which an overwrite changes entry by entry. An entry without
//! a tag keeps the one of the release, so that what is written here holds for every patch of a minor.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::landscape::{Landscape, Mirror};
use crate::schema::Schemas;
use crate::source::{FileId, Span};
use crate::syntax::{self, Key, Mapping, Node};

const NO_OPERATOR: Code = Code::warning("L790", "mirrors-without-operator");
const UNREADABLE: Code = Code::error("L791", "image-vector-unreadable");

/// The values of the operator's chart that hold image vectors, and the image that it runs itself.
///
/// upstream: gardener/gardener, charts/gardener/operator/values.yaml
const IMAGES: &str = "imageVectorOverwrite";
const CHARTS: &str = "chartsImageVectorOverwrite";
const COMPONENTS: &str = "componentImageVectorOverwrites";
const OPERATOR_IMAGE: &str = "europe-docker.pkg.dev/gardener-project/releases/gardener/operator";

/// The image vectors of a Gardener minor, without tags; those of components by the name of the component.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    charts: Vec<Entry>,
    components: BTreeMap<String, Vec<Entry>>,
    containers: Vec<Entry>,
}

/// An entry of an image vector. Gardener lays an overwrite over the entry that has all these alike but the repository.
///
/// upstream: gardener/gardener, pkg/utils/imagevector/imagevector.go, computeKey and mergeImageSources
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    architectures: Option<Vec<String>>,
    repository: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    runtime_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_version: Option<String>,
}

static VECTORS: LazyLock<BTreeMap<String, Vectors>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../schemas/gardener-images.json"))
        .expect("a test reads the committed table")
});

/// Tells the gardener-operator about the mirrors of a landscape. What its values say themselves stays.
pub fn mirror(landscape: &mut Landscape, report: &mut Report) {
    let settings = &mut landscape.settings;
    let mirrors = settings.delivery.mirrors.clone();
    if mirrors.is_empty() {
        return;
    }
    let Some(operator) = &mut settings.operator else {
        report.push(
            Diagnostic::new(NO_OPERATOR, "nobody is told about the mirrors", settings.delivery.span)
                .why("the landscape does not install the gardener-operator, whose values name them")
                .help("add `spec.operator`, or remove `spec.delivery.images`"),
        );
        return;
    };
    // A version without schemas has a finding of its own.
    let minor = Schemas::for_gardener(&settings.gardener).map(|schemas| schemas.minor().to_owned());
    let Some(vectors) = minor.and_then(|minor| VECTORS.get(&minor)) else { return };
    let span = operator.chart.span;
    let empty = || Node::new(syntax::Value::Mapping(Mapping::default()), span);
    let mut values = operator.values.take().unwrap_or_else(empty);
    let written = |field| document(values.get(field));
    let overwritten = [
        (IMAGES, written(IMAGES).and_then(|own| overwrite(own, &vectors.containers, &mirrors))),
        (CHARTS, written(CHARTS).and_then(|own| overwrite(own, &vectors.charts, &mirrors))),
        (COMPONENTS, written(COMPONENTS).and_then(|own| overwrite_each(own, &vectors.components, &mirrors))),
    ];
    for (field, overwritten) in overwritten {
        match overwritten {
            Ok(None) => {}
            Ok(Some(document)) => set(&mut values, field, Node::string(text(document), span)),
            Err(Unreadable) => report.push(unreadable(field, values.get(field))),
        }
    }
    let image = values.get("image").cloned().unwrap_or_else(empty);
    let is_named = ["ref", "repository"].iter().any(|field| image.get(field).is_some());
    if let Some(target) = mirrored(OPERATOR_IMAGE, &mirrors).filter(|_| !is_named) {
        let mut image = image;
        set(&mut image, "repository", Node::string(target, span));
        set(&mut values, "image", image);
    }
    operator.values = Some(values);
}

fn set(mapping: &mut Node, field: &str, value: Node) {
    let span = value.span;
    if let Some(fields) = mapping.as_mapping_mut() {
        fields.set(Key { name: field.into(), span }, value);
    }
}

/// Where the mirror of a repository is; the mirror of the longest prefix counts.
fn mirrored(repository: &str, mirrors: &[Mirror]) -> Option<String> {
    let below = |mirror: &&Mirror| match &mirror.source {
        None => true,
        Some(source) => repository
            .strip_prefix(source.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    };
    let length = |mirror: &&Mirror| mirror.source.as_ref().map_or(0, String::len);
    let mirror = mirrors.iter().filter(below).max_by_key(length)?;
    let rest = match &mirror.source {
        None => format!("/{repository}"),
        Some(source) => repository.strip_prefix(source.as_str()).unwrap_or_default().to_owned(),
    };
    Some(format!("{}{rest}", mirror.target))
}

/// The document of an overwrite.
type Fields = Map<String, Value>;

/// What nobody reads an image vector in.
struct Unreadable;

fn unreadable(field: &str, present: Option<&Node>) -> Diagnostic {
    let place = present.map_or_else(Span::default, |value| value.span);
    let message = format!("the mirrors cannot be written into `{field}`: it cannot be read");
    Diagnostic::new(UNREADABLE, message, place)
        .why("whoever takes images from it refuses to start with it")
        .help("write a list of `images`, or of `components` with a text each, or remove it")
}

/// The document in a text among the values, empty when there is none.
fn document(present: Option<&Node>) -> Result<Fields, Unreadable> {
    match present.map(|node| (node, node.as_str())) {
        None => Ok(Fields::new()),
        Some((_, Some(text))) => read(text),
        Some((node, None)) => mapping(node.to_json()),
    }
}

fn read(text: &str) -> Result<Fields, Unreadable> {
    // Nobody points into a text inside of another.
    match syntax::parse_sound(FileId::default(), text).as_deref() {
        Some([]) => Ok(Fields::new()),
        Some([document]) => mapping(document.to_json()),
        _ => Err(Unreadable),
    }
}

/// Go takes `null` for an empty document.
fn mapping(document: Value) -> Result<Fields, Unreadable> {
    match document {
        Value::Null => Ok(Fields::new()),
        Value::Object(fields) => Ok(fields),
        _ => Err(Unreadable),
    }
}

/// A list in a document, empty when there is none.
fn list(document: &Fields, field: &str) -> Result<Vec<Value>, Unreadable> {
    match document.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.clone()),
        Some(_) => Err(Unreadable),
    }
}

fn text(document: Fields) -> String {
    syntax::emit(&Node::from_json(&Value::Object(document), Span::default()))
}

/// An overwrite with the mirrored entries of a vector that it does not have, then its own. Nothing when no entry is mirrored.
fn overwrite(
    mut document: Fields,
    vector: &[Entry],
    mirrors: &[Mirror],
) -> Result<Option<Fields>, Unreadable> {
    let own = list(&document, "images")?;
    let taken: Vec<Value> = own.iter().map(key).collect();
    let entries = vector.iter().filter_map(|entry| {
        let repository = mirrored(&entry.repository, mirrors)?;
        Some(serde_json::to_value(Entry { repository, ..entry.clone() }).expect("texts have a JSON form"))
    });
    let mut images: Vec<Value> = entries.filter(|entry| !taken.contains(&key(entry))).collect();
    if images.is_empty() {
        return Ok(None);
    }
    images.extend(own);
    document.insert("images".to_owned(), images.into());
    Ok(Some(document))
}

/// The overwrites of components, each a text of its own.
///
/// upstream: gardener/gardener, pkg/utils/imagevector/imagevector_components.go, ReadComponentOverwrite
fn overwrite_each(
    mut document: Fields,
    components: &BTreeMap<String, Vec<Entry>>,
    mirrors: &[Mirror],
) -> Result<Option<Fields>, Unreadable> {
    const OVERWRITE: &str = "imageVectorOverwrite";
    let mut all = list(&document, "components")?;
    let mut is_changed = false;
    for (name, vector) in components {
        let own = all.iter_mut().find(|component| component.get("name") == Some(&json!(name)));
        let present = match own.as_ref().and_then(|component| component.get(OVERWRITE)) {
            None | Some(Value::Null) => Fields::new(),
            Some(present) => read(present.as_str().ok_or(Unreadable)?)?,
        };
        let Some(overwritten) = overwrite(present, vector, mirrors)? else { continue };
        is_changed = true;
        let component = json!({ "name": name, OVERWRITE: text(overwritten) });
        match own {
            Some(own) => *own = component,
            None => all.push(component),
        }
    }
    document.insert("components".to_owned(), all.into());
    Ok(is_changed.then_some(document))
}

/// What tells an entry from others.
fn key(entry: &Value) -> Value {
    let fields = ["name", "architectures", "runtimeVersion", "targetVersion"];
    json!(fields.map(|field| entry.get(field).cloned().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirrors(all: &[(Option<&str>, &str)]) -> Vec<Mirror> {
        let mirror = |(source, target): &(Option<&str>, &str)| Mirror {
            source: source.map(str::to_owned),
            target: (*target).to_owned(),
        };
        all.iter().map(mirror).collect()
    }

    #[test]
    fn the_longest_prefix_counts_and_only_whole_parts_do() {
        let mirrors =
            mirrors(&[(None, "m.org/all"), (Some("a.org/x"), "m.org/x"), (Some("a.org/x/y"), "m.org/y")]);
        for (repository, target) in [
            ("a.org/x/y/z", "m.org/y/z"),
            ("a.org/x/y", "m.org/y"),
            ("a.org/x/yy", "m.org/x/yy"),
            ("a.org/xx", "m.org/all/a.org/xx"),
        ] {
            assert_eq!(mirrored(repository, &mirrors).as_deref(), Some(target));
        }
        assert_eq!(mirrored("b.org/x", mirrors.get(1..).unwrap_or_default()), None);
    }

    #[test]
    fn every_minor_with_schemas_has_its_image_vectors() {
        for minor in Schemas::supported() {
            let vectors = VECTORS.get(minor).unwrap_or_else(|| panic!("no image vectors of {minor}"));
            assert!(vectors.charts.iter().any(|entry| entry.name == "gardenlet"));
            assert!(vectors.containers.iter().any(|entry| entry.name == "gardener-apiserver"));
            assert!(vectors.components.contains_key("etcd-druid"));
        }
    }
}
