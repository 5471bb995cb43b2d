//! Landscape: Specs -> Landscape. Expressions evaluated, generators run, layers merged, every object known by its name.
//!
//! After this stage an object is whole and has one identity; later stages never see a template or a layer.

mod environment;
mod expression;
mod generate;
mod merge;
mod object;
mod settings;

use std::collections::HashMap;

use ecow::EcoString;
use rayon::prelude::*;

pub use environment::environment as template_environment;
pub use merge::list_key;
pub use object::{CLUSTER_ANNOTATION, DELIVERY_ANNOTATION, Object};
pub use settings::{Compression, Delivery, Mirror, Operator, RegistryAccess, Settings};

use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported, help_with_names};
use crate::files::Files;
use crate::path::RelPath;
use crate::spec::{self, Section, Spec, is_sealed};
use crate::syntax::{Document, Entry, Mapping, Node, Value};
use expression::Scope;
use generate::Generated;

const DUPLICATE_OBJECT: Code = Code::error("L310", "duplicate-object");
const UNNAMED_OBJECT: Code = Code::error("L311", "unnamed-object");
const PLAINTEXT_SECRET: Code = Code::error("L312", "plaintext-secret");
const NO_OBJECTS: Code = Code::error("L313", "landscape-without-objects");
const UNKNOWN_EXTENSION: Code = Code::error("L314", "unknown-extension");
const SECOND_GARDEN: Code = Code::error("L315", "second-garden");

/// The API group of the kinds that the compiler itself reads.
pub const OWN_GROUP: &str = "landscape.gardener.cloud";

/// A landscape with every object in its final form.
#[derive(Debug)]
pub struct Landscape {
    /// What `landscape.yaml` says.
    pub settings: Settings,
    /// All objects, ordered by identity.
    pub objects: Vec<Object>,
    /// The files below `charts/`, by chart and path.
    pub charts: Files,
    /// Whether every object is here: nothing was unreadable, and the files are meant to be a whole landscape.
    pub complete: bool,
    by_kind: HashMap<EcoString, Vec<usize>>,
    by_name: HashMap<(EcoString, EcoString, EcoString), usize>,
}

impl Landscape {
    fn new(settings: Settings, mut objects: Vec<Object>, charts: Files, complete: bool) -> Self {
        objects.sort_by(|one, other| one.identity.cmp(&other.identity));
        let mut by_kind: HashMap<EcoString, Vec<usize>> = HashMap::new();
        let mut by_name = HashMap::with_capacity(objects.len());
        for (index, object) in objects.iter().enumerate() {
            let Object { identity, .. } = object;
            by_kind.entry(identity.kind.clone()).or_default().push(index);
            let namespace = identity.namespace.clone().unwrap_or_default();
            by_name.insert((identity.kind.clone(), namespace, identity.name.clone()), index);
        }
        Self { settings, objects, charts, complete, by_kind, by_name }
    }

    /// All objects of a kind, in the order of their identities.
    pub fn of_kind<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Object> {
        self.by_kind.get(kind).into_iter().flatten().filter_map(|index| self.objects.get(*index))
    }

    /// The object of a kind by namespace (empty for cluster-scoped ones) and name.
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        let index = self.by_name.get(&(kind.into(), namespace.into(), name.into()))?;
        self.objects.get(*index)
    }

    /// The name of the chart of the landscape that a repository, with its host, is of: where charts are delivered, and where
    /// references to them are written.
    pub fn own_chart<'r>(&self, repository: &'r str) -> Option<&'r str> {
        let Delivery { registry, written_registry, .. } = &self.settings.delivery;
        let below = |registry: &String| repository.strip_prefix(registry)?.strip_prefix("/charts/");
        let name = [registry, written_registry].into_iter().flatten().find_map(below)?;
        let is_here = !name.contains('/') && !self.chart(name).is_empty();
        is_here.then_some(name)
    }

    /// The files of a chart of the landscape.
    pub fn chart(&self, name: &str) -> Files {
        self.charts.below(&RelPath::root().child(name))
    }

    /// The tree of the object that a tree is one with, to stand for both.
    fn shared(&self, root: &Node) -> Option<&Node> {
        let identity = object::identity_of(root)?;
        let namespace = identity.namespace.as_deref().unwrap_or_default();
        self.find(&identity.kind, namespace, &identity.name)
            .map(|object| &object.root)
            .filter(|twin| *twin == root)
    }
}

/// Binds the layers of a landscape, the topmost first; what a `twin` has alike is kept once for both.
pub fn bind(layers: &[Spec], twin: Option<&Landscape>, report: &mut Report) -> Result<Landscape, Reported> {
    let manifest = layers
        .iter()
        .rev()
        .map(|layer| layer.manifest.clone())
        .reduce(|lower, upper| merge::merge(&lower, &upper))
        .expect("a landscape has at least one layer");
    let broken = layers.iter().any(|layer| layer.broken);
    let vars = manifest.at(&["spec", "vars"]).cloned();
    let vars = vars.unwrap_or_else(|| Node::new(Value::Mapping(Mapping::default()), manifest.span));
    let written = Settings::read(&manifest);
    let mut about = serde_json::json!({"name": written.name, "gardener": {"version": written.gardener}});
    let settings = Settings::read(&filled(manifest.clone(), &Scope::new(&vars, &about), report));
    if let Some(about) = about.as_object_mut() {
        about.insert("registry".to_owned(), settings.delivery.registry.clone().into());
    }
    let scope = Scope::new(&vars, &about);
    let mut binder = Binder { report, twin, objects: Vec::new(), known: HashMap::new() };
    let mut charts = HashMap::new();
    for (level, layer) in layers.iter().rev().enumerate() {
        binder.layer(level, layer, &scope);
        let below = layer.assets.below(&RelPath::root().child("charts"));
        charts.extend(below.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
    }
    let objects = binder.finish(&manifest)?;
    let mut charts: Vec<_> = charts.into_iter().collect();
    charts.sort();
    Ok(Landscape::new(settings, objects, charts.into_iter().collect(), !broken))
}

/// The manifest with the expressions evaluated that stand outside its sections; those inside belong to objects.
fn filled(mut manifest: Node, scope: &Scope, report: &mut Report) -> Node {
    let mut spec = manifest.as_mapping_mut().and_then(|manifest| manifest.value_mut("spec"));
    for name in ["operator", "delivery"] {
        let part = spec.as_deref_mut().and_then(Node::as_mapping_mut).and_then(|spec| spec.value_mut(name));
        if let Some(part) = part {
            let mut findings = Vec::new();
            *part =
                expression::prepare(&part.clone(), scope, &mut findings).fill(&scope.common(), &mut findings);
            report.extend(findings);
        }
    }
    manifest
}

/// Takes any manifests as they are, for the loose mode of `check`.
pub fn gather(documents: &[Document], complete: bool, report: &mut Report) -> Landscape {
    let mut objects = Vec::new();
    let mut settings = None;
    for document in documents.iter().flat_map(|document| spec::objects_in(&document.root)) {
        settings.get_or_insert_with(|| Settings::read(document));
        if let Some(finding) = spec::unidentifiable(document) {
            report.push(finding);
        } else if let Some(identity) = object::identity_of(document).or_else(|| object::nameless(document)) {
            objects.push(Object {
                identity,
                root: document.clone(),
                section: None,
                item: None,
                sealed: None,
            });
        } else if document.get("kind").is_none() || document.get("apiVersion").is_none() {
            report.push(
                Diagnostic::new(
                    spec::NOT_AN_OBJECT,
                    "no Kubernetes object: `apiVersion` or `kind` is missing",
                    document.span,
                )
                .help("check manifests only, or name the files to check"),
            );
        }
    }
    let nothing = || Node::new(Value::Null, crate::source::Span::default());
    let mut settings = settings.unwrap_or_else(|| Settings::read(&nothing()));
    settings.gardener = String::new();
    Landscape::new(settings, objects, Files::default(), complete)
}

struct Binder<'a> {
    report: &'a mut Report,
    twin: Option<&'a Landscape>,
    objects: Vec<Option<Object>>,
    /// Where an identity stands in `objects`, and the layer that wrote it last.
    known: HashMap<crate::identity::Identity, (usize, usize)>,
}

impl Binder<'_> {
    fn layer(&mut self, level: usize, layer: &Spec, scope: &Scope) {
        let twin = self.twin;
        let made: Vec<_> = layer
            .written
            .par_iter()
            .map(|written| {
                let mut findings = Vec::new();
                let generated = generate::generate(written, &layer.tables, scope, twin, &mut findings);
                (written, generated, findings)
            })
            .collect();
        for (written, generated, findings) in made {
            self.report.extend(findings);
            for generated in generated {
                self.object(level, written, generated);
            }
        }
    }

    fn object(&mut self, level: usize, written: &spec::Written, generated: Generated) {
        let Generated { root, item } = generated;
        let root = if written.section == Section::Extensions && root.get("apiVersion").is_none() {
            match spec::expand_extension(&root) {
                Ok(root) => root,
                Err(known) => return self.unknown_extension(&root, &known),
            }
        } else {
            root
        };
        let Some(identity) = object::identity_of(&root) else {
            let has_kind = object::nameless(&root).is_some();
            let path = if has_kind { "metadata.name" } else { Default::default() };
            let item = item.map(|item| item.to_string());
            let place = Place { path: path.to_owned(), item, ..root.span.into() };
            self.report.push(
                Diagnostic::new(UNNAMED_OBJECT, "an object without a name", place)
                    .why("`apiVersion`, `kind` and `metadata.name` say which object this is")
                    .help("set them; `generateName` has no place in a landscape"),
            );
            return;
        };
        if identity.group() == OWN_GROUP {
            self.report.push(
                Diagnostic::new(
                    spec::NOT_AN_OBJECT,
                    format!("`{}` is no object of a landscape", identity.kind),
                    root.get("kind").unwrap_or(&root).span,
                )
                .why("it tells the compiler what to do; no cluster knows the kind")
                .help("a `ForEach` is a document of its own, and a directory has one `Landscape`"),
            );
            return;
        }
        let object = Object {
            identity: identity.clone(),
            root,
            section: Some(written.section),
            item,
            sealed: written.sealed.clone(),
        };
        match self.known.get(&identity).copied() {
            None => {
                self.known.insert(identity, (self.objects.len(), level));
                self.objects.push(Some(object));
            }
            Some((index, earlier)) if earlier == level => self.duplicate(index, &object),
            Some((index, _)) => {
                self.known.insert(identity, (index, level));
                let slot = self.objects.get_mut(index).expect("a known object has its slot");
                *slot = layered(slot.take(), object);
            }
        }
    }

    fn duplicate(&mut self, index: usize, object: &Object) {
        let mut finding = Diagnostic::new(
            DUPLICATE_OBJECT,
            format!("{} is declared twice", object.identity),
            object.place(object.name_node()),
        )
        .why("one of the two would silently win")
        .help("remove one of them, or give it another name");
        if let Some(Some(first)) = self.objects.get(index) {
            finding = finding.related(first.name_node().span, "first declared here");
        }
        self.report.push(finding);
    }

    fn unknown_extension(&mut self, entry: &Node, known: &[&str]) {
        let name = entry.get("name").unwrap_or(entry);
        let text = name.as_str().unwrap_or_default();
        self.report.push(
            Diagnostic::new(UNKNOWN_EXTENSION, format!("the catalogue has no extension `{text}`"), name.span)
                .why("the short form is expanded from the built-in catalogue of extensions")
                .help(format!(
                    "{}; or write the `Extension` object out",
                    help_with_names(text, known.iter().copied())
                )),
        );
    }

    fn finish(self, manifest: &Node) -> Result<Vec<Object>, Reported> {
        let report = self.report;
        let objects: Vec<Object> = self.objects.into_iter().flatten().collect();
        for object in &objects {
            plaintext_secret(object, report);
        }
        let mut gardens =
            objects.iter().filter(|object| object.identity.is("operator.gardener.cloud", "Garden"));
        if let Some(first) = gardens.next() {
            for second in gardens {
                report.push(
                    Diagnostic::new(SECOND_GARDEN, "a landscape has one Garden", second.place_of_name())
                        .related(first.name_node().span, "the other one is declared here")
                        .why("the gardener-operator refuses a second Garden")
                        .help("remove one of them, or split the landscape in two"),
                );
            }
        }
        if objects.is_empty() {
            report.reported()?;
            let spec = manifest.get("spec").unwrap_or(manifest);
            return Err(report.refuse(
                Diagnostic::new(NO_OBJECTS, "the landscape has no objects", spec.span)
                    .why("applying it would delete everything that was deployed from it before")
                    .help("name the files of the landscape in the sections of `spec`"),
            ));
        }
        Ok(objects)
    }
}

/// An object of an upper layer over the one below; nothing when it removes that one.
fn layered(lower: Option<Object>, upper: Object) -> Option<Object> {
    if merge::deletes(&upper.root) {
        return None;
    }
    let Some(lower) = lower.filter(|_| upper.sealed.is_none()) else {
        return Some(upper);
    };
    Some(Object { root: merge::merge(&lower.root, &upper.root), ..upper })
}

fn plaintext_secret(object: &Object, report: &mut Report) {
    let secret =
        object.identity.is("", "Secret") || object.identity.is("core.gardener.cloud", "InternalSecret");
    if !secret || is_sealed(&object.root) {
        return;
    }
    let filled = ["data", "stringData"]
        .into_iter()
        .find_map(|field| object.root.get(field).filter(|data| !data.entries().is_empty()));
    let Some(data) = filled else { return };
    let encrypted = |entry: &Entry| entry.value.as_str().is_some_and(|text| text.starts_with("ENC["));
    let (message, help) = if data.entries().iter().any(encrypted) {
        (
            "an encrypted Secret without its `sops` metadata",
            "restore the end of the file, or encrypt the Secret again",
        )
    } else {
        (
            "a Secret in the clear",
            "encrypt the file with `sops encrypt --encrypted-regex '^(data|stringData)$'`",
        )
    };
    report.push(
        Diagnostic::new(PLAINTEXT_SECRET, message, object.place(data))
            .why("everyone who can read the repository or the artifact could read a Secret that is not encrypted")
            .help(help),
    );
}
