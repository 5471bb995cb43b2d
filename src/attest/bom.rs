//! What an artifact makes run: a bill of its charts and images, as CycloneDX 1.6.
//!
//! upstream: CycloneDX/specification, schema/bom-1.6.schema.json; package-url/purl-spec, types/oci-definition.json

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Origin;
use crate::digest::Digest;
use crate::identity::Identity;
use crate::inventory::{Inventory, Item, Kind, Use};
use crate::oci::Image;

/// The predicate type of a bill of materials. Part of what verifiers look for.
pub const BOM: &str = "https://cyclonedx.org/bom";

/// What the artifact itself is called among the dependencies.
const ROOT: &str = "artifact";
/// The type of a chart among the components.
const CHART: &str = "application";
/// The type of an image among the components.
const IMAGE: &str = "container";

/// A bill of materials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    #[serde(rename = "bomFormat")]
    format: String,
    spec_version: String,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Metadata {
    timestamp: String,
    tools: Tools,
    component: Component,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tools {
    components: Vec<Component>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(rename = "bom-ref", default, skip_serializing_if = "String::is_empty")]
    reference: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    purl: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    depends_on: BTreeSet<String>,
}

impl Bom {
    pub(super) fn of(image: &Image, repository: &str, origin: &Origin<'_>) -> Self {
        let digest = image.descriptor.digest;
        let root = Component {
            kind: "application".to_owned(),
            name: origin.landscape.to_owned(),
            version: origin.revision.to_owned(),
            reference: ROOT.to_owned(),
            purl: purl(repository, None, Some(digest)),
            hashes: vec![hash(digest)],
        };
        let program = Component {
            kind: "application".to_owned(),
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Component::default()
        };
        Self {
            format: "CycloneDX".to_owned(),
            spec_version: "1.6".to_owned(),
            serial_number: serial_number(digest),
            version: 1,
            dependencies: dependencies(origin.inventory),
            components: origin.inventory.items.iter().map(component).collect(),
            metadata: Metadata {
                timestamp: origin.created.to_owned(),
                tools: Tools { components: vec![program] },
                component: root,
            },
        }
    }

    /// Whether it is the bill of an image that was compiled from a revision.
    pub fn is_of(&self, digest: Digest, revision: &str) -> bool {
        let artifact = &self.metadata.component;
        artifact.hashes == [hash(digest)] && artifact.version == revision
    }

    /// How many charts it lists.
    pub fn charts(&self) -> usize {
        self.count(CHART)
    }

    /// How many images it lists.
    pub fn images(&self) -> usize {
        self.count(IMAGE)
    }

    fn count(&self, kind: &str) -> usize {
        self.components.iter().filter(|component| component.kind == kind).count()
    }
}

fn component(item: &Item) -> Component {
    let Item { reference, .. } = item;
    let digest = digest(item);
    Component {
        kind: match item.kind {
            Kind::Chart => CHART.to_owned(),
            Kind::Image => IMAGE.to_owned(),
        },
        name: reference.name(),
        version: match (&reference.tag, digest) {
            (Some(tag), _) => tag.clone(),
            (None, digest) => digest.map(|digest| digest.to_string()).unwrap_or_default(),
        },
        reference: name(item),
        purl: purl(&reference.name(), reference.tag.as_deref(), digest),
        hashes: digest.map(hash).into_iter().collect(),
    }
}

/// The digest of an item, if one is known.
pub(super) fn digest(item: &Item) -> Option<Digest> {
    item.digest.or(item.reference.digest)
}

/// What an item is called among the dependencies: a chart and an image may have one reference.
fn name(item: &Item) -> String {
    format!("{}:{}", item.kind.name(), item.reference)
}

fn hash(digest: Digest) -> Hash {
    Hash { alg: "SHA-256".to_owned(), content: digest.hex() }
}

/// The artifact needs all charts, and the images that it names itself; a chart needs the images in its objects.
fn dependencies(inventory: &Inventory) -> Vec<Dependency> {
    let mut installed: BTreeMap<(Option<&Identity>, &str), String> = BTreeMap::new();
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut direct = BTreeSet::new();
    for item in &inventory.items {
        if item.kind == Kind::Chart {
            installed.extend(item.uses.iter().map(|used| (place(used), name(item))));
            direct.insert(name(item));
        }
        needs.entry(name(item)).or_default();
    }
    for item in inventory.items.iter().filter(|item| item.kind == Kind::Image) {
        for used in &item.uses {
            // An image inside of a chart stands at the place that installs the chart.
            let chart = used.inside.as_ref().and(installed.get(&place(used)));
            let above = chart.and_then(|chart| needs.get_mut(chart)).unwrap_or(&mut direct);
            above.insert(name(item));
        }
    }
    let dependency = |(reference, depends_on)| Dependency { reference, depends_on };
    [(ROOT.to_owned(), direct)].into_iter().chain(needs).map(dependency).collect()
}

fn place(used: &Use) -> (Option<&Identity>, &str) {
    (used.place.object.as_ref(), &used.place.path)
}

/// The package URL of something in a registry; its version is the digest.
fn purl(repository: &str, tag: Option<&str>, digest: Option<Digest>) -> String {
    let name = repository.rsplit('/').next().unwrap_or_default();
    let version = digest.map(|digest| format!("@sha256%3A{}", digest.hex())).unwrap_or_default();
    let tag = tag.map(|tag| format!("&tag={tag}")).unwrap_or_default();
    format!("pkg:oci/{name}{version}?repository_url={}{tag}", repository.replace(':', "%3A"))
}

/// A UUID of version 8 out of the digest of what the bill is of: one artifact, one serial number.
fn serial_number(digest: Digest) -> String {
    let hex = digest.hex();
    let mut digits = hex.chars();
    let mut next = |count| digits.by_ref().take(count).collect::<String>();
    // The two eights are the version and the variant of RFC 9562.
    format!("urn:uuid:{}-{}-8{}-8{}-{}", next(8), next(4), next(3), next(3), next(12))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::{Place, Report};
    use crate::files::Files;
    use crate::lock::{self, Lock};
    use crate::oci::Draft;
    use crate::oci::reference::Reference;
    use crate::source::Span;
    use crate::spec::LockFile;
    use crate::syntax::Node;

    const OPERATOR: &str = "spec.operator.chart.ref";

    fn item(kind: Kind, reference: &str, uses: &[(&str, Option<&str>)]) -> Item {
        let reference = Reference::parse(reference).expect("a reference");
        let place = |(path, inside): &(&str, Option<&str>)| Use {
            place: Place { path: (*path).to_owned(), ..Place::default() },
            digest: reference.digest,
            inside: inside.map(str::to_owned),
        };
        Item {
            kind,
            reference: reference.tagged(),
            digest: reference.digest,
            is_own: false,
            uses: uses.iter().map(place).collect(),
        }
    }

    /// A lock that knows the image of the chart, and another one that it has.
    fn lock() -> Lock {
        let entry = |reference, digest| json!({"ref": reference, "digest": digest});
        let mut chart = entry("registry.example.org:5000/charts/operator:v1", Digest::of(b"chart"));
        let fields = chart.as_object_mut().expect("a mapping");
        fields.insert("values".to_owned(), json!(Digest::of(b"values")));
        fields.insert("images".to_owned(), json!(["registry.example.org/sidecar:v2"]));
        let document = json!({
            "apiVersion": "landscape.gardener.cloud/v1alpha1",
            "kind": "Lock",
            "charts": [chart],
            "images": [entry("registry.example.org/sidecar:v2", Digest::of(b"sidecar"))],
        });
        let mut report = Report::default();
        let documents = vec![Node::from_json(&document, Span::default())];
        let lock = lock::read(&LockFile { start: Span::default(), documents }, &mut report);
        assert!(report.reported().is_ok(), "{:?}", report.findings());
        lock
    }

    fn bom(lock: &Lock) -> Bom {
        let chart = format!("registry.example.org:5000/charts/operator:v1@{}", Digest::of(b"chart"));
        let inside = Some("apps/v1 Deployment operator, spec.template.spec.containers[0].image");
        let inventory = Inventory {
            items: vec![
                item(Kind::Chart, &chart, &[(OPERATOR, None)]),
                item(Kind::Image, "docker.io/library/pause:3", &[("spec.containers[0].image", None)]),
                item(Kind::Image, "registry.example.org/operator:v1", &[(OPERATOR, inside)]),
            ],
            findings: Vec::new(),
            installs: Vec::new(),
        };
        let inventory = lock::completed(&inventory, lock);
        let origin = Origin {
            landscape: "local",
            spec: Digest::of(b""),
            charts: &Files::default(),
            directory: None,
            source: "",
            revision: "sha1:c0ffee",
            created: "2026-01-02T03:04:05Z",
            legacy: true,
            inventory: &inventory,
            lock_file: None,
            locked: false,
            relocated: false,
            at: None,
        };
        let image = Draft::new("x", Vec::new()).image("", vec!["v1".to_owned()]);
        Bom::of(&image, "registry.example.org/landscapes/local", &origin)
    }

    #[test]
    fn charts_and_images_are_listed_with_what_is_known_of_them() {
        let bom = serde_json::to_value(bom(&Lock::default())).expect("JSON");
        let hex = Digest::of(b"chart").hex();
        assert_eq!(
            bom.pointer("/components"),
            Some(&json!([
                {
                    "type": "application",
                    "bom-ref": "chart:registry.example.org:5000/charts/operator:v1",
                    "name": "registry.example.org:5000/charts/operator",
                    "version": "v1",
                    "purl": format!(
                        "pkg:oci/operator@sha256%3A{hex}\
                         ?repository_url=registry.example.org%3A5000/charts/operator&tag=v1"
                    ),
                    "hashes": [{"alg": "SHA-256", "content": hex}],
                },
                {
                    "type": "container",
                    "bom-ref": "image:docker.io/library/pause:3",
                    "name": "docker.io/library/pause",
                    "version": "3",
                    "purl": "pkg:oci/pause?repository_url=docker.io/library/pause&tag=3",
                },
                {
                    "type": "container",
                    "bom-ref": "image:registry.example.org/operator:v1",
                    "name": "registry.example.org/operator",
                    "version": "v1",
                    "purl": "pkg:oci/operator?repository_url=registry.example.org/operator&tag=v1",
                },
            ]))
        );
        assert_eq!(
            bom.pointer("/dependencies"),
            Some(&json!([
                {
                    "ref": "artifact",
                    "dependsOn": [
                        "chart:registry.example.org:5000/charts/operator:v1",
                        "image:docker.io/library/pause:3",
                    ],
                },
                {
                    "ref": "chart:registry.example.org:5000/charts/operator:v1",
                    "dependsOn": ["image:registry.example.org/operator:v1"],
                },
                {"ref": "image:docker.io/library/pause:3", "dependsOn": []},
                {"ref": "image:registry.example.org/operator:v1", "dependsOn": []},
            ]))
        );
    }

    #[test]
    fn what_the_lock_knows_of_a_chart_is_listed_too() {
        let bom = bom(&lock());
        assert_eq!((bom.charts(), bom.images()), (1, 3));
        let sidecar = "image:registry.example.org/sidecar:v2";
        let component = bom.components.iter().find(|component| component.reference == sidecar);
        assert_eq!(component.expect("listed").hashes, [hash(Digest::of(b"sidecar"))]);
        let chart = "chart:registry.example.org:5000/charts/operator:v1";
        let needs = bom.dependencies.iter().find(|one| one.reference == chart).expect("listed");
        let images = ["image:registry.example.org/operator:v1", sidecar].map(str::to_owned);
        assert_eq!(needs.depends_on, BTreeSet::from(images));
    }

    #[test]
    fn the_serial_number_is_a_uuid_of_the_artifact() {
        let digest = Digest::of(b"");
        assert_eq!(serial_number(digest), "urn:uuid:e3b0c442-98fc-81c1-849a-fbf4c8996fb9");
        let bom = bom(&Lock::default());
        assert_eq!((bom.charts(), bom.images()), (1, 2));
        let image = Draft::new("x", Vec::new()).image("", Vec::new()).descriptor.digest;
        assert!(bom.is_of(image, "sha1:c0ffee"));
        assert!(!bom.is_of(digest, "sha1:c0ffee"), "the bill of another image");
        assert!(!bom.is_of(image, "sha1:01d"), "the bill of another commit");
    }
}
