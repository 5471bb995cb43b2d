//! Publishing to a registry over a real socket: what arrives, in which order, and what faults and hostile answers do.

mod access;
mod faults;
mod fetching;
mod hostile;
mod publishing;
mod relocating;
mod server;
mod stored;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use landscape::artifact::Artifact;
use landscape::diagnostic::{Diagnostic, Report};
use landscape::key::{Algorithm, PrivateKey};
use landscape::pipeline::Compiler;
use landscape::publish::{Descent, Guard, Receipt, Shipment, publish};
use landscape::registry::{Access, Credentials, Patience, Registries};
use landscape::workspace::Disk;

use server::Server;

const NAME: &str = "landscapes/demo";

/// As many attempts as a person has, without the waiting.
const HASTE: Patience = Patience { attempts: 8, first_wait: Duration::from_micros(50) };

static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::generate(Algorithm::EcdsaP256, &mut |bytes| bytes.fill(7)));

/// A signed landscape with a chart, as it would be published to a host.
fn artifact(host: &str, tags: &[&str]) -> Artifact {
    let disk = Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).to_owned());
    let repository = format!("{host}/{NAME}");
    let mut compiler = Compiler::new(&disk, time::macros::date!(2026 - 11 - 21));
    compiler.signer = Some(&*KEY);
    compiler.registry = Some(&repository);
    let mut report = Report::default();
    let directory = disk.path(Path::new("landscapes/demo")).expect("a path");
    let rendered = compiler.render(&directory, &mut report).expect("the landscape is sound");
    let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
    compiler.pack(&rendered, &tags, &mut report).expect("the landscape is sound")
}

/// The landscape on its way to a server. It was compiled once, for another host, which no transfer minds.
fn shipment(server: &Server) -> Shipment {
    static COMPILED: LazyLock<Shipment> =
        LazyLock::new(|| Shipment::of(&artifact("registry.example.org", &["latest", "v1.0.0"])));
    Shipment { repository: format!("{}/{NAME}", server.host()), ..COMPILED.clone() }
}

/// Credentials of nobody.
const NOBODY: &Credentials<'static> = &|_| Ok(None);

/// Publishes without regard to history.
fn push(shipment: &Shipment) -> Result<Receipt, Diagnostic> {
    push_as(shipment, NOBODY)
}

fn push_as(shipment: &Shipment, credentials: &Credentials<'_>) -> Result<Receipt, Diagnostic> {
    let guard = Guard { descent: &|_, _| Descent::Unknown, allow_older: false };
    push_guarded(shipment, credentials, &guard)
}

fn push_guarded(
    shipment: &Shipment,
    credentials: &Credentials<'_>,
    guard: &Guard<'_>,
) -> Result<Receipt, Diagnostic> {
    let access = Access { credentials, authorities: None, plain_http: false, patience: HASTE };
    publish(shipment, &Registries::new(&access)?, guard, &|_, _| {})
}

/// That everything is there, and that no tag ever led to anything less.
fn assert_complete(server: &Server, shipment: &Shipment) {
    let store = server.store();
    assert_eq!(store.violations, Vec::<String>::new(), "tags that were moved too early");
    for (parcel, tag) in shipment.tagged() {
        let repository =
            if parcel.path.is_empty() { NAME.to_owned() } else { format!("{NAME}/{}", parcel.path) };
        let found = store.manifest(&repository, tag).map(|(digest, _)| digest);
        assert_eq!(found, Some(parcel.descriptor.digest), "{repository}:{tag}");
    }
}
