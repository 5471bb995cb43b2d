//! Publishing: what was compiled, or what a layout holds, to a registry.

use super::Compiler;
use super::locking::copied;
use crate::artifact::check_tag;
use crate::diagnostic::{Code, Diagnostic, Place, Report, Reported};
use crate::files::Files;
use crate::key::Signer;
use crate::oci::reference::Reference;
use crate::path::RelPath;
use crate::publish::{self, Guard, Receipt, Shipment};
use crate::registry::{Access, Registries};
use crate::workspace::{Disk, Workspace as _};

const UNSEALED_LAYOUT: Code = Code::warning("L842", "unsealed-layout");

/// Where something is published, and how.
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    /// The repository, with its host.
    pub repository: &'a str,
    /// The tags; without any, the one that Flux follows.
    pub tags: &'a [String],
    /// How registries are reached.
    pub access: &'a Access<'a>,
    /// What the tags may be moved to.
    pub guard: Guard<'a>,
    /// Told how many bytes are done, and of how many.
    pub tell: &'a dyn Fn(u64, u64),
}

impl Compiler<'_> {
    /// Compiles, packs, signs and publishes a landscape.
    pub fn publish(
        &self,
        directory: &RelPath,
        destination: &Destination<'_>,
        report: &mut Report,
    ) -> Result<Receipt, Reported> {
        let mut rendered = self.render(directory, report)?;
        if !rendered.copies().is_empty() {
            (self.begin)("copy");
            rendered.copied = copied(rendered.copies(), destination.access, report)?;
        }
        let artifact = self.pack(&rendered, destination.tags, report)?;
        (self.begin)("publish");
        // A registry that Flux reaches without TLS has none for us either; of another one nothing is said.
        let delivery = rendered.delivery();
        let written = delivery.written_registry.as_ref().or(delivery.registry.as_ref());
        let is_written = written.is_some_and(|written| host(written) == host(destination.repository));
        let plain_http = destination.access.plain_http || (delivery.access.insecure && is_written);
        let access = Access { plain_http, ..*destination.access };
        let destination = Destination { access: &access, ..*destination };
        let mut shipment = Shipment::of(&artifact);
        for copy in rendered.copies() {
            let path = copy.target.name();
            let path = path.strip_prefix(destination.repository).and_then(|path| path.strip_prefix('/'));
            if copy.source.registry == copy.target.registry {
                shipment.is_elsewhere(path.unwrap_or_default(), &copy.source.repository);
            }
        }
        let receipt = push(&shipment, &destination, report)?;
        let images = if self.relocate { rendered.images() } else { Vec::new() };
        Ok(Receipt { images, ..receipt })
    }
}

/// The host of a repository, with its port.
fn host(repository: &str) -> &str {
    repository.split('/').next().unwrap_or_default()
}

/// Publishes a layout as it is, with further signatures if there is a key.
pub fn publish_layout(
    disk: &Disk,
    directory: &RelPath,
    signer: Option<&dyn Signer>,
    destination: &Destination<'_>,
    report: &mut Report,
) -> Result<Receipt, Reported> {
    let read = Shipment::of_layout(disk, directory, destination.repository);
    let mut shipment = read.map_err(|fault| report.refuse(fault))?;
    if !destination.tags.is_empty() {
        for tag in destination.tags {
            check_tag(destination.repository, tag).map_err(|fault| report.refuse(fault))?;
        }
        shipment.retag(destination.tags);
    }
    if let Some(signer) = signer {
        if shipment.is_of_unknown_origin() {
            let message = "the layout was packed without a key";
            report.push(
                Diagnostic::new(UNSEALED_LAYOUT, message, Place::file(disk.display(directory)))
                    .why("a signature of the whole is added, but neither seals of its bundles nor what says where it comes from; `landscape verify` misses them")
                    .help("pack with `--key`, or publish the landscape itself"),
            );
        }
        shipment.sign(signer);
    }
    push(&shipment, destination, report)
}

/// Fetches a published artifact, for verification.
pub fn fetch(reference: &Reference, access: &Access<'_>) -> Result<Files, Diagnostic> {
    crate::fetch::fetch(&Registries::new(access)?, reference)
}

fn push(
    shipment: &Shipment,
    destination: &Destination<'_>,
    report: &mut Report,
) -> Result<Receipt, Reported> {
    Registries::new(destination.access)
        .and_then(|registries| publish::publish(shipment, &registries, &destination.guard, destination.tell))
        .map_err(|fault| report.refuse(fault))
}
