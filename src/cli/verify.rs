//! `landscape verify`: is this what was compiled and signed?

use std::path::{Path, PathBuf};

use super::{Exit, Session, Settings, exit, key};
use crate::compare;
use crate::path::RelPath;
use crate::verify::{self, Target, Verified};

#[derive(clap::Args)]
pub(super) struct Verify {
    /// A rendered directory or an OCI image layout
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// Check signatures with this public key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Compile this landscape and compare; the seals aside, every byte must be the same
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(self, session: &mut Session) -> Exit {
        self.verified(session).unwrap_or_else(|exit| exit)
    }

    fn verified(&self, session: &mut Session) -> Result<Exit, Exit> {
        let path = session.path(&self.target)?;
        let key = self.key.as_ref().map(|file| key::public(session, file)).transpose()?;
        let files = session.disk.tree(&path).map_err(|fault| session.fail(fault))?;
        let name = self.target.display().to_string();
        let target = Target { name: &name, files: &files };
        let is_layout = files.get(&RelPath::root().child("oci-layout")).is_some();
        let verify = if is_layout { verify::verify_layout } else { verify::verify_directory };
        let verified = verify(target, key.as_ref(), &mut session.report);
        if let Some(source) = &self.source {
            compare_with_source(session, source, &self.target, &verified, is_layout)?;
        }
        session.console.expect_findings();
        session.console.result(&describe(&verified));
        Ok(exit(&session.report))
    }
}

/// Compares what was verified with what its source compiles to.
fn compare_with_source(
    session: &mut Session,
    source: &Path,
    target: &Path,
    verified: &Verified,
    is_layout: bool,
) -> Result<(), Exit> {
    let directory = session.path(source)?;
    let rendered = session
        .compile(source, Settings::default(), |compiler, report| compiler.render(&directory, report))?;
    let expected = verify::comparable(&rendered.files, is_layout);
    let present = verify::comparable(&verified.tree, is_layout);
    for difference in compare::compare(&expected, &present) {
        let display = |path: &RelPath| target.join(path.as_str()).display().to_string();
        session.report.push(difference.diagnostic(&display));
    }
    Ok(())
}

fn describe(verified: &Verified) -> String {
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
    let Verified { files, resources, sealed, .. } = verified;
    format!(
        "{}{files} files, {resources} ManagedResources, {sealed} of them with a good seal\n",
        images.concat()
    )
}
