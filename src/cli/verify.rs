//! `landscape verify`: is this what was compiled and signed?

use std::path::{Path, PathBuf};

use super::console::Console;
use super::publish::repository;
use super::registry::Reach;
use super::{Exit, Session, Settings, exit, key};
use crate::diagnostic::count;
use crate::files::Files;
use crate::oci::reference::Reference;
use crate::path::RelPath;
use crate::verify::{self, Target, Verified};
use crate::{compare, pipeline};

/// How a source can differ from what was made of one.
const ANOTHER_SOURCE: &str = "check out the commit that it was made from, or find out who changed it";
const RELOCATED_OR_ANOTHER_SOURCE: &str = "verify with `--relocate` if it was made with `--relocate`; \
     else check out the commit that it was made from, or find out who changed it";

#[derive(clap::Args)]
pub(super) struct Verify {
    /// A rendered directory, an OCI image layout, or an artifact as `oci://HOST/REPO:TAG` or `…@sha256:…`
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// Check signatures with this public key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// It was copied: its signatures are for this repository, not for the one it lies in
    #[arg(long, value_name = "oci://HOST/REPO", requires = "key", value_parser = repository)]
    signed_for: Option<String>,
    /// Compile this landscape and compare; the seals aside, every byte must be the same
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// The source was published with `--relocate`
    #[arg(long, requires = "source")]
    relocate: bool,
    #[command(flatten)]
    reach: Reach,
}

impl Verify {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.verified(session).unwrap_or_else(|exit| exit)
    }

    fn verified(&self, session: &mut Session) -> Result<Exit, Exit> {
        let key = self.key.as_ref().map(|file| key::public(session, file)).transpose()?;
        let (files, repository) = self.files(session)?;
        let name = self.target.display().to_string();
        let repository = repository.as_deref();
        let signed_for = self.signed_for.as_deref().or(repository);
        let target = Target { name: &name, repository, signed_for, files: &files };
        let is_layout = files.get(&RelPath::root().child("oci-layout")).is_some();
        let verify = if is_layout { verify::verify_layout } else { verify::verify_directory };
        let verified = verify(target, key.as_ref(), &mut session.report);
        if let Some(source) = &self.source {
            // What was published may have been published elsewhere than the landscape says.
            let settings =
                Settings { registry: target.signed_for, relocate: self.relocate, ..Settings::default() };
            compare_with_source(session, source, settings, &target, &verified, is_layout)?;
        }
        session.console.expect_findings();
        session.console.result(&describe(&verified, key.is_some()));
        Ok(exit(&session.report))
    }
}

impl Verify {
    /// What is to be verified, and the repository it lies in.
    fn files(&self, session: &mut Session) -> Result<(Files, Option<String>), Exit> {
        let Some(typed) = self.target.to_str().and_then(|typed| typed.strip_prefix("oci://")) else {
            let path = session.path(&self.target)?;
            let files = session.disk.tree(&path).map_err(|fault| {
                let shown = self.target.display().to_string();
                let meant = !session.disk.exists(&path) && Reference::parse(&shown).is_ok();
                let help = format!("an artifact in a registry is named `oci://{shown}`");
                session.fail(if meant { fault.help(help) } else { fault })
            })?;
            return Ok((files, None));
        };
        let reference = Reference::parse(typed).map_err(|why| {
            Console::complain(&format!("`oci://{typed}` is no reference: {why}"));
            Exit::Usage
        })?;
        let files = self.reach.with(session, |session, access| {
            pipeline::fetch(&reference, access).map_err(|fault| session.fail(fault))
        })?;
        Ok((files, Some(reference.name())))
    }
}

/// Compares what was verified with what its source compiles to.
fn compare_with_source(
    session: &mut Session,
    source: &Path,
    settings: Settings<'_>,
    target: &Target<'_>,
    verified: &Verified,
    is_layout: bool,
) -> Result<(), Exit> {
    let directory = session.path(source)?;
    let relocated = settings.relocate;
    let rendered =
        session.compile(source, settings, |compiler, report| compiler.render(&directory, report))?;
    let expected = verify::comparable(&rendered.files, is_layout);
    let present = verify::comparable(&verified.tree, is_layout);
    for difference in compare::compare(&expected, &present) {
        let display = |path: &RelPath| Path::new(target.name).join(path.as_str()).display().to_string();
        session.report.push(
            difference
                .diagnostic(&display)
                .why("what Flux applies is not what this source says")
                .help(if relocated { ANOTHER_SOURCE } else { RELOCATED_OR_ANOTHER_SOURCE }),
        );
    }
    Ok(())
}

fn describe(verified: &Verified, with_key: bool) -> String {
    let images: Vec<String> = verified
        .images
        .iter()
        .map(|image| {
            let acceptance =
                image.acceptance.map_or_else(String::new, |acceptance| format!(", {acceptance}"));
            let attested: Vec<String> = image.attested.iter().map(|said| format!("  {said}\n")).collect();
            format!("{} {}{acceptance}\n{}", image.name, image.digest, attested.concat())
        })
        .collect();
    let seals = if with_key {
        format!("{} of them with a good seal", verified.sealed)
    } else {
        "whose seals were not checked".to_owned()
    };
    let (files, resources) = (count(verified.files, "file"), count(verified.resources, "ManagedResource"));
    format!("{}{files}, {resources}, {seals}\n", images.concat())
}
