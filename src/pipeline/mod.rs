//! The whole compiler: every stage, in order, called from here and nowhere else.

mod diff;
mod locking;
mod publish;
mod seen;
mod stock;

use std::collections::BTreeSet;

use time::format_description::well_known::Rfc3339;

pub use diff::{Comparison, Target};
pub use locking::lock;
pub use publish::{Destination, fetch, publish_layout};
use seen::Seen;
use stock::Known;
pub use stock::Stock;

use crate::artifact::{self, Artifact, Digests, PackInput};
use crate::attest::{Layer, Origin};
use crate::check::{self, Checked};
use crate::diagnostic::{Code, Diagnostic, Report, Reported};
use crate::files::Files;
use crate::git::Commit;
use crate::inventory::{Inventory, Item, Kind};
use crate::key::Signer;
use crate::landscape::{self, Delivery, Landscape};
use crate::lock::{self, Strictness};
use crate::manifest::{self, Manifests};
use crate::oci::Image;
use crate::oci::reference::Reference;
use crate::path::RelPath;
use crate::plan::{self, Plan};
use crate::relocate::Copy;
use crate::spec::{self, LockFile, Spec};
use crate::syntax::Documents;
use crate::workspace::{self, Workspace};
use crate::{attest, bundle, sign, syntax};

const EXTENDS_CYCLE: Code = Code::error("L320", "extends-cycle");
const EXTENDS_NOTHING: Code = Code::error("L321", "extends-nothing");

/// What a compilation depends on beside the landscape's files, and whom it tells how far it is.
pub struct Compiler<'a> {
    /// Where the files are.
    pub workspace: &'a dyn Workspace,
    /// The day that versions must be valid on.
    pub at: time::Date,
    /// Whether that day was asked for; else it follows from the commit.
    pub at_asked: bool,
    /// Told the name of each stage as it begins.
    pub begin: &'a dyn Fn(&'static str),
    /// Tells which commit these layers are at, once they are known.
    pub revision: &'a dyn Fn(&[RelPath]) -> Revision,
    /// Signs bundles and artifacts; nothing is signed without.
    pub signer: Option<&'a dyn Signer>,
    /// Where the artifact goes, in place of `spec.delivery.registry`; without the scheme.
    pub registry: Option<&'a str>,
    /// What to make of references without a digest.
    pub strictness: Strictness,
    /// Whether foreign charts are to be in the registry of the landscape.
    pub relocate: bool,
}

/// The commit that is compiled, as the artifact and the seals tell it.
#[derive(Clone, Debug)]
pub struct Revision {
    /// As Flux writes it, `sha1:<hex>`, with `-dirty` when the files differ from the commit; empty outside a repository.
    pub name: String,
    /// The time of the commit, RFC 3339 in UTC.
    pub created: String,
    /// The directory of the landscape inside the repository, `.` at its top; nothing outside of one.
    pub directory: Option<String>,
}

impl Revision {
    /// What artifacts say of a commit; outside a repository they say nothing, and the time is the epoch.
    pub fn of(commit: Option<&Commit>, directory: Option<String>, dirty: bool) -> Self {
        let mark = if dirty { "-dirty" } else { "" };
        let (name, time) = commit.map_or_else(
            || (String::new(), time::UtcDateTime::UNIX_EPOCH),
            |commit| (format!("sha1:{}{mark}", commit.id), commit.committed),
        );
        let created = time.format(&Rfc3339).expect("every commit is of a year with four digits");
        Self { name, created, directory }
    }
}

/// A compiled landscape.
#[derive(Debug)]
pub struct Rendered {
    /// The name of the landscape.
    pub name: String,
    /// The tree to write.
    pub files: Files,
    /// The units in order, each with the number of its objects.
    pub units: Vec<(String, usize)>,
    /// The commit it was compiled from.
    pub revision: Revision,
    /// Charts of others that are packed with it.
    pub copied: Vec<Image>,
    checked: Checked,
    inventory: Inventory,
    known: Known,
}

impl Rendered {
    /// The charts that have to be in the registry beside those of the landscape.
    pub fn copies(&self) -> &[Copy] {
        &self.known.copies
    }

    /// The images that it is known to run, at their digests where these are known.
    fn images(&self) -> Vec<Reference> {
        let images = self.inventory.items.iter().filter(|item| item.kind == Kind::Image);
        let at = |item: &Item| {
            item.digest.map_or_else(|| item.reference.clone(), |digest| item.reference.at(digest))
        };
        images.map(at).collect()
    }

    /// How it is delivered.
    fn delivery(&self) -> &Delivery {
        &self.checked.landscape().settings.delivery
    }
}

impl<'a> Compiler<'a> {
    /// A compiler of these files for a day; of no known commit, without a key, and telling nobody how far it is.
    pub fn new(workspace: &'a dyn Workspace, at: time::Date) -> Self {
        Self {
            workspace,
            at,
            at_asked: false,
            begin: &|_| {},
            revision: &|_| Revision::of(None, None, false),
            signer: None,
            registry: None,
            strictness: Strictness::Warn,
            relocate: false,
        }
    }

    /// Compiles as far as a stage can object: every rule is asked, and every bundle is made.
    pub fn check(&self, directory: &RelPath, report: &mut Report) -> Result<Checked, Reported> {
        let (checked, ..) = self.checked(directory, report)?;
        (self.begin)("plan");
        let plan = plan::plan(&checked);
        (self.begin)("bundles");
        bundle::bundles(&manifest::payloads(&plan), plan.settings.delivery.compression, report)?;
        Ok(checked)
    }

    fn checked(
        &self,
        directory: &RelPath,
        report: &mut Report,
    ) -> Result<(Checked, Inventory, Known), Reported> {
        let stock = self.stock(directory, report)?;
        let Stock { landscape, inventory, known } = self.pinned(stock, report);
        (self.begin)("check");
        let checked = check::check(landscape, self.at, report)?;
        let inventory = lock::completed(&inventory, &known.lock);
        Ok((checked, inventory, known))
    }

    /// Compiles to the tree of manifests.
    pub fn render(&self, directory: &RelPath, report: &mut Report) -> Result<Rendered, Reported> {
        let (checked, inventory, known) = self.checked(directory, report)?;
        let roots: Vec<RelPath> = known.layers.iter().map(|layer| layer.root.clone()).collect();
        let revision = (self.revision)(&roots);
        (self.begin)("plan");
        let plan = plan::plan(&checked);
        (self.begin)("manifests");
        let manifests = manifest::manifests(&plan);
        (self.begin)("bundles");
        let mut bundles = bundle::bundles(&manifests.payloads, plan.settings.delivery.compression, report)?;
        let Manifests { mut files, .. } = manifests;
        for bundle in &mut bundles {
            if let Some(signer) = self.signer {
                bundle.seal(&revision.name, signer);
            }
            bundle.write(&mut files);
        }
        (self.begin)("digests");
        let digests = Digests::of(&files, known.charts());
        files.insert(RelPath::root().child(Digests::FILE), digests.to_json().into_bytes());
        let (name, units) = (plan.settings.name.clone(), summary(&plan));
        Ok(Rendered { name, files, units, revision, copied: Vec::new(), checked, inventory, known })
    }

    /// Packs a compiled landscape into OCI images, signed if there is a key; without tags, under the one that Flux follows.
    pub fn pack(
        &self,
        rendered: &Rendered,
        tags: &[String],
        report: &mut Report,
    ) -> Result<Artifact, Reported> {
        (self.begin)("pack");
        let delivery = rendered.delivery();
        let input = PackInput {
            files: &rendered.files,
            charts: &rendered.known.charts,
            repository: delivery.registry.as_deref().unwrap_or_default(),
            tags: if tags.is_empty() { std::slice::from_ref(&delivery.tag) } else { tags },
            created: &rendered.revision.created,
            source: delivery.source.as_deref().unwrap_or_default(),
            revision: &rendered.revision.name,
        };
        let mut artifact = artifact::pack(&input, report)?;
        let Some(signer) = self.signer else {
            artifact.images.extend(rendered.copied.iter().cloned());
            return Ok(artifact);
        };
        (self.begin)("attest");
        let attestations = attest::attest(&artifact, &self.origin(rendered, report));
        // What others made is vouched for, and nothing is said about how it came to be.
        artifact.images.extend(rendered.copied.iter().cloned());
        (self.begin)("sign");
        Ok(sign::sign(artifact, &attestations, rendered.delivery().legacy, signer))
    }

    /// What a compiled landscape was compiled from.
    fn origin<'r>(&self, rendered: &'r Rendered, report: &Report) -> Origin<'r> {
        let delivery = rendered.delivery();
        Origin {
            landscape: &rendered.name,
            spec: attest::spec_digest(&rendered.known.layers, &report.sources),
            charts: &rendered.checked.landscape().charts,
            directory: rendered.revision.directory.as_deref(),
            source: delivery.source.as_deref().unwrap_or_default(),
            revision: &rendered.revision.name,
            created: &rendered.revision.created,
            legacy: delivery.legacy,
            inventory: &rendered.inventory,
            lock_file: attest::lock_digest(&rendered.known.layers, &report.sources),
            locked: self.strictness == Strictness::Locked,
            relocated: self.relocate,
            at: self.at_asked.then_some(self.at),
        }
    }

    /// Checks any manifests, without a landscape around them.
    pub fn check_loose(
        &self,
        paths: &[RelPath],
        complete: bool,
        report: &mut Report,
    ) -> Result<Checked, Reported> {
        let (parsed, whole) = self.read_loose(paths, &mut Seen::nothing(), report);
        let landscape = landscape::gather(&parsed.documents, complete && whole, report);
        Ok(check::check(landscape, self.at, report)?)
    }

    /// The documents of any manifests, and whether all of them could be read.
    fn read_loose(&self, paths: &[RelPath], seen: &mut Seen<'_>, report: &mut Report) -> (Documents, bool) {
        let sources = workspace::read_loose(self.workspace, paths, &seen.files, report);
        let parsed = syntax::parse_unknown(&sources, &seen.documents, report);
        seen.record(&sources, &parsed);
        let whole = sources.refused.is_empty() && parsed.broken.is_empty();
        (parsed, whole)
    }

    fn load(
        &self,
        directory: &RelPath,
        seen: &mut Seen<'_>,
        report: &mut Report,
    ) -> Result<(Landscape, Option<LockFile>, Vec<Layer>), Reported> {
        let mut layers: Vec<Spec> = Vec::new();
        let mut read: Vec<Layer> = Vec::new();
        let mut next = Some(directory.clone());
        while let Some(directory) = next {
            (self.begin)("read");
            let read_layer = if layers.is_empty() { workspace::read } else { workspace::read_lower };
            let sources = read_layer(self.workspace, &directory, &seen.files, report)?;
            (self.begin)("parse");
            let documents = syntax::parse_unknown(&sources, &seen.documents, report);
            seen.record(&sources, &documents);
            let (texts, assets) = (sources.files.clone(), sources.assets.clone());
            read.push(Layer { root: directory, texts, assets });
            (self.begin)("spec");
            let layer = spec::read(sources, &documents, report)?;
            next = lower_layer(self.workspace, &layer, &layers, report)?;
            layers.push(layer);
        }
        (self.begin)("bind");
        let mut landscape = landscape::bind(&layers, seen.twin, report)?;
        if let Some(registry) = self.registry {
            landscape.settings.delivery.registry = Some(registry.to_owned());
        }
        let lock = layers.first().and_then(|layer| layer.lock.clone());
        Ok((landscape, lock, read))
    }
}

/// The directory that a layer is laid over.
fn lower_layer(
    workspace: &dyn Workspace,
    layer: &Spec,
    above: &[Spec],
    report: &mut Report,
) -> Result<Option<RelPath>, Reported> {
    let Some(extends) = layer.extends() else {
        return Ok(None);
    };
    let text = extends.as_str().unwrap_or_default();
    let directory = layer.root.join(text).ok();
    let is_landscape = |directory: &RelPath| {
        let manifest = workspace.list(&directory.child(spec::MANIFEST));
        manifest.is_ok_and(|found| !found.is_empty())
    };
    let Some(directory) = directory.filter(is_landscape) else {
        let message = format!("`{text}` is no landscape");
        return Err(report.refuse(
            Diagnostic::new(EXTENDS_NOTHING, message, extends.span)
                .why("there is nothing to lay this landscape over")
                .help("name the directory of another landscape, relative to this one"),
        ));
    };
    if directory == layer.root || above.iter().any(|spec| spec.root == directory) {
        let message = format!("the landscapes extend each other in a circle, by way of `{text}`");
        return Err(report.refuse(
            Diagnostic::new(EXTENDS_CYCLE, message, extends.span)
                .why("no layer would be the lowest one")
                .help("remove `spec.extends` from one of them"),
        ));
    }
    Ok(Some(directory))
}

fn summary(plan: &Plan<'_>) -> Vec<(String, usize)> {
    plan.units.iter().map(|unit| (unit.name.clone(), unit.objects.len())).collect()
}

/// The files of a tree that [`Compiler::render`] wrote: those its own list of digests names, and the list.
pub fn rendered_files(tree: &Files) -> BTreeSet<RelPath> {
    let list = RelPath::root().child(Digests::FILE);
    let listed = tree.get(&list).and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok());
    let Some(listed) = listed else {
        return BTreeSet::new();
    };
    let files = listed.get("files").and_then(serde_json::Value::as_object).into_iter().flatten();
    files.filter_map(|(path, _)| RelPath::parse(path).ok()).chain([list]).collect()
}
