//! `landscape publish`: a landscape, or a layout, to a registry.

use std::path::PathBuf;

use super::console::Console;
use super::key::SigningKey;
use super::locked::Locked;
use super::registry::Reach;
use super::{Exit, Session, Settings, exit};
use crate::diagnostic::count;
use crate::git;
use crate::key::{PrivateKey, Signer};
use crate::oci::reference::{Reference, Unusable};
use crate::pipeline::{self, Destination};
use crate::publish::{Descent, Guard, Receipt};
use crate::registry::Access;

#[derive(clap::Args)]
pub(super) struct Publish {
    /// The directory of the landscape, or a layout that `pack` wrote
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// The repository to push to; charts go below it
    #[arg(long, value_name = "oci://HOST/REPO", value_parser = repository)]
    to: String,
    /// A tag, as often as there are; one like `v1.2.3` never moves [default: the tag that Flux follows]
    #[arg(long = "tag", value_name = "TAG", value_parser = tag)]
    tags: Vec<String>,
    /// Let a tag go back in the history of the source
    #[arg(long)]
    allow_older: bool,
    #[command(flatten)]
    locked: Locked,
    /// Copy every chart to the repository, and refer to it there
    #[arg(long)]
    relocate: bool,
    #[command(flatten)]
    key: SigningKey,
    #[command(flatten)]
    reach: Reach,
}

impl Publish {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.published(session).unwrap_or_else(|exit| exit)
    }

    fn published(&self, session: &mut Session) -> Result<Exit, Exit> {
        let directory = session.path(&self.directory)?;
        let is_layout = session.disk.is_file(&directory.child("oci-layout"));
        let key = self.key.open(session)?;
        match (&key, is_layout) {
            (None, false) => {
                Console::complain(
                    "nothing is published without a signature: name the private key with `--key`",
                );
                return Err(Exit::Usage);
            }
            (None, true) if !self.tags.is_empty() => {
                Console::complain(
                    "a layout was signed for its tag: name the private key with `--key` to give it others",
                );
                return Err(Exit::Usage);
            }
            _ => {}
        }
        let receipt = self
            .reach
            .with(session, |session, access| self.push(session, access, key.as_ref(), is_layout))?;
        session.console.outcome(&receipt, &describe(&receipt), &session.report);
        Ok(exit(&session.report))
    }

    fn push(
        &self,
        session: &mut Session,
        access: &Access<'_>,
        key: Option<&PrivateKey>,
        is_layout: bool,
    ) -> Result<Receipt, Exit> {
        let directory = session.path(&self.directory)?;
        let home = session.current.join(&self.directory);
        let descent = |now: &str, before: &str| match git::follows(&home, now, before) {
            Some(true) => Descent::Follows,
            Some(false) => Descent::DoesNotFollow,
            None => Descent::Unknown,
        };
        let transfer = session.console.transfer();
        let destination = Destination {
            repository: &self.to,
            tags: &self.tags,
            access,
            guard: Guard { descent: &descent, allow_older: self.allow_older },
            tell: &|done, all| transfer.tell(done, all),
        };
        let receipt = if is_layout {
            let signer = key.map(|key| key as &dyn Signer);
            session.console.expect_findings();
            pipeline::publish_layout(&session.disk, &directory, signer, &destination, &mut session.report)
                .map_err(|_| exit(&session.report))
        } else {
            let strictness = self.locked.strictness();
            let settings = Settings { key, registry: Some(&self.to), strictness, relocate: self.relocate };
            session.compile(&self.directory, settings, |compiler, report| {
                compiler.publish(&directory, &destination, report)
            })
        };
        transfer.end();
        receipt
    }
}

/// The repository in what the user typed.
pub(super) fn repository(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("oci://").ok_or("it must begin with `oci://`")?.trim_end_matches('/');
    if Reference::parse(name).is_ok() {
        return Err("it must be a repository alone; tags go to `--tag`".to_owned());
    }
    match Reference::parse(&format!("{name}:latest")) {
        Ok(reference) if reference.name() == name => Ok(name.to_owned()),
        Err(Unusable::Repository) if name.contains(char::is_uppercase) => {
            Err(format!("a repository is lower-case, as in `oci://{}`", name.to_lowercase()))
        }
        _ => Err("it must be a host and a repository, as in `oci://registry.example.org/landscapes/live`"
            .to_owned()),
    }
}

/// The tag in what the user typed.
fn tag(text: &str) -> Result<String, &'static str> {
    let reference = Reference::parse(&format!("registry.example.org/repository:{text}"));
    // A registry takes no tag that begins like a flag or a hidden file.
    let is_tag = reference.is_ok_and(|reference| reference.tag.as_deref() == Some(text));
    if is_tag && !text.starts_with(['.', '-']) {
        return Ok(text.to_owned());
    }
    Err("a tag has 1 to 128 letters, digits and `._-`, and begins with none of `.-`")
}

fn describe(receipt: &Receipt) -> String {
    let Receipt { repository, digest, charts, sent, .. } = receipt;
    let tags: Vec<String> =
        receipt.tags.iter().map(|tag| format!("published oci://{repository}:{tag}@{digest}\n")).collect();
    let charts: Vec<String> = charts.iter().map(|chart| format!("  chart {}\n", chart.url)).collect();
    let sent = match (sent.blobs_sent, sent.blobs_mounted) {
        (0, 0) => "everything was there already\n".to_owned(),
        (blobs, mounted) => format!(
            "sent {} of {} KiB, {mounted} {} on the registry already\n",
            count(blobs, "blob"),
            sent.bytes_sent.div_ceil(1024),
            if mounted == 1 { "was" } else { "were" },
        ),
    };
    let images: Vec<String> =
        receipt.images.iter().map(|image| format!("  image {image}, not copied\n")).collect();
    format!("{}{}{}{sent}", tags.concat(), charts.concat(), images.concat())
}
